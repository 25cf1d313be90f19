"""Kiro: a small store made by hand after public descriptions, for want of a real one."""

from __future__ import annotations

import json
from pathlib import Path

from gitstory.agents.kiro import AGENT
from gitstory.agents.resume_command import resume_command
from gitstory.model import Conversation, Replacement, Say, Think, Tokens
from gitstory.testing import Expect, conformance
from tests.examples import tries
from tests.smallstores import built

SESSION, HELPER, ROW, OLD = (f"0a1b000{n}-0000-4000-8000-00000000000{end}" for n, end in enumerate("abcd", 1))
THIRD = "sess_0a1b0005-0000-4000-8000-00000000000e"
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
    expect = Expect(conversations=5, prompts=8, edits=9, skipped=0)
    conformance(AGENT, built("kiro", tmp_path), tmp_path / "work", expect, readings=tries(150))


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
    assert set(read(store)) == {SESSION, HELPER, ROW, OLD, THIRD}
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


def third(folder: Path, *payloads: dict[str, object], head: object = None) -> Conversation:
    """The session of the third engine that these records make."""
    place = folder / "workspace" / "sess_x"
    place.mkdir(parents=True)
    records = [{"id": f"r{n}", "payload": payload} for n, payload in enumerate(payloads)]
    (place / "messages.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    (place / "session.json").write_text(json.dumps(head if head is not None else {"workspacePaths": [APP]}))
    return read(folder)["sess_x"]


def call(tool: str, **given: object) -> dict[str, object]:
    return {"type": "tool_call", "toolCallId": "t", "toolName": tool, "args": given}


def result(content: str, **told: object) -> dict[str, object]:
    return {"type": "tool_result", "toolCallId": "t", "content": content, **told}


def test_the_third_engine_dates_every_record(tmp_path: Path) -> None:
    one = read(built("kiro", tmp_path))[THIRD]
    begun = 1788256801.25
    first, second = one.turns
    assert [(turn.id, turn.prompt, turn.time, turn.images) for turn in one.turns] == [
        ("k2", "Let the lexer know comments", begun, 0),
        ("k23", "Commit it", begun + 300, 1),
    ]
    assert (first.ended, second.ended, one.started, one.updated) == (begun + 19, begun + 308, begun - 0.75, begun + 308)
    assert (one.title, one.places, one.models, one.times) == ("A lexer", (APP,), ("lab-5",), "recorded")
    assert [step.text for step in first.steps if isinstance(step, Think)] == ["They begin with a hash."]
    assert [step.text for step in second.steps if isinstance(step, Say)] == ["Committed; one test fails."]


def test_edits_of_the_third_engine(tmp_path: Path) -> None:
    first, second = read(built("kiro", tmp_path))[THIRD].turns
    replaced, written, appended = first.edits
    assert (replaced.path, replaced.replacements[0].old) == (f"{APP}/lexer.py", "    return text.split()\n")
    assert (written.path, written.after) == (f"{APP}/docs/lexer.md", "# Lexer\n\nComments go to the end of a line.\n")
    assert [hunk.lines for hunk in appended.hunks] == [
        ("+", "+Nothing nests, and a hash within quotes begins one as well.")
    ]
    assert [(call.tool, call.failed, call.commits) for call in (*first.calls, *second.calls)] == [
        ("read_file", False, ()),
        ("str_replace", False, ()),
        ("str_replace", True, ()),
        ("fs_write", False, ()),
        ("fs_append", False, ()),
        ("execute_bash", False, ("4b5c6d7",)),
        ("execute_bash", True, ()),
    ]


def test_text_put_in_several_places(tmp_path: Path) -> None:
    asked = call("str_replace", path="a.py", oldStr="a", newStr="b")
    one = third(tmp_path, asked, result("Replaced text in a.py (3 occurrences)", success=True))
    assert [edit.replacements for turn in one.turns for edit in turn.edits] == [(Replacement("a", "b", True),)]


def test_a_result_that_does_not_tell_of_success_is_none(tmp_path: Path) -> None:
    """Unless its words are those of one."""
    asked = call("fs_write", path="a.py", text="a = 1\n")
    for n, (words, edits) in enumerate((("Created the a.py file.", 1), ("Is a directory", 0), ("", 0))):
        (tmp_path / str(n)).mkdir()
        one = third(tmp_path / str(n), asked, result(words))
        assert len([edit for turn in one.turns for edit in turn.edits]) == edits, words


def test_of_several_folders_only_whole_paths_are_read(tmp_path: Path) -> None:
    several = {"workspacePaths": [APP, "/home/dev/work/lib"]}
    for n, (path, edits) in enumerate((("a.py", []), ("/home/dev/work/lib/a.py", ["/home/dev/work/lib/a.py"]))):
        (tmp_path / str(n)).mkdir()
        asked, done = call("fs_write", path=path, text="a = 1\n"), result("Created the a.py file.", success=True)
        one = third(tmp_path / str(n), asked, done, head=several)
        assert one.places == (APP, "/home/dev/work/lib")
        assert [edit.path for turn in one.turns for edit in turn.edits] == edits


def test_unknown_records_of_the_third_engine_are_counted(tmp_path: Path) -> None:
    unknown = [{"type": "hologram"}, {"type": "assistant", "operationType": "Sing", "content": "la"}]
    one = third(tmp_path, {"type": "user", "content": "Hi"}, *unknown, {"type": "turn_end"}, head=[])
    assert ([turn.prompt for turn in one.turns], one.skipped, one.places) == (["Hi"], 3, ())


def test_the_program_is_given_no_session_of_the_editor() -> None:
    assert resume_command("kiro", THIRD) is None
    assert resume_command("kiro", SESSION) == ("kiro-cli", "chat", "--resume-id", SESSION)
