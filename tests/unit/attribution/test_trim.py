from __future__ import annotations

from msgspec.structs import replace

from gitstory.attribution.trim import Keep, cut, distill
from gitstory.model import Call, Say, Think, Turn
from tests.unit.attribution.builders import ROOT, conversation, swap, write


def relative(path: str) -> str | None:
    return path.removeprefix(f"{ROOT}/") if path.startswith(f"{ROOT}/") else None


TURN = Turn(
    "1" * 20,
    1,
    "Add it",
    steps=(
        Think("hidden reasoning"),
        Say("I will add it"),
        Call("Write", edits=(write("a.py", "one\ntwo\n", 1),), output="file content " * 500),
        Call("Edit", edits=(swap("a.py", "two", "2", 2),)),
        Call("Bash", input="make", output="word " * 2_000),
    ),
)


def test_contents_become_hunks_at_paths_of_the_repository() -> None:
    [kept] = distill(conversation(TURN), Keep(), relative).turns
    first, second = [edit for call in kept.calls for edit in call.edits]
    assert (first.path, first.before, first.after) == ("a.py", None, None)
    assert first.hunks[0].lines == ("+one", "+two")
    assert second.replacements == ()
    assert second.hunks[0].lines == (" one", "-two", "+2")


def test_output_is_kept_of_shells_only_and_cut() -> None:
    [kept] = distill(conversation(TURN), Keep(output=100), relative).turns
    outputs = [call.output for call in kept.calls]
    assert outputs[0] == ""
    assert 50 < len(outputs[2]) < 200


def test_levels_of_detail() -> None:
    def kinds(keep: Keep) -> list[str]:
        return [type(step).__name__ for step in distill(conversation(TURN), keep, relative).turns[0].steps]

    assert kinds(Keep("prompts")) == []
    assert kinds(Keep("prompts+answers")) == ["Say"]
    assert kinds(Keep(thinking=False)) == ["Say", "Call", "Call", "Call"]
    assert kinds(Keep()) == ["Think", "Say", "Call", "Call", "Call"]


def test_ignored_files_leave_no_edit() -> None:
    keep = Keep(ignored=lambda path: path == "a.py")
    [kept] = distill(conversation(replace(TURN)), keep, relative).turns
    assert list(kept.edits) == []


def test_cutting_keeps_head_and_tail_and_says_how_much_is_gone() -> None:
    text = "head " + "x " * 500 + "the tail"
    made = cut(text, 100)
    assert made.startswith("head x")
    assert made.endswith("the tail")
    assert "characters left out" in made
    assert cut("short", 100) == "short"


def test_no_word_is_cut_in_two() -> None:
    secret = "hunter2" * 4
    for shift in range(60):
        text = "a " * shift + secret + " b" * 200 + " " + secret + " c" * (60 - shift)
        words = set(cut(text, 120).replace("[...", "").split())
        assert not {word for word in words if word in secret and word != secret and len(word) > 1}


def test_what_was_cut_stays_as_it_is() -> None:
    text = " ".join(f"word{number}" for number in range(1000))
    once = cut(text, 1500)
    assert cut(once, 1500) == once and len(once) < len(text)
    assert cut(once + " word" * 100, 1500) != once + " word" * 100
