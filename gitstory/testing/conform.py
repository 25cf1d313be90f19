"""The conformance test: everything that is asked of a reader, tried on copies of a small store."""

from __future__ import annotations

import shutil
import sqlite3
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from gitstory import safe_open
from gitstory.agents.base import Agent, Reading, Source
from gitstory.agents.guarded_reader import bounded
from gitstory.model import Conversation
from gitstory.testing import damage, wrong_types
from gitstory.testing.hostile_stores import in_time, shown_by_view, tables
from gitstory.testing.reader_counts import Findings, findings
from gitstory.testing.value_invariants import untidy, wrong
from gitstory.testing.whole_agent_store import (
    Name,
    all_sources,
    conversations,
    print_of,
    read_all,
    read_each,
)

_MEMBERS = ("name", "label", "markers", "roots", "sources", "places", "folder_of", "read")
_SHOWN = 12
"""Wrongs that are named before the rest is only counted."""
_STRAY_LINE = b'{"type":"gitstory-conformance-unknown","kind":"gitstory-conformance-unknown"}\n'
_BROKEN_LINE = b'{"type": "user", "text": \n'


class Expect(Struct, frozen=True):
    """What the store is known to hold; None is not looked at."""

    conversations: int | None = None
    prompts: int | None = None
    edits: int | None = None
    skipped: int | None = 0


SOUND = Expect()
"""Nothing known of the store but that all of it can be read."""


class NotConforming(AssertionError):
    """What a reader does otherwise than it should, a line each."""

    def __init__(self, agent: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        rest = f"\n- and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        super().__init__(f"the reader of {agent!r}:\n" + "\n".join(f"- {one}" for one in problems[:_SHOWN]) + rest)


def conformance(
    agent: Agent,
    store: Path,
    work: Path,
    expect: Expect = SOUND,
    *,
    roots: Sequence[str] = (".",),
    readings: int = 400,
) -> Findings:
    """Try `agent` on copies of `store` made in `work`, an empty directory; what it read of the sound one.

    `roots` are those of the agent within the store. `readings` bounds how often the store is read in a damaged state
    for each kind of damage: the truncations are at every byte where that suffices. Raises `NotConforming`.
    """
    trial = ReaderTrial(agent, store, work, roots, readings)
    with safe_open.apart():
        problems = list(trial.run(expect))
    if problems:
        raise NotConforming(getattr(agent, "name", type(agent).__name__), problems)
    return findings(trial.sound)


class ReaderTrial:
    """One reader on trial. Each method yields what is wrong in a line each."""

    def __init__(self, agent: Agent, store: Path, work: Path, roots: Sequence[str], readings: int) -> None:
        # As gitstory uses it: within the bounds of its store.
        self.given, self.agent = agent, bounded(agent)
        self.store = store
        self.copy = work / "store"
        self.work = work
        self.rooms = [self.copy / root for root in roots]
        self.readings = readings
        self.first: dict[Name, Reading] = {}
        self.sources: dict[Name, Source] = {}
        self.databases: frozenset[str] = frozenset()

    @property
    def sound(self) -> list[Conversation]:
        return conversations(self.first)

    def run(self, expect: Expect) -> Iterator[str]:
        missing = [member for member in _MEMBERS if not hasattr(self.given, member)]
        if missing:
            yield f"lacks {', '.join(missing)}"
            return
        _copied(self.store, self.copy)
        self.databases = frozenset(str(path) for path in damage.files(self.copy) if _is_database(path))
        before = print_of(self.copy)
        whole = list(self._whole(expect))
        yield from whole
        if print_of(self.copy) != before:
            changed = {path for path, _ in set(before.items()) ^ set(print_of(self.copy).items())}
            yield f"reading changed the store: {', '.join(sorted(changed))}"
        if not self.first or any("raised" in one for one in whole):
            return
        for part in (
            self._surroundings,
            self._records,
            self._planted,
            self._views,
            self._odd,
            self._truncated,
            self._flipped,
            self._gaps,
            self._retyped,
        ):
            yield from part()
        left = print_of(self.copy).keys() ^ before.keys()
        if left:
            yield f"reading the damaged store left behind or removed {', '.join(sorted(left))}"

    def damaged(self, flips: int) -> Iterator[str]:
        """Of the damage alone, everything: cut off at every byte, `flips` times bits turned over in each file, and each
        value of other types."""
        _copied(self.store, self.copy)
        self.databases = frozenset(str(path) for path in damage.files(self.copy) if _is_database(path))
        self.sources, self.first = all_sources(self.agent, self.rooms), read_all(self.agent, self.rooms)
        for number, path in enumerate(damage.files(self.copy)):
            for size in damage.truncations(path, path.stat().st_size):
                yield from self._survived(f"{path.name} cut off at byte {size}")
            for which in damage.flips(path, flips, number):
                yield from self._survived(f"{path.name} with {which} turned over")
            for which in damage.gaps(path, flips, number):
                yield from self._survived(f"{path.name} with {which}")
        yield from self._retyped()

    # A sound store

    def _whole(self, expect: Expect) -> Iterator[str]:
        try:
            self.sources = all_sources(self.agent, self.rooms)
            again = all_sources(self.agent, self.rooms)
            self.first = read_all(self.agent, self.rooms)
            second = read_all(self.agent, self.rooms)
        except Exception as error:  # noqa: BLE001 - whatever a reader raises is what we are here for
            yield _raised("the sound store", error)
            return
        if list(self.sources.items()) != list(again.items()):
            yield "`sources` says something else the second time"
        if _described(self.first) != _described(second):
            yield "`read` says something else the second time"
        if not self.first:
            yield f"no source was found in {self.store}"
        read = conversations(self.first)
        yield from wrong(self.agent, read)
        yield from untidy(read)
        yield from self._of_sources()
        findings_ = findings(read)
        for name in expect.__struct_fields__:
            wanted = getattr(expect, name)
            if wanted is not None and getattr(findings_, name) != wanted:
                yield f"{getattr(findings_, name)} {name} were read, {wanted} are there"

    def _of_sources(self) -> Iterator[str]:
        for source in self.sources.values():
            if source.agent != self.agent.name:
                yield f"source {source.path.name} is said to be of {source.agent!r}"
            if source.size < 0 or not source.stamp:
                yield f"source {source.path.name} has no size or stamp"
            named = {one.id for one in self.first[(str(source.path), source.id)].conversations}
            if source.id is not None and named and source.id not in named:
                yield f"source {source.path.name} is named {source.id!r}, but holds {sorted(named)[:3]}"

    def _surroundings(self) -> Iterator[str]:
        """Roots, folders and places for directories and environments of any kind."""
        home = self.work / "empty home"
        tries: list[tuple[str, Callable[[], Any]]] = [
            ("roots without environment", lambda: self.agent.roots({}, home)),
            ("roots with an empty variable", lambda: self.agent.roots(dict.fromkeys(_VARIABLES, ""), home)),
            ("sources of a root that is not there", lambda: list(self.agent.sources(home / "nothing"))),
            ("folder_of a strange directory", lambda: self.agent.folder_of(Path("/tmp/a \u00e9\u4e16 b'\"$x"))),
        ]
        for what, attempt in tries:
            try:
                value = attempt()
            except Exception as error:  # noqa: BLE001
                yield _raised(what, error)
                continue
            if what.startswith("roots") and not all(isinstance(one, Path) for one in value):
                yield f"{what}: not all are paths"
            if what.startswith("sources") and value:
                yield f"{what}: there were some"
        if home.exists():
            yield "it made a home directory"

    # Records

    def _records(self) -> Iterator[str]:
        """A line that is no record, and a record of no known type, cost nothing but a count."""
        for path in damage.files(self.copy):
            if path.suffix != ".jsonl":
                continue
            lines = path.read_bytes().splitlines(keepends=True)
            for what, line in (("an unreadable line", _BROKEN_LINE), ("a record of unknown type", _STRAY_LINE)):
                bad = b"".join([*lines[: len(lines) // 2], line, *lines[len(lines) // 2 :]])
                with damage.instead(path, bad):
                    yield from self._counted(path, what)

    def _counted(self, path: Path, what: str) -> Iterator[str]:
        try:
            read_ones = conversations(read_all(self.agent, self.rooms))
        except Exception as error:  # noqa: BLE001
            yield _raised(f"{what} in {path.name}", error)
            return
        sound = conversations(self.first)
        if [(one.id, one.turns) for one in read_ones] != [(one.id, one.turns) for one in sound]:
            yield f"{what} in {path.name} changes the turns"
        if sum(one.skipped for one in read_ones) <= sum(one.skipped for one in sound):
            yield f"{what} in {path.name} is not counted in `skipped`"

    # What strangers make

    def _planted(self) -> Iterator[str]:
        """What is no file keeps nobody waiting, and a link that leads out of the store is not followed."""
        for path in damage.files(self.copy):
            for what in damage.PLANTED:
                with damage.planted(path, what, self.work / "outside"):
                    readings = in_time(lambda: read_all(self.agent, self.rooms), path)
                    if readings is None:
                        yield f"{path.name} is {what}: reading does not end (open it with `gitstory.safe_open`)"
                    elif isinstance(readings, Exception):
                        yield _raised(f"{path.name} is {what}", readings)
                    elif path not in self.rooms and any(name == str(path) for name, _ in readings):
                        yield f"{path.name} is {what}, and is read all the same"
        (self.work / "outside").unlink(missing_ok=True)

    def _views(self) -> Iterator[str]:
        """Nothing is read through a view: it may take as long as it likes, and show what is elsewhere."""
        for path in map(Path, sorted(self.databases)):
            for table in tables(path):
                with damage.instead(path, path.read_bytes()):
                    shown_by_view(path, table)
                    readings = yield from self._read_damaged(f"{path.name} with a view for the table {table}")
                    sound = sum(len(one.turns) for one in conversations(self.first))
                    if sum(len(one.turns) for one in conversations(readings)) > sound:
                        yield f"{path.name}: a view for the table {table} shows more than was there"

    # Damage

    def _odd(self) -> Iterator[str]:
        for path in damage.files(self.copy):
            for what, data in damage.ODD.items():
                with damage.instead(path, data):
                    yield from self._survived(f"{path.name} holding {what}")
            with damage.instead(path, None):
                yield from self._survived(f"a folder named {path.name}")
            with damage.unreadable(path):
                yield from self._survived(f"{path.name} without permissions")
        for folder in [self.copy, *(path for path in self.copy.rglob("*") if path.is_dir())]:
            with damage.unreadable(folder):
                yield from self._survived(f"folder {folder.name} without permissions")

    def _truncated(self) -> Iterator[str]:
        paths = damage.files(self.copy)
        for path in paths:
            for size in damage.truncations(path, max(self.readings // len(paths), 8)):
                yield from self._survived(f"{path.name} cut off at byte {size}")

    def _flipped(self) -> Iterator[str]:
        paths = damage.files(self.copy)
        for number, path in enumerate(paths):
            for which in damage.flips(path, max(self.readings // len(paths), 4), number):
                yield from self._survived(f"{path.name} with {which} turned over")

    def _gaps(self) -> Iterator[str]:
        paths = damage.files(self.copy)
        for number, path in enumerate(paths):
            for which in damage.gaps(path, max(self.readings // len(paths), 6), number):
                yield from self._survived(f"{path.name} with {which}")

    def _retyped(self) -> Iterator[str]:
        """A value of another type loses what it said, and no more than its conversation."""
        paths = damage.files(self.copy)
        most = max(self.readings // len(paths), 8)
        for path in paths:
            if str(path) in self.databases:
                for cell, (what, value) in wrong_types.some(
                    wrong_types.of_database(path), lambda each: each[1][0], most
                ):
                    with damage.instead(path, path.read_bytes()), suppress(sqlite3.IntegrityError):
                        wrong_types.write_cell(path, cell, value())
                        yield from self._survived(f"{path.name}: {'.'.join(map(str, cell))} with {what}")
            else:
                for what, content in wrong_types.some(wrong_types.of_file(path), lambda each: each[0], most):
                    with damage.instead(path, content()):
                        yield from self._survived(f"{path.name} with {what}")

    def _survived(self, what: str) -> Iterator[str]:
        yield from self._read_damaged(what)

    def _read_damaged(self, what: str) -> Generator[str, None, dict[Name, Reading]]:
        try:
            sources = all_sources(self.agent, self.rooms)
            readings = read_each(self.agent, sources)
        except Exception as error:  # noqa: BLE001
            yield _raised(what, error)
            return {}
        for each in wrong(self.agent, conversations(readings)):
            yield f"{what}: {each}"
        for name in readings.keys() & self.first.keys():
            # One conversation of a database is as new as its rows say: a damaged page has no version.
            versioned = name[1] is not None and name[0] in self.databases
            same = not versioned and sources[name].stamp == self.sources[name].stamp
            if same and readings[name].conversations != self.first[name].conversations:
                yield f"{what}: the reading differs, but the stamp of {sources[name].path.name} does not"
        return readings


_VARIABLES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA", "HOME", "USERPROFILE")


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"


def _copied(store: Path, to: Path) -> None:
    if store.is_dir():
        shutil.copytree(store, to, symlinks=True)
    else:
        to.mkdir(parents=True)
        shutil.copy2(store, to / store.name)


def _described(readings: dict[Name, Reading]) -> list[object]:
    return [(name, reading.conversations) for name, reading in readings.items()]


def _raised(what: str, error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{what}: raised {type(error).__name__} at {where}: {error}".replace("\n", " ")[:400]
