"""Objects of ours that nobody marked as such: left loose by earlier versions, or in the packs of fetches."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from gitstory.git import safe_own_files

from . import packing
from .object_purge import below, is_our_commit
from .process import GitFailed
from .repo import Repo

ADOPTED = "adopted"
"""The file that says that the loose objects of earlier versions have been looked for."""


def adopt_loose(repo: Repo, least: int = packing.LEAST) -> int:
    """Note, once for a repository, the loose objects of ours that nobody noted; returns how many there are.

    Earlier versions noted none, and fetches left some. What our commits lead to is ours, also if nothing names them.
    """
    if not repo.home.is_dir() or (repo.home / ADOPTED).exists():
        return 0
    loose = _loose(repo)
    ours: list[str] = []
    if len(loose) >= least:
        commits = [oid for oid in _commits(repo, loose) if is_our_commit(repo, oid)]
        ours = sorted(below(repo, commits) & loose)
        packing.note(repo, ours)
    safe_own_files.make(repo.home / ADOPTED)
    return len(ours)


def _loose(repo: Repo) -> set[str]:
    """The ids of all loose objects of the repository."""
    loose = set()
    for folder in (repo.common_dir / "objects").iterdir():
        if len(folder.name) == 2 and folder.is_dir():
            loose |= {folder.name + file.name for file in folder.iterdir() if len(file.name) in (38, 62)}
    return loose


def _commits(repo: Repo, oids: Iterable[str]) -> list[str]:
    stdin = "".join(f"{oid}\n" for oid in sorted(oids)).encode()
    listed = repo.git("cat-file", "--batch-check=%(objectname) %(objecttype)", "--buffer", input=stdin)
    rows = (line.split(" ") for line in listed.decode("ascii", "replace").splitlines())
    return [row[0] for row in rows if row[1:] == ["commit"]]


def all_packs(repo: Repo) -> set[Path]:
    """All packs of the repository."""
    return set((repo.common_dir / "objects" / "pack").glob("pack-*.pack"))


def adopt_packs(repo: Repo, before: Collection[Path], tips: Collection[str], *, promised: bool = False) -> None:
    """Mark the pack that a fetch of `tips` has made as ours; `before` are the packs that were there before it.

    A large one, one of a partial clone, or one without a tip (another fetch made it) is left to git. `promised`: git
    was told that the remote may send more later, and has marked the pack so; it is whole, and the mark goes.
    """
    for path in all_packs(repo) - set(before):
        mark = path.with_suffix(".promisor")
        if mark.exists() and not promised:
            continue
        with suppress(OSError, GitFailed):
            inside = packing.held(repo, path)
            if inside.isdisjoint(tips):
                continue
            mark.unlink(missing_ok=True)
            if len(inside) < packing.LARGE:
                safe_own_files.write(path.with_suffix(".keep"), packing.KEEP)
