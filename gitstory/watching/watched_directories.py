"""Which directories are watched: those that hold conversations of this repository, and those where new ones appear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from gitstory.agents import used_on_this_machine
from gitstory.agents.base import Agent, Source
from gitstory.linking.repo_match import Here
from gitstory.recording.recording_setup import RecordingSetup

MOST = 400
"""Directories at once; the system allows some thousands to all programs of a person together."""
_NEWEST = 3
_BESIDE = ("-wal", "-journal", "-shm")
"""What SQLite keeps beside a database; while it is open, only the first one is written to."""
_DATABASES = (".db", ".vscdb", ".sqlite", ".sqlite3")


class Plan(Struct, frozen=True):
    """Directory -> the names in it that matter, None for all of them. `real`: a directory that is reached through a
    link, by the path under which the system reports its changes."""

    watched: Mapping[Path, frozenset[str] | None]
    left: int = 0
    """How many did not fit."""
    real: Mapping[Path, Path] = {}

    def named(self, path: Path) -> Path:
        """A path reported by the system, as the agents' readers name it."""
        if path in self.real:
            return self.real[path]
        return self.real[path.parent] / path.name if path.parent in self.real else path

    def concerns(self, path: Path) -> Path | None:
        """The file a change of `path` is one of (a database, for its log), None where it does not matter."""
        path = self.named(path)
        if path.parent not in self.watched:
            return None
        names = self.watched[path.parent]
        base = path.with_name(_base(path.name))
        return base if names is None or base.name in names else None


def _base(name: str) -> str:
    for end in _BESIDE:
        if name.endswith(end) and len(name) > len(end):
            return name.removesuffix(end)
    return name


def stores(recording: RecordingSetup) -> Iterator[tuple[Agent, Path]]:
    """Where each agent keeps conversations, there or not."""
    where = recording.context.where
    for agent in recording.context.agents:
        for root in dict.fromkeys((*agent.roots(where.env, where.home), *where.stores.get(agent.name, ()))):
            yield agent, root


def awaited(recording: RecordingSetup) -> Iterator[Path]:
    """What agents that were never used here would leave first."""
    where = recording.context.where
    for agent in recording.context.agents:
        yield from (one for one in used_on_this_machine.places(agent.name, where.env, where.home) if not one.exists())


def plan(
    roots: Iterable[tuple[Agent, Path]],
    at: Here,
    ours: Iterable[Path],
    newest: Mapping[Path, Iterable[Source]],
    awaited: Iterable[Path] = (),
) -> Plan:
    """`ours`: the files of conversations of this repository, the newest first; `newest`: what a root has, newest first;
    `awaited`: places that are not there yet. Looks at the disk only to see what is a directory.
    """
    watched: dict[Path, set[str] | None] = {}
    for sign in awaited:
        _above(sign, watched)
    places = [Path(root) for root in at.roots]
    pairs = list(roots)
    for agent, root in pairs:
        _above(root, watched)
        if not root.is_dir():
            continue
        watched[root] = None
        mine = [folder for place in places if (folder := agent.folder_of(place)) is not None]
        for folder in mine:
            if (root / folder).is_dir():
                watched[root / folder] = None
        if not mine:
            for source in list(newest.get(root, ()))[:_NEWEST]:
                _chain(source.path, root, watched)
    for path in ours:
        root = next((root for _, root in pairs if path.is_relative_to(root)), path.parent)
        if len(watched) < MOST:
            _chain(path, root, watched)
    there = [one for one in watched if one.is_dir()]
    kept = {one: None if (names := watched[one]) is None else frozenset(names) for one in there[:MOST]}
    return Plan(kept, len(there) - len(kept), {real: one for one in kept if (real := one.resolve()) != one})


def _above(root: Path, watched: dict[Path, set[str] | None]) -> None:
    """The nearest directory above a store, to see the store appear, vanish and come again."""
    child, parent = root, root.parent
    while not parent.is_dir() and parent != parent.parent:
        child, parent = parent, parent.parent
    names = watched.setdefault(parent, set())
    if names is not None:
        names.add(child.name)


def _chain(path: Path, root: Path, watched: dict[Path, set[str] | None]) -> None:
    """The directories from a conversation's file up to its store."""
    if path.is_dir():
        watched[path] = None
    if path.suffix in _DATABASES:
        names = watched.setdefault(path.parent, set())
        if names is not None:
            names.add(path.name)
        return
    folder = path.parent
    while folder.is_relative_to(root):
        watched[folder] = None
        if folder == folder.parent:
            return
        folder = folder.parent
