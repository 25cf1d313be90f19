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
from gitstory.attribution.tasks import Task, Tasks, Unwatched, plain, reading
from gitstory.attribution.trace import Trace, trace
from gitstory.capture.mentions import Effort, Mentions, worker_effort
from gitstory.capture.repo_match import Here, agent_roots, all_sources, may_hold, plausible
from gitstory.capture.trace_cache import Brief, TraceCache, brief
from gitstory.environment import Surroundings
from gitstory.faults import listening, tell
from gitstory.git.files import written
from gitstory.model import Conversation

_HELD = 64 << 20
"""Bytes of transcripts whose conversations stay in memory after the reduction, to be stored without a second parse."""


EVERYTHING_TOLD = Private()
UNWATCHED = Unwatched()

Matters = Callable[[Brief], bool]
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
    known: list[Brief] = []

    @property
    def skipped(self) -> int:
        """Records that were not understood."""
        return sum(one.skipped for one in self.known)

    def strange(self) -> tuple[tuple[str, str, int], ...]:
        """Of which agents and versions records were not understood, and how many."""
        counts: dict[tuple[str, str], int] = {}
        for one in self.known:
            if one.skipped:
                counts[one.agent, one.version] = counts.get((one.agent, one.version), 0) + one.skipped
        return tuple((*key, count) for key, count in sorted(counts.items()))

    def conversations(self, key: tuple[str, str]) -> list[Conversation]:
        """Every version of a conversation that the stores hold, read again where it was not held."""
        found: list[Conversation] = []
        for agent, source in self.sources.get(key, ()):
            held = self.held.get(source)
            found += [one for one in (held or read(agent, source, self.problems)) if one.key == key]
        return found


def gather(
    agents: Sequence[Agent],
    where: Surroundings,
    at: Here,
    cache: TraceCache,
    since: float = 0.0,
    always: Iterable[tuple[str, str]] = (),
    progress: Callable[[int], None] = lambda count: None,
    matters: Matters = lambda brief: True,
    private: Private = EVERYTHING_TOLD,
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
    found = Gathered([], {}, {}, [], {}, {})
    read_now: dict[Source, tuple[Trace, ...]] = {}
    known: list[tuple[Source, tuple[Brief, ...]]] = []
    elsewhere: list[tuple[Agent, Source]] = []

    def take(agent: Agent, source: Source, briefs: tuple[Brief, ...]) -> None:
        briefs = tuple(one for one in briefs if not _forgotten(one, private) and not tasks.skips(_task(one)))
        known.append((source, briefs))
        found.known += briefs
        for one in briefs:
            found.sources.setdefault(one.key, []).append((agent, source))
            if one.subagent and one.parent is not None:
                found.children.setdefault((one.agent, one.parent), []).append(one.key)

    def read_anew(agent: Agent, source: Source) -> tuple[Brief, ...]:
        read_now[source] = made = _read_anew(agent, source, cache, found, private, tasks)
        return tuple(brief(one, at.real) for one in made)

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
        if source.path not in found.stamps:
            found.stamps[source.path] = written(source.path)
        briefs = cache.briefs(source)
        if briefs is None or (named and not briefs):
            if not named and not plausible(agent, source, at, _exists):
                elsewhere.append((agent, source))
                continue
            briefs = read_anew(agent, source)
        take(agent, source, briefs)
    tasks.stage("searching conversations of other directories")
    for agent, source in _naming_us(elsewhere, at, cache, effort or worker_effort()):
        take(agent, source, read_anew(agent, source))
    tasks.stage("choosing conversations")
    known = _firsthand(known, {agent.name for agent in agents if getattr(agent, "secondhand", False)})
    wanted = _wanted([one for _, briefs in known for one in briefs], matters, vouched)
    traces: list[Trace] = []
    for source, briefs in known:
        if any(one.key in wanted for one in briefs):
            remembered = read_now[source] if source in read_now else cache.get(source)
            if remembered is None:  # what was remembered is damaged
                agent = next(agent for one in briefs for agent, path in found.sources[one.key] if path == source)
                remembered = _read_anew(agent, source, cache, found, private, tasks)
            traces += [one for one in remembered if one.key in wanted]
    found.problems[:] = dict.fromkeys((*found.problems, *_refused(agents, where)))
    tell("%d sources of %d agents, %d conversations matter", len(known), len(agents), len(wanted))
    found.traces, found.silent = private.divide(join(traces))
    return found


def _task(one: Brief) -> Task:
    return Task(agent=one.agent, id=plain(one.conversation))


def _named(agent: Agent, source: Source, vouched: set[tuple[str, str]]) -> bool:
    if source.id is not None:
        return (agent.name, source.id) in vouched
    return any(name == agent.name and may_hold(source, ident) for name, ident in vouched)


def _firsthand(
    known: list[tuple[Source, tuple[Brief, ...]]], retelling: set[str]
) -> list[tuple[Source, tuple[Brief, ...]]]:
    """Without what is retold of conversations that an agent's own store has. Their ids are long and random."""
    told = {one.conversation for _, briefs in known for one in briefs if one.agent not in retelling}
    return [
        (source, tuple(one for one in briefs if one.agent not in retelling or one.conversation not in told))
        for source, briefs in known
    ]


def _forgotten(one: Brief, private: Private) -> bool:
    """Whether a conversation, or the one that spawned it, was forgotten."""
    names = [one.conversation] + ([one.parent] if one.subagent and one.parent is not None else [])
    return any(private.forgotten(one.agent, name, None) for name in names)


def _wanted(briefs: Sequence[Brief], matters: Matters, vouched: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The conversations that matter, with those that spawned them."""
    parents = {one.key: (one.agent, one.parent) for one in briefs if one.subagent and one.parent is not None}
    wanted: set[tuple[str, str]] = set()
    for one in briefs:
        if one.key in vouched or matters(one):
            key: tuple[str, str] | None = one.key
            while key is not None and key not in wanted:
                wanted.add(key)
                key = parents.get(key)
    return wanted


def _naming_us(
    elsewhere: Sequence[tuple[Agent, Source]], at: Here, cache: TraceCache, effort: Effort
) -> Iterator[tuple[Agent, Source]]:
    """Those of other directories' sources that are worth reading, the surest first; the rest is ruled out, or left."""
    mentions = Mentions(at.roots)
    perhaps: list[tuple[Agent, Source]] = []
    for agent, source in sorted(elsewhere, key=lambda pair: -pair[1].modified):
        if not effort.may_search(source):
            break
        said = mentions.of(source)
        if said == "no":
            cache.put(source, ())
        elif said == "maybe":
            perhaps.append((agent, source))
        elif effort.may_read(source):
            yield agent, source
    yield from (pair for pair in perhaps if effort.may_read(pair[1]))


def _read_anew(
    agent: Agent, source: Source, cache: TraceCache, found: Gathered, private: Private, tasks: Tasks
) -> tuple[Trace, ...]:
    """The traces of a source; none where it cannot be read, which is not remembered of it."""
    began = time.perf_counter() if listening() else 0.0
    whole = len(found.problems)
    task = reading(agent.name, source.id, source.path, source.size)
    tasks.begin(task)
    try:
        conversations = read(agent, source, found.problems)
        if len(found.problems) > whole:
            return ()  # it may be read the next time, although nothing about it changed
        made = tuple(trace(one, cache.lines, source.folder, private.marked) for one in conversations)
        cache.put(source, made)
    except Exception as error:  # noqa: BLE001 - whatever a file makes of a reader, the others are read
        if not tasks.failed(task, error):
            found.problems.append(f"{agent.name}: {source.path.name}: {type(error).__name__}")
        return ()
    if source.size <= found.room:
        found.room -= source.size
        found.held[source] = conversations
    if listening():
        took = (time.perf_counter() - began) * 1000
        skipped = sum(one.skipped for one in made)
        edits = sum(len(one.edits) for one in made)
        tell("%s %s: %d bytes, %.1f ms", agent.name, source.path.name, source.size, took)
        tell("  %d conversations, %d edits, %d records not understood", len(made), edits, skipped)
    return made


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
        _problem(one.agent, one.path, one.reason)
        for one in opening.all_aside()
        if any(one.path == root or one.path.startswith(f"{root}/") for root in roots)
    ]


def _exists(place: str) -> bool:
    return Path(place).is_dir()
