"""A file with the traceback of an unexpected error, for a report."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path

from gitstory import __version__

LOG_LIMIT = 1_000_000
"""Bytes after which the repository's log is started afresh."""


def write_crash(error: BaseException) -> Path:
    """Append the traceback to the repository's log, else write a temporary file; returns its path.

    Both are readable by their owner only. Arguments are left out: they may hold what the person searched for.
    """
    text = _report(error)
    log = _repository_log()
    if log is not None:
        try:
            return _append(log, text)
        except OSError:
            pass  # a full or read-only repository: the temporary directory may still take it
    handle, name = tempfile.mkstemp(prefix="git-story-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return Path(name)


def _report(error: BaseException) -> str:
    lines = [
        f"=== {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} git-story {__version__}",
        f"python {platform.python_version()} on {platform.system()} {platform.release()}",
        f"command: {sys.argv[1] if len(sys.argv) > 1 else ''}",
        *(part.rstrip("\n") for part in traceback.format_exception(error)),
    ]
    text = "\n".join(lines) + "\n"
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _repository_log() -> Path | None:
    from gitstory.errors import GitStoryError
    from gitstory.git.repo import Repo

    try:
        home = Repo.open().home
    except (GitStoryError, OSError, ValueError):
        return None
    return home / "log" if home.is_dir() else None


def _append(log: Path, text: str) -> Path:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        flags |= os.O_TRUNC
    from gitstory.git.safe_own_files import handle_for

    handle = handle_for(log, flags)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return log
