"""Every scenario twice: the agent's transcripts are still there, or only what was stored of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.worker import supervise
from tests.integration.rewrites.stage import Stage


@pytest.fixture(autouse=True)
def worker_without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker works in this process, as where the system has no fork: these tests are about what it finds, and a
    fork of a process with all tests costs more than that. In all other rooms it forks."""
    monkeypatch.setattr(supervise, "can_fork", lambda: False)


@pytest.fixture(params=["transcripts", "store-only"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, home: Path) -> Stage:
    return Stage(tmp_path / "repo", home, gone=request.param == "store-only")


@pytest.fixture
def live(tmp_path: Path, home: Path) -> Stage:
    """With transcripts that stay, for scenarios that are about something else."""
    return Stage(tmp_path / "repo", home, gone=False)
