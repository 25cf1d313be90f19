"""Kiro's editor before 1.0: a small store made by hand after readers of real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.kiro_ide import AGENT, _decoded
from gitstory.agents.resume_command import resume_command
from gitstory.model import Conversation, Say
from gitstory.testing import Expect, conformance
from tests.examples import tries
from tests.smallstores import DATA, built

SESSION = "5c2d0001-0000-4000-8000-00000000000a"
APP = "/home/dev/work/app"
BEGUN = 1772445600.0


def read(root: Path) -> Conversation:
    (one,) = [one for source in AGENT.sources(root) for one in AGENT.read(source).conversations]
    return one


def executions(store: Path) -> dict[str, Path]:
    """File of each execution, by the digit of its id that tells them apart."""
    found = [path for path in store.glob("*/414d*/*") if path.is_file()]
    return {json.loads(path.read_text())["executionId"][7]: path for path in found}


def changed(path: Path, **members: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))


def test_it_conforms(tmp_path: Path) -> None:
    expect = Expect(conversations=1, prompts=4, edits=4, skipped=0)
    conformance(AGENT, DATA / "kiro-ide", tmp_path, expect, readings=tries(150))


def test_prompts_and_answers_with_the_times_of_executions() -> None:
    one = read(DATA / "kiro-ide")
    assert [(turn.id, turn.prompt, turn.time, turn.images) for turn in one.turns] == [
        ("u1", "Give every line its length, and say so in the notes", BEGUN + 10, 0),
        ("u2", "Take the old helper away and commit", BEGUN + 110, 1),
        ("u3", "Add the limit", BEGUN + 210, 0),
        ("u4", "What was the limit?", None, 0),
    ]
    assert [step.text for turn in one.turns for step in turn.steps if isinstance(step, Say)] == [
        "I look at it first.",
        "Every line has its length.",
        "The limit is eighty columns.",
        "Eighty columns.",
    ]
    assert (one.id, one.title, one.places, one.models, one.times) == (
        SESSION,
        "Lengths",
        (APP,),
        ("lab-2",),
        "recorded",
    )
    assert (one.started, one.updated) == (BEGUN + 10, BEGUN + 240)


def test_edits_are_those_that_were_accepted() -> None:
    first, second, third, fourth = read(DATA / "kiro-ide").turns
    replaced, created = first.edits
    assert (replaced.path, replaced.before, replaced.time) == (
        f"{APP}/measure.py",
        "def measure(lines):\n    return lines\n",
        BEGUN + 15,
    )
    assert (created.path, created.op, created.before) == (f"{APP}/docs/notes.md", "create", "")
    assert [(edit.path, edit.op) for edit in second.edits] == [(f"{APP}/helper.py", "delete")]
    assert [(call.tool, call.failed, call.commits) for call in second.calls] == [
        ("delete", False, ()),
        ("runCommand", False, ("9a8b7c6",)),
        ("runCommand", True, ()),
    ]
    assert not list(fourth.edits)
    assert [(edit.path, edit.after, edit.time) for edit in third.edits] == [
        (f"{APP}/limit.py", "LONGEST_LINE_IN_COLUMNS = 80\n", BEGUN + 210)
    ]


def test_what_was_done_before_the_prompt_is_not_its_turns() -> None:
    """The context of an execution holds the session up to then."""
    assert all("elsewhere" not in edit.path for turn in read(DATA / "kiro-ide").turns for edit in turn.edits)


def test_a_session_without_its_executions_has_prompts(tmp_path: Path) -> None:
    store = built("kiro-ide", tmp_path)
    for path in executions(store).values():
        path.unlink()
    one = read(store)
    assert ([turn.time for turn in one.turns], one.times, one.skipped) == ([None] * 4, "bounds", 0)
    assert [step for turn in one.turns for step in turn.steps] == [Say("Eighty columns.")]


def test_executions_are_found_under_another_name_of_the_workspace(tmp_path: Path) -> None:
    store = built("kiro-ide", tmp_path)
    (folder,) = {path.parents[1] for path in executions(store).values()}
    folder.rename(store / ("0" * 32))
    assert len([edit for turn in read(store).turns for edit in turn.edits]) == 4


def test_another_execution_is_another_stamp(tmp_path: Path) -> None:
    store = built("kiro-ide", tmp_path)
    (before,) = AGENT.sources(store)
    path = executions(store)["2"]
    kept = path.read_bytes()
    path.unlink()
    (after,) = AGENT.sources(store)
    assert after.stamp != before.stamp
    assert not list(read(store).turns[1].edits)
    path.write_bytes(kept)
    assert len(list(read(store).turns[1].edits)) == 1


def test_an_execution_that_is_broken_is_counted(tmp_path: Path) -> None:
    store = built("kiro-ide", tmp_path)
    path = executions(store)["1"]
    whole, before = path.read_text(), list(read(store).turns[0].edits)
    path.write_text(whole[:2000])  # cut off behind its first edit
    one = read(store)
    assert (one.skipped, list(one.turns[0].edits)) == (1, before[:1])


def test_executions_that_one_started_are_its_turns(tmp_path: Path) -> None:
    """However long the chain, and where it comes back to itself."""
    store = built("kiro-ide", tmp_path)
    first = executions(store)["2"]
    links = [f"5c2d-{n}" for n in range(2000)]
    for name, following in zip(["5c2d0002-0000-4000-8000-0000000000ee", *links], [*links, links[0]], strict=True):
        action = {"actionType": "specAgent", "actionState": "Success", "output": {"executionId": following}}
        said = {"actionType": "say", "output": {"message": name}}
        told = {"executionId": name, "startTime": int(BEGUN * 1000), "actions": [said, action]}
        (first if name not in links else first.with_name(name)).write_text(json.dumps(told))
    turn = read(store).turns[1]
    assert [step.text for step in turn.steps if isinstance(step, Say)][1:] == links


def test_what_a_command_did_is_read_only_with_its_end(tmp_path: Path) -> None:
    store = built("kiro-ide", tmp_path)
    wrote = {"command": "cat > a.txt <<'X'\nhello\nX\n"}
    for code, edits in (({"exitCode": 0}, 1), ({}, 0)):
        action = {"actionType": "runCommand", "actionState": "Success", "input": wrote, "output": code}
        changed(executions(store)["2"], actions=[action])
        assert len(list(read(store).turns[1].edits)) == edits


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("L2hvbWUvZGV2L3dvcmsvYXBw", APP),
        ("L2hvbWUvZGV2L2FwcA__", "/home/dev/app"),
        ("L2hvbWUvZGV2L2FwcHM?", "/home/dev/apps"),
        ("Yzpcd29ya1xhcHA_", "c:\\work\\app"),
        ("L2hvbWUvw7xiZXI_", "/home/über"),
        ("not base64!", ""),
        ("_w__", ""),
    ],
)
def test_folders_of_sessions_are_named_for_paths(name: str, path: str) -> None:
    assert _decoded(name) == path


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    storage = Path("Kiro/User/globalStorage/kiro.kiroagent")
    found = AGENT.roots({"APPDATA": str(tmp_path / "roaming")}, tmp_path)
    assert [path for path in found if path.name == storage.name] == [
        tmp_path / ".config" / storage,
        tmp_path / "Library" / "Application Support" / storage,
        tmp_path / "roaming" / storage,
    ]
    assert resume_command("kiro-ide", SESSION) is None
