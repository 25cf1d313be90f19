"""A click group that knows its commands by name only, and imports one when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

Table = Mapping[str, Mapping[str, tuple[str, str]]]
"""Section title -> command name -> (module, one-line help). The module exposes `command`."""

HIDDEN = ""
"""The section whose commands are not listed."""


class LazyGroup(click.Group):
    """`--help` and `--version` import no command; running one imports only that one.

    A command whose module does not exist is not listed and cannot be run.
    """

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self.entries = {name: entry for section in table.values() for name, entry in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        hidden = self.table.get(HIDDEN, {})
        there = (name for name, (module, _help) in self.entries.items() if find_spec(module) is not None)
        return [name for name in there if name not in hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.entries or find_spec(self.entries[cmd_name][0]) is None:
            return None
        command: click.Command = import_module(self.entries[cmd_name][0]).command
        _add_examples(command, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None:
            import difflib

            near = difflib.get_close_matches(name, self.list_commands(ctx), n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            ctx.fail(f"{name!r} is not a git story command{hint}")
        return name, command, args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        there = set(self.list_commands(ctx))
        for title, section in self.table.items():
            rows = [(name, text) for name, (_module, text) in section.items() if name in there]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        _write_examples("", ctx, formatter)


def _add_examples(command: click.Command, name: str) -> None:
    """End the help of `command`, and of the commands below it, with their examples."""
    command.format_epilog = partial(_write_examples, name)  # type: ignore[method-assign]
    if isinstance(command, click.Group):
        for below in list(command.commands):
            _add_examples(command.commands[below], f"{name} {below}")


def _write_examples(name: str, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    from gitstory.cli.examples import command_lines

    with formatter.section("Examples"):
        for line in command_lines(name):
            formatter.write(f"  {line}\n")
