"""`git story heal`: stories that commits carry from others are made permanent."""

from __future__ import annotations

import click

from gitstory.cli.output import say, say_json
from gitstory.cli.shared_options import json_option, open_repo


@click.command()
@click.argument("revisions", nargs=-1, metavar="[RANGE...]")
@click.option("--all", "everything", is_flag=True, help="Every branch and tag (else what HEAD reaches).")
@click.option("--dry-run", is_flag=True, help="Say what would be carried, store nothing.")
@json_option
def command(revisions: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> int:
    """Re-attach stories to commits that were squashed, rebased or cherry-picked, here or on a server.

    `show`, `blame` and `why` find such stories by themselves; this records them, so that they stay when the store
    or the history changes further. Running it again does no harm.
    """
    from gitstory.rewrites.persist_carried_stories import heal
    from gitstory.worker.ensure_drained import ensure_drained

    with open_repo() as repo:
        ensure_drained(repo)
        wanted = revisions or (("--branches", "--tags", "--remotes", "HEAD") if everything else ("HEAD",))
        for revision in revisions:
            if ".." not in revision:
                repo.resolve(revision)
        if not revisions and not everything:
            repo.resolve("HEAD")
        stories = heal(repo, wanted, dry_run=dry_run)
    if as_json:
        say_json([{"commit": story.commit, "carried_from": list(story.carried_from)} for story in stories])
        return 0
    for story in stories:
        say(f"{story.commit[:10]} carries the story of {', '.join(oid[:10] for oid in story.carried_from)}")
    verb = "would be carried" if dry_run else "carried"
    say(f"{len(stories)} {'story' if len(stories) == 1 else 'stories'} {verb}")
    return 0
