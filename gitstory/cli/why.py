"""`git story why`: the answer to "why is this here"."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store_with_interop
from gitstory.cli.shared_options import json_option

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.queries.line_target import FileTarget
    from gitstory.sources.story_source import StorySource

_EARLIER, _EARLIER_SHOWN = 10, 4
"""Earlier versions of the lines that are looked for; without --all three are shown, and whether there are more."""


@click.command()
@click.argument("target")
@json_option
@click.option("-n", "limit", type=click.IntRange(min=0), default=20, metavar="N", help="Of a FILE: N commits; 0: all.")
@click.option("-w", "ignore_space", is_flag=True, help="Look through changes of white space, as `git blame -w`.")
@click.option("--all", "whole", is_flag=True, help="Show every passage that may be the reason, with its score.")
def command(target: str, as_json: bool, ignore_space: bool, limit: int, whole: bool) -> int:
    """Answer why lines are there: the reason and where it was said, the edit, what followed, what stood there before.

    TARGET is FILE:LINE, FILE:LINE-LINE, FILE:NAME (a function, a class, any word), or one of these behind REV:
    FILE alone lists the file's commits, newest first, with the turns that wrote or removed lines of it.
    """
    from gitstory.queries.line_target import FileTarget, find_target_or_file
    from gitstory.queries.uncommitted_lines import UncommittedSource
    from gitstory.queries.why import why

    with open_store_with_interop() as (repo, sources):
        pool = UncommittedSource(repo, sources)
        target_ = find_target_or_file(repo, target, Path.cwd())
        if isinstance(target_, FileTarget):
            return _file(repo, sources, target_, limit or None, as_json)
        versions = _EARLIER if whole or as_json else _EARLIER_SHOWN
        view = why(repo, pool, target_, ["-w"] if ignore_space else [], pending=pool.owners, versions=versions)
        if as_json:
            from gitstory.render.json import dump, why_object

            click.echo(dump(why_object(view)))
            return 0
        from gitstory.cli.output import console
        from gitstory.render.why import write_why

        with console() as out:
            write_why(view, out, whole=whole)
    return 0


def _file(repo: Repo, source: StorySource, place: FileTarget, limit: int | None, as_json: bool) -> int:
    from gitstory.queries.file_history import file_history
    from gitstory.render.file_history import file_history_object, write_file_history

    history = file_history(repo, source, place.path, place.rev, limit)
    if as_json:
        from gitstory.render.json import dump

        click.echo(dump(file_history_object(history)))
        return 0
    from gitstory.cli.output import console

    with console() as out:
        write_file_history(history, out)
    return 0
