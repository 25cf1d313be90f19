"""`git story link`: link a conversation to a commit by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.output import say

if TYPE_CHECKING:
    from gitstory.git.commit_details import CommitInfo
    from gitstory.git.repo import Repo
    from gitstory.queries.manual_links import Meant
    from gitstory.recording.live_conversations import Live
    from gitstory.sources.story_source import Key
    from gitstory.store.store import StoryStore

_WAIT = 20.0


@click.command()
@click.argument("revision", metavar="REV")
@click.argument("conversation", metavar="CONVERSATION[#TURN]")
def command(revision: str, conversation: str) -> int:
    """Link a conversation, or one turn of it, to a commit.

    CONVERSATION is the beginning of its id. It may be stored, or in an agent's store, also for another directory. TURN
    is the number of a turn. A manual link is never removed by the worker.
    """
    import time

    from gitstory.git.commit_details import commit_info
    from gitstory.queries.manual_links import choose_turn, parse, tied

    meant = parse(conversation)
    with open_store() as (repo, sources), undisturbed(repo):
        commit = commit_info(repo, revision)
        with _live(repo, sources.store, meant) as live:
            key = _chosen(sources.store, live, meant)
            whole = live.recorder.prepare(key, chosen=True) or sources.store.conversation(*key)
            turns = [(turn.id, turn.index) for turn in whole.turns] if whole is not None else []
            if whole is None or not turns:
                from gitstory.errors import GitStoryError

                raise GitStoryError(f"conversation {key[1]} has no turns to link", hint="it may be damaged or empty")
            turn, index = choose_turn(meant.turn, key, turns) if meant.turn is not None else (None, 0)
            story = tied(sources.story(commit.oid), commit, before(repo, commit), whole, turn, time.time())
            live.recorder.record([story])
    say(f"linked {named(key, index)} to {commit.oid[:10]} {commit.subject}")
    return 0


def _live(repo: Repo, store: StoryStore, meant: Meant) -> Live:
    from gitstory.recording.live_conversations import Live, named_so
    from gitstory.recording.recording_setup import setup

    recording = setup(repo)
    return Live(repo, store, recording, always=named_so(recording, meant.prefix))


def _chosen(store: StoryStore, live: Live, meant: Meant) -> Key:
    from gitstory.queries.manual_links import choose

    return choose(meant.prefix, [*store.find(meant.prefix), *live.keys()])


def before(repo: Repo, commit: CommitInfo) -> float | None:
    """When the first parent was committed."""
    from gitstory.git.commit_details import commit_info

    return commit_info(repo, commit.parents[0]).committed if commit.parents else None


def named(key: Key, index: int) -> str:
    from gitstory.text.wording import agent_label

    turn = f"turn {index} of " if index else ""
    return f"{turn}{agent_label(key[0])} {key[1]}"


@contextmanager
def undisturbed(repo: Repo) -> Iterator[None]:
    """Nothing is linked by the worker meanwhile. Raises GitStoryError where it does not come to an end."""
    from gitstory.errors import GitStoryError
    from gitstory.git.file_lock import single_flight

    with single_flight(repo.home / "worker.lock", timeout=_WAIT) as got:
        if not got:
            raise GitStoryError("stories are being recorded right now", hint="try again in a moment")
        yield
