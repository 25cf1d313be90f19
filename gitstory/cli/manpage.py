"""The manual page, made from the commands' own help: `python -P -m gitstory.cli.manpage >docs/git-story.1`.

`git story --help` asks man for it. A test holds the page in `docs/` equal to what this prints.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import click

from gitstory import __version__
from gitstory.cli.examples import command_lines
from gitstory.cli.help import topics
from gitstory.cli.lazy_group import HIDDEN
from gitstory.cli.main import COMMANDS, group


def manpage() -> str:
    """The whole page in man(7)."""
    lines = [
        f'.TH GIT\\-STORY 1 "" "git\\-story {__version__}" "Git Manual"',
        ".SH NAME",
        "git\\-story \\- show why any commit and any line is there",
        ".SH SYNOPSIS",
        ".nf",
        "\\fIgit story\\fR [OPTIONS] COMMAND [ARGS]...",
        ".fi",
        ".SH DESCRIPTION",
        *_prose(group.help or ""),
        ".SH OPTIONS",
        *_options(group, click.Context(group, info_name="git story")),
    ]
    ctx = click.Context(group, info_name="git story")
    there = set(group.list_commands(ctx))
    for title, section in COMMANDS.items():
        names = [name for name in section if name in there]
        if title != HIDDEN and names:
            lines += [f".SH {title.upper()}", *(line for name in names for line in _command(name, ctx))]
    lines += [
        ".SH TOPICS",
        "\\fIgit story help TOPIC\\fR explains:",
        *(line for name, title in topics().items() for line in _term(name, title)),
        ".SH EXIT STATUS",
        "0 done, 1 an error with a hint on stderr, 2 wrong usage, 3 unexpected (a log file is named), 130 interrupted.",
        ".SH FILES",
        *_term(".git/gitstory/", "Queue, locks, caches and log; all but the queue (spool) may be deleted at any time."),
        *_term("refs/story/data", "The record. Never pushed unless asked."),
        *_term("refs/notes/story", "One note a commit, made from the record, for git log and other tools."),
        ".SH SEE ALSO",
        "git\\-notes(1), git\\-blame(1), githooks(5)",
        ".SH EXAMPLES",
        *_examples(""),
    ]
    return "\n".join(lines) + "\n"


def _command(name: str, ctx: click.Context) -> Iterator[str]:
    command = group.get_command(ctx, name)
    assert command is not None
    inner = click.Context(command, info_name=name, parent=ctx)
    yield f".SS {_escape(' '.join(['git story', name, *command.collect_usage_pieces(inner)]))}"
    yield from _prose(command.help or "")
    yield from _options(command, inner)
    if isinstance(command, click.Group):
        for sub in command.list_commands(inner):
            subcommand = command.get_command(inner, sub)
            if subcommand is not None and not subcommand.hidden:
                yield from _term(f"{name} {sub}", subcommand.get_short_help_str(200))
    yield from (".PP", "Examples:", *_examples(name))


def _examples(name: str) -> Iterator[str]:
    yield from (".RS 4", ".nf", *(_escape(line) for line in command_lines(name)), ".fi", ".RE")


def _options(command: click.Command, ctx: click.Context) -> Iterator[str]:
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None and record[1] and "--help" not in parameter.opts:
            yield from _term(*record)


def _term(name: str, text: str) -> Iterator[str]:
    yield ".TP"
    yield f"\\fB{_escape(name)}\\fR"
    yield _escape(text)


def _prose(text: str) -> Iterator[str]:
    """Paragraphs; those after a `\\b` keep their lines."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        verbatim = paragraph.startswith("\b")
        body = [_escape(line) for line in paragraph.removeprefix("\b").strip("\n").split("\n")]
        yield ".PP"
        yield from ([".nf", *body, ".fi"] if verbatim else body)


def _escape(text: str) -> str:
    text = " ".join(text.split("\n")).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    sys.stdout.write(manpage())
