"""The examples that end every help, and the topics."""

from __future__ import annotations

import re

import click
import pytest

from gitstory import __version__
from gitstory.cli.examples import EXAMPLES, command_lines
from gitstory.cli.help import topic, topics
from gitstory.cli.lazy_group import HIDDEN
from gitstory.cli.main import COMMANDS, group, run


def every_command() -> list[str]:
    """The paths of all commands, those below a group too."""
    found = [""]
    root = click.Context(group, info_name="git story")
    for name in (name for section in COMMANDS.values() for name in section):
        command = group.get_command(root, name)
        found.append(name)
        if isinstance(command, click.Group):
            found += [f"{name} {below}" for below in command.list_commands(root)]
    return found


def test_every_command_has_examples_and_no_others_have() -> None:
    assert sorted(EXAMPLES) == sorted(every_command())


@pytest.mark.parametrize("name", every_command())
def test_help_ends_with_the_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*name.split(), "--help"]) == 0
    said = capsys.readouterr().out
    ending = "\nExamples:\n" + "".join(f"  {line}\n" for line in command_lines(name))
    assert command_lines(name) and said.rstrip("\n").endswith(ending.rstrip("\n"))


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_examples_are_of_their_command_and_fit_a_narrow_terminal(name: str) -> None:
    lines = command_lines(name)
    assert any(re.match(rf"git[ -]story {name}\b", line) for line in lines)
    assert all(len(line) <= 76 for line in lines)


def test_help_lists_commands_and_topics(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help"]) == 0
    said = capsys.readouterr().out
    for name in [*(name for title, section in COMMANDS.items() if title != HIDDEN for name in section), *topics()]:
        assert re.search(rf"^  {name}\s", said, re.M)


@pytest.mark.parametrize("name", ["secrets", "linking", "teams", "agents"])
def test_a_topic_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = topic(name)
    assert text is not None and run(["help", name]) == 0
    assert capsys.readouterr().out.startswith(text)


def test_topics_fit_a_narrow_terminal_and_end_with_examples() -> None:
    for name in topics():
        text = topic(name) or ""
        assert all(len(line) <= 78 for line in text.splitlines()), name
        assert re.search(r"\n\nExamples:\n(  git .+\n)+\Z", text), name


def test_the_help_of_a_command_below_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "history", "write"]) == 0
    said = capsys.readouterr().out
    assert run(["history", "write", "--help"]) == 0
    assert capsys.readouterr().out == said


def test_a_name_that_is_topic_and_command_shows_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "agents"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(topic("agents") or "-") and "\nUsage: git story agents" in said


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["secret"], "did you mean `git story help secrets`?"),
        (["shwo"], "did you mean `git story help show`?"),
        (["zzzz"], "`git story help` lists commands and topics"),
        (["show", "nothing"], "did you mean `git story help show`?"),
        (["../topics/secrets"], "hint: "),
    ],
)
def test_an_unknown_name_gets_a_hint(words: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", *words]) == 1
    said = capsys.readouterr()
    assert said.out == "" and f"no command or topic is called {' '.join(words)!r}" in said.err and hint in said.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version"]) == 0
    assert capsys.readouterr().out == f"git-story version {__version__}\n"
    assert run(["version", "--build-options"]) == 0
    said = capsys.readouterr().out
    for name in ("git", "python", "pygit2", "system"):
        assert re.search(rf"^{name}: \S", said, re.M)
