"""Commits and conversations that the worker cannot process, so that no single one blocks the queue.

An item that made a step fail is tried again by the next runs, and set aside after `MOST_FAILURES`; one at which the
worker died or was ended for want of progress, after `MOST_DEATHS`. What is set aside is named by `git story status`.
`git story doctor`, another version of gitstory and other redaction settings have it tried again; the events of the
queue that it kept from being processed are kept for that.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from gitstory import __version__
from gitstory.attribution.linking_steps import Task, Unwatched
from gitstory.errors import GitStoryError
from gitstory.git import safe_own_files
from gitstory.redact.settings import Settings as RedactSettings

NAME = "aside.json"
MOST_FAILURES = 3
MOST_DEATHS = 2
_MOST_KEPT = 200
_MOST_EVENTS = 100
"""Commits that wait for one item; what `backfill` has to find beyond that."""
_LONGEST = 300


class QuarantineEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item that could not be processed: how often, why, and under which version and settings (`stamp`).

    `events` are lines of the queue that are processed again when the item is released. `place` is where the program
    was, as "file.py:12 in function".
    """

    task: Task
    error: str
    stamp: str
    since: float
    failures: int = 0
    deaths: int = 0
    place: str = ""
    events: tuple[bytes, ...] = ()

    @property
    def is_aside(self) -> bool:
        return self.failures >= MOST_FAILURES or self.deaths >= MOST_DEATHS


class _File(msgspec.Struct, frozen=True):
    entries: tuple[QuarantineEntry, ...] = ()


def load(home: Path) -> tuple[QuarantineEntry, ...]:
    """What is known of items that failed; nothing where the file is missing or damaged."""
    try:
        return msgspec.json.decode(safe_own_files.content(home / NAME), type=_File).entries
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return ()


def stamp_of(settings: RedactSettings) -> str:
    """Stands for what an item was tried with: another one is a reason to try again."""
    given = msgspec.json.encode((__version__, settings))
    return blake2b(given, digest_size=8).hexdigest()


class Quarantine:
    """The items that failed, as one run knows and changes them; the caller holds the worker's lock."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._before = load(home)
        self._entries = list(self._before)
        self.stamp = ""

    def skips(self, task: Task) -> bool:
        return any(entry.is_aside and entry.task.is_of(task) for entry in self._entries)

    def suspects(self, commit: str) -> bool:
        """Whether a commit failed before and is tried again, alone."""
        return any(entry.task.commit == commit for entry in self._entries if not entry.is_aside)

    def failed(self, task: Task, error: Exception, events: Sequence[bytes] = ()) -> QuarantineEntry:
        return self._add(task, error_line(error), _place(error), events, failures=1)

    def died(self, task: Task, why: str, place: str) -> QuarantineEntry:
        return self._add(task, why, place, (), deaths=1)

    def _add(
        self, task: Task, error: str, place: str, events: Sequence[bytes], failures: int = 0, deaths: int = 0
    ) -> QuarantineEntry:
        old = next((entry for entry in self._entries if entry.task.is_of(task)), None)
        base = old or QuarantineEntry(task, error, self.stamp, time.time())
        result = msgspec.structs.replace(
            base,
            error=error[:_LONGEST],
            place=place,
            failures=base.failures + failures,
            deaths=base.deaths + deaths,
            events=tuple(dict.fromkeys((*base.events, *events)))[:_MOST_EVENTS],
        )
        self._entries = [*(entry for entry in self._entries if entry is not old), result][-_MOST_KEPT:]
        return result

    def keep_events(self, task: Task, events: Sequence[bytes]) -> None:
        """Remember that `events` were processed without the item."""
        for number, entry in enumerate(self._entries):
            if entry.task.is_of(task):
                kept = tuple(dict.fromkeys((*entry.events, *events)))[:_MOST_EVENTS]
                self._entries[number] = msgspec.structs.replace(entry, events=kept)

    def succeeded(self, task: Task) -> list[bytes]:
        """Forget the failures of a step that was done after all; returns the events that had to do without it."""
        entries = [entry for entry in self._entries if msgspec.structs.replace(entry.task, size=0) == task]
        self._entries = [entry for entry in self._entries if entry not in entries]
        return [line for entry in entries for line in entry.events]

    def release(self, *, everything: bool = False) -> list[bytes]:
        """Let what was set aside be tried again: all, or what was tried with another version or other settings.

        Returns the events to be processed again.
        """
        out = [entry for entry in self._entries if everything or (entry.stamp and entry.stamp != self.stamp)]
        left = [entry for entry in self._entries if entry not in out]
        # Deaths are counted before the settings are known.
        self._entries = [msgspec.structs.replace(entry, stamp=entry.stamp or self.stamp) for entry in left]
        return list(dict.fromkeys(line for entry in out for line in entry.events))

    def save(self) -> None:
        """A disk that is full or read-only costs the memory: the item fails again."""
        entries = tuple(self._entries)
        if entries == self._before:
            return
        with suppress(OSError):
            if entries:
                safe_own_files.write(self._home / NAME, msgspec.json.encode(_File(entries)))
            else:
                safe_own_files.remove(self._home / NAME)
            self._before = entries


class Skipping(Unwatched):
    """For those who only read: they leave out what the worker has set aside."""

    def __init__(self, home: Path) -> None:
        self._tasks = [entry.task for entry in load(home) if entry.is_aside]

    def skips(self, task: Task) -> bool:
        return any(one.is_of(task) for one in self._tasks)


def aside(home: Path) -> list[QuarantineEntry]:
    """What is set aside now."""
    return [entry for entry in load(home) if entry.is_aside]


def error_line(error: Exception) -> str:
    """An error in one line. What a defect says may quote a transcript, secrets and all: only its kind is named."""
    text = error.message if isinstance(error, GitStoryError) else type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    return " ".join(text.split())


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return place_of((frame.filename, frame.lineno or 0, frame.name) for frame in frames[::-1])


def place_of(frames: Iterable[tuple[str, int, str]]) -> str:
    """Of frames, the innermost first, the first of ours: "redact/key_value_secrets.py:12 in spans"."""
    for file, line, name in frames:
        parts = Path(file).parts
        if "gitstory" in parts:
            return f"{'/'.join(parts[-2:])}:{line} in {name}"
    return ""
