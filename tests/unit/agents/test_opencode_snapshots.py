"""Files that shell commands wrote, out of the trees OpenCode keeps: real git, real databases."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.opencode import AGENT
from gitstory.agents.opencode.snapshots import LARGEST, Snapshots
from gitstory.model import Edit

PROJECT = "9ad7a072"
BEFORE = {"a.py": "one = 1\n", "lib/b.py": "two = 2\n", "gone.txt": "bye\n", "same.md": "same\n"}
AFTER = {"a.py": "uno = 1\n", "lib/b.py": "two = 3\n", "new/c.py": "made\n", "same.md": "same\n"}


class Store:
    """OpenCode's folder with a snapshot repository of `work`, as the program lays it out."""

    def __init__(self, top: Path) -> None:
        self.data, self.work = top / "opencode", top / "app"
        self.git_dir = self.data / "snapshot" / PROJECT / "90650c46"
        self.work.mkdir()
        self.git_dir.mkdir(parents=True)
        self.git("init", "-q")

    def git(self, *arguments: str) -> str:
        env = {**os.environ, "GIT_DIR": str(self.git_dir), "GIT_WORK_TREE": str(self.work)}
        return subprocess.run(
            ["git", *arguments], env=env, cwd=self.work, check=True, capture_output=True, text=True
        ).stdout.strip()

    def tree(self, files: dict[str, str]) -> str:
        for path in [path for path in self.work.rglob("*") if path.is_file()]:
            path.unlink()
        for name, text in files.items():
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).write_bytes(text.encode())
        self.git("add", "-A", ".")
        return self.git("write-tree")

    def snapshots(self) -> Snapshots:
        return Snapshots(self.data / "snapshot", PROJECT)

    def part(self, tool: str, given: dict[str, Any]) -> dict[str, Any]:
        state = {
            "status": "completed",
            "input": given,
            "output": "ok",
            "metadata": {"exit": 0},
            "time": {"start": 5000},
        }
        return {"type": "tool", "tool": tool, "callID": f"c{tool}", "state": {**state, "time": {"start": 5000}}}

    def edits(self, before: str, after: str, files: list[str], *calls: dict[str, Any], **info: Any) -> list[Edit]:
        """What a session of one step tells of its calls."""
        path = {"cwd": str(self.work), "root": str(self.work)}
        parts = [
            {"type": "step-start", "snapshot": before},
            *calls,
            {"type": "step-finish", "snapshot": after},
            {"type": "patch", "hash": before, "files": [str(self.work / file) for file in files]},
        ]
        told: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
            ({"role": "user", "time": {"created": 1000}}, [{"type": "text", "text": "Go"}]),
            ({"role": "assistant", "path": path, "time": {"created": 2000}}, parts),
        ]
        with closing(sqlite3.connect(self.data / "opencode.db")) as db, db:
            db.execute("CREATE TABLE session (id, project_id, directory, title, revert, time_created, time_updated)")
            db.execute("CREATE TABLE message (id, session_id, time_created, time_updated, data)")
            db.execute("CREATE TABLE part (id, message_id, session_id, time_created, time_updated, data)")
            revert = json.dumps(info.get("revert")) if info else None
            row = ("ses_1", PROJECT, str(self.work), "t", revert, 1000, 2000)
            db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            for number, (message, listed) in enumerate(told):
                ident = f"msg_{number}"
                row = (ident, "ses_1", number, number, json.dumps(message))
                db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", row)
                for place, one in enumerate(listed):
                    db.execute(
                        "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)",
                        (f"prt_{number}{place:02}", ident, "ses_1", place, place, json.dumps(one)),
                    )
        [source] = AGENT.sources(self.data)
        [found] = AGENT.read(source).conversations
        assert found.skipped == 0
        return [edit for turn in found.turns for edit in turn.edits]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def shown(store: Store, edits: list[Edit]) -> list[tuple[str, str, str | None, str | None]]:
    assert all(edit.source == "shell" for edit in edits)
    return [(os.path.relpath(edit.path, store.work), edit.op, edit.before, edit.after) for edit in edits]


CHANGED = ["a.py", "gone.txt", "lib/b.py", "new/c.py"]
EXACT = [
    ("a.py", "modify", "one = 1\n", "uno = 1\n"),
    ("gone.txt", "delete", "bye\n", None),
    ("lib/b.py", "modify", "two = 2\n", "two = 3\n"),
    ("new/c.py", "create", "", "made\n"),
]


@pytest.mark.parametrize("packed", [False, True])
def test_what_a_shell_command_wrote_is_in_the_trees_around_it(store: Store, packed: bool) -> None:
    before, after = store.tree(BEFORE), store.tree(AFTER)
    if packed:
        for tree in (before, after):
            store.git("update-ref", f"refs/trees/{tree}", store.git("commit-tree", tree, "-m", "x"))
        store.git("gc", "-q")
    bash = store.part("bash", {"command": "./generate.sh && sed -i s/one/uno/ a.py"})
    assert shown(store, store.edits(before, after, CHANGED, bash)) == EXACT


def test_files_of_edit_tools_are_told_by_those(store: Store) -> None:
    before, after = store.tree(BEFORE), store.tree(AFTER)
    write = store.part("write", {"filePath": str(store.work / "a.py"), "content": "uno = 1\n"})
    edits = store.edits(before, after, ["a.py", "new/c.py"], write, store.part("bash", {"command": "./generate.sh"}))
    assert [(edit.path.rpartition("/")[2], edit.source) for edit in edits] == [("a.py", "tool"), ("c.py", "shell")]


def test_without_a_shell_command_the_change_is_somebody_elses(store: Store) -> None:
    before, after = store.tree(BEFORE), store.tree(AFTER)
    assert store.edits(before, after, CHANGED, store.part("read", {"filePath": str(store.work / "a.py")})) == []


def test_what_was_taken_back_is_not_told(store: Store) -> None:
    before, after = store.tree(BEFORE), store.tree(AFTER)
    bash = store.part("bash", {"command": "./generate.sh"})
    assert store.edits(before, after, CHANGED, bash, revert={"messageID": "msg_0"}) == []


def test_without_the_trees_the_files_are_known_by_name(store: Store) -> None:
    before, after = store.tree(BEFORE), "f" * 40
    bash = store.part("bash", {"command": "./generate.sh; echo made > new/c.py"})
    found = shown(store, store.edits(before, after, ["a.py", "new/c.py"], bash))
    assert found == [("new/c.py", "modify", None, "made\n"), ("a.py", "modify", None, None)]


def test_large_files_and_such_without_text_are_left_out(store: Store) -> None:
    tree = store.tree({"large": "x" * (LARGEST + 1), "zero": "a\0b", "latin": "", "fine": "é\n"})
    (store.work / "latin").write_bytes(b"\xe9\n")
    store.git("add", "-A", ".")
    after = store.git("write-tree")
    snapshots = store.snapshots()
    assert [snapshots.change(tree, after, name) for name in ("large", "zero", "latin")] == [None] * 3
    assert snapshots.change(tree, after, "fine") == ("é\n", "é\n")


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../a.py", "lib", "lib/../a.py"])
def test_paths_that_are_no_files_of_the_tree_tell_nothing(store: Store, path: str) -> None:
    tree = store.tree(BEFORE)
    assert store.snapshots().change(tree, tree, path) is None


def test_a_tree_that_is_no_id_or_not_there_tells_nothing(store: Store) -> None:
    tree = store.tree(BEFORE)
    assert store.snapshots().change(tree, "main", "a.py") is store.snapshots().change(tree, "0" * 40, "a.py") is None
    assert Snapshots(store.data / "none").change(tree, tree, "a.py") is None
    assert Snapshots(store.data / "snapshot").change(tree, tree, "a.py") == ("one = 1\n", "one = 1\n")


def test_an_object_that_is_no_file_is_not_opened(store: Store) -> None:
    """A pipe in an object's place would keep the reader waiting for ever."""
    tree = store.tree(BEFORE)
    loose = store.git_dir / "objects" / tree[:2] / tree[2:]
    loose.unlink()
    os.mkfifo(loose)
    assert store.snapshots().change(tree, tree, "a.py") is None
