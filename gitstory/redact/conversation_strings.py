"""Takes every string out of a conversation and puts the redacted ones back, whatever its structs look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice, pairwise
from operator import is_not
from typing import Any

import msgspec
import msgspec.inspect
from msgspec.structs import replace

from gitstory import model

IDENTITY: dict[type, frozenset[str]] = {
    model.Conversation: frozenset({"agent", "id", "parent", "heads"}),
    model.Turn: frozenset({"id", "added_to"}),
    model.Reference: frozenset({"turn"}),
    model.Call: frozenset({"id", "commits", "spawned"}),
    model.Mark: frozenset({"call"}),
}
"""Fields that name things for ever and hold no text; they must survive unchanged, as those do that take one of a few
fixed words."""


_PLAIN = frozenset({int, float, bool, type(None)})


def strings(value: Any) -> list[str]:
    """Every text of `value` in a fixed order; the lines of a hunk come as one text without their leading signs."""
    strings_: list[str] = []
    _collect(value, strings_)
    return strings_


def _collect(value: Any, strings_: list[str]) -> None:
    if isinstance(value, str):
        strings_.append(value)
    elif isinstance(value, model.Hunk):
        strings_.append("\n".join([line[1:] for line in value.lines]))
    elif isinstance(value, msgspec.Struct):
        for name in _fields(type(value)):
            item = getattr(value, name)
            if item and type(item) not in _PLAIN:
                _collect(item, strings_)
    elif isinstance(value, (tuple, list)):
        for item in value:
            _collect(item, strings_)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, strings_)


def rebuild(value: Any, texts: Iterator[str]) -> Any:
    """The same value with its texts taken from `texts`, in the order `strings` gave them; itself if none changed."""
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, model.Hunk):
        return _rebuild_hunk(value, next(texts))
    if isinstance(value, msgspec.Struct):
        changed = {}
        for name in _fields(type(value)):
            item = getattr(value, name)
            if item and type(item) not in _PLAIN and (new := rebuild(item, texts)) is not item:
                changed[name] = new
        return msgspec.structs.replace(value, **changed) if changed else value
    if isinstance(value, tuple):
        items = tuple([rebuild(item, texts) for item in value])
        return items if any(map(is_not, items, value)) else value
    if isinstance(value, list):
        return [rebuild(item, texts) for item in value]
    if isinstance(value, dict):
        return {key: rebuild(item, texts) for key, item in value.items()}
    return value


def reworked(conversation: model.Conversation, work: Callable[[list[str]], list[str]]) -> model.Conversation:
    """The conversation with all its texts handed to `work` at once. Only steps in which one changed are made anew:
    most hold nothing to hide, and putting them together again takes as long as the search."""
    pieces: list[Any] = [replace(conversation, turns=())]
    for turn in conversation.turns:
        pieces.append(replace(turn, steps=()))
        pieces += turn.steps
    texts: list[str] = []
    ends = [0]
    for piece in pieces:
        _collect(piece, texts)
        ends.append(len(texts))
    cleaned = work(texts)
    if cleaned == texts:
        return conversation
    rebuilt = iter(
        piece if cleaned[start:end] == texts[start:end] else rebuild(piece, iter(cleaned[start:end]))
        for piece, (start, end) in zip(pieces, pairwise(ends), strict=True)
    )
    head: model.Conversation = next(rebuilt)
    turns = tuple(replace(next(rebuilt), steps=tuple(islice(rebuilt, len(turn.steps)))) for turn in conversation.turns)
    return replace(head, turns=turns)


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    kept = IDENTITY.get(kind, frozenset())
    fixed = {field.name for field in msgspec.inspect.type_info(kind).fields if _is_fixed(field.type)}  # type: ignore[attr-defined]
    return tuple(name for name in kind.__struct_fields__ if name not in kept and name not in fixed)


def _is_fixed(kind: msgspec.inspect.Type) -> bool:
    """Whether a field of this type takes one of a few words, which are no text."""
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    return any(isinstance(one, msgspec.inspect.LiteralType) for one in kinds)


def _rebuild_hunk(hunk: model.Hunk, text: str) -> model.Hunk:
    """Redaction neither adds nor removes line ends, so each old line takes as many as it had (nearly always none)."""
    if not hunk.lines:
        return hunk
    rows = iter(text.split("\n"))
    lines = tuple(line[:1] + "\n".join([next(rows) for _ in range(line[1:].count("\n") + 1)]) for line in hunk.lines)
    return hunk if lines == hunk.lines else msgspec.structs.replace(hunk, lines=lines)
