"""Aider (0.4x to 0.86): one Markdown file a work tree, `.aider.chat.history.md`, that all sessions are appended to.

A session is dated once, by its head, to the second and in local time; nothing else is. Its id is made of that time and
of the first prompt, because Aider gives it none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from gitstory.agents.aider import parse
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.stores import files, row_sources
from gitstory.agents.stores.jsonl import JsonLines
from gitstory.effects import patches

HISTORY = ".aider.chat.history.md"


class Aider(Reader):
    name = "aider"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        """Work trees' own files are found by `local`; outside of a repository the file is where Aider was started."""
        named = env.get("AIDER_CHAT_HISTORY_FILE", "")
        return [*([Path(named)] if named and Path(named).is_absolute() else []), home / HISTORY]

    def sources(self, root: Path) -> Iterator[Source]:
        return islice(files.sources(self.name, (root, root / HISTORY), lambda _: None), 1)

    def places(self, source: Source) -> tuple[str, ...]:
        """Aider keeps the file at the top of the work tree; one of another name may be anywhere."""
        return (_place(source.path),) if source.path.name == HISTORY else ()

    def read(self, source: Source) -> Reading:
        place = _place(source.path) if source.path.name == HISTORY else ""
        lines = JsonLines(source.path)
        whole = [line.decode("utf-8", "replace") for line in lines]
        whole += [lines.rest.decode("utf-8", "replace")] if lines.rest else []
        if lines.skipped:
            return row_sources.unreadable(source)
        return Reading(tuple(parse.conversations(whole, source, place)))


def _place(path: Path) -> str:
    return patches.absolute(path.parent.absolute().as_posix(), None)


AGENT = Aider()
