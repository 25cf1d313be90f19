"""`git story review`: what a reviewer wants to know before the diff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.options import json_option
from gitstory.cli.reading import told

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.queries.review.reach import Reach
    from gitstory.queries.review.values import Brief
    from gitstory.render.review import Named
    from gitstory.storage.stories import StoryStore


@click.command()
@click.argument("range", required=False, metavar="[RANGE]")
@click.option("--since-review", "since", metavar="SHA", help="Only what came after the commit of an earlier review.")
@click.option("--per-file", is_flag=True, help="One section a file: the turns that shaped it, lines nobody explains.")
@click.option("--markdown", is_flag=True, help="Print Markdown for a pull request, each commit's story folded.")
@click.option("--html", "as_html", is_flag=True, help="Print one HTML page, the exchanges quoted from below it.")
@json_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def command(
    range: str | None,
    since: str | None,
    per_file: bool,
    markdown: bool,
    as_html: bool,
    as_json: bool,
    output: Path | None,
) -> int:
    """Tell what a reviewer wants to know of a RANGE before reading its diff, in at most 600 words.

    What was asked, what was decided and rejected, where the person corrected the agent, which turn shaped each file,
    which lines no conversation explains, which tests were run and how they ended, what was tried and not kept. Every
    sentence is a quotation, with the turn it is from (`git story show ID#N` shows it whole).

    RANGE is A..B, a branch or a commit; by default the current branch against its upstream or the main branch.
    """
    if markdown + as_html + as_json > 1 or (per_file and (as_html or as_json)):
        raise click.UsageError("--markdown, --html and --json exclude each other, and --per-file goes with --markdown")
    from gitstory.queries.naming import short_ids
    from gitstory.queries.review.brief import brief
    from gitstory.queries.review.reach import reach
    from gitstory.render.review import named_by

    with told() as (repo, store):
        where = reach(repo, range, since)
        full = brief(repo, store, where, whole=since is None)
        name = named_by(short_ids({*store.contents.conversation_keys(), *(one.ref.key for one in full.asked)}))
        if output is None and not (markdown or as_html or as_json):
            return _terminal(full, name, per_file)
        text = _text(repo, store, where, full, name, per_file=per_file, markdown=markdown, as_html=as_html)
    return _write(text, output)


def _terminal(full: Brief, name: Named, per_file: bool) -> int:
    from gitstory.cli.output import console
    from gitstory.queries.review.fitting import fitted
    from gitstory.render.review import write_per_file, write_review

    with console() as out:
        if per_file:
            write_per_file(full.files, out, name)
        else:
            write_review(fitted(full), out, name)
    return 0


def _text(
    repo: Repo,
    store: StoryStore,
    where: Reach,
    full: Brief,
    name: Named,
    *,
    per_file: bool,
    markdown: bool,
    as_html: bool,
) -> str:
    from gitstory.queries.review.fitting import fitted
    from gitstory.queries.show import story_views
    from gitstory.render.json import dump
    from gitstory.render.review import review_object
    from gitstory.render.review_markdown import per_file_markdown, review_markdown

    if as_html:
        from gitstory.queries.share import behind
        from gitstory.render.page.document import review_page

        return review_page(fitted(full), behind(repo, store, where.name, where.commits), name)
    if per_file:
        return per_file_markdown(full.files, name)
    if markdown:
        views = [view for view in story_views(repo, store, where.commits, files=True) if view.conversations]
        return review_markdown(fitted(full), name, views)
    return dump(review_object(full)) + "\n"


def _write(text: str, output: Path | None) -> int:
    if output is None:
        click.echo(text, nl=False)
        return 0
    from gitstory.cli.output import say
    from gitstory.cli.share import write_page

    write_page(output, text)
    say(f"{output}: written")
    return 0
