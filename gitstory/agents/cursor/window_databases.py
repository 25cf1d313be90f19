"""The databases of Cursor's windows: which conversations took place there, and those of 2024 themselves.

Before 2025 a window kept its conversations whole in `ItemTable`: the chat's tabs, later the composer's. Up to 3.0
(April 2026) it still named them; since then it names those shown in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.json_values import items, mappings, seconds, text
from gitstory.agents.stores import editors, row_sources
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.stores.row_sources import Row
from gitstory.sqlite_files import live_database

CHAT = "workbench.panel.aichat.view.aichat.chatdata"
COMPOSERS = "composer.composerData"
_PANES = "workbench.panel.composerChatViewPane"
_VIEW = "workbench.panel.aichat.view."
_SQL = """SELECT key, rowid, CAST(value AS BLOB) FROM ItemTable
    WHERE key IN (?, ?) OR (key >= ? AND key < ?)"""


class Windows:
    """The folders in one `workspaceStorage`; each database is opened once, when it is first asked about."""

    def __init__(self, storage: Path) -> None:
        self.storage = storage
        self._places: dict[str, tuple[str, ...]] = {}
        self._of: dict[str, str] | None = None
        self.legacy: list[Source] = []

    def folders(self, window: str) -> tuple[str, ...]:
        if window not in self._places:
            safe = row_sources.is_name(window) and not set("/\\") & set(window) and window not in (".", "..")
            self._places[window] = editors.folders(self.storage / window) if safe else ()
        return self._places[window]

    def of(self, conversation: str) -> tuple[str, ...]:
        """The folders of the window that names a conversation."""
        if self._of is None:
            self._of = {}
            self.legacy = list(self._looked_at(self._of))
        return self.folders(self._of.get(conversation, ""))

    def sources(self) -> list[Source]:
        """Conversations stored in the windows' own databases."""
        self.of("")
        return self.legacy

    def _looked_at(self, of: dict[str, str]) -> Iterator[Source]:
        paths = safe_open.globbed(self.storage, "*/state.vscdb")
        for path in paths:

            def find(connection: Connection, window: str = path.parent.name) -> tuple[list[Row], bool]:
                named, held, damaged = _listed_conversations(connection)
                for name in named:
                    of.setdefault(name, window)
                return held, damaged

            yield from row_sources.sources("cursor", path, find)


def _listed_conversations(connection: Connection) -> tuple[list[str], list[Row], bool]:
    """The conversations a window names, those it holds, and whether it could not be understood."""
    if not live_database.has(connection, "ItemTable", "key", "value"):
        return [], [], bool(live_database.tables(connection))
    named: list[str] = []
    held: list[Row] = []
    listed = live_database.Rows(connection, _SQL, (CHAT, COMPOSERS, _PANES, _PANES + "/"))
    damaged = False
    for key, number, value in listed:
        fields = decode(value) if isinstance(value, bytes) else {}
        if fields is None:
            damaged = True
        elif key == CHAT:
            for tab in mappings(fields.get("tabs")):
                named.append(text(tab.get("tabId")))
                if items(tab.get("bubbles")):
                    held.append(Row(named[-1], (number, len(value)), seconds(tab.get("lastSendTime"))))
        elif key == COMPOSERS:
            for composer in mappings(fields.get("allComposers")):
                named.append(text(composer.get("composerId")))
                if items(composer.get("conversation")):
                    when = seconds(composer.get("lastUpdatedAt")) or seconds(composer.get("createdAt"))
                    held.append(Row(named[-1], (number, len(value)), when))
            named += [text(one) for one in items(fields.get("selectedComposerIds"))]
        else:
            named += [name[len(_VIEW) :] for name in fields if name.startswith(_VIEW)]
    return [name for name in named if name], held, damaged or listed.damage is not None


def record(connection: Connection, name: str) -> dict[str, Any] | None:
    """A conversation that a window's database holds: a tab of the chat, or a composer with its messages."""
    for key, listed, ident in ((COMPOSERS, "allComposers", "composerId"), (CHAT, "tabs", "tabId")):
        row = connection.execute("SELECT CAST(value AS BLOB) FROM ItemTable WHERE key = ?", (key,)).fetchone()
        fields = (decode(row[0]) or {}) if row and isinstance(row[0], bytes) else {}
        for composer in mappings(fields.get(listed)):
            if composer.get(ident) == name and (items(composer.get("conversation")) or items(composer.get("bubbles"))):
                return composer
    return None
