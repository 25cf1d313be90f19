"""Traces of sources already read, kept between runs.

One SQLite file that may be deleted at any time. It holds line ids, turn ids and paths, never a line of text; ids are
keyed with a secret of the file's own, so that they reveal nothing without a copy of the line.
"""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from array import array
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

import msgspec

from gitstory.agents.base import Source
from gitstory.attribution.code_tokens import TOKEN_BYTES
from gitstory.attribution.conversation_trace import Trace, TraceEdit
from gitstory.attribution.line_ids import Lines
from gitstory.fault_points import point
from gitstory.git import safe_own_files

_VERSION = 15
_SCHEMA = """CREATE TABLE IF NOT EXISTS traces
    (source BLOB PRIMARY KEY, stamp BLOB NOT NULL, brief BLOB NOT NULL, data BLOB NOT NULL) WITHOUT ROWID"""
_FACTS = "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL)"


class _Packed(msgspec.Struct, array_like=True):
    """Traces with every distinct line once: `lines` is an array of 64-bit ids, edits hold positions.

    `tokens` are those of all lines (see `attribution.code_tokens`), `sizes` how many bytes of it each line has.
    """

    traces: list[Trace]
    lines: bytes
    tokens: bytes
    sizes: bytes
    contents: list[bytes]
    places: list[tuple[int, int, int, int]]
    """(trace, edit, index of before in contents or -1, index of after or -1)"""


class TraceSummary(msgspec.Struct, frozen=True, array_like=True):
    """What decides whether a trace matters for some commits, without unpacking it.

    `names` are the file names (without directories) it edited, `commits` the ids it reports, `began` and `ended` its
    times in seconds, `skipped` its records that were not understood, and `version` the format's they are of.
    """

    agent: str
    conversation: str
    parent: str | None
    subagent: bool
    began: float
    ended: float
    names: frozenset[str]
    commits: tuple[str, ...]
    version: str = ""
    skipped: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return (self.agent, self.conversation)


def _same(path: str) -> str:
    return path


def brief(trace: Trace, real: Callable[[str], str] = _same) -> TraceSummary:
    """What is to be known of a trace in brief; `real` gives the path that a recorded one leads to."""
    paths = {path for edit in trace.edits for path in (edit.path, edit.moved_from) if path}
    names = frozenset(name.rpartition("/")[2] for path in paths for name in (path, real(path)))
    commits = tuple(commit.oid for commit in trace.commits)
    return TraceSummary(
        *trace.key,
        trace.parent,
        trace.subagent,
        trace.started,
        trace.ended,
        names,
        commits,
        trace.version,
        trace.skipped,
    )


Clean = Callable[[Collection[str]], bool]
"""Whether texts hold nothing that redaction would take for a secret."""


def _anything(texts: Collection[str]) -> bool:
    return True


_BROKEN = (sqlite3.Error, MemoryError)
"""What `sqlite3` raises for a file; a length that is damaged may ask for more memory than there is."""


class TraceCache:
    """Opened on a file that may be missing, damaged or read-only: then nothing is remembered, and nothing fails."""

    def __init__(
        self,
        path: Path | None,
        scope: bytes = b"",
        clean: Clean = _anything,
        real: Callable[[str], str] = _same,
    ) -> None:
        """Without a `path` nothing outlives this run. `real` resolves links in paths.

        `scope` stands for what a source was ruled out by (the work trees, the remotes): another one forgets that.
        What has a path or an address that is not `clean` is read again each time."""
        self._path = path
        self._clean = clean
        self._real = real
        self._briefs: dict[bytes, tuple[bytes, bytes]] | None = None
        # `damaged`: there was a file that had to be thrown away.
        self._db, self.damaged = _open(path)
        try:
            self.lines = Lines(self._begin(scope))
        except _BROKEN as error:
            self._give_up(error)
            self.lines = Lines(self._begin(scope))

    def _begin(self, scope: bytes) -> bytes:
        """The key of the line ids."""
        key = self._fact("key", secrets.token_bytes(32))
        if self._fact("scope", scope) != scope:
            self._db.execute("DELETE FROM traces WHERE data = x''")
            self._db.execute("UPDATE facts SET value = ? WHERE name = 'scope'", (scope,))
        return key

    def _give_up(self, error: Exception) -> None:
        """Go on without a file. One that is damaged is removed; one that is busy or cannot be written stays."""
        if not isinstance(error, sqlite3.OperationalError) and self._path is not None:
            self.damaged = _discard(self._path)
        with suppress(*_BROKEN):
            self._db.close()
        self._db, self._briefs = _open(None)[0], {}

    def _fact(self, name: str, default: bytes) -> bytes:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        if row is not None:
            return bytes(row[0])
        self._db.execute("INSERT INTO facts VALUES (?, ?)", (name, default))
        self._db.commit()
        return default

    def briefs(self, source: Source) -> tuple[TraceSummary, ...] | None:
        """What is known in brief of a source as it is now; None if it was not read in this state.

        An empty one was ruled out.
        """
        if self._briefs is None:
            try:
                rows = self._db.execute("SELECT source, stamp, brief FROM traces")
                self._briefs = {name: (stamp, packed) for name, stamp, packed in rows}
            except _BROKEN as error:
                self._give_up(error)
                return None
        stamp, packed = self._briefs.get(_name(source), (b"", b""))
        if stamp != msgspec.msgpack.encode(source.stamp):
            return None
        try:
            return msgspec.msgpack.decode(packed, type=tuple[TraceSummary, ...])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def get(self, source: Source) -> tuple[Trace, ...] | None:
        """The traces of a source of which there are `briefs`; None where they cannot be read after all."""
        try:
            row = self._db.execute("SELECT data FROM traces WHERE source = ?", (_name(source),)).fetchone()
            return None if row is None else _unpack(row[0], self.lines)
        except _BROKEN as error:
            self._give_up(error)
            return None
        except (msgspec.MsgspecError, zlib.error, IndexError, ValueError, RecursionError):
            return None

    def put(self, source: Source, traces: Sequence[Trace]) -> None:
        if self._path is not None and not self._clean(_texts(traces)):
            return
        stamp = msgspec.msgpack.encode(source.stamp)
        packed = msgspec.msgpack.encode([brief(trace, self._real) for trace in traces])
        data = _pack(traces, self.lines) if traces else b""
        try:
            self._db.execute("INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?)", (_name(source), stamp, packed, data))
        except sqlite3.OperationalError:
            pass  # another program writes there, or the disk is full: this one goes without
        except _BROKEN as error:
            self._give_up(error)

    def close(self) -> None:
        point("cache.closing")
        # A full disk costs the memory of this run, not its result.
        with suppress(*_BROKEN):
            self._db.commit()
        self._db.close()


def _open(path: Path | None) -> tuple[sqlite3.Connection, bool]:
    """A connection to a file or to memory, and whether a file had to be thrown away for it."""
    damaged = False
    for attempt in (path, path, None) if path is not None else (None,):
        db = None
        try:
            if attempt is not None:
                safe_own_files.make_folder(attempt.parent)
                damaged = safe_own_files.clear_the_ways(safe_own_files.database_files(attempt)) or damaged
                attempt.touch(0o600)
            db = sqlite3.connect(attempt or ":memory:", timeout=2)
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                db.executescript(f"DROP TABLE IF EXISTS traces; {_SCHEMA}; {_FACTS}; PRAGMA user_version = {_VERSION}")
            db.executescript(f"{_SCHEMA}; {_FACTS}")
            db.execute("SELECT count(*) FROM traces")
            return db, damaged
        except (*_BROKEN, OSError) as error:
            if db is not None:
                db.close()
            # One that is locked, or that a full or read-only disk does not take, is left to others.
            if path is not None and not isinstance(error, OSError | sqlite3.OperationalError):
                damaged = _discard(path) or damaged
    raise AssertionError("SQLite cannot open a database in memory")


def _discard(path: Path) -> bool:
    try:
        path.unlink()
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _texts(traces: Sequence[Trace]) -> set[str]:
    """All that the cache keeps of written text."""
    named = {path for trace in traces for edit in trace.edits for path in (edit.path, edit.moved_from) if path}
    return named.union(*((*trace.places, *trace.remotes) for trace in traces))


def _name(source: Source) -> bytes:
    text = f"{source.agent}\0{source.path}\0{source.id or ''}"
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()


def _pack(traces: Sequence[Trace], lines: Lines) -> bytes:
    positions: dict[int, int] = {}
    contents: dict[tuple[int, ...], int] = {}
    packed: list[bytes] = []
    places: list[tuple[int, int, int, int]] = []

    def content(ids: tuple[int, ...] | None) -> int:
        if ids is None:
            return -1
        if ids not in contents:
            contents[ids] = len(packed)
            packed.append(array("I", [positions.setdefault(i, len(positions)) for i in ids]).tobytes())
        return contents[ids]

    bare: list[Trace] = []
    for number, trace in enumerate(traces):
        edits: list[TraceEdit] = []
        for serial, edit in enumerate(trace.edits):
            if edit.before is not None or edit.after is not None:
                places.append((number, serial, content(edit.before), content(edit.after)))
                edit = msgspec.structs.replace(edit, before=None, after=None)
            for _, pairs in edit.patch:
                for _, line in pairs:
                    positions.setdefault(line, len(positions))
            edits.append(edit)
        bare.append(msgspec.structs.replace(trace, edits=tuple(edits)))
    tokens = [lines.tokens(line) for line in positions]
    whole = _Packed(
        bare,
        array("Q", positions).tobytes(),
        b"".join(tokens),
        array("I", map(len, tokens)).tobytes(),
        packed,
        places,
    )
    return zlib.compress(msgspec.msgpack.encode(whole), 1)


def _unpack(data: bytes, lines: Lines) -> tuple[Trace, ...]:
    whole = msgspec.msgpack.decode(zlib.decompress(data), type=_Packed)
    ids, sizes = array("Q"), array("I")
    ids.frombytes(whole.lines)
    sizes.frombytes(whole.sizes)
    ends = list(accumulate(sizes))
    if any(size % TOKEN_BYTES for size in sizes) or sum(sizes) != len(whole.tokens):
        raise ValueError("the tokens of a trace are cut")
    cut = [whole.tokens[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    lines.learn(zip(ids, cut, strict=True))
    contents = [_content(one, ids) for one in whole.contents]
    edits = [list(trace.edits) for trace in whole.traces]
    for number, serial, before, after in whole.places:
        edits[number][serial] = msgspec.structs.replace(
            edits[number][serial],
            before=None if before < 0 else contents[before],
            after=None if after < 0 else contents[after],
        )
    return tuple(
        msgspec.structs.replace(trace, edits=tuple(own)) for trace, own in zip(whole.traces, edits, strict=True)
    )


def _content(data: bytes, ids: array[int]) -> tuple[int, ...]:
    positions = array("I")
    positions.frombytes(data)
    return tuple([ids[position] for position in positions])
