"""Killed, or refused by the system, at every named point of the program: no story is lost, doubled or half there."""

from __future__ import annotations

import ast
import signal
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.integration.faults.world import MATRIX, ROOT, World

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")


class Scenario(NamedTuple):
    """How a point is passed: the saved state to begin with and the command."""

    state: str
    command: tuple[str, ...]


DRAIN = Scenario("made", ("drain",))
BACKFILL = Scenario("plain", ("backfill", "--all"))
HEAL = Scenario("squashed", ("heal", "origin/main"))
CARRY = Scenario("merged", ("drain",))

SYNC = Scenario("shared", ("sync", "--yes"))
FORGET = Scenario("done", ("forget", "--yes", "11111111"))

SCENARIOS: dict[str, tuple[Scenario, ...]] = {
    "drain.locked": (DRAIN,),
    "spool.renamed": (DRAIN,),
    "drain.taken": (DRAIN,),
    "commits.begun": (DRAIN,),
    "task.begun": (DRAIN,),
    "packing.taken": (),  # killed there in tests/integration/test_packing.py: a drain packs only what is much
    "packing.packed": (),
    "packing.removed": (),
    "index.saved": (),  # killed there in tests/unit/store/test_record_index.py, at one folder of many
    "drain.linked": (DRAIN,),
    "record.prepared": (DRAIN, BACKFILL),
    "refs.built": (DRAIN, BACKFILL, HEAL, CARRY, FORGET, SYNC),
    "refs.stored": (DRAIN, BACKFILL, HEAL, CARRY, FORGET, SYNC),
    "refs.moved": (DRAIN, BACKFILL, HEAL, CARRY, FORGET, SYNC),
    "drain.recorded": (DRAIN,),
    "cache.closing": (DRAIN, BACKFILL),
    "drain.carrying": (CARRY,),
    "drain.carried": (CARRY,),
    "drain.done": (DRAIN,),
    "files.written": (DRAIN,),
    "drain.saved": (DRAIN,),
    "spool.removed": (DRAIN,),
    "heal.found": (HEAL,),
    "heal.kept": (HEAL,),
    "backfill.linked": (BACKFILL,),
    "backfill.batch": (BACKFILL,),
    "forget.begun": (FORGET,),
    "forget.written": (FORGET,),
    "forget.cleaned": (FORGET,),
    "forget.purged": (FORGET,),
    "sync.brought": (SYNC,),
    "sync.fetched": (SYNC,),
    "sync.united": (SYNC,),
    "sync.sent": (SYNC,),
    "sync.tracked": (SYNC,),
    "sync.settled": (SYNC,),
    "search.embedded": (),  # killed there in tests/integration/test_search_meaning.py
    "search.done": (),  # killed there in tests/integration/test_search.py: the index is no part of the record
    "forget.unarchived": (FORGET,),
    "archive.prepared": (),  # killed there in tests/integration/test_archive.py
    "archive.written": (),
    "watch.written": (),  # killed there in tests/integration/test_watch.py
    "watch.indexed": (),
}
CASES = [(name, scenario) for name, scenarios in SCENARIOS.items() for scenario in scenarios]
REFUSALS = [
    pytest.param(name, marks=[] if name == "ENOSPC" else MATRIX) for name in ("ENOSPC", "EROFS", "EACCES", "EIO")
]


def points() -> Iterator[str]:
    """The names at every call of `point` in the package."""
    for path in sorted((ROOT / "gitstory").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "point":
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}:{node.lineno}: a point is named by a constant"
                yield str(name.value)


def test_no_point_goes_untested_and_none_has_two_places() -> None:
    found = list(points())
    assert sorted(found) == sorted(SCENARIOS)


def test_every_point_is_described() -> None:
    told = (ROOT / "docs" / "maintainers" / "faults.md").read_text(encoding="utf-8")
    assert [name for name in SCENARIOS if f"`{name}`" not in told] == []


class Expected(NamedTuple):
    """What one undisturbed run comes to."""

    stories: dict[str, dict[str, object]]
    data: str
    notes: str


_expected: dict[Scenario, Expected] = {}


def undisturbed(world: World, scenario: Scenario) -> Expected:
    if scenario not in _expected:
        world.restore(scenario.state)
        world.ask(*scenario.command)
        assert world.tree(), "the scenario writes"
        _expected[scenario] = Expected(world.stories(), world.tree(), world.tree("refs/notes/story"))
    return _expected[scenario]


def recovered(world: World, scenario: Scenario, expected: Expected) -> None:
    """The next thing a person does finds everything, and leaves nothing lying about."""
    world.check_objects()
    world.grow_old()
    if scenario == FORGET:
        world.ask("drain")
        again = world.run(*scenario.command)
        assert again.returncode in (0, 1) and "Traceback" not in again.stderr
        assert forgotten(world)
    elif scenario.command[0] != "drain":
        world.ask(*scenario.command)
    assert world.stories() == expected.stories
    assert (world.tree(), world.tree("refs/notes/story")) == (expected.data, expected.notes)
    if scenario == SYNC:
        there = [world.tree(f"refs/there/{name}") for name in fetched(world)]
        assert there == [expected.data, expected.notes]
    assert world.left_behind() == []
    world.check_objects()


def fetched(world: World) -> list[str]:
    """What the remote has, brought here: its branches' refs move together or not at all."""
    for name, ref in (("data", "refs/story/data"), ("notes", "refs/notes/story")):
        world.repo.git("fetch", "-q", "--no-write-fetch-head", "origin", f"+{ref}:refs/there/{name}")
    return ["data", "notes"]


def forgotten(world: World) -> bool:
    """Whether no object at all tells what was asked in the conversation any more."""
    objects = world.repo.git("cat-file", "--batch-all-objects", "--batch", "--unordered")
    return "Write part" not in objects and not (world.own / "taking-back").exists()


@pytest.mark.parametrize(("point", "scenario"), CASES, ids=[f"{name}-{s.command[0]}-{s.state}" for name, s in CASES])
def test_killed(world: World, point: str, scenario: Scenario) -> None:
    expected = undisturbed(world, scenario)
    world.restore(scenario.state)
    done = world.run(*scenario.command, GITSTORY_FAULT=point)
    assert done.returncode == -signal.SIGKILL, f"{point} is not passed by {scenario}: {done.stderr}"
    waited = scenario == DRAIN and bool(list(world.own.glob("spool.*")))
    recovered(world, scenario, expected)
    if waited:
        repairs = [one["message"] for one in world.status()["last_drain"]["repairs"]]
        assert any("4 events of an unfinished run were worked off" in message for message in repairs)


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(("point", "scenario"), CASES, ids=[f"{name}-{s.command[0]}-{s.state}" for name, s in CASES])
@pytest.mark.slow
def test_refused(world: World, point: str, scenario: Scenario, refusal: str) -> None:
    """One clear line, never a traceback; when the system gives way again, all is there."""
    expected = undisturbed(world, scenario)
    world.restore(scenario.state)
    done = world.run(*scenario.command, GITSTORY_FAULT=f"{point}={refusal}")
    assert done.returncode in (0, 1), (done.returncode, done.stderr)
    said = [line for line in done.stderr.splitlines() if not line.startswith("hint: ")]
    assert len(said) <= 1 and (said or done.returncode == 0), done.stderr
    recovered(world, scenario, expected)
