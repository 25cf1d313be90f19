"""What a worker that died left behind, found and cleared by the next one, which says so in `git story status`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from gitstory.git.atomic_write import is_half_written
from gitstory.git.refs import clear_stale_locks
from gitstory.git.repo import Repo
from gitstory.recording import queue_file, worker_state
from gitstory.recording.worker_state import WorkerState
from gitstory.store.record_paths import TAKING_BACK
from gitstory.store.store import DATA_REF, NOTES_REF, StoryStore
from gitstory.store.sync.incoming_packs import clear_abandoned

_ABANDONED = 60.0
"""Seconds after which a file of a few kilobytes is no longer being written."""


def tidy(repo: Repo) -> list[str]:
    """Delete files that no process can still use, and return what was deleted; the caller holds the worker's lock."""
    done = []
    if (repo.home / TAKING_BACK).exists():
        from gitstory.erasure.forget import resume

        resume(repo)
        done.append("what a stopped run was erasing is gone now")
    left = queue_file.left(repo.home)
    if left:
        done.append(f"{left} {_plural(left, 'event')} of an unfinished run {_plural(left, 'was', 'were')} worked off")
    halves = [path for path in _halves(repo.home) if _remove(path)]
    if halves:
        done.append(f"{len(halves)} half-written {_plural(len(halves), 'file')} removed")
    done += [f"the lock of a git that died was removed: {lock}" for lock in clear_stale_locks(repo, _REFS)]
    fetches = clear_abandoned(repo)
    if fetches:
        done.append(f"what {fetches} unfinished {_plural(fetches, 'fetch', 'fetches')} had brought was removed")
    if worker_state.damaged(repo.home):
        done.append("the worker's stored state was damaged and starts empty")
    return done


_REFS = (DATA_REF, NOTES_REF)


def remembered(repo: Repo) -> WorkerState:
    """The worker's state; where it is lost, the recorded commits stand for what has been looked at."""
    from msgspec.structs import replace

    state = worker_state.load(repo.home)
    lost = worker_state.damaged(repo.home) or (state.tips is None and (repo.home / "hooks.json").exists())
    commits = StoryStore(repo).commits() if lost else []
    return replace(state, tips={commit: commit for commit in commits}) if commits else state


def _halves(home: Path) -> Iterator[Path]:
    archive = home / "archive"
    for folder in (home, home / "cache", *(archive.iterdir() if archive.is_dir() else ())):
        if folder.is_dir():
            paths = [path for path in folder.iterdir() if is_half_written(path.name)]
            yield from (path for path in paths if _abandoned(path))


def _abandoned(path: Path) -> bool:
    """By its age, either way: the clock may have been set back since."""
    try:
        return abs(time.time() - path.stat().st_mtime) > _ABANDONED
    except OSError:
        return False


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _plural(count: int, singular: str, many: str = "") -> str:
    return singular if count == 1 else many or f"{singular}s"
