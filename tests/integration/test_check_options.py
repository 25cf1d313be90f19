"""Options of `git story check` that would make a gate of it that lets everything pass."""

from __future__ import annotations

import pytest

from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story


@pytest.mark.parametrize("share", ["nan", "NaN", "inf", "-1", "101", "much"])
def test_a_share_that_is_none_is_refused(repo: GitRepo, share: str) -> None:
    repo.commit("one", {"a.txt": "1\n"})
    repo.commit("two", {"a.txt": "1\n2\n"})
    done = git_story(repo.path, "check", "HEAD~1..HEAD", "--min-coverage", share, check=False)
    assert done.returncode == 2 and done.stdout == "" and "hint: " in done.stderr
    assert git_story(repo.path, "check", "HEAD~1..HEAD", "--min-coverage", "1", check=False).returncode == 1
