"""Removes erased objects from the repository, and what was fetched of remotes: now, or by the worker's next run."""

from __future__ import annotations

import re

from gitstory.git import safe_own_files
from gitstory.git.object_purge import Before, Purged, before, purge
from gitstory.git.repo import Repo
from gitstory.store import record_paths
from gitstory.store.sync.incoming_packs import clear_abandoned
from gitstory.store.tracking_ref_replacements import replace_tracking

_REFS = ("refs/story/data", "refs/notes/story")
_OURS = re.compile(rb'\{"schema":"gitstory\.[a-z]+/')


def is_ours(blob: bytes) -> bool:
    """Whether a blob says of itself that it is a record of ours."""
    return _OURS.match(blob) is not None


def purge_later(repo: Repo) -> None:
    """Have old objects and caches cleared of what others forgot: by the worker's next run, or now where none runs."""
    if repo.home.is_dir():
        safe_own_files.make(repo.home / record_paths.TAKING_BACK)
    else:
        purge_erased(repo, before(repo, _REFS))


def purge_erased(repo: Repo, taken: Before) -> Purged:
    """Remove the objects that only states before `taken` lead to, here and in what was fetched of remotes."""
    clear_abandoned(repo)
    return purge(repo, _REFS, taken, is_ours, replace_tracking(repo))
