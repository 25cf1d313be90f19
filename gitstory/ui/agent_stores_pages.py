"""The raw stores of the agents, as `git story inspect` shows them, and the debug log."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitstory.agents import registry
from gitstory.cli.debug_log import LOG
from gitstory.cli.inspect import SCHEMA
from gitstory.errors import GitStoryError
from gitstory.git import safe_own_files
from gitstory.queries.raw_agent_store import overview, pieces, roots, search, value
from gitstory.recording.recording_setup import setup
from gitstory.redact.engine import Redactor
from gitstory.render.page.stores_view import PieceRow, agents_page, log_page, pieces_page, value_page
from gitstory.text.wording import rfc3339
from gitstory.ui.request_context import Place, number, query_of
from gitstory.ui.responses import html, json_list, json_object

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.agents.base import Agent

_PAGE = 200
_MOST_HITS = 100
_LONGEST_SEARCH = 15.0
"""Seconds after which a search shows what it has found."""
_LONGEST_VALUE = 300_000
"""Characters of a piece that are shown."""
_MASKED = 3_000_000
"""Bytes of a piece that are looked through for secrets: a longer one is cut there."""
_LOG_BYTES = 200_000
_FILTERS = ("agent", "file", "q", "key")

Mask = Callable[[str], str]


class Stores:
    """The stores of one agent that are there, and what masks secrets in them."""

    def __init__(self, place: Place, name: str) -> None:
        with place.workspaces.open(process=False) as space:
            recording = setup(space.repo)
        self.agent: Agent = registry.agent(name)
        self.there = roots(self.agent, recording.context.where)
        self.mask: Mask = Redactor(recording.keeping.redact).text

    def rows(self, query: dict[str, str], start: int) -> Iterator[PieceRow]:
        """What is asked for: hits of a search, pieces of a file, or the files."""
        if "q" in query:
            deadline = time.monotonic() + _LONGEST_SEARCH
            hits = search(self.agent, self.there, query["q"], self.mask, lambda: time.monotonic() > deadline)
            for hit in islice(hits, start, start + _MOST_HITS):
                yield PieceRow(hit.entry.key, hit.entry.size, hit.entry.modified, hit.around, times=hit.times)
            return
        if "file" in query:
            entries = iter(pieces(self.agent, self.there, query["file"]))
            for entry in islice(entries, start, start + _PAGE):
                yield PieceRow(entry.key, entry.size, entry.modified, self.mask(entry.about))
            return
        for root, entry in islice(overview(self.agent, self.there), start, start + _PAGE):
            yield PieceRow(entry.key, entry.size, entry.modified, self.mask(entry.about), root=str(root))

    def text(self, key: str) -> str:
        """A piece with its secrets masked, JSON pretty-printed."""
        data = value(self.agent, self.there, key)
        text = data[:_MASKED].decode("utf-8", "replace")
        with suppress(ValueError, RecursionError):  # not JSON, or cut: shown as it is
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        return self.mask(text)


def stores(place: Place, request: Request) -> Response:
    """The agents' stores, the files of one, the pieces of a file, hits of a search, or one piece."""
    query = query_of(request, _FILTERS)
    json_address = place.links.page("stores.json", **query)
    if "agent" not in query:
        return html(agents_page(_agents(place), place.frame(), json_address))
    opened = Stores(place, query["agent"])
    if "key" in query:
        text = opened.text(query["key"])
        more = max(len(text) - _LONGEST_VALUE, 0)
        return html(value_page(query, text[:_LONGEST_VALUE], more, place.frame(), json_address))
    start = number(request.query_params.get("start"), 0)
    rows = list(opened.rows(query, start))
    size = _MOST_HITS if "q" in query else _PAGE
    return html(pieces_page(query, rows, start, len(rows) == size, opened.there, place.frame(), json_address))


def stores_json(place: Place, request: Request) -> Response:
    """What `git story inspect --json` prints; of one piece `{"key": ..., "text": ...}`."""
    query = query_of(request, _FILTERS)
    if "agent" not in query:
        return json_list({"agent": name, "label": label, "roots": there} for name, label, there in _agents(place))
    opened = Stores(place, query["agent"])
    if "key" in query:
        return json_object({"key": query["key"], "text": opened.text(query["key"])[:_LONGEST_VALUE]})
    return json_list(map(_object, opened.rows(query, number(request.query_params.get("start"), 0))))


def _object(row: PieceRow) -> dict[str, Any]:
    if row.times:
        return {"schema": SCHEMA, "key": row.key, "size": row.size, "times": row.times, "around": row.about}
    modified = rfc3339(row.modified)
    return {"schema": SCHEMA, "key": row.key, "size": row.size, "modified": modified, "about": row.about}


def _agents(place: Place) -> list[tuple[str, str, list[str]]]:
    """(name, label, places) of the agents that have a store here."""
    with place.workspaces.open(process=False) as space:
        where = setup(space.repo).context.where
    stores_here = []
    for agent in registry.discover().agents:
        try:
            stores_here.append((agent.name, agent.label, [str(root) for root in roots(agent, where)]))
        except GitStoryError:
            continue  # it has none
    return stores_here


def log(place: Place, request: Request) -> Response:
    """The end of the debug log, the latest line first."""
    path, lines = _log(place)
    return html(log_page(lines, str(path), place.frame(), place.links.page("log.json")))


def log_json(place: Place, request: Request) -> Response:
    """The end of the debug log, the latest line first."""
    path, lines = _log(place)
    return json_object({"path": str(path), "lines": lines})


def _log(place: Place) -> tuple[Path, list[str]]:
    with place.workspaces.open(process=False) as space:
        path = space.repo.home / LOG
    try:
        content = safe_own_files.content(path)
    except (OSError, ValueError):
        return path, []
    lines = content[-_LOG_BYTES:].decode("utf-8", "replace").splitlines()
    return path, lines[1 if len(content) > _LOG_BYTES else 0 :][::-1]
