"""The paragraphs, list items and headings of a message or a document, each with the headings it stands under. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from gitstory.text.late_pattern import late_pattern
from gitstory.text.wording import one_line

Shape = Literal["paragraph", "item", "heading", "row"]

_LONGEST = 80_000
"""Characters of one text that are looked at."""
_MOST_LINES = 4_000
_FENCE = late_pattern(r" {0,12}(`{3,}|~{3,})")
_HEADING = late_pattern(r"[ \t]{0,3}(#{1,6})[ \t]++(.*?)[ \t]{0,40}#{0,40}\Z")
_ITEM = late_pattern(r"([ \t]*)([-*+•]|\d{1,3}[.)])[ \t]+(?:\[[ xX~]\][ \t]+)?(?=\S)")
_TITLE = late_pattern(r"[ \t]{0,3}(?:\*\*|__)([^*]{2,200})(?:\*\*|__)[ \t]*+(:?)[ \t]*+(?:[(—–-].{0,60})?\Z")
_FILE_LINE = late_pattern(
    r"[ \t>]*(?:\*\*|__)?(?:file|files|path|in|where|location)(?:\*\*)?:(?:\*\*|__)?[ \t]+\S", re.IGNORECASE
)
_RULE = late_pattern(r"[ \t]*(?:[-*_=][ \t]*){3,}\Z")
_ROW = late_pattern(r"[ \t]*\|(.*)\|[ \t]*\Z")
_ROW_RULE = late_pattern(r"[\s|:+-]+\Z")
_NAME_TAG = late_pattern(r"[ \t]*<(?:name|title|objective|task)[^<>]{0,80}>(.+?)</\w+>[ \t]*\Z")
_TAG = late_pattern(
    r"\A[ \t]*(?:</?[a-z][\w-]{0,40}(?:\s[\w-]{1,40}=[^<>]{0,120})?>[ \t]*)+|(?:</[a-z][\w-]{0,40}>[ \t]*)+\Z"
)
_SETTING_TITLE = late_pattern(r"^title:[ \t]*+[\"']?([^\n]{3,200}?)[\"']?[ \t]{0,40}$", re.MULTILINE)
_QUOTE = late_pattern(r"[ \t]{0,3}>[ \t]?")
_TITLE_LEVEL, _FILE_LEVEL, _LEAD_LEVEL = 7, 8, 9


class Block(Struct, frozen=True):
    """`text` on one line, without its list mark; `marker` is that mark (`2.`), "" for none.

    `section` holds the headings, lead-ins ("These need a fix:") and outer list items it stands under, the outermost
    first. `code` is the fenced text right behind it, which says what the block is about and is not prose.
    """

    text: str
    shape: Shape
    section: tuple[str, ...] = ()
    marker: str = ""
    code: str = ""
    depth: int = 0


def blocks(text: str) -> list[Block]:
    """The blocks of `text` in order, headings too; code, rules and tags are left out."""
    reading = _Reading()
    text = _without_front_matter(text)
    for line in text[:_LONGEST].expandtabs(4).splitlines()[:_MOST_LINES]:
        reading.line(line.rstrip())
    reading.flush()
    return reading.blocks_read


def _without_front_matter(text: str) -> str:
    """A document less the settings at its head, of which the title stays, as a heading."""
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---", 4, 6_000)
    title = _SETTING_TITLE.search(text, 0, max(end, 0))
    return text if end < 0 else (f"# {title[1]}\n" if title is not None else "") + text[end + 4 :]


class _Reading:
    """The state of one pass over the lines."""

    def __init__(self) -> None:
        self.blocks_read: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._items: list[tuple[int, str]] = []
        self._words: list[str] = []
        self._marker = ""
        self._indent = 0
        self._fence = ""
        self._code: list[str] = []

    def line(self, line: str) -> None:
        if self._fence:
            self._in_fence(line)
            return
        fence = _FENCE.match(line)
        if fence is not None:
            self.flush()
            self._fence = fence[1]
        elif not line.strip() or _RULE.match(line):
            self.flush()
        else:
            self._prose(_QUOTE.sub("", line, count=1) if line.lstrip().startswith(">") else line)

    def _in_fence(self, line: str) -> None:
        bare = line.strip()
        if bare.startswith(self._fence) and not bare.strip(self._fence[0]):
            self._fence = ""
            if self.blocks_read and self._code:
                last = self.blocks_read[-1]
                code = "\n".join((*filter(None, (last.code,)), *self._code))
                self.blocks_read[-1] = Block(last.text, last.shape, last.section, last.marker, code, last.depth)
            self._code = []
        else:
            self._code.append(line)

    def _prose(self, line: str) -> None:
        if heading := _HEADING.match(line):
            self._head(len(heading[1]), heading[2])
        elif name := _NAME_TAG.match(line):
            self._head(_TITLE_LEVEL, name[1])
        elif not self._words and (title := _TITLE.match(line)) and len(line) - len(line.lstrip()) < 3:
            self._head(_TITLE_LEVEL, title[1])
        elif not self._words and _FILE_LINE.match(line) and len(line) < 200:
            self._head(_FILE_LEVEL, line.strip())
        elif row := _ROW.match(line):
            self._row(row[1])
        elif item := _ITEM.match(line):
            self.flush()
            self._marker, self._indent = item[2], len(item[1])
            self._words = [line[item.end() :]]
        else:
            bare = _TAG.sub(" ", line).strip() if "<" in line else line
            if not bare:
                self.flush()
            else:
                if not self._words:
                    self._indent = len(line) - len(line.lstrip())
                self._words.append(bare)

    def _head(self, level: int, text: str) -> None:
        self.flush()
        self._items.clear()
        self._headings = [(at, said) for at, said in self._headings if at < level]
        flat = one_line(text)
        if flat:
            self.blocks_read.append(Block(flat, "heading", self._section(), depth=level))
            self._headings.append((level, flat))

    def _row(self, cells: str) -> None:
        self.flush()
        self._items.clear()
        if not _ROW_RULE.match(cells):
            flat = " | ".join(one_line(cell) for cell in cells.split("|") if cell.strip())
            if flat:
                self.blocks_read.append(Block(flat, "row", self._section()))

    def _section(self) -> tuple[str, ...]:
        return (*(said for _, said in self._headings), *(said for _, said in self._items))

    def flush(self) -> None:
        """End the block that is being read."""
        text = one_line(" ".join(self._words))
        marker, indent = self._marker, self._indent
        self._words, self._marker, self._indent = [], "", 0
        if not text:
            return
        if marker:
            self._items = [(at, said) for at, said in self._items if at < indent]
            self.blocks_read.append(Block(text, "item", self._section(), marker, depth=len(self._items)))
            self._items.append((indent, text))
            return
        self._items = [(at, said) for at, said in self._items if at < indent]
        if not self._items:
            self._headings = [(at, said) for at, said in self._headings if at < _LEAD_LEVEL]
        self.blocks_read.append(Block(text, "paragraph", self._section(), depth=len(self._items)))
        if text.endswith(":") and not self._items:
            self._headings.append((_LEAD_LEVEL, text))


_END = late_pattern(
    r"(?<=[.!?])(?<![\s(][A-Z]\.)(?<!\b[ei]\.[ge]\.)(?<!\bvs\.)(?<!\betc\.)[\"')\]*_`]*\s+(?=[\"'(\[*_`]*[A-Z0-9À-Þ])"
)


def split_sentences(text: str) -> Iterator[str]:
    """The sentences of one block."""
    for part in _END.split(text):
        if part and (sentence := part.strip()):
            yield sentence
