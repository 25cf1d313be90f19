from __future__ import annotations

import pytest

from gitstory.git.commit_details import commit_infos
from gitstory.git.mailmap_limits import LARGEST, without_mailmap
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (("log", "--format=%aN %aE %an"), ("log", "--no-mailmap", "--format=%an %ae %an")),
        (("-c", "log", "log", "-1"), ("-c", "log", "log", "--no-mailmap", "-1")),
        (("-C", "log", "--literal-pathspecs", "log"), ("-C", "log", "--literal-pathspecs", "log", "--no-mailmap")),
        (("log", "--", "--format=%aN", b"%aN"), ("log", "--no-mailmap", "--", "--format=%aN", b"%aN")),
        (("rev-parse", "log"), ("rev-parse", "log")),
        (("config", "--get", "log"), ("config", "--get", "log")),
        (("-c",), ("-c",)),
        ((), ()),
    ],
)
def test_arguments(args: tuple[str | bytes, ...], wanted: tuple[str | bytes, ...]) -> None:
    assert without_mailmap(args) == wanted


@pytest.mark.parametrize(("size", "name"), [(0, "Mapped Name"), (LARGEST, "Dev One")])
def test_a_mailmap_that_would_keep_git_busy_is_not_read(repo: GitRepo, size: int, name: str) -> None:
    repo.git("config", "user.name", "Dev One")
    repo.git("config", "user.email", "dev@example.com")
    oid = repo.commit("base", {".mailmap": "Mapped Name <dev@example.com>\n" + "#" * size + "\n"})
    with Repo.open(repo.path) as opened:
        assert [info.author for info in commit_infos(opened, [oid])] == [name]
