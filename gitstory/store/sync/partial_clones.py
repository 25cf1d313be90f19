"""Copies of parts of remotes' stories, from which readers are answered until the first pull has brought everything.

`<git-common-dir>/gitstory/partial/<remote>.git` holds all folders and small files of what the remote has: stories and
what is known of each conversation, but not the turns' texts. Nothing in it is part of the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git import fetch_part_of_ref, safe_own_files
from gitstory.git.fetch_push import Caller, Remote
from gitstory.git.refs import read_refs, tree_of
from gitstory.git.repo import Repo
from gitstory.store.record_paths import PARTIAL_COPIES
from gitstory.store.store import DATA_REF
from gitstory.store.sync import known_remotes
from gitstory.store.sync.compute_merge import check_format

_NAME = "gitstory-remote"
"""The file in a copy that says how the person named the remote."""


class PartialCopy(Struct, frozen=True):
    """The copy in `folder` of what the remote called `name` has."""

    folder: Path
    name: str

    @property
    def bytes(self) -> int:
        return fetch_part_of_ref.size(self.folder)


def folder_of(repo: Repo, remote: Remote) -> Path:
    return repo.home / PARTIAL_COPIES / f"{remote.track}.git"


def copy_of(repo: Repo, remote: Remote) -> PartialCopy | None:
    """The copy there is of a remote."""
    folder = folder_of(repo, remote)
    there = safe_own_files.is_folder(folder.parent) and safe_own_files.is_folder(folder)
    return PartialCopy(folder, remote.name) if there else None


def copies(repo: Repo) -> Iterator[PartialCopy]:
    """All copies."""
    base = repo.home / PARTIAL_COPIES
    for folder in sorted(base.glob("*.git")) if safe_own_files.is_folder(base) else ():
        with suppress(OSError, UnicodeError):
            yield PartialCopy(folder, safe_own_files.content(folder / _NAME).decode())


def bring(repo: Repo, remote: Remote, ref: str, caller: Caller) -> PartialCopy | None:
    """Make the copy of a remote, or bring it to what is there now; None where the remote cannot send parts, or has no
    stories. Raises `RemoteUnreachable`, `NotAStore` or `StoreThereTooNew`."""
    if fetch_part_of_ref.sends_parts(repo, remote, ref, caller) is None:
        return None
    folder = folder_of(repo, remote)
    safe_own_files.make_folder(folder.parent)
    fetch_part_of_ref.fetch_part(repo, folder, remote, (ref, DATA_REF), caller)
    try:
        with fetch_part_of_ref.opened(folder, repo.object_format) as there:
            check_format(there, tree_of(there.objects, read_refs(there.objects, [DATA_REF])[DATA_REF]))
    except GitStoryError:
        remove(repo, remote)
        raise
    safe_own_files.write(folder / _NAME, remote.name.encode("utf-8", "backslashreplace"))
    return PartialCopy(folder, remote.name)


def is_first(repo: Repo, remote: Remote, tracking: str) -> bool:
    """Whether nothing of the remote, whose tracking ref is `tracking`, has been pulled here or pushed from here."""
    last = known_remotes.load(repo.home).of(remote.url).data
    return not last and read_refs(repo.objects, [tracking])[tracking] is None


def remove(repo: Repo, remote: Remote) -> None:
    """Remove the copy of a remote: all that it has is here now."""
    if safe_own_files.is_folder(repo.home / PARTIAL_COPIES):
        fetch_part_of_ref.remove(folder_of(repo, remote))
