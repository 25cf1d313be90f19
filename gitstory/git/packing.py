"""Packs of gitstory's own objects, so that a repository never has great numbers of loose objects.

Each write of the record makes some new objects and leaves as many that nothing names any more. Loose ones count for
`git gc --auto`, which would start because of them and complain of those it may not remove yet. So the ids of all that
was written are noted, and from time to time these objects are put into a pack with a `.keep` file, which git neither
counts nor takes apart. The small packs of bigger writes and of fetches get such a file too
(`store.sync.incoming_packs`). Nothing is dropped by it: whoever borrows objects from this repository finds them all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gitstory.fault_points import point
from gitstory.git import safe_own_files

from .repo import Repo

if TYPE_CHECKING:
    from .object_reachability import FileState

NAME = "written"
"""The file with the ids of objects that were written loose, one a line."""
LEAST = 1000
"""Objects from which on they are packed; git by itself begins at 6,700."""
GRACE = 14 * 86400.0
"""Seconds, as in `gc.pruneExpire`: another process may have borrowed an object, or be about to name it."""
MOST = 20
"""Packs of ours from which on they are united although few objects are loose; git by itself begins at 50 packs."""
LARGE = 20_000
"""Objects from which on a pack is left to git: there are few such packs, and uniting them would cost much."""
IDENTITY = b"gitstory <gitstory@localhost> 0 +0000"
"""Author and committer of every commit of ours: no person, no clock, so equal content has an equal id everywhere."""
MARK = "gitstory"
_LINE = 41
KEEP = b"gitstory\n"
"""What a `.keep` file of ours says."""


def note(repo: Repo, oids: Iterable[str]) -> None:
    """Remember that these were written loose. What cannot be remembered stays loose until git's gc takes it."""
    if not repo.home.is_dir():
        return
    with suppress(OSError):
        handle = safe_own_files.handle_for(repo.home / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(handle, "".join(f"{oid}\n" for oid in oids).encode())
        finally:
            os.close(handle)


def pack_written(repo: Repo, least: int = LEAST) -> int:
    """Pack what was written loose, if it is `least` objects; returns how many loose ones are gone.

    The caller holds the worker's lock. If it is killed at any step, nothing is lost and the next run continues.
    """
    if not _is_due(repo.home, least):
        if len(own_packs(repo)) >= MOST:
            merge(repo)
        return 0
    safe_own_files.clear_the_way(repo.home / NAME)
    with suppress(FileNotFoundError):
        (repo.home / NAME).rename(repo.home / f"{NAME}.{time.time_ns():020d}-{os.getpid()}")
    point("packing.taken")
    taken = [path for path in _files(repo.home) if path.name != NAME]
    loose = [oid for oid in dict.fromkeys(_ids(taken)) if _place(repo, oid).is_file()]
    packed = pack(repo, loose) if loose else set()
    point("packing.packed")
    removed = sum(_remove(_place(repo, oid)) for oid in loose if oid in packed)
    point("packing.removed")
    merge(repo)
    _expire(repo)
    for path in taken:
        safe_own_files.remove(path)
    return removed


def _is_due(home: Path, least: int) -> bool:
    try:
        return sum(path.stat().st_size for path in _files(home)) >= least * _LINE
    except OSError:
        return False


def _expire(repo: Repo) -> None:
    """Drop what nothing has named for as long as git itself waits before it drops anything."""
    before = time.time() - GRACE
    if any(path.stat().st_mtime < before for path in own_packs(repo)):
        from .object_reachability import naming_files, reachable  # reads trees, whose module stores objects

        since = naming_files(repo)
        packs = older_packs(repo, before)
        drop_unreachable(repo, packs, reachable(repo, set().union(*packs.values())), since)
        for path in own_packs(repo):  # looked through: the next time is as far away again
            os.utime(path)


def _files(home: Path) -> list[Path]:
    return [path for path in home.iterdir() if path.name == NAME or path.name.startswith(f"{NAME}.")]


def _ids(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        for line in safe_own_files.beginning(path).split(b"\n"):
            if len(line) in (40, 64) and not line.strip(b"0123456789abcdef"):
                yield line.decode()


def pack(repo: Repo, oids: Collection[str]) -> set[str]:
    """Put objects into one more pack of ours; returns the ids it holds. Raises `GitFailed`."""
    folder = repo.common_dir / "objects" / "pack"
    stdin = "".join(f"{oid}\n" for oid in oids).encode()
    name = repo.git("pack-objects", "-q", "--window-memory=64m", str(folder / "pack"), input=stdin).decode().strip()
    path = folder / f"pack-{name}.pack"
    path.with_suffix(".keep").write_bytes(KEEP)
    return held(repo, path)


def held(repo: Repo, path: Path) -> set[str]:
    """The ids of the objects in a pack."""
    index = path.with_suffix(".idx").read_bytes()
    listed = repo.git("show-index", f"--object-format={repo.object_format}", input=index)
    return {line.split(b" ")[1].decode() for line in listed.split(b"\n") if line}


def own_packs(repo: Repo) -> list[Path]:
    """The packs of ours, the smallest first."""
    sized = []
    for keep in (repo.common_dir / "objects" / "pack").glob("pack-*.keep"):
        with suppress(OSError):
            path = keep.with_suffix(".pack")
            if keep.read_bytes() == KEEP and path.with_suffix(".idx").is_file():
                sized.append((path.stat().st_size, path))
    return [path for _, path in sorted(sized)]


def merge(repo: Repo) -> None:
    """Unite packs of ours until each is bigger than all smaller ones together: there are few, and few are rewritten."""
    sizes = [(path.stat().st_size, path) for path in own_packs(repo)]
    count, total = 0, 0
    for number, (size, _) in enumerate(sizes):
        if number and size <= total:
            count = number + 1
        total += size
    old = [path for _, path in sizes[:count]]
    if len(old) > 1:
        replace(repo, old, set().union(*(held(repo, path) for path in old)))


def replace(repo: Repo, old: Collection[Path], oids: Collection[str]) -> None:
    """Have one pack with `oids` instead of the packs `old`, which go only when it is there."""
    packed = pack(repo, oids) if oids else set()
    if packed != set(oids):
        return
    same = {path for path in old if held(repo, path) == packed}
    for path in old:
        if path not in same:
            discard(path)


def discard(path: Path) -> None:
    """Remove a pack, its index first: without it git does not know of the pack."""
    for suffix in (".idx", ".rev", ".bitmap", ".pack", ".keep"):
        with suppress(OSError):
            path.with_suffix(suffix).unlink()


def older_packs(repo: Repo, moment: float) -> dict[Path, set[str]]:
    """The packs of ours of which no object was used since `moment`, with the ids of their objects."""
    return {path: held(repo, path) for path in own_packs(repo) if path.stat().st_mtime <= moment}


def drop_unreachable(
    repo: Repo, inside: Mapping[Path, set[str]], named: Collection[str], since: Collection[FileState] | None
) -> int:
    """Rewrite packs of ours, given with the ids of their objects, with only the `named` ones; returns how many objects
    are dropped. `since` are the `naming_files` before git said which are named. Raises `GitFailed`."""
    from .object_reachability import naming_files, reachable

    every = set().union(*inside.values())
    left = every.intersection(named)
    if len(left) == len(every):
        return 0
    packed = pack(repo, left) if left else set()
    if packed != left:
        return 0
    # A writer that found an object in an old pack, and did not store it again, has named it by now.
    if (since is None or naming_files(repo) != since) and not reachable(repo, every) <= left:
        return 0
    repo.close()  # the lasting reader has the packs open
    for path, oids in inside.items():
        if oids != packed:
            discard(path)
    return len(every) - len(left)


def _place(repo: Repo, oid: str) -> Path:
    return repo.common_dir / "objects" / oid[:2] / oid[2:]


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    with suppress(OSError):
        path.parent.rmdir()
    return True
