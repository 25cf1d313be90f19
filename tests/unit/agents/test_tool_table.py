"""What a table of an agent's tools makes of a call: every action, and every choice a table has."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.model import Edit, Hunk, Replacement

TABLE = ToolTable(
    tools(
        shell=("run",),
        patch=("apply",),
        new=("make",),
        create=("put",),
        write=("write",),
        replace=("edit",),
        insert=("insert",),
        delete=("remove",),
        name=("touch",),
    ),
    shown=("command", "path"),
    folder=("cwd",),
)
PATCH = "*** Begin Patch\n*** Add File: a.py\n+one\n*** End Patch"
DIFF = "@@ -1 +1 @@\n-a\n+b\n"
PAIR = {"path": "a.py", "old_string": "a", "new_string": "b"}
CASES: list[tuple[str, dict[str, Any], tuple[Edit, ...]]] = [
    ("run", {"command": "echo hi > a.py"}, (Edit("/w/a.py", source="shell", after="hi\n"),)),
    ("apply", {"patch": PATCH}, (Edit("/w/a.py", "create", after="one\n"),)),
    ("make", {"path": "a.py", "content": "x"}, (Edit("/w/a.py", "create", before="", after="x"),)),
    ("put", {"path": "a.py", "content": "x"}, (Edit("/w/a.py", "create", after="x"),)),
    ("write", {"path": "a.py", "content": ""}, (Edit("/w/a.py", after=""),)),
    ("write", {"path": "a.py"}, ()),
    ("write", {"content": "x"}, ()),
    ("edit", PAIR, (Edit("/w/a.py", replacements=(Replacement("a", "b"),)),)),
    ("edit", {**PAIR, "replace_all": True}, (Edit("/w/a.py", replacements=(Replacement("a", "b", True),)),)),
    ("edit", {**PAIR, "new_string": "a"}, (Edit("/w/a.py"),)),
    ("edit", {"path": "a.py", "edits": [PAIR, "?"]}, (Edit("/w/a.py", replacements=(Replacement("a", "b"),)),)),
    ("insert", {"path": "a.py", "new_string": "b\r\n"}, (Edit("/w/a.py", hunks=(Hunk(0, 0, ("+b",)),)),)),
    ("insert", {"path": "a.py", "content": "b"}, (Edit("/w/a.py", hunks=(Hunk(0, 0, ("+b",)),)),)),
    ("remove", {"path": "a.py"}, (Edit("/w/a.py", "delete"),)),
    ("touch", {"path": "/b.py"}, (Edit("/b.py"),)),
    ("look", PAIR, ()),
]


def closed(table: ToolTable, tool: str, given: dict[str, Any], **more: Any) -> CallDraft:
    call = table.call(Draft("a", "b", "c", places=["/w"]), tool, "1", given)
    table.close(call, "done", more.pop("failed", False), **more)
    return call


@pytest.mark.parametrize(("tool", "given", "edits"), CASES)
def test_what_a_tool_did(tool: str, given: dict[str, Any], edits: tuple[Edit, ...]) -> None:
    assert closed(TABLE, tool, given).edits == edits
    assert tool == "run" or closed(TABLE, tool, given, failed=True).edits == ()


@pytest.mark.parametrize(
    ("empty", "edits"),
    [
        ("drop", (Edit("/w/a.py"),)),
        ("keep", (Edit("/w/a.py", replacements=(Replacement("", "b"),)),)),
        ("new", (Edit("/w/a.py", "create", before="", after="b"),)),
        ("write", (Edit("/w/a.py", after="b"),)),
    ],
)
def test_a_replacement_of_no_text(empty: str, edits: tuple[Edit, ...]) -> None:
    given = {**PAIR, "old_string": ""}
    assert closed(structs.replace(TABLE, empty=empty), "edit", given).edits == edits


def test_what_is_not_known_names_the_file_or_nothing() -> None:
    assert closed(TABLE, "edit", {"path": "a.py"}).edits == (Edit("/w/a.py"),)
    assert closed(structs.replace(TABLE, named=False), "edit", {"path": "a.py"}).edits == ()


def test_what_a_result_adds() -> None:
    assert closed(TABLE, "edit", PAIR, diff=DIFF).edits == (Edit("/w/a.py", hunks=(Hunk(1, 1, ("-a", "+b")),)),)
    assert closed(TABLE, "edit", PAIR, everywhere=True).edits[0].replacements == (Replacement("a", "b", True),)
    assert closed(TABLE, "look", {"path": "a.py", "content": "x"}, action="write").edits == (
        Edit("/w/a.py", after="x"),
    )
    commit = "[main 1234567] Say hi\n"
    assert closed(TABLE, "run", {"command": "git commit -m hi"}, printed=commit).commits == ("1234567",)
    assert closed(TABLE, "run", {"command": "echo hi > a.py"}, failed=True, ran=False).edits == ()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"patch": PATCH, "path": "a.py"}, "Add File: a.py"),
        ({"path": "a.py", "command": "ls"}, "ls"),
        ({"other": 1}, '{"other":1}'),
        ({}, ""),
    ],
)
def test_what_is_shown_of_a_call(given: dict[str, Any], shown: str) -> None:
    assert TABLE.requested("look", "", given, None).input == shown


def test_the_directory_and_the_name_of_a_call() -> None:
    assert closed(TABLE, "touch", {"path": "a.py", "cwd": "sub"}).edits == (Edit("/w/sub/a.py"),)
    plain = structs.replace(TABLE, plain=lambda tool: tool.rpartition("__")[2])
    assert closed(plain, "dev__touch", {"path": "a.py"}).edits == (Edit("/w/a.py"),)


def test_blocks_of_an_answer() -> None:
    draft = Draft("a", "b", "c", places=["/w"])
    blocks = [
        {"type": "text", "text": "Yes."},
        {"type": "tool_use", "name": "touch", "id": "1", "input": {"path": "a.py"}},
        {"type": "sealed"},
        {"type": "unheard of"},
    ]
    TABLE.answer(draft, blocks, quiet=("sealed",))
    assert [type(step).__name__ for step in draft.turn.steps] == ["Say", "CallDraft"]
    assert draft.skipped == 1
