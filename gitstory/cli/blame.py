"""`git story blame`: git's own blame, with the turn that wrote each line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gitstory.cli.blame_options import BlameRequest, parse_request, revision_is_named
from gitstory.cli.open_store import open_store_with_interop

if TYPE_CHECKING:
    from gitstory.git.blame import Blame
    from gitstory.git.repo import Repo
    from gitstory.queries.blame import BlameView
    from gitstory.sources.story_source import StorySource


class _Blame(click.Command):
    """Takes the command line as it is: options are git's, and `--` has to reach git."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        before = args[: args.index("--")] if "--" in args else args
        if "--help" in before or "-h" in before:
            return super().parse_args(ctx, [arg for arg in args if arg in ("--help", "-h")])
        ctx.params = {"args": tuple(args)}
        ctx.args = []
        return []


@click.command(cls=_Blame)
@click.argument("args", nargs=-1, metavar="[OPTIONS OF GIT BLAME] [REV] [--] FILE")
def command(args: tuple[str, ...]) -> int:
    """Show which conversation, or which person, wrote each line of FILE.

    Lines that were written together stand below one heading: the commit, the date, who wrote them, and the prompt.
    ID#TURN in it is what `git story show` takes.

    Takes what `git blame` takes (-L 10,20, -L :function, -w, -M, -C, --since, --ignore-rev, --reverse, --date, ...),
    and:

    \b
      --json            one JSON object a line of the file
      --porcelain       git's own porcelain, plus the headers story-agent,
                        story-conversation, story-turn
      --line-porcelain  the same with all headers for every line
      -s, -e            without names and dates; with e-mail addresses
      -f, -n            with the file's name and the line's number at the commit
                        that wrote it
    """
    from gitstory.git.blame import blame, finish, start

    request = parse_request(args)
    if not request.args:
        raise click.UsageError("blame which file?")
    # git works while we open the store.
    with start(request.args) as running, open_store_with_interop() as (repo, sources):
        bare = repo.worktree is None and repo.config("core.bare") == "true"
        blamed = blame(_at_head(request.args)) if bare else finish(running)
        view = _view(repo, sources, blamed, texts="porcelain" not in request.shape)
        dates = _dates(repo, blamed, request.date) if request.date is not None and not request.shape else {}
        return _print(view, request, dates)


def _view(repo: Repo, source: StorySource, blamed: Blame, *, texts: bool) -> BlameView:
    from gitstory.queries.blame import blame_view

    if not any(commit.uncommitted for commit in blamed.commits.values()):
        return blame_view(repo, source, blamed, texts=texts)
    from gitstory.queries.uncommitted_lines import UncommittedSource

    pool = UncommittedSource(repo, source)
    return blame_view(repo, pool, blamed, pending=pool.owners, texts=texts)


def _at_head(args: list[str]) -> list[str]:
    """In a bare repository git wants a revision: HEAD where none is given."""
    at = args.index("--") if "--" in args else max(len(args) - 1, 0)
    if revision_is_named(args[:at]):
        return args
    return [*args[:at], "HEAD", *(() if "--" in args else ("--",)), *args[at:]]


def _dates(repo: Repo, blamed: Blame, form: str) -> dict[str, str]:
    """The authors' dates in a format of `--date`, as git writes them."""
    from gitstory.git.dates import formatted_dates

    return formatted_dates(repo, [oid for oid, commit in blamed.commits.items() if not commit.uncommitted], form)


def _print(view: BlameView, request: BlameRequest, dates: dict[str, str]) -> int:
    if request.shape == "json":
        from gitstory.render.json import blame_lines

        for line in blame_lines(view):
            sys.stdout.write(line + "\n")
        return 0
    if request.shape:
        from gitstory.render.blame import porcelain

        sys.stdout.flush()
        sys.stdout.buffer.write(porcelain(view))
        sys.stdout.buffer.flush()
        return 0
    from gitstory.cli.output import console
    from gitstory.render.blame import write_blame

    with console() as out:
        write_blame(view, out, request.style, dates)
    return 0
