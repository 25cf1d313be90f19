"""`git story conversations`: the conversations of this repository, stored or not."""

from __future__ import annotations

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.shared_options import json_option, local_zone

_SHOWN = 20


@click.command()
@click.option("--agent", metavar="NAME", help="Only those of one agent, as in claude-code.")
@click.option("--since", metavar="DATE", help="Only those with records after DATE, as `git log --since` takes it.")
@click.option("-n", "most", type=click.IntRange(min=0), default=_SHOWN, show_default=True, help="How many; 0: all.")
@click.option("--all", "everywhere", is_flag=True, help="Those of all repositories on this machine.")
@json_option
def command(agent: str | None, since: str | None, most: int, everywhere: bool, as_json: bool) -> int:
    """List the conversations of this repository, the latest first.

    Lists both conversations that are stored with commits and those that are only in the agents' stores on this
    machine. `git story show` and `git story link` accept the id in the first column.
    """
    from gitstory.git.dates import since_time
    from gitstory.queries import conversations
    from gitstory.queries.conversations import ConversationFilter, listing
    from gitstory.recording.live_conversations import Live
    from gitstory.recording.recording_setup import setup

    with open_store() as (repo, sources):
        after = since_time(repo, since) if since is not None else None
        selection = ConversationFilter(agent, after, most or None)
        if everywhere:
            listed = conversations.everywhere(sources.store, setup(repo), selection)
        else:
            with Live(repo, sources.store, since=after or 0.0) as live:
                listed = listing(sources.store, live, selection)
    if as_json:
        from gitstory.render.conversations import conversation_object
        from gitstory.render.json import dump

        for row in listed.rows:
            click.echo(dump(conversation_object(row)))
        return 0
    from gitstory.cli.output import console
    from gitstory.render.conversations import write_conversations

    with console() as out:
        write_conversations(listed, out, local_zone())
    return 0
