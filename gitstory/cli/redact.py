"""`git story redact`: replace a text in everything that is stored."""

from __future__ import annotations

import click

from gitstory.cli.output import say
from gitstory.cli.shared_options import open_repo


@click.command()
@click.argument("pattern")
@click.option("--literal", is_flag=True, help="PATTERN is a text, not a regular expression.")
@click.option("--gc", is_flag=True, help="Also have git rewrite its packs (`git gc --prune=now`).")
@click.option("--dry-run", is_flag=True, help="Say what would be changed, change nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def command(pattern: str, literal: bool, gc: bool, dry_run: bool, yes: bool) -> int:
    """Replace what PATTERN matches in all that is stored by a marker, for good.

    Prompts, answers, thinking, tool calls, changes, titles and notes are rewritten, and the old objects removed. A
    turn that was changed is recorded no more, so that the agent's own file, another machine or a pull do not bring the
    text back. Turns still to come are not covered: `git story config set redact.rules.NAME REGEX` hides it there too.
    PATTERN may have a group named `secret`; then only that is replaced. A PATTERN on the command line may stay in
    your shell's history.
    """
    from gitstory.cli.forget import confirm, tell
    from gitstory.cli.history import refresh
    from gitstory.cli.link import undisturbed
    from gitstory.erasure.redact_stored import Pattern, preview, redact
    from gitstory.store.store import StoryStore
    from gitstory.text.wording import count
    from gitstory.worker.ensure_drained import ensure_drained

    wanted = Pattern(pattern, literal=literal)
    with open_repo() as repo:
        ensure_drained(repo)
        store = StoryStore(repo)
        plan = preview(store, wanted)
        verb = "would be" if dry_run else "will be"
        say(
            f"{count(plan.matches, 'match', 'matches')} in {count(plan.turns, 'turn')} of "
            f"{count(plan.conversations, 'conversation')} and {count(plan.notes, 'note')} {verb} redacted"
        )
        if dry_run or not (plan.conversations or plan.notes):
            return 0
        confirm("Redact them for good?", yes)
        with undisturbed(repo):
            done = redact(repo, store, wanted, rewrite_packs=gc)
        tell(done)
        refresh(repo, StoryStore(repo))
    say("turns to come: `git story config set redact.rules.NAME REGEX` keeps it out of them")
    return 0
