"""Kiro: a small store made by hand after public descriptions, for want of a real one."""

from __future__ import annotations

import json
from pathlib import Path

from gitstory.agents.kiro import AGENT
from gitstory.model import Conversation, Replacement, Tokens
from gitstory.testing import Expect, conformance
from tests.smallstores import built

SESSION, HELPER, ROW, OLD = (f"0a1b000{n}-0000-4000-8000-00000000000{end}" for n, end in enumerate("abcd", 1))
APP = "/home/dev/work/app"
STARTED = 1782900000.0


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def written(folder: Path, *lines: object, head: object = None) -> Conversation:
    """The session that these lines (kind, blocks) make."""
    records = [{"version": "v1", "kind": kind, "data": {"content": blocks}} for kind, blocks in lines]  # type: ignore[misc]
    (folder / "s.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    (folder / "s.json").write_text(json.dumps(head if head is not None else {"cwd": APP}))
    return read(folder)["s"]


def called(name: str, **given: object) -> tuple[str, list[object]]:
    return ("AssistantMessage", [{"kind": "toolUse", "data": {"toolUseId": "t", "name": name, "input": given}}])


def came(content: object, status: str = "success") -> tuple[str, list[object]]:
    return (
        "ToolResults",
        [{"kind": "toolResult", "data": {"toolUseId": "t", "status": status, "content": [content]}}],
    )


def test_it_conforms(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    expect = Expect(conversations=4, prompts=6, edits=6, skipped=0)
    conformance(AGENT, built("kiro", tmp_path), tmp_path / "work", expect, readings=100)


def test_prompts_have_times_in_seconds_and_turns_their_ends(tmp_path: Path) -> None:
    one = read(built("kiro", tmp_path))[SESSION]
    first, second = one.turns
    assert [(turn.prompt, turn.time, turn.images) for turn in one.turns] == [
        ("Let the parser take empty lines, write notes", STARTED, 0),
        ("Commit it", STARTED + 60, 1),
    ]
    assert (first.id, first.ended, second.ended) == ("p1", STARTED + 40.25, STARTED + 90.5)
    assert first.tokens == Tokens(1000, 40, 100)
    assert (one.models, one.title, one.places, one.times) == (("lab-4",), "Empty lines", (APP,), "recorded")
    assert list(second.answers) == ["Committed."]


def test_edits_are_those_that_took_effect(tmp_path: Path) -> None:
    first, second = read(built("kiro", tmp_path))[SESSION].turns
    replaced, created, inserted = first.edits
    assert (replaced.path, replaced.replacements) == (
        f"{APP}/parser.py",
        (Replacement("    return list(lines)\n", "    return [line for line in lines if line.strip()]\n"),),
    )
    assert (created.path, created.before, created.after) == (f"{APP}/notes.md", None, "Empty lines are left out.\n")
    assert [(one.old_start, one.new_start, one.lines) for one in inserted.hunks] == [
        (1, 2, ("+Comments are kept as they are.",))
    ]
    assert [call.failed for call in (*first.calls, *second.calls)] == [False, False, False, True, False, True, False]
    assert [call.commits for call in second.calls] == [(), ("7d0a1b2",)]
    assert [call.input for call in second.calls] == ["pytest", "git commit -am 'Take empty lines'"]
    assert all("__tool_use_purpose" not in call.input for call in first.calls)


def test_a_session_with_a_parent_is_its_subagent(tmp_path: Path) -> None:
    found = read(built("kiro", tmp_path))
    assert (found[SESSION].parent, found[SESSION].subagent) == (None, False)
    assert (found[HELPER].parent, found[HELPER].subagent) == (SESSION, True)


def test_rows_of_the_database(tmp_path: Path) -> None:
    one = read(built("kiro", tmp_path))[ROW]
    first, second = one.turns
    assert [(turn.id, turn.prompt) for turn in one.turns] == [
        ("m1", "Give the reader a limit"),
        ("m4", "No other file, commit"),
    ]
    assert [edit.path for turn in one.turns for edit in turn.edits] == [f"{APP}/limits.py"] * 2
    created, added = first.edits
    assert (created.after, created.time) == ("LONGEST_LINE = 4096\n", 1767261605.0)
    assert added.hunks[0].lines == ("+MOST_LINES_OF_A_FILE = 100_000",)
    assert [call.failed for call in first.calls] == [False, True, False, True]
    assert [call.commits for call in second.calls] == [("1f2e3d4",)]
    assert (one.models, one.places, one.times) == (("lab-3",), (APP,), "recorded")


def test_the_older_table_has_no_times(tmp_path: Path) -> None:
    one = read(built("kiro", tmp_path))[OLD]
    (turn,) = one.turns
    assert (turn.prompt, turn.id, turn.time, one.times) == ("Say hello", "n1", None, "bounds")
    assert [edit.after for edit in turn.edits] == ["print('hello to everybody')\n"]


def test_places_are_told_without_reading(tmp_path: Path) -> None:
    assert {AGENT.places(source) for source in AGENT.sources(built("kiro", tmp_path))} == {(APP,)}


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    env = {"KIRO_HOME": "/k", "KIRO_SESSIONS_DIR": "/s", "XDG_DATA_HOME": "/x"}
    found = AGENT.roots(env, Path("/h"))
    assert found[:3] == [Path("/s"), Path("/k/sessions"), Path("/h/.kiro/sessions")]
    assert {Path("/x/kiro-cli"), Path("/x/amazon-q"), Path("/h/Library/Application Support/kiro-cli")} <= set(found)
    store = built("kiro", tmp_path)
    assert set(read(store / "cli")) == {SESSION, HELPER}
    assert set(read(store / "data.sqlite3")) == {ROW, OLD}


def test_a_command_that_was_refused_left_nothing(tmp_path: Path) -> None:
    refused = came({"kind": "text", "data": "The person said no"}, "error")
    one = written(tmp_path, called("shell", command="cat > a.txt <<'X'\nhello\nX\n"), refused)
    assert [(call.failed, call.edits) for turn in one.turns for call in turn.calls] == [(True, ())]


def test_a_call_without_a_result_left_nothing(tmp_path: Path) -> None:
    one = written(tmp_path, called("write", command="create", path="a.py", content="a = 1\n"))
    assert [call.edits for turn in one.turns for call in turn.calls] == [()]
    assert one.times == "bounds"


def test_arguments_of_another_shape_tell_nothing(tmp_path: Path) -> None:
    done = came({"kind": "text", "data": "ok"})
    for given in ({"command": "create", "path": 3, "content": "x"}, {"command": "undo", "path": "a"}, {"path": "a"}):
        one = written(tmp_path, called("write", **given), done)
        assert [call.edits for turn in one.turns for call in turn.calls] == [()]


def test_unknown_kinds_are_counted(tmp_path: Path) -> None:
    unknown = ("AssistantMessage", [{"kind": "hologram", "data": "x"}])
    one = written(tmp_path, ("Prompt", [{"kind": "text", "data": "Hi"}]), ("Telegram", []), unknown)
    assert ([turn.prompt for turn in one.turns], one.skipped) == (["Hi"], 2)


def test_a_session_whose_head_is_broken_is_read_and_counted(tmp_path: Path) -> None:
    one = written(tmp_path, ("Prompt", [{"kind": "text", "data": "Hi"}]), head=[])
    assert ([turn.prompt for turn in one.turns], one.skipped, one.places) == (["Hi"], 1, ())
