"""What becomes of errors, and what a start may import."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gitstory import __version__
from gitstory.cli.lazy_group import LazyGroup
from gitstory.cli.main import COMMANDS, group, run
from gitstory.errors import GitStoryError
from tests.gitrepo import GitRepo

ALLOWED_AT_START = {
    "gitstory",
    "gitstory.cli",
    "gitstory.cli.main",
    "gitstory.cli.lazy_group",
    "gitstory.errors",
}
HEAVY = {"pygit2", "rich", "msgspec", "platformdirs", "watchdog", "pre_commit", "tomli_w", "sqlite3", "hypothesis"}


def imported(code: str, cwd: Path) -> set[str]:
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules), file=sys.__stderr__)"
    done = subprocess.run([sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=False)
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_start_imports_only_the_frame(tmp_path: Path, option: str) -> None:
    names = imported(f"from gitstory.cli.main import run; run(['{option}'])", tmp_path)
    ours = {name for name in names if name.split(".")[0] == "gitstory"}
    assert ours == ALLOWED_AT_START | ({"gitstory.cli.examples", "gitstory.ui"} if option == "--help" else set())
    assert "click" in names and not names & HEAVY


def test_hook_entry_imports_neither_click_nor_pygit2(tmp_path: Path) -> None:
    names = imported("from gitstory.hooks.entry import main; main(['post-commit'])", tmp_path)
    assert "gitstory.recording.queue_file" in names
    assert not names & (HEAVY - {"msgspec"} | {"click"})


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"git-story version {__version__}\n"
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    for title, section in COMMANDS.items():
        for name in section:
            listed = re.search(rf"^  {name}\s", said, re.M) is not None
            assert listed is (title != "" and group.get_command(click.Context(group), name) is not None)


def test_every_command_has_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    for name in group.list_commands(click.Context(group)):
        assert run([name, "--help"]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"Usage: git story {name}") and len(said.splitlines()) > 3


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["shwo"], "error: 'shwo' is not a git story command; did you mean `show`?\nhint: `git story --help`"),
        (["--nonsense"], "error: No such option '--nonsense'."),
        (["completion"], "error: Missing argument"),
        (["completion", "--nonsense", "bash"], "hint: `git story completion --help` shows the usage; "),
        (["why", "-o:2"], "; `--` goes before a name that begins with a dash\n"),
    ],
)
def test_usage_errors(capsys: pytest.CaptureFixture[str], args: list[str], said: str) -> None:
    assert run(args) == 2
    out = capsys.readouterr()
    assert out.out == "" and said in out.err and len(out.err.splitlines()) == 2


@pytest.mark.parametrize(("args", "told"), [([], "  why  "), (["history"], "  open  ")])
def test_a_group_alone_prints_its_help(capsys: pytest.CaptureFixture[str], args: list[str], told: str) -> None:
    assert run(args) == 2
    out = capsys.readouterr()
    assert out.out == "" and out.err.startswith("Usage: git story") and "error:" not in out.err
    assert any(line.startswith(told) for line in out.err.splitlines())


def with_command(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    """`git story show` raises `failure`."""

    @click.command()
    def broken() -> None:
        raise failure

    monkeypatch.setattr(LazyGroup, "get_command", lambda self, ctx, name: broken)


def test_errors_a_person_can_act_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with_command(monkeypatch, GitStoryError("no such\nthing: \x1b[31m", hint="look\there"))
    assert run(["show"]) == 1
    assert capsys.readouterr() == ("", "error: no such thing: ^[[31m\nhint: look here\n")


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), click.Abort()])
def test_interrupted(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    with_command(monkeypatch, failure)
    assert run(["show"]) == 130


def crashed(capsys: pytest.CaptureFixture[str]) -> Path:
    said = capsys.readouterr()
    found = re.search(r"^hint: the details are in (\S+); please", said.err, re.M)
    assert said.out == "" and said.err.startswith("error: unexpected ZeroDivisionError: oh\n") and found is not None
    return Path(found.group(1))


def test_unexpected_outside_of_a_repository(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with_command(monkeypatch, ZeroDivisionError("oh"))
    assert run(["show"]) == 3
    log = crashed(capsys)
    try:
        assert "ZeroDivisionError: oh" in log.read_text() and "Traceback" in log.read_text()
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
    finally:
        log.unlink()


def test_unexpected_in_an_enabled_repository(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], repo: GitRepo
) -> None:
    (repo.path / ".git/gitstory").mkdir()
    monkeypatch.chdir(repo.path)
    with_command(monkeypatch, ZeroDivisionError("oh"))
    assert run(["show"]) == 3
    assert run(["show"]) == 3
    log = repo.path / ".git/gitstory/log"
    assert log.read_text().count("ZeroDivisionError: oh") == 2
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_closed_pipe_ends_as_git_does(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "gitstory", "completion", "bash"]
    done = subprocess.run(words, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


def test_exit_code_reaches_the_shell(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "gitstory", "status"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 1
    done = subprocess.run([sys.executable, "-m", "gitstory", "nope"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert run(["completion", shell]) == 0
    assert "_GIT_STORY_COMPLETE" in capsys.readouterr().out


def test_completion_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_GIT_STORY_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "git-story statu")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run([]) == 0
    assert capsys.readouterr().out.split() == ["plain,status"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_git_completes_our_commands_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """git's own completion calls `_git_story` with its words."""
    assert run(["completion", "bash"]) == 0
    (tmp_path / "completion").write_text(capsys.readouterr().out)
    program = tmp_path / "git-story"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gitstory "$@"\n')
    program.chmod(0o755)
    script = (
        ". ./completion; COMP_WORDS=(git story statu); COMP_CWORD=2; _git_story; echo ${COMPREPLY[*]};"
        "COMP_WORDS=(git story enable --no); COMP_CWORD=3; _git_story; echo ${COMPREPLY[*]}"
    )
    env = {**os.environ, "PATH": os.pathsep.join([str(tmp_path), os.environ["PATH"]])}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("status\n--no-hooks --no-auto-push --no-auto-pull\n", "")
