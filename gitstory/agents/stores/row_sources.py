"""One `Source` for each conversation of a database, and what is returned where the database cannot be read.

A conversation's stamp is what its rows say of their version, so that one that goes on does not make all others be
read again. What is unreadable as a whole becomes one source without an id, whose reading counts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple
from zlib import crc32

from msgspec import structs

from gitstory import safe_open
from gitstory.agents.base import Reading, Source
from gitstory.agents.conversation_builder import is_name
from gitstory.model import Conversation
from gitstory.sqlite_files import live_database


class Row(NamedTuple):
    """One conversation of a database: id, version (whole numbers), last change (epoch seconds) and directory."""

    id: Any
    version: tuple[Any, ...]
    modified: float | None = None
    folder: str | None = None


def sources(agent: str, path: Path, find: Callable[[Connection], tuple[list[Row], bool]]) -> Iterator[Source]:
    """The conversations `find` lists, the last changed first. It also says whether some could not be listed."""
    try:
        rows, damaged = live_database.query(path, find)
    except OSError:
        rows, damaged = [], safe_open.is_file(path)
    whole, modified = live_database.size(path), live_database.modified(path)
    existing: dict[str, Row] = {}
    for row in rows:
        if is_name(row.id):
            existing.setdefault(row.id, row)
        else:
            damaged = True
    for name, row in sorted(existing.items(), key=lambda item: -(item[1].modified or 0)):
        when = modified if row.modified is None else row.modified
        yield Source(agent, path, tuple(map(_whole, row.version)), whole // len(existing), when, name, row.folder)
    if damaged:
        yield Source(agent, path, live_database.stamp(path), whole, modified)


def of_messages(connection: Connection, key: str, totals: Sequence[str], *needed: str) -> tuple[str, str]:
    """For a query over conversations `s`: columns with the `totals` of their `messages`, and what is to be joined.

    `key` is the column of a message that names its conversation, `needed` are others without which all are NULL.
    """
    if not live_database.has(connection, "messages", key, *needed):
        return ", ".join("NULL" for _ in totals), ""
    if live_database.has_index(connection, "messages", key):
        return ", ".join(f"(SELECT {total} FROM messages WHERE {key} = s.id)" for total in totals), ""
    # In one go: nothing finds the messages of one conversation without looking at all.
    named = ", ".join(f"{total} AS total{number}" for number, total in enumerate(totals))
    columns = ", ".join(f"m.total{number}" for number in range(len(totals)))
    return columns, f" LEFT JOIN (SELECT {key}, {named} FROM messages GROUP BY {key}) m ON m.{key} = s.id"


def read(source: Source, each: Callable[[Connection, str], Conversation | None]) -> Reading:
    """The conversation that `one` makes of the database's rows, None where it is gone by now."""
    if source.id is None:
        return unreadable(source)
    name = source.id
    try:
        conversation = live_database.query(source.path, lambda connection: each(connection, name))
    except OSError:
        return unreadable(source)
    return Reading((structs.replace(conversation, source=str(source.path)),) if conversation is not None else ())


def unreadable(source: Source, version: str = "") -> Reading:
    """A reading that holds nothing but that something could not be read."""
    name = source.id or source.path.stem
    conversation = Conversation(source.agent, name, source=str(source.path), skipped=1, version=version)
    return Reading((conversation,))


def _whole(value: Any) -> int:
    """A part of a version as a number: the files' times are texts in some stores."""
    if isinstance(value, int):
        return value
    if isinstance(value, str | bytes):
        data = value.encode("utf-8", "replace") if isinstance(value, str) else value
        return crc32(data)
    return int(value) if isinstance(value, float) and abs(value) < 1e18 else 0


__all__ = ["Row", "is_name", "read", "sources", "unreadable"]
