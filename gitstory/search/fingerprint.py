"""Whether anything an index was made from could have changed, without reading any of it or loading a reader.

Everything below the stores' roots is listed with sizes and times: 35 ms for 10,000 transcripts. What cannot be told so
(a store of very many files) counts as changed, which costs a closer look and nothing else.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitstory.agents.catalog import AGENTS
from gitstory.agents.used_on_this_machine import seen
from gitstory.git.background_thread import Later
from gitstory.git.repo import Repo

if TYPE_CHECKING:
    from gitstory.agents.base import Source

_MOST = 100_000
"""Files and folders that are looked at."""
_STORE_VARIABLES = re.compile(r"(?:HOME|DIR|ROOT|DATA|STORE|DB|FILE|PATH|USER|USERNAME|PROFILE|APPDATA)\Z")
_NEVER = ("PATH", "MANPATH", "INFOPATH", "LD_LIBRARY_PATH", "PYTHONPATH")


class Look(NamedTuple):
    """One look at the agents' stores, shared by several repositories: what changes after it is for the next one.

    `below`: root -> digest of all files below it. `sources`: (agent, root) -> what is there.
    """

    below: dict[str, bytes | None]
    sources: dict[tuple[str, Path], tuple[Source, ...]]


def settings_in_git(repo: Repo) -> bytes:
    """What git's configuration says that could matter here."""
    return repr(list(repo.settings.sections("story", "user", "remote"))).encode()


def signature(
    repo: Repo,
    roots: Iterable[str],
    files: Iterable[str],
    env: Mapping[str, str],
    look: Look | None = None,
    settings: Later[bytes] | None = None,
) -> str:
    """Stands for the state of the stores at `roots`, of the settings in git and in `files`, and of the surroundings;
    "" if that is unknown. `settings` are those in git, where they were asked for already."""
    parts: list[object] = [sorted((k, v) for k, v in env.items() if _STORE_VARIABLES.search(k) and k not in _NEVER)]
    # An agent that was never used here has no roots yet.
    parts.append([name for name in AGENTS if seen(name, env, Path(env.get("HOME") or Path.home()))])
    parts.append(settings.result() if settings is not None else settings_in_git(repo))
    files = [*files, str(repo.common_dir / "worktrees"), *([str(repo.worktree)] if repo.worktree else [])]
    parts += [_stamp(path) if path != str(repo.worktree) else path for path in files]
    digest = blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=16)
    for root in sorted(set(roots)):
        if look is None:
            below = _below(root)
        else:
            below = look.below[root] = look.below[root] if root in look.below else _below(root)
        if below is None:
            return ""
        digest.update(below)
    return digest.hexdigest()


def _stamp(path: str) -> tuple[int, int]:
    try:
        stat = Path(path).stat()
    except OSError:
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)


def _below(root: str) -> bytes | None:
    """A digest of the names, sizes and times of all files under a root; of a file, those named like it beside it (a
    database's log). A folder lists what it holds in the same order until something in it changes."""
    digest = blake2b(root.encode("utf-8", "surrogateescape"), digest_size=16)
    if not Path(root).is_dir():
        digest.update(repr([_stamp(root + end) for end in ("", "-wal", "-journal")]).encode())
        return digest.digest()
    count = 0
    folders = [root]
    while folders:
        folder = folders.pop()
        names, numbers = [folder], array("q")
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        facts = entry.stat()
                        names.append(entry.name)
                        numbers.append(facts.st_size)
                        numbers.append(facts.st_mtime_ns)
        except OSError:
            continue
        digest.update("\0".join(names).encode("utf-8", "surrogateescape"))
        digest.update(numbers.tobytes())
        count += len(names)
        if count > _MOST:
            return None
    return digest.digest()
