"""OpenCode's SQLite store: tables session, message and part, whose `data` is the JSON of the former files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from gitstory.agents.conversation_builder import is_name
from gitstory.agents.json_values import seconds, text
from gitstory.agents.opencode.parse import OpenCodeSession
from gitstory.agents.opencode.snapshots import Snapshots
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.stores.row_sources import Row
from gitstory.model import Conversation
from gitstory.sqlite_files import live_database

_SESSION = ("id", "project_id", "parent_id", "directory", "title", "version", "revert", "time_created", "time_updated")


def find(connection: Connection) -> tuple[list[Row], bool]:
    """The sessions with their versions: what was last changed, and how much there is. Parts are counted by index."""
    if not live_database.has(connection, "session", "id"):
        return [], True
    there = live_database.tables(connection)
    have = live_database.columns(connection, "session")
    when = "s.time_updated" if "time_updated" in have else "0"
    place = "s.directory" if "directory" in have else "NULL"
    counts = [when]
    if "message" in there:
        counts.append("(SELECT max(time_updated) FROM message WHERE session_id = s.id)")
        counts.append("(SELECT count(*) FROM message WHERE session_id = s.id)")
    if "part" in there:
        counts.append("(SELECT count(*) FROM part WHERE session_id = s.id)")
    if "event_sequence" in there:
        counts.append("(SELECT seq FROM event_sequence WHERE aggregate_id = s.id)")
    listed = live_database.Rows(connection, f"SELECT s.id, {place}, {', '.join(counts)} FROM session s")
    rows = [Row(row[0], row[2:], seconds(max(filter(_is_time, row[2:4]), default=0)), _place(row[1])) for row in listed]
    return rows, listed.damage is not None


def _is_time(value: Any) -> bool:
    return isinstance(value, int)


def _place(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def conversation(connection: Connection, name: str, snapshots: Path | None = None) -> Conversation | None:
    """One session with its messages and their parts, a message at a time; `snapshots` is where its trees are."""
    info = live_database.record(connection, "session", "id", name, _SESSION)
    if info is None:
        return None
    project = text(info.get("project_id"))
    session = OpenCodeSession(
        name, "", Snapshots(snapshots, project if is_name(project) else "") if snapshots else None
    )
    session.about(
        {
            "parentID": info.get("parent_id"),
            "directory": info.get("directory"),
            "title": info.get("title"),
            "version": info.get("version"),
            "revert": decode(text(info.get("revert")).encode("utf-8", "replace")),
            "time": {"created": info.get("time_created"), "updated": info.get("time_updated")},
        }
    )
    if not live_database.has(connection, "message", "id", "session_id", "data"):
        session.draft.skipped += 1
        return session.finished()
    sql = "SELECT id, data FROM message WHERE session_id = ? ORDER BY time_created, id"
    messages = live_database.Rows(connection, sql, (name,))
    for ident, data in messages:
        message = _object(data)
        if message is None:
            session.draft.skipped += 1
        session.message({**(message or {}), "id": ident}, list(_parts(connection, session, ident)))
    session.draft.skipped += messages.damage is not None
    return session.finished()


def _parts(connection: Connection, session: OpenCodeSession, message: Any) -> Iterator[dict[str, Any]]:
    rows = live_database.Rows(connection, "SELECT id, data FROM part WHERE message_id = ? ORDER BY id", (message,))
    for ident, data in rows:
        part = _object(data)
        if part is None:
            session.draft.skipped += 1
        else:
            yield {**part, "id": ident}
    session.draft.skipped += rows.damage is not None


def _object(data: Any) -> dict[str, Any] | None:
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    return decode(raw) if isinstance(raw, bytes) else None
