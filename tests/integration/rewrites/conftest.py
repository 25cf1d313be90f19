"""Every scenario twice: the agent's transcripts are still there, or only what was stored of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.rewrites.stage import Stage


@pytest.fixture(params=["transcripts", "store-only"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, home: Path) -> Stage:
    return Stage(tmp_path / "repo", home, gone=request.param == "store-only")


@pytest.fixture
def live(tmp_path: Path, home: Path) -> Stage:
    """With transcripts that stay, for scenarios that are about something else."""
    return Stage(tmp_path / "repo", home, gone=False)
