"""Asking a person before anything is sent to a language model."""

from __future__ import annotations

import sys

import click

from gitstory.errors import GitStoryError


def agreed(announcement: str, *, yes: bool) -> None:
    """Say what would be sent, and ask unless `yes`. Raises GitStoryError without a yes."""
    click.echo(announcement, err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise GitStoryError("cannot ask for confirmation: not a terminal", hint="--yes agrees to it")
    if not click.confirm("Send this?", default=False, err=True):
        raise GitStoryError("nothing was sent", hint="without --llm nothing leaves the machine")
