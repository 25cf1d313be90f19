"""gitstory's own files in a git directory, opened safely whatever is in their place.

Only regular files are read and written, and no link is followed: it may lead to a foreign file. What else is
found is moved out of the way when the file is written: links and special files are removed, a directory is renamed.
Each of these files can be made again, so that nothing is lost.
"""

from __future__ import annotations

import os
import stat as modes
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gitstory import safe_open
from gitstory.git.atomic_write import write_atomically

LARGEST = 64 << 20
"""Bytes of a file that are read at most."""
DAMAGED = ".damaged"
"""Ends the name of a directory that was in the place of a file."""
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def handle_for(path: Path, flags: int) -> int:
    """A descriptor of the regular file `path`, made 0600 where `flags` have `O_CREAT`. Raises OSError."""
    try:
        return _regular(path, flags)
    except OSError:
        if not clear_the_way(path):
            raise
    return _regular(path, flags)


def _regular(path: Path, flags: int) -> int:
    handle = os.open(path, flags & ~os.O_TRUNC | _FLAGS, 0o600)
    try:
        if not modes.S_ISREG(os.fstat(handle).st_mode):
            raise safe_open.FileRefused("not a regular file", path)
        if flags & os.O_TRUNC:
            os.ftruncate(handle, 0)
    except BaseException:
        os.close(handle)
        raise
    return handle


def content(path: Path, most: int = LARGEST) -> bytes:
    """What is in a regular file. Raises OSError for anything else, and where it has more than `most` bytes."""
    if path.is_symlink():
        raise safe_open.FileRefused("a link", path)
    return safe_open.content(path, most)


def beginning(path: Path, most: int = LARGEST) -> bytes:
    """The first `most` bytes of a regular file; nothing where there is none."""
    try:
        with safe_open.opened(path, most=None) as file:
            return b"" if path.is_symlink() else safe_open.at_most(file, most)
    except OSError:
        return b""


def clear_the_way(path: Path) -> bool:
    """Move what is no regular file out of the place of one; whether there was such a thing, and it is gone."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    if modes.S_ISREG(mode):
        return False
    try:
        if modes.S_ISDIR(mode):
            path.rename(_free(path))
        else:
            path.unlink()
    except OSError:
        return False
    return True


def write(path: Path, data: bytes) -> None:
    """Replace a file as a whole, or leave it as it is and raise OSError."""
    make_folder(path.parent)
    if path.is_dir():
        clear_the_way(path)
    write_atomically(path, data)


def make(path: Path) -> None:
    """Have an empty file where there is none: that it is there says something. Raises OSError."""
    os.close(handle_for(path, os.O_WRONLY | os.O_CREAT))


def make_folder(folder: Path) -> None:
    """Make a folder of ours, 0700; what is none in its place is moved away. Raises OSError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        if folder.is_dir() or not os.path.lexists(folder):
            raise
        if not clear_the_way(folder):
            folder.rename(_free(folder))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def is_folder(path: Path) -> bool:
    """Whether a folder is there, not a link to one."""
    return path.is_dir() and not path.is_symlink()


def clear_the_ways(paths: Iterable[Path]) -> bool:
    """`clear_the_way` of each; whether any was cleared."""
    return sum(map(clear_the_way, paths)) > 0


def _free(path: Path) -> Path:
    """A name for what is moved away that nothing has yet."""
    names = (path.with_name(f"{path.name}{DAMAGED}{number or ''}") for number in range(1000))
    return next((name for name in names if not os.path.lexists(name)), path.with_name(f"{path.name}{DAMAGED}"))


def database_files(path: Path) -> tuple[Path, ...]:
    """A database of SQLite and what SQLite keeps beside it."""
    return (path, *(path.with_name(f"{path.name}-{end}") for end in ("journal", "wal", "shm")))


def is_readable_database(path: Path) -> bool:
    """Whether a database is there, and neither it nor what SQLite keeps beside it is a link or a special file."""
    there = [one for one in database_files(path) if os.path.lexists(one)]
    return path in there and all(modes.S_ISREG(os.lstat(one).st_mode) for one in there)


def remove(path: Path) -> None:
    """Remove a file; a directory in its place is moved away."""
    with suppress(OSError):
        if not clear_the_way(path):
            path.unlink()
