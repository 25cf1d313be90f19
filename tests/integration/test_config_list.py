"""Lists on the command line of `git story config set`."""

from __future__ import annotations

import pytest

from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story


@pytest.mark.parametrize("given", [["/one", "/two words"], ['["/one", "/two words"]'], ['["/one","/two words"]']])
def test_a_list_is_several_values_or_one_json_array(repo: GitRepo, given: list[str]) -> None:
    git_story(repo.path, "config", "set", "agents.claude-code.roots", *given)
    said = git_story(repo.path, "config", "get", "agents.claude-code.roots").stdout
    assert said.splitlines() == ["/one", "/two words"]


def test_what_only_looks_like_an_array_is_one_value(repo: GitRepo) -> None:
    git_story(repo.path, "config", "set", "capture.ignore_paths", "[ab]*.py")
    assert git_story(repo.path, "config", "get", "capture.ignore_paths").stdout == "[ab]*.py\n"
    git_story(repo.path, "config", "set", "capture.ignore_paths", "[ab]")
    assert git_story(repo.path, "config", "get", "capture.ignore_paths").stdout == "[ab]\n"
