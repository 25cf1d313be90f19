"""What is derived from the record is derived anew: an answer is the same with every cache and without any."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.store.store import StoryStore
from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo

NOON = 1_780_000_000
ID = "aaaaaaaa-1111-4111-8111-111111111111"
TEXT = "".join(f"def function_{n}(value):\n    return value + {n}\n" for n in range(10))


@pytest.fixture
def untied(repo: GitRepo, home: Path) -> Iterator[GitRepo]:
    """main; and a branch "work" with a commit that the conversation wrote, from which a person untied it."""
    repo.commit("base", {"base.txt": "base\n" * 5}, at=NOON)
    assert story(repo.path, "enable", "--no-hooks").code == 0
    session = ClaudeSession(home, repo.path, NOON + 100, ID)
    session.prompt("Write the functions")
    session.write("a.py", TEXT)
    repo.git("checkout", "-q", "-b", "work")
    repo.commit("functions", at=NOON + 200)
    assert linked(repo, "work") == [ID]
    repo.git("checkout", "-q", "-b", "waiting", "main")
    assert linked(repo, "waiting") == []  # the worker and the readers have their caches
    repo.git("checkout", "-q", "main")
    repo.time = NOON + 1000
    yield repo


def linked(repo: GitRepo, rev: str) -> list[str]:
    said = story(repo.path, "show", "--json", rev)
    return [one["id"] for one in json.loads(said.out)["conversations"]]


def untie(repo: GitRepo) -> None:
    said = story(repo.path, "unlink", "work", ID[:8])
    assert said.code == 0, said.err


def derived(repo: GitRepo) -> list[Path]:
    """Every file of gitstory's that may be deleted at any time, but for the queue and what says where hooks are."""
    own = repo.path / ".git" / "gitstory"
    return [path for path in own.iterdir() if path.name not in ("hooks.json",) and not path.name.startswith("spool")]


def forget_all(repo: GitRepo) -> None:
    for path in derived(repo):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("transcript", ["here", "gone"])
@pytest.mark.parametrize("copy", ["cherry-pick", "rebase"])
@pytest.mark.parametrize("caches", ["kept", "deleted"])
def test_what_a_person_untied_stays_untied_from_copies(
    untied: GitRepo, home: Path, copy: str, transcript: str, caches: str
) -> None:
    untie(untied)
    if transcript == "gone":
        shutil.rmtree(home / ".claude")
    if copy == "cherry-pick":
        untied.git("cherry-pick", "work")
    else:
        untied.commit("between", {"other.txt": "other\n"}, at=NOON + 900)
        untied.git("checkout", "-q", "work")
        untied.git("rebase", "-q", "main")
    if caches == "deleted":
        forget_all(untied)
    assert linked(untied, "HEAD") == []
    forget_all(untied)
    assert linked(untied, "HEAD") == []


@pytest.mark.parametrize("caches", ["kept", "deleted"])
def test_without_a_decision_a_copy_is_linked(untied: GitRepo, home: Path, caches: str) -> None:
    shutil.rmtree(home / ".claude")
    untied.git("cherry-pick", "work")
    if caches == "deleted":
        forget_all(untied)
    assert linked(untied, "HEAD") == [ID]


def test_a_carried_story_goes_with_the_link_it_came_from(untied: GitRepo, home: Path) -> None:
    """As a server picks it: nobody decides anything of the copy, and it was asked for before."""
    shutil.rmtree(home / ".claude")
    tree = untied.git("rev-parse", "work^{tree}")
    other = untied.git("commit-tree", tree, "-p", "main", "-m", "squashed elsewhere")
    assert linked(untied, other) == [ID]
    untie(untied)
    assert linked(untied, other) == []
    assert story(untied.path, "link", "work", ID[:8]).code in (0, 1)
    forget_all(untied)
    again = linked(untied, other)
    assert linked(untied, other) == again


def test_every_reader_answers_the_same_without_any_derived_file(untied: GitRepo) -> None:
    untied.git("cherry-pick", "work")
    commands = [
        ("show", "--json", "HEAD"),
        ("show", "--json", "work"),
        ("log", "--json", "--all"),
        ("blame", "--json", "a.py"),
        ("why", "--json", "a.py:3"),
        ("stats", "--json"),
        ("review", "--json", "main~1..main"),
        ("search", "--json", "functions"),
    ]
    for command in commands:
        story(untied.path, *command)
    with_all = [story(untied.path, *command) for command in commands]
    for command, before in zip(commands, with_all, strict=True):
        forget_all(untied)
        after = story(untied.path, *command)
        assert (after.code, after.out) == (before.code, before.out), command


def test_the_index_replaces_what_a_story_said_before(untied: GitRepo) -> None:
    with Repo.open(untied.path) as repo:
        work, before = repo.resolve("work"), StoryStore(repo).index
        assert before.conversations_at("a.py") == {("claude-code", ID)} and not before.decided()
        assert before.explained([("claude-code", ID)]) == {work}
    untie(untied)
    with Repo.open(untied.path) as repo:
        after = StoryStore(repo).index
        assert not after.conversations_at("a.py") and not after.explained([("claude-code", ID)])
        assert after.decided() == [work]
