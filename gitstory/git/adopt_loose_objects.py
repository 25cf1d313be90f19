"""Objects of ours that earlier versions left loose and did not note."""

from __future__ import annotations

from collections.abc import Iterable

from gitstory.git import safe_own_files

from . import packing
from .object_purge import below, is_our_commit
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
