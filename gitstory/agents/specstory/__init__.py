"""SpecStory: conversations of other agents as Markdown, `.specstory/history/*.md` in the work tree (2025 and v2.1.0).

The files escape nothing, so a message can look like a heading: what is read here is a hint of less worth than the
agents' own stores, and a conversation that one of those has as well is left to it (`secondhand`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.specstory import parse
from gitstory.agents.stores import files, row_sources
from gitstory.effects import patches

HISTORY = ".specstory/history"
LARGEST = 64 << 20
"""Bytes of a file that is read."""
_ID = re.compile(rb"<!-- ([^\n]{1,60}?) Session ([A-Za-z0-9_.-]{4,100}) ")
_HEAD = 2_000


class SpecStory(Reader):
    name = "specstory"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        """None: the files are in the work trees, see `local`."""
        return []

    def sources(self, root: Path) -> Iterator[Source]:
        heads = {path: _head(path) for path in safe_open.globbed(root, "*.md")[::-1]}
        ours = (path for path, head in heads.items() if b"SpecStory" in head)
        return files.sources(self.name, ours, lambda path: _named(heads[path]) or path.stem)

    def places(self, source: Source) -> tuple[str, ...]:
        """The directory that holds `.specstory`."""
        top = source.path.parents[2] if len(source.path.parents) > 2 else source.path.parent
        return (patches.absolute(top.as_posix(), None),) if source.path.parent.parent.name == ".specstory" else ()

    def read(self, source: Source) -> Reading:
        try:
            text = safe_open.content(source.path).decode("utf-8", "replace")
        except OSError:
            return row_sources.unreadable(source)
        place = next(iter(self.places(source)), "")
        conversation = parse.conversation(self.name, source.id or source.path.stem, source, text, place)
        return Reading((conversation,) if conversation.turns else ())


def _named(head: bytes) -> str:
    """The id of the session in the head of a file; "" where none stands there."""
    match = _ID.search(head)
    return match[2].decode() if match else ""


def _head(path: Path) -> bytes:
    """The beginning of a file; empty for one that is too large, or cannot be read."""
    facts = safe_open.facts(path)
    if facts is None or facts.st_size > LARGEST:
        return b""
    try:
        with safe_open.opened(path) as file:
            return file.read(_HEAD)
    except OSError:
        return b""


AGENT = SpecStory()
