"""Readers on a repository that cannot be written: a read-only mount, and a folder in the place of the index's lock."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.beside import begun, ended
from tests.claude_session import ClaudeSession
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.searched import index, numbers
from tests.integration.story_of import git_story
from tests.integration.test_commits import NOON
from tests.integration.test_search import project, session

__all__ = ["project", "session"]

_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'
"""Runs a command where the folder $0 is read-only, in a mount namespace of its own: nobody else sees the mount."""


NEW_NAMESPACE, PRIVATE, BIND, READ_ONLY = 0x20000, 0x4000 | 0x40000, 0x1000, 0x1 | 0x20 | 0x1000
"""Of `unshare` and `mount`: CLONE_NEWNS; MS_REC and MS_PRIVATE; MS_BIND; MS_RDONLY, MS_REMOUNT and MS_BIND."""


def on_read_only(where: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """What the program says there, run in a process that is forked for it."""

    def answer() -> None:
        make_read_only(where)
        said = run(where, *args)
        told.write(json.dumps([said.code, said.out, said.err]).encode())
        told.flush()

    with tempfile.TemporaryFile() as told:
        assert ended(begun(answer)) == 0
        told.seek(0)
        return subprocess.CompletedProcess(args, *json.load(told))


def make_read_only(folder: Path) -> None:
    """As `_MOUNT`, for this process."""
    libc, place = ctypes.CDLL(None, use_errno=True), os.fsencode(folder)
    done = [
        libc.unshare(NEW_NAMESPACE),
        libc.mount(None, b"/", None, PRIVATE, None),
        libc.mount(place, place, None, BIND, None),
        libc.mount(None, place, None, READ_ONLY, None),
    ]
    assert done == [0] * 4, os.strerror(ctypes.get_errno())
    with pytest.raises(OSError, match="ead-only"):
        (folder / "x").touch()


@pytest.fixture
def read_only(project: GitRepo) -> GitRepo:
    try:
        tried = subprocess.run(
            ["unshare", "--mount", "sh", "-c", _MOUNT, str(project.path), "touch", "x"],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("no unshare on this system")
    if tried.returncode == 0 or b"ead-only" not in tried.stderr:
        pytest.skip("this account may not mount anything")
    return project


def hits(said: subprocess.CompletedProcess[str]) -> list[int]:
    return [json.loads(line)["turn"]["index"] for line in said.stdout.splitlines()]


@pytest.mark.parametrize("everywhere", [(), ("--all-repos",)])
def test_search_answers_in_memory_where_there_is_no_index(read_only: GitRepo, everywhere: tuple[str, ...]) -> None:
    said = on_read_only(read_only.path, "search", "--json", "retry", *everywhere)
    assert (said.returncode, hits(said)) == (0, [1]), said.stderr
    assert said.stderr.splitlines() == [
        "warning: the search index cannot be written (read-only file system): made in memory, for this search only"
    ]
    said = on_read_only(read_only.path, "search", "--json", "nowhere-to-be-found", *everywhere)
    assert (said.returncode, said.stdout) == (1, "")
    assert not index(read_only).exists()


@pytest.mark.parametrize("everywhere", [(), ("--all-repos",)])
def test_search_answers_from_the_index_as_it_is(
    read_only: GitRepo, session: ClaudeSession, everywhere: tuple[str, ...]
) -> None:
    assert numbers(read_only, "retry") == [1]
    before = {path: path.read_bytes() for path in index(read_only).parent.glob("search.db*")}
    session.prompt("Tell of the newest snowfall")
    session.say("It snows.")
    said = on_read_only(read_only.path, "search", "--json", "retry", *everywhere)
    assert (said.returncode, hits(said)) == (0, [1]), said.stderr
    (line,) = said.stderr.splitlines()
    assert line.endswith("(read-only file system): what is newer than its last update is not found")
    assert on_read_only(read_only.path, "search", "snowfall", *everywhere).returncode == 1
    assert {path: path.read_bytes() for path in index(read_only).parent.glob("search.db*")} == before
    assert numbers(read_only, "snowfall") == [3]  # where it can be written


def test_an_index_of_other_settings_is_not_shown(read_only: GitRepo) -> None:
    """What settings keep out now stays out, although it is still in the index."""
    assert numbers(read_only, "weather") == [2]
    read_only.git("config", "story.redact.rules.own", "weather")
    said = on_read_only(read_only.path, "search", "weather")
    assert said.returncode == 1 and "made in memory" in said.stderr


@pytest.mark.parametrize(
    "command",
    ["show", "log", "blame src/net.py", "why src/net.py:1", "status", "stats", "explain HEAD", "review HEAD~1..HEAD",
     "conversations", "history list", "agents", "config", "scan", "resume HEAD", "forget --dry-run HEAD"],
)  # fmt: skip
def test_every_reader_answers(read_only: GitRepo, command: str) -> None:
    if not command.startswith("forget"):
        here = git_story(read_only.path, *command.split())
        there = on_read_only(read_only.path, *command.split())
        lines = [
            [row for row in said.stdout.splitlines() if not row.startswith("last drain")] for said in (here, there)
        ]
        assert lines[0] == lines[1] and (there.returncode, there.stderr) == (here.returncode, here.stderr)
        return
    conversation = json.loads(git_story(read_only.path, "show", "--json").stdout)["conversations"][0]["id"]
    said = on_read_only(read_only.path, "forget", "--dry-run", conversation)
    assert said.returncode == 0 and "would be forgotten" in said.stdout


def test_a_commit_whose_story_cannot_be_written_costs_readers_nothing(
    read_only: GitRepo, session: ClaudeSession
) -> None:
    session.write("src/late.py", "def late_by_an_hour(clock):\n    return clock.later(3600)\n")
    read_only.commit("late", at=NOON + 9000)
    said = on_read_only(read_only.path, "show", "HEAD~1")
    assert said.returncode == 0 and "Let the retry wait longer" in said.stdout
    assert "the newest commits may have no stories yet: " in said.stderr
    assert "late_by_an_hour" not in said.stderr and "Traceback" not in said.stderr


def test_a_folder_in_the_place_of_the_lock(project: GitRepo) -> None:
    """It is moved away, and the index is made as usual."""
    own = project.path / ".git" / "gitstory"
    (own / "search.lock").unlink(missing_ok=True)
    (own / "search.lock").mkdir()
    done = git_story(project.path, "search", "--json", "retry")
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")
    assert (own / "search.lock").is_file()
    assert (own / "search.lock.damaged").is_dir()
