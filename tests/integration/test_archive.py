"""Conversations are kept before their agents delete them, and found afterwards as if they were still there."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.recording import archive_conversations as archive_module
from gitstory.search.db.schema import NAME
from gitstory.store.archive import Archive, read
from gitstory.store.store import StoryStore
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.watcher import Watching, histories, until

ID = "cccccccc-1111-4222-8333-000000000001"
DAY = 86_400


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": "one\n"}, at=int(time.time()) - 60 * DAY)
    git_story(repo.path, "enable", "--no-hooks")
    return repo


def talk(project: GitRepo, home: Path, days: float, name: str = ID) -> ClaudeSession:
    """A conversation that led to no commit, last written to so many days ago."""
    one = ClaudeSession(home, project.path, int(time.time() - days * DAY), name)
    one.prompt("Why does the marmalade stick to the spoon?")
    one.write("spoon.py", "handle = 'long enough to reach the bottom'\nbowl = 'round as can be'\n")
    one.say("Because AKIAIOSFODNN7EXAMPLQ is sugar.")
    aged(one, days)
    return one


def aged(one: ClaudeSession, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(one.path, (then, then))


def kept(project: GitRepo) -> list[str]:
    return [meta.id for meta in Archive(project.path / ".git/gitstory").metas()]


def later(project: GitRepo) -> None:
    """A day passes."""
    (project.path / ".git/gitstory/archived.json").unlink(missing_ok=True)


def test_found_after_its_agent_deleted_it(project: GitRepo, home: Path) -> None:
    one = talk(project, home, 25)
    git_story(project.path, "drain")
    assert kept(project) == [ID]
    one.path.unlink()
    assert "marmalade stick" in git_story(project.path, "show", ID[:8]).stdout
    assert ID in git_story(project.path, "search", "marmalade", "--json").stdout
    assert "(only stored)" in git_story(project.path, "conversations").stdout
    project.git("add", "spoon.py")
    why = git_story(project.path, "why", "spoon.py:1").stdout
    assert "marmalade" in why
    git_story(project.path, "history", "write")
    assert "marmalade" in histories(project.path)


def test_it_is_linked_to_a_commit_made_later(project: GitRepo, home: Path) -> None:
    one = talk(project, home, 25)
    git_story(project.path, "drain")
    one.path.unlink()
    project.commit("spoon", at=int(time.time()))
    said = json.loads(git_story(project.path, "show", "--json").stdout)
    (link,) = said["conversations"]
    assert (link["id"], link["evidence"], link["lines"]) == (ID, "lines", 2)


def test_only_for_oneself_and_redacted(project: GitRepo, home: Path) -> None:
    talk(project, home, 25)
    git_story(project.path, "drain")
    (path,) = Archive(project.path / ".git/gitstory").files()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = read(path)
    assert found is not None and "AKIA" not in repr(found) and "[redacted:aws-access-key" in repr(found)
    assert project.git("for-each-ref", "refs/story") == ""


@pytest.mark.parametrize(
    ("days", "setting", "is_kept"),
    [(20, None, False), (25, None, True), (25, 365, False), (6, 10, True), (4, 10, False)],
)
def test_when(project: GitRepo, home: Path, days: float, setting: int | None, is_kept: bool) -> None:
    talk(project, home, days)
    if setting is not None:
        (home / ".claude/settings.json").write_text(json.dumps({"cleanupPeriodDays": setting}))
    git_story(project.path, "drain")
    assert kept(project) == ([ID] if is_kept else [])


def test_what_a_commit_stored_is_not_kept_twice(project: GitRepo, home: Path) -> None:
    one = talk(project, home, 25)
    project.commit("spoon", at=one.time + 5)
    git_story(project.path, "drain")
    assert kept(project) == [] and "spoon" in git_story(project.path, "log").stdout


def test_not_what_is_private(project: GitRepo, home: Path) -> None:
    talk(project, home, 25)
    git_story(project.path, "off", "--conversation", ID)
    git_story(project.path, "drain")
    assert kept(project) == []
    git_story(project.path, "on", "--conversation", ID)
    later(project)
    project.git("config", "story.capture.archive", "false")
    git_story(project.path, "drain")
    assert kept(project) == []


def test_other_repositories_are_not_ours(project: GitRepo, home: Path, tmp_path: Path) -> None:
    other = GitRepo.init(tmp_path / "other")
    talk(other, home, 25)
    git_story(project.path, "drain")
    assert kept(project) == []


def test_forgetting_reaches_it(project: GitRepo, home: Path) -> None:
    one = talk(project, home, 25)
    git_story(project.path, "drain")
    one.path.unlink()
    said = git_story(project.path, "redact", "--literal", "marmalade", "--yes").stdout
    assert said.startswith("1 match in 1 turn of 1 conversation")
    (found,) = Archive(project.path / ".git/gitstory").conversations()
    assert "marmalade" not in repr(found) and "stick to the spoon" in repr(found)
    git_story(project.path, "forget", "--yes", ID)
    assert kept(project) == [] and git_story(project.path, "show", ID, check=False).returncode == 1
    assert git_story(project.path, "search", "spoon", check=False).stdout == "nothing found\n"


def test_forgetting_one_turn_of_it_and_all(project: GitRepo, home: Path) -> None:
    one = talk(project, home, 25)
    one.prompt("A second question")
    one.say("A second answer.")
    aged(one, 25)
    git_story(project.path, "drain")
    one.path.unlink()
    git_story(project.path, "forget", "--yes", f"{ID}#2")
    (found,) = Archive(project.path / ".git/gitstory").conversations()
    assert len(found.turns) == 1 and "marmalade" in repr(found)
    git_story(project.path, "forget", "--yes", "--all")
    assert kept(project) == []


def test_scan_looks_there(project: GitRepo, home: Path) -> None:
    talk(project, home, 25)
    git_story(project.path, "drain")
    project.git("config", "story.redact.rules.jam", "marmalade")
    found = git_story(project.path, "scan", check=False)
    assert found.returncode == 1 and "jam" in found.stdout
    git_story(project.path, "scan", "--fix")
    assert "marmalade" not in repr(list(Archive(project.path / ".git/gitstory").conversations()))


def test_it_grows_and_is_kept_again(project: GitRepo, home: Path) -> None:
    one = talk(project, home, 40)
    git_story(project.path, "drain")
    one.prompt("Much later")
    one.say("Indeed.")
    aged(one, 24)
    later(project)
    git_story(project.path, "drain")
    (found,) = Archive(project.path / ".git/gitstory").conversations()
    assert [turn.prompt.split()[0] for turn in found.turns] == ["Why", "Much"]


def test_a_torn_file_hides_nothing_else(project: GitRepo, home: Path) -> None:
    one, two = talk(project, home, 25), talk(project, home, 26, ID.replace("c", "d"))
    git_story(project.path, "drain")
    one.path.unlink()
    two.path.unlink()
    archive = Archive(project.path / ".git/gitstory")
    archive.path(("claude-code", ID)).write_bytes(archive.path(("claude-code", ID)).read_bytes()[:-30])
    assert "marmalade" in git_story(project.path, "show", two.id).stdout
    assert git_story(project.path, "conversations", "--json").stdout.count("marmalade") == 1


@pytest.mark.parametrize("place", ["archive.prepared", "archive.written"])
def test_killed_meanwhile(project: GitRepo, home: Path, place: str) -> None:
    for number in range(3):
        talk(project, home, 25 + number, ID[:-1] + str(number))
    assert git_story(project.path, "drain", check=False, GITSTORY_FAULT=place).returncode == -signal.SIGKILL
    archive = Archive(project.path / ".git/gitstory")
    assert len(list(archive.conversations())) == len(list(archive.files())) == (place == "archive.written")
    git_story(project.path, "drain")
    assert len(kept(project)) == 3


def test_the_watcher_keeps_them_too(project: GitRepo, home: Path) -> None:
    talk(project, home, 25)
    one = Watching(project.path)
    try:
        one.wait("archived before their agents delete them: 1")
        until(lambda: kept(project) == [ID])
    finally:
        one.end()


def test_the_index_is_not_made_anew_for_it(project: GitRepo, home: Path) -> None:
    one = talk(project, home, 25)
    git_story(project.path, "search", "marmalade")
    index = project.path / ".git/gitstory" / NAME
    with closing(sqlite3.connect(index)) as db:
        db.execute("CREATE TABLE witness (x)")
    git_story(project.path, "drain")
    assert kept(project) == [ID]
    one.path.unlink()
    assert ID in git_story(project.path, "search", "marmalade", "--json").stdout
    with closing(sqlite3.connect(index)) as db:
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'witness'").fetchone() == (1,)


def test_a_run_gets_on_however_many_conversations_there_are(
    project: GitRepo, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To list what is there uses up the time of a run; and the stored ones are not all looked at for it."""
    names = [f"{ID[:-1]}{number}" for number in range(1, 5)]
    for name in names:
        talk(project, home, 25, name)
    clock = itertools.count(1000.0, 1000.0)
    monkeypatch.setattr(archive_module.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(StoryStore, "conversations", lambda self: pytest.fail("all stored conversations were read"))
    monkeypatch.setattr(Archive, "metas", lambda self: pytest.fail("all archived conversations were read"))
    with Repo.open(project.path) as repo:
        runs = list(itertools.takewhile(lambda run: run.left, (archive_module.archive(repo) for _ in range(9))))
        assert archive_module.archive(repo).idle
    monkeypatch.undo()
    assert 0 < len(runs) < 9
    assert sorted(kept(project)) == names
