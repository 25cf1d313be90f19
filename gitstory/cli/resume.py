"""`git story resume`: resume the conversation behind a commit or line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.shared_options import json_option
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.queries.conversation_to_resume import Continuation


@click.command()
@click.argument("what", metavar="CONVERSATION|REV|FILE:LINE", default="HEAD")
@click.option("--run", is_flag=True, help="Start the agent here and now instead of printing the command.")
@click.option("--context", is_flag=True, help="Print a context file (Markdown, redacted) for another agent.")
@json_option
def command(what: str, run: bool, context: bool, as_json: bool) -> int:
    """Print the command that continues a conversation in its agent.

    The conversation is the one named, the one that wrote the line, or the one with most lines of the commit (default:
    HEAD). If its agent has deleted it, --context prints what another agent or a new conversation needs.
    """
    from msgspec.structs import replace

    from gitstory.queries.committed_abandoned_turns import as_recorded
    from gitstory.queries.conversation_to_resume import continuation, named_conversation
    from gitstory.recording.live_conversations import Live, named_so
    from gitstory.recording.recording_setup import setup

    if run and (context or as_json):
        raise click.UsageError("--run goes with no other way of output")
    with open_store() as (repo, sources):
        recording = setup(repo)
        with Live(repo, sources.store, recording, always=named_so(recording, what)) as live:
            stored = sources.store.index.ended()
            key = named_conversation(repo, sources, [*stored, *live.keys()], what, Path.cwd())
            if context:
                conversation = live.recorder.prepare(key, chosen=True) or sources.store.conversation(*key)
                return _context(as_recorded(sources.store, conversation) if conversation is not None else None, key[1])
            continuation_ = continuation(key, sources.store.conversation(*key), live.whole(key))
            continuation_ = replace(continuation_, title=live.redacted(continuation_.title)[0])
    if as_json:
        from gitstory.render.json import dump
        from gitstory.render.resume import resume_object

        click.echo(dump(resume_object(continuation_)))
        return 0
    if continuation_.command is None:
        from gitstory.text.wording import shell_word

        name = shell_word(continuation_.id)
        raise GitStoryError(
            f"{continuation_.agent} conversation {continuation_.id} cannot be continued: {continuation_.why}",
            hint=f"`git story resume --context {name}` prints what another agent needs to continue",
        )
    return _start(continuation_) if run else _print(continuation_)


def _context(conversation: object, name: str) -> int:
    from gitstory.model import Conversation
    from gitstory.render.resume import context_markdown

    if not isinstance(conversation, Conversation) or not conversation.turns:
        raise GitStoryError(f"nothing of conversation {name} is stored", hint="it may have been forgotten or be empty")
    click.echo(context_markdown(conversation), nl=False)
    return 0


def _print(continuation: Continuation) -> int:
    from gitstory.cli.output import say
    from gitstory.render.resume import shell_line

    say(shell_line(continuation))
    return 0


def _start(continuation: Continuation) -> int:
    """Become the agent. Raises GitStoryError where its program is not there."""
    assert continuation.command is not None and continuation.place is not None
    from gitstory.git.find_program import find_program

    program = find_program(continuation.command[0], os.environ.get("PATH"))
    if program is None:
        raise GitStoryError(
            f"{continuation.command[0]} is not on your PATH",
            hint="without --run the command is printed, to be used elsewhere",
        )
    sys.stdout.flush()
    os.chdir(continuation.place)
    if os.name == "nt":  # there exec would give the terminal back before the agent is done with it
        import subprocess

        return subprocess.call([program, *continuation.command[1:]])
    os.execv(program, [program, *continuation.command[1:]])
    raise AssertionError("unreachable: this process is the agent now")
