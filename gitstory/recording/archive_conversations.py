"""Keeping conversations of this repository before their agents delete them."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import replace

from gitstory.agents.transcript_retention import due_after
from gitstory.attribution.conversation_trace import Trace
from gitstory.attribution.linking_steps import Task, Tasks, plain
from gitstory.config.load import load
from gitstory.fault_points import point
from gitstory.git import safe_own_files
from gitstory.git.repo import Repo
from gitstory.linking.linker import Linker
from gitstory.linking.repo_match import ours
from gitstory.linking.trace_cache import TraceSummary
from gitstory.linking.visiting_conversations import trace_visits
from gitstory.model import Conversation
from gitstory.recording.recorder import Recorder
from gitstory.recording.recording_setup import RecordingSetup, setup
from gitstory.recording.worker_watchdog import in_worker_place
from gitstory.store.archive import Archive, meta_at, read
from gitstory.store.store import Meta, StoryStore

Key = tuple[str, str]
"""(agent, native conversation id)."""

NAME = "archived.json"
DAY = 86_400.0
_LEAST = 3600.0
"""Seconds between two looks, however soon an agent deletes."""
LIMIT = 3.0
"""Seconds of work of one run, after the stores were listed; what is left is done by the next."""


class Looked(msgspec.Struct, frozen=True):
    """When the stores were last looked through to the end, and when to do so again (epoch seconds)."""

    at: float
    again: float


class Kept(msgspec.Struct, frozen=True):
    """What a run did: conversations kept. `left`: its time ran out, the next one continues; `idle`: it was not due."""

    keys: tuple[Key, ...] = ()
    left: bool = False
    idle: bool = False


class _Late(Exception):
    """The time of this run is over."""


def is_due(repo: Repo) -> bool:
    """Whether it is time to look again."""
    return repo.home.is_dir() and _due(repo.home, time.time())


def archive(repo: Repo, *, limit: float = LIMIT, wait: float = 0.0, watched: bool = False) -> Kept:
    """Keep what nears its deletion and is not stored yet. Looks once a day, or more often where agents delete sooner.

    With `watched` the process is ended where it makes no progress, and the conversation set aside.

    Nothing where recording is off, `capture.archive` is false, or another worker is busy. Raises `RedactionFailed`,
    `ConfigError` or OSError.
    """
    now = time.time()
    if not repo.home.is_dir() or not _due(repo.home, now):
        return Kept(idle=True)
    with in_worker_place(repo.home, watched=watched, wait=wait) as tasks:
        if tasks is None:
            return Kept(idle=True)
        recording = setup(repo)
        if not recording.enabled or recording.private.off_since is not None or not load(repo).archive:
            return Kept(idle=True)
        bounded = _InTime(tasks, limit)
        recording = replace(recording, context=replace(recording.context, tasks=bounded))
        return _Run(repo, recording, now, bounded).run()


def _due(home: Path, now: float) -> bool:
    try:
        looked = msgspec.json.decode(safe_own_files.content(home / NAME), type=Looked)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return True
    return now >= looked.again or now < looked.at  # the clock may have been set back


class _InTime:
    """Tasks of a run whose time is limited, as long as it has done something.

    The time begins with the first item: to list what is there and is known takes as long as it takes, else a run
    among many conversations would never come to what it is for. It may always take as long as the list did.
    """

    def __init__(self, tasks: Tasks, limit: float) -> None:
        self._tasks, self._limit, self._began = tasks, limit, time.monotonic()
        self._deadline: float | None = None
        self.skips, self.stage, self.failed = tasks.skips, tasks.stage, tasks.failed

    def begin(self, task: Task) -> None:
        """Raises `_Late` where the time is over."""
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + max(self._limit, now - self._began)
        elif now > self._deadline:
            raise _Late
        self._tasks.begin(task)


class _Run:
    def __init__(self, repo: Repo, recording: RecordingSetup, now: float, tasks: _InTime) -> None:
        self.repo, self.recording, self.now, self.tasks = repo, recording, now, tasks
        self.archive, self.store = Archive(repo.home), StoryStore(repo)
        where, trees = recording.context.where, repo.worktrees()
        names = {agent.name for agent in recording.context.agents}
        self.after = {name: due_after(name, where.env, where.home, trees) * DAY for name in names}
        self.kept: list[Key] = []

    def run(self) -> Kept:
        try:
            self._keep()
        except _Late:
            return Kept(tuple(self.kept), left=True)
        again = self.now + min(DAY, max(_LEAST, min(self.after.values(), default=DAY) / 4))
        with suppress(OSError):
            safe_own_files.write(self.repo.home / NAME, msgspec.json.encode(Looked(self.now, again)))
        return Kept(tuple(self.kept))

    def _keep(self) -> None:
        linker = Linker(self.repo, self.recording.context, remember=False)
        try:
            gathered = linker.gather(matters=self._matters)
            how = self.recording.keeping
            recorder = Recorder(self.store, gathered, linker.at, linker.roots, how, self.tasks)
            traces = ours(gathered.traces, linker.at, self.recording.context.agents)
            for trace in sorted(traces, key=lambda trace: trace.ended):
                if trace_visits(trace, linker.at, moved=trace.key in linker.roots):
                    continue  # its own repository keeps it
                sources = [source for _, source in gathered.sources.get(trace.key, ())]
                fresh = max((source.modified for source in sources), default=0.0)
                if fresh <= self.now - self.after[trace.agent] and not self._stored(trace):
                    self.tasks.begin(Task(agent=trace.key[0], id=plain(trace.key[1])))
                    self._take(trace.key, recorder)
                    gathered.held.clear()
        finally:
            linker.close()

    def _matters(self, brief: TraceSummary) -> bool:
        """Told from little: a trace is only unpacked where it could be due."""
        if brief.ended > self.now - self.after.get(brief.agent, DAY) + DAY:
            return False
        return all((meta.updated or 0.0) < brief.ended - 1.0 for meta in self._metas(brief.key))

    def _stored(self, trace: Trace) -> bool:
        have = {turn for meta in self._metas(trace.key) for turn, _ in meta.turns}
        return all(turn.id in have for turn in trace.turns)

    def _metas(self, key: Key) -> list[Meta]:
        """What the archive and the record know of one conversation; to read those of all of them takes seconds."""
        return [meta for meta in (meta_at(self.archive.path(key)), self.store.meta(*key)) if meta is not None]

    def _take(self, key: Key, recorder: Recorder) -> None:
        try:
            conversation = recorder.prepare(key)
        except (OSError, _Late):
            raise
        except Exception as error:  # noqa: BLE001 - the others are kept all the same
            self.tasks.failed(Task(agent=key[0], id=plain(key[1])), error)
            return
        if conversation is None or not conversation.turns:
            return
        before = read(self.archive.path(key))
        point("archive.prepared")
        if self.archive.write(conversation if before is None else united(before, conversation)):
            self.kept.append(key)
        point("archive.written")


def united(old: Conversation, new: Conversation) -> Conversation:
    """Pure: all turns of both, the newer version of each; agents cut conversations down."""
    turns = {turn.id: turn for turn in old.turns} | {turn.id: turn for turn in new.turns}
    return replace(new, turns=tuple(sorted(turns.values(), key=lambda turn: (turn.index, turn.id))))
