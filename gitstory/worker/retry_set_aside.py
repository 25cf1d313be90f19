"""What was set aside, tried again on request."""

from __future__ import annotations

from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.recording import queue_file
from gitstory.recording.quarantine import MOST_FAILURES, Quarantine, load
from gitstory.worker.drain import WAIT
from gitstory.worker.supervise import drained


def retry(repo: Repo) -> str | None:
    """Process what was set aside, until it succeeds or is set aside again; returns why that could not be done."""
    with single_flight(repo.home / "worker.lock", timeout=WAIT) as got:
        if not got:
            return "another worker is processing this repository"
        # The queue first: an item that is released without its events would never be looked at again.
        for line in Quarantine(repo.home).release(everything=True):
            queue_file.append_line(repo.home, line)
        aside = Quarantine(repo.home)
        aside.release(everything=True)
        aside.save()
    for _ in range(MOST_FAILURES):
        report = drained(repo, reader=False)
        if report.busy or report.unfinished:
            return next(iter(report.errors), "another worker is processing this repository")
        if not any(not entry.is_aside for entry in load(repo.home)):
            break
    return None
