"""`git story explain`: why conversations were linked to a commit, or not."""

from __future__ import annotations

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.shared_options import json_option, revision_argument


@click.command()
@revision_argument
@json_option
def command(revision: str, as_json: bool) -> int:
    """Show how conversations were linked to a commit, or why not.

    Lists each candidate conversation with its lines in the commit, their score, and the reason in words. This is
    computed again from the agents' stores on this machine; differences from the stored story are reported.
    """
    from gitstory.queries.explain import explain
    from gitstory.recording.live_conversations import Live

    with open_store() as (repo, sources):
        repo.resolve(revision)
        with Live(repo, sources.store) as live:
            view = explain(repo, sources, live, revision)
    if as_json:
        from gitstory.render.explain import explain_object
        from gitstory.render.json import dump

        click.echo(dump(explain_object(view)))
        return 0
    from gitstory.cli.output import console
    from gitstory.render.explain import write_explain

    with console() as out:
        write_explain(view, out)
    return 0
