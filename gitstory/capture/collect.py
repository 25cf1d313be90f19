"""Reading the agents' stores for linking: sources to traces, through the cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from gitstory import opening
from gitstory.agents.base import Agent, Source
from gitstory.attribution.merge_sessions import join
from gitstory.attribution.private import Private
from gitstory.attribution.tasks import UNWATCHED, Task, Tasks, plain, reading
from gitstory.attribution.trace import Trace, trace
from gitstory.capture.mentions import Effort, Mentions, worker_effort
from gitstory.capture.repo_match import Here, agent_roots, all_sources, may_hold, plausible
from gitstory.capture.trace_cache import TraceCache, TraceSummary, brief
from gitstory.environment import Surroundings
from gitstory.faults import listening, tell
from gitstory.git.files import written
from gitstory.model import Conversation

_HELD = 64 << 20
"""Bytes of transcripts whose conversations stay in memory after the reduction, to be stored without a second parse."""


NOTHING_PRIVATE = Private()

Matters = Callable[[TraceSummary], bool]
"""Whether a conversation could have to do with what is asked."""


class Gathered(Struct):
    """`traces` joined and oldest first; `sources` says where each conversation's records lie (subagents' own too).

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
    """The private turns of conversations, to be replayed for nobody."""
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
    `tasks` is told before a source is read.
    """
    tasks.stage("listing the agents' conversations")
    vouched = set(always)
    gathered = Gathered([], {}, {}, [], {}, {})
    read_now: dict[Source, tuple[Trace, ...]] = {}
    waiting: list[tuple[Source, tuple[TraceSummary, ...]]] = []
    elsewhere: list[tuple[Agent, Source]] = []

    def take(agent: Agent, source: Source, briefs: tuple[TraceSummary, ...]) -> None:
        briefs = tuple(one for one in briefs if not _forgotten(one, private) and not tasks.skips(_task(one)))
        waiting.append((source, briefs))
        gathered.summaries += briefs
        for each in briefs:
            gathered.sources.setdefault(each.key, []).append((agent, source))
            if each.subagent and each.parent is not None:
                gathered.children.setdefault((each.agent, each.parent), []).append(each.key)

    def read_anew(agent: Agent, source: Source) -> tuple[TraceSummary, ...]:
        read_now[source] = traces = _read_anew(agent, source, cache, gathered, private, tasks)
        return tuple(brief(one, at.real) for one in traces)

    for count, (agent, source) in enumerate(all_sources(agents, where)):
        progress(count)
        named = _named(agent, source, vouched)
        if source.modified < since and not named:
            continue
        task = reading(agent.name, source.id, source.path, source.size)
        if tasks.skips(task):
            continue
        if source.id is not None and private.forgotten(agent.name, source.id, None):
            continue
        if source.path not in gathered.stamps:
            gathered.stamps[source.path] = written(source.path)
        briefs = cache.briefs(source)
        if briefs is None or (named and not briefs):
            if not named and not plausible(agent, source, at, _exists):
                elsewhere.append((agent, source))
                continue
            briefs = read_anew(agent, source)
        take(agent, source, briefs)
    tasks.stage("searching conversations of other directories")
    for agent, source in _naming_us(elsewhere, at, cache, effort or worker_effort(), tasks):
        take(agent, source, read_anew(agent, source))
    tasks.stage("choosing conversations")
    waiting = _firsthand(waiting, {agent.name for agent in agents if getattr(agent, "secondhand", False)})
    wanted = _wanted([one for _, briefs in waiting for one in briefs], matters, vouched)
    traces: list[Trace] = []
    for source, briefs in waiting:
        if any(one.key in wanted for one in briefs):
            remembered = read_now[source] if source in read_now else cache.get(source)
            if remembered is None:  # what was remembered is damaged
                agent = next(agent for one in briefs for agent, path in gathered.sources[one.key] if path == source)
                remembered = _read_anew(agent, source, cache, gathered, private, tasks)
            traces += [one for one in remembered if one.key in wanted]
    gathered.problems[:] = dict.fromkeys((*gathered.problems, *_refused(agents, where)))
    tell("%d sources of %d agents, %d conversations matter", len(waiting), len(agents), len(wanted))
    gathered.traces, gathered.silent = private.divide(join(traces))
    return gathered


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
    roots = [str(root) for agent in agents for root in agent_roots(agent, where)]
    return [
        _problem(refused_file.agent, refused_file.path, refused_file.reason)
        for refused_file in opening.all_aside()
        if any(refused_file.path == root or refused_file.path.startswith(f"{root}/") for root in roots)
    ]


def _exists(place: str) -> bool:
    return Path(place).is_dir()
