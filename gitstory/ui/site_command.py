"""`git story site`: the pages as files, for a forge's pages or a folder."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.sources.story_source import Key

_NAMED = 5


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the pages into this directory.",
)
@click.option("--range", "revisions", metavar="RANGE", help="Only these commits (default: the history of HEAD).")
@click.option("--keep-names", is_flag=True, help="Do not hide names, addresses and places beyond your settings.")
@click.option("--force", is_flag=True, help="Write into a directory that is not empty.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask about conversations that were never pushed.")
def command(out: Path, revisions: str | None, keep_names: bool, force: bool, yes: bool) -> int:
    """Write commits, files and conversations as pages that open without a server.

    What is private or forgotten is left out; the rest is redacted with the current rules, and names of people, e-mail
    addresses, host names and paths of your machine are removed from conversations and messages of commits. Authors of
    commits stay. Asks before it writes a conversation that was never pushed.
    """
    from gitstory.cli.output import say
    from gitstory.queries.anonymize import Anonymous, people
    from gitstory.recording.recording_setup import setup
    from gitstory.redact.engine import Redactor
    from gitstory.text.wording import count
    from gitstory.ui.published_stories import PublicSource
    from gitstory.ui.site import SiteWriter, contents_of, published
    from gitstory.ui.workspace import name_of

    with open_store() as (repo, sources):
        if out.is_dir() and any(out.iterdir()) and not force:
            raise GitStoryError(f"{out} is not empty", hint="name another --out, or write into it with --force")
        recording = setup(repo)
        safe = Anonymous(repo, recording, people(repo), people=not keep_names)
        source = PublicSource(sources, recording, safe)
        contents = published(contents_of(repo, source, revisions), safe.text)
        _ask(repo, contents.conversations, yes)
        keeping = recording.keeping
        redactor = Redactor(keeping.redact, keeping.home, keeping.users)
        writer = SiteWriter(repo, source, contents, out, name_of(repo), redactor.text)
        writer.write()
    size = f"{writer.bytes // 1024 + 1:,} KB"
    say(
        f"{out}: {count(len(contents.commits), 'commit')}, {count(len(contents.conversations), 'conversation')}, {size}"
    )
    say(f"open {out / 'index.html'}")
    return 0


def _ask(repo: Repo, conversations: frozenset[Key], yes: bool) -> None:
    """Ask about conversations that no remote has. Raises GitStoryError where nobody can answer."""
    from gitstory.cli.output import say
    from gitstory.text.console import neutralise_line
    from gitstory.text.wording import count

    new = sorted(conversations - _pushed(repo))
    if not new or yes:
        return
    say(f"{count(len(new), 'conversation was', 'conversations were')} never pushed to a remote:")
    for agent, name in new[:_NAMED]:
        say(f"  {neutralise_line(name)} ({neutralise_line(agent)})")
    if len(new) > _NAMED:
        say(f"  and {len(new) - _NAMED} more")
    if not sys.stdin.isatty():
        raise GitStoryError("cannot ask for confirmation: not a terminal", hint="add --yes to write them anyway")
    click.confirm("Write them?", abort=True, err=True)


def _pushed(repo: Repo) -> set[Key]:
    """The conversations that a remote had when it was last looked at."""
    from gitstory.cli.remote_consent import places
    from gitstory.git.refs import tree_of
    from gitstory.store.snapshot import Contents

    keys: set[Key] = set()
    with suppress(GitStoryError):  # no remote
        for place in places(repo, None, push=True):
            tree = tree_of(repo.objects, repo.ref(place.refs[place.ref]))
            keys |= set(Contents(repo, tree).conversation_keys()) if tree is not None else set()
    return keys
