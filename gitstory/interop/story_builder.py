"""From the objects other tools keep in a repository to claims, and from claims to stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gitstory.git.added_lines import Added, added_lines
from gitstory.git.changed_files import read_commits
from gitstory.git.commit_details import is_partial, path_text
from gitstory.git.line_hashes import lines_hash
from gitstory.git.repo import Repo
from gitstory.interop.commit_claims import ClaimReader
from gitstory.interop.formats.claims import Claim, turn_id
from gitstory.model import Conversation, Evidence, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.store.store import Key

if TYPE_CHECKING:
    from gitstory.interop.match_transcripts import TranscriptMatch

_CHUNK = 50
"""Commits whose diffs are held at a time."""
_MOST_TURNS = 20
"""Prompts of one conversation listed for a commit: the last ones."""


class StoryBuilder:
    def __init__(self, repo: Repo, unreadable: Counter[str]) -> None:
        self._repo = repo
        self._noticing = ClaimReader(repo, unreadable)

    def claims(
        self, commits: Sequence[str], noted: Sequence[str], named: Mapping[str, bytes]
    ) -> dict[str, list[Claim]]:
        """What notes and messages say of `commits`; `named` are the raw commits whose messages could say anything."""
        claims: dict[str, list[Claim]] = {commit: [] for commit in commits}
        for ref in noted:
            for commit, read in self._noticing.notes(ref, commits):
                claims[commit] += read
        for commit, read in self._noticing.traces(commits):
            claims[commit] += read
        for commit, read in self._noticing.messages(named):
            claims[commit] += read
        return {commit: _each_once(said) for commit, said in claims.items() if said}

    def stories(
        self,
        claims: Mapping[str, Sequence[Claim]],
        recorded: Collection[Key] = (),
        *,
        joined: Mapping[str, Mapping[Key, TranscriptMatch]] | None = None,
        of_turns: bool = False,
    ) -> dict[str, Story]:
        """A story of each commit; conversations in `recorded` have turns of their own, which no claim here knows.

        `joined` is what transcripts on this machine add, by commit. `of_turns`: lines are attributed only beside
        commits where the turn of some is known; this saves most diffs.
        """
        stories: dict[str, Story] = {}
        commits = [commit for commit, said in claims.items() if said]
        for start in range(0, len(commits), _CHUNK):
            chunk = commits[start : start + _CHUNK]
            paths = {
                changed.oid: {path_text(file.path) for file in changed.files}
                for changed in read_commits(self._repo, chunk, walk=False)
            }
            ascribed = [
                oid
                for oid in chunk
                if any(
                    file.ranges
                    for claim in claims[oid]
                    if len(claim.prompts) == 1 or not of_turns
                    for file in claim.files
                )
            ]
            added = {} if is_partial(self._repo) else added_lines(self._repo, ascribed)
            for oid in chunk:
                transcripts = (joined or {}).get(oid, {})
                stories[oid] = story(oid, claims[oid], paths.get(oid, set()), added.get(oid, {}), recorded, transcripts)
        return stories


def _each_once(claims: Iterable[Claim]) -> list[Claim]:
    """The first word on each conversation counts: notes stand before files, these before trailers and bodies."""
    by_key: dict[Key, Claim] = {}
    for claim in claims:
        by_key.setdefault(claim.key, claim)
    return list(by_key.values())


# --- stories, all pure ---


def story(
    commit: str,
    claims: Sequence[Claim],
    paths: Collection[str],
    added: Added,
    recorded: Collection[Key] = (),
    joined: Mapping[Key, TranscriptMatch] = {},
) -> Story:
    """What is left of the claims beside the commit: `paths` it changed, and the lines it `added`."""
    files = tuple(_files(claims, {path_text(path): lines for path, lines in added.items()}, recorded, joined))
    counts = Counter[tuple[str, str, str]]()
    for file in files:
        for piece in file.ranges:
            counts[piece.agent, piece.conversation, piece.turn] += piece.end - piece.start + 1
    return Story(commit, tuple(_link(one, paths, counts, recorded, joined) for one in claims), files)


def _link(
    claim: Claim,
    paths: Collection[str],
    counts: Mapping[tuple[str, str, str], int],
    recorded: Collection[Key],
    joined: Mapping[Key, TranscriptMatch],
) -> Link:
    lines = sum(number for key, number in counts.items() if key[:2] == claim.key)
    touched = lines or any(file.path in paths and not file.ranges for file in claim.files)
    evidence: Evidence = "files" if touched and claim.place != "body" else "time"
    if claim.key in joined:
        links = joined[claim.key].turns
        if claim.place != "body" and any(one.evidence == "files" for one in links):
            evidence = "files"
        return Link(*claim.key, evidence, lines, _linked_turns(claim, evidence, links, counts), claim.tool, claim.place)
    prompts = () if claim.key in recorded else claim.prompts[-_MOST_TURNS:]
    # Where there was one prompt, it was that one; otherwise nothing here says which.
    each: Evidence = evidence if evidence == "files" and len(claim.prompts) == 1 else "context"
    turns = tuple(TurnLink(turn_id(claim, one), one.number, each) for one in prompts)
    return Link(*claim.key, evidence, lines, turns, claim.tool, claim.place)


def _linked_turns(
    claim: Claim, evidence: Evidence, turns: Sequence[TurnLink], counts: Mapping[tuple[str, str, str], int]
) -> tuple[TurnLink, ...]:
    """The turns in a transcript, context last, each with the lines listed for it."""
    context = [one.id for one in turns if one.evidence == "context"][-_MOST_TURNS:]
    kept = (one for one in turns if one.evidence != "context" or one.id in context)
    return tuple(
        replace(
            link,
            evidence=link.evidence if evidence == "files" else "context",
            lines=counts.get((*claim.key, link.id), 0),
        )
        for link in kept
    )


def _files(
    claims: Sequence[Claim],
    added: Mapping[str, Mapping[int, bytes]],
    recorded: Collection[Key],
    joined: Mapping[Key, TranscriptMatch],
) -> Iterator[FileStory]:
    """The added lines that one conversation alone is named for."""
    owners: dict[str, dict[int, int]] = {}
    for at, claim in enumerate(claims):
        for file in claim.files:
            lines = added.get(file.path, {}) if file.ranges else {}
            mine = owners.setdefault(file.path, {}) if lines else {}
            for number in _numbers(file.ranges, lines):
                mine[number] = at if mine.get(number, at) == at else -1
    for path, mine in owners.items():
        turns = [_turns(claim, path, recorded, joined) for claim in claims]
        pieces = tuple(_ranges(claims, mine, added[path], turns))
        if pieces:
            yield FileStory(path, len(added[path]), ranges=pieces)


def _numbers(ranges: Iterable[tuple[int, int]], lines: Mapping[int, bytes]) -> Iterator[int]:
    """A range may claim a billion lines; the commit has only as many as it has."""
    for start, end in ranges:
        if end - start < len(lines):
            yield from (number for number in range(start, end + 1) if number in lines)
        else:
            yield from (number for number in lines if start <= number <= end)


def _turns(
    claim: Claim, path: str, recorded: Collection[Key], joined: Mapping[Key, TranscriptMatch]
) -> Callable[[int], str]:
    """Which turn wrote a line of a file, "" where nothing says so."""
    if claim.key in joined:
        turns_by_line = joined[claim.key].lines.get(path, {})
        return lambda number: turns_by_line.get(number, "")
    only = len(claim.prompts) == 1 and claim.key not in recorded
    turn = turn_id(claim, claim.prompts[0]) if only else ""
    return lambda number: turn


def _ranges(
    claims: Sequence[Claim],
    owners: Mapping[int, int],
    lines: Mapping[int, bytes],
    turns: Sequence[Callable[[int], str]],
) -> Iterator[Range]:
    numbers = sorted(number for number, at in owners.items() if at >= 0)
    owners_by_line = {number: (owners[number], turns[owners[number]](number)) for number in numbers}
    for (_, (at, turn)), run in groupby(
        enumerate(numbers), key=lambda pair: (pair[1] - pair[0], owners_by_line[pair[1]])
    ):
        mine = [number for _, number in run]
        yield Range(mine[0], mine[-1], *claims[at].key, turn, lines_hash([lines[number] for number in mine]))


# --- conversations ---


def conversation(claim: Claim) -> Conversation:
    """The conversation of a claim; nothing is redacted yet."""
    turns = tuple(Turn(turn_id(claim, one), one.number, one.text, one.time) for one in claim.prompts)
    return Conversation(*claim.key, turns, title=claim.title, models=claim.models)


def retold(repo: Repo, claim: Claim) -> Conversation | None:
    """The same as it may be shown; None for one that is private. Raises `RedactionFailed`."""
    from gitstory.recording.recorder import redactor
    from gitstory.recording.recording_setup import setup
    from gitstory.redact.engine import redact_conversation

    how = setup(repo).keeping
    seen = how.private.visible(conversation(claim))
    return None if seen is None else redact_conversation(seen, redactor(how))
