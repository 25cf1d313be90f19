"""`git story review`: a summary of a range for its reviewer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store_with_trailers
from gitstory.cli.output_file import print_or_write
from gitstory.cli.shared_options import anonymise_option, anonymous, json_option

if TYPE_CHECKING:
    from gitstory.git.commit_details import MissingObjects
    from gitstory.git.repo import Repo
    from gitstory.queries.review.commit_range import Reach
    from gitstory.queries.review.values import Brief
    from gitstory.render.review import Named
    from gitstory.sources.chain import SourceChain


@click.command()
@click.argument("range", required=False, metavar="[RANGE]")
@click.option("--since-review", "since", metavar="SHA", help="Only what came after the commit of an earlier review.")
@click.option(
    "--per-file", is_flag=True, help="One section per file: the turns that shaped it, and its unattributed lines."
)
@click.option("--full", is_flag=True, help="Leave nothing out to keep it short.")
@click.option("--markdown", is_flag=True, help="Print Markdown for a pull request, each commit's story folded.")
@click.option("--html", "as_html", is_flag=True, help="Print one HTML page, the exchanges quoted from below it.")
@json_option
@click.option("--post", is_flag=True, help="In a CI job: keep the brief as one comment on the pull or merge request.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@anonymise_option
def command(
    range: str | None,
    since: str | None,
    per_file: bool,
    full: bool,
    markdown: bool,
    as_html: bool,
    as_json: bool,
    post: bool,
    output: Path | None,
    anonymise: bool,
) -> int:
    """Summarize a RANGE for its reviewer, in at most 600 words (all of it with --full).

    Shows what was requested, decided and rejected, where the person corrected the agent, which turn shaped each file,
    which lines are unattributed, which tests ran with what result, and what was tried and dropped. Every sentence is
    quoted with its turn (`git story show ID#N` shows it in full). A range of several pull requests or merges is
    grouped by them.

    RANGE is A..B, a branch or a commit; by default the current branch against its upstream or the main branch.
    """
    formats = [name for name, so in (("markdown", markdown), ("html", as_html), ("json", as_json)) if so]
    if len(formats) > 1 or (per_file and formats not in ([], ["markdown"])):
        raise click.UsageError("--markdown, --html and --json exclude each other, and --per-file goes with --markdown")
    if post:
        if formats or per_file or range or output:
            raise click.UsageError("--post takes the range and the place from the CI job it runs in")
        return _post(since)
    kind = formats[0] if formats else "markdown" if output is not None else "terminal"
    with open_store_with_trailers() as (repo, sources):
        where, summary, name = _brief(repo, sources, range, since, full=full or per_file or kind == "json")
        if kind == "terminal":
            if anonymise:
                raise click.UsageError("--anonymise goes with --markdown, --html, --json and -o")
            return _terminal(summary, name, per_file)
        text = _text(repo, sources, where, summary, name, kind, per_file)
        text = anonymous(repo).text(text) if anonymise else text
    return print_or_write(text, output)


def _brief(
    repo: Repo, sources: SourceChain, range: str | None, since: str | None, *, full: bool = False
) -> tuple[Reach, Brief, Named]:
    """The summary of a range, shortened unless it is wanted in `full`; commits are named without their secrets."""
    from gitstory.cli.llm_consent import redactor
    from gitstory.cli.output import warn
    from gitstory.queries.review.brief import brief
    from gitstory.queries.review.commit_range import reach, redacted
    from gitstory.queries.review.length_budget import fitted
    from gitstory.render.review import named_by
    from gitstory.summary.short_ids import short_ids

    where = redacted(reach(repo, range, since), redactor(repo))
    lacking: list[MissingObjects] = []
    summary = brief(repo, sources, where, whole=since is None, lacking=lacking)
    for missing in lacking:
        warn(missing.message, missing.hint)
    return where, summary if full else fitted(summary), named_by(short_ids(sources.store.index.ended()))


def _post(since: str | None) -> int:
    """Post the summary, redacted again with the current rules, and return the exit code."""
    import os

    from gitstory.cli.review_post import TOKENS, ci_job, post, span
    from gitstory.queries.anonymize import Anonymous
    from gitstory.recording.recording_setup import setup

    job = ci_job(os.environ)
    for variable in TOKENS:
        os.environ.pop(variable, None)  # git, and hooks that it may run, need none
    with open_store_with_trailers() as (repo, sources):
        where, summary, name = _brief(repo, sources, span(job.request), since)
        text = _text(repo, sources, where, summary, name, "markdown", False)
        text = Anonymous(repo, setup(repo), (), people=False).text(text)
    return post(job, text)


def _terminal(summary: Brief, name: Named, per_file: bool) -> int:
    from gitstory.cli.output import console
    from gitstory.render.review import write_per_file, write_review

    with console() as out:
        if per_file:
            write_per_file(summary.files, out, name)
        else:
            write_review(summary, out, name)
    return 0


def _text(
    repo: Repo, sources: SourceChain, where: Reach, summary: Brief, name: Named, kind: str, per_file: bool
) -> str:
    """`kind` is markdown, html or json."""
    if kind == "html":
        from gitstory.queries.share import behind
        from gitstory.render.page.shared_page import review_page

        return review_page(summary, behind(repo, sources, where.name, where.commits), name)
    if kind == "json":
        from gitstory.render.json import dump
        from gitstory.render.review import review_object

        return dump(review_object(summary)) + "\n"
    from gitstory.queries.show import story_views
    from gitstory.render.review_markdown import per_file_markdown, review_markdown

    if per_file:
        return per_file_markdown(summary.files, name)
    views = [view for view in story_views(repo, sources, where.commits, files=True) if view.conversations]
    return review_markdown(summary, name, views)
