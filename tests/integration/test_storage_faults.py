"""Many writers at once, and writers killed at every step: no story is lost and nobody is locked out."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from gitstory.git import refs
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn
from gitstory.store.store import Batch, StoryStore
from tests.beside import begun, ended
from tests.examples import THOROUGH
from tests.gitrepo import GitRepo


def write_stories(where: Path, who: int, count: int, begins: int, held: int) -> None:
    """What one of the writers does, once nobody holds the other end of the pipe `begins`."""
    os.close(held)
    with Repo.open(where) as repo:
        store = StoryStore(repo)
        os.read(begins, 1)
        for number in range(count):
            commit = hashlib.sha1(b"%d-%d" % (who, number)).hexdigest()
            turn = Turn(f"t{who}-{number}", number, "p", steps=(Say("a"),))
            shared = Conversation("codex", "shared", (turn,))
            story = Story(commit, (Link("codex", "shared", "lines", 1),))
            store.write(Batch([story], [shared], {commit: f"note {who} {number}"}))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks the writers")
@pytest.mark.parametrize(
    "each", [5, pytest.param(500 if THOROUGH else 15, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_no_writer_loses_a_story_or_a_note(repo: GitRepo, each: int) -> None:
    writers = 8
    begins, held = os.pipe()
    processes = [begun(partial(write_stories, repo.path, who, each, begins, held)) for who in range(writers)]
    os.close(held)  # what they wait for comes to its end for all at once
    assert [ended(process) for process in processes] == [0] * writers
    os.close(begins)
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        assert len(store.stories(store.commits())) == writers * each
        shared = store.conversation("codex", "shared")
        assert shared is not None and len(shared.turns) == writers * each
    notes = dict(reversed(row.split()) for row in repo.git("notes", "--ref=story", "list").splitlines())
    blobs = "".join(f"{blob}\n" for blob in notes.values()).encode()
    said = repo.git("cat-file", "--batch", input=blobs).splitlines()  # of each its id, its line, and an empty one
    texts = set(said[1::3])
    assert texts == {f"note {who} {number}" for who in range(writers) for number in range(each)}


def die(*_args: object, **_kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def write_until_killed(where: Path, point: str) -> None:
    os.environ["WRITER_PID"] = str(os.getpid())
    os.environ["POINT"] = point
    if point == "before-objects":
        refs.store = die  # type: ignore[assignment]
    elif point == "after-objects":
        refs.swap = die  # type: ignore[assignment]
    elif point == "after-refs":
        refs.drop_reflogs = die
    else:  # the repository's own reference-transaction hook kills git and us
        refs.QUIETLY = ("-c", "core.logAllRefUpdates=false")  # type: ignore[assignment]
    with Repo.open(where) as repo:
        new = "b" * 40
        StoryStore(repo).write(Batch([Story(new, (Link("codex", "c", "lines", 1),))], notes={new: "new"}))


HOOK = """#!/bin/sh
if [ "$1" = "$POINT" ]; then
    kill -9 "$WRITER_PID" "$PPID"
fi
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
@pytest.mark.parametrize("point", ["before-objects", "after-objects", "prepared", "committed", "after-refs"])
def test_a_killed_writer_leaves_the_old_or_the_new_state(
    repo: GitRepo, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, next_one = "a" * 40, "b" * 40, "c" * 40
    with Repo.open(repo.path) as opened:
        StoryStore(opened).write(Batch([Story(old)], notes={old: "old"}))
    hook = repo.path / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    assert ended(begun(partial(write_until_killed, repo.path, point))) == -signal.SIGKILL
    hook.unlink()
    left = sorted((repo.path / ".git" / "refs").rglob("*.lock"))
    assert bool(left) == (point == "prepared"), "this is the one step at which git leaves its lock files"
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        written = point in ("committed", "after-refs")
        assert (store.story(old), store.note(old)) == (Story(old), "old\n")
        assert (store.story(new) is not None, store.note(new) is not None) == (written, written)
        for lock in left:  # ten seconds later
            os.utime(lock, (time.time() - 60, time.time() - 60))
        monkeypatch.setattr(refs, "WATCHED", 0.05)
        store.write(Batch([Story(next_one)], notes={next_one: "next"}))
        assert {old, next_one} <= set(store.commits())
        assert store.note(next_one) == "next\n"
        opened.git("fsck", "--strict", "--no-dangling")
    assert not list((repo.path / ".git" / "refs").rglob("*.lock*"))
