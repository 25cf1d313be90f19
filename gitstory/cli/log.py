"""`git story log`: the stories of a range, a few lines each."""

from __future__ import annotations

from itertools import chain, islice

import click

from gitstory.cli.options import json_option
from gitstory.cli.reading import heard


@click.command()
@click.argument("revisions", nargs=-1, metavar="[RANGE]...")
@click.option("--all", "everything", is_flag=True, help="Commits of all branches and tags.")
@click.option("--include-empty", is_flag=True, help="Also commits without a story.")
@click.option("-n", "--max-count", "limit", type=click.IntRange(min=0), metavar="N", help="At most N commits.")
@json_option
def command(revisions: tuple[str, ...], everything: bool, include_empty: bool, limit: int | None, as_json: bool) -> int:
    """Tell the stories of a range of commits (default: all of HEAD's history), newest first, shortly."""
    from gitstory.queries.log import log_views

    with heard() as (repo, store):
        views = log_views(repo, store, revisions, everything=everything, include_empty=include_empty, limit=limit)
        first = list(islice(views, 1))
        if as_json:
            from gitstory.render.json import dump, story_object

            for view in chain(first, views):
                click.echo(dump(story_object(view)))
            return 0
        if not first:
            click.echo("no commit here has a story; `git story backfill` looks for older ones", err=True)
            return 0
        from gitstory.cli.output import console
        from gitstory.render.log import write_entry

        with console() as out:
            for at, view in enumerate(chain(first, views)):
                if at:
                    out.line()
                write_entry(view, out)
    return 0
