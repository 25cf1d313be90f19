"""`--debug`: timed lines about what the program does, on stderr or in a file only its owner can read.

Asked for by the option, by GITSTORY_DEBUG or by the setting `debug` (story.debug in git's configuration): "1" or
"true" mean stderr, anything else is a file to append to. A worker in the background has no stderr: it writes to
`debug.log` in gitstory's directory. Every line is redacted before it goes anywhere; one that cannot be is left out.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gitstory import fault_points

VARIABLE = "GITSTORY_DEBUG"
LOG = "debug.log"
LIMIT = 10_000_000
"""Bytes after which the file is started afresh."""
LONGEST = 2000
"""Characters of a line."""

_YES = frozenset({"1", "true", "yes", "on", "stderr"})
_NO = frozenset({"", "0", "false", "no", "off"})


def begin(wanted: str) -> None:
    """Start the log as `asked`, unless it runs already; a file that cannot be written costs the log, nothing else."""
    if fault_points.listening() or wanted.strip().lower() in _NO:
        return
    write = _writer(wanted.strip())
    if write is None:
        return
    started = time.perf_counter()
    redact: list[Callable[[str], str]] = []

    def line(text: str) -> None:
        fault_points.listen(None)  # what redaction itself does is nobody's interest
        try:
            if not redact:
                redact.append(_redactor())
            words = " ".join(redact[0](text[:LONGEST]).split())
        except Exception:  # noqa: BLE001 - a line that may hold a secret is not written
            words = "(a line that could not be redacted)"
        finally:
            fault_points.listen(line)
        stamp = time.strftime("%H:%M:%S", time.localtime())
        write(f"{stamp} {os.getpid()} {(time.perf_counter() - started) * 1000:9.1f} ms  {words}\n")

    fault_points.listen(line)
    from gitstory import __version__

    fault_points.tell("git-story %s, python %s", __version__, ".".join(map(str, sys.version_info[:3])))


def _redactor() -> Callable[[str], str]:
    from gitstory.redact.engine import Redactor
    from gitstory.redact.settings import Settings

    return Redactor(Settings(), Path.home()).text


def _writer(wanted: str) -> Callable[[str], object] | None:
    if wanted.lower() not in _YES:
        return _to_file(Path(wanted).expanduser())
    if not _nobody_there():
        return _to_stderr
    from gitstory.errors import GitStoryError
    from gitstory.git.repo import Repo

    try:
        home = Repo.open().home
    except (GitStoryError, OSError):
        return None
    return _to_file(home / LOG) if home.is_dir() else None


def _nobody_there() -> bool:
    """Whether stderr leads nowhere, as in a worker that a hook started."""
    try:
        return os.fstat(2).st_rdev == Path(os.devnull).stat().st_rdev and not os.isatty(2)
    except OSError:
        return True


def _to_stderr(text: str) -> None:
    from gitstory.text.console import neutralise_line

    try:
        sys.stderr.write(neutralise_line(text.rstrip("\n")) + "\n")
    except (OSError, ValueError):
        fault_points.listen(None)


def _to_file(path: Path) -> Callable[[str], object] | None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    try:
        if path.exists() and path.stat().st_size > LIMIT:
            flags |= os.O_TRUNC
        handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    except OSError:
        return None

    def write(text: str) -> None:
        try:
            os.write(handle, text.encode("utf-8", "backslashreplace"))
        except OSError:
            fault_points.listen(None)

    return write
