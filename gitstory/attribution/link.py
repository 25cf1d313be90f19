"""From what the replay found to a commit's story: which conversations belong to it, by which evidence.

Evidence is weighed for each conversation as a whole: a closing bracket or one stray import two projects share links
nothing. The rest is unattributed: a wrong why is worse than none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from gitstory.attribution.conversation_trace import Trace, TraceEdit, TraceTurn
from gitstory.attribution.line_ending_drift import FileEnds
from gitstory.attribution.line_ids import weight
from gitstory.attribution.reformatted_lines import Owner
from gitstory.attribution.timeline import FileFound, Placed
from gitstory.git.changed_files import Commit, author_key
from gitstory.model import EVIDENCE_ORDER, Evidence, FileStory, Link, Range, Story, TurnLink

LEAST_KNOWN = 4
"""What a conversation of this repository must explain to be linked: one line of a dozen letters where the replay has
it, one of twenty elsewhere, or removed lines of seventy. Lines the other side of the diff has as well do not count."""
LEAST_GUESSED = 30
"""The same where only a guess ties the conversation's directory to this repository."""

Drift = Literal["", "whitespace", "line-endings"]
DriftOf = Callable[[int, TraceEdit], Drift]
"""How a line (0-based index) differs from what its edit wrote."""


class Content(Protocol):
    """The files of one commit."""

    def blobs(self, path: str) -> tuple[str | None, str | None]:
        """A path's (old, new) blob ids."""
        ...

    def hash(self, blob: str | None, start: int, end: int) -> str:
        """The content hash of lines start..end (1-based, inclusive) of a blob."""
        ...

    def ends(self, path: str) -> FileEnds: ...


class Candidate(Struct, frozen=True):
    """A conversation that may belong to commits here. `guessed`: its root was inferred from names, not known;
    `visiting`: it took place in another directory, and its other turns are none of this repository's."""

    trace: Trace
    guessed: bool = False
    visiting: bool = False


class ConversationScore(Struct):
    """What one conversation can show for one commit, while it is being weighed."""

    weight: float = 0
    lines: int = 0
    turns: dict[int, int] = {}
    """turn number -> lines"""
    files: set[int] = set()
    """turns that touched a file of the commit without recorded content"""
    commands: set[int] = set()


class Verdict(Struct, frozen=True):
    """A conversation's claim and what became of it, for `git story explain`."""

    agent: str
    conversation: str
    evidence: Evidence | None
    weight: int
    lines: int
    reason: str


class Linked(Struct, frozen=True):
    """A commit's story, what became of each claim, and what was found before claims were weighed (for `explain`).

    Owners in `found` index `edits`, their traces `candidates`.
    """

    story: Story
    verdicts: tuple[Verdict, ...]
    attributions: Sequence[FileFound] = ()
    edits: Sequence[Placed] = ()
    candidates: Sequence[Candidate] = ()


def link(
    commit: Commit,
    previous: float | None,
    attributions: Sequence[FileFound],
    edits: Sequence[Placed],
    candidates: Sequence[Candidate],
    commands: Iterable[tuple[int, int]],
    content: Content,
) -> Linked:
    """The story of `commit`.

    `previous` is the first parent's committer time, `commands` (candidate, turn) pairs that made the commit, `content`
    knows what its files hold.
    """
    claims = _claims(attributions, edits, commands)
    verdicts: list[Verdict] = []
    links: list[Link] = []
    accepted: set[int] = set()
    for number, claim in sorted(claims.items()):
        candidate = candidates[number]
        evidence, reason = judge(claim, candidate)
        trace = candidate.trace
        verdicts.append(Verdict(*trace.key, evidence, int(claim.weight), claim.lines, reason))
        if evidence is None:
            continue
        if evidence in ("lines", "command"):
            accepted.add(number)
        links.append(_link(candidate, claim, evidence, commit, previous))
    files = tuple(_file_story(one, edits, candidates, accepted, content) for one in attributions)
    links.sort(key=lambda each: (EVIDENCE_ORDER.index(each.evidence), -each.lines, each.agent, each.conversation))
    files_with_lines = tuple(one for one in files if one.ranges or one.removed)
    story = Story(commit.oid, tuple(links), files_with_lines, author=author_key(commit.author_email))
    return Linked(story, tuple(verdicts), attributions, edits, candidates)


def judge(claim: ConversationScore, candidate: Candidate) -> tuple[Evidence | None, str]:
    """The evidence a claim amounts to, or None with the reason in words."""
    if candidate.trace.silent:
        return None, "it was kept private"
    least = LEAST_GUESSED if candidate.guessed else LEAST_KNOWN
    if claim.weight >= least:
        were = "line of the commit was" if claim.lines == 1 else "lines of the commit were"
        return "lines", f"{claim.lines} {were} written or removed by it"
    if claim.commands:
        return "command", "its shell made the commit"
    if claim.lines:
        return None, "it shares only lines that could be anyone's"
    if candidate.guessed:
        return None, "its directory is not of this repository, and no line speaks for it"
    return "files", "it changed files of the commit through commands that leave no text"


def _claims(
    attributions: Sequence[FileFound], edits: Sequence[Placed], commands: Iterable[tuple[int, int]]
) -> dict[int, ConversationScore]:
    claims: dict[int, ConversationScore] = defaultdict(lambda: ConversationScore(turns={}, files=set(), commands=set()))

    def count(owner: Owner, line_weight: float) -> None:
        placed = edits[owner]
        claim = claims[placed.trace]
        claim.weight += line_weight
        claim.lines += 1
        claim.turns[placed.edit.turn] = claim.turns.get(placed.edit.turn, 0) + 1

    for attribution in attributions:
        owned = attribution.owned
        # Text that went somewhere may have gone for any reason; if all of a file's change is explained, it counts.
        share = 1 / 3 if _unexplained(attribution) else 1
        for index, owner in owned.added.items():
            worth = 0 if index in owned.common else 2 if index in owned.placed else 1
            count(owner, worth * weight(attribution.new[index]))
        for index, owner in owned.removed.items():
            count(owner, 0 if index in owned.still else weight(attribution.old[index]) * share)
        if _unexplained(attribution):
            for owner in attribution.touched:
                claims[edits[owner].trace].files.add(edits[owner].edit.turn)
    for number, turn in commands:
        claims[number].commands.add(turn)
    return claims


def _unexplained(attribution: FileFound) -> bool:
    owned = attribution.owned
    changed = owned.added_count + owned.removed_count
    return changed > len(owned.added) + len(owned.removed) or changed == 0


def _link(
    candidate: Candidate, claim: ConversationScore, evidence: Evidence, commit: Commit, previous: float | None
) -> Link:
    trace = candidate.trace
    turns: list[TurnLink] = []
    for number, turn in enumerate(trace.turns):
        lines = claim.turns.get(number, 0)
        kind: Evidence | None = None
        if lines and evidence in ("lines", "command"):
            kind = "lines"
        elif number in claim.commands:
            kind = "command"
        elif number in claim.files:
            kind = "files"
        elif not candidate.visiting and active(trace, turn, previous, commit):
            kind = "context"
        if kind is not None:
            turns.append(TurnLink(turn.id, turn.index, kind, lines if kind == "lines" else 0))
    lines = claim.lines if evidence in ("lines", "command") else 0
    return Link(*trace.key, evidence, lines, tuple(turns))


def active(trace: Trace, turn: TraceTurn, previous: float | None, commit: Commit) -> bool:
    """Whether the turn began before the commit and went on after the commit before it; sure only of turns with times,
    or if the whole conversation is in between."""
    if trace.bounds:
        return previous is not None and previous <= trace.started and trace.ended <= commit.committer_time
    return previous is not None and turn.time <= commit.committer_time and turn.ended >= previous


def _file_story(
    attribution: FileFound,
    edits: Sequence[Placed],
    candidates: Sequence[Candidate],
    accepted: set[int],
    content: Content,
) -> FileStory:
    old_blob, new_blob = content.blobs(attribution.path)
    ends = content.ends(attribution.path)
    loose = attribution.owned.loose

    def written(index: int, edit: TraceEdit) -> Drift:
        return "whitespace" if index in loose else "line-endings" if ends.drifted(index, edit.ends) else ""

    def ranges(owners: dict[int, Owner], blob: str | None, drift_of: DriftOf) -> tuple[Range, ...]:
        return tuple(
            Range(
                start + 1,
                end + 1,
                *candidates[trace].trace.key,
                candidates[trace].trace.turns[turn].id,
                content.hash(blob, start + 1, end + 1),
                drift,
            )
            for start, end, trace, turn, drift in _runs(owners, edits, accepted, drift_of)
        )

    owned = attribution.owned
    return FileStory(
        path=attribution.path,
        added=owned.added_count,
        deleted=owned.removed_count,
        ranges=ranges(owned.added, new_blob, written),
        removed=ranges(owned.removed, old_blob, lambda index, edit: ""),
    )


def _runs(
    owners: dict[int, Owner], edits: Sequence[Placed], accepted: set[int], drift_of: DriftOf
) -> list[tuple[int, int, int, int, Drift]]:
    """(first index, last index, candidate, turn, drift) of neighbouring lines that belong together."""
    runs: list[tuple[int, int, int, int, Drift]] = []
    for index in sorted(owners):
        placed = edits[owners[index]]
        if placed.trace not in accepted:
            continue
        drift = drift_of(index, placed.edit)
        if runs and runs[-1][1] == index - 1 and runs[-1][2:] == (placed.trace, placed.edit.turn, drift):
            runs[-1] = (runs[-1][0], index, *runs[-1][2:])
        else:
            runs.append((index, index, placed.trace, placed.edit.turn, drift))
    return runs
