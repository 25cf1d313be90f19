"""Private copies of databases that cannot be read where they are."""

from __future__ import annotations

import atexit
import shutil
import time
from contextlib import suppress
from pathlib import Path

from gitstory.sqlite_files.file_state import FileState, Moved, Unreadable, beside, look

LARGEST = 4 << 30
"""Bytes of a file that is copied to be read."""
TRIES = 3
PAUSE = 0.05
"""Seconds between looks at a file that another program is writing at this moment."""
_COPY = "copy.db"

_copies: dict[Path, tuple[FileState, Path]] = {}
"""File -> the state it was copied in, and the folder of the copy; at most one."""


def private_copy(real: Path) -> Path:
    """Return a copy of a database that only this process uses: SQLite may change it.

    The last copy is kept until the process ends, because the conversations of one store are read one after another.
    """
    seen = look(real)
    if real not in _copies or _copies[real][0] != seen:
        _drop_copies()
        from tempfile import mkdtemp

        folder = Path(mkdtemp(prefix="gitstory-"))
        try:
            _copies[real] = (_copy(real, folder / _COPY), folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return _copies[real][1] / _COPY


def _drop_copies() -> None:
    for _, folder in _copies.values():
        shutil.rmtree(folder, ignore_errors=True)
    _copies.clear()


atexit.register(_drop_copies)


def _copy(real: Path, copy: Path) -> FileState:
    """Copy a file with its journals; return its state at that time."""
    for _ in range(TRIES):
        before = look(real)
        if before.stamp[0] + before.stamp[2] > LARGEST:
            raise Unreadable("too large to be copied, and in use")
        for suffix in ("", "-wal", "-journal"):
            target = beside(copy, suffix)
            target.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.copyfile(beside(real, suffix), target)
        _alone(beside(copy, "-journal"))
        if look(real) == before and copy.exists():
            return before
        time.sleep(PAUSE)
    raise Moved


_JOURNAL = bytes.fromhex("d9d505f920a163d7")


def _alone(journal: Path) -> None:
    """Have a journal name no other file: SQLite removes the one that it takes for the journal above several."""
    with suppress(OSError), journal.open("r+b") as file:
        file.seek(max(0, file.seek(0, 2) - len(_JOURNAL)))
        if file.read() == _JOURNAL:
            file.seek(-len(_JOURNAL), 2)
            file.write(bytes(len(_JOURNAL)))
