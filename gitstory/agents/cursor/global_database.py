"""What a global database of Cursor holds, without opening a single message of it.

Conversations are the rows `composerData:<id>` of `cursorDiskKV`, their messages `bubbleId:<id>:<message>`. Every
write gives a row a new number, so that the numbers of a conversation's rows, which stand in the index of keys, tell
whether any of it changed, and which conversation was written to last.
"""

from __future__ import annotations

import re
from sqlite3 import Connection
from typing import Any, NamedTuple

import msgspec

from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.stores import editors
from gitstory.agents.stores.jsonl import decode
from gitstory.sqlite_files import live_database

TABLE = "cursorDiskKV"
KEYS = "composer.composerHeaders"
_BUBBLES = "SELECT count(*), max(rowid), total(rowid) FROM cursorDiskKV WHERE key >= ? AND key < ?"
_COMPOSERS = """SELECT substr(key, 14), rowid, CAST(value AS BLOB) FROM cursorDiskKV
    WHERE key >= 'composerData:' AND key < 'composerData;'"""
_KEPT = "SELECT CAST(value AS BLOB) FROM ItemTable WHERE key = ?"
_CREATED = re.compile(rb'"createdAt":\s*("[^"]{10,40}"|\d{10,16})')
_TAIL = 4096
"""Bytes at the end of a list of messages in which the time of the last one stands."""
_NONE = (b"", b"[]", b"null")


class _Head(msgspec.Struct, rename="camel"):
    """The part of a conversation's record that is looked at for all of them; the lists stay as they are."""

    created_at: Any = None
    last_updated_at: Any = None
    is_ephemeral: Any = None
    workspace_identifier: Any = None
    git_worktree: Any = None
    tracked_git_repos: Any = None
    subagent_info: Any = None
    subagent_composer_ids: Any = None
    full_conversation_headers_only: msgspec.Raw = msgspec.Raw()
    conversation: msgspec.Raw = msgspec.Raw()


class Composer(NamedTuple):
    """A conversation: what its rows say of their version, its last change (epoch seconds) and where it took place.

    `windows` are ids of folders in `workspaceStorage`. `parent` is the conversation that started this one.
    """

    id: str
    version: tuple[int, ...]
    modified: float | None = None
    places: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    parent: str | None = None


_head = msgspec.json.Decoder(_Head).decode


def composers(connection: Connection) -> tuple[list[Composer], bool]:
    """Every conversation that was begun; and whether some rows could not be understood."""
    if not live_database.has(connection, TABLE, "key", "value"):
        # A database of an editor that was started once, or of one that keeps no conversations here.
        return [], not live_database.has(connection, "ItemTable", "key", "value")
    indexed = _indexed(connection)
    listed_composers: list[Composer] = []
    parents: dict[str, str] = {}
    listed = live_database.Rows(connection, _COMPOSERS)
    damaged = False
    for name, number, value in listed:
        if value is None or name == "empty-state-draft":
            continue
        head = _read(value)
        if head is None:
            damaged = True
            continue
        for child in items(head.subagent_composer_ids):
            parents.setdefault(text(child), name)
        if _begun(head):
            listed_composers.append(_composer(name, (number, *_bubbles(connection, name)), head, indexed.get(name, {})))
    own = [one._replace(parent=one.parent or parents.get(one.id)) for one in listed_composers]
    return _dated(own), damaged or listed.damage is not None


def _read(value: bytes) -> _Head | None:
    try:
        return _head(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        fields = decode(value)
    try:
        return _head(msgspec.json.encode(fields)) if fields is not None else None
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def _begun(head: _Head) -> bool:
    """Whether it has a message: four of five records are of unused windows."""
    is_set = bytes(head.full_conversation_headers_only) not in _NONE or bytes(head.conversation) not in _NONE
    return is_set and head.is_ephemeral is not True


def _bubbles(connection: Connection, name: str) -> tuple[int, ...]:
    """How many messages a conversation has, and the numbers of their rows: the highest, and their sum."""
    rows = live_database.Rows(connection, _BUBBLES, (f"bubbleId:{name}:", f"bubbleId:{name};"))
    return next((tuple(int(number or 0) for number in row) for row in rows), (0, 0, 0))


def _composer(name: str, version: tuple[int, ...], head: _Head, indexed: dict[str, Any]) -> Composer:
    fields = [mapping(head.workspace_identifier), mapping(indexed.get("workspaceIdentifier"))]
    worktree = text(mapping(head.git_worktree).get("worktreePath"))
    repositories = [text(mapping(one).get("repoPath")) for one in items(head.tracked_git_repos)]
    named = [worktree, *(one.get("uri") for one in fields), *repositories]
    places = [path for one in named if (path := editors.path_of(one))]
    windows = [text(one.get("id")) for one in fields] + [text(indexed.get("workspaceId"))]
    parent = text(mapping(head.subagent_info).get("parentComposerId"))
    parent = parent or text(mapping(indexed.get("subagentInfo")).get("parentComposerId"))
    times = [
        seconds(head.last_updated_at),
        seconds(indexed.get("lastUpdatedAt")),
        _last(head),
        seconds(head.created_at),
    ]
    return Composer(
        name,
        version,
        max((time for time in times if time is not None), default=None),
        tuple(dict.fromkeys(places)),
        tuple(dict.fromkeys(one for one in windows if one)),
        parent if parent and parent != name else None,
    )


def _last(head: _Head) -> float | None:
    """When the last message came, where the list of them says so."""
    tokens = _CREATED.findall(bytes(head.full_conversation_headers_only)[-_TAIL:])
    if not tokens:
        return None
    value: bytes = tokens[-1]
    return seconds(value.strip(b'"').decode("ascii", "replace") if value[:1] == b'"' else int(value))


def _dated(composers: list[Composer]) -> list[Composer]:
    """The same with times that are no older than that of any conversation whose messages were written before.

    Older versions leave a conversation's time as it was when it was begun, however long it goes on.
    """
    latest: float | None = None
    dated: list[Composer] = []
    for each in sorted(composers, key=lambda composer: composer.version[2]):
        if each.version[2]:
            latest = max(filter(None, (latest, each.modified)), default=None)
        dated.append(each._replace(modified=max(filter(None, (latest, each.modified)), default=None)))
    return dated


def _indexed(connection: Connection) -> dict[str, dict[str, Any]]:
    """What newer versions (since 3.0) say of conversations apart from them: in a table, in the windows' own list."""
    by_id: dict[str, dict[str, Any]] = {}
    if live_database.has(connection, "ItemTable", "key", "value"):
        for (data,) in live_database.Rows(connection, _KEPT, (KEYS,)):
            fields = (decode(data) or {}) if isinstance(data, bytes) else {}
            by_id.update((text(one.get("composerId")), one) for one in mappings(fields.get("allComposers")))
    have = set(live_database.columns(connection, "composerHeaders"))
    if {"composerId", "workspaceId"} <= have:
        value = next((name for name in ("value", "headJson") if name in have), "NULL")
        sql = f"SELECT composerId, workspaceId, CAST({value} AS BLOB) FROM composerHeaders"
        for name, window, data in live_database.Rows(connection, sql):
            fields = (decode(data) or {}) if isinstance(data, bytes) else {}
            by_id[text(name)] = {**by_id.get(text(name), {}), **fields, "workspaceId": text(window)}
    return by_id
