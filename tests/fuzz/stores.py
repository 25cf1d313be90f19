"""Pieces of agents' stores, as functions from bytes to what their readers make of a store with that piece in it."""

from __future__ import annotations

import atexit
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from itertools import count
from pathlib import Path
from zlib import crc32

from msgspec import Struct

from gitstory.agents import registry
from gitstory.agents.base import Agent, Source
from gitstory.agents.catalog import AGENTS
from gitstory.agents.copilot_chat import AGENT as CHAT
from gitstory.agents.cursor import AGENT as CURSOR
from gitstory.agents.cursor import global_database
from gitstory.agents.cursor import parse as cursor_parse
from gitstory.agents.cursor_cli import AGENT as PROGRAM
from gitstory.agents.cursor_cli import parse as program_parse
from gitstory.model import Conversation
from gitstory.testing.whole_agent_store import all_sources
from tests.agents_table import ROOTS
from tests.smallstores import DATA, built

Read = Sequence[tuple[Agent, Conversation]]


class Piece(Struct, frozen=True):
    name: str
    read: Callable[[bytes], Read]
    seeds: tuple[bytes, ...]


_HEADERS = [{"bubbleId": "b", "type": 1}, {"bubbleId": "b", "type": 2}, {"bubbleId": "c"}]
_HEAD = {"fullConversationHeadersOnly": _HEADERS, "createdAt": 1772445600000}


def _cursor(data: bytes, key: str) -> Read:
    """The value under one key of Cursor's database; the others are sound."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)")
        rows = {"composerData:f": json.dumps(_HEAD).encode(), "bubbleId:f:b": b'{"type":2,"text":"x"}', key: data}
        connection.executemany("INSERT INTO cursorDiskKV VALUES (?, ?)", rows.items())
        found, _ = global_database.composers(connection)
        return [(CURSOR, cursor_parse.conversation(connection, one, ("/home/dev/app",))) for one in found]


def _program(data: bytes, which: int) -> Read:
    """One blob of a session of Cursor's program: a message, or the moment that names them."""
    sound = b'{"role":"user","content":"Hi"}'
    message = data if which == 0 else sound
    listed = [sha256(one).digest() for one in (sound, message)]
    moment = data if which == 1 else b"".join(b"\x0a\x20" + one for one in listed)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB)")
        connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
        for one in (sound, message, moment, b"".join(b"\x0a\x20" + one for one in listed[:1])):
            connection.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?)", (sha256(one).hexdigest(), one))
        told = json.dumps({"latestRootBlobId": sha256(moment).hexdigest(), "createdAt": 1}).encode().hex()
        connection.execute("INSERT INTO meta VALUES ('0', ?)", (data.decode("latin-1") if which == 2 else told,))
        source = Source(PROGRAM.name, Path("/nowhere/store.db"), (0,), 0, 0.0, "f")
        return [(PROGRAM, program_parse.conversation(connection, source))]


def _file(agent: Agent, name: str) -> Callable[[bytes], Read]:
    """A store of one file."""
    holder: list[tempfile.TemporaryDirectory[str]] = []

    def run(data: bytes) -> Read:
        if not holder:
            holder.append(tempfile.TemporaryDirectory(prefix="gitstory-fuzz-"))
        path = Path(holder[0].name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        root = Path(holder[0].name)
        return [(agent, one) for source in agent.sources(root) for one in agent.read(source).conversations]

    return run


def _rows(database: str, what: str) -> tuple[bytes, ...]:
    """The values of a small store's database that a pattern (GLOB) of keys finds."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript((DATA / "cursor" / f"{database}.sql").read_text("utf-8"))
        found = connection.execute("SELECT value FROM cursorDiskKV WHERE key GLOB ? AND value NOT NULL", (what,))
        return tuple(value.encode() if isinstance(value, str) else bytes(value) for (value,) in found)


def _messages() -> tuple[bytes, ...]:
    """The blobs of the small store of Cursor's program."""
    (path,) = (path for path in (DATA / "cursor-cli").rglob("*.sql") if path.parent.name.endswith("a"))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(path.read_text("utf-8"))
        return tuple(bytes(data) for (data,) in connection.execute("SELECT data FROM blobs"))


def _files(folder: str, *patterns: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for pattern in patterns for path in sorted((DATA / folder).rglob(pattern)))


_DATABASE = "globalStorage/state.vscdb"
_CHATS = _files("copilot-chat", "chatSessions/*")
_TRANSCRIPT = "p/agent-transcripts/t/t.jsonl"

STORES: tuple[Piece, ...] = (
    Piece("cursor message", lambda data: _cursor(data, "bubbleId:f:b"), _rows(_DATABASE, "bubbleId:*")),
    Piece("cursor conversation", lambda data: _cursor(data, "composerData:f"), _rows(_DATABASE, "composerData:*")),
    Piece("cursor-cli message", lambda data: _program(data, 0), _messages()),
    Piece("cursor-cli moment", lambda data: _program(data, 1), _messages()),
    Piece("cursor-cli meta", lambda data: _program(data, 2), (b"7b7d", b'{"agentId":"x"}')),
    Piece("cursor transcript", _file(CURSOR, _TRANSCRIPT), _files("cursor-cli", "*.jsonl")),
    Piece("copilot-chat log", _file(CHAT, "globalStorage/emptyWindowChatSessions/s.jsonl"), _CHATS),
    Piece("copilot-chat document", _file(CHAT, "globalStorage/emptyWindowChatSessions/s.json"), _CHATS),
    Piece(
        "copilot-chat transcript",
        _file(CHAT, "workspaceStorage/w/GitHub.copilot-chat/transcripts/s.jsonl"),
        _files("copilot-chat", "transcripts/*.jsonl"),
    ),
)


_written = count(time.time_ns() - 3600 * 10**9)


def _age(path: Path) -> None:
    """Let a file seem to be written an hour ago, each time a little later than the last.

    A damaged database of this second is read again after a while, since somebody may be writing to it: a tenth of a
    second an input.
    """
    now = next(_written)
    os.utime(path, ns=(now, now))


class _Held(Struct):
    """The small store of an agent, made where the first input needs it."""

    name: str
    folder: tempfile.TemporaryDirectory[str] | None = None
    sound: tuple[Source, ...] = ()

    def store(self) -> Path:
        if self.folder is None:
            self.folder = tempfile.TemporaryDirectory(prefix="gitstory-fuzz-")
            built(self.name, Path(self.folder.name))
            self.sound = self._sources()
        return Path(self.folder.name) / self.name

    def _sources(self) -> tuple[Source, ...]:
        root = self.store() / ROOTS.get(self.name, ".")
        return tuple(all_sources(registry.agent(self.name), [root]).values())

    def read(self, file: Path, data: bytes) -> Read:
        """What lies in `file`, which holds `data`, or where that is no source of its own, in the whole store.

        Looking for sources takes most of the time, so that it is done for one input in eight; the others are read as
        the sources they were before. (`crc32`: the same input is always treated alike.)
        """
        reader, path = registry.agent(self.name), self.store() / file
        sources = self._sources() if crc32(data) % 8 == 0 else self.sound
        of_file = [source for source in sources if source.path == path]
        for source in of_file or sources:
            reader.places(source)
        return [(reader, one) for source in of_file or sources for one in reader.read(source).conversations]


def _within(held: _Held, file: Path) -> Callable[[bytes], Read]:
    """The small store of an agent with one of its files replaced; what else is in it stays sound."""

    def run(data: bytes) -> Read:
        path = held.store() / file
        path.write_bytes(data)
        _age(path)
        return held.read(file, data)

    return run


_Cell = tuple[str, str, int]
"""Table, column, row id."""


def _cells(path: Path) -> dict[_Cell, bytes]:
    """The texts and blobs of a database, each with its value; those of the first rows."""
    found: dict[_Cell, bytes] = {}
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%ROWID'")
        for (table,) in tables.fetchall():
            for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
                chosen = f'SELECT rowid, CAST("{column}" AS BLOB) FROM "{table}" WHERE typeof("{column}") IN (?, ?)'
                rows = connection.execute(f"{chosen} LIMIT 20", ("text", "blob"))
                found.update({(table, column, row): bytes(value) for row, value in rows})
    return found


def _valued(held: _Held, file: Path, cells: Sequence[_Cell]) -> Callable[[bytes], Read]:
    """The small store of an agent with one value of its database replaced: the one the first byte names."""
    sound: list[sqlite3.Connection] = []

    def run(data: bytes) -> Read:
        if not data:
            return []
        path = held.store() / file
        if not sound:
            sound.append(_in_memory(path))
        (connection,) = sound
        table, column, row = cells[data[0] % len(cells)]
        value = data[1:] if data[0] >= 128 else data[1:].decode("utf-8", "replace")
        connection.execute("BEGIN")
        try:
            connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row))
            path.write_bytes(connection.serialize())
        except sqlite3.IntegrityError:
            return []
        finally:
            connection.execute("ROLLBACK")
        _age(path)
        return held.read(file, data)

    return run


def _in_memory(path: Path) -> sqlite3.Connection:
    """A copy of a database, so that a change can be written as a file and taken back whole."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    atexit.register(copy.close)
    with closing(sqlite3.connect(path)) as connection:
        connection.backup(copy)
    return copy


def _pieces(name: str) -> Iterator[Piece]:
    """The largest file of each kind in an agent's small store: whoever adds a reader has it searched."""
    with tempfile.TemporaryDirectory(prefix="gitstory-fuzz-") as folder:
        store = built(name, Path(folder))
        kinds: dict[str, Path] = {}
        for path in sorted((one for one in store.rglob("*") if one.is_file()), key=lambda one: one.stat().st_size):
            kinds[path.suffix or path.name] = path
        for kind, path in kinds.items():
            file, data = path.relative_to(store), path.read_bytes()
            yield Piece(f"{name} *{kind}", _within(_Held(name), file), (data, *_lines(kind, data)))
            if data.startswith(b"SQLite format 3") and (cells := _cells(path)):
                seeds = tuple(bytes([number]) + value for number, value in enumerate(list(cells.values())[:128]))
                yield Piece(f"{name} *{kind} values", _valued(_Held(name), file, list(cells)[:128]), seeds)


def _lines(kind: str, data: bytes) -> tuple[bytes, ...]:
    """Records alone: short inputs are searched faster."""
    return tuple(data.splitlines(keepends=True)) if kind == ".jsonl" else ()


READERS: tuple[Piece, ...] = tuple(piece for name in AGENTS if (DATA / name).is_dir() for piece in _pieces(name))
