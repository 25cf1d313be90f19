"""What comes before anything is sent to a language model: redaction, and asking a person."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo


def redactor(repo: Repo) -> Callable[[str], str]:
    """Redacts a text with the current rules and settings of a repository."""
    from gitstory.queries.anonymize import Anonymous
    from gitstory.recording.recording_setup import setup

    return Anonymous(repo, setup(repo), (), people=False).text


def agreed(announcement: str, *, yes: bool) -> None:
    """Say what would be sent, and ask unless `yes`. Raises GitStoryError without a yes."""
    click.echo(announcement, err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise GitStoryError("cannot ask for confirmation: not a terminal", hint="--yes agrees to it")
    if not click.confirm("Send this?", default=False, err=True):
        raise GitStoryError("nothing was sent", hint="without --llm nothing leaves the machine")
