"""`Story:` trailers for the message of the commit that is being made: one a turn, naming its place in its history."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from gitstory.commit_hook.staged_commit import Making, story_of
from gitstory.config.load import Config
from gitstory.git import commit_message_file
from gitstory.git.atomic_write import write_atomically
from gitstory.git.repo import Repo
from gitstory.history_files.references import WIDTH, reference
from gitstory.history_files.sync import folder, path_of
from gitstory.model import EVIDENCE_ORDER, Link, Story, TurnLink
from gitstory.recording.live_conversations import Live
from gitstory.store.store import StoryStore

KEY = "Story"
MOST = 8
"""Trailers in one message: it stays a message. The record holds all turns."""
_OURS = re.compile(rb"^(?: {4}|\t)?(Story: [^\s][^\n]*\.md#turn-\d{1,9})[ \t]*$", re.MULTILINE)
"""A trailer of ours, also where `merge --squash` quotes the message it stood in."""


class TrailerRequest(Struct, frozen=True):
    """What is asked: the file with the message, git's word for where the message came from, and the commit."""

    file: Path
    source: str = ""
    making: Making = Making()
    edited: bool = False
    rewriting: bool = False
    """A rebase puts messages together: they have all trailers already."""


def pending(repo: Repo) -> Path:
    """Where trailers wait for a message that is not written yet."""
    return repo.git_dir / "gitstory-trailers"


def prepare(repo: Repo, config: Config, wanted: TrailerRequest) -> list[bytes]:
    """The trailers this message is to have, strongest evidence first chosen, in the order of the conversations."""
    message = wanted.file.read_bytes()
    kept = [match[1] for match in _OURS.finditer(message)] if wanted.source == "squash" or wanted.rewriting else []
    # An amended message may name turns by whole paths, as they were written once.
    there = b"" if wanted.rewriting else b"".join(message.split())
    new = [] if wanted.rewriting else linked(repo, config, wanted.making)
    return list(dict.fromkeys([*kept, *(short for short, whole in new if not _names(there, whole))]))


def _names(squeezed: bytes, whole: bytes) -> bool:
    return re.search(re.escape(whole) + rb"(?!\d)", squeezed) is not None


def linked(repo: Repo, config: Config, making: Making) -> list[tuple[bytes, bytes]]:
    """Trailers for the turns behind the index, each with the whole path that it stands for."""
    with story_of(repo, making) as story_and_live:
        if story_and_live is None:
            return []
        story, live = story_and_live
        return [
            (_line(path, link, turn), b"".join(os.fsencode(f"{path}#turn-{turn.index}").split()))
            for link, turns in turns_to_name(story)
            if (path := _path(repo, config, live, link)) is not None
            for turn in turns
        ]


def _line(path: str, link: Link, turn: TurnLink) -> bytes:
    room = WIDTH - len(f"{KEY}: ")
    return os.fsencode(f"{KEY}: {reference(path, link.conversation, turn.index, room=room)}")


def turns_to_name(story: Story) -> list[tuple[Link, list[TurnLink]]]:
    """Pure: the turns to name, at most `MOST`: those with the best evidence, in order within each conversation."""
    every = [(link, turn) for link in story.links for turn in link.turns if turn.evidence != "context"]
    every.sort(key=lambda each: (EVIDENCE_ORDER.index(each[1].evidence), -each[1].lines))
    chosen = {(link.agent, link.conversation, turn.id) for link, turn in every[:MOST]}
    named = [
        (link, [turn for turn in link.turns if (link.agent, link.conversation, turn.id) in chosen])
        for link in story.links
    ]
    return [(link, sorted(turns, key=lambda turn: turn.index)) for link, turns in named if turns]


def _path(repo: Repo, config: Config, live: Live, link: Link) -> str | None:
    return path_of(folder(repo, config), StoryStore(repo), live, (link.agent, link.conversation), config)


def put(repo: Repo, wanted: TrailerRequest, trailers: Sequence[bytes]) -> None:
    """Write them into the message; where there is none yet, keep them until there is (`finish`).

    A message that is empty, or still the template, makes git give up; with trailers in it git would commit.
    """
    how = commit_message_file.settings(repo, edited=wanted.edited)
    message = wanted.file.read_bytes()
    prefix = commit_message_file.comment_prefix(message, how)
    words = commit_message_file.stripped_lines(message, prefix)
    if wanted.edited and (wanted.source in ("", "template") or not words):
        pending(repo).write_bytes(b"\n".join(trailers) + b"\n\n" + words)
        return
    if wanted.source == "squash" or wanted.rewriting:
        message = gathered(message, prefix)
    _write(wanted.file, commit_message_file.with_trailers(repo, message, trailers, how))


def gathered(message: bytes, prefix: bytes) -> bytes:
    """Pure: `message` without trailers of ours, which stood at the ends of the messages it was put together from."""
    head, tail = commit_message_file.divided(message, prefix)
    lines = [line for line in head.split(b"\n") if not (line.startswith(b"Story: ") and _OURS.fullmatch(line))]
    return re.sub(rb"\n{3,}", b"\n\n", b"\n".join(lines)) + tail


def finish(repo: Repo, file: Path) -> None:
    """After the editor: put the trailers that waited under the message, if there is one now."""
    waiting = pending(repo)
    if not waiting.is_file():
        return
    lines, _, template = waiting.read_bytes().partition(b"\n\n")
    waiting.unlink()
    how = commit_message_file.settings(repo, edited=True)
    message = file.read_bytes()
    words = commit_message_file.stripped_lines(message, commit_message_file.comment_prefix(message, how))
    if words and words != template.strip():
        _write(file, commit_message_file.with_trailers(repo, message, lines.splitlines(), how))


def _write(file: Path, message: bytes) -> None:
    if file.read_bytes() != message:
        write_atomically(file, message, mode=0o644)
