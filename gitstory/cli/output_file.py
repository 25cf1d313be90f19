"""Texts that a command prints or writes to a file that the person named."""

from __future__ import annotations

from pathlib import Path

import click

from gitstory.errors import GitStoryError


def print_or_write(text: str, output: Path | None) -> int:
    """Print `text`, or write it to `output` and say so; return the exit code. Raises GitStoryError."""
    if output is None:
        click.echo(text, nl=False)
        return 0
    from gitstory.cli.output import say

    write_page(output, text)
    say(f"{output}: written")
    return 0


def write_page(path: Path, text: str) -> None:
    """Write a file for other people, completely or not at all. Raises GitStoryError."""
    from gitstory.git.atomic_write import write_atomically

    try:
        write_atomically(path, text.encode("utf-8", "replace"), 0o644)
    except OSError as error:
        raise GitStoryError(
            f"cannot write {path}: {error.strerror or error}", hint="name another file with -o"
        ) from None
