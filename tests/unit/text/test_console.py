"""Colour, pager and safety of output."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.text.console import Console, choose_pager, neutralise, neutralise_line, wants_color
from tests.gitrepo import GitRepo


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    safe = neutralise(text)
    assert all(c in "\n\t" or (c >= " " and not 0x7F <= ord(c) <= 0x9F) for c in safe)
    assert not set(safe) & set("\u202e\u2066\u2069\u200f\u2028")
    safe.encode("utf-8")
    assert neutralise(safe) == safe
    assert not set(neutralise_line(text)) & {"\n", "\t", "\r"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünï 漢 👩‍💻\n\tx", "plain ünï 漢 👩‍💻\n\tx"),
        ("\x1b]0;title\x07", "^[]0;title^G"),
        ("a\r\nb\rc", "a\nb^Mc"),
        ("\x9b31m\x7f", "<U+009B>31m^?"),
        ("\u202eevil", "<U+202E>evil"),
        ("\udcff", "�"),
    ],
)
def test_what_was_there_stays_visible(text: str, shown: str) -> None:
    assert neutralise(text) == shown


TERM = {"TERM": "xterm"}


@pytest.mark.parametrize(
    ("asked", "env", "settings", "terminal", "paged", "color"),
    [
        (None, TERM, {}, True, False, True),
        (None, TERM, {}, False, False, False),
        (None, {"TERM": "dumb"}, {}, True, False, False),
        (None, {}, {}, True, False, False),
        (None, {**TERM, "NO_COLOR": "1"}, {"color.ui": "always"}, True, False, False),
        (None, {**TERM, "NO_COLOR": ""}, {}, True, False, True),
        ("always", {"NO_COLOR": "1"}, {}, False, False, True),
        ("never", TERM, {"color.ui": "always"}, True, False, False),
        ("auto", TERM, {"color.ui": "never"}, True, False, True),
        (None, TERM, {"color.ui": "always"}, False, False, True),
        (None, TERM, {"color.ui": "false"}, True, False, False),
        (None, TERM, {"color.ui": "never", "color.story": "always"}, False, False, True),
        (None, TERM, {"color.pager": "false"}, True, True, False),
        (None, TERM, {"color.pager": "false"}, True, False, True),
    ],
)
def test_when_to_color(
    asked: str | None, env: dict[str, str], settings: dict[str, str], terminal: bool, paged: bool, color: bool
) -> None:
    assert wants_color(asked, env, settings, terminal=terminal, paged=paged) is color


@pytest.mark.parametrize(
    ("env", "settings", "pager"),
    [
        ({}, {}, "less"),
        ({"PAGER": "more"}, {}, "more"),
        ({"PAGER": "more"}, {"core.pager": "delta"}, "delta"),
        ({"PAGER": "more", "GIT_PAGER": "most"}, {"core.pager": "delta"}, "most"),
        ({"GIT_PAGER": "cat"}, {"core.pager": "delta"}, None),
        ({"GIT_PAGER": ""}, {}, None),
        ({"PAGER": ""}, {}, None),
        ({}, {"pager.story": "false"}, None),
        ({"GIT_PAGER": "most"}, {"pager.story": "bat -p"}, "bat -p"),
        ({"GIT_PAGER": "most"}, {"pager.story": "true"}, "most"),
    ],
)
def test_which_pager(env: dict[str, str], settings: dict[str, str], pager: str | None) -> None:
    assert choose_pager(env, settings) == pager


def test_paint() -> None:
    assert Console(io.StringIO(), color=True).paint("x", "bold", "red") == "\x1b[1;31mx\x1b[0m"
    assert Console(io.StringIO(), color=True).paint("", "bold") == ""
    assert Console(io.StringIO()).paint("x", "bold") == "x"


# The rest needs a terminal.

pty = pytest.importorskip("pty", reason="needs pseudo-terminals")


def in_terminal(repo: GitRepo, *args: str, **env: str) -> str:
    """What a person at a terminal sees of `git story ARGS`."""
    master, slave = pty.openpty()
    words = [sys.executable, "-m", "gitstory", *args]
    process = subprocess.Popen(
        words, cwd=repo.path, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **TERM, **env}
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # Linux says so when the last writer has gone
            break
        if not chunk:
            break
        seen += chunk
    process.wait()
    os.close(master)
    return seen.decode()


def test_color_and_no_color_at_a_terminal(repo: GitRepo) -> None:
    assert "\x1b[1menabled" in in_terminal(repo, "status")
    assert "\x1b" not in in_terminal(repo, "status", NO_COLOR="1")
    assert "\x1b" not in in_terminal(repo, "--color=never", "status")
    repo.git("config", "color.ui", "never")
    assert "\x1b" not in in_terminal(repo, "status")


PROGRAM = """\
from gitstory.cli.output import console
import sys
with console() as out:
    for n in range(int(sys.argv[1])):
        out.line(f"{n} " + out.paint("text", "red"))
"""


def paged(repo: GitRepo, count: int, pager: str, tmp_path: Path) -> tuple[str, int]:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    master, slave = pty.openpty()
    env = {**os.environ, **TERM, "GIT_PAGER": pager}
    done = subprocess.run(
        [sys.executable, str(script), str(count)], cwd=repo.path, stdin=slave, stdout=slave, env=env, check=False,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(slave)
    os.close(master)
    return done.stderr.decode(), done.returncode


def test_pager_gets_everything_in_color(repo: GitRepo, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    said, code = paged(repo, 3, f"cat >'{kept}'; echo \"$LESS $LV\" >>'{kept}'", tmp_path)
    assert (said, code) == ("", 0)
    assert kept.read_text() == "".join(f"{n} \x1b[31mtext\x1b[0m\n" for n in range(3)) + "FRX -c\n"


def test_leaving_the_pager_early_is_no_error_to_talk_about(repo: GitRepo, tmp_path: Path) -> None:
    said, code = paged(repo, 100_000, "true", tmp_path)
    assert code != 0 and "PagerLeft" in said  # outside of `run`, which ends silently; see below


def test_run_is_silent_when_the_pager_is_left(repo: GitRepo, tmp_path: Path) -> None:
    script = tmp_path / "left.py"
    script.write_text(
        "import click, sys\nfrom gitstory.cli import lazy_group, main, output\n"
        "@click.command()\ndef long():\n"
        "    with output.console() as out:\n        for n in range(100000): out.line('x' * 100)\n"
        "lazy_group.LazyGroup.get_command = lambda self, ctx, name: long\nsys.exit(main.run(['show']))\n"
    )
    master, slave = pty.openpty()
    env = {**os.environ, **TERM, "GIT_PAGER": "head -1 >/dev/null"}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=repo.path, stdin=slave, stdout=slave, stderr=subprocess.PIPE, env=env,
        check=False,
    )  # fmt: skip
    os.close(slave)
    os.close(master)
    assert (done.returncode, done.stderr) == (-13, b"")


@pytest.mark.parametrize(
    ("text", "in_a_workflow"),
    [
        ("::error::x", "\\::error::x"),
        ("  ::add-mask::x\n\t##[error]x", "  \\::add-mask::x\n\t\\##[error]x"),
        ("> ::error::x", "> ::error::x"),
        ("std::move(a)", "std::move(a)"),
    ],
)
def test_a_runner_of_workflows_obeys_nothing_that_was_said(text: str, in_a_workflow: str) -> None:
    for obeyed, shown in ((True, in_a_workflow), (False, text)):
        stream = io.StringIO()
        Console(stream, obeyed=obeyed).line(text)
        assert stream.getvalue() == shown + "\n"
