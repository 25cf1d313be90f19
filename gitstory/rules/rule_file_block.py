"""The part of a rule file that is ours: between two marks, everything else stays byte for byte. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitstory.errors import GitStoryError

BEGIN = "<!-- gitstory:rules begin (written by `git story rules --write`; edits between these marks are lost) -->"
END = "<!-- gitstory:rules end -->"
_MARK = re.compile(r"^[ \t]*<!-- gitstory:rules (begin|end)\b[^\n]*$", re.MULTILINE)
_LINE = re.compile(r"^- (?P<text>\S.*) \[(?P<sources>[^\[\]\n]{3,400})\]\s*$")
_HEADING = re.compile(r"^#{2,4} In `(?P<scope>[^`\n]{1,200})`\s*$")


class BlockDamaged(GitStoryError):
    """The marks of a file are not one begin and one end in this order."""

    def __init__(self, name: str, line: int, what: str) -> None:
        super().__init__(
            f"{name}:{line}: {what}", hint="keep one pair of `gitstory:rules` marks, or remove them all, and try again"
        )


class WrittenRule(Struct, frozen=True):
    """One rule as it stands in a file: what it says, its sources as text, and the folder it is about."""

    text: str
    sources: str
    scope: str = ""


def with_block(text: str, block: str, name: str) -> str:
    """`text` with `block` (lines between the marks) in place of the old one, or at the end; "" takes the block out.

    Line ends are those of `text`. Raises `BlockDamaged`.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    marked = f"{BEGIN}\n{block.strip()}\n{END}".replace("\n", newline) if block.strip() else ""
    span = _span(text, name)
    if span is not None:
        start, end = span
        if not marked and text[end : end + len(newline)] == newline:
            end += len(newline)
        return text[:start] + marked + text[end:]
    if not marked:
        return text
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    return text + gap + marked + newline


def has_marks(text: str) -> bool:
    """Whether one of our marks stands in a text."""
    return _MARK.search(text) is not None


def block_of(text: str, name: str) -> str | None:
    """The lines between the marks; None where there are no marks. Raises `BlockDamaged`."""
    span = _span(text, name)
    return None if span is None else text[span[0] : span[1]].replace("\r\n", "\n")


def without_block(text: str, name: str) -> str:
    """`text` with empty lines in place of the block: other lines keep their numbers. Raises `BlockDamaged`."""
    span = _span(text, name)
    return text if span is None else text[: span[0]] + "\n" * text[slice(*span)].count("\n") + text[span[1] :]


def _span(text: str, name: str) -> tuple[int, int] | None:
    marks = list(_MARK.finditer(text.replace("\r\n", " \n")))
    if not marks:
        return None
    kinds = [mark[1] for mark in marks]
    if kinds != ["begin", "end"]:
        line = text.count("\n", 0, marks[-1].start()) + 1
        what = {
            ("begin",): "the rules begin here and do not end",
            ("end",): "the rules end here and do not begin",
            ("end", "begin"): "the rules end before they begin",
        }.get(tuple(kinds), "more than one block of rules")
        raise BlockDamaged(name, line, what)
    return marks[0].start(), len(marks[1][0].rstrip()) + marks[1].start()


def written_rules(block: str) -> Iterator[WrittenRule]:
    """The rules in a block, each with the folder named above it."""
    scope = ""
    for line in block.splitlines():
        heading = _HEADING.match(line)
        rule = _LINE.match(line)
        if heading is not None:
            scope = heading["scope"].strip("/")
        elif line.startswith("#"):
            scope = ""
        elif rule is not None:
            yield WrittenRule(rule["text"], rule["sources"], scope)
