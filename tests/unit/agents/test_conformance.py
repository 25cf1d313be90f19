"""Every reader passes the test that plug-ins' readers pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents import registry
from gitstory.testing import Expect, conformance
from tests.examples import tries

DATA = Path(__file__).resolve().parents[2] / "data"
EXPECTED = {
    "claude-code": Expect(conversations=1),
    "codex": Expect(conversations=4, skipped=None),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_reader_conforms(name: str, tmp_path: Path) -> None:
    conformance(registry.agent(name), DATA / name, tmp_path, EXPECTED[name], readings=tries(200))
