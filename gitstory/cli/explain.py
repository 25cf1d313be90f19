"""`git story explain`: why conversations were linked to a commit, or not."""

from __future__ import annotations

import click

from gitstory.cli.options import json_option, revision_argument
from gitstory.cli.reading import open_store


@click.command()
@revision_argument
@json_option
def command(revision: str, as_json: bool) -> int:
    """Show how conversations were linked to a commit, or why not.

    Each conversation that could have had a part: its lines in the commit, what they weigh, and the reason in words.
    This is worked out anew from the agents' stores on this machine; where the record differs, that is said.
    """
    from gitstory.queries.explain import explain
    from gitstory.recording.agent_stores import Live

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
