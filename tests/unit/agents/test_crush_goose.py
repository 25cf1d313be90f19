"""Crush and Goose: own small stores, and the shared fixtures where they are."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gitstory.agents.base import Agent
from gitstory.agents.crush import AGENT as CRUSH
from gitstory.agents.goose import AGENT as GOOSE
from gitstory.model import Conversation, Edit, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import built

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures"
shared = pytest.mark.real_files(FIXTURES)


def read(agent: Agent, root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in agent.sources(root) for one in agent.read(source).conversations}


def commits(one: Conversation) -> list[str]:
    return [commit for turn in one.turns for call in turn.calls for commit in call.commits]


def test_crush_conforms(tmp_path: Path) -> None:
    root = "app/.crush"
    conformance(
        CRUSH, built("crush", tmp_path), tmp_path / "work", Expect(2, 2, 2, 0), roots=[root], readings=tries(100)
    )


def test_goose_conforms(tmp_path: Path) -> None:
    conformance(GOOSE, built("goose", tmp_path), tmp_path / "work", Expect(2, 2, 2, 0), readings=tries(100))


def test_crush_tells_edits_with_whole_texts_and_refusals(tmp_path: Path) -> None:
    found = read(CRUSH, built("crush", tmp_path) / "app" / ".crush")
    (turn,) = found["s1"].turns
    changed, written = turn.edits
    assert (changed.path, changed.op, changed.before, changed.after) == (
        "/home/dev/app/calc.py",
        "modify",
        "a\n",
        "b\n",
    )
    assert (written.path, written.op, written.after) == ("/home/dev/app/notes.md", "create", "# Notes\n")
    assert [call.failed for call in turn.calls] == [False, False, True, False]
    assert commits(found["s1"]) == ["3c9728b"]
    assert (found["s2"].subagent, found["s2"].parent) == (True, "s1")


def test_crush_finds_projects_by_its_registry(tmp_path: Path) -> None:
    project = built("crush", tmp_path) / "app"
    told = {
        "projects": [{"path": str(project), "data_dir": ".crush"}, {"path": "/gone", "data_dir": "/gone/.crush"}, 7]
    }
    data = tmp_path / "data"
    data.mkdir()
    (data / "projects.json").write_text(json.dumps(told))
    found = list(CRUSH.sources(data))
    assert {source.id for source in found} == {"s1", "s2"}
    assert CRUSH.places(found[0]) == (project.as_posix(),)


def test_goose_tells_edits_commits_and_tokens(tmp_path: Path) -> None:
    one = read(GOOSE, built("goose", tmp_path))["20260101_1"]
    (turn,) = one.turns
    assert list(turn.edits) == [
        Edit("/home/dev/app/calc.py", replacements=(Replacement("a", "b"),), time=1767261602.0),
    ]
    assert [call.failed for call in turn.calls] == [False, True, False]
    assert (commits(one), turn.tokens, turn.models) == (["3c9728b"], Tokens(500, 60), ("lab-1",))


def test_goose_patches_of_several_files() -> None:
    from gitstory.agents.goose import answered, requested_call

    diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-3\n+4\n"
    given = {"name": "developer__text_editor", "arguments": {"command": "str_replace", "path": "/w", "diff": diff}}
    draft = requested_call({"id": "d", "toolCall": {"status": "success", "value": given}}, "/w", None)
    answered(draft, {"toolResult": {"status": "success", "value": []}})
    assert [(edit.path, edit.hunks[0].lines) for edit in draft.edits] == [
        ("/w/x", ("-1", "+2")),
        ("/w/y", ("-3", "+4")),
    ]


@pytest.mark.parametrize("name", ["crush", "goose"])
def test_reading_beside_a_writer_in_wal_mode(name: str, tmp_path: Path) -> None:
    agent, where = (CRUSH, "app/.crush/crush.db") if name == "crush" else (GOOSE, "sessions.db")
    path = built(name, tmp_path) / where
    session, values = {
        "crush": ("s1", """('m9', 's1', 'user', '[{"type":"text","data":{"text":"More"}}]', '', '', 1754709080, 0)"""),
        "goose": (
            "20260101_1",
            """(9, 'u9', '20260101_1', 'user', '[{"type":"text","text":"More"}]', 1767261609, '')""",
        ),
    }[name]
    with closing(sqlite3.connect(path, timeout=0)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        before = {source.id: source.stamp for source in agent.sources(path.parent)}
        with writer:
            writer.execute(f"INSERT INTO messages VALUES {values}")
            assert len(read(agent, path.parent)[session].turns) == 1
        assert len(read(agent, path.parent)[session].turns) == 2
        after = {source.id: source.stamp for source in agent.sources(path.parent)}
        assert [one for one in before if before[one] != after[one]] == [session]


@shared
def test_crush_fixture() -> None:
    told = findings(read(CRUSH, FIXTURES / "crush" / "dbos-crush.db").values())
    assert (told.conversations, told.prompts, told.edits, told.edits_with_text, told.skipped) == (2, 13, 7, 7, 0)


@shared
def test_goose_fixture(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "sessions.db")) as connection:
        connection.executescript((FIXTURES / "goose" / "dejavu-goose.sql").read_text())
    told = findings(read(GOOSE, tmp_path).values())
    assert (told.conversations, told.prompts, told.edits, told.answers, told.skipped) == (1, 1, 0, 1, 0)
