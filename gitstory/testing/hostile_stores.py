"""Stores as a stranger might make them: files that are no files, and databases whose tables are programs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from contextvars import copy_context
from pathlib import Path
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds after which a reader counts as one that waits for ever."""
_ROWS = 200_000
"""Rows of a view: enough to be seen, few enough to come to an end."""


def in_time(work: Callable[[], T], path: Path) -> T | Exception | None:
    """What `work` returns or raises; None where it waits at the FIFO `path`, which lets it go on."""
    outcomes: list[T | Exception] = []

    def run() -> None:
        try:
            outcomes.append(work())
        except Exception as error:  # noqa: BLE001 - whatever a reader raises is what we are here for
            outcomes.append(error)

    thread = Thread(target=copy_context().run, args=(run,), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if not thread.is_alive():
        return outcomes[0]
    while thread.is_alive():  # each time it opens the FIFO, somebody is there who has nothing to say
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        thread.join(0.01)
    return None


def tables(path: Path) -> list[str]:
    """The names of a database's own tables."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND rootpage > 0")
        return sorted(name for name, made in rows if not name.startswith("sqlite_") and "WITHOUT ROWID" not in made)


def shown_by_view(path: Path, table: str) -> None:
    """Put a view of many more rows in the place of a table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA legacy_alter_table = on")
        connection.execute(f'ALTER TABLE "{table}" RENAME TO "gitstory_kept"')
        count = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {_ROWS})"
        connection.execute(f'CREATE VIEW "{table}" AS {count} SELECT t.* FROM n JOIN gitstory_kept t')
        connection.commit()
