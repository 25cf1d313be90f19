"""What is whole in a JSON document that is not: one with a byte too many or too few, cut off, or with a tail of an
older version behind it.

A document of a store has one outer list, of messages, and an element of that is what a crash costs. Of the damaged
element the part before the damage is kept; then reading goes on with the next one that looks like its neighbours.
Nothing is guessed: a text whose end is in doubt is left out, and every loss is counted.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from gitstory import safe_open
from gitstory.agents.stores.jsonl import decode, scrubbed

_DEEPEST = 40
_TRIES = 256
"""Places in a document at which the next element is looked for: each may cost a walk over what follows."""
_SPACE = re.compile(r"[ \t\n\r]*")
_KEY = re.compile(r'\{\s*"((?:[^"\\\x00-\x1f]|\\.)*)"\s*:')
_NEXT_MEMBER = re.compile(r'\]\s*,\s*(?="(?:[^"\\\x00-\x1f]|\\.)*"\s*:)')


def document(data: bytes) -> tuple[dict[str, Any] | None, int]:
    """The object in `data`, None where there is none, and how much of it was lost."""
    fields = decode(data)
    if fields is not None:
        return fields, 0
    value, lost = _salvaged(data)
    return (value, lost) if isinstance(value, dict) and value else (None, 1)


def read(path: Path) -> tuple[dict[str, Any] | None, int]:
    """The object in a file, None where there is none, and how much of it was lost."""
    try:
        return document(safe_open.content(path))
    except OSError:
        return None, 1


def member(path: Path, *names: str) -> Any:
    """What stands under `names`, one within the other, in a file's object, None for nothing. The rest is not built."""
    try:
        raw = msgspec.Raw(safe_open.content(path))
        for name in names:
            raw = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])[name]
        return msgspec.json.decode(raw)
    except (OSError, KeyError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def listed(data: bytes) -> tuple[list[Any] | None, int]:
    """The same for a document that is a list."""
    fields = decode(b'{"all":' + data + b"}")  # which wants an object
    if fields is not None and isinstance(fields.get("all"), list):
        return fields["all"], 0
    value, lost = _salvaged(data)
    return (value, lost) if isinstance(value, list) and value else (None, 1)


def _salvaged(data: bytes) -> tuple[Any, int]:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    reader = _Reader(text)
    part = reader.value(reader.skip(0), 0, outer=True)
    if part is None:
        return None, 1
    return scrubbed(part.value), max(reader.lost, 1)


class _Part(NamedTuple):
    """A value, where it ends or breaks off, and whether it is all there."""

    value: Any
    end: int
    whole: bool


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lost = 0
        self.tries = _TRIES
        self._raw = json.JSONDecoder(parse_constant=lambda _: None).raw_decode

    def skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match is not None else at

    def at(self, place: int) -> str:
        return self.text[place : place + 1]

    def whole(self, at: int) -> _Part | None:
        try:
            value, end = self._raw(self.text, at)
        except (ValueError, RecursionError):
            return None
        return _Part(value, end, True)

    def value(self, at: int, depth: int, *, outer: bool) -> _Part | None:
        """What stands at a place; of a list or an object that is broken, its beginning."""
        if outer and self.at(at) == "[":  # the first bracket that closes it may be a stray one
            return self.outer_list(at, depth)
        part = self.whole(at)
        if part is not None or depth > _DEEPEST:
            return part
        if self.at(at) == "{":
            return self.object(at, depth, outer=outer)
        return self.inner_list(at, depth) if self.at(at) == "[" else None

    def object(self, at: int, depth: int, *, outer: bool) -> _Part:
        return self.members(self.skip(at + 1), depth, outer=outer)

    def members(self, at: int, depth: int, *, outer: bool) -> _Part:
        """The members of an object from a place within it on."""
        fields: dict[str, Any] = {}
        while self.at(at) != "}":
            key = self.whole(at) if self.at(at) == '"' else None
            colon = self.skip(key.end) if key is not None else at
            if key is None or self.at(colon) != ":":
                return _Part(fields, at, False)
            part = self.value(self.skip(colon + 1), depth + 1, outer=outer)
            if part is None:
                return _Part(fields, at, False)
            after = self.skip(part.end)
            if isinstance(part.value, list | dict) or (part.whole and self.at(after) in (",", "}")):
                fields[key.value] = part.value
            if not part.whole or self.at(after) not in (",", "}"):
                return _Part(fields, after, False)
            at = self.skip(after + 1) if self.at(after) == "," else after
        return _Part(fields, at + 1, True)

    def inner_list(self, at: int, depth: int) -> _Part:
        items: list[Any] = []
        at = self.skip(at + 1)
        while self.at(at) != "]":
            part = self.value(at, depth + 1, outer=False)
            if part is None:
                return _Part(items, at, False)
            after = self.skip(part.end)
            ended = self.at(after) in (",", "]")
            if isinstance(part.value, list | dict) or (part.whole and ended):
                items.append(part.value)
            if not part.whole or not ended:
                return _Part(items, after, False)
            at = self.skip(after + 1) if self.at(after) == "," else after
        return _Part(items, at + 1, True)

    def outer_list(self, at: int, depth: int) -> _Part:
        """The list of messages, over what is damaged in it; `whole` says that reading can go on behind it."""
        siblings = _Siblings(self.text)
        items: list[Any] = []
        at = self.skip(at + 1)
        while at < len(self.text):
            if self.at(at) == "]" and not self._is_stray(at, siblings):
                return _Part(items, at + 1, True)
            if self.at(at) in (",", "]"):
                at = self.skip(at + 1)
                continue
            if self.at(at) == "[":  # elements are objects
                self.lost += 1
                at = self.skip(at + 1)
                continue
            part = self.value(at, depth + 1, outer=False) if self.at(at) == "{" else None
            if part is not None and part.whole:
                siblings.add(part.value, at)
                items.append(part.value)
                at = self.skip(part.end)
                continue
            self.lost += 1
            if part is not None and part.value:
                siblings.begin(at)
                items.append(part.value)
            broken = part.end if part is not None else at
            after = self._next_element(max(broken, at + 1), siblings, depth)
            if after is None:
                return self._behind(items, broken, depth)
            at = after
        self.lost += 1  # its end
        return _Part(items, at, False)

    def _is_stray(self, at: int, siblings: _Siblings) -> bool:
        """Whether a bracket that closes the list stands before, between or within its elements."""
        after = self.skip(at + 1)
        if self.at(after) == ",":
            after = self.skip(after + 1)
        match = _KEY.match(self.text, after)
        stray = match is not None and siblings.has_first(match[1])
        self.lost += stray
        return stray

    def _next_element(self, at: int, siblings: _Siblings, depth: int) -> int | None:
        """Where the next whole element begins."""
        for match in _KEY.finditer(self.text, at):
            if not siblings.may_begin(match):
                continue
            if self.tries <= 0:
                return None
            self.tries -= 1
            if siblings.common is None:
                if self._is_rest(match.start(), depth):
                    return match.start()
                continue
            part = self.whole(match.start())
            if part is not None and siblings.is_one(part.value) and self.at(self.skip(part.end)) in (",", "]", "{", ""):
                return match.start()
        return None

    def _is_rest(self, at: int, depth: int) -> bool:
        """Whether the list goes on from a place to its end, and the document to its own."""
        part = self.inner_list(at - 1, depth)
        if not part.whole:
            return False
        after = self.skip(part.end)
        if depth and self.at(after) in (",", "}"):
            rest = self.members(self.skip(after + (self.at(after) == ",")), depth, outer=False)
            return rest.whole and self.skip(rest.end) == len(self.text)
        return not depth and after == len(self.text)

    def _behind(self, items: list[Any], at: int, depth: int) -> _Part:
        """The list ends with what is damaged: what stands behind it in the object around is whole, or given up."""
        for match in _NEXT_MEMBER.finditer(self.text, at) if depth == 1 else ():
            if self.tries <= 0:
                break
            self.tries -= 1
            rest = self.members(match.end(), depth, outer=False)
            if rest.whole and self.skip(rest.end) == len(self.text):
                return _Part(items, match.start() + 1, True)
        return _Part(items, at, False)


class _Siblings:
    """What the elements of a list that are whole have in common, to know another by."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.first: set[str] = set()
        self.common: set[str] | None = None
        self.indents: set[str | None] = set()

    def add(self, value: Any, at: int) -> None:
        if isinstance(value, dict) and value:
            self.common = set(value) if self.common is None else self.common & set(value)
            self.begin(at)

    def begin(self, at: int) -> None:
        """An element begins here, whole or not."""
        match = _KEY.match(self.text, at)
        if match is not None:
            self.first.add(match[1])
            self.indents.add(self._indent(at))

    def has_first(self, key: str) -> bool:
        """Whether an element may begin with `key`, as far as those before it show."""
        return not self.first or key in self.first

    def may_begin(self, match: re.Match[str]) -> bool:
        before = self.text[max(0, match.start() - 200) : match.start()].rstrip()[-1:]
        return (
            self.has_first(match[1])
            and before in (",", "[", "}", "]")
            and (not self.indents or self._indent(match.start()) in self.indents)
        )

    def is_one(self, value: Any) -> bool:
        return isinstance(value, dict) and (not self.common or self.common <= set(value))

    def _indent(self, at: int) -> str | None:
        """The space before an element that begins a line; None for one that does not."""
        line = self.text[max(self.text.rfind("\n", max(0, at - 200), at) + 1, at - 200) : at]
        return None if line.strip() or "\n" not in self.text[max(0, at - 201) : at] else line
