"""Which conversations a commit is linked to, by which evidence, and what is said of each of its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from msgspec.structs import replace

from gitstory.attribution.attribute import Owned
from gitstory.attribution.conversation_trace import Trace, TraceEdit, TraceTurn
from gitstory.attribution.line_ending_drift import FileEnds
from gitstory.attribution.link import (
    LEAST_GUESSED,
    LEAST_KNOWN,
    Candidate,
    ConversationScore,
    Linked,
    active,
    judge,
    link,
)
from gitstory.attribution.timeline import FileFound, Placed
from gitstory.git.changed_files import Commit
from gitstory.model import Link, Range, TurnLink

COMMIT = Commit("c1", ("c0",), "Dev", "Dev@Example.com", 900, "d@e", 1000, "t", "s", ())
PREVIOUS = 500.0


def line(weight: int, number: int = 0) -> int:
    """A line's id with a weight of its own."""
    return (number << 4) + weight + (1 << 20)


def a_trace(*turns: tuple[float, float], name: str = "one", **more: Any) -> Trace:
    made = tuple(TraceTurn(f"t{n}", n + 1, begun, ended) for n, (begun, ended) in enumerate(turns))
    return Trace("codex", name, 0.0, 2000.0, (), (), (), made, (), (), **more)


def placed(trace: int = 0, turn: int = 0, ends: str = "") -> Placed:
    return Placed(trace, 0, "/w", "a.py", TraceEdit("/w/a.py", turn, 600.0, ends=ends))  # type: ignore[arg-type]


class Drifted:
    """Lines from the third on do not end as an edit with CRLF wrote them."""

    def drifted(self, index: int, ends: str) -> bool:
        return ends == "crlf" and index >= 2


class Content:
    def blobs(self, path: str) -> tuple[str | None, str | None]:
        return f"old {path}", f"new {path}"

    def hash(self, blob: str | None, start: int, end: int) -> str:
        return f"{blob}:{start}-{end}"

    def ends(self, path: str) -> FileEnds:
        return cast(FileEnds, Drifted())


def found(
    added: dict[int, int] | None = None,
    removed: dict[int, int] | None = None,
    *,
    weights: Sequence[int] = (15, 15, 15, 15, 15),
    counts: tuple[int, int] | None = None,
    touched: tuple[int, ...] = (),
    **owned: frozenset[int],
) -> FileFound:
    """A file whose lines weigh `weights` on both sides; its diff has just the owned lines unless `counts` says more."""
    added, removed = added or {}, removed or {}
    named = {name: owned.get(name, frozenset()) for name in ("placed", "loose", "common", "still")}
    counted = counts or (len(added), len(removed))
    lines = [line(weight, number) for number, weight in enumerate(weights)]
    return FileFound(
        "a.py", Owned(added, removed, **named, added_count=counted[0], removed_count=counted[1]), lines, lines, touched
    )


def linked(
    *files: FileFound,
    edits: Sequence[Placed] = (),
    candidates: Sequence[Candidate] = (),
    commands: Sequence[tuple[int, int]] = (),
) -> Linked:
    return link(
        COMMIT,
        PREVIOUS,
        files,
        edits or [placed()],
        candidates or [Candidate(a_trace((600, 700)))],
        commands,
        Content(),
    )


def claim(weight: float = 0, lines: int = 0, commands: frozenset[int] = frozenset()) -> ConversationScore:
    return ConversationScore(weight, lines, {}, set(), set(commands))


# --- what a claim amounts to ---


@pytest.mark.parametrize(
    ("weight", "lines", "commands", "guessed", "evidence"),
    [
        (LEAST_KNOWN, 1, (), False, "lines"),
        (LEAST_KNOWN - 0.1, 1, (), False, None),
        (LEAST_KNOWN - 0.1, 1, (0,), False, "command"),
        (LEAST_KNOWN, 1, (0,), False, "lines"),
        (LEAST_GUESSED, 3, (), True, "lines"),
        (LEAST_GUESSED - 0.1, 3, (), True, None),
        (LEAST_GUESSED - 0.1, 3, (0,), True, "command"),
        (0, 0, (), False, "files"),
        (0, 0, (), True, None),
        (0, 0, (0,), True, "command"),
    ],
)
def test_a_claim_is_evidence_from_its_threshold_on(
    weight: float, lines: int, commands: tuple[int, ...], guessed: bool, evidence: str | None
) -> None:
    one = claim(weight, lines, frozenset(commands))
    assert judge(one, Candidate(a_trace((1, 2)), guessed=guessed))[0] == evidence


def test_the_thresholds() -> None:
    assert (LEAST_KNOWN, LEAST_GUESSED) == (4, 30)


def test_a_private_conversation_is_never_linked() -> None:
    assert judge(claim(99, 9), Candidate(a_trace((1, 2), silent=True))) == (None, "it was kept private")


@pytest.mark.parametrize(
    ("one", "guessed", "said"),
    [
        (claim(9, 1), False, "1 line of the commit was written or removed by it"),
        (claim(9, 2), False, "2 lines of the commit were written or removed by it"),
        (claim(0, 0, frozenset({0})), False, "its shell made the commit"),
        (claim(1, 1), False, "it shares only lines that could be anyone's"),
        (claim(), True, "its directory is not of this repository, and no line speaks for it"),
        (claim(), False, "it changed files of the commit through commands that leave no text"),
    ],
)
def test_the_reason_is_given_in_words(one: ConversationScore, guessed: bool, said: str) -> None:
    assert judge(one, Candidate(a_trace((1, 2)), guessed=guessed))[1] == said


# --- what lines weigh ---


@pytest.mark.parametrize(
    ("file", "weight"),
    [
        (found({0: 0}), 15),
        (found({0: 0}, placed=frozenset({0})), 30),
        (found({0: 0}, common=frozenset({0})), 0),
        (found({0: 0}, placed=frozenset({0}), common=frozenset({0})), 0),
        (found({0: 0, 1: 0}, weights=(15, 2)), 17),
        (found({}, {0: 0}), 15),
        (found({}, {0: 0}, still=frozenset({0})), 0),
        (found({}, {0: 0}, counts=(1, 1)), 5),
        (found({}, {0: 0}, counts=(0, 2)), 5),
        (found({0: 0}, {1: 0}), 30),
        (found({0: 0}, {1: 0}, counts=(2, 1)), 20),
    ],
)
def test_the_weight_of_a_claim(file: FileFound, weight: int) -> None:
    (verdict,) = linked(file).verdicts
    assert (verdict.weight, verdict.lines) == (weight, len(file.owned.added) + len(file.owned.removed))


def test_lines_of_several_files_and_turns_are_counted_together() -> None:
    edits = [placed(turn=0), placed(turn=1)]
    story = linked(
        found({0: 0, 1: 1}), found({0: 1}, {2: 1}), edits=edits, candidates=[Candidate(a_trace((600, 700), (700, 800)))]
    ).story
    assert story.links == (
        Link("codex", "one", "lines", 4, (TurnLink("t0", 1, "lines", 1), TurnLink("t1", 2, "lines", 3))),
    )


@pytest.mark.parametrize(
    ("counts", "evidence"),
    [((0, 0), "files"), ((1, 0), "files"), ((0, 1), "files")],
)
def test_a_file_that_was_touched_is_evidence_where_its_change_is_not_explained(
    counts: tuple[int, int], evidence: str
) -> None:
    story = linked(found(counts=counts, touched=(0,))).story
    assert story.links == (Link("codex", "one", evidence, 0, (TurnLink("t0", 1, "files", 0),)),)  # type: ignore[arg-type]
    assert story.files == ()


def test_a_file_that_was_touched_is_no_evidence_where_all_of_its_change_is_explained() -> None:
    edits = [placed(0), placed(1)]
    candidates = [Candidate(a_trace((600, 700))), Candidate(a_trace((600, 700), name="two"))]
    story = linked(found({0: 0}, touched=(1,)), edits=edits, candidates=candidates).story
    assert [one.conversation for one in story.links] == ["one"]


# --- turns of a link ---


@pytest.mark.parametrize(
    ("begun", "ended", "is_active"),
    [(600, 700, True), (1000, 1100, True), (1001, 1100, False), (100, 500, True), (100, 499, False), (100, 1100, True)],
)
def test_a_turn_was_active_between_the_commit_before_and_the_commit(
    begun: float, ended: float, is_active: bool
) -> None:
    one = a_trace((begun, ended))
    assert active(one, one.turns[0], PREVIOUS, COMMIT) is is_active
    assert active(one, one.turns[0], None, COMMIT) is False


@pytest.mark.parametrize(
    ("started", "ended", "is_active"),
    [(500, 1000, True), (499, 1000, False), (500, 1001, False), (600, 700, True)],
)
def test_without_times_all_of_the_conversation_must_lie_between(started: float, ended: float, is_active: bool) -> None:
    one = replace(a_trace((600, 700), bounds=True), started=started, ended=ended)
    assert active(one, one.turns[0], PREVIOUS, COMMIT) is is_active
    assert active(one, one.turns[0], None, COMMIT) is False


def test_each_turn_bears_its_strongest_evidence() -> None:
    turns = a_trace((600, 700), (700, 800), (800, 900), (10, 20), (850, 870))
    edits = [placed(turn=0), placed(turn=2)]
    story = linked(
        found({0: 0}, counts=(2, 0), touched=(0, 1)),
        edits=edits,
        candidates=[Candidate(turns)],
        commands=[(0, 1), (0, 0)],
    ).story
    assert story.links[0].turns == (
        TurnLink("t0", 1, "lines", 1),
        TurnLink("t1", 2, "command", 0),
        TurnLink("t2", 3, "files", 0),
        TurnLink("t4", 5, "context", 0),
    )


def test_of_a_visiting_conversation_no_turn_is_context() -> None:
    candidate = Candidate(a_trace((600, 700), (700, 800)), visiting=True)
    (one,) = linked(found({0: 0}), candidates=[candidate]).story.links
    assert one.turns == (TurnLink("t0", 1, "lines", 1),)


def test_lines_of_a_link_by_files_alone_are_not_counted() -> None:
    """A command made the commit: its lines count, however little they weigh."""
    story = linked(found({0: 0}, weights=(1,)), commands=[(0, 0)]).story
    assert story.links == (Link("codex", "one", "command", 1, (TurnLink("t0", 1, "lines", 1),)),)


def test_what_is_not_accepted_owns_no_lines() -> None:
    one = linked(found({0: 0}, weights=(1,)))
    assert one.story.links == () and one.story.files == ()
    assert one.verdicts[0].evidence is None and one.verdicts[0].lines == 1


def test_the_strongest_link_comes_first_then_the_one_with_most_lines() -> None:
    names = ("files", "few", "many", "command", "same")
    candidates = [Candidate(a_trace((600, 700), name=name)) for name in names]
    edits = [placed(number) for number in range(len(names))]
    file = found({0: 1, 1: 2, 2: 2, 3: 4}, counts=(9, 0), touched=(0,))
    story = linked(file, edits=edits, candidates=candidates, commands=[(3, 0)]).story
    assert [one.conversation for one in story.links] == ["many", "few", "same", "command", "files"]
    assert [one.lines for one in story.links] == [2, 1, 1, 0, 0]


# --- what is said of a file ---


def test_neighbouring_lines_of_one_turn_are_one_range() -> None:
    turns = Candidate(a_trace((600, 700), (700, 800)))
    edits = [placed(turn=0), placed(turn=1), placed(turn=0)]
    (file,) = linked(
        found({0: 0, 1: 2, 2: 1, 4: 1}, {0: 0, 1: 0, 3: 1}, counts=(5, 3)), edits=edits, candidates=[turns]
    ).story.files
    assert (file.path, file.added, file.deleted) == ("a.py", 5, 3)
    assert file.ranges == (
        Range(1, 2, "codex", "one", "t0", "new a.py:1-2", ""),
        Range(3, 3, "codex", "one", "t1", "new a.py:3-3", ""),
        Range(5, 5, "codex", "one", "t1", "new a.py:5-5", ""),
    )
    assert file.removed == (
        Range(1, 2, "codex", "one", "t0", "old a.py:1-2", ""),
        Range(4, 4, "codex", "one", "t1", "old a.py:4-4", ""),
    )


def test_a_range_says_how_its_lines_differ_from_what_was_written() -> None:
    file = found({0: 0, 1: 0, 2: 0, 3: 0}, {2: 0}, loose=frozenset({1, 3}))
    (told,) = linked(file, edits=[placed(ends="crlf")]).story.files
    assert [(one.start, one.end, one.drift) for one in told.ranges] == [
        (1, 1, ""),
        (2, 2, "whitespace"),
        (3, 3, "line-endings"),
        (4, 4, "whitespace"),
    ]
    assert [one.drift for one in told.removed] == [""]


def test_the_story_names_its_commit_and_author_and_leaves_out_files_without_lines() -> None:
    empty = found(counts=(3, 0))
    one = linked(empty, found({0: 0}))
    assert one.story.commit == "c1" and one.story.author
    assert len(one.story.files) == 1 and len(one.attributions) == 2
    assert one.edits and one.candidates


def test_lines_of_two_conversations_stay_apart() -> None:
    candidates = [Candidate(a_trace((600, 700))), Candidate(a_trace((600, 700), name="two"))]
    (file,) = linked(found({0: 0, 1: 1}), edits=[placed(0), placed(1)], candidates=candidates).story.files
    assert [(one.start, one.conversation) for one in file.ranges] == [(1, "one"), (2, "two")]
