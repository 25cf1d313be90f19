"""A history file read back tells what it was made of, and what was said in it can pass for nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitstory.history_files.parse import read_history
from gitstory.history_files.render import history_markdown
from gitstory.model import Call, Conversation, Edit, Hunk, Say, Turn
from gitstory.text.console import neutralise

LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")), min_size=1).filter(
    lambda text: neutralise(text) == text  # invisible characters are written visibly
)
WORDS = st.one_of(
    LINE,
    st.sampled_from(
        [
            "## Turn 2",
            "- Edited `a.py` +1 -0",
            "```diff",
            "+stolen = True",
            "```",
            "</details>",
            "> quoted",
            "<!-- gitstory history 1 codex x -->",
            "*2026-05-28 20:26 UTC*",
            "- Commit `1234567`",
            "`code`",
            "\\",
        ]
    ),
)
TEXT = st.lists(WORDS, min_size=1, max_size=6).map("\n".join)


def told(prompt: str, answer: str, lines: tuple[str, ...]) -> Conversation:
    edit = Edit("src/a.py", hunks=(Hunk(3, 3, lines),)) if lines else Edit("src/a.py")
    steps = (Say(answer), Call("Edit", edits=(edit,)), Say(answer))
    turns = (
        Turn("t1", 1, prompt, time=1_780_000_000.0, steps=steps),
        Turn("t7", 7, "Thanks", steps=(Say("Welcome."),)),
    )
    return Conversation("claude-code", "id--1/2", turns, title="A title", models=("model-1",))


@given(TEXT, TEXT, st.lists(LINE.map(lambda line: "+" + line), max_size=4).map(tuple))
def test_turns_and_edits_come_back_whatever_was_said(prompt: str, answer: str, lines: tuple[str, ...]) -> None:
    found = read_history(history_markdown(told(prompt, answer, lines)))
    assert found is not None and found.key == ("claude-code", "id--1/2")
    assert [(turn.id, turn.index) for turn in found.turns] == [("turn-1", 1), ("turn-7", 7)]
    edits = [edit for turn in found.turns for edit in turn.edits]
    assert [edit.path for edit in edits] == ["src/a.py"]
    assert [hunk.lines for edit in edits for hunk in edit.hunks] == ([lines] if lines else [])


def test_words_come_back_as_they_were() -> None:
    prompt = "# Add *it*\nwith `a_b` and [x](y)\n\n    indented\n\n```py\n## code\n```"
    found = read_history(history_markdown(told(prompt, "Done: `a.py`.\nIt is_there.", ("+x",))))
    assert found is not None
    assert found.turns[0].prompt == prompt and found.turns[1].prompt == "Thanks"
    assert list(found.turns[0].answers) == ["Done: `a.py`.\nIt is_there."] * 2
    assert (found.title, found.models, found.turns[0].time) == ("A title", ("model-1",), 1_780_000_000 // 60 * 60)


@given(st.one_of(st.text(), st.lists(st.one_of(WORDS, st.just(""), st.just("*2026-99-99 20:26 UTC*"))).map("\n".join)))
def test_any_other_text_is_no_history(text: str) -> None:
    assert read_history("x" + text) is None
    found = read_history("<!-- gitstory history 1 codex x -->\n" + text)
    assert found is not None and found.key == ("codex", "x")
