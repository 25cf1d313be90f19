"""What a command line surely wrote, perhaps wrote, and did not write."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.effects.shell import how_it_ended, shell_edits
from gitstory.effects.shell.command_parser import simple_commands
from gitstory.effects.shell.control_flow import Ended, ran

NAMED, LINES = "named", "lines"


def wrote(command: str, ended: Ended = "well") -> str:
    """What is told of f: its lines, its name, or nothing."""
    found = [edit for edit in shell_edits(command, "/w", ended=ended) if edit.path == "/w/f"]
    assert len(found) < 2
    return "" if not found else LINES if found[0].after is not None or found[0].hunks else NAMED


@pytest.mark.parametrize(
    "command",
    [
        "echo x > f",
        "make; echo x > f",
        "cd sub && cd .. && echo x > f; ls",
        "mkdir -p a && echo x > f; make",
        "make && echo x > f",
        "cd sub; cd ..; make lint && make test && echo x > f",
        "false || echo x > f",
        "true && echo x > f",
        "if true; then echo x > f; fi",
        "if false; then a; else echo x > f; fi",
        "if [ -d a ]; then a; fi; echo x > f",
        "for i in a b; do a; done\necho x > f",
        "while read a; do echo $a; done < b; echo x > f",
        "case $1 in a) b;; c|d) e;; esac; echo x > f",
        "(cd a && b); echo x > f",
        "(cd a && b) && echo x > f",
        "{ echo a; b; } && echo x > f",
        "g() { rm -rf a; }\necho x > f",
        "function g { a; }; echo x > f",
        "a=(1 2 3); echo x > f",
        "diff <(sort a) <(sort b); echo x > f",
        "[ -d a ] || exit 1\necho x > f",
        "[ -d a ] || { echo no; exit 2; }\necho x > f",
        "(exit 3); echo x > f",
        "set -e; make; echo x > f",
        "echo x > f || true",
        "echo x > f && exit 0",
        "grep -q x f | head; echo x > f",
        "make & echo x > f",
    ],
)
def test_what_surely_ran_is_told_with_its_lines(command: str) -> None:
    assert wrote(command) == LINES


@pytest.mark.parametrize(
    "command",
    [
        "[ -f f ] || echo x > f",
        "test -f f && echo x >> f; ls",
        "[[ -f f ]] || cat > f <<'E'\nx\nE",
        "grep -q x f || echo x >> f",
        "! grep -q x f && echo x >> f; ls",
        "make && echo x > f; ls",
        "make || echo x > f",
        "make && a || echo x > f",
        "make || a && echo x > f; ls",
        "if [ -d a ]; then echo x > f; fi",
        "if make; then a; else echo x > f; fi",
        "if true && [ -d a ]; then b; elif c; then echo x > f; fi",
        "if a\nthen\n b\n echo x > f\nfi",
        "if [ -d a ]; then if true; then echo x > f; fi; fi",
        "for i in a; do echo x > f; done",
        "for i in $(ls); do echo x >> f; done",
        "while [ $i -lt 3 ]; do echo x > f; done",
        "until a; do echo x > f; done",
        "case $1 in a) echo x > f;; esac",
        "case $1 in (a) b;; (*) echo x > f;; esac",
        "g() { echo x > f; }; g",
        "function g { echo x > f; }; a; g",
        "g() ( echo x > f )\ng",
        "[ -d a ] && { b; echo x > f; }",
        "[ -d a ] && (b; echo x > f); c",
        "(a) && echo x > f; b",
        "(a) || echo x > f",
        "[ -d a ] && exit; echo x > f",
        "[ -d a ] && exit 0; echo x > f",
        "a || return\necho x > f",
        "[ -d a ] && tee f <<< 'x'; b",
        "[ -d a ] && bash -c 'echo x > f'; b",
        "bash -c '[ -d a ] || echo x > f'",
        "[ -f f ] && rm f; b",
        "[ -f f ] && sed -i s/a/b/ f; b",
    ],
)
def test_what_may_have_run_is_known_by_name(command: str) -> None:
    assert wrote(command) == NAMED
    assert all(edit.op == "modify" for edit in shell_edits(command, "/w"))


@pytest.mark.parametrize(
    "command",
    [
        "if false; then echo x > f; fi",
        "if true; then a; else echo x > f; fi",
        "false && echo x > f",
        "true || echo x > f",
        "cd a || echo x > f",
        "g() { echo x > f; }",
        "g() ( echo x > f )",
        "function g { echo x > f; }",
        "exit 0; echo x > f",
        "exit\necho x > f",
        "a=(1 > f)",
    ],
)
def test_what_never_ran_is_not_told(command: str) -> None:
    assert wrote(command) == ""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cat > f <<'E'\nx\nE\npytest", LINES),
        ("cat > f <<'E'\nx\nE\nmake && make test", LINES),
        ("cd a && cd .. && echo x > f && make", LINES),
        ("make; echo x > f; make test", LINES),
        ("echo x > f; false", LINES),
        ("cd missing && echo x > f", ""),
        ("echo x > f", ""),
        ("make && echo x > f", ""),
        ("make && echo x > f && make test", ""),
        ("set -e\nmake\necho x > f\nmake test", ""),
        ("set -euo pipefail; echo x > f; make", LINES),
        ("[ -d a ] || exit 1\necho x > f; make", ""),
        ("rm f; make", ""),
        ("cp a f && make", ""),
    ],
)
def test_of_a_command_that_failed_what_it_wrote_before_stays(command: str, expected: str) -> None:
    assert wrote(command, "badly") == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cat > f <<'E'\nx\nE\nsleep 100", LINES),
        ("cd a; cd ..; echo x > f && npm start", LINES),
        ("sleep 100; echo x > f", ""),
        ("make\necho x > f", ""),
    ],
)
def test_of_a_command_that_was_stopped_only_what_takes_no_time_counts(command: str, expected: str) -> None:
    assert wrote(command, "stopped") == expected


def test_after_a_directory_that_it_may_have_left_no_relative_name_is_known() -> None:
    assert wrote("[ -d a ] && cd a; echo x > f") == ""
    assert [edit.path for edit in shell_edits("[ -d a ] && cd a; echo x > /w/f", "/w")] == ["/w/f"]


@pytest.mark.parametrize(
    ("code", "failed", "ended"),
    [
        (0, False, "well"),
        (None, False, "well"),
        (None, True, "badly"),
        (1, False, "badly"),
        (124, True, "stopped"),
        (137, True, "stopped"),
        (-9, True, "stopped"),
    ],
)
def test_how_it_ended(code: int | None, failed: bool, ended: str) -> None:
    assert how_it_ended(code, failed) == ended


PIECES = [
    "true",
    "false",
    "[ -d a ]",
    "[ -d no ]",
    "echo x > f",
    "echo y >> g",
    "cd a",
    "exit 1",
    "exit 0",
    "ls no",
]
JOINS = ["; ", " && ", " || ", "\n", " | ", "; }; { ", "; ); ( ", "; fi; if ", "; then ", "; else ", " & "]


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("cd a | echo x > f", "f"),
        ("true | cd a; echo x > f", "f"),
        ("cd a & echo x > f", "f"),
        ("cd a && make & echo x > f", "f"),
        ("cd a && true | echo x > f", "a/f"),
        ("(cd a); echo x > f", "f"),
        ("{ cd a; } | cat; echo x > f", "f"),
        ("for i in 1; do cd a; done | cat; echo x > f", "f"),
        ("{ cd a; }; echo x > f", "a/f"),
        ("if true; then cd a; fi; echo x > f", "a/f"),
    ],
)
def test_a_subshell_moves_nothing_after_it(command: str, written: str) -> None:
    assert [edit.path for edit in shell_edits(command, "/r")] == [f"/r/{written}"]


@given(
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(JOINS)), min_size=1, max_size=7),
    st.sampled_from(["", "{ ", "( ", "if ", "set -e; "]),
)
def test_lines_that_are_told_were_written(pieces: list[tuple[str, str]], head: str) -> None:
    """Against a real shell: an edit with its lines is in the file, whatever the command line is.

    `cd` to a directory that does not exist is left out: it is taken to succeed, since the path that follows from it
    then names no file of a repository.
    """
    command = (
        head + "".join(piece + join for piece, join in pieces) + {"{ ": "true; }", "( ": "true )"}.get(head, "true")
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, *["a"] * 8).mkdir(parents=True)
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True)
        if b"yntax error" in done.stderr or b"nexpected" in done.stderr:
            return
        ended = how_it_ended(done.returncode, done.returncode != 0)
        for edit in shell_edits(command, folder, ended=ended):
            if edit.after is not None or edit.hunks:
                line = edit.after or "".join(line[1:] + "\n" for hunk in edit.hunks for line in hunk.lines)
                path = Path(edit.path)
                assert path.is_file(), (command, edit)
                assert line in path.read_text(), (command, edit)


@given(st.text(alphabet="ab (){}|&;\n!=", max_size=60))
def test_no_command_line_raises(text: str) -> None:
    for words in (text, f"if {text} fi", f"case {text} esac", f"f() {{ {text} }}"):
        for ended in ("well", "badly", "stopped"):
            commands = simple_commands(words)
            assert len(ran(commands, ended)) == len(commands)  # type: ignore[arg-type]


PIECES = ("(", "{ ", "if a; then ", "g() {\n", "fi; ", "{ fi; ", ") ", "} && ", "a && ", "set -e; ")


@pytest.mark.parametrize("piece", PIECES)
def test_a_command_of_many_parts_is_read_once(piece: str) -> None:
    """Counted in calls of functions and methods: the work grows with the parts and no more."""
    few, many = calls(piece * 750), calls(piece * 3_000)
    assert many <= 4.5 * few


def calls(command: str) -> int:
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    sys.setprofile(count)
    try:
        commands = simple_commands(command)
        judged = ran(commands)
    finally:
        sys.setprofile(None)
    assert len(judged) == len(commands) >= 1
    return counted
