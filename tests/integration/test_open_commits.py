"""Commits that wait for conversations that go on: what is kept of them grows with both, not with their product."""

from __future__ import annotations

import json
import time
from pathlib import Path

from gitstory.git.repo import Repo
from gitstory.recording import queue_file as spool
from gitstory.recording import worker_state as memory
from gitstory.worker.drain import drain
from gitstory.worker.ensure_drained import needed
from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo

TRANSCRIPTS = 40


def commit(repo: GitRepo, number: int, at: int) -> str:
    oid = repo.commit(f"commit {number}", {f"mine{number}.txt": f"by hand {number}\n"}, at=at)
    spool.append(repo.path / ".git" / "gitstory", spool.Event("post-commit", oid))
    return oid


def size(repo: GitRepo) -> int:
    return (repo.path / ".git" / "gitstory" / memory.NAME).stat().st_size


def test_the_state_grows_with_commits_and_transcripts_apart(repo: GitRepo, home: Path) -> None:
    now = int(time.time())
    repo.commit("base", {"base.txt": "base\n"}, at=now - 3000)
    assert story(repo.path, "enable", "--no-hooks").code == 0
    for number in range(TRANSCRIPTS):
        session = ClaudeSession(home, repo.path, now - 100, f"{number:08d}-1111-4111-8111-111111111111")
        session.prompt("Nothing that is committed")
        session.say("Nothing.")
    with Repo.open(repo.path) as opened:
        sizes = []
        for number in range(6):
            commit(repo, number, now - 50 + number)
            drain(opened)
            sizes.append(size(repo))
        kept = memory.load(opened.home)
        assert len(kept.open) == 6 and len(kept.watched) == TRANSCRIPTS
        assert sizes[5] - sizes[1] < sizes[0] / 2
        assert not needed(opened, kept)
        assert all(len(memory.watching(kept, one)) == TRANSCRIPTS for one in kept.open)


def test_each_open_commit_is_looked_at_again_when_a_transcript_grows(repo: GitRepo, home: Path) -> None:
    now = int(time.time())
    repo.commit("base", {"base.txt": "base\n"}, at=now - 3000)
    assert story(repo.path, "enable", "--no-hooks").code == 0
    session = ClaudeSession(home, repo.path, now - 100, "aaaaaaaa-1111-4111-8111-111111111111")
    session.prompt("Write it")
    one = commit(repo, 1, now - 90)
    with Repo.open(repo.path) as opened:
        drain(opened)
        two = commit(repo, 2, now - 80)
        drain(opened)
        assert not needed(opened, memory.load(opened.home))
        session.say("More.")
        assert needed(opened, memory.load(opened.home))
        report = drain(opened)
        assert report.commits == 2
        kept = memory.load(opened.home)
        assert {each.commit for each in kept.open} == {one, two} and not needed(opened, kept)


def test_what_an_older_version_kept_is_read(repo: GitRepo, home: Path) -> None:
    now = int(time.time())
    repo.commit("base", {"base.txt": "base\n"}, at=now - 3000)
    assert story(repo.path, "enable", "--no-hooks").code == 0
    session = ClaudeSession(home, repo.path, now - 100, "aaaaaaaa-1111-4111-8111-111111111111")
    session.prompt("Write it")
    oid = commit(repo, 1, now - 90)
    with Repo.open(repo.path) as opened:
        drain(opened)
        path = opened.home / memory.NAME
        found = json.loads(path.read_bytes())
        del found["watched"], found["envs"], found["open"][0]["looked"]
        found["open"][0]["sources"] = [[str(session.path), 1, 1]]
        path.write_text(json.dumps(found))
        assert needed(opened, memory.load(opened.home))
        assert drain(opened).commits == 1
        assert [each.commit for each in memory.load(opened.home).open] == [oid]
        assert not needed(opened, memory.load(opened.home))


def test_a_commit_that_says_it_is_made_next_year_finds_its_story(repo: GitRepo, home: Path) -> None:
    now = int(time.time())
    repo.commit("base", {"base.txt": "base\n"}, at=now - 3000)
    assert story(repo.path, "enable", "--no-hooks").code == 0
    session = ClaudeSession(home, repo.path, now - 100, "aaaaaaaa-1111-4111-8111-111111111111")
    session.prompt("Write it")
    session.write("a.py", "def a_function(value):\n    return f'{value} of it'\n")
    repo.commit("ahead", at=now + 400 * 86400)
    found = json.loads(story(repo.path, "show", "--json", "HEAD").out)
    assert [(one["id"], one["evidence"]) for one in found["conversations"]] == [(session.id, "lines")]
