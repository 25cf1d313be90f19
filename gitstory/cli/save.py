"""`git story save`: keep chosen conversations, where nothing saves them by itself."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_store
from gitstory.cli.output import say
from gitstory.cli.shared_options import json_option
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.cli.picker import Piece
    from gitstory.queries.conversations import ConversationRow
    from gitstory.recording.live_conversations import Live
    from gitstory.sources.story_source import Key
    from gitstory.store.store import StoryStore

_MOST = 500
_SHOWN = 2_000


@click.command()
@click.argument("conversations", nargs=-1, metavar="[CONVERSATION]...")
@click.option("--running", is_flag=True, help="Also turns that are still running.")
@json_option
def command(conversations: tuple[str, ...], running: bool, as_json: bool) -> int:
    """Save conversations into history files, the search index and gitstory's archive.

    Without CONVERSATION, which is the beginning of an id, pick them on the terminal: Tab marks, Enter saves. What is in
    the archive is found also after its agent has deleted it. What is private or forgotten cannot be saved.
    """
    from gitstory.config.load import load
    from gitstory.queries.manual_links import choose
    from gitstory.recording.live_conversations import Live
    from gitstory.recording.recording_setup import setup
    from gitstory.worker.save_conversations import keep

    with open_store() as (repo, sources):
        store = sources.store
        recording = setup(repo)
        if not recording.enabled or recording.private.off_since is not None:
            raise GitStoryError("recording is off here", hint="`git story on`, or `capture.enabled`, switches it on")
        with Live(repo, store, recording) as live:
            if conversations:
                keys = [choose(text, [*store.find(text), *live.keys()]) for text in conversations]
            else:
                picked = _pick(store, live)
                if picked is None:
                    return 130
                keys = picked
            done = keep(repo, store, live, load(repo), keys, running=running)
    for saved in done:
        where = "" if saved.path is None else str(saved.path)
        if as_json:
            from gitstory.render.json import dump

            record = {"schema": "gitstory.save/1", "agent": saved.key[0], "id": saved.key[1], "path": where or None}
            click.echo(dump({**record, "turns": saved.turns, "changed": saved.changed}))
        else:
            what = f"{saved.turns} {'turn' if saved.turns == 1 else 'turns'}"
            verb = "saved" if saved.changed else "nothing new in"
            say(f"{verb} {saved.key[1]} ({what}){f': {where}' if where else ''}")
    return 0


def _pick(store: StoryStore, live: Live) -> list[Key] | None:
    """What the person marked; None if they left. Raises GitStoryError without a terminal."""
    from gitstory.cli.picker import Choice, can_pick, pick
    from gitstory.cli.picker.choices import matching
    from gitstory.queries.conversations import ConversationFilter, listing

    if not can_pick():
        raise GitStoryError(
            "no conversation was named, and there is no terminal to pick one on",
            hint="`git story conversations` lists them; `git story history write` writes the files of all",
        )
    rows = listing(store, live, ConversationFilter(most=_MOST)).rows
    if not rows:
        raise GitStoryError(
            "no conversation of this repository is known", hint="`git story agents` shows where they are looked for"
        )
    from gitstory.cli.output import settings
    from gitstory.text.console import wants_color

    choices = [Choice("\0".join((row.agent, row.id)), _line(row), row) for row in rows]
    color = wants_color(None, os.environ, settings(), terminal=sys.stdout.isatty(), paged=False)
    picked = pick(
        matching(choices),
        preview=lambda row: _preview(store, live, row),
        label="save",
        verb="save",
        many=True,
        color=color,
    )
    return None if picked is None else [(row.agent, row.id) for row in picked]


def _line(row: ConversationRow) -> tuple[Piece, ...]:
    from gitstory.text.wording import agent_label, one_line

    moment = row.updated or row.started
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(moment)) if moment else "-"
    turns = f"{row.turns} {'turn' if row.turns == 1 else 'turns'}"
    return (
        ("id", f"{row.short}  "),
        ("bold", f"{agent_label(row.agent)}  "),
        ("dim", f"{when}  {turns}  "),
        ("", one_line((row.title or row.prompt)[:600])),
    )


def _preview(store: StoryStore, live: Live, row: ConversationRow) -> Iterable[Piece]:
    """The prompts and how each turn was answered, redacted."""
    conversation = live.conversation((row.agent, row.id)) or store.conversation(row.agent, row.id)
    for turn in conversation.turns if conversation is not None else ():
        yield "bold", f"{turn.index}. {turn.prompt[:_SHOWN].strip()}\n"
        yield "", f"{next(iter(reversed(list(turn.answers))), '')[:_SHOWN].strip()}\n\n"
