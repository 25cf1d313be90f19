"""How a message names a turn: `.gitstory/history/2026-05-28_20-26Z_add-the-greeting_<id>.md#turn-7`, or shorter.

Lines of a message have 72 characters at most; linters of messages refuse longer ones. A path that does not fit is
written as a pattern that a shell understands too, `.gitstory/history/*_<first part of the id>*.md#turn-7`, and where
its folder is the reason, `**/*_<first part of the id>*.md#turn-7`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WIDTH = 72
_ID = 23
"""Characters of an id that are shown: of a UUID all but its last group, which no other in a repository begins with."""
_START = 30
"""Characters of a file name that holds no id."""
_TURN = "#turn-9999"
_REFERENCE = re.compile(r"([^\x00-\x1f\x7f]+\.md)#turn-(\d{1,9})\Z")
_STARS = 2
_LEAST = 6
"""Characters a pattern must have besides its stars and its ending."""


def reference(path: str, conversation: str, turn: int, *, room: int = WIDTH) -> str:
    """The value for a turn of the history file `path` (from the top of the work tree), of at most `room` characters.

    The same file gives the same for every turn up to 9999."""
    if len(path) + len(_TURN) <= room:
        return f"{path}#turn-{turn}"
    from gitstory.history_files.folder import name_of

    folder, _, name = path.rpartition("/")
    shown = f"_{name_of(conversation)[:_ID]}"
    pattern = f"*{shown}*.md" if shown in name and len(shown) >= _LEAST else f"{name.removesuffix('.md')[:_START]}*.md"
    fits = len(folder) + 1 + len(pattern) + len(_TURN) <= room
    return f"{folder if fits else '**'}/{pattern}#turn-{turn}"


def parse(value: str) -> tuple[str, int] | None:
    """(path or pattern without white space, turn) of a trailer's value, also of one that was folded; None for others.

    git joins folded lines by a blank, and nothing says whether one was there before.
    """
    match = _REFERENCE.match("".join(value.split()))
    return (match[1], int(match[2])) if match is not None else None


def within(path: str, folder: str) -> str | None:
    """The name, or pattern of names, that `path` (as `parse` returns it) has right in `folder`; None outside of it."""
    where, _, name = path.rpartition("/")
    return name if where and where in ("**", "".join(folder.split())) else None


def matching(pattern: str, names: Iterable[str]) -> list[str]:
    """Those of the `names` that a pattern stands for, in order."""
    if "*" not in pattern:
        return [name for name in names if "".join(name.split()) == pattern]
    parts = pattern.split("*")
    if len(parts) - 1 > _STARS or len(pattern.removesuffix(".md")) - pattern.count("*") < _LEAST:
        return []
    return sorted(name for name in names if _fits(name, parts))


def _fits(name: str, parts: list[str]) -> bool:
    if not name.startswith(parts[0]) or not name.endswith(parts[-1]):
        return False
    at, end = len(parts[0]), len(name) - len(parts[-1])
    for part in parts[1:-1]:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return at <= end
