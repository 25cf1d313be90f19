"""The worker of the hooks: from the queue, and from unhooked commits, to stories.

Killed at any instant it loses nothing: spool lines go only after their stories are in, and doing them again changes
nothing. One worker runs at a time in a repository.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress

from msgspec.structs import replace

from gitstory.agents.catalog import AGENTS
from gitstory.attribution.committing_turn import Marker
from gitstory.attribution.linking_steps import Task
from gitstory.environment import Surroundings, surroundings
from gitstory.errors import GitStoryError
from gitstory.fault_points import point
from gitstory.git.adopt_loose_objects import adopt_loose
from gitstory.git.file_lock import single_flight
from gitstory.git.packing import pack_written
from gitstory.git.process import GitFailed
from gitstory.git.repo import Repo
from gitstory.recording import queue_file, remembered_agent_roots, worker_state, worker_watchdog
from gitstory.recording.commits_by_this_person import own
from gitstory.recording.quarantine import Quarantine, error_line, stamp_of
from gitstory.recording.recording_setup import ignored, setup
from gitstory.recording.worker_state import WorkerState
from gitstory.recording.worker_watchdog import Journal
from gitstory.worker import recovery
from gitstory.worker.ensure_drained import ensure_drained, grown, needed
from gitstory.worker.process_queue import Queue, QueuePart, Report, Stores
from gitstory.worker.unhooked_commits import kept_back, missed, tips

WAIT = 20.0

_WITHOUT_HOME = 1000
"""Commits that are remembered until a run has HOME."""


__all__ = ["Report", "drain", "ensure_drained", "needed"]


def drain(repo: Repo, where: Surroundings | None = None, *, wait: float = WAIT, watched: bool = False) -> Report:
    """Process all there is. Errors are remembered for `git story status`, not raised, unless they are defects.

    With `watched` the process is ended where it makes no progress: see `recording.worker_watchdog`.
    """
    began = time.time()
    try:
        with single_flight(repo.home / "worker.lock", timeout=wait) as got:
            if not got:
                return Report(busy=True)
            report = _run(repo, where or surroundings(), began, watched)
    except OSError as error:
        problem = f"the git directory cannot be written: {error.strerror or error}"
        return Report(errors=(problem,), unfinished=True)
    return report


def _run(repo: Repo, where: Surroundings, began: float, watched: bool) -> Report:
    point("drain.locked")
    aside = Quarantine(repo.home)
    deaths = worker_watchdog.blame(repo.home, aside)
    aside.save()  # before anything else could end this run as well
    journal = Journal(repo.home, watched=watched)
    try:
        return _drained(repo, where, began, aside, journal, deaths)
    finally:
        aside.save()
        journal.close()


def _drained(
    repo: Repo, where: Surroundings, began: float, aside: Quarantine, journal: Journal, deaths: list[str]
) -> Report:
    journal.idle("looking for what is to be done")
    repairs = [*deaths, *recovery.tidy(repo)]
    before = recovery.remembered(repo)
    batches = queue_file.take(repo.home)
    point("drain.taken")
    now = tips(repo)
    try:
        recording = setup(repo, where)
        queue = Queue(repo, recording, aside, journal, before)
        aside.stamp = stamp_of(recording.keeping.redact)
        lines = aside.release() if recording.enabled else []
        released = [event for line in lines if (event := queue_file.parse_line(line.removesuffix(b"\n"))) is not None]
        events = [*released, *(event for batch in batches for event in batch.events)]
        if recording.enabled:
            remembered_agent_roots.remember(
                repo.home, recording.context.agents, recording.context.where, [event.stores for event in events]
            )
        for stores, part in (_work(repo, before, events, now, queue) if recording.enabled else {}).items():
            queue.process(part, recording.context.where.with_env(dict(stores)))
    except GitStoryError as error:
        # Nothing was stored (the settings cannot be read, the disk is full). What was to be done waits in the spool
        # until the next run finds things put right.
        worker_state.save(repo.home, worker_state.with_error(before, f"nothing stored: {error.message}"))
        return Report(errors=(error.message,), unfinished=True, took=time.time() - began)
    except Exception as error:
        worker_state.save(repo.home, worker_state.with_error(before, f"the worker failed: {error_line(error)}"))
        raise
    journal.idle("packing what was written")
    with suppress(GitFailed, OSError):  # what stays loose is packed by another run, or by git
        adopt_loose(repo)
        pack_written(repo)
    journal.close()  # what is left to do is short, and no item's
    done, finished = queue.report, time.time()
    after = replace(queue.state, tips=now, ran=finished, took=finished - began, linked=before.linked + done.stories)
    after = replace(after, skipped=done.skipped, strange=done.strange, errors=done.errors[-5:], nothing=False)
    point("drain.done")
    worker_state.save(repo.home, worker_state.with_repairs(after, [*repairs, *dict.fromkeys(done.repairs)]))
    point("drain.saved")
    aside.save()
    for line in queue.again:
        queue_file.append_line(repo.home, line)
    for batch in batches:
        rest: queue_file.QueueBatch | None = batch
        while rest is not None:
            rest = queue_file.finish(rest)
    return replace(done, took=time.time() - began)


def _work(
    repo: Repo, before: WorkerState, events: Iterable[queue_file.Event], now: dict[str, str], queue: Queue
) -> dict[Stores, QueuePart]:
    """What is to be linked, by the store variables to link it with: from hooks, open stories, or unhooked commits.

    Of `now`, branches whose history cannot be walked yet are left as they were, to be looked at again.
    """
    recording = queue.recording
    work: dict[Stores, QueuePart] = defaultdict(QueuePart)
    reported: set[str] = set()
    for event in events:
        if event.commit is None or kept_back(repo, recording.private, event.commit, event.time):
            continue
        if not ignored(repo, event.commit, recording.ignored_branches):
            part = work[tuple(sorted(event.stores.items()))]
            named = markers(event)
            part.commits.setdefault(event.commit, set()).update(
                key for key in named if not recording.private.forgotten(*key, None)
            )
            part.calls.setdefault(event.commit, set()).update(_calls(event))
            part.from_hook.add(event.commit)
            part.lines.setdefault(event.commit, []).append(queue_file.format_line(event))
            reported.add(event.commit)
            if event.was is not None:
                part.was.setdefault(event.commit, set()).add(event.was)
    for open_story in before.open:
        if open_story.commit not in reported and grown(open_story, before):
            part = work[tuple(sorted(open_story.env.items()))]
            part.commits.setdefault(open_story.commit, set()).update(open_story.markers)
            part.calls.setdefault(open_story.commit, set()).update(open_story.calls)
            part.from_hook.add(open_story.commit)
            reported.add(open_story.commit)
    for commit in missed(repo, before.tips, now, lambda tip, error: _unwalkable(tip, error, before, now, queue)):
        if commit.oid in reported or kept_back(repo, recording.private, commit.oid, None, before.ran):
            continue
        if ignored(repo, commit.oid, recording.ignored_branches):
            continue
        if own(commit, recording):
            work[()].commits.setdefault(commit.oid, set())
            work[()].read[commit.oid] = commit
        else:
            work[()].foreign.append(commit)
    _look_again_with_home(queue, before, work)
    return work


def _look_again_with_home(queue: Queue, before: WorkerState, work: dict[Stores, QueuePart]) -> None:
    """Remember the commits of a run without HOME, and link them again in the first run that has it."""
    commits = dict.fromkeys(one for part in work.values() for one in part.commits)
    if not queue.recording.context.where.has_home:
        kept = dict.fromkeys((*before.without_home, *commits))
        queue.state = replace(queue.state, without_home=tuple(kept)[-_WITHOUT_HOME:])
        return
    for commit in before.without_home:
        if commit not in commits:
            work[()].commits[commit] = set()
            work[()].from_hook.add(commit)
    queue.state = replace(queue.state, without_home=())


def _unwalkable(tip: str, error: GitFailed, before: WorkerState, now: dict[str, str], queue: Queue) -> None:
    """Have a branch whose history git cannot list looked at again, until its tip is set aside."""
    if queue.failed(Task(commit=tip), error, [queue_file.format_line(queue_file.Event("post-commit", tip))]):
        return
    for ref in [ref for ref, oid in now.items() if oid == tip]:
        was = (before.tips or {}).get(ref)
        if was is None:
            del now[ref]
        else:
            now[ref] = was


def markers(event: queue_file.Event) -> set[Marker]:
    """(agent, conversation id) of the agents whose variables the hook saw."""
    return _named(event, "conversation")


def _calls(event: queue_file.Event) -> set[str]:
    """Native ids of the tool calls whose variables the hook saw."""
    return {ident for _, ident in _named(event, "call")}


def _named(event: queue_file.Event, wanted: str) -> set[tuple[str, str]]:
    return {
        (agent, event.env[name])
        for agent, info in AGENTS.items()
        for name, kind in info.markers.items()
        if kind == wanted and event.env.get(name)
    }
