"""The lab's fixtures. Everything marked `lab` is left out unless GITSTORY_LAB=1."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.lab.agents import ClaudeCode, Codex, LabAgent
from tests.lab.bench import CALC, Bench
from tests.lab.model import Model
from tests.lab.programs import CLAUDE_CODE, CODEX, Package, install

KINDS = ("claude-code", "codex", "codex-code-mode")


@pytest.fixture(scope="session")
def installed() -> Callable[[Package], Path]:
    """Installs on demand, before the test's environment is sealed off from npm's settings."""
    return partial(install, env=dict(os.environ))


@pytest.fixture(scope="session", params=KINDS)
def program(request: pytest.FixtureRequest, installed: Callable[[Package], Path]) -> tuple[str, Path]:
    kind = str(request.param)
    return kind, installed(CLAUDE_CODE if kind == "claude-code" else CODEX)


@pytest.fixture(scope="session")
def pace() -> float:
    """`GITSTORY_LAB_PACE`: seconds the model takes to answer (default 0: as hard as can be)."""
    return float(os.environ.get("GITSTORY_LAB_PACE", "0"))


@pytest.fixture
def model(pace: float) -> Iterator[Model]:
    with Model(pace=pace) as model:
        yield model


@pytest.fixture
def agent(program: tuple[str, Path], model: Model, home: Path) -> LabAgent:
    kind, path = program
    if kind == "claude-code":
        return ClaudeCode(path, home, model.url)
    return Codex(path, home, model.url, model="gpt-6-astra" if kind == "codex-code-mode" else "gpt-5.5")


@pytest.fixture
def bench(agent: LabAgent, model: Model, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A repository with one commit, an agent and its model; gitstory not enabled."""
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    repo.commit("Add calc", {"calc.py": CALC})
    return Bench(repo, agent, model)


@pytest.fixture
def enabled(bench: Bench) -> Bench:
    """The same with `git story enable` run in the repository."""
    bench.story("enable")
    return bench
