"""The spool: what the shims leave for the worker, one line an event.

Format 1, fields separated by tabs: `1`, event, commit (or `-`), seconds since the epoch (0: unknown), worktree, then
`NAME=VALUE` fields. Tab, newline and percent sign in a value stand as %09, %0A and %25; all else is the raw bytes of
the environment. Empty lines mean nothing: a writer begins with a newline, to end what another could not finish.

The worker takes the spool by renaming it, works, and removes the renamed file; what a killed worker had taken is taken
again by the next one. `hooks/shim.sh` is the usual writer.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from gitstory.agents.catalog import MARKER_VARIABLES, STORE_VARIABLES
from gitstory.fault_points import point
from gitstory.git import safe_own_files

NAME = "spool"
FORMAT = b"1"
EVENTS = frozenset({"post-commit", "post-merge", "post-rewrite"})
LONGEST_LINE = 64 * 1024
"""Bytes; the shim writes less than 4 KB."""

_OID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")


class Event(Struct, frozen=True):
    """One line. `commit` is None if the shim did not know it; `time` is None where the shell had no clock.

    For post-rewrite `commit` is the new one, `was` the one it replaces (None where a hook manager swallowed it) and
    `by` git's word ("amend", "rebase").
    `env` holds the markers and the store variables that were set.
    """

    name: str
    commit: str | None
    time: float | None = None
    worktree: str = ""
    env: Mapping[str, str] = {}
    was: str | None = None
    by: str = ""

    @property
    def markers(self) -> dict[str, str]:
        return {name: self.env[name] for name in MARKER_VARIABLES if name in self.env}

    @property
    def stores(self) -> dict[str, str]:
        return {name: self.env[name] for name in STORE_VARIABLES if name in self.env}


class QueueBatch(Struct, frozen=True):
    """A taken spool file: its events in order, `skipped` invalid lines, and its `size` when read."""

    path: Path
    events: tuple[Event, ...]
    skipped: int
    size: int


def parse_line(line: bytes) -> Event | None:
    """The event of one line without its end, None for what is none."""
    if len(line) > LONGEST_LINE:
        return None
    fields = [_text(field) for field in line.split(b"\t")]
    if len(fields) < 5 or fields[0] != FORMAT.decode() or fields[1] not in EVENTS:
        return None
    if fields[2] != "-" and not _OID.match(fields[2]):
        return None
    fields_by_name = dict(field.split("=", 1) for field in fields[5:] if "=" in field)
    was = fields_by_name.get("was", "")
    return Event(
        name=fields[1],
        commit=None if fields[2] == "-" else fields[2],
        time=_seconds(fields[3]),
        worktree=fields[4],
        env={
            name: value for name, value in fields_by_name.items() if name in MARKER_VARIABLES or name in STORE_VARIABLES
        },
        was=was if _OID.match(was) else None,
        by=fields_by_name.get("by", ""),
    )


def parse(data: bytes) -> tuple[tuple[Event, ...], int]:
    """All events in order, and how many lines were not understood."""
    lines = [line for line in data.split(b"\n") if line]
    events = [event for event in map(parse_line, lines) if event is not None]
    return tuple(events), len(lines) - len(events)


def format_line(event: Event) -> bytes:
    """The line (with its end) from which `parse_line` makes `event` again."""
    fields = [event.name, event.commit or "-", str(int(event.time or 0)), event.worktree]
    fields += [f"{name}={value}" for name, value in event.env.items()]
    fields += [f"{name}={value}" for name, value in (("was", event.was), ("by", event.by)) if value]
    return b"\t".join([FORMAT, *map(_bytes, fields)]) + b"\n"


def append(home: Path, event: Event) -> None:
    """Add an event in one write; `home` is `Repo.home` and is made where missing. Raises OSError."""
    home.mkdir(mode=0o700, exist_ok=True)
    append_line(home, format_line(event))


def append_line(home: Path, line: bytes) -> None:
    """Add a line, with its end, that `format_line` made. Raises OSError."""
    handle = safe_own_files.handle_for(home / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(handle, b"\n" + line)
    finally:
        os.close(handle)


def waiting(home: Path) -> int:
    """How many events are not worked off yet, those a worker has taken included."""
    return sum(len(_read(path)[0]) for path in _files(home))


def waiting_since(home: Path) -> float | None:
    """When the file that was written to longest ago was (epoch seconds); None where nothing waits."""
    times = []
    for path in _files(home):
        with suppress(OSError):
            times.append(path.stat().st_mtime)
    return min(times, default=None)


def left(home: Path) -> int:
    """How many events another worker has taken and not finished; the caller holds the worker's lock."""
    return sum(len(_read(path)[0]) for path in _files(home) if path.name != NAME)


def is_empty(home: Path) -> bool:
    """Whether nothing waits; looks at names and sizes only."""
    return not _files(home)


def take(home: Path) -> list[QueueBatch]:
    """Rename the spool and read it, after what a killed worker left; the caller holds the worker's lock."""
    spool = home / NAME
    safe_own_files.clear_the_way(spool)
    with suppress(FileNotFoundError):
        spool.rename(home / f"{NAME}.{time.time_ns():020d}-{os.getpid()}")
        point("spool.renamed")
    # An empty one too: a shim that died between making the file and writing to it leaves that.
    return [_batch(path) for path in _files(home, empty=True) if path != spool]


def finish(batch: QueueBatch) -> QueueBatch | None:
    """Remove a worked-off file; where a slow writer has added to it meanwhile, return that rest to be done first."""
    data = _bytes_of(batch.path)
    if len(data) > batch.size:
        events, skipped = parse(data[batch.size :])
        if events or skipped:
            return QueueBatch(batch.path, events, skipped, len(data))
    with suppress(FileNotFoundError):
        batch.path.unlink()
    point("spool.removed")
    return None


def _batch(path: Path) -> QueueBatch:
    data = _bytes_of(path)
    return QueueBatch(path, *parse(data), len(data))


def _files(home: Path, *, empty: bool = False) -> list[Path]:
    """The spool and its taken parts, oldest first, with those that are `empty` or without."""
    try:
        names = [entry for entry in os.scandir(home) if entry.name == NAME or entry.name.startswith(NAME + ".")]
        # A directory in its place is no reason to fail every time.
        paths = [
            Path(entry.path)
            for entry in names
            if entry.is_file(follow_symlinks=False) and (empty or entry.stat().st_size)
        ]
    except OSError:
        return []
    return sorted(paths, key=lambda path: (path.name == NAME, path.name))


def _read(path: Path) -> tuple[tuple[Event, ...], int]:
    return parse(_bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    return safe_own_files.beginning(path)


def _text(field: bytes) -> str:
    return unquote_to_bytes(field).decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    return raw.replace(b"%", b"%25").replace(b"\t", b"%09").replace(b"\n", b"%0A")


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 12 and text.strip("0") else None
