"""Whether the worker has anything to do. Readers ask this every time, so nothing heavy is imported to answer it."""

from __future__ import annotations

import time
from pathlib import Path

from gitstory.git.atomic_write import written
from gitstory.git.repo import Repo
from gitstory.recording import queue_file, worker_state
from gitstory.recording.worker_state import OpenStory, WorkerState
from gitstory.store.record_paths import TAKING_BACK
from gitstory.worker.unhooked_commits import tips

OPEN_FOR = 86400.0
"""Seconds a story stays open for what agents write late."""
AWAITED_FOR = 1800.0
"""Seconds a transcript is waited for that the hook's environment named and no store holds yet."""


def needed(repo: Repo, remembered: WorkerState) -> bool:
    """Whether a run could find anything to do; costs a few look-ups of files, and one of refs unless the repository was
    opened with them."""
    if not queue_file.is_empty(repo.home) or (repo.home / TAKING_BACK).exists():
        return True
    # Where git said the same as it was asked where the repository is, that is enough. Else it says again, as for a run:
    # of refs that are damaged it leaves out others then.
    if remembered.tips is None or (repo.tips_when_opened != remembered.tips and tips(repo) != remembered.tips):
        return True
    if any(grown(one, remembered) for one in remembered.open):
        return True
    return bool(remembered.without_home) and _home_is_set()


def _home_is_set() -> bool:
    from gitstory.environment import surroundings

    return surroundings().has_home


def ensure_drained(repo: Repo, *, always: bool = False) -> str | None:
    """For readers: run if there is a reason to (or `always`). A repository gitstory was never enabled in, or is
    disabled in, is left alone.

    A worker that fails or stands still must not keep what is recorded from being read; returns why what waits could
    not be recorded.
    """
    if repo.home.is_dir() and not repo.disabled and (always or needed(repo, worker_state.load(repo.home))):
        from gitstory.worker.supervise import drained

        try:
            report = drained(repo, reader=True)
        except Exception as error:  # noqa: BLE001 - a defect of the worker is no reason to withhold what there is
            return f"{type(error).__name__}: {error}"
        if report.busy:
            return report.errors[0] if report.errors else "another worker has been busy for long"
        return next(iter(report.items or report.errors if report.unfinished else report.items), None)
    return None


def grown(open_story: OpenStory, remembered: WorkerState) -> bool:
    """Whether a transcript was written to since the last look; one that is not there yet may come for a while."""
    age = time.time() - open_story.since
    if age > OPEN_FOR:
        return False
    sources = worker_state.watching(remembered, open_story)
    if not sources:
        return age < AWAITED_FOR
    return any(written(Path(path)) != (size, mtime) for path, size, mtime in sources)
