"""The store of one session of Cursor's program: blobs named by their digests, in SQLite (2025 and 2026).

A message is a blob of JSON. What the conversation was at a moment is a blob in the format of protocol buffers whose
field 1 names the messages in order; `meta` says which is the last one. A compaction leaves the older messages out of
it, taking back a prompt those after it: the moments before still name them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from typing import Any, NamedTuple

from gitstory.agents.json_values import text
from gitstory.agents.stores.jsonl import decode
from gitstory.sqlite_files import live_database

_DATA = "SELECT CAST(data AS BLOB) FROM blobs WHERE id = ?"
_MOMENTS = "SELECT id, CAST(data AS BLOB) FROM blobs WHERE substr(CAST(data AS BLOB), 1, 2) = x'0a20' ORDER BY rowid"
_MESSAGES = "SELECT id FROM blobs WHERE substr(CAST(data AS BLOB), 1, 1) = x'7b'"
_MOST = 200_000
"""Most messages of one session that are distinguished."""
_BEGINNINGS = (b'{"role":', b'{"id":', b'{"content":')


class BlobMessage(NamedTuple):
    """A message, by the id of its blob, in the order it came; `abandoned` where the person went back before it."""

    id: str
    abandoned: bool = False


def meta(connection: Connection) -> dict[str, Any]:
    """What the session says of itself: JSON, written as hexadecimal digits."""
    row = connection.execute("SELECT value FROM meta WHERE key = '0'").fetchone()
    value = row[0] if row else b""
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    if not isinstance(data, bytes):
        return {}
    try:
        return decode(bytes.fromhex(data.decode("ascii"))) or {}
    except ValueError:
        return decode(data) or {}


def order(connection: Connection, last: str) -> tuple[list[BlobMessage], list[str], bool]:
    """The messages in order, the texts of the last moment's other fields, and whether it is whole."""
    row = connection.execute(_DATA, (last,)).fetchone() if last else None
    fields = list(_fields(row[0])) if row and isinstance(row[0], bytes) else []
    final = _named(fields)
    listed = live_database.Rows(connection, _MESSAGES)
    messages = {ident for (ident,) in listed if isinstance(ident, str)}
    review_turns: list[BlobMessage] = []
    current: list[str] = []
    moments = live_database.Rows(connection, _MOMENTS)
    for ident, data in moments:
        named = _named(_fields(data)) if isinstance(data, bytes) else []
        if ident != last and named and named[0] == (final or named)[0] and messages.issuperset(named):
            current = _went_on(review_turns, current, named)
    if final:
        _went_on(review_turns, current, final)
    damaged = listed.damage is not None or moments.damage is not None or bool(last and not fields)
    texts = [data.decode("utf-8", "replace") for number, data in fields if number != 1]
    return review_turns, texts, not damaged


def _went_on(review_turns: list[BlobMessage], current: list[str], named: list[str]) -> list[str]:
    """Take in the next moment. What it leaves out was summarised if anything after it stayed, else undone."""
    shared = 0
    while shared < min(len(current), len(named)) and current[shared] == named[shared]:
        shared += 1
    left_out = current[shared:]
    back = bool(left_out) and not set(left_out) & set(named) and shared > 1
    if back:
        gone = set(left_out)
        review_turns[:] = [one._replace(abandoned=True) if one.id in gone else one for one in review_turns]
    existing = {one.id: at for at, one in enumerate(review_turns)}
    for ident in named[shared:]:
        if ident not in existing and len(review_turns) < _MOST:
            review_turns.append(BlobMessage(ident))
        elif ident in existing and review_turns[existing[ident]].abandoned:
            review_turns[existing[ident]] = BlobMessage(ident)
    return named


def message(connection: Connection, ident: str) -> dict[str, Any] | None:
    """The message of a blob; {} where it is gone, None where it cannot be read. Some versions wrap the JSON."""
    row = connection.execute(_DATA, (ident,)).fetchone()
    if row is None or not isinstance(row[0], bytes):
        return {}
    fields = decode(row[0])
    if fields is not None:
        return fields
    starts = [at for beginning in _BEGINNINGS if (at := row[0].find(beginning)) > 0]
    if not starts:
        return None
    try:
        inner, _ = json.JSONDecoder().raw_decode(row[0][min(starts) :].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return inner if isinstance(inner, dict) else None


def _named(fields: Sequence[tuple[int, bytes]] | Iterator[tuple[int, bytes]]) -> list[str]:
    return [data.hex() for number, data in fields if number == 1 and len(data) == 32]


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the fields that have a length, as far as the record can be followed."""
    at = 0
    while at < len(data):
        tag, at = _number(data, at)
        kind = tag & 7
        if kind == 2:
            length, at = _number(data, at)
            if length < 0 or at + length > len(data):
                return
            yield tag >> 3, data[at : at + length]
            at += length
        elif kind == 0:
            _, at = _number(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            return


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(data):
            return -1, len(data)
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    return -1, len(data)


def workspace(texts: Sequence[str]) -> str:
    """The address of the directory the session works in, among the texts of a moment."""
    return text(next((one for one in texts if one.startswith("file://") and one.isprintable()), ""))
