"""When commits were made, from their content: the lasting process has it without another git."""

from __future__ import annotations

from collections.abc import Sequence

from .log import log_of, seconds
from .repo import DamagedObject, Repo

_FEW = 32
"""Commits whose content is read as fast as git is started to list them."""


def committer_time(content: bytes) -> int:
    """The time (epoch seconds) of a commit with this content; 0, as git shows it, where it names none."""
    for line in content.partition(b"\n\n")[0].split(b"\n"):
        if line.startswith(b"committer "):
            return seconds(line.rpartition(b">")[2].strip().partition(b" ")[0])
    return 0


def committer_times(repo: Repo, oids: Sequence[str]) -> dict[str, int]:
    """The times of those of these commits that are here and can be read."""
    if len(oids) > _FEW:
        return {record.oid: seconds(record.fields[0]) for record in log_of(repo, oids, ["%ct"])}
    commits = {oid: read_commit(repo, oid) for oid in oids}
    return {oid: committer_time(content) for oid, content in commits.items() if content is not None}


def read_commit(repo: Repo, oid: str) -> bytes | None:
    """The content of a commit, None where there is none or it is damaged."""
    try:
        git_object = repo.objects.read(oid)
    except DamagedObject:
        return None
    return git_object[2] if git_object is not None and git_object[1] == "commit" else None
