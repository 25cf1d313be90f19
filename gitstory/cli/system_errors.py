"""Errors of the system that are no defects of gitstory: a full disk, a read-only directory, a file of another user."""

from __future__ import annotations

import errno

_MEMORY = ("not enough memory", "`ulimit -v` shows the limit, if there is one: nothing was lost")
_WHY = {
    errno.ENOSPC: ("the disk is full", "make room and run the same again: nothing was lost"),
    errno.EDQUOT: ("your disk quota is used up", "make room and run the same again: nothing was lost"),
    errno.EROFS: ("the file system is read-only", "run the same again when it can be written: nothing was lost"),
    errno.EACCES: ("permission denied", "look at who owns the git directory and what is in it"),
    errno.EPERM: ("permission denied", "look at who owns the git directory and what is in it"),
    errno.EFBIG: ("a file would exceed the size that is allowed", "`ulimit -f` shows the limit: nothing was lost"),
    errno.EMFILE: ("too many open files", "`ulimit -n` shows how many are allowed"),
    errno.ENFILE: ("too many open files on this system", "run the same again later"),
    errno.ENOMEM: _MEMORY,
    errno.EIO: ("the disk cannot be read or written", "the system's log says more; look after your backups"),
}


def explained(error: BaseException) -> tuple[str, str] | None:
    """A message and a hint for an error of the system that a person can act on; None for any other."""
    if isinstance(error, MemoryError):
        return _MEMORY
    if not isinstance(error, OSError) or error.errno not in _WHY:
        return None
    why, hint = _WHY[error.errno]
    return (f"{why}: {error.filename}" if error.filename else why), hint
