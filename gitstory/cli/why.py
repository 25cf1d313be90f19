"""`git story why`: the answer to "why is this here"."""

from __future__ import annotations

from pathlib import Path

import click

from gitstory.cli.options import json_option
from gitstory.cli.reading import heard


@click.command()
@click.argument("target")
@json_option
@click.option("-w", "ignore_space", is_flag=True, help="Look through changes of white space, as `git blame -w`.")
def command(target: str, as_json: bool, ignore_space: bool) -> int:
    """Answer why lines are there: the request, the reasoning, the edit, what followed, what stood there before.

    TARGET is FILE:LINE, FILE:LINE-LINE, FILE:NAME (a function, a class, any word), or one of these behind REV:
    """
    from gitstory.queries.pending import Pool
    from gitstory.queries.target import find_target
    from gitstory.queries.why import why

    with heard() as (repo, store):
        pool = Pool(repo, store)
        asked = find_target(repo, target, Path.cwd())
        view = why(repo, pool, asked, ["-w"] if ignore_space else [], pending=pool.owners)
        if as_json:
            from gitstory.render.json import dump, why_object

            click.echo(dump(why_object(view)))
            return 0
        from gitstory.cli.output import console
        from gitstory.render.why import write_why

        with console() as out:
            write_why(view, out)
    return 0
