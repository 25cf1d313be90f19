"""Which repository a directory or an edited path belongs to, decided from names alone.

Agents record absolute paths; stories need paths in the repository. Most paths are below a worktree that git knows.
Others come from worktrees that were removed, from a checkout that was moved, or from another machine's directory: there
the root is guessed from the paths themselves, and only what the content later proves is believed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

_DRIVE = re.compile(r"^/?([A-Za-z]):(?=/)")


def normal(path: str) -> str:
    """A path as agents on any system write it, in one form: forward slashes, no `.`, `..` or end slash."""
    path = path.removeprefix("file://").replace("\\", "/")
    path = _DRIVE.sub(lambda m: f"{m.group(1).lower()}:", path)
    if "/./" in path or "/../" in path or "//" in path or path.endswith(("/.", "/..", "/")):
        parts: list[str] = []
        for part in path.split("/"):
            if part == ".." and parts and parts[-1] not in ("", ".."):
                parts.pop()
            elif part not in (".", "") or (part == "" and not parts):
                parts.append(part)
        path = "/".join(parts)
    return path


def relative(path: str, roots: Iterable[str]) -> tuple[str, str] | None:
    """(root, path below it) for the innermost of `roots` that holds `path`; both sides in `normal` form."""
    best = ""
    for root in roots:
        if len(root) > len(best) and path.startswith(root) and path[len(root) : len(root) + 1] == "/":
            best = root
    return (best, path[len(best) + 1 :]) if best else None


def inside(directory: str, roots: Iterable[str]) -> bool:
    """Whether `directory` is one of `roots` or below one."""
    return any(directory == root or directory.startswith(f"{root}/") for root in roots)


def guess_root(
    paths: Collection[str], tracked: Collection[str], places: Collection[str], *, sure: bool = False
) -> str | None:
    """The directory under which most of `paths` have a name that the repository tracks, None if nothing speaks for one.

    A bare file name (README.md) is in every repository, so it votes only for a directory the conversation worked in.
    One deep path, or two shallow ones, are the least that convinces; one shallow path does in a directory where a
    conversation worked that is `sure` to be of this repository.
    """
    votes: Counter[str] = Counter()
    for path in paths:
        parts = path.split("/")
        for cut in range(1, len(parts)):
            below = "/".join(parts[cut:])
            if below not in tracked:
                continue
            root = "/".join(parts[:cut])
            depth = len(parts) - cut
            if depth > 1 or root in places:
                votes[root] += 2 if depth > 2 else 1
    if not votes:
        return None
    root, count = max(votes.items(), key=lambda item: (item[1], item[0] in places, -len(item[0])))
    return root if count >= 2 or (sure and root in places) else None


def remote_key(url: str) -> str:
    """A remote's address without what differs between its forms: scheme, user, `.git`, case of the host."""
    url = url.strip().removesuffix("/").removesuffix(".git")
    url = re.sub(r"^[a-z+]+://", "", url)
    url = re.sub(r"^[^@/]*@", "", url)
    host, _, path = url.replace(":", "/", 1).partition("/")
    return f"{host.lower()}/{PurePosixPath('/' + path).as_posix().lstrip('/')}"
