"""One commit or conversation that cannot be processed costs only itself, and is named until it can be."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gitstory.attribution.linking_steps import Task
from gitstory.recording import quarantine as aside
from gitstory.recording import queue_file as spool
from gitstory.watching.watcher_lock import running
from tests import program
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo

NOON = 1_780_000_000
GOOD, BAD = "aaaaaaaa-1111-4111-8111-111111111111", "bbbbbbbb-2222-4222-8222-222222222222"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are children where the system can fork")


class Project:
    def __init__(self, repo: GitRepo, home: Path) -> None:
        self.repo, self.home = repo, home
        self.base = repo.commit("base", {"base.txt": "base\n"}, at=NOON)
        self.story("enable", "--no-hooks")
        self.story("drain")

    def story(self, *args: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        done = program.as_text(program.run(args, self.repo.path, {**os.environ, **env}))
        assert code is None or done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def said(self, name: str, file: str, at: int) -> str:
        """A commit of a file that the conversation `name` wrote."""
        session = ClaudeSession(self.home, self.repo.path, at, name)
        session.prompt(f"Write {file}")
        session.write(file, f"def {name[0]}(value):\n    return '{file} by {name}'\n")
        return self.repo.commit(file, at=at + 60)

    def linked(self, commit: str) -> list[str]:
        found = json.loads(self.story("show", "--json", commit).stdout)
        return [one["id"] for one in found["conversations"]]

    def queue(self, commit: str) -> None:
        spool.append(self.repo.path / ".git" / "gitstory", spool.Event("post-commit", commit))

    def drop_queue(self) -> None:
        """No hook told of any commit, and none counts as missed."""
        state = self.repo.path / ".git" / "gitstory" / "state.json"
        known = json.loads(state.read_text())
        known["tips"] = {"refs/heads/main": self.repo.git("rev-parse", "HEAD")}
        state.write_text(json.dumps(known))

    def aside(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.story("status", "--json").stdout)["set_aside"]
        return found


@pytest.fixture
def project(repo: GitRepo, home: Path) -> Project:
    return Project(repo, home)


# --- any byte anywhere --------------------------------------------------------------------------------------------


def test_control_characters_in_commits_stop_nothing(project: Project) -> None:
    for number, subject in enumerate(["a\x02b", "\x01starts", "b\x01\n\nbody \x02\x1e\x1f", "\x7f\x1b[2J"]):
        project.repo.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", subject)
        odd = project.repo.git("rev-parse", "HEAD")
        assert project.linked(odd) == []
        good = project.said(f"{number}aaaaaaa-1111-4111-8111-111111111111", f"f{number}.py", NOON + 600 * (number + 1))
        assert project.linked(good) == [f"{number}aaaaaaa-1111-4111-8111-111111111111"]
        assert "no commits yet" not in project.story("show", odd).stderr
    assert project.story("log").stdout.count("\n")
    assert "problem: the" not in project.story("status").stdout.replace("problem: the hooks", "")
    project.story("backfill", "--all")


# --- commits that git cannot read ---------------------------------------------------------------------------------


def test_a_commit_that_cannot_be_read_is_set_aside_and_tried_again_by_doctor(project: Project) -> None:
    raw = b"tree nothing\n\x01\x02\n"
    bad = project.repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", input=raw)
    good = project.said(GOOD, "good.py", NOON + 600)
    project.queue(bad)
    project.queue(good)
    for _ in range(aside.MOST_FAILURES):
        assert project.aside() == []
        said = project.story("drain", code=None)
        assert f"commit {bad[:10]} could not be processed" in said.stderr
    assert [one["commit"] for one in project.aside()] == [bad]
    assert project.linked(good) == [GOOD]
    told = project.story("status").stdout
    assert f"commit {bad[:10]} was set aside" in told and f"`git show {bad[:10]}`" in told
    assert "could not be processed" not in project.story("drain").stderr  # nothing blocks, nothing is said again
    later = project.said(GOOD, "later.py", NOON + 1200)
    assert project.linked(later) == [GOOD]
    assert "was set aside" in project.story("doctor", "--no-trial", code=None).stdout
    assert [one["commit"] for one in project.aside()] == [bad]


def test_a_branch_that_cannot_be_walked_keeps_no_other_from_being_recorded(project: Project) -> None:
    raw = f"tree {project.base}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nno tree\n".encode()
    bad = project.repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", input=raw)
    (project.repo.path / ".git" / "refs" / "heads" / "broken").write_text(bad + "\n")
    good = project.said(GOOD, "good.py", NOON + 600)
    for _ in range(aside.MOST_FAILURES + 1):
        assert project.linked(good) == [GOOD]
    assert [one["commit"] for one in project.aside()] == [bad]
    assert project.linked(project.said(GOOD, "later.py", NOON + 1200)) == [GOOD]


# --- defects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["task.begun", "commits.begun"])
def test_a_defect_costs_the_item_it_concerns(project: Project, point: str) -> None:
    bad = project.said(BAD, "bad.py", NOON + 600)
    good = project.said(GOOD, "good.py", NOON + 1200)
    about = BAD if point == "task.begun" else bad
    for _ in range(aside.MOST_FAILURES):
        assert project.aside() == []
        project.story("drain", code=None, GITSTORY_FAULT=f"{point}@{about}=RAISE")
    (entry,) = project.aside()
    assert about in entry.values() and entry["error"] == "ValueError" and entry["place"]
    assert project.linked(good) == [GOOD]
    assert project.linked(bad) == []
    project.story("doctor", "--no-trial", code=None)
    assert project.aside() == []
    assert project.linked(bad) == [BAD]


def test_what_fails_once_is_recorded_by_the_next_run(project: Project) -> None:
    bad = project.said(BAD, "bad.py", NOON + 600)
    project.story("drain", code=None, GITSTORY_FAULT=f"task.begun@{BAD}=RAISE")
    assert "could not be processed yet" in project.story("status").stdout
    assert project.linked(bad) == [BAD]
    assert "could not be processed" not in project.story("status").stdout


def test_another_version_tries_again(project: Project) -> None:
    bad = project.said(BAD, "bad.py", NOON + 600)
    for _ in range(aside.MOST_FAILURES):
        project.story("drain", code=None, GITSTORY_FAULT=f"task.begun@{BAD}=RAISE")
    path = project.repo.path / ".git" / "gitstory" / aside.NAME
    text = path.read_text()
    path.write_text(re.sub(r'"stamp":"\w+"', '"stamp":"0000"', text))
    project.story("drain")
    assert project.aside() == [] and project.linked(bad) == [BAD]


@pytest.mark.parametrize("damage", ["", "{", "\x00\xff", "[" * 100_000])
def test_a_damaged_list_is_begun_anew(project: Project, damage: str) -> None:
    (project.repo.path / ".git" / "gitstory" / aside.NAME).write_text(damage)
    assert project.linked(project.said(GOOD, "good.py", NOON + 600)) == [GOOD]


# --- spinning and dying -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["SPIN", "ALONE"])
@pytest.mark.parametrize("point", ["task.begun", "commits.begun"])
def test_a_worker_that_spins_or_is_killed_is_replaced_and_the_item_set_aside(
    project: Project, point: str, how: str
) -> None:
    bad = project.said(BAD, "bad.py", NOON + 600)
    good = project.said(GOOD, "good.py", NOON + 1200)
    about = BAD if point == "task.begun" else bad
    fault = {"GITSTORY_FAULT": f"{point}@{about}={how}", "GITSTORY_PATIENCE": "0.2"}
    project.story("drain", code=None, **fault)
    (entry,) = project.aside()
    assert about in entry.values()
    why = "made no progress and was ended" if how == "SPIN" else "was killed"
    assert why in entry["error"] and why in project.story("status").stdout
    assert bool(entry["place"]) == (how == "SPIN")
    assert project.linked(good) == [GOOD]
    project.story("doctor", "--no-trial", code=None)
    assert project.aside() == [] and project.linked(bad) == [BAD]


def test_readers_answer_beside_a_worker_that_stands_still(project: Project) -> None:
    first = project.said(GOOD, "first.py", NOON + 600)
    assert project.linked(first) == [GOOD]
    bad = project.said(BAD, "bad.py", NOON + 1200)
    env = {**os.environ, "GITSTORY_FAULT": f"task.begun@{BAD}=SPIN"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "gitstory", "drain"], cwd=project.repo.path, env=env, start_new_session=True
    )
    journal = project.repo.path / ".git" / "gitstory" / "journal"
    try:
        while BAD not in (journal.read_text() if journal.exists() else ""):
            assert worker.poll() is None
            os.sched_yield()
        line = json.loads(journal.read_text())
        journal.write_text(json.dumps({**line, "since": time.time() - 100}))  # it has been so for long
        said = project.story("show", "--json", first)
        assert [one["id"] for one in json.loads(said.stdout)["conversations"]] == [GOOD]
        assert said.stderr.count("\n") == 1 + said.stderr.count("hint:")
        assert f"a worker has been busy with conversation {BAD} of claude-code for" in said.stderr
    finally:
        os.killpg(worker.pid, 9)
        worker.wait()
    assert project.linked(bad) == [BAD]


# --- the list itself ----------------------------------------------------------------------------------------------


def test_an_item_is_a_commit_or_a_conversation_by_id_or_else_by_file() -> None:
    by_id, by_file = Task(agent="a", id="1"), Task(agent="a", path="/x.db")
    both = Task(agent="a", id="1", path="/x.db")
    assert both.is_of(by_id) and both.is_of(by_file) and by_id.is_of(both)
    assert not Task(agent="a", id="2", path="/x.db").is_of(both)
    assert not by_id.is_of(Task(agent="b", id="1"))
    assert not by_id.is_of(Task(commit="1")) and Task(commit="1").is_of(Task(commit="1"))
    assert not by_id.is_of(by_file)


def test_what_waits_for_one_item_is_bounded(tmp_path: Path) -> None:
    kept = aside.Quarantine(tmp_path)
    for number in range(1000):
        kept.failed(Task(agent="a", id="1"), ValueError("secret text"), [b"%d\n" % number])
        kept.failed(Task(agent="b", id=str(number)), ValueError())
    kept.save()
    assert (tmp_path / aside.NAME).stat().st_size < 60_000
    assert "secret" not in (tmp_path / aside.NAME).read_text()


# --- runs beside the worker ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["SPIN", "ALONE"])
def test_what_backfill_stands_still_at_is_set_aside_and_the_rest_is_linked(project: Project, how: str) -> None:
    good, bad = project.said(GOOD, "good.py", NOON + 600), project.said(BAD, "bad.py", NOON + 1200)
    project.drop_queue()
    fault = {"GITSTORY_FAULT": f"task.begun@{BAD}={how}", "GITSTORY_PATIENCE": "0.2"}
    said = project.story("backfill", "--all", **fault)
    assert "1 of " in said.stdout and f"while it processed conversation {BAD}" in said.stderr
    (entry,) = project.aside()
    assert BAD in entry.values()
    assert f"conversation {BAD} of claude-code was set aside" in project.story("status").stdout
    project.story("doctor", "--no-trial", code=None)
    project.story("backfill", "--all")
    assert project.linked(good) == [GOOD] and project.linked(bad) == [BAD]
    assert not list((project.repo.path / ".git" / "gitstory").glob("backfill-journal"))


def test_a_commit_that_backfill_stands_still_at_is_set_aside(project: Project) -> None:
    good, bad = project.said(GOOD, "good.py", NOON + 600), project.said(BAD, "bad.py", NOON + 1200)
    project.drop_queue()
    project.story("backfill", "--all", GITSTORY_FAULT=f"task.begun@{bad}=SPIN", GITSTORY_PATIENCE="0.2")
    (entry,) = project.aside()
    assert entry["commit"] == bad and project.linked(good) == [GOOD]


def test_what_the_watcher_stands_still_at_is_set_aside_and_the_rest_is_saved(project: Project) -> None:
    for name, file in ((BAD, "bad.py"), (GOOD, "good.py")):
        session = ClaudeSession(project.home, project.repo.path, int(time.time()) - 600, name)
        session.prompt(f"Write {file}")
        session.write(file, f"written_by = '{name}'\n")
        session.say(f"Wrote {file}.")
    env = {**os.environ, "GITSTORY_FAULT": f"task.begun@{BAD}=SPIN", "GITSTORY_PATIENCE": "0.2"}
    watcher = subprocess.Popen([sys.executable, "-m", "gitstory", "watch"], cwd=project.repo.path, env=env)
    try:
        until = time.monotonic() + 120
        while not list((project.repo.path / ".gitstory" / "history").glob(f"*{GOOD}*")):
            assert watcher.poll() is None and time.monotonic() < until
            os.sched_yield()
        assert [BAD in entry.values() for entry in project.aside()] == [True]
        assert f"process {watcher.pid}" in project.story("status").stdout
        assert project.story("watch", "--stop").stdout == f"ended (process {watcher.pid})\n"
        assert watcher.wait(20) == 0
    finally:
        watcher.kill()
        watcher.wait()


def test_a_watcher_ends_with_the_process_that_guards_it(project: Project) -> None:
    watcher = subprocess.Popen([sys.executable, "-m", "gitstory", "watch"], cwd=project.repo.path)
    home = project.repo.path / ".git" / "gitstory"
    while (found := running(home)) is None or not found.pid:
        assert watcher.poll() is None
        os.sched_yield()
    watcher.kill()
    watcher.wait()
    until = time.monotonic() + 60
    while running(home) is not None:
        assert time.monotonic() < until
        os.sched_yield()
