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
    from gitstory.worker.embed import embed

    deadline = time.monotonic() + limit
    left, busy = 0, False
    for db, path in indexes:
        done = embed(db, path, embedder, max(0.0, deadline - time.monotonic()), _Told())
        left += done.left
        busy = busy or done.busy
    if left:
        warn(f"{left} passages have no vector yet", "the next search goes on; `--wait` does it all at once")
    if busy:
        warn("another process is at the index; passages without a vector are found by their words only")


class _Told:
    """On a terminal one line that is written over, elsewhere one line; nothing where there is little to do."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, done: int, of: int) -> None:
        if of < _FEW or (self._begun and not sys.stderr.isatty()):
            return
        self._begun = True
        if not sys.stderr.isatty():
            sys.stderr.write(f"embedding {of:,} passages of turns for search by meaning, this once\n")
        elif done < of:
            sys.stderr.write(f"\r\x1b[Kembedding passages of turns: {done:,} of {of:,} (Ctrl-C keeps what is done)")
        else:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
