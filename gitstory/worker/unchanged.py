"""Whether anything an index was made from could have changed, told without reading any of it or loading a reader.

Everything below the stores' roots is listed with sizes and times: 35 ms for 10,000 transcripts. What cannot be told so
(a store of very many files) counts as changed, which costs a closer look and nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from gitstory.git.repo import Repo

_MOST = 100_000
"""Files and folders that are looked at."""
_TELLING = re.compile(r"(?:HOME|DIR|ROOT|DATA|STORE|DB|FILE|PATH|USER|USERNAME|PROFILE|APPDATA)\Z")
_NEVER = ("PATH", "MANPATH", "INFOPATH", "LD_LIBRARY_PATH", "PYTHONPATH")
_SETTINGS = r"^(story|user|remote)\."


def signature(repo: Repo, roots: Iterable[str], files: Iterable[str], env: Mapping[str, str]) -> str:
    """Stands for the state of the stores at `roots`, of the settings in git and in `files`, and of the surroundings;
    "" where it cannot be told."""
    parts: list[object] = [sorted((k, v) for k, v in env.items() if _TELLING.search(k) and k not in _NEVER)]
    parts.append(repo.run("config", "-z", "--get-regexp", _SETTINGS, check=False).stdout)
    files = [*files, str(repo.common_dir / "worktrees"), *([str(repo.worktree)] if repo.worktree else [])]
    parts += [_stamp(path) if path != str(repo.worktree) else path for path in files]
    for root in sorted(set(roots)):
        below = _below(root)
        if below is None:
            return ""
        parts.append((root, below))
    return blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = Path(path).stat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)


def _below(root: str) -> list[tuple[str, int, int]] | None:
    """(path, size, mtime) of all files under a root; of a file, those named like it beside it (a database's log)."""
    if not Path(root).is_dir():
        return [(end, *_stamp(root + end)) for end in ("", "-wal", "-journal")]
    found: list[tuple[str, int, int]] = []
    folders = [root]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        facts = entry.stat()
                        found.append((entry.path, facts.st_size, facts.st_mtime_ns))
        except OSError:
            continue
        if len(found) > _MOST:
            return None
    found.sort()
    return found
