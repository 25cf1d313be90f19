"""`git story blame`: git's own blame, with the turn that wrote each line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from gitstory.cli.reading import heard

if TYPE_CHECKING:
    from gitstory.git.blame import Blame
    from gitstory.git.repo import Repo
    from gitstory.queries.blame import BlameView
    from gitstory.storage.stories import StoryStore

_WITH_VALUE = frozenset({
    "-L", "-S", "--contents", "--date", "--since", "--until", "--after", "--before", "--ignore-rev",
    "--ignore-revs-file", "--encoding", "--diff-algorithm",
})  # fmt: skip
_VALUE_LETTERS = "LSMC"
_FORMATS = {"--json": "json", "--porcelain": "porcelain", "-p": "porcelain", "--line-porcelain": "line-porcelain"}
_DROPPED = frozenset({"--progress", "--no-progress", "--show-stats", "--no-porcelain", "--no-line-porcelain"})


class Request(NamedTuple):
    """A command line: the format asked for ("" is ours), `-s`, `-e`, and what git is given."""

    shape: str
    short: bool
    mail: bool
    args: list[str]


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

    Takes what `git blame` takes (-L 10,20, -L :function, -w, -M, -C, --since, --ignore-rev, --reverse, ...), and:

    \b
      --json            one JSON object a line of the file
      --porcelain       git's own porcelain, plus the headers story-agent, story-conversation, story-turn
      --line-porcelain  the same with all headers for every line
      -s, -e            without names and dates; with e-mail addresses
    """
    from gitstory.git.blame import blame, finish, start

    request = parse_request(args)
    if not request.args:
        raise click.UsageError("blame which file?")
    # git works while we open the store.
    with start(request.args) as running, heard() as (repo, store):
        bare = repo.worktree is None and repo.config("core.bare") == "true"
        found = blame(_at_head(request.args)) if bare else finish(running)
        return _print(_view(repo, store, found, texts="porcelain" not in request.shape), request)


def _view(repo: Repo, store: StoryStore, found: Blame, *, texts: bool) -> BlameView:
    from gitstory.queries.blame import blame_view

    if not any(commit.uncommitted for commit in found.commits.values()):
        return blame_view(repo, store, found, texts=texts)
    from gitstory.queries.pending import Pool

    pool = Pool(repo, store)
    return blame_view(repo, pool, found, pending=pool.owners, texts=texts)


def parse_request(args: Sequence[str]) -> Request:
    """Take out what is ours; everything else is left to git, in order. Raises `click.UsageError`."""
    kept: list[str] = []
    shape = ""
    short = mail = False
    rest = iter(args)
    for arg in rest:
        if arg == "--":
            kept += [arg, *rest]
        elif arg in _FORMATS:
            shape = _FORMATS[arg] if shape != "json" else shape
        elif arg == "--incremental":
            raise click.UsageError("--incremental is not offered; --porcelain has the same headers")
        elif arg in _WITH_VALUE:
            kept += [arg, *(value for value in [next(rest, None)] if value is not None)]
        elif arg not in _DROPPED:
            letters = _letters(arg)
            short, mail = short or "s" in letters, mail or "e" in letters or arg == "--show-email"
            shape = "porcelain" if "p" in letters and not shape else shape
            kept.append(arg)
    if shape == "line-porcelain":
        kept.insert(0, "--line-porcelain")
    return Request(shape, short, mail, kept)


def _letters(arg: str) -> str:
    """The flags of a bundle like `-ws`, up to the first letter that takes what follows as its value."""
    if not arg.startswith("-") or arg.startswith("--"):
        return ""
    end = next((at for at, letter in enumerate(arg) if letter in _VALUE_LETTERS), len(arg))
    return arg[1:end]


def _at_head(args: list[str]) -> list[str]:
    """In a bare repository git wants a revision: HEAD where none is given."""
    at = args.index("--") if "--" in args else max(len(args) - 1, 0)
    before, named = args[:at], None
    rest = iter(before)
    for arg in rest:
        if arg in _WITH_VALUE:
            next(rest, None)
        elif not arg.startswith("-"):
            named = arg
    return args if named is not None else [*before, "HEAD", *(() if "--" in args else ("--",)), *args[at:]]


def _print(view: BlameView, request: Request) -> int:
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
        write_blame(view, out, short=request.short, mail=request.mail)
    return 0
