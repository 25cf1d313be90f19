"""How the conversations of a commit were found: what each one has to show, what was weighed, what was left out.

Everything is computed again from the agents' stores as they are now, by the code that links, and then compared with
what is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from gitstory.agents.base import Agent, Source
from gitstory.attribution.link import LEAST_GUESSED, LEAST_KNOWN, Linked, Verdict
from gitstory.errors import GitStoryError
from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.commit_details import CommitInfo, commit_info
from gitstory.git.line_hashes import split_lines
from gitstory.git.log import text_of
from gitstory.git.repo import Repo
from gitstory.linking.collect_traces import Gathered, read
from gitstory.linking.link_details import AttributedRun, Idle, at_work, idle, left_out, pieces
from gitstory.linking.repo_match import all_sources
from gitstory.model import EVIDENCE_ORDER, Conversation, Decision, Evidence, Story
from gitstory.recording.commits_by_this_person import own
from gitstory.recording.live_conversations import Live
from gitstory.sources.story_source import Key, StorySource

_LOOKED_BACK = 400
"""Commits before this one that are asked whether they took an edit's lines already."""
_TEXTS = 3
"""Lines of a piece whose text is shown."""
_READ = 20
_ROOM = 48 << 20
"""How many transcripts of other directories are opened to see whether they were at work, and their bytes together."""
_ROOT_WINDOW = 86400.0
"""Seconds before a root commit that count as its time."""


class PieceView(Struct, frozen=True):
    """Lines of the commit with the first few of their texts that are not blank."""

    piece: AttributedRun
    texts: tuple[str, ...]


class CandidateView(Struct, frozen=True):
    """A conversation of this repository and what became of it.

    `weight` is the score of its lines, `least` the threshold for a link; `evidence` is None for a
    rejected one. `turns` are (index, lines) of those with lines, `skipped` its records that could not be read.
    `bounds` is the time it surely lies in where its agent records none: it is placed by content and the order of its
    records.
    """

    agent: str
    id: str
    title: str
    evidence: Evidence | None
    reason: str
    weight: int = 0
    least: int = LEAST_KNOWN
    lines: int = 0
    turns: tuple[tuple[int, int], ...] = ()
    pieces: tuple[PieceView, ...] = ()
    skipped: int = 0
    bounds: tuple[float | None, float | None] | None = None


class OtherConversation(Struct, frozen=True):
    """A conversation of another directory that was at work when the commit was made."""

    agent: str
    id: str
    place: str
    started: float | None
    updated: float | None


class StoreRead(Struct, frozen=True):
    """What was looked through of one agent: transcripts there, and of these those that may be of this repository."""

    agent: str
    label: str
    roots: tuple[str, ...]
    transcripts: int
    here: int


class Difference(Struct, frozen=True):
    """Where the record and what is found now part; `text` says how, in words."""

    kind: Literal["only recorded", "only found", "other evidence", "by hand"]
    agent: str
    id: str
    text: str


class ExplainView(Struct, frozen=True):
    """`previous` is when the first parent was committed. `older` counts conversations that edited the commit's files

    before that and show no line of it; `unread` transcripts of other directories that were not opened; `foreign` says
    that `backfill` leaves the commit alone because another author wrote it. `files` of a merge are those with lines
    that no parent has.
    """

    commit: CommitInfo
    previous: float | None
    candidates: tuple[CandidateView, ...]
    elsewhere: tuple[OtherConversation, ...]
    stores: tuple[StoreRead, ...]
    stored: Story | None
    differences: tuple[Difference, ...]
    files: int = 0
    merge: bool = False
    older: int = 0
    unread: int = 0
    problems: tuple[str, ...] = ()
    foreign: bool = False


def explain(repo: Repo, source: StorySource, live: Live, revision: str) -> ExplainView:
    """Raises `UnknownRevision` or `NoCommits`."""
    info = commit_info(repo, revision)
    commit = next(iter(read_commits(repo, [info.oid], walk=False)), None)
    if commit is None:
        raise GitStoryError(
            f"git cannot list the files of {info.oid[:10]}: objects of it are not in this clone, or damaged",
            hint="`git fsck` lists what is damaged; `git checkout` of a commit fetches what a partial clone lacks",
        )
    previous = float(commit_info(repo, commit.parents[0]).committed) if commit.parents else None
    [linked] = live.linker.link([commit], live.gathered, history=_history(repo, commit, live.gathered))
    idlers = idle(linked, commit, previous)
    shown = [one for one in idlers if one.is_recent or one.active]
    views = [_claimant(repo, live, linked, commit, verdict) for verdict in linked.verdicts]
    views += [_idler(live, one) for one in shown]
    stored = source.story(info.oid)
    elsewhere, unread = _elsewhere(live, linked, commit, previous)
    return ExplainView(
        info,
        previous,
        tuple(sorted(views, key=_rank)),
        elsewhere,
        _stores(live),
        stored,
        tuple(_differences(stored, linked.story, live.gathered)),
        files=len(commit.files),
        merge=len(commit.parents) > 1,
        older=len(idlers) - len(shown),
        unread=unread,
        problems=tuple(live.gathered.problems),
        foreign=not own(commit, live.setup),
    )


def _history(repo: Repo, commit: Commit, gathered: Gathered) -> list[Commit]:
    """Commits before this one since the first edit at hand."""
    first = min((edit.time for trace in gathered.traces for edit in trace.edits if edit.time), default=None)
    if first is None or not commit.parents:
        return []
    return read_commits(repo, [f"--since=@{max(int(first), 0)}", f"--max-count={_LOOKED_BACK}", *commit.parents])


def _rank(view: CandidateView) -> tuple[int, int, str, str]:
    place = EVIDENCE_ORDER.index(view.evidence) if view.evidence is not None else len(EVIDENCE_ORDER)
    return (place, -view.weight, view.agent, view.id)


# --- conversations of this repository -----------------------------------------------------------------------------


def _claimant(repo: Repo, live: Live, linked: Linked, commit: Commit, verdict: Verdict) -> CandidateView:
    key = (verdict.agent, verdict.conversation)
    mine = [piece for piece in pieces(linked) if piece.key == key]
    counts: dict[int, int] = {}
    for piece in mine:
        counts[piece.turn] = counts.get(piece.turn, 0) + piece.end - piece.start + 1
    title, skipped, bounds = _title_and_damage(live, key)
    guessed = any(candidate.guessed for candidate in linked.candidates if candidate.trace.key == key)
    return CandidateView(
        *key,
        title,
        verdict.evidence,
        verdict.reason,
        verdict.weight,
        LEAST_GUESSED if guessed else LEAST_KNOWN,
        verdict.lines,
        tuple(sorted(counts.items())),
        tuple(PieceView(piece, _texts(repo, commit, piece)) for piece in mine),
        skipped,
        bounds,
    )


def _texts(repo: Repo, commit: Commit, piece: AttributedRun) -> tuple[str, ...]:
    path = piece.path.encode("utf-8", "surrogateescape")
    change = next((one for one in commit.files if one.path == path), None)
    oid = None if change is None else change.old[0] if piece.removed and change.old else change.new
    blob = repo.objects.blob(oid) if oid is not None else None
    lines = split_lines(blob)[piece.start - 1 : piece.end] if blob is not None else []
    with_text = [line for line in lines if line.strip()] or lines
    return tuple(text_of(line) for line in with_text[:_TEXTS])


def _idler(live: Live, idle_one: Idle) -> CandidateView:
    if idle_one.files:
        named = ", ".join(idle_one.files[:3]) + (
            f" and {len(idle_one.files) - 3} more" if len(idle_one.files) > 3 else ""
        )
        reason = f"it edited {named}, but none of its lines is in the commit"
    else:
        reason = "it was at work at the time, but edited no file of the commit"
    title, skipped, bounds = _title_and_damage(live, idle_one.trace.key)
    return CandidateView(*idle_one.trace.key, title, None, reason, skipped=skipped, bounds=bounds)


def _title_and_damage(live: Live, key: Key) -> tuple[str, int, tuple[float | None, float | None] | None]:
    """A conversation's title, else its first prompt, redacted; how many of its records are unreadable; and its bounds
    in time where the agent records no times."""
    whole = live.visible(key)
    if whole is None:
        return "", 0, None
    [title] = live.redacted(whole.title or next((turn.prompt for turn in whole.turns if turn.prompt.strip()), ""))
    return title, whole.skipped, (whole.started, whole.updated) if whole.times == "bounds" else None


# --- conversations of other directories ---------------------------------------------------------------------------


def _elsewhere(
    live: Live, linked: Linked, commit: Commit, previous: float | None
) -> tuple[tuple[OtherConversation, ...], int]:
    start = previous if previous is not None else commit.committer_time - _ROOT_WINDOW
    end = float(commit.committer_time)
    other_conversations = [
        OtherConversation(*trace.key, trace.places[0] if trace.places else "", trace.started, trace.ended)
        for trace in left_out(live.gathered.traces, linked)
        if at_work(trace, start, end)
    ]
    unopened = _ruled_out(live, start)
    room = _ROOM
    chosen: list[tuple[Agent, Source]] = []
    for agent, source in unopened:
        if source.size <= room and len(chosen) < _READ:
            room -= source.size
            chosen.append((agent, source))
    for agent, source in chosen:
        other_conversations += (_place(one) for one in read(agent, source, []) if _overlaps(one, start, end))
    return tuple(
        sorted(
            other_conversations,
            key=lambda other_conversation: (other_conversation.started or 0.0, other_conversation.id),
        )
    ), len(unopened) - len(chosen)


def _ruled_out(live: Live, start: float) -> list[tuple[Agent, Source]]:
    """Transcripts that their name or head ruled out and that were written to after `start`, the nearest first."""
    context = live.setup.context
    taken = {(source.path, source.id) for sources in live.gathered.sources.values() for _, source in sources}
    rest = [
        (agent, source)
        for agent, source in all_sources(context.agents, context.where)
        if (source.path, source.id) not in taken and source.modified >= start
    ]
    return sorted(rest, key=lambda pair: pair[1].modified)


def _overlaps(conversation: Conversation, start: float, end: float) -> bool:
    times = [time for turn in conversation.turns for time in (turn.time, turn.ended) if time is not None]
    times += [time for time in (conversation.started, conversation.updated) if time is not None]
    return bool(times) and bool(conversation.turns) and min(times) <= end and max(times) >= start


def _place(conversation: Conversation) -> OtherConversation:
    return OtherConversation(
        *conversation.key,
        conversation.places[0] if conversation.places else "",
        conversation.started,
        conversation.updated,
    )


# --- what was read, and what is recorded --------------------------------------------------------------------------


def _stores(live: Live) -> tuple[StoreRead, ...]:
    context = live.setup.context
    counts: dict[str, int] = {}
    for agent, _ in all_sources(context.agents, context.where):
        counts[agent.name] = counts.get(agent.name, 0) + 1
    of_here: dict[str, int] = {}
    for trace in live.gathered.traces:
        of_here[trace.agent] = of_here.get(trace.agent, 0) + 1
    return tuple(
        StoreRead(agent.name, agent.label, _roots(agent, live), counts.get(agent.name, 0), of_here.get(agent.name, 0))
        for agent in context.agents
    )


def _roots(agent: Agent, live: Live) -> tuple[str, ...]:
    where = live.setup.context.where
    roots: Iterable[Path] = where.stores.get(agent.name) or agent.roots(where.env, where.home)
    return tuple(root.as_posix() for root in roots if root.exists())


def _differences(stored: Story | None, now: Story, gathered: Gathered) -> list[Difference]:
    """In words, what the record says otherwise than what is found now."""
    decisions = stored.decisions if stored is not None else ()
    links = {(one.agent, one.conversation): one for one in stored.links} if stored is not None else {}
    by_conversation = {(one.agent, one.conversation): one for one in now.links}
    differences = [_by_hand(one) for one in decisions]
    tied = {(one.agent, one.conversation) for one in decisions}
    for key, link in links.items():
        if key not in by_conversation:
            text = f"recorded with evidence `{link.evidence}`"
            if stored is not None and stored.carried_from:
                names = ", ".join(one[:10] for one in stored.carried_from[:3])
                text += f", carried over from {names} (history was rewritten)"
            elif key not in gathered.sources:
                text += "; its transcript is not on this machine any more, or lies in a store that was not read"
            elif link.evidence == "command":
                text += "; what the hook saw when the commit was made cannot be seen again"
            elif key in tied:
                continue
            else:
                text += "; nothing of it is found now"
            differences.append(Difference("only recorded", *key, text))
        elif (link.evidence, link.lines) != (by_conversation[key].evidence, by_conversation[key].lines):
            text = f"recorded with {_shown(link.evidence, link.lines)}, found now with "
            differences.append(
                Difference(
                    "other evidence", *key, text + _shown(by_conversation[key].evidence, by_conversation[key].lines)
                )
            )
    for key, link in by_conversation.items():
        if key not in links and key not in tied:
            text = f"found now with {_shown(link.evidence, link.lines)}, but not recorded"
            differences.append(Difference("only found", *key, text))
    return differences


def _shown(evidence: Evidence, lines: int) -> str:
    return f"evidence `{evidence}`" + (f" ({lines} line{'' if lines == 1 else 's'})" if lines else "")


def _by_hand(decision: Decision) -> Difference:
    what = "a person linked it" if decision.linked else "a person untied it"
    return Difference(
        "by hand",
        decision.agent,
        decision.conversation,
        what if decision.turn is None else f"{what} (turn {decision.turn})",
    )
