"""Whether there is a terminal to pick on, and picking."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

from gitstory.cli.picker.choices import Piece, Source

T = TypeVar("T")


def can_pick() -> bool:
    """Whether a person sits at a terminal that can move its cursor."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def pick(
    source: Source[T],
    *,
    preview: Callable[[T], Iterable[Piece]] | None = None,
    query: str = "",
    label: str = "search",
    verb: str = "show",
    many: bool = False,
    color: bool = True,
) -> list[T] | None:
    """What the person chose: one, or with `many` those marked with Tab (else the one the cursor is on).

    None if they left with Escape. `source` and `preview` are asked while they type, so both must be quick; a
    GitStoryError of theirs is shown in place of the list. `verb` says what Enter does. Raises KeyboardInterrupt.
    """
    from gitstory.cli.picker.screen import Screen

    return Screen(source, preview, label, verb, many).run(query, color=color)
