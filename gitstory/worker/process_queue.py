"""The commits that wait, linked and stored; one that cannot be processed costs only itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.catalog import STORE_VARIABLES
from gitstory.attribution.committing_turn import Marker
from gitstory.attribution.linking_steps import STORING, Task
from gitstory.environment import Surroundings
from gitstory.errors import GitStoryError
from gitstory.fault_points import point
from gitstory.git.atomic_write import written
from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.process import GitMissing
from gitstory.git.repo import DamagedObject, Repo
from gitstory.linking.collect_traces import Gathered
from gitstory.linking.history_window import earlier
from gitstory.linking.linker import Linker, file_names, may_explain
from gitstory.model import Story
from gitstory.recording import queue_file
from gitstory.recording.find_replaced_commits import replaced
from gitstory.recording.quarantine import Quarantine, error_line
from gitstory.recording.recorder import Recorder
from gitstory.recording.recording_setup import RecordingSetup
from gitstory.recording.transcript_completeness import examined
from gitstory.recording.worker_state import OpenStory, Watched, WorkerState
from gitstory.recording.worker_watchdog import Journal, describe
from gitstory.rewrites.commit_copies import twins
from gitstory.rewrites.persist_carried_stories import carried, keep
from gitstory.store.link_overrides import renewed, rewritten
from gitstory.store.store import StoryStore
from gitstory.worker.ensure_drained import OPEN_FOR

PENDING_FOR = 45 * 86400.0
"""Most seconds between an edit and its commit for the hook's worker; `backfill` looks at all of them."""
SETTLED_AFTER = 900.0
"""Seconds without a write after which a transcript's last turn counts as over."""
_CACHE_DAMAGED = "what was remembered of transcripts was damaged, and they were read again"

Key = tuple[str, str]
"""(agent, native conversation id)."""
Stores = tuple[tuple[str, str], ...]


class Report(Struct, frozen=True):
    """What a run did: commits looked at, stories written, unreadable records met, seconds, and what went wrong.

    `unfinished`: nothing was stored, all waits for the next run; `items`: what could not be processed;
    `repairs`: what others had left that died; `strange`: how many records of which agent and version were not
    understood.
    """

    commits: int = 0
    stories: int = 0
    skipped: int = 0
    took: float = 0.0
    errors: tuple[str, ...] = ()
    busy: bool = False
    repairs: tuple[str, ...] = ()
    unfinished: bool = False
    strange: tuple[tuple[str, str, int], ...] = ()
    items: tuple[str, ...] = ()


class QueuePart(Struct):
    """Commits to link under one set of store variables, with the conversations their hooks named."""

    commits: dict[str, set[Marker]] = {}
    from_hook: set[str] = set()
    was: dict[str, set[str]] = {}
    """commit -> those it replaces, if the hook got them: several that were squashed into one"""
    calls: dict[str, set[str]] = {}
    """commit -> native ids of the tool calls that its hook's environment named"""
    foreign: list[Commit] = []
    """Other people's commits that have come in: they may carry stories."""
    lines: dict[str, list[bytes]] = {}
    """commit -> its events as lines of the queue"""
    read: dict[str, Commit] = {}
    """What was read of the unhooked ones as they were found"""


class Queue:
    """What one run processes; `again` are the lines of the queue that the next run has to look at."""

    def __init__(
        self, repo: Repo, recording: RecordingSetup, aside: Quarantine, journal: Journal, state: WorkerState
    ) -> None:
        self._repo, self.aside, self.journal = repo, aside, journal
        self.recording, self.state = recording, state
        self.report = Report()
        self.again: list[bytes] = []
        self.storing = False
        """Whether the record is being written: what goes wrong then is no item's fault."""

    def process(self, part: QueuePart, where: Surroundings) -> None:
        """Link and store the commits of a part, then what other people's commits carry."""
        remade: list[Commit] = []
        seen: list[Callable[[Key], bool]] = []
        for commit in part.commits:
            if self.aside.skips(Task(commit=commit)):
                self.aside.keep_events(Task(commit=commit), self._lines([commit], part, where))
        for group in self._groups(part.commits):
            self._link(group, part, where, remade, seen)
        self.storing = False
        # Also a commit just made may stand in for others (`reset --soft`) whose transcripts are gone or cut down.
        by_oid = {commit.oid: commit for commit in (*remade, *part.foreign)}
        ours = {commit.oid for commit in remade}
        for group in self._groups(by_oid):
            self._carry([by_oid[oid] for oid in group], lambda key: all(one(key) for one in seen), ours)
        self.report = replace(self.report, commits=self.report.commits + len(part.foreign))

    def _groups(self, commits: Iterable[str]) -> list[list[str]]:
        """All that is not set aside at once, but each that failed before alone."""
        left = [one for one in commits if not self.aside.skips(Task(commit=one))]
        alone = [one for one in left if self.aside.suspects(one)]
        together = [one for one in left if one not in alone]
        return [*([together] if together else []), *([one] for one in alone)]

    # --- what fails ---

    def failed(self, task: Task, error: Exception, events: Sequence[bytes] = ()) -> bool:
        """Count a failure; returns whether the item is set aside now."""
        entry = self.aside.failed(task, error, events)
        problem = f"{describe(task)} could not be processed: {error_line(error)}"
        self.report = replace(self.report, items=tuple(dict.fromkeys((*self.report.items, problem))))
        return entry.is_aside

    def _lines(self, commits: Iterable[str], part: QueuePart, where: Surroundings) -> list[bytes]:
        """The events of commits; unhooked commits get one."""
        env = {name: value for name, value in where.env.items() if name in STORE_VARIABLES}
        with_lines = ((one, part.lines.get(one)) for one in commits)
        return [
            line
            for oid, lines in with_lines
            for line in lines or [queue_file.format_line(queue_file.Event("post-commit", oid, env=env))]
        ]

    def _blamed(self, task: Task, error: Exception, lines: list[bytes], group: list[str]) -> bool:
        """Count a failure against an item. Returns whether to do the same again, now without that, which is none of
        the commits to be linked."""
        if self.failed(task, error, lines):
            return task.commit not in group
        self.again += lines
        return False

    # --- linking ---

    def _link(
        self,
        group: list[str],
        part: QueuePart,
        where: Surroundings,
        remade: list[Commit],
        seen: list[Callable[[Key], bool]],
    ) -> None:
        """Link the commits of a group; where that fails and none of them is known to be the reason, one by one."""
        self.storing = False
        lines = self._lines(group, part, where)
        try:
            commits, is_known = self._link_all(group, part, where, lines)
        except Exception as error:
            task = self.journal.task
            if self.storing or isinstance(error, OSError | GitMissing):
                raise
            if (task is None or task.commit in group) and len(group) > 1:
                for oid in group:
                    self._link([oid], part, where, remade, seen)
            elif self._blamed(task or Task(commit=group[0]), error, lines, group):
                self._link(group, part, where, remade, seen)
            return
        remade += commits
        if commits:
            seen.append(is_known)
        for commit in commits:
            self.aside.succeeded(Task(commit=commit.oid))

    def _link_all(
        self, group: list[str], part: QueuePart, where: Surroundings, lines: list[bytes]
    ) -> tuple[list[Commit], Callable[[Key], bool]]:
        self.journal.linking(tuple(group))
        commits = self._read(group, part, where)
        if not commits:
            return [], lambda key: False
        steps = _Steps(self, lines)
        context = replace(self.recording.context, where=where, tasks=steps)
        store = StoryStore(self._repo)
        linker = Linker(self._repo, context)
        try:
            # A commit may say that it is made next year; what is written now is no older than now.
            since = min(time.time(), *(min(c.author_time, c.committer_time) for c in commits)) - PENDING_FOR
            named = {marker for one in group for marker in part.commits[one]}
            gathered = linker.gather(since, named, matters=may_explain(commits, file_names(self._repo, commits)))
            self.journal.stage("linking commits")
            args = {one: part.commits[one] for one in group}
            linked = list(linker.link(commits, gathered, args, earlier(self._repo, commits, gathered), part.calls))
            self.journal.stage("comparing with the stored stories")
            seen = examined(store, gathered, linked[0].candidates)
            was = self._copied(commits, part, store)
            merged = [_with_known(one.story, store, seen, was[one.story.commit]) for one in linked]
            stories = [story for story in merged if story is not None]
            if stories:
                point("drain.linked")
                recorder = Recorder(store, gathered, linker.at, linker.roots, self.recording.keeping, steps)
                recorder.record(stories)
                point("drain.recorded")
        finally:
            linker.close()
        self.again += steps.ended()
        self._count(commits, stories, gathered, linker.cache_damaged)
        self.state = _opened(commits, part, gathered, self.state, where)
        return commits, seen

    def _read(self, group: list[str], part: QueuePart, where: Surroundings) -> list[Commit]:
        """The commits that are here; one may be gone already (amended and pruned), and one may be damaged."""
        there = [one for one in group if self._is_here(one)]
        unread = [one for one in there if one not in part.read]
        by_oid = part.read | {one.oid: one for one in (read_commits(self._repo, unread, walk=False) if unread else ())}
        commits = [by_oid[one] for one in there if one in by_oid]
        for oid in set(there) - by_oid.keys():
            lines = self._lines([oid], part, where)
            if not self.failed(Task(commit=oid), GitStoryError("git cannot read it"), lines):
                self.again += lines
        return commits

    def _copied(self, commits: list[Commit], part: QueuePart, store: StoryStore) -> dict[str, list[str]]:
        """The commits that each one replaced, or is a copy of that a person untied something of."""
        was = {commit.oid: replaced(part.was, commit.oid) for commit in commits}
        copies = [one for one in commits if one.author_time != one.committer_time and not was[one.oid]]
        if copies and store.contents.root is not None:
            for oid, others in twins(self._repo, store.index.decided(), copies).items():
                was[oid] = others
        return was

    def _is_here(self, oid: str) -> bool:
        try:
            git_object = self._repo.objects.read(oid)
        except DamagedObject:
            return True  # git says more of it when asked for the commit
        return git_object is not None and git_object[1] == "commit"

    def _count(self, commits: list[Commit], stories: list[Story], gathered: Gathered, damaged: bool) -> None:
        done = self.report
        self.report = replace(
            done,
            commits=done.commits + len(commits),
            stories=done.stories + len(stories),
            skipped=done.skipped + gathered.skipped,
            errors=tuple(dict.fromkeys((*done.errors, *gathered.problems))),
            repairs=(*done.repairs, *([_CACHE_DAMAGED] if damaged else [])),
            strange=(*done.strange, *gathered.strange()),
        )

    # --- carrying over ---

    def _carry(self, commits: list[Commit], seen: Callable[[Key], bool], ours: set[str]) -> None:
        """Store what commits carry of others' stories. Readers find the same when they ask: a failure costs little."""
        self.journal.linking(tuple(commit.oid for commit in commits))
        try:
            store = StoryStore(self._repo)
            remade = [commit for commit in commits if commit.oid in ours]
            strange = [commit for commit in commits if commit.oid not in ours and store.story(commit.oid) is None]
            stories = [*carried(self._repo, store, remade, seen), *carried(self._repo, store, strange)]
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            for commit in commits if len(commits) == 1 else ():
                self.failed(Task(commit=commit.oid), error)
            for commit in commits if len(commits) > 1 else ():
                self._carry([commit], seen, ours)
            return
        if stories:
            self.journal.idle(STORING)
            point("drain.carrying")
            keep(store, stories, noted=self.recording.keeping.notes)
            point("drain.carried")
        self.report = replace(self.report, stories=self.report.stories + len(stories))
        for commit in commits:
            self.aside.succeeded(Task(commit=commit.oid))


class _Steps:
    """What the linking of some commits says of its steps; `lines` are the commits' events."""

    def __init__(self, queue: Queue, lines: list[bytes]) -> None:
        self._queue, self._lines = queue, lines
        self._skipped: list[Task] = []
        self._begun: dict[Task, None] = {}

    def skips(self, task: Task) -> bool:
        skipped = self._queue.aside.skips(task)
        if skipped:
            self._skipped.append(task)
        return skipped

    def begin(self, task: Task) -> None:
        self._queue.storing = False
        self._begun[replace(task, size=0)] = None
        self._queue.journal.begin(task)

    def stage(self, name: str) -> None:
        if name == STORING:
            self._queue.storing = True
            self._queue.journal.idle(name)
        else:
            self._queue.journal.stage(name)

    def failed(self, task: Task, error: Exception) -> bool:
        """The commits are recorded without the conversation, and again when it can be read."""
        self._begun.pop(replace(task, size=0), None)
        if not self._queue.failed(task, error, self._lines):
            self._queue.again += self._lines
        return True

    def ended(self) -> list[bytes]:
        """The commits are stored: returns the events that had to do without conversations that could be read now."""
        for task in self._skipped:
            self._queue.aside.keep_events(task, self._lines)
        lines = [line for task in self._begun for line in self._queue.aside.succeeded(task)]
        return [line for line in lines if line not in self._lines]


def _with_known(story: Story, store: StoryStore, seen: Callable[[Key], bool], was: Sequence[str]) -> Story | None:
    """The story to store, None if it would be empty; decisions of a person are kept after a rewrite."""
    stored = store.story(story.commit)
    before = store.stories(was) if stored is None else {}
    if before:
        stored = rewritten(list(before.values()), story.commit, seen)
    story_ = renewed(story, stored, seen)
    return story_ if story_.links or story_.decisions else None


def _opened(
    commits: Iterable[Commit], part: QueuePart, gathered: Gathered, state: WorkerState, where: Surroundings
) -> WorkerState:
    """Commits made lately while some conversation was being written stay open until it has come to rest.

    How recent they are is measured from when they were first seen here: a commit's own time may be anything.
    Transcripts are listed once, not with each commit.
    """
    now = time.time()
    done = {commit.oid for commit in commits}
    first_seen = {one.commit: one.since for one in state.open}
    kept = [one for one in state.open if one.commit not in done and now - one.since < OPEN_FOR]
    env = {name: value for name, value in where.env.items() if name in STORE_VARIABLES}
    near = _near(gathered, now)
    for commit in commits:
        since = first_seen.get(commit.oid, now)
        if commit.oid not in part.from_hook or now - since > OPEN_FOR:
            continue
        marked = tuple(sorted(part.commits[commit.oid]))
        if near or marked:
            calls = tuple(sorted(part.calls.get(commit.oid, ())))
            kept.append(OpenStory(commit.oid, since, (), marked, env, calls, now))
    envs = tuple(one for one in (*state.envs, *([] if env in state.envs else [env])) if one in [k.env for k in kept])
    watched = _watched(state, envs, env, near, now)
    return replace(state, open=tuple(kept), watched=watched if kept else (), envs=envs)


def _near(gathered: Gathered, now: float) -> dict[Path, tuple[int, int]]:
    """The files written to lately, with size and mtime. A database is as lately written to as the newest it holds."""
    latest: dict[Path, float] = {}
    for pairs in gathered.sources.values():
        for _, source in pairs:
            latest[source.path] = max(source.modified, latest.get(source.path, 0.0))
    return {path: gathered.stamps[path] for path, modified in latest.items() if modified > now - SETTLED_AFTER}


def _watched(
    state: WorkerState,
    envs: tuple[dict[str, str], ...],
    env: dict[str, str],
    near: dict[Path, tuple[int, int]],
    now: float,
) -> tuple[Watched, ...]:
    """What is watched from now on: what was seen just now, and what others wait for and was not written to since."""
    mine = envs.index(env) if env in envs else -1
    since: dict[str, float] = {}
    others: list[Watched] = []
    seen = {str(path) for path in near}
    for watched_file in state.watched:
        at = state.envs[watched_file.env] if watched_file.env < len(state.envs) else None
        if at not in envs:
            continue
        number = envs.index(at)
        if number == mine and watched_file.path in seen:
            since[watched_file.path] = watched_file.since
        elif number != mine or written(Path(watched_file.path)) == (watched_file.size, watched_file.mtime):
            others.append(replace(watched_file, env=number))
    fresh = [Watched(str(path), *near[path], since.get(str(path), now), mine) for path in near if mine >= 0]
    return (*others, *fresh)
