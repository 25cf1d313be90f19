"""Names of history files, and whose they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.history_files.folder import HistoryFolder, file_name, name_of, read_header, slug
from gitstory.history_files.render import header, history_markdown
from gitstory.model import Conversation, Turn


@given(st.text(max_size=60))
def test_a_slug_is_plain_and_short(text: str) -> None:
    made = slug(text)
    assert 0 < len(made) <= 40 and all(char.isascii() and (char.isalnum() or char == "-") for char in made)


@given(st.text(min_size=1, max_size=60))
def test_an_id_makes_one_plain_name(text: str) -> None:
    made = name_of(text)
    assert made and not set(made) & set('/\\:*?"<>| \n') and made not in (".", "..")


def test_a_name_says_when_what_and_which() -> None:
    assert (
        file_name("0c9f", 1_763_600_000.0, "Crème brûlée, please!") == "2025-11-20_00-53Z_creme-brulee-please_0c9f.md"
    )
    assert file_name("0c9f", None, "…") == "undated_conversation_0c9f.md"
    assert file_name("0c9f", 1e20, "x").startswith("undated_")


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_the_header_names_any_conversation(agent: str, name: str) -> None:
    assert "--" not in header(agent, name)[4:-3] and "\n" not in header(agent, name)


@pytest.mark.parametrize("name", ["0c9f", "ses_01/../x", "a b", "-->", "ünï"])
def test_it_is_found_again(tmp_path: Path, name: str) -> None:
    told = Conversation("codex", name, (Turn("t", 1, "Hello"),))
    folder = HistoryFolder(tmp_path, "h")
    path, changed = folder.write(told.key, file_name(name, None, "Hello"), history_markdown(told))
    found = read_header(path)
    assert changed and found is not None and found.key == told.key and path.parent == tmp_path / "h"
    assert folder.write(told.key, "another name.md", history_markdown(told)) == (path, False)
    again = HistoryFolder(tmp_path, "h").find(told.key)
    assert again is not None and again.path == path


def test_two_conversations_of_one_name_do_not_meet(tmp_path: Path) -> None:
    folder = HistoryFolder(tmp_path, "h")
    for agent in ("codex", "goose"):
        told = Conversation(agent, "same", (Turn("t", 1, "Hello"),))
        folder.write(told.key, file_name("same", None, "Hello"), history_markdown(told))
    assert sorted(file.agent for file in folder.files()) == ["codex", "goose"]


@given(st.text(alphabet="`~#*_[]()<>!|&@:/\\-+=.w 1ab\n", max_size=80))
def test_nothing_said_makes_structure(text: str) -> None:
    from markdown_it import MarkdownIt

    told = Conversation("codex", "x", (Turn("t", 1, text or "x"),))
    tokens = MarkdownIt("commonmark").parse(history_markdown(told))
    inner = [child for token in tokens for child in token.children or () if child.content != "<!-- -->"]
    made = {token.type for token in tokens} | {child.type for child in inner}
    assert not made & {"html_inline", "link_open", "image", "hr", "code_block", "table_open", "ordered_list_open"}
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]
