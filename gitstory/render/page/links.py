"""Addresses of pages: those of the application, and those of files that open without a server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote, urlencode

WORK_TREE = "~"
"""Stands for the work tree where an address names a revision."""
ANY_AGENT = "~"
"""Stands for whichever agent has a conversation of that id."""

_PLACE = re.compile(r"([^#@\s]{4,100})#(\d{1,9})\Z")
_FILE = re.compile(r"(.{1,1000})@([0-9a-f]{7,64})\Z")
_OID = re.compile(r"[0-9a-f]{7,64}\Z")


class Links(Protocol):
    """What leads from page to page; "" where there is no such page. `live`: whether a server answers."""

    @property
    def live(self) -> bool: ...

    def file(self, path: str, rev: str | None = None, line: int = 0, end: int = 0) -> str: ...

    def commit(self, oid: str) -> str: ...

    def conversation(self, agent: str, id: str, turn: int | None = None) -> str: ...

    def page(self, name: str, **query: str) -> str: ...

    def static(self, name: str) -> str: ...


def lines_anchor(line: int, end: int = 0) -> str:
    """`#L12-L20`; "" for no line."""
    return "" if not line else f"#L{line}" if end <= line else f"#L{line}-L{end}"


def quoted(path: str, safe: str = "/") -> str:
    """A path of git in an address; bytes that are no UTF-8 come back as they were."""
    return quote(path.encode("utf-8", "surrogateescape"), safe=safe)


class ServerLinks:
    """Addresses of the application; `base` leads to the repository ("" where it shows only one)."""

    live = True

    def __init__(self, base: str = "", version: str = "") -> None:
        self.base = base
        self.version = version

    def file(self, path: str, rev: str | None = None, line: int = 0, end: int = 0) -> str:
        return f"{self.base}/file/{quoted(rev or WORK_TREE, '')}/{quoted(path)}{lines_anchor(line, end)}"

    def commit(self, oid: str) -> str:
        return f"{self.base}/commit/{quoted(oid, '')}"

    def conversation(self, agent: str, id: str, turn: int | None = None) -> str:
        where = f"{self.base}/conversation/{quoted(agent, '')}/{quoted(id, '')}"
        return where if turn is None else f"{where}?turn={turn}#turn-{turn}"

    def page(self, name: str, **query: str) -> str:
        kept = {key: value for key, value in query.items() if value}
        return f"{self.base}/{name}" + (f"?{urlencode(kept, errors='surrogateescape')}" if kept else "")

    def static(self, name: str) -> str:
        return f"/static/{name}?v={self.version}"


def source_link(links: Links, source: str, ids: Mapping[str, tuple[str, str]] | None = None) -> str:
    """Where the source of a reason (`4de91640#3`, `docs/plan.md@1a2b3c4`, a commit's id) is shown; "" for nowhere.

    `ids` has the conversation (agent, id) that a short id stands for, where that is known.
    """
    if place := _PLACE.match(source):
        agent, name = (ids or {}).get(place[1], (ANY_AGENT, place[1]))
        return links.conversation(agent, name, int(place[2]))
    if file := _FILE.match(source):
        return links.file(file[1], file[2])
    return links.commit(source) if _OID.match(source) else ""
