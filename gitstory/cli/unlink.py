"""`git story unlink`: remove the link between a conversation and a commit."""

from __future__ import annotations

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.output import say


@click.command()
@click.argument("revision", metavar="REV")
@click.argument("conversation", metavar="CONVERSATION[#TURN]")
def command(revision: str, conversation: str) -> int:
    """Remove the link between a conversation, or one turn of it, and a commit.

    It is never linked to this commit again, except by `git story link`. The stored conversation is kept.
    """
    import time

    from gitstory.cli.link import named, undisturbed
    from gitstory.git.commit_details import commit_info
    from gitstory.model import is_called
    from gitstory.queries.manual_links import choose, choose_turn, parse, untied
    from gitstory.recording.live_conversations import Live

    meant = parse(conversation)
    with open_store() as (repo, sources), undisturbed(repo):
        commit = commit_info(repo, revision)
        story = sources.story(commit.oid)
        linked = {(one.agent, one.conversation): one for one in story.links} if story is not None else {}
        near = [key for key in linked if is_called(key, meant.prefix)]
        key = choose(meant.prefix, near or sources.store.find(meant.prefix))
        turns = [(turn.id, turn.index) for turn in linked[key].turns] if key in linked else []
        turn, index = choose_turn(meant.turn, key, turns) if meant.turn is not None and turns else (meant.turn, 0)
        changed = untied(story, commit, key, turn, time.time())
        with Live(repo, sources.store, since=float("inf")) as live:
            live.recorder.record([changed])
    say(f"unlinked {named(key, index)} from {commit.oid[:10]} {commit.subject}")
    return 0
