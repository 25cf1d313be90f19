"""The conversations of this repository: those in the record and those in the agents' stores on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from gitstory.agents.registry import unknown
from gitstory.attribution.conversation_trace import Trace
from gitstory.linking.collect_traces import read
from gitstory.linking.repo_match import all_sources
from gitstory.model import Conversation, Turn
from gitstory.recording.archive_reader import Archived
from gitstory.recording.live_conversations import Live
from gitstory.recording.recorder import redacted_texts
from gitstory.recording.recording_setup import RecordingSetup
from gitstory.sources.story_source import Key
from gitstory.store.records import Meta
from gitstory.store.store import StoryStore
from gitstory.summary.short_ids import short_ids


class ConversationRow(Struct, frozen=True):
    """One conversation. `short` is the least of its id that names it alone; `commits` are newest first.

    `stored` says whether it is in the record, `local` whether its agent still has it here. Times are epoch seconds.
    """

    agent: str
    id: str
    short: str
    title: str
    prompt: str
    started: float | None
    updated: float | None
    turns: int
    commits: tuple[str, ...]
    stored: bool
    local: bool
    place: str = ""
    """Its first working directory; set only where conversations of all repositories are listed."""


class Listing(Struct, frozen=True):
    """Rows, the one active last first; `more` counts those left out."""

    rows: tuple[ConversationRow, ...]
    more: int = 0


class ConversationFilter(Struct, frozen=True):
    """Which conversations: of one agent, going on after a time (epoch seconds), at most so many."""

    agent: str | None = None
    since: float | None = None
    most: int | None = None


def listing(store: StoryStore, live: Live, selection: ConversationFilter) -> Listing:
    """Join the record with the stores. Raises GitStoryError for an unknown agent."""
    local = {trace.key: trace for trace in live.ours()}
    _check_agent(selection, {agent.name for agent in live.setup.context.agents} | store.index.agents())
    ended, count = _ended(store, {key: trace.ended for key, trace in local.items()}, selection)
    shown = sorted(ended, key=lambda key: (-ended[key], key))[: selection.most]
    commits = store.index.commits_of(shown)
    short = short_ids({*shown, *local, *store.index.beside(shown)})
    rows = [_row(store, live, key, ended[key], local.get(key), commits[key], short[key]) for key in shown]
    return Listing(tuple(rows), count - len(shown))


def everywhere(store: StoryStore, recording: RecordingSetup, selection: ConversationFilter) -> Listing:
    """The conversations of all repositories that are on this machine, the transcript written to last first.

    Only those shown are opened, so those left out are counted by their transcripts. Raises GitStoryError for an agent
    nobody knows.
    """
    context = recording.context
    _check_agent(selection, {agent.name for agent in context.agents})
    pairs = [
        (agent, source)
        for agent, source in all_sources(context.agents, context.where)
        if selection.agent in (None, agent.name) and (selection.since is None or source.modified >= selection.since)
    ]
    pairs.sort(key=lambda pair: (-pair[1].modified, pair[1].path))
    stored = store.index.ended()
    shown: dict[Key, Conversation] = {}
    left = iter(pairs)
    for agent, source in left:
        for conversation in read(agent, source, []):
            visible = recording.private.visible(conversation)
            if visible is not None and visible.turns and not conversation.subagent:
                shown.setdefault(conversation.key, visible)
        if selection.most is not None and len(shown) >= selection.most:
            break
    short = short_ids({*stored, *shown, *((agent.name, source.id) for agent, source in pairs if source.id)})
    commits = store.index.commits_of(shown)
    rows = [
        ConversationRow(
            *key,
            short[key],
            title,
            prompt,
            each.started,
            each.updated,
            len(each.turns),
            tuple(commits[key]),
            key in stored,
            True,
            each.places[0] if each.places else "",
        )
        for key, each in shown.items()
        for title, prompt in [redacted_texts(recording.keeping, (each.title, _first(each.turns)))]
    ]
    rows.sort(key=lambda row: (-(row.updated or row.started or 0.0), row.agent, row.id))
    return Listing(tuple(rows[: selection.most]), len(rows[selection.most or len(rows) :]) + sum(1 for _ in left))


def _check_agent(selection: ConversationFilter, agents: set[str]) -> None:
    if selection.agent is not None and selection.agent not in agents:
        raise unknown(selection.agent, agents)


def _ended(
    store: StoryStore, local: Mapping[Key, float], selection: ConversationFilter
) -> tuple[dict[Key, float], int]:
    """Those of the chosen conversations that may be shown, with the times they ended, and how many were chosen.

    `local` are those that the agents have here. Of those that are only stored, the latest will do.
    """
    most = store.index.count_conversations() if selection.most is None else selection.most
    latest, count = store.index.latest(most, selection.agent, selection.since)
    here = {key: time for key, time in local.items() if selection.agent in (None, key[0])}
    stored = store.index.ended_of(here)
    earliest = float("-inf") if selection.since is None else selection.since
    times = {key: max(time, stored.get(key, 0.0)) for key, time in here.items()}
    ended = {key: time for key, time in times.items() if time >= earliest}
    return latest | ended, count + sum(stored.get(key, float("-inf")) < earliest or key not in stored for key in ended)


def _row(
    store: StoryStore,
    live: Live,
    key: Key,
    ended: float,
    trace: Trace | None,
    commits: Iterable[str],
    short: str,
) -> ConversationRow:
    meta = store.meta(*key)
    title, prompt = _title_and_prompt(store, live, key, meta)
    return ConversationRow(
        *key,
        short,
        title=title,
        prompt=prompt,
        started=(trace.started or None) if trace is not None else meta.started if meta is not None else None,
        updated=ended or None,
        turns=max(len(trace.turns) if trace is not None else 0, len(meta.turns) if meta is not None else 0),
        commits=tuple(sorted(commits)),
        stored=meta is not None,
        local=trace is not None and _is_local(live, key),
    )


def _is_local(live: Live, key: Key) -> bool:
    """Whether the agent itself still has it, and not the archive alone."""
    return any(not isinstance(agent, Archived) for agent, _ in live.gathered.sources.get(key, ()))


def _title_and_prompt(store: StoryStore, live: Live, key: Key, meta: Meta | None) -> tuple[str, str]:
    """The title and the first prompt, redacted: what is stored is read faster."""
    if meta is not None and meta.turns:
        stored = store.conversation(*key, [meta.turns[0][0]])
        return (stored.title, _first(stored.turns)) if stored is not None else ("", "")
    fresh = live.visible(key)
    if fresh is None:
        return "", ""
    title, prompt = live.redacted(fresh.title, _first(fresh.turns))
    return title, prompt


def _first(turns: Iterable[Turn]) -> str:
    return next((turn.prompt for turn in turns if turn.prompt.strip()), "")
