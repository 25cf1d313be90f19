"""A folder for what a fetch brings, apart from the repository's objects until all of it is there.

git leaves its half-written packs behind where a fetch is refused or killed, and cannot say whose they are. So our
fetches write into a folder of their own beside the packs, as `git receive-pack` does, and only a finished pack is
moved. A folder whose fetch died is removed by the next fetch, or by the worker. Its name is one that `git prune` takes
for a temporary one, too.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gitstory.git import packing, safe_own_files
from gitstory.git.file_lock import single_flight
from gitstory.git.process import GitFailed
from gitstory.git.repo import Repo

PREFIX = "tmp_objdir-gitstory-"
_UNLOCKED = "tmp_gitstory-"
"""Until its lock is held, a folder has another name: nobody takes it for one that was left behind."""


@contextmanager
def incoming(repo: Repo) -> Iterator[Path]:
    """A new folder of objects, which borrows from the repository; it is gone afterwards."""
    clear_abandoned(repo)
    objects = repo.common_dir / "objects"
    folder = new = Path(tempfile.mkdtemp(prefix=_UNLOCKED, dir=objects))
    try:
        with single_flight(new / "lock"):
            (new / "info").mkdir()
            borrowed = [objects.absolute(), *_relative_alternates(objects)]
            (new / "info" / "alternates").write_bytes(b"".join(_quoted(path) + b"\n" for path in borrowed))
            with suppress(PermissionError):  # Windows renames no folder with an open file; `git prune` knows both names
                folder = new.rename(objects / (PREFIX + new.name.removeprefix(_UNLOCKED)))
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(repo: Repo) -> int:
    """Remove the folders of fetches that died; returns how many there were."""
    removed = 0
    with suppress(OSError):
        for folder in (repo.common_dir / "objects").glob(f"{PREFIX}*"):
            if folder.is_symlink() or not folder.is_dir():
                continue
            with suppress(OSError), single_flight(folder / "lock") as abandoned:
                if abandoned:
                    shutil.rmtree(folder)
                    removed += 1
    return removed


def take_over(repo: Repo, folder: Path) -> list[Path]:
    """Move the packs of a finished fetch to the repository's; returns those that were not there before.

    They are marked as ours; a large one is left to git. That git was told of objects which the remote may send later
    (`.promisor`) is not kept: nothing is missing.
    """
    packs = repo.common_dir / "objects" / "pack"
    moved = []
    for path in sorted((folder / "pack").glob("pack-*.pack")):
        target = packs / path.name
        if target.exists() or not path.with_suffix(".idx").exists():
            continue
        packs.mkdir(exist_ok=True)
        with suppress(GitFailed):
            if len(packing.held(repo, path)) < packing.LARGE:
                safe_own_files.write(path.with_suffix(".keep"), packing.KEEP)
        for suffix in (".keep", ".rev", ".pack", ".idx"):  # git sees a pack from its index on
            with suppress(FileNotFoundError):
                path.with_suffix(suffix).replace(target.with_suffix(suffix))
        moved.append(target)
    return moved


def discard(packs: list[Path]) -> None:
    """Remove packs that `take_over` has moved, and that turned out to be of no use."""
    for path in packs:
        for suffix in (".idx", ".pack", ".rev", ".keep"):
            path.with_suffix(suffix).unlink(missing_ok=True)


def _relative_alternates(objects: Path) -> list[Path]:
    """What the repository itself borrows from by a relative path: git follows such a path only at the first step."""
    try:
        lines = (objects / "info" / "alternates").read_bytes().splitlines()
    except OSError:
        return []
    named = [Path(os.fsdecode(line)) for line in lines if line and line[:1] not in b'#"']
    return [(objects / path).absolute() for path in named if not path.is_absolute()]


def _quoted(path: Path) -> bytes:
    """A path as git reads it in `info/alternates`, whatever bytes it has."""
    inside = b"".join(
        b"\\%03o" % byte if byte < 32 or byte in b'"\\' else bytes([byte]) for byte in os.fsencode(str(path))
    )
    return b'"' + inside + b'"'
