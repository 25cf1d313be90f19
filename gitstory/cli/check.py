"""`git story check`: a gate on how much of a range is attributed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store_with_trailers
from gitstory.cli.shared_options import json_option

if TYPE_CHECKING:
    from gitstory.git.commit_details import MissingObjects
    from gitstory.git.repo import Repo
    from gitstory.queries.coverage_gate import Coverage
    from gitstory.queries.review.commit_range import Reach

_BOTS = ("[bot]@users.noreply.github.com",)


def _number(value: float | None) -> float | None:
    """Refuse `nan`, which is not below any share and so would let everything pass."""
    if value is not None and value != value:
        raise click.BadParameter("a percentage is a number from 0 to 100")
    return value


@click.command()
@click.argument("range_", required=False, metavar="[RANGE]")
@click.option(
    "--min-coverage",
    "least",
    type=click.FloatRange(0, 100),
    callback=lambda _ctx, _parameter, value: _number(value),
    metavar="PERCENT",
    help="Fail below this share.",
)
@click.option("--require-story", is_flag=True, help="Fail if a commit (merges and bots apart) has no story.")
@click.option("--rules", is_flag=True, help="Fail if an added line breaks a written rule (see `git story rules`).")
@click.option(
    "--excuse", multiple=True, metavar="ADDRESS", help="Exempt authors whose e-mail address ends with ADDRESS."
)
@click.option(
    "--annotations",
    type=click.Choice(["auto", "github", "none"]),
    default="auto",
    help="Annotate unattributed lines; auto: where GitHub Actions runs this.",
)
@click.option(
    "--code-quality", type=click.Path(dir_okay=False, path_type=Path), help="Write GitLab's report to this file."
)
@click.option("--request", "in_job", is_flag=True, help="Check the pull or merge request this CI job is about.")
@json_option
def command(
    range_: str | None,
    least: float | None,
    require_story: bool,
    rules: bool,
    excuse: tuple[str, ...],
    annotations: str,
    code_quality: Path | None,
    in_job: bool,
    as_json: bool,
) -> int:
    """Report how much of a RANGE is attributed to conversations, and fail if that is not enough.

    Lines count as they are at the end of the range; lock files and the like do not. RANGE is as for `git story review`.
    Without --min-coverage and --require-story it only reports. It exits with 1 if the range does not pass.
    """
    from gitstory.cli.output import warn
    from gitstory.queries.coverage_gate import coverage
    from gitstory.queries.review.commit_range import reach
    from gitstory.render.check import failures

    if in_job:
        from gitstory.cli.review_post import ci_job as request_of
        from gitstory.cli.review_post import span

        range_ = span(request_of(os.environ).request)
    lacking: list[MissingObjects] = []
    with open_store_with_trailers() as (repo, sources):
        span_of_commits = reach(repo, range_)
        found_coverage = coverage(repo, sources, span_of_commits, (*_BOTS, *excuse), lacking)
        broken = _broken_rules(repo, span_of_commits)
    for missing in lacking:
        warn(missing.message, missing.hint)
    failed = failures(found_coverage, least, require_story, complete=not lacking)
    if broken and rules:
        failed = [*failed, *broken]
    if code_quality is not None:
        _report(found_coverage, code_quality)
    if as_json:
        from gitstory.render.check import check_object
        from gitstory.render.json import dump

        click.echo(dump(check_object(found_coverage, failed)))
    else:
        _say(found_coverage, failed, annotations == "github" or (annotations == "auto" and _on_github()))
        _say_broken(broken if not rules else ())
    return 1 if failed else 0


def _say_broken(lines: Sequence[str]) -> None:
    from gitstory.cli.output import say

    for line in lines:
        say(line)


def _broken_rules(repo: Repo, reach: Reach) -> list[str]:
    """A line for each added line that a written rule forbids; nothing without a work tree, which has the rules."""
    from gitstory.render.rules import violation_line
    from gitstory.rules.changes_to_check import range_changes
    from gitstory.rules.rules_in_force import check

    if repo.worktree is None:
        return []
    violated, _checked, _problems = check(repo.worktree, lambda: range_changes(repo, reach.base, reach.tip))
    return [violation_line(violation) for violation in violated]


def _on_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _say(coverage: Coverage, failed: list[str], annotated: bool) -> None:
    from gitstory.cli.output import complain, say
    from gitstory.render.check import details, github, summary

    say(summary(coverage))
    for line in details(coverage):
        say(line)
    for line in github(coverage, failed) if annotated else ():
        say(line)
    for text in failed:
        complain(text, "`git story review` shows details; `git story backfill` adds missing stories")


def _report(coverage: Coverage, path: Path) -> None:
    import json

    from gitstory.cli.output_file import write_page
    from gitstory.render.check import code_quality

    write_page(path, json.dumps(code_quality(coverage), ensure_ascii=True) + "\n")
