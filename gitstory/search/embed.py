"""Gives each passage of an index its vector. Goes on where it stopped, however it stopped."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitstory.embedding import kept
from gitstory.fault_points import point
from gitstory.git.file_lock import single_flight
from gitstory.search.db import vectors

if TYPE_CHECKING:
    from gitstory.embedding import Embedder

_AT_ONCE = 128
"""Passages between two commits: a fraction of a second, and a few MB of text."""


class Embedded(NamedTuple):
    """Passages that got their vector, and those left for the next time. `busy`: another process is at the index."""

    count_embedded: int = 0
    left: int = 0
    busy: bool = False


def embed(
    db: sqlite3.Connection,
    path: Path | None,
    embedder: Embedder,
    limit: float,
    progress: Callable[[int, int], None] = lambda done, of: None,
    wait: float = 2.0,
) -> Embedded:
    """Embed what has no vector yet, the newest first, for `limit` seconds; `progress` is called with how far it is.

    Each batch is kept when it is done. Reads the index's own text, which is redacted. Raises `sqlite3.Error`.
    """
    if path is None:
        return _embed(db, embedder, time.monotonic() + limit, progress)
    with single_flight(path.with_suffix(".lock"), timeout=wait) as got:
        if not got:
            return Embedded(busy=True)
        return _embed(db, embedder, time.monotonic() + limit, progress)


def _embed(
    db: sqlite3.Connection, embedder: Embedder, deadline: float, progress: Callable[[int, int], None]
) -> Embedded:
    vectors.prepare(db, embedder.name)
    wanted = vectors.missing(db)
    done = 0
    while done < len(wanted) and time.monotonic() < deadline:
        progress(done, len(wanted))
        batch = vectors.texts(db, wanted[done : done + _AT_ONCE])
        embedded = embedder.embed([text for _, text in batch])
        vectors.put(db, zip((passage for passage, _ in batch), map(kept, embedded), strict=True))
        point("search.embedded")
        db.commit()
        done = min(done + _AT_ONCE, len(wanted))
    if wanted:
        progress(done, len(wanted))
    return Embedded(done, len(wanted) - done)
