"""Writing a file so that a reader sees the old content or the new one, never a part."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from gitstory.fault_points import point


def is_half_written(name: str) -> bool:
    """Whether `write_atomically` names a file so before it is whole: a writer that was killed leaves one."""
    dot, _, rest = name.rpartition(".")
    pid, dash, random = rest.partition("-")
    return dot.startswith(".") and bool(dash) and len(random) == 8 and not (pid + random).strip("0123456789abcdef")


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by a file with `data`; raises OSError and leaves the old one where that fails."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Not by `tempfile`: loading it takes as long as the rest of a reader's work.
    name = path.with_name(f".{path.name}.{os.getpid():x}-{os.urandom(4).hex()}")
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        name.chmod(mode)
        point("files.written")
        name.replace(path)
    except BaseException:
        with suppress(OSError):
            name.unlink()
        raise


def stamp(path: Path) -> tuple[int, int]:
    """Size and mtime (ns) of a file, zeros where it is gone."""
    return _stamp(str(path))


def _stamp(path: str) -> tuple[int, int]:
    try:
        stat = os.stat(path)  # noqa: PTH116 - there may be tens of thousands
    except (OSError, ValueError):
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)


def written(path: Path) -> tuple[int, int]:
    """`stamp` of a file together with the write-ahead log beside it, where a database grows long before its file."""
    name = str(path)
    size, time = _stamp(name)
    log_size, log_time = _stamp(f"{name}-wal")
    return (size + log_size, max(time, log_time))
