"""`git story export`: stories as records that other tools read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.shared_options import anonymise_option, anonymous

if TYPE_CHECKING:
    from gitstory.git.commit_details import CommitInfo
    from gitstory.git.repo import Repo
    from gitstory.model import Story
    from gitstory.sources.story_source import StorySource

    Models = dict[tuple[str, str], list[str]]
    Redact = Callable[[str], str]

Form = Literal["agent-trace", "git-ai"]


@click.command()
@click.option("--agent-trace", "form", flag_value="agent-trace", help="Agent Trace 0.1.0: a JSON record a line.")
@click.option("--git-ai", "form", flag_value="git-ai", help="The text of git-ai's notes.")
@click.argument("revision", default="HEAD", metavar="[REV|RANGE]")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not stdout.")
@anonymise_option
@click.option("--write", is_flag=True, help="With --git-ai: put the notes into refs/notes/ai where it has none.")
def command(form: Form | None, revision: str, output: Path | None, anonymise: bool, write: bool) -> int:
    """Print the stories of a commit, or of a range (A..B, newest first), as records that other tools read.

    They hold names and line numbers, no text. What gitstory knows only by another tool's word is left out.
    """
    if form is None:
        raise click.UsageError("say which: --agent-trace or --git-ai")
    if write and (form != "git-ai" or output is not None):
        raise click.UsageError("--write goes with --git-ai, and without -o")
    from gitstory.recording.recorder import redactor
    from gitstory.recording.recording_setup import setup

    with open_store() as (repo, sources):
        redact = anonymous(repo).text if anonymise else redactor(setup(repo).keeping).text
        if write:
            return _write(repo, sources, revision, redact)
        lines = (_traces if form == "agent-trace" else _notes)(repo, sources, revision, redact)
        if output is None or str(output) == "-":
            any_line = False
            for line in lines:
                any_line = True
                click.echo(line)
            return 0 if any_line else _none(revision)
        text = "".join(f"{line}\n" for line in lines)
        if not text:
            return _none(revision)
    from gitstory.cli.output_file import write_page

    write_page(output, text)
    return 0


def _none(revision: str) -> int:
    from gitstory.cli.output import warn

    warn(f"nothing to export: no story of gitstory's own in {revision}", "`git story log` lists the commits with one")
    return 0


def _write(repo: Repo, sources: StorySource, revision: str, redact: Redact) -> int:
    from gitstory.cli.output import say
    from gitstory.import_export.export_for_other_tools import write_notes
    from gitstory.interop.formats.git_ai import REF
    from gitstory.text.wording import count

    notes = {commit.oid: text for commit, text in _git_ai(repo, sources, revision, redact)}
    written = write_notes(repo, notes)
    there = len(notes) - len(written)
    kept = f", {count(there, 'commit')} had one" if there else ""
    say(f"{count(len(written), 'note')} written to {REF}{kept}")
    return 0


def _traces(repo: Repo, sources: StorySource, revision: str, redact: Redact) -> Iterator[str]:
    from gitstory import __version__
    from gitstory.interop.formats.agent_trace import record
    from gitstory.render.json import dump
    from gitstory.text.wording import rfc3339

    for commit, story, models in _stories(repo, sources, revision, redact):
        stamp = rfc3339(commit.committed) or "1970-01-01T00:00:00Z"
        yield dump(record(story, models, stamp, __version__))


def _notes(repo: Repo, sources: StorySource, revision: str, redact: Redact) -> Iterator[str]:
    from gitstory.text.console import neutralise

    for commit, text in _git_ai(repo, sources, revision, redact):
        yield f"commit {commit.oid}\n{neutralise(text)}"


def _git_ai(repo: Repo, sources: StorySource, revision: str, redact: Redact) -> Iterator[tuple[CommitInfo, str]]:
    from gitstory.interop.formats.git_ai import note

    for commit, story, models in _stories(repo, sources, revision, redact):
        if text := note(story, models):
            yield commit, text


def _stories(
    repo: Repo, sources: StorySource, revision: str, redact: Redact
) -> Iterator[tuple[CommitInfo, Story, Models]]:
    """Commits that have a story of our own, with the models of its conversations; all names as they may be shown."""
    from gitstory.import_export.export_for_other_tools import own
    from gitstory.queries.show import selected, story_views

    for commit in selected(repo, revision):
        for view in story_views(repo, sources, [commit]):
            story = own(view.story, redact) if view.story is not None else None
            if story is not None and story.links:
                conversations = (one.conversation for one in view.conversations)
                yield (
                    commit,
                    story,
                    {one.key: [redact(m) for m in one.models] for one in conversations if one is not None},
                )
