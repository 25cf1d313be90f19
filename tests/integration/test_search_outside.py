"""Where the index of a repository is that has no directory of gitstory's, and one whose path is no UTF-8."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Turn
from gitstory.search.repositories import MANY, index_of
from gitstory.search.update import is_current
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo
from tests.integration.searched import numbers
from tests.integration.story_of import git_story

NOON = 1_780_000_000


def send(repo: GitRepo, count: int) -> None:
    """As if a remote had sent so many conversations."""
    made = [
        Conversation(
            agent="claude-code",
            id=f"{number:08}-aaaa-4bbb-8ccc-000000000001",
            title="",
            started=float(NOON),
            updated=float(NOON),
            turns=(Turn(id="t1", index=1, prompt=f"Let the retry number{number} wait"),),
        )
        for number in range(count)
    ]
    with Repo.open(repo.path) as opened:
        StoryStore(opened).update(lambda contents: Batch(conversations=tuple(made)))


@pytest.mark.parametrize(("count", "is_kept"), [(MANY - 1, False), (MANY, True)])
def test_many_conversations_of_a_remote_are_indexed_once(repo: GitRepo, home: Path, count: int, is_kept: bool) -> None:
    repo.commit("base", {"base.txt": "base\n"}, at=NOON)
    send(repo, count)
    assert numbers(repo, "number7") == [1]
    assert not (repo.path / ".git" / "gitstory").exists()
    with Repo.open(repo.path) as opened:
        path = index_of(opened)
        assert (path is not None) == is_kept
        if path is not None:
            assert path.stat().st_mode & 0o777 == 0o600 and path.is_relative_to(home)
            assert is_current(opened, dict(os.environ), path)
    assert numbers(repo, "number8") == [1]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
@pytest.mark.parametrize("at_home", [False, True])
def test_paths_of_any_bytes(tmp_path: Path, home: Path, at_home: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / os.fsdecode(b"odd \xff\xfe")
    home, place = (odd, tmp_path / "project") if at_home else (home, odd)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    odd.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = Dev One\n\temail = dev@example.com\n")
    repo = GitRepo.init(place)
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("base", {"base.txt": "base\n"}, at=NOON)
    repo.commit("retry", {"net.py": "wait = 2\n"}, at=NOON + 700)
    send(repo, 1)
    for command in (["drain"], ["status"], ["agents"], ["conversations"], ["explain"], ["blame", "net.py"]):
        git_story(repo.path, *command)
    for _ in range(2):
        assert numbers(repo, "retry") == [1]
        assert "retry" in git_story(repo.path, "search", "--all-repos", "retry").stdout
