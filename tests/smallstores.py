"""The small stores of tests/data; a database stands there as SQL, `opencode.db.sql` for `opencode.db`."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

DATA = Path(__file__).parent / "data"


def built(name: str, folder: Path) -> Path:
    """A copy of the store `tests/data/<name>` in `folder`, its databases made; the store's path."""
    store = folder / name
    shutil.copytree(DATA / name, store)
    for script in sorted(store.rglob("*.sql")):
        with closing(sqlite3.connect(script.with_suffix(""))) as connection:
            connection.executescript(script.read_text("utf-8"))
        script.unlink()
    return store
