"""`git story import`: what another tool recorded becomes part of the record, marked as that tool's word."""

from __future__ import annotations

import click

from gitstory.cli.output import say
from gitstory.cli.shared_options import open_repo

TOOLS = (
    "git-ai",
    "agent-trace",
    "entire",
    "agent-note",
    "whogitit",
    "git-prompt-story",
    "git-memento",
    "claude-session",
    "copilot-session",
    "agent-logs-url",
)


@click.command()
@click.argument("tool", type=click.Choice(TOOLS), metavar="TOOL")
@click.argument("revisions", nargs=-1, metavar="[RANGE]...")
@click.option("--all", "everything", is_flag=True, help="Commits of all branches and tags (else what HEAD reaches).")
@click.option("--dry-run", is_flag=True, help="Say how many there are, store nothing.")
def command(tool: str, revisions: tuple[str, ...], everything: bool, dry_run: bool) -> int:
    """Import what TOOL recorded for commits that have no story yet.

    `show`, `log`, `blame` and `why` read such records in place. Imported ones are kept when the tool's own are deleted,
    can be pushed and searched, and stay marked as that tool's. Running it again does no harm.

    TOOL is git-ai, agent-trace, entire, agent-note, whogitit, git-prompt-story, git-memento, claude-session,
    copilot-session or agent-logs-url.
    """
    from gitstory.import_export.import_other_tools_claims import take_over
    from gitstory.interop import entire_transcripts
    from gitstory.text.wording import count, offer
    from gitstory.worker.ensure_drained import ensure_drained

    with open_repo() as repo:
        ensure_drained(repo)
        kept = entire_transcripts.count(repo) if tool == "entire" else 0
        taken = take_over(repo, tool, revisions, everything=everything, dry_run=dry_run)
    say(f"{count(len(taken), 'story', 'stories')} {'would be taken' if dry_run else 'taken'} over from {tool}")
    if kept:
        say(offer(kept))
    return 0
