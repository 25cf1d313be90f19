"""`git story show`: the story of a commit or of each commit of a range, or a conversation whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store_with_interop
from gitstory.cli.shared_options import json_option, revision_argument
from gitstory.errors import GitStoryError
from gitstory.git.repo import UnknownRevision

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.sources.story_source import StorySource
    from gitstory.store.store import StoryStore
    from gitstory.summary.commit_story import CommitView


@click.command()
@revision_argument
@json_option
@click.option("--markdown", is_flag=True, help="Print Markdown, safe to paste into a pull request.")
@click.option("--full", is_flag=True, help="Show whole prompts and every step: answers, thinking, tools, edits.")
@click.option("--notes-text", is_flag=True, help="Print the text of the commit's note.")
def command(revision: str, as_json: bool, markdown: bool, full: bool, notes_text: bool) -> int:
    """Show the story of a commit, or of each commit of a range (A..B, newest first), or a whole conversation.

    The story of a commit: the prompts, what the agent answered and edited, and which lines are unattributed.

    REV may also be a conversation: the beginning of its id, AGENT:ID, or ID#TURN for one turn. It is read from the
    stored stories or, if it is not stored, from its agent's store, redacted.
    """
    if as_json + markdown + notes_text > 1:
        raise click.UsageError("--json, --markdown and --notes-text exclude each other")
    with open_store_with_interop() as (repo, sources):
        views = _views(repo, sources, revision, files=not as_json and not notes_text)
        try:
            # What is wrong with the revision is said before a pager starts.
            views = chain(list(islice(views, 1)), views)
        except UnknownRevision as error:
            if notes_text:
                raise
            return _conversation(repo, sources.store, revision, error, as_json=as_json, markdown=markdown, full=full)
        if as_json:
            return _json(views)
        if notes_text:
            return _notes(views)
        return _markdown(views, full) if markdown else _terminal(views, full, repo, revision)


def _conversation(
    repo: Repo, store: StoryStore, name: str, no_revision: GitStoryError, *, as_json: bool, markdown: bool, full: bool
) -> int:
    """What is no revision may be a conversation; if it is neither, that is said of both."""
    from gitstory.queries.conversation import whole
    from gitstory.queries.manual_links import NoSuchConversation
    from gitstory.render.conversation import conversation_markdown, transcript_object, write_conversation
    from gitstory.render.json import dump

    try:
        view = whole(repo, store, name)
    except NoSuchConversation as error:
        raise GitStoryError(f"{no_revision.message}, and {error.message}", hint=error.hint) from None
    if as_json:
        click.echo(dump(transcript_object(view)))
    elif markdown:
        click.echo(conversation_markdown(view, full=full), nl=False)
    else:
        from gitstory.cli.output import console

        with console() as out:
            write_conversation(view, out, full=full)
    return 0


def _views(repo: Repo, source: StorySource, revision: str, *, files: bool) -> Iterator[CommitView]:
    from gitstory.queries.show import selected, story_views

    for commit in selected(repo, revision):
        yield from story_views(repo, source, [commit], files=files)


def _json(views: Iterator[CommitView]) -> int:
    from gitstory.render.json import dump, story_object

    for view in views:
        click.echo(dump(story_object(view)))
    return 0


def _notes(views: Iterator[CommitView]) -> int:
    from gitstory.summary.note_text import note_text

    for view in views:
        if view.story is not None:
            stored = (each.conversation for each in view.conversations)
            click.echo(note_text(view.story, {each.key: each for each in stored if each is not None}), nl=False)
    return 0


def _markdown(views: Iterator[CommitView], full: bool) -> int:
    from gitstory.render.story_markdown import story_markdown

    for at, view in enumerate(views):
        click.echo(("\n" if at else "") + story_markdown(view, full=full), nl=False)
    return 0


def _terminal(views: Iterator[CommitView], full: bool, repo: Repo, revision: str) -> int:
    from gitstory.cli.output import console
    from gitstory.render.story import write_next, write_story

    with console() as out:
        shown = 0
        for view in views:
            if shown:
                out.line()
            write_story(view, out, full=full)
            shown += 1
        if shown == 1:
            write_next(view, out)
            for at, line in enumerate(_next(view, repo, revision)):
                if not at:
                    out.line()
                out.line(out.paint(f"next: {line}", "dim"))
    return 0


def _next(view: CommitView, repo: Repo, revision: str) -> Iterator[str]:
    """What to type where the commit has no story of its own."""
    if view.story is not None:
        return
    from gitstory.cli.no_story_hint import missing_stories, remote_stories

    if len(view.commit.parents) < 2:
        yield missing_stories(repo)
        return
    name = revision if re.fullmatch(r"[\w./@~-]+", revision) and ".." not in revision else view.commit.oid[:10]
    yield f"git story review {name}^1..{name} shows the stories of what was merged"
    if there := remote_stories(repo):
        yield there
