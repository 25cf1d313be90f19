"""The README says what the readers can do, no more and no less."""

from __future__ import annotations

from gitstory.agents.catalog import AGENTS
from tests.agents_table import README, of_small_store, with_table
from tests.smallstores import DATA


def test_the_readmes_table_is_what_the_readers_find() -> None:
    text = README.read_text("utf-8")
    assert with_table(text) == text, "`make agents-table` writes it anew"


def test_every_reader_has_a_small_store_with_prompts() -> None:
    assert [name for name in AGENTS if not (DATA / name).is_dir()] == []
    assert [name for name in AGENTS if not of_small_store(name).prompts] == []
