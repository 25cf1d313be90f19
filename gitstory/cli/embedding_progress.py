"""Brings the vectors of indexes up to date before a search by meaning, and says so: the first time takes a while."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gitstory.cli.output import warn

if TYPE_CHECKING:
    from gitstory.embedding import Embedder

_FEW = 500
"""Passages that are embedded at once without a word."""


def embed_all(indexes: Iterable[tuple[sqlite3.Connection, Path | None]], embedder: Embedder, limit: float) -> None:
    """Embed what has no vector yet, in `limit` seconds for all indexes together."""
    from gitstory.search.embed import embed

    deadline = time.monotonic() + limit
    left, busy = 0, False
    progress = _Progress()
    try:
        for db, path in indexes:
            if db.execute("PRAGMA query_only").fetchone()[0]:
                continue  # what has no vector is found by its words
            done = embed(db, path, embedder, max(0.0, deadline - time.monotonic()), progress)
            left += done.left
            busy = busy or done.busy
    finally:
        progress.end()
    if left:
        warn(f"{left} passages have no vector yet", "the next search continues; `--wait` does it all at once")
    if busy:
        warn("another process is at the index; passages without a vector are found by words only")


class _Progress:
    """On a terminal one line that is written over, elsewhere one line; nothing where there is little to do."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, done: int, of: int) -> None:
        if of < _FEW:
            return
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[Kembedding passages of turns: {done:,} of {of:,} (Ctrl-C keeps what is done)")
            sys.stderr.flush()
        elif not self._begun:
            sys.stderr.write(f"embedding {of:,} passages of turns for search by meaning, this once\n")
        self._begun = True

    def end(self) -> None:
        if self._begun and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
