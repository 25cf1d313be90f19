"""`git story share`: conversations as one HTML file that opens anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store_with_trailers
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.queries.share import SharedPage

_NAME = re.compile(r"[^\w.-]+")


@click.command()
@click.argument("revision", default="HEAD", metavar="[CONVERSATION|REV|RANGE]")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file; - is stdout."
)
@click.option("--hide", multiple=True, metavar="N|N-M|ID#N", help="Leave exchanges out; may be repeated.")
@click.option("--title", metavar="TEXT", default="", help="Name the page; otherwise its first words do.")
@click.option("--keep-names", is_flag=True, help="Do not hide names, addresses and places beyond your settings.")
@click.option("--no-thinking", is_flag=True, help="Leave out what the agent thought.")
@click.option("--no-output", is_flag=True, help="Leave out what tools printed.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.option("--open", "show", is_flag=True, help="Open the page in your browser.")
@click.option("--gist", is_flag=True, help="Upload it as a secret gist, through gh; asks first.")
@click.option("--yes", is_flag=True, help="Do not ask before uploading.")
def command(
    revision: str,
    output: Path | None,
    hide: tuple[str, ...],
    title: str,
    keep_names: bool,
    no_thinking: bool,
    no_output: bool,
    force: bool,
    show: bool,
    gist: bool,
    yes: bool,
) -> int:
    """Write conversations as one HTML file: that of CONVERSATION, or those behind a REV or a RANGE (A..B).

    The file is complete in itself and loads nothing. It is redacted with the current rules, and names of people, e-mail
    addresses, host names and paths of your machine are removed. Look at it before you give it away: it has
    a button to choose single exchanges and to save a copy of those alone.
    """
    from gitstory.queries.share import shared, without
    from gitstory.render.page.shared_page import Looks, page

    to_stdout = str(output) == "-"
    if to_stdout and (show or gist):
        raise click.UsageError("--open and --gist need a file")
    if output is not None and not to_stdout:
        free(output, force)
    with open_store_with_trailers() as (repo, sources):
        path = output or _default(repo, revision)
        what = without(shared(repo, sources, revision), hide)
        what = _made_safe(repo, what, anonymous=not keep_names)
    text = page(what, title, Looks(not no_thinking, not no_output, keep_names))
    if to_stdout:
        click.echo(text, nl=False)
        return 0
    from gitstory.cli.output_file import write_page

    write_page(path, text)
    _say(path, what, text)
    if show:
        click.launch(path.resolve().as_uri())
    if gist:
        from gitstory.cli.gist_upload import upload

        return upload(path, yes)
    return 0


def _made_safe(repo: Repo, what: SharedPage, *, anonymous: bool) -> SharedPage:
    from gitstory.queries.anonymize import Anonymous, people
    from gitstory.queries.share import made_safe
    from gitstory.recording.recording_setup import setup

    names = {name for commit in what.commits for name in (commit.author, commit.committer)} | people(repo)
    return made_safe(what, Anonymous(repo, setup(repo), names, people=anonymous))


def _default(repo: Repo, revision: str) -> Path:
    """A file in gitstory's own directory: in the work tree the next `git add` would take it."""
    name = f"story-{_NAME.sub('-', revision).strip('-.')[:40] or 'page'}.html"
    folder = repo.home / "shared"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise GitStoryError(f"cannot make {folder}: {error.strerror or error}", hint="name a file with -o") from None
    return folder / name


def free(path: Path, force: bool) -> None:
    """Raises GitStoryError if a file exists that must not be replaced."""
    if path.is_dir() or (path.exists() and not force):
        raise GitStoryError(f"{path} exists already", hint="name another with -o, or replace it with --force")


def _say(path: Path, what: SharedPage, text: str) -> None:
    from gitstory.cli.output import say
    from gitstory.text.wording import count

    turns = count(what.turns, "exchange")
    say(f"{path}: {turns} of {count(len(what.conversations), 'conversation')}, {len(text.encode()) // 1024 + 1:,} KB")
