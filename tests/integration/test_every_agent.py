"""Every reader's small store, replayed: what it says was edited is committed, and blame names the turn that wrote it.

The store is copied with its paths moved into a scratch repository. The files are made of the edits alone: what an edit
takes for granted stands in the first commit, what it leaves in the second.
"""

from __future__ import annotations

import json
import os
import shutil
from base64 import urlsafe_b64encode
from collections import Counter
from pathlib import Path

import pytest
from msgspec import structs

from gitstory.agents import registry
from gitstory.agents.base import Agent
from gitstory.agents.catalog import AGENTS
from gitstory.model import Conversation, Edit
from gitstory.testing.whole_agent_store import conversations, read_all
from tests.agents_table import ROOTS
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.smallstores import DATA, built

WITH_STORE = [name for name in AGENTS if (DATA / name).is_dir()]
TELLING = {
    b"b = 2": b"b = second_value_of_all",
    b"b = 3": b"b = third_value_of_all",
    b"c = 3": b"c = further_value_of_all",
    b"Notes": b"Notes on what all of this is for",
    rb'"b\n"': rb'"b_is_a_line_of_its_own\n"',
    b"hello\\n": b"hello to everybody here\\n",
    b"half = True": b"half_of_it = True",
}
"""What stands in small stores is too short to be told from anybody's: longer words take its place."""
_LEAST = 8
"""Characters of a line that is asked for."""


def read(reader: Agent, root: Path) -> list[Conversation]:
    return list(conversations(read_all(reader, [root])))


class Files:
    """`base` and `now` by path from the top; `wrote` tells which turns added each line (forks repeat them)."""

    def __init__(self, top: str) -> None:
        self.top = top.rstrip("/") + "/"
        self.base: dict[str, str] = {}
        self.now: dict[str, str] = {}
        self.wrote: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self.done: dict[Edit, list[str]] = {}

    def apply(self, edit: Edit, turn: tuple[str, str]) -> None:
        if not edit.path.startswith(self.top) or edit.op == "rename":
            return
        path = edit.path.removeprefix(self.top)
        again = structs.replace(edit, time=None)
        if again in self.done:  # a fork repeats it
            for line in self.done[again]:
                self.wrote[path, line].add(turn)
            return
        self.lines: list[str] = []
        if edit.op == "delete":
            self.now.pop(path, None)
        elif edit.after is not None:
            if edit.before and path not in self.now:
                self.base[path] = self.now[path] = edit.before
            before = "" if edit.op == "create" else self.now.get(path, "") if edit.before is None else edit.before
            self._added(path, before, edit.after, turn)
            self.now[path] = edit.after
        elif edit.hunks:
            for hunk in edit.hunks:
                for line in (line[1:] for line in hunk.lines if line[:1] == "+"):  # also what it puts back as it was
                    self.wrote.setdefault((path, line), set()).add(turn)
                old = "".join(line[1:] + "\n" for line in hunk.lines if line[:1] != "+")
                self._replace(path, old, "".join(line[1:] + "\n" for line in hunk.lines if line[:1] != "-"), turn)
        for pair in () if edit.hunks or edit.after is not None else edit.replacements:
            self._replace(path, pair.old, pair.new, turn)
        self.done[again] = self.lines

    def _replace(self, path: str, old: str, new: str, turn: tuple[str, str]) -> None:
        if old not in self.now.get(path, ""):
            self.base[path] = self.base.get(path, "") + old
            self.now[path] = self.now.get(path, "") + old
        text = self.now.get(path, "")
        self._added(path, old, new, turn)
        self.now[path] = text.replace(old, new, 1) if old else text + new

    def _added(self, path: str, old: str, new: str, turn: tuple[str, str]) -> None:
        for line in Counter(new.splitlines()) - Counter(old.splitlines()):
            self.wrote.setdefault((path, line), set()).add(turn)
            self.lines.append(line)


def moved(name: str, tmp_path: Path, top: Path) -> Path:
    """The store of an agent with its conversations' directory replaced by `top`; the root to be configured."""
    folder = tmp_path / "source"
    shutil.copytree(DATA / name, folder / name)
    whole = built(name, tmp_path / "probe")
    found = read(registry.agent(name), whole / ROOTS.get(name, "."))
    edited = [Path(edit.path).parent.as_posix() for one in found for turn in one.turns for edit in turn.edits]
    elsewhere = [path for path in edited if path.startswith("/") and not path.startswith(whole.as_posix())]
    place = os.path.commonpath(elsewhere) if elsewhere else "/nowhere"
    for path in (path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes().replace(place.encode(), top.as_posix().encode())
        for short, long in TELLING.items():
            data = data.replace(short, long)
        path.write_bytes(data)
    for path in sorted(folder.rglob(_in_base64(place))):
        path.rename(path.with_name(_in_base64(top.as_posix())))
    return place_store(name, folder, tmp_path, top)


def _in_base64(path: str) -> str:
    """What Kiro's editor calls the folder of a workspace."""
    return urlsafe_b64encode(path.encode()).decode().rstrip("=")


def place_store(name: str, folder: Path, tmp_path: Path, top: Path) -> Path:
    """Make the databases, and lay what an agent keeps within the work tree where it keeps it."""
    import sqlite3

    for script in sorted(folder.rglob("*.sql")):
        made = sqlite3.connect(script.with_suffix(""))
        made.executescript(script.read_text("utf-8"))
        made.close()
        script.unlink()
    root = folder / name / ROOTS.get(name, ".")
    local = AGENTS[name].local
    if local:
        target = top / local[0]
        target.parent.mkdir(parents=True, exist_ok=True)
        source = root if root.as_posix().endswith(local[0]) else root / local[0]
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        return target
    return root


@pytest.mark.parametrize("name", WITH_STORE)
def test_blame_names_the_turn(name: str, repo: GitRepo, tmp_path: Path) -> None:
    blamed(name, repo, tmp_path, repo.path)


@pytest.mark.parametrize("name", WITH_STORE)
def test_blame_names_the_turn_in_a_checkout_behind_a_link(name: str, repo: GitRepo, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repo.path)
    blamed(name, repo, tmp_path, link)


def blamed(name: str, repo: GitRepo, tmp_path: Path, top: Path) -> None:
    """The agent worked in `top`, by which it knows the repository."""
    reader = registry.agent(name)
    repo.write(".git/info/exclude", ".aider*\n.specstory\n.crush\n")
    root = moved(name, tmp_path, top)
    files = Files(top.as_posix())
    told = [one for one in read(reader, root) if not one.subagent]
    for one in sorted(told, key=lambda one: one.started or 0.0):
        for turn in one.turns:
            for edit in turn.edits if not turn.abandoned else ():
                files.apply(edit, (one.id, turn.id))
    times = [moment for one in told for moment in (one.started, one.updated) if moment is not None]
    repo.commit("base", {"top.txt": "top\n", **files.base}, at=int(min(times)) - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    git_story(repo.path, "config", "set", f"agents.{name}.roots", str(root))
    for path in set(files.base) - set(files.now):
        (repo.path / path).unlink()
    repo.commit("the work", dict(files.now), at=int(max(times)) + 100)
    git_story(repo.path, "backfill", "--all")
    right: list[str] = []
    wrong: list[tuple[str, str]] = []
    missed: list[str] = []
    for path in files.now:
        for row in map(json.loads, git_story(repo.path, "blame", "--json", "HEAD", "--", path).stdout.splitlines()):
            expected = files.wrote.get((path, row["text"]))
            if row["turn"] is not None and (row["conversation"], row["turn"]) not in (expected or ()):
                wrong.append((row["text"], row["turn"]))
            elif expected and len(row["text"].replace(" ", "")) >= _LEAST:
                (missed if row["turn"] is None else right).append(row["text"])
    assert wrong == []
    # What was rewound stood in the file for a while: such a line is told of nobody.
    assert right and len(right) >= 0.6 * (len(right) + len(missed)), missed


@pytest.mark.parametrize("name", [name for name in WITH_STORE if not AGENTS[name].local])
def test_a_conversation_of_another_repository_is_found_by_its_id(name: str, repo: GitRepo, tmp_path: Path) -> None:
    root = built(name, tmp_path / "store") / ROOTS.get(name, ".")
    git_story(repo.path, "config", "set", f"agents.{name}.roots", str(root))
    said = git_story(repo.path, "conversations", "--all", "--json", "--agent", name).stdout
    listed = [json.loads(line)["id"] for line in said.splitlines()]
    assert listed
    for ident in listed:
        assert f"  {ident}\n" in git_story(repo.path, "show", f"{name}:{ident}").stdout
    assert f"conversation {listed[0]} " in git_story(repo.path, "forget", f"{name}:{listed[0]}", "--dry-run").stdout
