from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitstory.text.markdown import fence, plain, span

NASTY = st.text(alphabet="`~#*_[]()<>!|&@:/\\-+=.w 1ab\n\r\t", max_size=60)
PARSER = MarkdownIt("gfm-like", {"linkify": False})


def kinds(markdown: str) -> set[str]:
    found = set()
    for token in PARSER.parse(markdown):
        found.add(token.type)
        found.update(child.type for child in token.children or ())
    return found


@given(NASTY)
def test_a_span_is_code_and_nothing_else(text: str) -> None:
    made = span(text)
    assert kinds(f"x {made} y") <= {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}


@given(NASTY)
def test_a_fence_is_one_block(text: str) -> None:
    tokens = PARSER.parse(f"{fence(text)}\n")
    assert [token.type for token in tokens] == ["fence"]


@given(NASTY)
def test_plain_text_is_only_text(text: str) -> None:
    made = plain(text)
    assert kinds(f"> {made.replace('<!-- -->', '')}") <= {
        "blockquote_open",
        "blockquote_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }
    assert re.search(r"(?<!\\):(?=//)|(?<!\\)@", made) is None
