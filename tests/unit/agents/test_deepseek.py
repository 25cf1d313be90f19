"""DeepSeek TUI: an own small store, made after the program's source; no real session was at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gitstory.agents.base import Source
from gitstory.agents.deepseek import AGENT
from gitstory.model import Conversation, Edit, Hunk, Replacement
from gitstory.testing import Expect, conformance
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "deepseek-tui"
APP = "/home/dev/work/app"


def only(root: Path) -> Conversation:
    (source,) = AGENT.sources(root)
    (one,) = AGENT.read(source).conversations
    return one


def changed(tmp_path: Path, **told: object) -> Conversation:
    """The conversation of the small store with parts of its session replaced."""
    (path,) = STORE.glob("*.json")
    (tmp_path / path.name).write_text(json.dumps(json.loads(path.read_text()) | told))
    return only(tmp_path)


def edits(tmp_path: Path, tool: str, output: str, **given: Any) -> list[Edit]:
    """The edits of one call with its result."""
    told = [
        {"role": "user", "content": "Do it"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": tool, "input": given}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": output}]},
    ]
    return [edit for turn in changed(tmp_path, messages=told).turns for edit in turn.edits]


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(conversations=1, prompts=2, edits=3, skipped=0), readings=tries(100))


def test_turns_and_edits() -> None:
    one = only(STORE)
    first, second = one.turns
    edits = list(first.edits)
    assert [turn.prompt for turn in one.turns] == [
        "Let the parser take empty lines",
        "Rename the file of the notes and commit",
    ]
    assert [(edit.path, edit.op) for edit in edits] == [
        (f"{APP}/parser.py", "modify"),
        (f"{APP}/notes.md", "create"),
    ]
    assert edits[0].hunks[0].new_start == 1 and edits[1].after == "Empty lines are left out.\n"
    assert [call.failed for call in first.calls] == [False, False, False, True]
    assert [edit.path for edit in second.edits] == [f"{APP}/notes.md"]
    assert list(second.calls)[-1].commits == ("1a2b3c4",)
    assert (one.models, one.places, one.version) == (("deepseek-chat",), (APP,), "1")


def test_no_times_are_made_up() -> None:
    """A session is dated when it is first saved, after its first edits."""
    one = only(STORE)
    assert (one.times, one.started) == ("bounds", None) and one.updated is not None
    assert all(turn.time is None for turn in one.turns)


def test_a_newer_schema_is_read_as_far_as_it_is_understood(tmp_path: Path) -> None:
    messages = [
        {"role": "user", "content": "As plain text"},
        {"role": "assistant", "content": [{"type": "hologram"}, {"type": "text", "text": "Yes"}]},
        {"role": "oracle", "content": []},
    ]
    one = changed(tmp_path, schema_version=7, messages=messages)
    assert (one.version, one.skipped, [turn.prompt for turn in one.turns]) == ("7", 2, ["As plain text"])


def test_the_head_tells_the_place_and_nothing_else_is_needed(tmp_path: Path) -> None:
    (source,) = AGENT.sources(STORE)
    assert AGENT.places(source) == (APP,)
    assert AGENT.places(Source("deepseek-tui", tmp_path / "gone.json", (0,), 0, 0.0)) == ()


def test_a_unified_patch_of_many_files(tmp_path: Path) -> None:
    patch = (
        "--- a/one.py\n+++ b/one.py\n@@ -7,2 +7,2 @@\n kept\n-old\n+new\n"
        "--- /dev/null\n+++ b/two.py\n@@ -0,0 +1,2 @@\n+first\n+second\n"
        "--- a/three.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"
    )
    assert edits(tmp_path, "apply_patch", '{"success": true}', patch=patch) == [
        Edit(f"{APP}/one.py", hunks=(Hunk(0, 0, (" kept", "-old", "+new")),)),
        Edit(f"{APP}/two.py", "create", before="", after="first\nsecond\n"),
        Edit(f"{APP}/three.py", "delete"),
    ]
    assert edits(tmp_path, "apply_patch", "Error: Failed to find matching location", patch=patch) == []


def test_the_path_beside_a_patch_overrules_its_header(tmp_path: Path) -> None:
    hunk = "@@ -1 +1 @@\n-old\n+new\n"
    for patch in (hunk, "--- a/other.py\n+++ b/other.py\n" + hunk):
        found = edits(tmp_path, "apply_patch", '{"success": true}', path="one.py", patch=patch)
        assert found == [Edit(f"{APP}/one.py", hunks=(Hunk(0, 0, ("-old", "+new")),))]
    assert edits(tmp_path, "apply_patch", '{"success": true}', patch=hunk) == []


def test_whole_files_handed_to_apply_patch(tmp_path: Path) -> None:
    changes = [{"path": "one.py", "content": "one\n"}, {"path": "two.py", "content": "two\n"}, {"path": "bad"}]
    output = json.dumps({"success": True, "file_summaries": [{"path": "two.py", "created": True}]}, indent=2)
    assert edits(tmp_path, "apply_patch", output + '\n<diagnostics file="one.py">', changes=changes) == [
        Edit(f"{APP}/one.py", after="one\n"),
        Edit(f"{APP}/two.py", "create", before="", after="two\n"),
    ]


def test_a_shortened_result_shows_no_diff(tmp_path: Path) -> None:
    cut = "--- a/f\n+++ b/f\n@@ -1,6 +1,6 @@\n a\n-b\n+B\n\n\n[... output truncated for context ...]\n\n e\n"
    compacted = (
        "[edit_file output compacted to protect context]\nSnippet: --- a/f\n+++ b/f\n@@ -1,6 +1,6 @@\n a\n-b\n+B"
    )
    for output in (cut, compacted):
        (edit,) = edits(tmp_path, "edit_file", output, path="f", search="b", replace="B")
        assert (edit.hunks, edit.replacements) == ((), (Replacement("b", "B", True),))


def test_names_of_arguments_that_are_taken(tmp_path: Path) -> None:
    for old, new in (
        ("old_string", "new_string"),
        ("old_str", "new_str"),
        ("old_text", "new_text"),
        ("search", "replace"),
    ):
        (edit,) = edits(tmp_path, "edit_file", "Replaced 1", **{"file_path": "f", old: "a", new: ""})
        assert edit == Edit(f"{APP}/f", replacements=(Replacement("a", "", True),))


def test_what_the_program_says_in_the_users_place_is_no_prompt(tmp_path: Path) -> None:
    said = ["<turn_meta>\nx\n</turn_meta>", '<diagnostics file="a.py">\nERROR', "[REPL round 1 output]\n4", "Mine"]
    told = [{"role": "user", "content": [{"type": "text", "text": one}]} for one in said]
    assert [turn.prompt for turn in changed(tmp_path, messages=told).turns] == ["Mine"]
