"""Zed and Windsurf: own small stores, and the shared fixtures where they are."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from gitstory.agents import zed
from gitstory.agents.base import Agent
from gitstory.agents.windsurf import AGENT as WINDSURF
from gitstory.agents.zed import AGENT as ZED
from gitstory.model import Conversation, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import built

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures"
shared = pytest.mark.real_files(FIXTURES)
UNPACKS = any(importlib.util.find_spec(name) for name in ("zstandard", "compression", "backports"))


def read(agent: Agent, root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in agent.sources(root) for one in agent.read(source).conversations}


@pytest.mark.parametrize(
    ("agent", "expect"), [(ZED, Expect(2, 2, 1, 0)), (WINDSURF, Expect(1, 1, 1, 0))], ids=["zed", "windsurf"]
)
def test_it_conforms(agent: Agent, expect: Expect, tmp_path: Path) -> None:
    conformance(agent, built(agent.name, tmp_path), tmp_path / "work", expect, readings=tries(100))


def test_zed_tells_edits_and_commits(tmp_path: Path) -> None:
    one = read(ZED, built("zed", tmp_path))["z1"]
    (turn,) = one.turns
    (edit,) = turn.edits
    assert (edit.path, edit.before, edit.after) == ("/home/dev/app/calc.py", "a\n", "b\n")
    assert turn.prompt == "Add subtract to @/home/dev/app/calc.py"
    assert [call.failed for call in turn.calls] == [False, True, False]
    assert [commit for call in turn.calls for commit in call.commits] == ["3c9728b"]
    assert (turn.tokens, turn.models, one.times) == (Tokens(50, 7), ("lab-1",), "bounds")


def test_a_packed_thread_without_a_decoder_is_counted_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = built("zed", tmp_path)
    with closing(sqlite3.connect(store / "threads.db")) as connection, connection:
        connection.execute("UPDATE threads SET data_type = 'zstd', data = x'28b52ffd' WHERE id = 'z1'")
    one = read(ZED, store)["z1"]
    assert (one.turns, one.skipped) == ((), 1)
    if not UNPACKS:
        assert one.version == zed.PACKED


def test_a_packed_thread_is_read_as_one_that_is_not(tmp_path: Path) -> None:
    """Zed packs every thread since 2025; what unpacks is installed with gitstory."""
    module = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    store = built("zed", tmp_path)
    plain = read(ZED, store)["z1"]
    with closing(sqlite3.connect(store / "threads.db")) as connection, connection:
        [(data,)] = connection.execute("SELECT data FROM threads WHERE id = 'z1'")
        packed = module.compress(data.encode() if isinstance(data, str) else data)
        connection.execute("UPDATE threads SET data_type = 'zstd', data = ? WHERE id = 'z1'", (packed,))
    assert read(ZED, store)["z1"] == plain


def test_windsurf_tells_what_the_person_let_stand(tmp_path: Path) -> None:
    (turn,) = read(WINDSURF, built("windsurf", tmp_path))["7c0e"].turns
    (edit,) = turn.edits
    assert (edit.path, edit.before, edit.after) == ("/home/dev/app/calc.py", "a\n", "b\n")
    assert [commit for call in turn.calls for commit in call.commits] == ["3c9728b"]


def test_windsurf_strings_may_hold_raw_control_characters(tmp_path: Path) -> None:
    line = b'{"type":"user_input","status":"done","user_input":{"user_response":"Add\x0bit"}}\n'
    (tmp_path / "a.jsonl").write_bytes(line)
    one = read(WINDSURF, tmp_path)["a"]
    assert ([turn.prompt for turn in one.turns], one.skipped) == (["Add it"], 0)


@shared
def test_zed_fixture(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "threads.db")) as connection:
        connection.executescript((FIXTURES / "zed" / "dejavu-zed.sql").read_text())
    told = findings(read(ZED, tmp_path).values())
    assert (told.conversations, told.prompts, told.edits, told.skipped) == (2, 1 + UNPACKS, 0, 1 - UNPACKS)


@shared
def test_windsurf_fixture() -> None:
    told = findings(read(WINDSURF, FIXTURES / "windsurf").values())
    assert (told.conversations, told.prompts, told.edits, told.edits_with_text, told.skipped) == (1, 4, 2, 2, 0)
