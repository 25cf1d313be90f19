"""`git story on`: record again after `git story off`."""

from __future__ import annotations

import time

import click

from gitstory.cli.off import clock, conversation_option, meant
from gitstory.cli.output import say, warn
from gitstory.cli.shared_options import open_repo


@click.command()
@conversation_option
def command(conversation: str | None) -> int:
    """Record again from now on. What was said and committed while it was off stays private."""
    from gitstory.config.load import load
    from gitstory.recording.pause_recording import conversation_on, switch_on
    from gitstory.worker.ensure_drained import ensure_drained

    with open_repo() as repo:
        if conversation is not None:
            key = meant(repo, conversation)
            was = conversation_on(repo, key, time.time())
            message = "is recorded again, from now on" if was else "was not private"
            say(f"{key[1]} ({key[0]}) {message}")
            return 0
        # While it is still off: commits made meanwhile are passed over for good.
        ensure_drained(repo)
        since = switch_on(repo, time.time())
        if not load(repo).enabled:
            warn("capture.enabled is off", "`git story config` says where")
    if since is None:
        say("recording was on")
    else:
        say(f"recording again; what happened since {clock(since)} stays private")
    return 0
