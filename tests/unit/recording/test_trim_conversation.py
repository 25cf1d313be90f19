from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Call, Edit, Hunk, Mark, Say, Think, Turn
from gitstory.recording.trim_conversation import Keep, cut, distill
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


# --- how much is kept ---

LONG = "word " * 20_000


def steps_of(*steps: Say | Think | Call | Mark, prompt: str = "p", expanded: str = "") -> Turn:
    one = Turn("1" * 20, 1, prompt, steps=steps, expanded=expanded)
    [kept] = distill(conversation(one), Keep(), relative).turns
    return kept


def text_in(place: str, text: str) -> str:
    """The text that is kept of `text` at a place of a turn."""
    edit = write("a.py", "one\n", 1)
    match place:
        case "title":
            return distill(replace(conversation(), title=text), Keep(), relative).title
        case "prompt" | "expanded":
            return str(getattr(steps_of(**{place: text}), place))
        case "said" | "thought" | "said by a helper" | "thought by a helper":
            kind = Say if place.startswith("said") else Think
            (step,) = steps_of(kind(text, agent="helper" if "helper" in place else None)).steps
        case "mark.text" | "question" | "option" | "task":
            name = place.removeprefix("mark.")
            (step,) = steps_of(Mark("said", **{name: text})).steps  # type: ignore[arg-type]
            return str(getattr(step, name))
        case _:
            (step,) = steps_of(replace(Call("Bash", edits=(edit,)), **{place: text})).steps
            return str(getattr(step, place))
    assert isinstance(step, Say | Think)
    return step.text


@pytest.mark.parametrize(
    ("place", "limit"),
    [
        ("title", 200),
        ("prompt", 32_000),
        ("expanded", 4_000),
        ("said", 32_000),
        ("thought", 32_000),
        ("said by a helper", 4_000),
        ("thought by a helper", 4_000),
        ("mark.text", 4_000),
        ("question", 1_000),
        ("option", 1_000),
        ("task", 32_000),
        ("input", 4_000),
        ("output", 1_500),
        ("plan", 32_000),
        ("todo", 300),
    ],
)
def test_each_text_is_kept_up_to_its_limit(place: str, limit: int) -> None:
    whole = LONG[:limit]
    assert text_in(place, whole) == whole
    shorter = text_in(place, LONG[: limit + 1])
    assert "characters left out" in shorter and len(shorter) <= limit + 60


@pytest.mark.parametrize(
    ("helpers", "rest", "longest"),
    [
        (5, 60_000, 4_000),  # 8,000 and a fifth of the rest
        (5, 59_000, 4_000),
        (6, 60_000, 2_100),
        (2, 0, 4_000),
        (3, 0, 2_100),
        (14, 0, 550),
        (20, 0, 280),
    ],
)
def test_what_helpers_say_takes_a_part_of_the_whole(helpers: int, rest: int, longest: int) -> None:
    steps = [Say(LONG[:4_000], agent="helper") for _ in range(helpers)]
    own = [Say(LONG[:at]) for at in (min(rest, 30_000), max(0, rest - 30_000)) if at]
    kept = [step.text for step in steps_of(*own, *steps).steps if isinstance(step, Say)]
    assert kept[: len(own)] == [step.text for step in own]
    assert longest / 2 < max(map(len, kept[len(own) :])) <= longest


@pytest.mark.parametrize(
    ("given", "plan", "kept"),
    [
        ('{"plan":"do it","x":1}', "do it", '{"x":1}'),
        ('{"plan":" do it\\n"}', "do it", ""),
        ('{"plan":"other"}', "do it", '{"plan":"other"}'),
        ('{"note":""}', "", '{"note":""}'),
        ("7 ", "7", ""),
        ("no JSON", "no JSON", "no JSON"),
        ("[1]", "do it", "[1]"),
    ],
)
def test_a_plan_is_kept_once(given: str, plan: str, kept: str) -> None:
    (call,) = steps_of(Call("ExitPlanMode", input=given, plan=plan)).steps
    assert isinstance(call, Call)
    assert (call.input, call.plan) == (kept, plan)


def test_the_task_of_a_helper_is_kept_in_its_mark_alone() -> None:
    start = Call("Task", id="c1", input='{"prompt":"look","n":1}')
    call, mark = steps_of(start, Mark("subagent", call="c1", task="look")).steps
    assert isinstance(call, Call) and isinstance(mark, Mark)
    assert (call.input, mark.task) == ('{"n":1}', "look")


def test_of_an_edit_that_is_too_large_whole_lines_are_kept() -> None:
    fits, large = "+" + "a" * 499, "+" + "b" * 500
    hunk = Hunk(7, 9, (fits, large, *["+c" + "d" * 400] * 400))
    (call,) = steps_of(Call("Edit", edits=(Edit(f"{ROOT}/a.py", hunks=(hunk, Hunk(900, 900, ("+e",)))),))).steps
    assert isinstance(call, Call)
    [kept] = call.edits[0].hunks
    assert (kept.old_start, kept.new_start, len(kept.lines)) == (7, 9, 128)
    assert kept.lines[:3] == (fits, "+[a line of 500 characters left out]", "+c" + "d" * 400)


def test_hunks_are_kept_while_there_is_room() -> None:
    hunks = tuple(Hunk(n, n, ("+" + "a" * 31_999,)) for n in (1, 2, 3))
    (call,) = steps_of(Call("Edit", edits=(Edit(f"{ROOT}/a.py", hunks=hunks),))).steps
    assert isinstance(call, Call)
    assert call.edits[0].hunks == hunks[:2]


@pytest.mark.parametrize(
    ("text", "limit", "made"),
    [
        ("x" * 500, 100, "\n[... 500 characters left out ...]\n"),
        ("x" * 100, 100, "x" * 100),
        (
            "a b " * 30,
            60,
            f"{'a b ' * 9}a b\n[... 63 characters left out ...]\n{'b a ' * 4}b ",
        ),
    ],
)
def test_what_is_cut(text: str, limit: int, made: str) -> None:
    assert cut(text, limit) == made


def test_what_was_cut_before_may_be_a_little_longer() -> None:
    mark = "\n[... 7 characters left out ...]\n"
    once = "a" * (160 - len(mark)) + mark
    assert cut(once, 100) == once
    assert cut(once + "a", 100) != once + "a"
