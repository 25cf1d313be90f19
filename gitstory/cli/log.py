"""`git story log`: the stories of a selection of commits, a few lines each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gitstory.cli.open_store import open_store_with_interop
from gitstory.cli.shared_options import json_option

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.summary.commit_story import CommitView

F = TypeVar("F", bound=Callable[..., Any])
_PATHS = "gitstory.log.paths"
_COUNT = re.compile(r"-(\d+)")

_VALUES = {
    "--since": ("DATE", "Commits after DATE."),
    "--until": ("DATE", "Commits before DATE."),
    "--author": ("PATTERN", "Commits whose author matches."),
    "--committer": ("PATTERN", "Commits whose committer matches."),
    "--grep": ("PATTERN", "Commits whose message matches."),
    "-S": ("TEXT", "Commits that change how often TEXT occurs."),
    "-G": ("PATTERN", "Commits whose changed lines match."),
}
_SAME = {"--since": ("--after",), "--until": ("--before",)}
_FLAGS = {
    "--first-parent": "Follow only the first parent of merges.",
    "--merges": "Only merges.",
    "--no-merges": "No merges.",
    "--follow": "Follow one file through renames.",
    "--regexp-ignore-case": "Patterns match small and capital letters alike.",
    "--extended-regexp": "Patterns are extended regular expressions.",
    "--fixed-strings": "Patterns are plain texts.",
    "--perl-regexp": "Patterns are Perl's regular expressions.",
    "--all-match": "Every --grep must match.",
    "--invert-grep": "Commits whose message does not match --grep.",
    "--date-order": "By the committers' dates, parents last.",
    "--topo-order": "Lines of history one after the other.",
}
_LETTERS = {"--regexp-ignore-case": "-i", "--extended-regexp": "-E", "--fixed-strings": "-F", "--perl-regexp": "-P"}


class _Log(click.Command):
    """Keeps what stands behind `--` apart, as git does, and takes `-5` for `-n 5`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        ctx.meta[_PATHS] = tuple(args[at + 1 :]) if at < len(args) else None
        before = [part for arg in args[:at] for part in _counted(arg)]
        return super().parse_args(ctx, before)


def _counted(arg: str) -> list[str]:
    match = _COUNT.fullmatch(arg)
    return [arg] if match is None else ["-n", match[1]]


def _options_of_git(command: F) -> F:
    """The options of `git log` that choose commits, as one parameter `git_<name>` each."""
    for name, text in reversed(_FLAGS.items()):
        letters = [_LETTERS[name]] if name in _LETTERS else []
        command = click.option(name, *letters, _parameter(name), is_flag=True, help=text)(command)
    for name, (metavar, text) in reversed(_VALUES.items()):
        names = (name, *_SAME.get(name, ()))
        command = click.option(*names, _parameter(name), multiple=True, metavar=metavar, help=text)(command)
    return command


def _parameter(name: str) -> str:
    return f"git_{name.lstrip('-').replace('-', '_').lower()}"


def _given(values: dict[str, Any]) -> tuple[str, ...]:
    """The options as git takes them."""
    names = [name for name in _FLAGS if values[_parameter(name)]]
    for name in _VALUES:
        given = values[_parameter(name)]
        names += [f"{name}{value}" if len(name) == 2 else f"{name}={value}" for value in given]
    return tuple(names)


@click.command(cls=_Log)
@click.argument("revisions", nargs=-1, metavar="[RANGE]... [--] [PATH]...")
@click.option("--all", "everything", is_flag=True, help="Commits of all branches and tags.")
@click.option("--include-empty", is_flag=True, help="Also commits without a story.")
@click.option("-n", "--max-count", "limit", type=click.IntRange(min=0), metavar="N", help="At most N commits.")
@click.option("--oneline", is_flag=True, help="One line a commit: its subject, and the turn that did most of it.")
@click.option("--reverse", is_flag=True, help="The oldest of the selected commits first.")
@_options_of_git
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    revisions: tuple[str, ...],
    everything: bool,
    include_empty: bool,
    limit: int | None,
    oneline: bool,
    reverse: bool,
    as_json: bool,
    **options_of_git: Any,
) -> int:
    """Show one short summary per commit of a range (default: the history of HEAD), newest first.

    Commits are selected as by `git log`, with its options below and its paths. ID#TURN in the output is what
    `git story show` takes.
    """
    from gitstory.git.dates import check_dates
    from gitstory.git.log_selection import Selection
    from gitstory.queries.log import log_views

    options = _given(options_of_git)
    if include_empty and limit is not None:  # else `limit` counts stories, which git does not know
        options = (*options, f"--max-count={limit}")
    selection = Selection(Path.cwd(), options, revisions, ctx.meta[_PATHS], everything)
    with open_store_with_interop() as (repo, sources):
        check_dates(repo, *(date for name in ("--since", "--until") for date in options_of_git[_parameter(name)]))
        views: Iterable[CommitView] = log_views(repo, sources, selection, include_empty=include_empty, limit=limit)
        views = reversed(list(views)) if reverse else views
        first = list(islice(views, 1)) if not reverse else []
        return _print(chain(first, views), as_json, oneline, repo)


def _print(views: Iterable[CommitView], as_json: bool, oneline: bool, repo: Repo) -> int:
    if as_json:
        from gitstory.render.json import dump, story_object

        for view in views:
            click.echo(dump(story_object(view)))
        return 0
    shown = iter(views)
    first = list(islice(shown, 1))
    if not first:
        from gitstory.cli.no_story_hint import missing_stories

        click.echo(f"no selected commit has a story; {missing_stories(repo)}", err=True)
        return 0
    from gitstory.cli.output import console
    from gitstory.render.log import write_entry, write_line

    with console() as out:
        for at, view in enumerate(chain(first, shown)):
            if oneline:
                write_line(view, out)
                continue
            if at:
                out.line()
            write_entry(view, out)
    return 0
