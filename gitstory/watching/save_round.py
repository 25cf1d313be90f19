"""One look at conversations and one save of those that are due: into history files, then into the search index."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.base import Agent, Source
from gitstory.agents.turn_state import Ending, ending
from gitstory.config.load import Config, load, read_all
from gitstory.fault_points import point
from gitstory.git.repo import Repo
from gitstory.history_files.sync import RECENT, folder, goes_on, write_histories
from gitstory.linking.repo_match import plausible
from gitstory.recording.live_conversations import Live
from gitstory.recording.recording_setup import RecordingSetup, setup
from gitstory.recording.worker_watchdog import in_worker_place
from gitstory.search import update
from gitstory.store.store import StoryStore
from gitstory.watching.schedule import verdict

Key = tuple[str, str]
"""(agent, native conversation id)."""

Target = Literal["histories", "index"]

LOOKED_BACK = 30 * 86_400.0
"""Seconds back from now in which conversations are taken to be still in use: their folders are watched."""
_WAIT = 20.0
_SLACK = 5.0
_IN_DATABASES = 3600.0
"""Rows of a database say their own times, which may be earlier than the file's."""


class Saved(Struct, frozen=True):
    """One conversation that was saved. `time` in epoch seconds; `path`: its history file, None for the index alone."""

    key: Key
    title: str
    turn: int
    time: float
    path: Path | None = None


class SaveCandidate(Struct, frozen=True):
    """A conversation of this repository as it stands: its files, its last turn, and how that one ended."""

    key: Key
    paths: frozenset[str]
    turn: str
    number: int
    title: str
    how: Ending


class Round(Struct):
    """What is known while the stores are open. `off`: nothing may be recorded now; `sources` are of any age."""

    repo: Repo
    recording: RecordingSetup
    live: Live
    store: StoryStore
    config: Config
    targets: tuple[Target, ...]

    def candidates(self, paths: Collection[str] | None) -> Iterator[SaveCandidate]:
        """Conversations of this repository in any of these files (None: in all that were read)."""
        for key in sorted(trace.key for trace in self.live.ours()):
            files = self._files(key)
            if paths is not None and files.isdisjoint(paths):
                continue
            whole = self.live.whole(key)
            if whole is None or not whole.turns:
                continue
            last = whole.turns[-1]
            own = [ending(key[0], source.path) for _, source in self.live.gathered.sources.get(key, ())]
            text = own[0] if len(own) == 1 else None
            title = whole.title or next((turn.prompt for turn in whole.turns if turn.prompt.strip()), "")
            yield SaveCandidate(key, files, last.id, last.index, title, verdict(text, goes_on(last)))

    def _files(self, key: Key) -> frozenset[str]:
        """Also those of the subagents it spawned."""
        keys = [key, *self.live.gathered.children.get(key, ())]
        return frozenset(str(source.path) for one in keys for _, source in self.live.gathered.sources.get(one, ()))

    def foreign(self, paths: Collection[str]) -> set[str]:
        """Files among these that are of another repository."""
        at = self.live.linker.at
        near = [(agent, one) for agent, one in self._listed(paths) if str(one.path) in paths]
        ours = {str(one.path) for agent, one in near if plausible(agent, one, at, lambda place: Path(place).is_dir())}
        return {str(one.path) for _, one in near} - ours

    def _listed(self, paths: Collection[str]) -> Iterator[tuple[Agent, Source]]:
        wanted = [Path(path) for path in paths]
        where = self.recording.context.where
        for agent in self.recording.context.agents:
            for root in (*agent.roots(where.env, where.home), *where.stores.get(agent.name, ())):
                if any(path.is_relative_to(root) for path in wanted):
                    for source in agent.sources(root):
                        yield agent, source

    def save(self, written_files: Iterable[SaveCandidate]) -> list[Saved]:
        """Raises `RedactionFailed` or OSError; what was written until then is whole."""
        due = {one.key: one for one in written_files}
        files = dict(self._write(due)) if "histories" in self.targets else {}
        point("watch.written")
        self.recording.context.tasks.stage("updating the search index")
        done = update.update(self.repo, dict(self.recording.context.where.env)) if due else update.Updated()
        point("watch.indexed")
        now = time.time()
        return [
            Saved(key, self.live.redacted(written_file.title)[0], written_file.number, now, files.get(key))
            for key, written_file in due.items()
            if key in files or (done.changed and "histories" not in self.targets)
        ]

    def _write(self, due: Mapping[Key, SaveCandidate]) -> Iterator[tuple[Key, Path]]:
        keys: Collection[Key] = due.keys()
        if self.config.history_commit:
            # As after a commit: the next one brings files up to date that git has, which would else be changed always.
            place = folder(self.repo, self.config)
            keys = {key for key in keys if place.find(key) is None}
        if keys:
            written = write_histories(self.repo, self.store, self.live, self.config, keys, running=True)
            yield from ((one.key, one.path) for one in written if one.changed)


class Busy(Exception):
    """The worker or an erasure has held the lock for long."""


class Off(Exception):
    """Nothing may be recorded here now."""


@contextmanager
def prepared(repo: Repo, *, watched: bool) -> Iterator[RecordingSetup]:
    """The settings to read stores with, the worker kept out.

    `watched`: the process is ended where it makes no progress. Raises `Busy`, `ConfigError`.
    """
    with in_worker_place(repo.home, watched=watched, wait=_WAIT, counted=False) as tasks:
        if tasks is None:
            raise Busy
        recording = setup(repo)
        yield replace(recording, context=replace(recording.context, tasks=tasks))


@contextmanager
def looking(repo: Repo, since: float, *, watched: bool = False) -> Iterator[Round]:
    """Open the stores for transcripts written to after `since` (epoch seconds), as `prepared`.

    Raises `Busy`, `Off`, `ConfigError`.
    """
    with prepared(repo, watched=watched) as recording:
        if not recording.enabled or recording.private.off_since is not None:
            raise Off
        store, config = StoryStore(repo), load(repo)
        with Live(repo, store, recording, since=since) as live:
            yield Round(repo, recording, live, store, config, targets(repo, config))


def targets(repo: Repo, config: Config) -> tuple[Target, ...]:
    """Where to save: whoever starts a watcher wants history files, unless they said that they do not."""
    value_and_origin = read_all(repo).values["history.autosave"]
    wanted = repo.worktree is not None and (config.history_autosave or value_and_origin[1] == ("default",))
    return ("histories", "index") if wanted else ("index",)


def since_of(paths: Iterable[str], now: float) -> float:
    """The time from which on transcripts have to be looked at, where these files were written to: by their own times,
    which no jump of the clock changes."""
    times: list[float] = []
    for name in paths:
        path = Path(name)
        for file in (path, path.with_name(f"{path.name}-wal")):
            try:
                modified = file.stat().st_mtime
            except OSError:
                continue
            times.append(modified - (_SLACK if path.suffix in (".jsonl", ".json", ".md") else _IN_DATABASES))
    return min(times, default=now - RECENT)


def newest(recording: RecordingSetup) -> dict[Path, list[Source]]:
    """What each store holds, the newest first."""
    sources: dict[Path, list[Source]] = {}
    where = recording.context.where
    for agent in recording.context.agents:
        for root in (*agent.roots(where.env, where.home), *where.stores.get(agent.name, ())):
            if root.is_dir():
                sources[root] = sorted(agent.sources(root), key=lambda source: -source.modified)[:10]
    return sources
