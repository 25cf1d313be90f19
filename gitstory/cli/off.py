"""`git story off`: record nothing for a while, in this repository or of one conversation."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from gitstory.cli.output import say, warn
from gitstory.cli.shared_options import open_repo
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.recording.pause_recording import Key

RUNNING = "-"
"""`--conversation` without an id."""


def conversation_option(command: click.decorators.FC) -> click.decorators.FC:
    """`--conversation [ID]`; the one that runs this command where no id is given."""
    return click.option(
        "--conversation",
        is_flag=False,
        flag_value=RUNNING,
        metavar="[ID]",
        help="One conversation; inside an agent's shell without an ID: the running one.",
    )(command)


@click.command()
@conversation_option
def command(conversation: str | None) -> int:
    """Record nothing from now on, until `git story on`.

    Commits made meanwhile are never recorded, also not later by `drain` or `backfill`, and text of that time is never
    stored: lines written in that time stay unattributed. With --conversation only that conversation is left out, all
    of it; what is stored of it already stays (`git story forget` removes it). The hooks stay where they are.
    """
    from gitstory.recording.pause_recording import conversation_off, switch_off
    from gitstory.worker.ensure_drained import ensure_drained

    with open_repo() as repo:
        if conversation is not None:
            key = meant(repo, conversation)
            new = conversation_off(repo, key)
            say(f"{key[1]} ({key[0]}) is {'private now' if new else 'private already'}")
            _stored(repo, key)
            return 0
        # What was committed until now is still to be recorded, as far as it can be.
        problem = ensure_drained(repo)
        if problem is not None:
            warn(f"what was committed before could not all be recorded: {problem}")
        since = switch_off(repo, time.time())
        # From here on all that is new was made while it was off, whatever its date says.
        ensure_drained(repo, always=True)
    say(f"nothing is recorded here since {clock(since)}; `git story on` ends it")
    return 0


def clock(moment: float) -> str:
    """A moment as a person's clock shows it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


def meant(repo: Repo, text: str) -> Key:
    """The conversation of an id, or its beginning, or the one whose shell this is. Raises GitStoryError."""
    from gitstory.queries.manual_links import choose
    from gitstory.recording.live_conversations import named_so
    from gitstory.recording.pause_recording import running
    from gitstory.recording.recording_setup import setup
    from gitstory.store.store import StoryStore

    if text == RUNNING:
        running_key = running(dict(os.environ))
        if running_key is None:
            raise GitStoryError(
                "this shell belongs to no conversation", hint="name it: `git story off --conversation ID`"
            )
        return running_key
    return choose(text, [*StoryStore(repo).find(text), *named_so(setup(repo), text)])


def _stored(repo: Repo, key: Key) -> None:
    from gitstory.store.store import StoryStore
    from gitstory.text.wording import count, shell_word

    meta = StoryStore(repo).meta(*key)
    if meta is not None and meta.turns:
        turns = count(len(meta.turns), "turn")
        warn(f"already stored of it: {turns}", f"`git story forget {shell_word(key[1])}` removes them for good")
