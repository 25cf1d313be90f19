from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitstory.history_files.parse import read_history
from gitstory.history_files.render import history_markdown
from gitstory.model import Conversation, Turn
from gitstory.text.escape_markdown import fence, plain, span, unlinked, without_commands

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


REFERENCES = [
    "@octocat", "@org/team", "#12", "GH-12", "gh-12", "org/app#7", "JIRA-123", "!3", "group/app!3", "%12",
    '%"next one"', "%v1", "~5", "~bug", '~"needs work"', "&9", "$12", ":rocket:", ":+1:", "http://example.com/x", "ftp://example.com",
    "www.example.com", "mailto:a@example.com", "a@example.com", '*iteration:"one"', "[epic:1]", "[vulnerability:1]",
    "0123456789abcdef0123456789abcdef01234567", "0123abc", "org/app@0123abcd", "0123abc..4567def", "DEADBEEF",
]  # fmt: skip
"""What GitHub and GitLab make links, images or mentions of in rendered text."""


def pieces(rendered: str) -> list[str]:
    """The texts between tags and comments: each is looked at by itself for references."""
    return [html.unescape(one) for one in re.split(r"<[^>]*>", rendered)]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("around", ["{}", "see {}, then", "({})", "> {}"])
def test_a_reference_shows_as_text_and_stands_in_no_single_piece(reference: str, around: str) -> None:
    said = around.format(reference)
    for rendered in (MarkdownIt("commonmark").render(f"x {plain(said)}"), "x " + unlinked(said, html.escape)):
        found = pieces(rendered)
        assert "".join(found).strip() == f"x {said}"
        assert not any(reference in piece for piece in found)
        assert not any(re.search(r"[0-9a-fA-F]{7}", piece) for piece in found)


@pytest.mark.parametrize("said", ["12:30 of 5 % and ~/dir, a - 1", "std::string x = $HOME; a && b", "Fix it! C# 100%"])
def test_ordinary_text_is_not_parted(said: str) -> None:
    assert "<!--" not in plain(said)


def test_a_command_begins_no_line_of_a_comment() -> None:
    assert plain("/close") == r"\/close"
    for text in ("/close", "well\n/lgtm\nthen", "well\n   /lgtm"):
        made = without_commands(fence(text))
        assert not re.search(r"(?m)^\s*/", made)
        assert [token.content for token in PARSER.parse(made) if token.type == "fence"] == [text + "\n"]
    assert without_commands(fence("see /etc/hosts")) == fence("see /etc/hosts")


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_history_file_is_read_back_with_its_references(reference: str) -> None:
    text = f"see {reference} and <!-- --> `{reference}`"
    told = read_history(history_markdown(Conversation("codex", "x", (Turn("t", 1, text),))))
    assert told is not None and told.turns[0].prompt == text
