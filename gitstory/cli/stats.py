"""`git story stats`: how much of the code has a story."""

from __future__ import annotations

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.output import say
from gitstory.cli.shared_options import json_option
from gitstory.text.wording import offer


@click.command()
@click.argument("revisions", nargs=-1, metavar="[RANGE]...")
@click.option("--all", "everything", is_flag=True, help="Commits of all branches and tags.")
@click.option("--since", metavar="DATE", help="Only commits after DATE, as git log takes it.")
@click.option("--until", metavar="DATE", help="Only commits before DATE.")
@click.option("--author", metavar="PATTERN", help="Only commits whose author matches.")
@click.option("--path", "paths", multiple=True, metavar="PATH", help="Only files under PATH; may be repeated.")
@click.option("--by", "unit", type=click.Choice(["day", "week", "month", "year"]), help="The steps of time.")
@click.option("-n", "--rows", default=10, show_default=True, type=click.IntRange(min=1), help="Rows of each table.")
@json_option
def command(
    revisions: tuple[str, ...],
    everything: bool,
    since: str | None,
    until: str | None,
    author: str | None,
    paths: tuple[str, ...],
    unit: str | None,
    rows: int,
    as_json: bool,
) -> int:
    """Show the share of added lines that a recorded conversation wrote, by agent, author, file and time.

    The default is all of HEAD's history. Lines are counted in the commits that added them; an
    unattributed line was written by a person, or where gitstory did not see it.
    """
    from gitstory.cli.output import warn
    from gitstory.git.commit_details import MissingObjects
    from gitstory.git.dates import check_dates
    from gitstory.interop import entire_transcripts
    from gitstory.queries.stats import stats

    lacking: list[MissingObjects] = []
    given = {"--since": since, "--until": until, "--author": author}
    options = [f"{name}={value}" for name, value in given.items() if value]
    with open_store() as (repo, sources):
        check_dates(repo, since, until)
        selected = {"everything": everything, "options": options, "paths": paths}
        figures = stats(repo, sources, revisions, unit=unit, lacking=lacking, **selected)  # type: ignore[arg-type]
        kept = entire_transcripts.count(repo)
    for missing in lacking:
        warn(missing.message, missing.hint)
    if as_json:
        from gitstory.render.json import dump
        from gitstory.render.stats import stats_object

        click.echo(dump({**stats_object(figures), **({"importable": {"entire": kept}} if kept else {})}))
        return 0
    from gitstory.cli.output import console
    from gitstory.render.stats import write_stats

    with console() as out:
        write_stats(figures, out, rows=rows)
    if kept:
        say(offer(kept))
    return 0
