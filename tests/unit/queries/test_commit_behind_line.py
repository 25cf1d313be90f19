"""What git itself says of lines without a conversation."""

from __future__ import annotations

import pytest

from gitstory.git.blame import blame
from gitstory.git.repo import Repo
from gitstory.queries.commit_behind_line import MESSAGE_LINES, CommitWords, body_lines, commit_words
from gitstory.sources.chain import SourceChain
from gitstory.store.store import StoryStore
from tests.gitrepo import GitRepo


def words(repo: GitRepo, path: str, line: int) -> CommitWords | None:
    with Repo.open(repo.path) as opened:
        blamed = blame([f"-L{line},{line}", "HEAD", "--", path], opened)
        return commit_words(opened, SourceChain(StoryStore(opened), ()), blamed, blamed.lines, None)


def test_a_message_without_the_trailers_at_its_end() -> None:
    assert body_lines("Add it", "") == ["Add it"]
    assert body_lines("Add it", "Because: it is missed.\n\nIt is.\n\nSigned-off-by: A <a@example.org>\n") == [
        "Add it",
        "",
        "Because: it is missed.",
        "",
        "It is.",
    ]


@pytest.mark.parametrize("more", [MESSAGE_LINES - 2, MESSAGE_LINES - 1])
def test_a_long_message_ends_with_an_ellipsis(more: int) -> None:
    lines = body_lines("Add it", "\n".join(f"line {n}" for n in range(more)))
    assert len(lines) == MESSAGE_LINES and (lines[-1] == "…") == (more > MESSAGE_LINES - 2)


def test_numbers_co_authors_and_the_change(repo: GitRepo) -> None:
    repo.commit("Start", {"a.txt": "one\ntwo\nthree\n"})
    repo.commit(
        "Say it twice (#12)\n\nFor GH-7 and UTF-8, see PROJ-123.\n\nCo-authored-by: Ann <ann@example.org>",
        {"a.txt": "one\ntwo two\nthree\n"},
    )
    found = words(repo, "a.txt", 2)
    assert found is not None
    assert found.numbers == ("#12", "GH-7", "PROJ-123")
    assert found.co_authors == ("Ann",)
    assert "-two" in found.hunk and "+two two" in found.hunk


def test_a_line_of_the_first_commit_has_no_change_to_show(repo: GitRepo) -> None:
    repo.commit("Start", {"a.txt": "one\n"})
    found = words(repo, "a.txt", 1)
    assert found is not None and found.message == ("Start",) and found.hunk == ()
