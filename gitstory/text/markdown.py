"""Text of others as Markdown that cannot be taken for a heading, a link, a mention or an image."""

from __future__ import annotations

import re

from gitstory.text.console import neutralise, neutralise_line
from gitstory.text.words import one_line

_TICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"([\\`*_{}\[\]#!|<>~&@$]|:(?=//)|(?<=[wW]{3})\.|^[-+=])")
_LINKED = re.compile(r"@(?=[A-Za-z0-9])|#(?=[0-9])")
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)])")


def span(text: str) -> str:
    """`text` as a code span on one line."""
    flat = one_line(neutralise_line(text))
    ticks = "`" * (max((len(run) for run in _TICKS.findall(flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}" if flat else ""


def fence(text: str, language: str = "text") -> str:
    """`text` as a fenced block, the fence longer than any in it."""
    safe = neutralise(text).strip("\n")
    ticks = "`" * max(max((len(run) for run in _TICKS.findall(safe)), default=0) + 1, 3)
    return f"{ticks}{language}\n{safe}\n{ticks}"


def plain(text: str) -> str:
    """`text` on one line with every character that Markdown reads escaped, and nobody mentioned in it."""
    return unlinked(escaped(one_line(neutralise_line(text))))


def unlinked(line: str) -> str:
    """Markdown or HTML in which forges find no `@name` and no `#1`: they look for those in what is already rendered,
    where a backslash or an entity is gone. What parts the two is a comment."""
    return _LINKED.sub(r"\g<0><!-- -->", line)


def escaped(line: str) -> str:
    """One line, already neutralised, with every character that Markdown reads escaped."""
    return _NUMBERED.sub(r"\1\\", _SPECIAL.sub(r"\\\1", line))
