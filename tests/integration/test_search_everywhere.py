"""`git story search --all-repos`: which repositories are found, what each keeps to itself, and what is left behind."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.terminal import Terminal

ONE, TWO = "11111111-aaaa-4bbb-8ccc-000000000001", "22222222-aaaa-4bbb-8ccc-000000000002"
SECRET = "ghp_" + "Zk3Qm9Xw7Rt5Yb1Nc8Vd2Lp6Hs4Jf0Ga9Te1"


@pytest.fixture
def enabled(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, ONE)
    session.prompt("Let the umbrella of the queue open earlier")
    session.write("src/net.py", "def wait_with_jitter():\n    return exponentialBackoff\n")
    repo.commit("Open earlier", at=session.time + 5)
    git_story(repo.path, "drain")
    return repo


@pytest.fixture
def other(enabled: GitRepo, home: Path, tmp_path: Path) -> GitRepo:
    """A repository where gitstory never was; the conversation began in one of its subdirectories."""
    made = GitRepo.init(tmp_path / "deep" / "weather")
    made.commit("base", {"app/base.txt": BASE}, at=NOON - 1000)
    session = ClaudeSession(home, made.path / "app", NOON + 50, TWO)
    session.prompt(f"Fold the umbrella, the key is {SECRET}")
    session.say("Folded.")
    return made


@pytest.fixture
def data(home: Path) -> Path:
    return home / ".local/share/gitstory/search"


def found(where: Path, *args: str) -> list[dict[str, Any]]:
    said = git_story(where, "search", "--all-repos", "--json", *args, check=False)
    assert said.returncode in (0, 1) and "warning" not in said.stderr, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines()]


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_both_are_found_from_anywhere(enabled: GitRepo, other: GitRepo, tmp_path: Path, data: Path) -> None:
    both = {ONE: str(enabled.path / ".git"), TWO: str(other.path / ".git")}
    for where in (enabled.path, other.path / "app", tmp_path):
        assert {hit["conversation"]: hit["repository"] for hit in found(where, "umbrella")} == both
    (hit,) = (hit for hit in found(tmp_path, "umbrella") if hit["conversation"] == ONE)
    assert [one["subject"] for one in hit["commits"]] == ["Open earlier"]
    out = git_story(tmp_path, "search", "--all-repos", "umbrella").stdout
    assert "weather, Claude Code" in out and "repo, Claude Code" in out
    assert [
        hit["conversation"] for hit in [json.loads(git_story(enabled.path, "search", "--json", "umbrella").stdout)]
    ] == [ONE]


def test_nothing_is_written_where_gitstory_is_not_and_nothing_unredacted(
    enabled: GitRepo, other: GitRepo, tmp_path: Path, data: Path
) -> None:
    before = sorted(other.path.rglob("*"))
    assert len(found(tmp_path, "umbrella")) == 2
    assert sorted(other.path.rglob("*")) == before
    assert [path.suffix for path in sorted(data.iterdir())] == [".db", ".lock", ".json"]
    assert SECRET.encode() not in everything(data)
    for path in data.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_each_keeps_its_rules(enabled: GitRepo, other: GitRepo, tmp_path: Path) -> None:
    assert len(found(tmp_path, "umbrella")) == 2
    git_story(enabled.path, "forget", ONE, "--yes")
    assert [hit["conversation"] for hit in found(tmp_path, "umbrella")] == [TWO]
    other.git("config", "story.capture.enabled", "false")
    assert found(tmp_path, "umbrella") == []


def test_an_index_goes_with_its_repository_or_moves_into_it(
    enabled: GitRepo, other: GitRepo, tmp_path: Path, data: Path
) -> None:
    assert len(found(tmp_path, "umbrella")) == 2
    git_story(other.path, "enable", "--no-hooks")
    assert len(found(tmp_path, "umbrella")) == 2
    assert list(data.glob("*.db")) == [] and (other.path / ".git/gitstory/search.db").is_file()
    shutil.rmtree(other.path / ".git/gitstory")
    found(tmp_path, "umbrella")
    assert len(list(data.glob("*.db"))) == 1
    shutil.rmtree(other.path)
    assert [hit["conversation"] for hit in found(tmp_path, "umbrella")] == [ONE]
    assert list(data.glob("*.db")) == []


def test_what_is_forgotten_leaves_the_index_outside_at_once(other: GitRepo, tmp_path: Path, data: Path) -> None:
    assert len(found(tmp_path, "umbrella")) == 2
    git_story(other.path, "forget", TWO, "--yes", check=False)
    if (other.path / ".git/gitstory").is_dir():
        assert list(data.glob("*.db")) == []
    assert ONE in {hit["conversation"] for hit in found(tmp_path, "umbrella")}


def test_a_revision_is_asked_for_where_it_is_known(enabled: GitRepo, other: GitRepo, tmp_path: Path) -> None:
    commit = enabled.git("rev-parse", "HEAD")
    assert [hit["conversation"] for hit in found(tmp_path, "umbrella", "--commit", commit)] == [ONE]
    said = git_story(tmp_path, "search", "--all-repos", "umbrella", "--commit", "nowhere", check=False)
    assert said.returncode == 1 and said.stderr.startswith("error: unknown revision: nowhere")
    assert [hit["conversation"] for hit in found(tmp_path, "--since", "2000-01-01", "fold")] == [TWO]


def test_linked_work_trees_and_a_damaged_memory(
    enabled: GitRepo, other: GitRepo, tmp_path: Path, data: Path, home: Path
) -> None:
    other.git("worktree", "add", "-q", str(tmp_path / "linked"))
    session = ClaudeSession(home, tmp_path / "linked", NOON + 90, "33333333-aaaa-4bbb-8ccc-000000000003")
    session.prompt("Sell the umbrella")
    found(tmp_path, "umbrella")
    (data / "places.json").write_bytes(b'{"half')
    hits = {hit["conversation"]: hit["repository"] for hit in found(tmp_path, "umbrella")}
    assert len(hits) == 3 and hits[session.id] == str(other.path / ".git")


def test_nothing_on_this_machine(tmp_path: Path, data: Path) -> None:
    said = git_story(tmp_path, "search", "--all-repos", "umbrella", check=False)
    assert (said.returncode, said.stdout, said.stderr) == (1, "nothing found\n", "")


def test_the_picker_shows_a_turn_of_another_repository(
    enabled: GitRepo, other: GitRepo, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    screen = Terminal(tmp_path_factory.mktemp("t") / "s", enabled.path, 120, 24)
    try:
        screen.run("search", "--all-repos")
        screen.wait("2 found", "weather", "repo")
        screen.keys("-l", "fold")
        screen.wait("1 found", "Fold the")
        screen.keys("Enter")
        screen.wait("$", "Folded.", gone="esc: leave")
    finally:
        screen.close()
