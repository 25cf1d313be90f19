"""What a commit adds to SpecStory's files: turns that were over at the time of the commit.

Such a file records few times or none, and a clone gives it a new one: its committed versions bound the time of each
turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from msgspec.structs import replace

from gitstory.agents import specstory
from gitstory.attribution.conversation_trace import Trace
from gitstory.attribution.timeline import SLACK
from gitstory.git.changed_files import ChangedFile, Commit
from gitstory.git.repo import DamagedObject, Repo, TooBig

_FOLDER = f"/{specstory.HISTORY}".encode()
_MOST_FILES = 40
"""Files of a commit that are read: who adds the history of a year says nothing about each commit of it."""
_MOST_BYTES = 512 << 20
"""Of all versions together; a file beyond them counts as unreadable."""
_AFTER = SLACK + 1.0
"""Seconds behind a commit at which nothing that was done is taken for a part of it."""

Key = tuple[str, str]
Added = Mapping[Key, range]
"""Conversation -> the numbers (from 1) of the turns that a commit adds to its file, and of the one before, which may
have gone on."""


class CommittedTranscripts:
    """The versions of SpecStory's files in the commits of one repository, each read once."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._room = _MOST_BYTES
        self._versions: dict[str, tuple[str, int] | None] = {}

    def added(self, commit: Commit) -> Added:
        """Nothing for a merge, and for a commit with very many files."""
        changed = [one for one in commit.files if _is_transcript(one)]
        if len(commit.parents) > 1 or len(changed) > _MOST_FILES:
            return {}
        turns: dict[Key, range] = {}
        for change in changed:
            new = self._version(change, change.new) if change.new else None
            before = change.old[0] if change.old else None
            old = self._version(change, before) if before else ("", 0)
            if new is not None and old is not None and new[1]:
                turns[specstory.AGENT.name, new[0]] = range(max(old[1], 1), new[1] + 1)
        return turns

    def _version(self, change: ChangedFile, blob: str) -> tuple[str, int] | None:
        """(id of the conversation, how many turns a version of its file has); None where it cannot be read: how much a
        commit adds to such a version is unknown."""
        if blob not in self._versions:
            try:
                content = self._repo.objects.blob(blob, min(specstory.LARGEST, self._room))
            except (TooBig, DamagedObject):
                content = None
            self._versions[blob] = None if content is None else _measured(content, change.path)
            self._room -= len(content or b"")
        return self._versions[blob]


def _measured(content: bytes, path: bytes) -> tuple[str, int]:
    stem = PurePosixPath(path.decode("utf-8", "replace")).stem
    return specstory.session_of(content, stem), specstory.count_turns(content)


def _is_transcript(change: ChangedFile) -> bool:
    folder, _, name = (b"/" + change.path).rpartition(b"/")
    return change.new is not None and name.endswith(b".md") and folder.endswith(_FOLDER)


def added_by_commit(repo: Repo, commits: Iterable[Commit], traces: Iterable[Trace]) -> dict[str, Added]:
    """Commit -> what it adds to the files of `traces`; empty where none of those is SpecStory's."""
    if all(trace.agent != specstory.AGENT.name for trace in traces):
        return {}
    transcripts = CommittedTranscripts(repo)
    return {commit.oid: added for commit in commits if (added := transcripts.added(commit))}


def dated(traces: Sequence[Trace], commits: Iterable[tuple[float, Added]]) -> list[Trace]:
    """Traces whose agent records no times, with each turn after the last commit that does not hold it yet.

    `commits` are (time, what it adds), the oldest first. The code may have been committed ahead of the transcript, so
    a turn is as early as it can be.
    """
    held: dict[Key, tuple[int, float]] = {}
    times: dict[Key, dict[int, float]] = {}
    for time, added in commits:
        for key, turns in added.items():
            count, since = held.get(key, (0, float("-inf")))
            times.setdefault(key, {}).update((number, since) for number in range(count + 1, turns.stop))
            held[key] = max(count, turns.stop - 1), time + _AFTER
    return [
        _dated(trace, times[trace.key], held[trace.key][1]) if trace.bounds and trace.key in times else trace
        for trace in traces
    ]


def _dated(trace: Trace, times: Mapping[int, float], last: float) -> Trace:
    moments = [max(times.get(turn.index, last), trace.started) for turn in trace.turns]
    turns = tuple(
        replace(turn, time=at, ended=max(at, trace.ended)) for turn, at in zip(trace.turns, moments, strict=True)
    )
    edits = tuple(replace(edit, time=moments[edit.turn]) for edit in trace.edits)
    return replace(trace, turns=turns, edits=edits)
