"""The hook's side: what the spool line says, that the worker comes by itself, and what it must not see."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gitstory.git.file_lock import single_flight
from tests.lab.bench import Bench, ranges, strong_turns

pytestmark = pytest.mark.lab

FIRST = "Add subtract and note it down"
PATIENCE = 60.0


@contextmanager
def worker_held_back(bench: Bench) -> Iterator[None]:
    """No worker gets to the spool inside the block."""
    home = bench.repo.path / ".git" / "gitstory"
    with single_flight(home / "worker.lock", timeout=PATIENCE) as got:
        assert got
        yield


def spool_fields(bench: Bench) -> list[list[str]]:
    text = (bench.repo.path / ".git" / "gitstory" / "spool").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line]


def wait_for(done: Callable[[], bool]) -> None:
    """Until another process has done its work; the one thing here that can only be waited for."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not done():
        assert time.monotonic() < end, "nothing happened"
        pause.wait(0.05)


def test_spool_line_carries_the_conversation(enabled: Bench) -> None:
    with worker_held_back(enabled):
        enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")))
        commit = enabled.repo.git("rev-parse", "HEAD")
        (line,) = [fields for fields in spool_fields(enabled) if fields[1:3] == ["post-commit", commit]]
        assert f"{enabled.agent.marker}={enabled.conversation}" in line
        assert ("CODEX_TOOL_CALL_ID=" in "\t".join(line)) is (enabled.agent.name == "codex")
        assert str(enabled.repo.path) in line
    assert strong_turns(enabled.show()["conversations"][0]) == [(1, FIRST, "lines")]


def test_spool_tells_no_more_than_it_must(enabled: Bench) -> None:
    """Keys and tokens stand in the same environment."""
    with worker_held_back(enabled):
        enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")))
        text = (enabled.repo.path / ".git" / "gitstory" / "spool").read_text("utf-8")
    assert not [word for word in ("KEY", "TOKEN", "SECRET", "not-a-key") if word in text]


def test_persons_commit_carries_no_marker(enabled: Bench) -> None:
    with worker_held_back(enabled):
        enabled.turn(FIRST, *enabled.add_subtract())
        enabled.commit_by_hand("Add subtract")
        text = (enabled.repo.path / ".git" / "gitstory" / "spool").read_text("utf-8")
    assert "CLAUDE" not in text
    assert "CODEX" not in text


def test_worker_writes_the_note_by_itself(enabled: Bench) -> None:
    """Nobody asks: the hook's own detached worker does it, also from an agent's shell that has another PATH."""
    enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")))
    wait_for(lambda: FIRST in enabled.note())


def test_person_commits_while_the_agent_works(enabled: Bench) -> None:
    """In another terminal, in the middle of the turn: the last edit may not be in the agent's store yet."""
    seen: dict[str, object] = {}

    def commit() -> None:
        seen["commit"] = enabled.commit_by_hand("Add subtract, agent still talking")
        seen["story"] = enabled.show()

    enabled.turn(FIRST, *enabled.add_subtract(), before_answer=commit)
    story = enabled.show()
    assert story["commit"] == seen["commit"]
    (conversation,) = story["conversations"]
    assert strong_turns(conversation) == [(1, FIRST, "lines")]
    assert ranges(story, "calc.py") == [(3, 6)]
    assert ranges(story, "notes.md") == [(1, 3)]
