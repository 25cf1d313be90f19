"""Keeping a brief short: the least telling pieces go first, each part keeps its best."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from gitstory.queries.review.values import Brief, FileBrief

WORDS = 600
QUOTED = ("requests", "decided", "rejected", "corrected")
"""The parts of a brief that are lists of quotations."""
_FRAME = 60
"""Words of titles, of the head and of what is said about what was left out."""
_AROUND = 5
"""Words around one quotation: who, which turn, numbers."""
_PER_FILE = 12
"""Words of a file's own quotation that count."""
_USUAL = {"requests": 6, "decided": 5, "rejected": 4, "corrected": 5, "files": 8, "tests": 4, "dropped": 4}
_GROUPED = {**_USUAL, "requests": 12}
"""Where a range has several pull requests, so that more of them have a request."""
_LEAST = {"requests": 3, "decided": 2, "rejected": 1, "corrected": 2, "files": 3, "tests": 1, "dropped": 1}


def fitted(brief: Brief, words: int = WORDS) -> Brief:
    """`brief` in at most about `words` words; `left` counts what was taken out."""
    usual = _GROUPED if brief.groups else _USUAL
    parts: dict[str, tuple[Any, ...]] = {name: getattr(brief, name)[:most] for name, most in usual.items()}
    while (
        _FRAME + _titles(brief, parts) + sum(_cost(name, one) for name, each in parts.items() for one in each) > words
    ):
        over = [name for name in parts if len(parts[name]) > _LEAST[name]] or [name for name in parts if parts[name]]
        if not over:
            break
        most = max(over, key=lambda name: sum(_cost(name, piece) for piece in parts[name]) / usual[name])
        parts[most] = parts[most][:-1]
    left = sum(len(getattr(brief, name)) - len(pieces) for name, pieces in parts.items())
    return replace(brief, **parts, left=left)


def _titles(brief: Brief, parts: dict[str, tuple[Any, ...]]) -> int:
    """Words of the titles of the pull requests and merges that still have a quotation."""
    quoted = {quote.ref for name in QUOTED for quote in parts[name]}
    return sum(_AROUND + len(group.name.split()) for group in brief.groups if quoted & group.turns)


def _cost(name: str, piece: Any) -> int:
    if name == "files":
        file: FileBrief = piece
        number = min(len(file.shapes[0].quote.text.split()), _PER_FILE) if file.shapes else 0
        return 2 * _AROUND + number + 2 * min(len(file.open), 4)
    if name == "tests":
        return _AROUND + len(piece.command.split()) + len(piece.quote.text.split())
    if name == "dropped":
        return _AROUND + len(piece.quote.text.split()) + 2 * min(len(piece.files), 3)
    return _AROUND + len(piece.text.split())
