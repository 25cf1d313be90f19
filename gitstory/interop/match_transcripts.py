"""Other tools' claims put together with the transcripts on this machine: which turns they are about.

A tool names a conversation, and seldom the turn. Where the agent's own store has that conversation, the replay that
links commits says which of its turns wrote a line; if it cannot, no turn is named. Only the transcripts named are
read, and only one that surely is of this repository counts: a note that anybody can push must not show what somebody
asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.base import Agent, Reading, Source
from gitstory.attribution.conversation_trace import Trace
from gitstory.attribution.link import Linked, active
from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.repo import Repo
from gitstory.interop.formats.claims import Claim
from gitstory.interop.transcript_paths import Transcripts
from gitstory.linking.collect_traces import Gathered
from gitstory.linking.history_window import earlier
from gitstory.linking.linker import Linker, parent_times
from gitstory.model import Conversation, Evidence, TurnLink
from gitstory.recording.recorder import Recorder
from gitstory.recording.recording_setup import setup
from gitstory.store.store import Key, StoryStore

TRANSCRIPT = "transcript"
"""The `source` of a conversation that was read from its agent's store."""


class TranscriptMatch(Struct, frozen=True):
    """What a transcript adds to a claim: its turns about the commit, and path -> line -> turn that wrote it."""

    turns: tuple[TurnLink, ...]
    lines: Mapping[str, Mapping[int, str]]


class TranscriptMatcher:
    """`store` is asked for what was forgotten."""

    def __init__(self, repo: Repo, store: StoryStore) -> None:
        self._repo, self._store = repo, store
        self._setup = setup(repo)
        self._recorders: dict[Key, Recorder] = {}
        self._read: dict[Key, Conversation | None] = {}

    def of(
        self, claims: Mapping[str, Sequence[Claim]], transcripts: Transcripts
    ) -> dict[str, dict[Key, TranscriptMatch]]:
        """Commit -> conversation -> what the transcripts `found` have of it."""
        oids = [commit for commit, said in claims.items() if any(one.key in transcripts for one in said)]
        commits = read_commits(self._repo, oids, walk=False)
        named = {commit: {one.key for one in said if one.key in transcripts} for commit, said in claims.items()}
        context = replace(self._setup.context, agents=tuple(_only(transcripts.values())))
        with closing(Linker(self._repo, context, remember=False)) as linker:
            gathered = linker.gather()
            history = earlier(self._repo, commits, gathered)
            times = parent_times(self._repo, commits)
            by_oid = {commit.oid: commit for commit in commits}
            joined = {}
            for linked in linker.link(commits, gathered, history=history):
                commit = by_oid[linked.story.commit]
                joined[commit.oid] = _joined(linked, commit, named[commit.oid], _previous(commit, times))
            self._remember(linker, gathered, {key for found in joined.values() for key in found})
        return joined

    def conversation(self, key: Key) -> Conversation | None:
        """The conversation as its agent has it now, redacted; None for one that was not joined. Raises
        `RedactionFailed`."""
        if key not in self._read and key in self._recorders:
            conversation = self._recorders[key].prepare(key)
            self._read[key] = None if conversation is None else replace(conversation, source=TRANSCRIPT)
        return self._read.get(key)

    def _remember(self, linker: Linker, gathered: Gathered, keys: Collection[Key]) -> None:
        recorder = Recorder(self._store, gathered, linker.at, linker.roots, self._setup.keeping)
        for key in keys:
            self._recorders.setdefault(key, recorder)


def _previous(commit: Commit, times: Mapping[str, float]) -> float | None:
    return times.get(commit.parents[0]) if commit.parents else None


def _joined(
    linked: Linked, commit: Commit, keys: Collection[Key], previous: float | None
) -> dict[Key, TranscriptMatch]:
    """Of the conversations among `keys` that surely are of this repository."""
    traces = {one.trace.key: one.trace for one in linked.candidates if not one.guessed and not one.trace.silent}
    links = {(one.agent, one.conversation): one for one in linked.story.links}
    matches: dict[Key, TranscriptMatch] = {}
    for key in keys & traces.keys():
        turns = links[key].turns if key in links else _around(traces[key], previous, commit)
        lines = {
            file.path: {
                number: range_.turn
                for range_ in file.ranges
                if (range_.agent, range_.conversation) == key
                for number in range(range_.start, range_.end + 1)
            }
            for file in linked.story.files
        }
        matches[key] = TranscriptMatch(
            tuple(replace(turn, evidence=_bounded(turn.evidence), lines=0) for turn in turns), lines
        )
    return matches


def _around(trace: Trace, previous: float | None, commit: Commit) -> list[TurnLink]:
    """The turns that went on since the commit before, where nothing they did is in this one."""
    return [TurnLink(turn.id, turn.index, "context") for turn in trace.turns if active(trace, turn, previous, commit)]


def _bounded(evidence: Evidence) -> Evidence:
    """That the conversation is behind the commit at all is the tool's word."""
    return "context" if evidence == "context" else "files"


class _Only:
    """A reader that finds some of its sources."""

    def __init__(self, agent: Agent, sources: Sequence[Source]) -> None:
        self.name, self.label, self.markers = agent.name, agent.label, agent.markers
        self._agent, self._sources = agent, sources

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return [self._sources[0].path.parent]

    def sources(self, root: Path) -> Iterator[Source]:
        return iter(self._sources if root == self._sources[0].path.parent else ())

    def places(self, source: Source) -> tuple[str, ...]:
        return self._agent.places(source)

    def folder_of(self, directory: Path) -> str | None:
        return self._agent.folder_of(directory)

    def read(self, source: Source) -> Reading:
        return self._agent.read(source)


def _only(transcripts: Collection[Sequence[tuple[Agent, Source]]]) -> Iterator[_Only]:
    of: dict[int, tuple[Agent, list[Source]]] = {}
    for there in transcripts:
        for agent, source in there:
            of.setdefault(id(agent), (agent, []))[1].append(source)
    return (_Only(agent, sources) for agent, sources in of.values())
