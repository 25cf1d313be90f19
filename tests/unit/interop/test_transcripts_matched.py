"""Finding named transcripts by looking at names alone finds what listing the whole store does."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents import registry
from gitstory.interop.transcript_paths import BY_NAME, named_sources
from tests.smallstores import built


@pytest.mark.parametrize("name", BY_NAME)
def test_the_same_as_by_listing(name: str, tmp_path: Path) -> None:
    reader, store = registry.agent(name), built(name, tmp_path)
    listed = list(reader.sources(store))
    assert listed
    for one in listed:
        assert one.id is not None
        assert [each.path for each in named_sources(reader, store, {one.id})] == [
            each.path for each in listed if each.id == one.id
        ]
    assert list(named_sources(reader, store, {"no-such-id"})) == []
    assert list(named_sources(reader, store / "gone", {str(listed[0].id)})) == []
