"""Other programs' SQLite files, read while those programs write them, without leaving a trace.

Opening such a file the plain way creates `-wal` and `-shm` beside it, makes the writer wait, or fails half-way. So how
it is opened depends on the files beside it:

- no `-wal`: as immutable, without any lock. What was read is only believed if the file is the same afterwards.
- `-wal` and `-shm`: read-only with a read-only index; in WAL mode a reader keeps no writer waiting.
- anything else (a `-wal` alone, a journal left by a crash, a file system without locks): a private copy is read.

Every statement is a transaction of its own: read large tables in pages of keys, not with one cursor held open.

A database may be anybody's work. What is read are tables, never a view or a trigger; a statement ends when the file's
budget of time does (`gitstory.safe_open`); and a journal that names another file does not get at it.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote_from_bytes

from gitstory import safe_open
from gitstory.sqlite_files.copies import PAUSE, TRIES, private_copy
from gitstory.sqlite_files.file_state import (
    MAGIC,
    FileState,
    Moved,
    Unreadable,
    in_wal_mode,
    is_fresh,
    look,
    real_path,
    stamp,
)

__all__ = [
    "MAGIC",
    "Moved",
    "Rows",
    "Unreadable",
    "columns",
    "has",
    "has_index",
    "modified",
    "query",
    "reading",
    "record",
    "size",
    "stamp",
    "tables",
]

T = TypeVar("T")

BUSY = 250
"""Milliseconds to wait for a writer's lock; without a lock there is no wait."""
LONGEST = 256 << 20
"""Bytes of the largest value that is read; a larger one counts as damage."""
BROKEN = (sqlite3.Error, UnicodeError, OverflowError, MemoryError)
"""What the module `sqlite3` raises for damage: its own words for it may hold bytes that are no text, and a length that
is damaged may ask for more memory than there is."""
_STEPS = 20_000
"""Steps of SQLite's machine after which the budget of time is looked at: well below a millisecond."""


def modified(path: Path) -> float:
    """When a database or its `-wal` was last written to (epoch seconds), 0.0 if there is none."""
    seen = stamp(path)
    return max(seen[1], seen[3]) / 1e9


def size(path: Path) -> int:
    """Bytes of a database with its `-wal`."""
    seen = stamp(path)
    return seen[0] + seen[2]


@contextmanager
def reading(path: Path, *, locked: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection that can only read. Raises Unreadable, also for SQLite's errors inside of the `with` block, and
    `Moved` at its end if what was read cannot be trusted; `query` tries again by itself.

    `locked` takes SQLite's own shared lock, statement by statement, for a file that never comes to rest.
    """
    try:
        safe_open.check(path)
    except safe_open.FileRefused as error:
        raise Unreadable(error.strerror) from None
    real = real_path(path)
    seen = look(real)
    how = _way(real, seen, locked)
    with _worded(), _watched(real, seen, locked), how as connection:
        yield connection
    if not locked and not seen.wal and look(real) != seen:
        raise Moved


@contextmanager
def _watched(real: Path, seen: FileState, locked: bool) -> Iterator[None]:
    """Damage as `Moved` where another program wrote meanwhile: while a file is opened, too."""
    try:
        yield
    except BROKEN:
        if (seen.journal or not (locked or seen.wal)) and (is_fresh(seen) or look(real) != seen):
            raise Moved from None
        raise


def query(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    """What `work` makes of a database. It is called again where another program wrote in the meantime, so it must
    begin from nothing each time. Raises Unreadable, or `opening.Overtime` where it takes too long."""
    with safe_open.budgeted(path):
        return _queried(path, work)


def _queried(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    for attempt in range(TRIES):
        try:
            with reading(path, locked=attempt == TRIES - 1) as connection:
                return work(connection)
        except Moved:
            if attempt == TRIES - 1:
                raise
            time.sleep(PAUSE)
    raise AssertionError("unreachable")


class Rows:
    """The rows of a statement, as far as they can be read; to be iterated once.

    `damage` is None, or after the iteration why it ended before the last row. (Python steps ahead: the row before
    the damage is lost with it.)
    """

    def __init__(self, connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._arguments = (sql, parameters)
        self._connection = connection
        self.damage: str | None = None

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(*self._arguments)
        except BROKEN as error:
            self.damage = reason(error)


def tables(connection: sqlite3.Connection) -> frozenset[str]:
    """Names of the real tables: a view may compute anything, and no agent keeps conversations in one."""
    sql = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
    cursor = connection.execute(sql)
    return frozenset(name for name, made in cursor if isinstance(name, str) and not _is_virtual(made))


_COMMENTS = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


def _is_virtual(value: object) -> bool:
    """Whether a statement that makes a table makes a virtual one: those are programs."""
    return isinstance(value, str) and _COMMENTS.sub(" ", value[:4096]).upper().split()[1:2] == ["VIRTUAL"]


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The columns of a table in their order, none if there is no such table."""
    return tuple(str(row[1]) for row in connection.execute(f"PRAGMA table_info({_quoted(table)})"))


def has(connection: sqlite3.Connection, table: str, *wanted: str) -> bool:
    """Whether there is a real table of this name with (at least) these columns."""
    return table in tables(connection) and set(wanted) <= set(columns(connection, table))


def has_index(connection: sqlite3.Connection, table: str, column: str) -> bool:
    """Whether rows of a table are found by this column without looking at all of them."""
    for row in connection.execute(f"PRAGMA index_list({_quoted(table)})"):
        first = connection.execute(f"PRAGMA index_info({_quoted(str(row[1]))})").fetchone()
        if first is not None and first[2] == column and not row[4]:
            return True
    return False


def record(
    connection: sqlite3.Connection, table: str, key: str, value: object, wanted: Collection[str] | None = None
) -> dict[str, Any] | None:
    """The first row of a table whose column `key` is `value`, by the names of its columns; None where there is none.

    Of the columns that are `wanted` (None: all) those the table has are read.
    """
    have = [name for name in columns(connection, table) if wanted is None or name in wanted]
    listed = ", ".join(_quoted(name) for name in have)
    # Not quoted: SQLite takes a name in quotes that is no column for a text.
    sql = f"SELECT {listed} FROM {_quoted(table)} WHERE {key} = ?"
    row = connection.execute(sql, (value,)).fetchone()
    return None if row is None else dict(zip(have, row, strict=True))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def reason(error: Exception) -> str:
    """SQLite's error in words for a person."""
    if isinstance(error, UnicodeError | MemoryError):
        return "the database is damaged"
    text = " ".join(str(error).split())
    if "not a database" in text:
        return "not a SQLite database, or an encrypted one"
    if "malformed" in text or "corrupt" in text:
        return f"the database is damaged ({text})"
    if "locked" in text or "busy" in text:
        return "the database is locked by another program"
    return f"the database cannot be read ({text})"


@contextmanager
def _worded() -> Iterator[None]:
    """SQLite's errors as Unreadable."""
    try:
        yield
    except BROKEN as error:
        raise Unreadable(reason(error)) from error


def _way(real: Path, seen: FileState, locked: bool) -> Any:
    """Return the way to open a file, given the files beside it."""
    if seen.journal:
        return _copied(real)
    if seen.wal:
        return _either(real, "mode=ro&readonly_shm=1") if seen.shm else _copied(real)
    # In WAL mode SQLite would create what is missing beside the file, to take a lock.
    if locked and not in_wal_mode(real):
        return _either(real, "mode=ro")
    return _opened(real, "mode=ro&immutable=1")


@contextmanager
def _copied(real: Path) -> Iterator[sqlite3.Connection]:
    with _opened(private_copy(real), "mode=rw") as connection:
        yield connection


@contextmanager
def _either(real: Path, flags: str) -> Iterator[sqlite3.Connection]:
    """The file itself, or a copy where its file system or its state does not allow that."""
    try:
        connection = _connect(real, flags)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        with _copied(real) as copy:
            yield copy
        return
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _opened(real: Path, flags: str) -> Iterator[sqlite3.Connection]:
    connection = _connect(real, flags)
    try:
        yield connection
    finally:
        connection.close()


def _authorised(_action: int, _first: str | None, second: str | None, _database: str | None, source: str | None) -> int:
    """Nothing is read through a view or a trigger, and no program is loaded."""
    return sqlite3.SQLITE_DENY if source is not None or second == "load_extension" else sqlite3.SQLITE_OK


def _connect(real: Path, flags: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{_uri(real)}?{flags}", uri=True, isolation_level=None, timeout=BUSY / 1000)
    try:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
        # A file mapped into memory kills the process when the writer truncates it.
        for pragma in ("query_only=on", "trusted_schema=off", "cell_size_check=on", "mmap_size=0", "temp_store=memory"):
            connection.execute(f"PRAGMA {pragma}")
        connection.set_progress_handler(safe_open.is_late, _STEPS)
        _tolerate(connection)
        connection.set_authorizer(_authorised)
    except BaseException:
        connection.close()
        raise
    return connection


def _tolerate(connection: sqlite3.Connection) -> None:
    """Tables that can be read stay readable when the definition of another one is damaged."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlite3.DatabaseError, UnicodeError) as error:
        if isinstance(error, sqlite3.Error) and "malformed database schema" not in str(error):
            raise
        connection.execute("PRAGMA writable_schema=on")


def _uri(real: Path) -> str:
    # A path of a Windows share begins with two slashes: written so, SQLite does not take the server for a host.
    path = real.as_posix()
    return "file:" + quote_from_bytes(os.fsencode(path if path.startswith("/") else f"/{path}"), safe="/:")
