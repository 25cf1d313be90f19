"""Killed after every single change on disk, in our program and in the gits it starts; and a disk that is full, or
turns read-only, from any one of them on. Nothing is sampled: a preloaded library counts the changes."""

from __future__ import annotations

import errno
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.faults.test_points import BACKFILL, DRAIN, FORGET, HEAL, SYNC, Scenario, recovered, undisturbed
from tests.integration.faults.world import MATRIX, World

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux") or not shutil.which("gcc"), reason="preloads a library"),
]
RECORD = 160
ALLOWED = 12
"""Runs may differ by a few changes (a folder of objects that happens to be there, a clock's digit)."""

Run = Callable[[int, str], tuple[subprocess.CompletedProcess[str], list[str]]]


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("breaker") / "breaker.so"
    source = Path(__file__).with_name("breaker.c")
    subprocess.run(["gcc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return made


def broken(
    world: World, scenario: Scenario, library: Path, at: int, how: str
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the scenario's command with a fault at change `at`; also returns the changes up to there."""
    log = world.root / "changes"
    log.unlink(missing_ok=True)
    world.restore(scenario.state)
    done = world.run(
        *scenario.command,
        LD_PRELOAD=str(library),
        BREAKER_ROOT=str(world.path / ".git"),
        BREAKER_LOG=str(log),
        BREAKER_AT=str(at),
        BREAKER_HOW=how,
    )
    data = log.read_bytes() if log.exists() else b""
    return done, [data[n : n + RECORD].decode().rstrip() for n in range(0, len(data), RECORD)]


@MATRIX
@pytest.mark.parametrize("scenario", [DRAIN, HEAL, BACKFILL, FORGET, SYNC], ids=lambda one: one.command[0])
def test_killed_after_every_change(world: World, library: Path, scenario: Scenario) -> None:
    expected = undisturbed(world, scenario)
    _, changes = broken(world, scenario, library, 0, "kill")
    assert len(changes) > 20
    at, killed = 0, 0
    while True:
        at += 1
        done, seen = broken(world, scenario, library, at, "kill")
        if done.returncode != -signal.SIGKILL:
            assert len(seen) < at, "every change is passed"
            break
        killed += 1
        print(f"killed after {at:3} {seen[at - 1]}")
        recovered(world, scenario, expected)
    assert abs(killed - len(changes)) <= ALLOWED


@MATRIX
@pytest.mark.parametrize("how", ["ENOSPC", "EROFS"])
def test_refused_from_any_change_on(world: World, library: Path, how: str) -> None:
    expected = undisturbed(world, DRAIN)
    at = 0
    while True:
        at += 1
        done, seen = broken(world, DRAIN, library, at, str(getattr(errno, how)))
        if len(seen) < at:
            break
        said = [line for line in done.stderr.splitlines() if not line.startswith("hint: ")]
        print(f"{how} from {at:3} {seen[at - 1]} -> {done.returncode} {said}")
        assert done.returncode in (0, 1), done.stderr
        assert len(said) <= 1 and (said or done.returncode == 0), done.stderr
        recovered(world, DRAIN, expected)
    assert at > 20
