"""Which objects a repository has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from .batch_requests import is_askable
from .new_objects import TREE
from .repo import DamagedObject, Repo

_FEW = 32
"""Commits whose content is read as fast as git is started to say that they are there."""


def present_commits(repo: Repo, oids: Sequence[str]) -> list[str]:
    """`present` for commits, which are small: a few are asked of the lasting process."""
    if len(oids) <= _FEW:
        with suppress(DamagedObject):
            return [oid for oid in oids if repo.objects.read(oid) is not None]
    return present(repo, oids)


def present(repo: Repo, oids: Iterable[str]) -> list[str]:
    """Those of the ids that the repository has objects of."""
    stdin = "".join(f"{oid}\n" for oid in oids).encode()
    if not stdin:
        return []
    output = repo.git("cat-file", "--batch-check", input=stdin).decode("ascii", "replace")
    return [line.split()[0] for line in output.splitlines() if not line.endswith(" missing")]


_FEW_FOLDERS = 8
"""Folders that are read as fast as git is started to list all files."""


def files_among(repo: Repo, commit: str, paths: Iterable[str]) -> set[str]:
    """Those of `paths` that the commit has a file at."""
    wanted = {path.encode("utf-8", "surrogateescape"): path for path in paths}
    specs = {path: f"{commit}:".encode() + path.rpartition(b"/")[0] for path in wanted}
    folders = set(specs.values())
    if len(folders) <= _FEW_FOLDERS and all(map(is_askable, folders)):
        with suppress(DamagedObject):
            files = {spec: {name for name, mode, _ in repo.objects.tree(spec) if mode != TREE} for spec in folders}
            return {path for data, path in wanted.items() if data.rpartition(b"/")[2] in files[specs[data]]}
    listed = repo.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, check=False).stdout
    return {wanted[path] for path in listed.split(b"\0") if path in wanted}
