"""Records in which one value is of another type: what the next version of an agent may write.

Truncations and flipped bits mostly leave no JSON at all; this leaves JSON that says something else than was expected.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, TypeVar

STRANGE: tuple[Any, ...] = ({}, [], [[{}]], {"a": {"a": [1]}}, None, True, -1, 0.5, 10**30, "", "\0\x1b[31m", "[", "{}")

Make = Callable[[Any], Any]
Change = tuple[str, Callable[[], Any]]
"""What is changed, and the changed whole."""


def of_file(path: Path) -> list[Change]:
    """The contents (bytes) that a file of JSON, or of JSON lines, has with each value replaced by each of `STRANGE`."""
    data = path.read_bytes()
    if _value(data) is not None:
        return list(_changes(data, lambda changed: changed))
    lines = data.splitlines(keepends=True)
    changes: list[Change] = []
    for at, line in enumerate(lines):
        before, after = b"".join(lines[:at]), b"\n" + b"".join(lines[at + 1 :])
        whole = _around(before, after)
        changes += [(f"line {at + 1}, {what}", make) for what, make in _changes(line, whole)]
    return changes


T = TypeVar("T")


def some(changes: Sequence[T], what: Callable[[T], str], most: int) -> list[T]:
    """At most `most` of the changes, of as many kinds as there are: those that put an object anywhere first, since
    that is what is most often forgotten (an object can neither be looked up nor compared)."""
    kinds: dict[str, list[T]] = {}
    for item in random.Random(len(changes)).sample(changes, len(changes)):
        kinds.setdefault(re.sub(r"[0-9]+", "", what(item)), []).append(item)
    rounds = zip_longest(*sorted(kinds.values(), key=lambda kind: "{} at" not in what(kind[0])))
    return list(islice((one for each in rounds for one in each if one is not None), most))


Cell = tuple[str, str, int]
"""Table, column, row id."""


def of_database(path: Path) -> list[tuple[Cell, Change]]:
    """The cells of a database that hold JSON, with the values they would have."""
    changes: list[tuple[Cell, Change]] = []
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'"
        )
        for (table,) in tables.fetchall():
            for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
                rows = connection.execute(f'SELECT rowid, "{column}" FROM "{table}"').fetchall()
                for row, value in rows:
                    data = value.encode() if isinstance(value, str) else value
                    if isinstance(data, bytes):
                        keep: Make = (lambda changed: changed.decode()) if isinstance(value, str) else _same
                        changes += [((table, column, row), change) for change in _changes(data, keep)]
    return changes


def write_cell(path: Path, cell: Cell, value: Any) -> None:
    """Put a value into a cell."""
    table, column, row = cell
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row))
        connection.commit()


def _changes(data: bytes, whole: Make) -> Iterator[Change]:
    value = _value(data)
    if not isinstance(value, dict | list):
        return
    for place, make in _places(value):
        for strange in STRANGE:
            yield f"{strange!r} at {place or '/'}", _changed(whole, make, strange)


def _places(value: Any) -> Iterator[tuple[str, Make]]:
    """(where, what makes the whole of another value there) for a value and all within it, JSON in texts too."""
    yield "", _same
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            for place, make in _places(each):
                yield f"/{key}{place}", _put(value, key, make)
    elif isinstance(value, str) and value[:1] in ("{", "["):
        inner = _value(value.encode("utf-8", "replace"))
        if isinstance(inner, dict | list):
            for place, make in _places(inner):
                yield f"/(JSON){place}", _dumped(make)


def _value(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _same(value: Any) -> Any:
    return value


def _put(container: Any, key: Any, make: Make) -> Make:
    def put(new: Any) -> Any:
        changed = container.copy()
        changed[key] = make(new)
        return changed

    return put


def _dumped(make: Make) -> Make:
    return lambda new: json.dumps(make(new))


def _around(before: bytes, after: bytes) -> Make:
    return lambda line: before + line + after


def _changed(whole: Make, make: Make, strange: Any) -> Callable[[], Any]:
    return lambda: whole(json.dumps(make(strange)).encode())
