"""Aider: the own small store, and the shared fixtures where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.aider import AGENT, answer_edits
from gitstory.model import Call, Conversation, Think, Tokens
from gitstory.testing import Expect, Findings, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "aider"
shared = pytest.mark.real_files(FIXTURES)


def read(root: Path) -> list[Conversation]:
    return [one for source in AGENT.sources(root) for one in AGENT.read(source).conversations]


def history(folder: Path, *lines: str) -> Path:
    path = folder / ".aider.chat.history.md"
    path.write_text("\n".join(("# aider chat started at 2026-03-02 10:00:00", "", *lines, "")), "utf-8")
    return path


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, DATA / "aider", tmp_path, Expect(3, 4, 4, 0), readings=tries(150))


def test_a_session_tells_words_edits_and_commits() -> None:
    first, second, third = read(DATA / "aider")
    turn, failed = first.turns
    assert turn.prompt == "Add a subtract function\nand say so in notes.md"
    assert [step.text for step in turn.steps if isinstance(step, Think)] == ["Two files are needed."]
    (answer,) = turn.answers
    assert "#### A heading of the model's" in answer
    assert "SEARCH" not in answer
    calc, notes = turn.edits
    assert calc.replacements[0].new.endswith("    return a - b\n")
    assert (notes.op, notes.after) == ("create", "# Notes on the calculator\n\nsubtract was added\n")
    assert [commit for call in turn.calls for commit in call.commits] == ["f316eb9"]
    assert (turn.tokens, turn.models, first.version) == (Tokens(2500, 72, 1000), ("quill-2",), "0.86.2")
    assert [call.failed for call in failed.calls] == [True]
    assert not list(failed.edits)
    assert [edit.after for edit in second.turns[0].edits] == ['def greet(name):\n    print("Hello", name)\n']
    assert third.turns[0].prompt == "Say who is greeted"
    (hunk,) = next(third.turns[0].edits).hunks
    assert '+    """Greet somebody by name."""' in hunk.lines


def test_an_id_stays_when_the_file_grows(tmp_path: Path) -> None:
    path = history(tmp_path, "#### Hi  ", "")
    before = [one.id for one in read(tmp_path)]
    path.write_text(
        path.read_text("utf-8") + "Hello.\n\n#### More  \n\n# aider chat started at 2026-03-03 10:00:00\n", "utf-8"
    )
    assert [one.id for one in read(tmp_path)] == before
    assert [turn.prompt for turn in read(tmp_path)[0].turns] == ["Hi", "More"]


def test_the_persons_commits_are_not_aiders(tmp_path: Path) -> None:
    """Aider commits what it finds changed before it edits, and on `/commit`."""
    block = ["a.py", "```", "<<<<<<< SEARCH", "a", "=======", "b", ">>>>>>> REPLACE", "```", ""]
    told = ["> Commit aaaaaaa theirs  ", "> Applied edit to a.py  ", "> Commit bbbbbbb its own  ", ""]
    history(tmp_path, "#### Go  ", "", *block, *told, "#### /commit  ", "> Commit ccccccc theirs  ")
    (one,) = read(tmp_path)
    assert [commit for call in one.turns[0].calls for commit in call.commits] == ["bbbbbbb"]


def test_what_aider_typed_itself_is_no_prompt(tmp_path: Path) -> None:
    history(
        tmp_path,
        "#### Go  ",
        "",
        "Done.",
        "",
        "#### # Fix any errors below, if possible.  ",
        "#### E501  ",
        "",
        "Fixed.",
    )
    (one,) = read(tmp_path)
    assert [turn.prompt for turn in one.turns] == ["Go"]
    assert list(one.turns[0].answers) == ["Done.", "Fixed."]


@pytest.mark.parametrize(
    "lines",
    [
        ["```python", "src/a.py", "<<<<<<< SEARCH", "x", "=======", "y", ">>>>>>> REPLACE", "```"],
        ["**src/a.py**", "```python", "<<<<<<< SEARCH", "x", "=======", "y", ">>>>>>> REPLACE", "```"],
        ["`src/a.py`:", "````", "<<<<<<< SEARCH", "x", "=======", "y", ">>>>>>> REPLACE", "````"],
        ["src\\a.py", "<source>", "<<<<<<< SEARCH", "x", "=======", "y", ">>>>>>> REPLACE", "</source>"],
    ],
    ids=["path within the fence", "bold", "code", "Windows"],
)
def test_the_path_of_a_block_is_found_however_it_is_written(lines: list[str]) -> None:
    say, piece = answer_edits.pieces(["Here it is:", "", *lines], "diff")
    assert (say.text, piece.path, piece.old, piece.new) == ("Here it is:", "src/a.py", "x\n", "y\n")


def test_blocks_that_break_off_are_words() -> None:
    (piece,) = answer_edits.pieces(["a.py", "```", "<<<<<<< SEARCH", "x", "======="], "diff")
    assert piece.kind == "say"


def test_a_path_found_by_likeness_is_the_one_that_aider_names(tmp_path: Path) -> None:
    block = ["calc.py", "```", "<<<<<<< SEARCH", "a", "=======", "b", ">>>>>>> REPLACE", "```", ""]
    history(tmp_path, "#### Go  ", "", *block, "> Applied edit to src/calc.py  ")
    (one,) = read(tmp_path)
    (call,) = [step for step in one.turns[0].steps if isinstance(step, Call)]
    assert [edit.path for edit in call.edits] == [f"{tmp_path.as_posix()}/src/calc.py"]


@shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aider-repo-chat-history-head.md", (210, 378, 157, 0)),
        ("monochromatic-v1.aider.chat.history.md", (1, 1, 0, 0)),
        ("monochromatic-v2.aider.chat.history.md", (13, 25, 19, 0)),
        ("monochromatic-v3.aider.chat.history.md", (13, 25, 24, 0)),
        ("zenmcp.aider.chat.history.md", (1, 5, 0, 0)),
        ("lab-0.86.2/.aider.chat.history.md", (2, 2, 3, 0)),
    ],
)
def test_real_histories(name: str, expected: tuple[int, int, int, int]) -> None:
    found: Findings = findings(read(FIXTURES / name))
    assert (found.conversations, found.prompts, found.edits, found.skipped) == expected
    assert found.edits == found.edits_with_text


@pytest.mark.parametrize("sent", ["-100", "nan", "inf", "-infk", "1e300k", "k"])
def test_a_count_that_is_none_counts_nothing(tmp_path: Path, sent: str) -> None:
    history(tmp_path, "#### Hi  ", "", "Hello.", "", f"> Tokens: {sent} sent, 5 received.  ")
    (conversation,) = read(tmp_path)
    assert conversation.turns[0].tokens == Tokens(0, 5, 0)
