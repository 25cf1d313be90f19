"""Reading the agents' stores for linking: sources to traces, through the cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from gitstory import safe_open
from gitstory.agents.base import Agent, Source
from gitstory.attribution.conversation_trace import Trace, trace
from gitstory.attribution.linking_steps import UNWATCHED, Task, Tasks, plain, reading
from gitstory.attribution.merge_traces import join
from gitstory.attribution.private_turns import Private
from gitstory.environment import Surroundings
from gitstory.fault_points import listening, tell
from gitstory.git.atomic_write import written
from gitstory.linking.repo_match import Here, agent_roots, all_sources, may_hold, plausible
from gitstory.linking.repo_mentions import Effort, Mentions, worker_effort
from gitstory.linking.trace_cache import TraceCache, TraceSummary, brief
from gitstory.model import Conversation

_HELD = 64 << 20
"""Bytes of transcripts whose conversations stay in memory after the reduction, to be stored without a second parse."""


NOTHING_PRIVATE = Private()

Matters = Callable[[TraceSummary], bool]
"""Whether a conversation could have to do with what is asked."""


class Gathered(Struct):
    """`traces` joined and oldest first; `sources` are the sources of each conversation (subagents' own too).

    `children` are the conversations each one spawned, `held` those parsed just now, by the path of their source, as
    far as memory allows. `known` says in brief what is known of all of them, wanted or not.
    """

    traces: list[Trace]
    sources: dict[tuple[str, str], list[tuple[Agent, Source]]]
    children: dict[tuple[str, str], list[tuple[str, str]]]
    problems: list[str]
    held: dict[Source, tuple[Conversation, ...]]
    stamps: dict[Path, tuple[int, int]]
    """Size and mtime (ns) of each file (of a database with its log) before the first of its sources was read."""
    silent: list[Trace] = []
    """The private turns of conversations: replayed, and never attributed."""
    room: int = _HELD
    summaries: list[TraceSummary] = []

    @property
    def skipped(self) -> int:
        """Records that were not understood."""
        return sum(one.skipped for one in self.summaries)

    def strange(self) -> tuple[tuple[str, str, int], ...]:
        """Of which agents and versions records were not understood, and how many."""
        counts: dict[tuple[str, str], int] = {}
        for brief_ in self.summaries:
            if brief_.skipped:
                counts[brief_.agent, brief_.version] = counts.get((brief_.agent, brief_.version), 0) + brief_.skipped
        return tuple((*key, count) for key, count in sorted(counts.items()))

    def conversations(self, key: tuple[str, str]) -> list[Conversation]:
        """Every version of a conversation that the stores hold, read again where it was not held."""
        conversations: list[Conversation] = []
        for agent, source in self.sources.get(key, ()):
            held = self.held.get(source)
            conversations += [one for one in (held or read(agent, source, self.problems)) if one.key == key]
        return conversations


def gather(
    agents: Sequence[Agent],
    where: Surroundings,
    at: Here,
    cache: TraceCache,
    since: float = 0.0,
    always: Iterable[tuple[str, str]] = (),
    progress: Callable[[int], None] = lambda count: None,
    matters: Matters = lambda brief: True,
    private: Private = NOTHING_PRIVATE,
    effort: Effort | None = None,
    tasks: Tasks = UNWATCHED,
) -> Gathered:
    """Traces of all conversations that may be of this repository, were written to after `since` and `matters`.

    Those that took place in other directories are among them if they name this one, as far as `effort` allows (the
    worker's by default), the ones written to last first. `always` names conversations to take whatever their directory
    (a hook's environment vouched for them). The sources of conversations that do not matter are known all the same.
    `tasks` is called before a source is read.
    """
    gathering = _Gathering(at, cache, private, tasks, set(always))
    elsewhere = gathering.of_stores(all_sources(agents, where), since, progress)
    gathering.of_other_directories(elsewhere, effort or worker_effort())
    traces = gathering.chosen(matters, {agent.name for agent in agents if getattr(agent, "secondhand", False)})
    gathered = gathering.gathered
    gathered.problems[:] = dict.fromkeys((*gathered.problems, *_refused(agents, where)))
    gathered.traces, gathered.silent = private.divide(join(traces))
    return gathered


class _Gathering:
    """The steps of `gather`, in their order, and what they know of each source."""

    def __init__(
        self, at: Here, cache: TraceCache, private: Private, tasks: Tasks, vouched: set[tuple[str, str]]
    ) -> None:
        self._at, self._cache, self._private, self._tasks, self._vouched = at, cache, private, tasks, vouched
        self.gathered = Gathered([], {}, {}, [], {}, {})
        self._read_now: dict[Source, tuple[Trace, ...]] = {}
        self._summaries: list[tuple[Source, tuple[TraceSummary, ...]]] = []

    def of_stores(
        self, sources: Iterable[tuple[Agent, Source]], since: float, progress: Callable[[int], None]
    ) -> list[tuple[Agent, Source]]:
        """Take what may be of this repository; the sources of other directories, which are left."""
        self._tasks.stage("listing the agents' conversations")
        elsewhere: list[tuple[Agent, Source]] = []
        for count, (agent, source) in enumerate(sources):
            progress(count)
            named = _named(agent, source, self._vouched)
            if (source.modified >= since or named) and not self._left_out(agent, source):
                if source.path not in self.gathered.stamps:
                    self.gathered.stamps[source.path] = written(source.path)
                if not self._taken(agent, source, named):
                    elsewhere.append((agent, source))
        return elsewhere

    def _left_out(self, agent: Agent, source: Source) -> bool:
        if self._tasks.skips(reading(agent.name, source.id, source.path, source.size)):
            return True
        return source.id is not None and self._private.forgotten(agent.name, source.id, None)

    def _taken(self, agent: Agent, source: Source, named: bool) -> bool:
        """Take a source, read where it is not known as it is; False where it may be of another directory alone."""
        briefs = self._cache.briefs(source)
        if briefs is None or (named and not briefs):
            if not named and not plausible(agent, source, self._at, _exists):
                return False
            briefs = self._read_anew(agent, source)
        self._take(agent, source, briefs)
        return True

    def of_other_directories(self, elsewhere: Sequence[tuple[Agent, Source]], effort: Effort) -> None:
        """Take those that name this repository."""
        self._tasks.stage("searching conversations of other directories")
        for agent, source in _naming_us(elsewhere, self._at, self._cache, effort, self._tasks):
            self._take(agent, source, self._read_anew(agent, source))

    def _read_anew(self, agent: Agent, source: Source) -> tuple[TraceSummary, ...]:
        traces = _read_anew(agent, source, self._cache, self.gathered, self._private, self._tasks)
        self._read_now[source] = traces
        return tuple(brief(one, self._at.real) for one in traces)

    def _take(self, agent: Agent, source: Source, briefs: tuple[TraceSummary, ...]) -> None:
        briefs = tuple(
            summary
            for summary in briefs
            if not _forgotten(summary, self._private) and not self._tasks.skips(_task(summary))
        )
        self._summaries.append((source, briefs))
        self.gathered.summaries += briefs
        for each in briefs:
            self.gathered.sources.setdefault(each.key, []).append((agent, source))
            if each.subagent and each.parent is not None:
                self.gathered.children.setdefault((each.agent, each.parent), []).append(each.key)

    def chosen(self, matters: Matters, secondhand: set[str]) -> list[Trace]:
        """The traces of the conversations that matter."""
        self._tasks.stage("choosing conversations")
        firsthand = _firsthand(self._summaries, secondhand)
        wanted = _wanted([one for _, briefs in firsthand for one in briefs], matters, self._vouched)
        tell("%d sources, %d conversations matter", len(firsthand), len(wanted))
        return [
            each
            for source, briefs in firsthand
            if any(brief.key in wanted for brief in briefs)
            for each in self._traces(source, briefs)
            if each.key in wanted
        ]

    def _traces(self, source: Source, briefs: Sequence[TraceSummary]) -> tuple[Trace, ...]:
        traces = self._read_now[source] if source in self._read_now else self._cache.get(source)
        if traces is not None:
            return traces
        # What was remembered is damaged.
        agent = next(agent for one in briefs for agent, path in self.gathered.sources[one.key] if path == source)
        return _read_anew(agent, source, self._cache, self.gathered, self._private, self._tasks)


def _task(summary: TraceSummary) -> Task:
    return Task(agent=summary.agent, id=plain(summary.conversation))


def _named(agent: Agent, source: Source, vouched: set[tuple[str, str]]) -> bool:
    if source.id is not None:
        return (agent.name, source.id) in vouched
    return any(name == agent.name and may_hold(source, ident) for name, ident in vouched)


def _firsthand(
    briefs_by_source: list[tuple[Source, tuple[TraceSummary, ...]]], retelling: set[str]
) -> list[tuple[Source, tuple[TraceSummary, ...]]]:
    """Without what is retold of conversations that an agent's own store has. Their ids are long and random."""
    recorded = {one.conversation for _, briefs in briefs_by_source for one in briefs if one.agent not in retelling}
    return [
        (source, tuple(one for one in briefs if one.agent not in retelling or one.conversation not in recorded))
        for source, briefs in briefs_by_source
    ]


def _forgotten(summary: TraceSummary, private: Private) -> bool:
    """Whether a conversation, or the one that spawned it, was forgotten."""
    names = [summary.conversation] + ([summary.parent] if summary.subagent and summary.parent is not None else [])
    return any(private.forgotten(summary.agent, name, None) for name in names)


def _wanted(briefs: Sequence[TraceSummary], matters: Matters, vouched: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The conversations that matter, with those that spawned them."""
    parents = {one.key: (one.agent, one.parent) for one in briefs if one.subagent and one.parent is not None}
    wanted: set[tuple[str, str]] = set()
    for summary in briefs:
        if summary.key in vouched or matters(summary):
            key: tuple[str, str] | None = summary.key
            while key is not None and key not in wanted:
                wanted.add(key)
                key = parents.get(key)
    return wanted


def _naming_us(
    elsewhere: Sequence[tuple[Agent, Source]], at: Here, cache: TraceCache, effort: Effort, tasks: Tasks
) -> Iterator[tuple[Agent, Source]]:
    """Those of other directories' sources that are worth reading, the surest first; the rest is ruled out, or left."""
    mentions = Mentions(at.roots)
    perhaps: list[tuple[Agent, Source]] = []
    for agent, source in sorted(elsewhere, key=lambda pair: -pair[1].modified):
        if not effort.may_search(source):
            break
        tasks.begin(reading(agent.name, source.id, source.path, source.size))
        mention = mentions.of(source)
        if mention == "no":
            cache.put(source, ())
        elif mention == "maybe":
            perhaps.append((agent, source))
        elif effort.may_read(source):
            yield agent, source
    yield from (pair for pair in perhaps if effort.may_read(pair[1]))


def _read_anew(
    agent: Agent, source: Source, cache: TraceCache, gathered: Gathered, private: Private, tasks: Tasks
) -> tuple[Trace, ...]:
    """The traces of a source; none where it cannot be read, which is not remembered of it."""
    began = time.perf_counter() if listening() else 0.0
    whole = len(gathered.problems)
    task = reading(agent.name, source.id, source.path, source.size)
    tasks.begin(task)
    try:
        conversations = read(agent, source, gathered.problems)
        if len(gathered.problems) > whole:
            return ()  # it may be read the next time, although nothing about it changed
        traces = tuple(trace(one, cache.lines, source.folder, private.marked) for one in conversations)
        cache.put(source, traces)
    except Exception as error:  # noqa: BLE001 - whatever a file makes of a reader, the others are read
        if not tasks.failed(task, error):
            gathered.problems.append(f"{agent.name}: {source.path.name}: {type(error).__name__}")
        return ()
    if source.size <= gathered.room:
        gathered.room -= source.size
        gathered.held[source] = conversations
    if listening():
        took = (time.perf_counter() - began) * 1000
        skipped = sum(one.skipped for one in traces)
        edits = sum(len(one.edits) for one in traces)
        tell("%s %s: %d bytes, %.1f ms", agent.name, source.path.name, source.size, took)
        tell("  %d conversations, %d edits, %d records not understood", len(traces), edits, skipped)
    return traces


def read(agent: Agent, source: Source, problems: list[str]) -> tuple[Conversation, ...]:
    """A source's conversations; one that cannot be read is reported, and costs only itself."""
    try:
        return agent.read(source).conversations
    except OSError as error:
        problems.append(_problem(agent.name, source.path, error.strerror or str(error)))
        return ()


def _problem(agent: str, path: Path | str, reason: str) -> str:
    return f"{agent}: {path}: {reason}"


def _refused(agents: Sequence[Agent], where: Surroundings) -> list[str]:
    """What is in the stores and was not read."""
    refused_files = list(safe_open.all_aside())
    roots = [str(root) for agent in agents for root in agent_roots(agent, where)] if refused_files else []
    return [
        _problem(refused_file.agent, refused_file.path, refused_file.reason)
        for refused_file in refused_files
        if any(refused_file.path == root or refused_file.path.startswith(f"{root}/") for root in roots)
    ]


def _exists(place: str) -> bool:
    return Path(place).is_dir()
