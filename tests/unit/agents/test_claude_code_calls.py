"""Tool calls, their results, the edits and commits they made, and the subagents they started."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.claude_code.tools import OUTPUT_LIMIT
from gitstory.model import Call, Edit, Hunk, Mark, Replacement, Say, Turn
from tests.unit.agents.claude_code_records import SESSION, Transcript, read

A = "/home/dev/work/app/a.py"


@pytest.fixture
def log() -> Transcript:
    log = Transcript()
    log.prompt("fix it")
    return log


def only_turn(log: Transcript, folder: Path) -> Turn:
    (turn,) = read(log.store(folder)).turns
    return turn


def only_edit(log: Transcript, folder: Path) -> Edit:
    (edit,) = only_turn(log, folder).edits
    return edit


def test_an_edit_has_both_whole_texts(log: Transcript, tmp_path: Path) -> None:
    log.edit(A, "b\n", "\tB\n", "a\nb\nb\n")
    edit = only_edit(log, tmp_path)
    assert (edit.path, edit.op, edit.source) == (A, "modify", "tool")
    assert (edit.before, edit.after) == ("a\nb\nb\n", "a\n\tB\nb\n")
    assert edit.replacements == (Replacement("b\n", "\tB\n"),)
    assert edit.time is not None


@pytest.mark.parametrize(
    ("old", "new", "more", "after"),
    [
        ("b", "B", {"replaceAll": True}, "a\nB\nB\n"),
        ("b", "", {}, "a\nb\n"),
        ("b\n", "", {}, "a\nb\n"),
        ("a\nb\nb\n", "", {}, ""),
    ],
    ids=["all", "nothing takes its line along", "line", "everything"],
)
def test_replaces_as_the_tool_does(
    log: Transcript, tmp_path: Path, old: str, new: str, more: dict[str, Any], after: str
) -> None:
    log.edit(A, old, new, "a\nb\nb\n", **more)
    assert only_edit(log, tmp_path).after == after


def test_an_edit_without_the_original_keeps_its_pairs(log: Transcript, tmp_path: Path) -> None:
    patch = [{"oldStart": 2, "newStart": 2, "oldLines": 1, "newLines": 1, "lines": [" a", "-b", "+B"]}]
    log.edit(A, "b", "B", None, structuredPatch=patch, userModified=True)
    edit = only_edit(log, tmp_path)
    assert (edit.before, edit.after, edit.replacements) == (None, None, (Replacement("b", "B"),))
    assert edit.hunks == (Hunk(2, 2, (" a", "-b", "+B")),)
    assert edit.user_modified


def test_a_patch_that_shows_tabs_as_spaces_is_not_kept(log: Transcript, tmp_path: Path) -> None:
    patch = [{"oldStart": 2, "newStart": 2, "oldLines": 1, "newLines": 1, "lines": ["-  b", "+  B"]}]
    log.edit(A, "\tb", "\tB", None, structuredPatch=patch)
    assert only_edit(log, tmp_path).hunks == ()


def test_an_edit_of_nothing_creates(log: Transcript, tmp_path: Path) -> None:
    log.edit(A, "", "new\n", None)
    edit = only_edit(log, tmp_path)
    assert (edit.op, edit.before, edit.after) == ("create", "", "new\n")


def test_several_edits_in_one_call_apply_in_order(log: Transcript, tmp_path: Path) -> None:
    pairs = [{"old_string": "a", "new_string": "b"}, {"old_string": "b", "new_string": "c", "replace_all": True}]
    call = log.call("MultiEdit", {"file_path": A, "edits": pairs})
    log.result(call, "ok", {"filePath": A, "edits": pairs, "originalFileContents": "a b\n"})
    edit = only_edit(log, tmp_path)
    assert (edit.before, edit.after) == ("a b\n", "c c\n")
    assert edit.replacements == (Replacement("a", "b"), Replacement("b", "c", True))


def test_a_written_file_is_known_whole(log: Transcript, tmp_path: Path) -> None:
    log.write_file(A, "new\n")
    log.write_file(A, "newer\n", original="new\n")
    first, second = only_turn(log, tmp_path).edits
    assert (first.op, first.before, first.after) == ("create", "", "new\n")
    assert (second.op, second.before, second.after) == ("modify", "new\n", "newer\n")


def test_a_notebook_is_known_by_name_or_by_its_whole_text(log: Transcript, tmp_path: Path) -> None:
    given = {"notebook_path": "/w/n.ipynb", "new_source": "x", "edit_mode": "replace"}
    log.result(log.call("NotebookEdit", given), "ok", {"new_source": "x"})
    log.result(log.call("NotebookEdit", given), "ok", {"original_file": "{}", "updated_file": "[]"})
    first, second = only_turn(log, tmp_path).edits
    assert (first.path, first.after) == ("/w/n.ipynb", None)
    assert (second.before, second.after) == ("{}", "[]")


@pytest.mark.parametrize(
    ("error", "result"), [(True, "Error: String to replace not found"), (False, "Error: denied"), (True, None)]
)
def test_a_failed_call_made_no_edit(log: Transcript, tmp_path: Path, error: bool, result: Any) -> None:
    call = log.call("Edit", {"file_path": A, "old_string": "a", "new_string": "b"})
    log.result(call, "<tool_use_error>no</tool_use_error>", result, error=error)
    (call_step,) = only_turn(log, tmp_path).calls
    assert (call_step.failed, call_step.edits) == (True, ())


def test_a_call_without_result_made_no_edit_yet(log: Transcript, tmp_path: Path) -> None:
    log.call("Write", {"file_path": A, "content": "x"})
    (call,) = only_turn(log, tmp_path).calls
    assert (call.failed, call.edits, call.output) == (False, (), "")


def test_a_result_finds_its_call_across_turns(log: Transcript, tmp_path: Path) -> None:
    call = log.call("Write", {"file_path": A, "content": "x"})
    log.prompt("meanwhile")
    log.says("ok")
    log.result(call, "written", {"type": "create", "filePath": A, "content": "x", "originalFile": None})
    first, second = read(log.store(tmp_path)).turns
    assert ([e.path for e in first.edits], list(second.edits)) == ([A], [])


def test_windows_paths_have_forward_slashes(log: Transcript, tmp_path: Path) -> None:
    log.write_file("C:\\work\\app\\a.py", "x\n")
    assert only_edit(log, tmp_path).path == "C:/work/app/a.py"


def test_a_shell_call_tells_its_commits_and_files(log: Transcript, tmp_path: Path) -> None:
    out = "[main abc1234] Fix\n 1 file changed"
    commit = {"commit": {"sha": "abc1234", "kind": "committed"}}
    log.bash("cat > b.txt <<'EOF'\nhi\nEOF\ngit add -A && git commit -m Fix", out, gitOperation=commit)
    (call,) = only_turn(log, tmp_path).calls
    assert (call.commits, call.output, call.cwd) == (("abc1234",), out, log.cwd)
    assert call.input.startswith("cat > b.txt")
    assert [(e.path, e.after, e.source) for e in call.edits] == [("/home/dev/work/app/b.txt", "hi\n", "shell")]


def test_powershell_is_not_read_as_sh(log: Transcript, tmp_path: Path) -> None:
    call = log.call("PowerShell", {"command": "$b = @'\nit's > there\n'@\ngit commit -F -"})
    log.result(call, "", {"stdout": "[main abc1234] x", "stderr": ""})
    (step,) = only_turn(log, tmp_path).calls
    assert (step.edits, step.commits) == ((), ("abc1234",))


def test_the_agents_own_record_of_a_commit_is_enough(log: Transcript, tmp_path: Path) -> None:
    log.bash("git commit -qm Fix", "", gitOperation={"commit": {"sha": "abc1234", "kind": "committed"}})
    assert next(only_turn(log, tmp_path).calls).commits == ("abc1234",)


def test_a_failed_command_wrote_nothing_but_may_have_committed(log: Transcript, tmp_path: Path) -> None:
    call = log.call("Bash", {"command": "git commit -m x && git push && echo y > f"})
    log.result(call, "Exit code 1\n[main abc1234] x\nrejected", "Error: Exit code 1\n[main abc1234] x", error=True)
    (step,) = only_turn(log, tmp_path).calls
    assert (step.failed, step.edits, step.commits) == (True, (), ("abc1234",))


def test_output_is_bounded_and_input_tells(log: Transcript, tmp_path: Path) -> None:
    log.bash("make", "x" * 30_000 + "y" * 30_000)
    log.result(log.call("Grep", {"pattern": "a", "path": "/w"}), [{"type": "text", "text": "a.py"}])
    log.result(log.call("Read", {"file_path": A, "limit": 5}), "1 x")
    make, grep, show = only_turn(log, tmp_path).calls
    assert len(make.output) < OUTPUT_LIMIT + 100
    assert (make.output[0], make.output[-1]) == ("x", "y")
    assert (grep.input, grep.output, show.input) == ('{"pattern":"a","path":"/w"}', "a.py", A)


def helper(**envelope: Any) -> Transcript:
    log = Transcript(isSidechain=True, **envelope)
    log.session = "helper"
    log.prompt("Look into it\nclosely")
    log.says("my own words")
    log.write_file("/home/dev/work/app/h.py", "h\n")
    log.session = SESSION
    for record in log.records:
        record["sessionId"] = SESSION
        record["uuid"] = record["uuid"].replace("0000-4000", "0001-4000")
        record["parentUuid"] = record["parentUuid"] and record["parentUuid"].replace("0000-4000", "0001-4000")
    return log


def start(log: Transcript) -> str:
    return log.call("Task", {"description": "look", "prompt": "Look into it\nclosely", "subagent_type": "x"})


def assert_woven(turn: Turn, agent: str | None) -> None:
    kinds = [type(step).__name__ for step in turn.steps]
    assert kinds == ["Call", "Mark", "Say", "Call", "Say"]
    mark, said, call = turn.steps[1:4]
    assert isinstance(mark, Mark) and isinstance(said, Say) and isinstance(call, Call)
    assert said.agent == mark.agent
    assert mark.kind == "subagent"
    assert call.agent == agent if agent else call.agent
    assert [edit.path for edit in call.edits] == ["/home/dev/work/app/h.py"]


@pytest.mark.parametrize("how", ["meta", "agentId", "prompt", "time"])
def test_a_subagents_file_belongs_to_the_call_that_started_it(log: Transcript, tmp_path: Path, how: str) -> None:
    call = start(log)
    if how == "agentId":
        log.result(call, "report", {"agentId": "abc", "content": []})
    else:
        log.result(call, "report")
    log.says("done")
    own = helper(agentId="abc")
    if how in ("meta", "agentId", "time"):
        own.records[0]["message"]["content"] = "Something else"
    path = own.store(tmp_path / SESSION / "subagents" / "workflows", "agent-abc")
    if how == "meta":
        path.with_suffix(".meta.json").write_text(json.dumps({"toolUseId": call, "description": "look"}))
    (turn,) = read(log.store(tmp_path)).turns
    if how == "time":
        assert [type(step).__name__ for step in turn.steps] == ["Call", "Say", "Mark", "Say", "Call"]
    else:
        assert_woven(turn, "abc")
    assert "my own words" not in list(turn.answers)


def test_an_older_subagents_file_stands_beside(log: Transcript, tmp_path: Path) -> None:
    log.result(start(log), "report")
    log.says("done")
    helper(agentId="abc").store(tmp_path, "agent-abc")
    helper(agentId="def").store(tmp_path, "agent-def")
    other = (tmp_path / "agent-def.jsonl").read_text().replace(SESSION, "another")
    (tmp_path / "agent-def.jsonl").write_text(other)
    (turn,) = read(log.store(tmp_path)).turns
    assert_woven(turn, "abc")


def test_a_subagent_inside_the_file_is_woven_in(log: Transcript, tmp_path: Path) -> None:
    call = start(log)
    last = log.last
    log.records += helper().records
    log.result(call, "report", parent=last)
    log.says("done")
    (turn,) = read(log.store(tmp_path)).turns
    assert_woven(turn, None)
    assert not turn.abandoned


def test_a_subagent_told_as_progress_is_woven_in_unless_its_file_is_there(log: Transcript, tmp_path: Path) -> None:
    call = start(log)
    for record in helper().records:
        message = {
            key: record[key] for key in ("type", "message", "uuid", "timestamp", "toolUseResult") if key in record
        }
        data = {"type": "agent_progress", "agentId": "abc", "message": message}
        log.tree("progress", data=data, parentToolUseID=call)
    log.result(call, "report")
    log.says("done")
    path = log.store(tmp_path)
    assert_woven(read(path).turns[0], "abc")
    helper(agentId="abc").store(tmp_path / SESSION / "subagents", "agent-abc")
    assert_woven(read(path).turns[0], "abc")


def test_warm_up_subagents_are_left_out(log: Transcript, tmp_path: Path) -> None:
    own = helper(agentId="abc")
    own.records[0]["message"]["content"] = "Warmup"
    own.store(tmp_path / SESSION / "subagents", "agent-abc")
    assert only_turn(log, tmp_path).steps == ()


HEREDOC = "cat > a.py <<'EOF'\nx = 1\nEOF\n"
FAILED = "Exit code 1\nTraceback"
REFUSED = "The user doesn't want to proceed with this tool use. The tool use was rejected."


@pytest.mark.parametrize(
    ("command", "said", "result", "written"),
    [
        (HEREDOC + "python a.py", FAILED, f"Error: {FAILED}", True),
        (HEREDOC + "python a.py", "Exit code 143\nCommand timed out after 2m 0s", "Error: Exit code 143", True),
        (HEREDOC + "python a.py", "", {"stdout": "", "stderr": "", "interrupted": True}, True),
        ("pytest && " + HEREDOC, FAILED, f"Error: {FAILED}", False),
        ("sleep 99\n" + HEREDOC, "", {"stdout": "", "stderr": "", "interrupted": True}, False),
        ("sleep 99\n" + HEREDOC, "Exit code 143\nCommand timed out after 2m 0s", "Error: Exit code 143", False),
        (HEREDOC + "python a.py", REFUSED, f"Error: {REFUSED}", False),
        (HEREDOC + "python a.py", "<tool_use_error>InputValidationError", "InputValidationError: []", False),
        ("rm a.py; python b.py", FAILED, f"Error: {FAILED}", False),
    ],
)
def test_what_a_shell_command_wrote_before_it_failed_stays(
    log: Transcript, tmp_path: Path, command: str, said: str, result: Any, written: bool
) -> None:
    call = log.call("Bash", {"command": command})
    log.result(call, said, result, error=not isinstance(result, dict))
    [made] = only_turn(log, tmp_path).calls
    assert made.failed
    assert [(edit.path, edit.after, edit.source) for edit in made.edits] == [(A, "x = 1\n", "shell")] * written
