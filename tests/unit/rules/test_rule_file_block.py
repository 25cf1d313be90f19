"""The managed part of a rule file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.rules.rule_file_block import BEGIN, END, BlockDamaged, WrittenRule, block_of, with_block, written_rules

BLOCK = "## Rules\n\n- Use bun. [a#1]"


@pytest.mark.parametrize("text", ["", "# Ours\n", "# Ours", "# Ours\r\n\r\ntext\r\n", "\ufeff# Ours\n\n\n"])
def test_the_rest_stays_byte_for_byte(text: str) -> None:
    written = with_block(text, BLOCK, "A.md")
    assert written.startswith(text)
    assert with_block(written, BLOCK, "A.md") == written
    assert block_of(written, "A.md") is not None
    changed = with_block(written, BLOCK + "\n- More. [b#2]", "A.md")
    assert with_block(changed, BLOCK, "A.md") == written


@given(st.text(alphabet="ab\n #-<!>", max_size=40), st.text(alphabet="ab\n #-", max_size=40))
def test_text_on_both_sides_is_left_alone(before: str, after: str) -> None:
    text = f"{before}\n{BEGIN}\nold\n{END}\n{after}"
    written = with_block(text, BLOCK, "A.md")
    assert written.startswith(f"{before}\n{BEGIN}") and written.endswith(f"{END}\n{after}")


def test_line_ends_are_those_of_the_file() -> None:
    written = with_block("# Ours\r\n", BLOCK, "A.md")
    assert "\n" not in written.replace("\r\n", "")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (f"x\n{BEGIN}\ny\n", 2, "do not end"),
        (f"{END}\n", 1, "do not begin"),
        (f"{END}\n{BEGIN}\n", 2, "end before they begin"),
        (f"{BEGIN}\n{END}\n\n{BEGIN}\n{END}\n", 5, "more than one block"),
    ],
)
def test_damaged_marks_are_named_with_their_line(text: str, line: int, what: str) -> None:
    with pytest.raises(BlockDamaged, match=what) as error:
        with_block(text, BLOCK, "A.md")
    assert error.value.message.startswith(f"A.md:{line}: ")


def test_rules_are_read_back_with_their_scope() -> None:
    block = "## Rules\n\n- Use bun. [a#1, b#2]\n\n### In `web/src`\n\n- No `any`. [c#3]\nnot a rule\n"
    assert list(written_rules(block)) == [
        WrittenRule("Use bun.", "a#1, b#2"),
        WrittenRule("No `any`.", "c#3", "web/src"),
    ]
