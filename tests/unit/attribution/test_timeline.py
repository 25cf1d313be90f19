"""What a file held when it was first edited, where git's whole seconds cannot tell a commit from an edit."""

from __future__ import annotations

import pytest

from gitstory.attribution.conversation_trace import trace
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.repository_of_path import relative
from gitstory.attribution.timeline import Placed, Timeline
from gitstory.git.changed_files import ChangedFile, Commit
from tests.unit.attribution.builders import ROOT, conversation, swap, turn

SECOND = 1_700_000_000
BASE = ["def add(a, b):", "    return a + b"]
WRITTEN = [*BASE, "", "", "def subtract(a, b):", "    return a - b"]
BY_HAND = ['"""By hand."""', *WRITTEN[:-1], "    return a - b  # checked"]


def commit(number: int, time: int, old: str | None, new: str) -> Commit:
    change = ChangedFile(b"a.py", b"a.py", (old,), new)
    parents = (f"c{number - 1}",) if number else ()
    return Commit(f"c{number}", parents, "Dev", "d@e", time, "d@e", time, "t", "s", (change,))


def owned(contents: list[list[str]], times: list[int], edited: float) -> list[list[int]]:
    """Of each commit, the 1-based lines that the one edit (`subtract` is added to `add`) wrote."""
    lines = Lines()
    edit = swap("a.py", "    return a + b\n", "    return a + b\n\n\ndef subtract(a, b):\n    return a - b\n", edited)
    reduced = trace(conversation(turn(1, edit)), lines)
    placed = []
    for number, one in enumerate(reduced.edits):
        found = relative(one.path, [ROOT])
        assert found is not None
        placed.append(Placed(0, number, *found, one))
    blobs = {f"b{number}": tuple(lines.of_lines(content)) for number, content in enumerate(contents)}
    commits = [
        commit(number, time, f"b{number - 1}" if number else None, f"b{number}") for number, time in enumerate(times)
    ]
    timeline = Timeline(placed, lambda oid: blobs.get(oid) if oid else None, lines)
    told = {one.oid: [line + 1 for each in found for line in each.owned.added] for one, found in timeline.run(commits)}
    return [sorted(told[one.oid]) for one in commits]


@pytest.mark.parametrize("later", [0, 1, 60])
def test_a_file_is_committed_edited_and_committed_within_a_second(later: int) -> None:
    assert owned([BASE, BY_HAND], [SECOND, SECOND + later], SECOND + 0.6) == [[], [4, 5, 6]]


def test_the_commit_that_holds_the_edit_is_not_what_was_edited() -> None:
    """Its time is the beginning of its second, which lies before the edit's."""
    assert owned([BASE, WRITTEN], [SECOND - 60, SECOND], SECOND + 0.6) == [[], [3, 4, 5, 6]]
    assert owned([WRITTEN], [SECOND], SECOND + 0.6) == [[3, 4, 5, 6]]


def test_the_newest_of_a_second_that_can_be_edited_is_taken() -> None:
    older = ["# older", *BASE]
    assert owned([older, BASE, BY_HAND], [SECOND, SECOND, SECOND], SECOND + 0.6) == [[], [], [4, 5, 6]]
