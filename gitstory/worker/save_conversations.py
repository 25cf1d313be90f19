"""Saving conversations that a person chose: history file, archive, search index."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from gitstory.config.load import Config
from gitstory.errors import GitStoryError
from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.history_files.sync import write_histories
from gitstory.recording.archive_conversations import united
from gitstory.recording.live_conversations import Live
from gitstory.search import update
from gitstory.store.archive import Archive, read
from gitstory.store.store import StoryStore

Key = tuple[str, str]
"""(agent, native conversation id)."""

_WAIT = 20.0


class Chosen(Struct, frozen=True):
    """One conversation that was saved: its history file (None in a bare repository), its turns, and whether anything
    was new."""

    key: Key
    path: Path | None
    turns: int
    changed: bool


def keep(
    repo: Repo, store: StoryStore, live: Live, config: Config, keys: Collection[Key], *, running: bool = False
) -> list[Chosen]:
    """Save them. Raises `RedactionFailed`, OSError, or GitStoryError for one of which nothing may be kept."""
    repo.home.mkdir(mode=0o700, exist_ok=True)
    with single_flight(repo.home / "worker.lock", timeout=_WAIT) as got:
        if not got:
            raise GitStoryError("stories are being recorded right now", hint="try again in a moment")
        store.refresh()
        versions = {
            key: (live.recorder.prepare(key, chosen=True), store.conversation(*key)) for key in dict.fromkeys(keys)
        }
        for key, fresh_and_stored in versions.items():
            if not any(one is not None and one.turns for one in fresh_and_stored):
                raise GitStoryError(f"nothing of conversation {key[1]} may be kept", hint="it may be private or empty")
        done: dict[Key, Chosen] = {}
        archive = Archive(repo.home)
        for key, (fresh, stored) in versions.items():
            new = False
            if fresh is not None and stored != fresh:
                before = read(archive.path(key))
                whole = fresh if before is None else united(before, fresh)
                new = whole != before and archive.write(whole)
            turns = max(len(one.turns) for one in (fresh, stored) if one is not None)
            done[key] = Chosen(key, None, turns, new)
        if repo.worktree is not None:
            for written in write_histories(repo, store, live, config, list(versions), running=running):
                done[written.key] = Chosen(
                    written.key, written.path, written.turns, written.changed or done[written.key].changed
                )
    update.update(repo, dict(live.setup.context.where.env))
    return list(done.values())
