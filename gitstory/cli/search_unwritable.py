"""A search where the index cannot be written: in the index as it is, or in one that is made in memory."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from gitstory.cli.output import warn

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.search.fingerprint import Look

_SYSTEM = {
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ENOSPC,
    errno.EFBIG,
    getattr(errno, "EDQUOT", errno.ENOSPC),
}
_SQLITE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
}


def cannot_write(error: OSError | sqlite3.Error) -> bool:
    """Whether an update of the index failed because it or its folder cannot be written."""
    if isinstance(error, OSError):
        return error.errno in _SYSTEM
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE


def open_unwritable(
    repo: Repo, path: Path, error: OSError | sqlite3.Error, limit: float, look: Look | None = None
) -> tuple[sqlite3.Connection, int]:
    """What can be searched without writing, and how many conversations or commits are left out; says which it is."""
    from gitstory.search.db.schema import connect, connect_read_only
    from gitstory.search.indexer import feed, is_permitted

    why = _reason(error)
    db = connect_read_only(path)
    if db is not None and is_permitted(repo, db):
        warn(f"the search index cannot be written ({why}): what is newer than its last update is not found")
        return db, 0
    if db is not None:
        db.close()
    warn(f"the search index cannot be written ({why}): made in memory, for this search only")
    db = connect(None)
    return db, feed(repo, None, limit, db, look).left


def _reason(error: OSError | sqlite3.Error) -> str:
    return (os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)).lower()
