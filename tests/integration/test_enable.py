"""`enable`, a real commit through the real hooks and the real worker, the note; `status`; `disable`."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.hooks.hooks_path import global_directory
from gitstory.hooks.setup import NOTES, enable, enable_global
from gitstory.recording.queue_file import parse
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")

NOON = 1_780_000_000


class Worker:
    """The real worker behind a script that tells when a run is over, so that nothing has to be waited for blindly."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.program, self._fifo = folder / "git-story worker", folder / "over"
        os.mkfifo(self._fifo)
        self.program.write_text(f'#!/bin/sh\n"{sys.executable}" -m gitstory "$@"\necho over >"{self._fifo}"\n')
        self.program.chmod(0o755)
        self._reader = os.open(self._fifo, os.O_RDWR)  # read-write: never at its end between two runs

    def wait(self, runs: int = 1) -> None:
        """Until `runs` workers have ended."""
        left = runs * len(b"over\n")
        while left > 0:
            ready, _, _ = select.select([self._reader], [], [], 60)
            assert ready, "the worker did not come to its end"
            left -= len(os.read(self._reader, left))

    def close(self) -> None:
        os.close(self._reader)


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    made = Worker(tmp_path / "the worker")
    yield made  # type: ignore[misc]
    made.close()


def work(repo: GitRepo, home: Path, name: str = "hello.py", cwd: Path | None = None) -> str:
    """A conversation that writes one file; returns the id of its turn."""
    session = ClaudeSession(home, cwd or repo.path, NOON)
    turn = session.prompt(f"Please write {name}, it greets")
    session.write(name, f"def greet_from_{name.replace('.', '_')}(name):\n    return f'hello {{name}}'\n")
    return turn


def notes(repo: GitRepo) -> list[str]:
    """The commits that have a note, without asking gitstory."""
    return [line.split()[1] for line in repo.git("notes", "--ref=story", "list", check=False).splitlines()]


def plain(repo: GitRepo, home: Path, worker: Worker) -> None:
    turn = work(repo, home)
    sha = repo.commit("greet", at=NOON + 100)
    worker.wait()
    assert notes(repo) == [sha]
    assert lines(repo.path, "hello.py") == {1: turn, 2: turn}
    assert "Please write hello.py" in repo.git("log", "-1")  # notes.displayRef shows it without an option


def amended(repo: GitRepo, home: Path, worker: Worker) -> None:
    turn = work(repo, home)
    repo.commit("greet", at=NOON + 100)
    worker.wait()
    repo.git("commit", "-q", "--amend", "-m", "greet better")
    worker.wait(2)
    assert repo.git("rev-parse", "HEAD") in notes(repo)
    assert lines(repo.path, "hello.py") == {1: turn, 2: turn}


def merged(repo: GitRepo, home: Path, worker: Worker) -> None:
    repo.git("switch", "-qc", "topic")
    turn = work(repo, home)
    sha = repo.commit("greet", at=NOON + 100)
    worker.wait()
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    worker.wait()
    assert sha in notes(repo)
    assert lines(repo.path, "hello.py", sha) == {1: turn, 2: turn}
    assert lines(repo.path, "hello.py") == {}  # a merge tells only of lines that neither parent has


def linked_worktree(repo: GitRepo, home: Path, worker: Worker) -> None:
    side = GitRepo(repo.path.parent / "side tree")
    repo.git("worktree", "add", "-q", str(side.path), "-b", "side")
    turn = work(side, home)
    sha = side.commit("greet", at=NOON + 100)
    worker.wait()
    assert notes(repo) == [sha]
    assert lines(repo.path, "hello.py", sha) == {1: turn, 2: turn}


def subdirectory(repo: GitRepo, home: Path, worker: Worker) -> None:
    deep = repo.path / "deep/down"
    deep.mkdir(parents=True)
    turn = work(repo, home, cwd=deep)
    repo.time = NOON + 100
    repo.git("add", "-A", cwd=deep)
    repo.git("commit", "-qm", "greet", cwd=deep)
    worker.wait()
    assert notes(repo) == [repo.git("rev-parse", "HEAD")]
    assert lines(repo.path, "deep/down/hello.py") == {1: turn, 2: turn}


@pytest.mark.parametrize("scene", [plain, amended, merged, linked_worktree, subdirectory])
def test_commit_to_note(
    repo: GitRepo, home: Path, worker: Worker, scene: Callable[[GitRepo, Path, Worker], None]
) -> None:
    repo.commit("base", {"README.md": "# project\n"}, at=NOON - 1000)
    enable(Repo.open(repo.path), str(worker.program))
    scene(repo, home, worker)


def hooks_path(value: str) -> Callable[[GitRepo], None]:
    return lambda repo: repo.git("config", "core.hooksPath", value) and None


def foreign_hook(repo: GitRepo) -> None:
    path = repo.path / ".git/hooks/post-commit"
    path.write_text("#!/bin/sh\necho mine >>.git/ran\nexit 1\n")
    path.chmod(0o755)


def husky(repo: GitRepo) -> None:
    folder = repo.path / ".husky/_"
    folder.mkdir(parents=True)
    (folder / ".gitignore").write_text("*")
    (folder / "h").write_text('[ -f "$(dirname "$(dirname "$0")")/$(basename "$0")" ] || exit 0\n')
    (folder / "post-commit").write_text('#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
    (folder / "post-commit").chmod(0o755)
    repo.git("config", "core.hooksPath", ".husky/_")


@pytest.mark.parametrize(
    "arrange",
    [hooks_path(".githooks"), hooks_path("~/my hooks"), foreign_hook, husky],
    ids=["relative", "home", "foreign", "husky"],
)
def test_commit_to_note_with_hooks_elsewhere(
    repo: GitRepo, home: Path, worker: Worker, arrange: Callable[[GitRepo], None]
) -> None:
    arrange(repo)
    enable(Repo.open(repo.path), str(worker.program))
    plain(repo, home, worker)


def test_show_at_once_needs_no_worker(repo: GitRepo, home: Path) -> None:
    """The reader drains first; and without hooks it finds the commit by itself."""
    repo.commit("base", {"README.md": "# project\n"}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    assert not (repo.path / ".git/hooks/post-commit").exists()
    turn = work(repo, home)
    sha = repo.commit("greet", at=NOON + 100)
    assert lines(repo.path, "hello.py") == {1: turn, 2: turn}
    assert notes(repo) == [sha]


def test_enable_and_disable_leave_no_trace(repo: GitRepo) -> None:
    repo.git("config", "--add", "notes.displayRef", "refs/notes/review")

    def outside() -> dict[str, bytes]:
        files = (path for path in (repo.path / ".git").rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files if "gitstory" not in path.parts}

    before = outside()
    git_story(repo.path, "enable")
    assert repo.git("config", "--get-all", "notes.displayRef").split() == ["refs/notes/review", NOTES]
    enabled = outside()
    git_story(repo.path, "enable")
    assert outside() == enabled
    added = {Path(path).name for path in set(enabled) - set(before)}
    assert added == {"post-commit", "post-merge", "post-rewrite", "pre-push"}
    assert {path for path in before if enabled[path] != before[path]} == {str(repo.path / ".git/config")}
    git_story(repo.path, "disable")
    assert outside() == before
    git_story(repo.path, "disable")
    assert outside() == before


def test_enable_says_what_it_did(repo: GitRepo) -> None:
    foreign_hook(repo)
    said = git_story(repo.path, "enable").stdout
    assert "post-commit, post-merge, post-rewrite, pre-push installed in .git/hooks" in said
    assert "your post-commit is kept as post-commit.gitstory-previous" in said
    assert "refs/notes/story" in said


def test_committed_hooks_are_named(repo: GitRepo) -> None:
    repo.write(".githooks/post-commit", "#!/bin/sh\n:\n").chmod(0o755)
    repo.commit()
    repo.git("config", "core.hooksPath", ".githooks")
    said = git_story(repo.path, "enable").stdout
    assert 'git-story hook post-commit "$@" || :' in said
    assert ".githooks/post-merge (in .git/info/exclude" in said


def test_a_line_in_ones_own_hook(repo: GitRepo, home: Path) -> None:
    """What `enable` proposes where the hook is committed."""
    script = f'#!/bin/sh\n"{sys.executable}" -m gitstory hook post-commit || :\n'
    repo.write(".githooks/post-commit", script).chmod(0o755)
    repo.git("config", "core.hooksPath", ".githooks")
    git_story(repo.path, "enable", "--no-hooks")
    turn = work(repo, home)
    sha = repo.commit("greet", at=NOON + 100)
    assert lines(repo.path, "hello.py") == {1: turn, 2: turn}
    assert notes(repo) == [sha]


def test_a_line_for_rewrites_in_ones_own_hook(repo: GitRepo) -> None:
    path = repo.path / ".git/hooks/post-rewrite"
    path.write_text(f'#!/bin/sh\n"{sys.executable}" -m gitstory hook post-rewrite "$@" || :\n')
    path.chmod(0o755)
    # While somebody else holds its lock the worker waits, and the spool stays to be looked at.
    with single_flight(repo.path / ".git/gitstory/worker.lock", timeout=60) as held:
        assert held
        first = repo.commit()
        repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "again")
        (event,) = parse((repo.path / ".git/gitstory/spool").read_bytes())[0]
    assert (event.was, event.commit, event.by) == (first, repo.git("rev-parse", "HEAD"), "amend")


def test_everywhere(repo: GitRepo, home: Path, worker: Worker) -> None:
    """One global directory; each repository's own hooks of every name are run by it."""
    foreign_hook(repo)
    own = repo.path / ".git/hooks"
    for name in ("pre-commit", "commit-msg", "reference-transaction"):
        (own / name).write_text(f'#!/bin/sh\necho "{name} $*" >>.git/ran\n')
        (own / name).chmod(0o755)
    enable_global(str(worker.program))
    assert "reference-transaction do not run" in findings(repo)
    git_story(repo.path, "enable")
    assert "do not run" not in findings(repo)
    plain(repo, home, worker)
    ran = (repo.path / ".git/ran").read_text()
    for said in ("mine\n", "pre-commit \n", "commit-msg .git/COMMIT_EDITMSG\n", "reference-transaction committed\n"):
        assert said in ran
    (own / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    before = repo.git("rev-parse", "HEAD")
    repo.git("commit", "-q", "--allow-empty", "-m", "refused", check=False)
    assert repo.git("rev-parse", "HEAD") == before
    git_story(repo.path, "disable", "--global")
    assert repo.git("config", "--get", "core.hooksPath", check=False) == ""
    assert repo.git("config", "--get-all", "notes.displayRef", check=False) == ""
    assert list(global_directory().iterdir()) == []


def test_everywhere_and_here_is_once(repo: GitRepo) -> None:
    enable(Repo.open(repo.path), "/nowhere/git-story")
    git_story(repo.path, "enable", "--global")
    program = shutil.which("true")
    enable_global(str(program))
    repo.commit()
    assert (repo.path / ".git/gitstory/spool").read_bytes().count(b"\tpost-commit\t") == 1


def test_everywhere_joins_hooks_of_the_persons_own(repo: GitRepo, home: Path, worker: Worker) -> None:
    mine = home / "githooks"
    mine.mkdir()
    (mine / "post-commit").write_text("#!/bin/sh\necho mine >>.git/ran\n")
    (mine / "post-commit").chmod(0o755)
    subprocess.run(["git", "config", "--global", "core.hooksPath", "~/githooks"], check=True)
    enable_global(str(worker.program))
    plain(repo, home, worker)
    assert (repo.path / ".git/ran").read_text() == "mine\n"
    git_story(repo.path, "disable", "--global")
    assert repo.git("config", "core.hooksPath") == "~/githooks"
    assert [path.name for path in mine.iterdir()] == ["post-commit"]
    assert (mine / "post-commit").read_text() == "#!/bin/sh\necho mine >>.git/ran\n"


def status(repo: GitRepo) -> dict[str, object]:
    found: dict[str, object] = json.loads(git_story(repo.path, "status", "--json").stdout)
    return found


def findings(repo: GitRepo) -> str:
    return json.dumps(status(repo)["findings"])


def test_status_before_and_after(repo: GitRepo, home: Path) -> None:
    assert status(repo)["enabled"] is False
    assert "git story enable" in findings(repo)
    git_story(repo.path, "enable")
    work(repo, home)
    ClaudeSession(home, home, NOON).prompt("Somewhere else")
    repo.commit("greet", at=NOON + 100)
    git_story(repo.path, "drain")
    found = status(repo)
    assert (found["enabled"], found["waiting"], found["stories"], found["conversations"]) == (True, 0, 1, 1)
    assert found["findings"] == []
    (claude, *_) = found["agents"]  # type: ignore[misc]
    assert (claude["conversations"], claude["here"]) == (2, 1)
    said = git_story(repo.path, "status").stdout
    assert "1 of 2 conversations from this repository" in said
    git_story(repo.path, "disable")
    assert status(repo)["enabled"] is False


def test_status_tells_lost_hooks_from_none(repo: GitRepo) -> None:
    git_story(repo.path, "enable", "--no-hooks")
    assert "gone" not in findings(repo)
    git_story(repo.path, "enable")
    assert "gone" not in findings(repo)
    (repo.path / ".git/hooks/post-commit").write_text("#!/bin/sh\n")
    (repo.path / ".git/hooks/pre-push").unlink()
    assert "our hooks are gone: post-commit, pre-push" in findings(repo)
    git_story(repo.path, "enable")
    assert "gone" not in findings(repo)


def test_status_of_an_unwritten_past(repo: GitRepo) -> None:
    """Also where there is no commit, no agent and nothing stored."""
    said = git_story(repo.path, "status").stdout
    assert "enabled       no" in said and "no agent's store was found" in said


@pytest.mark.parametrize("command", ["enable", "disable", "status", "drain"])
def test_outside_of_a_repository(tmp_path: Path, command: str) -> None:
    done = git_story(tmp_path, command, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: not a git repository") and "\nhint: " in done.stderr


def test_hooks_that_cannot_be_written(repo: GitRepo) -> None:
    shutil.rmtree(repo.path / ".git/hooks")
    (repo.path / ".git/hooks").write_text("a file in its place\n")
    done = git_story(repo.path, "enable", check=False)
    assert done.returncode == 1 and "--no-hooks" in done.stderr and len(done.stderr.splitlines()) == 2
