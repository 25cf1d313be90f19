"""Whether a git that talks to a remote gets on, by what it says on stderr; and its output, read while it runs."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO

PROGRESS = re.compile(
    rb"(?:remote: )?(?:Enumerating|Counting|Compressing|Writing|Receiving|Resolving|Unpacking|Total|Delta|Checking) "
)
_TRANSFER = re.compile(rb"(?:Writing|Receiving|Unpacking) objects:[ 0-9%]{1,9}")
_AMOUNT = re.compile(rb", (\d{1,12})(?:\.(\d\d))? (bytes|KiB|MiB|GiB)")
_UNITS = {b"bytes": 1, b"KiB": 1 << 10, b"MiB": 1 << 20, b"GiB": 1 << 30}

SLOWEST = 1000
"""Bytes a second below which a transfer does not count as progress, as in git's `http.lowSpeedLimit` usually."""
TALK = 10
"""How many times the patience a remote may talk about its own work without sending anything."""


class Stalled(Exception):
    """There was no progress for as long as the caller wants to wait."""


class Progress:
    """Judges what git prints: each line of its own work is progress, a transfer is if it moved far enough.

    A remote can talk for ever; its words count for a bounded time only.
    """

    def __init__(self, patience: float, now: float) -> None:
        self._patience = patience
        self._began = self._last = now
        self._bytes = 0

    def take(self, line: bytes, now: float) -> None:
        if self._counts(line, now):
            self._last = now

    def left(self, now: float) -> float:
        """Seconds that may pass without progress."""
        return self._last + self._patience - now

    def _counts(self, line: bytes, now: float) -> bool:
        if _TRANSFER.match(line) is None:
            ours = PROGRESS.match(line) is not None and not line.startswith(b"remote: ")
            return ours or now - self._began < TALK * self._patience
        amount = _AMOUNT.search(line)
        size = _size(amount) if amount is not None else 0
        # git shows hundredths of a unit: of gigabytes a step is more than a slow line sends in the time.
        least = SLOWEST * self._patience if size < _UNITS[b"GiB"] else 1
        if size < self._bytes + least and b", done" not in line:
            return False
        self._bytes = size
        return True


def _size(amount: re.Match[bytes]) -> int:
    return (int(amount[1]) * 100 + int(amount[2] or 0)) * _UNITS[amount[3]] // 100


def output_of(
    process: subprocess.Popen[bytes],
    on_progress: Callable[[bytes], None] | None,
    patience: float | None,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[bytes, bytes]:
    """What a process printed on stdout and stderr until it ended, without the lines of progress, which are passed on.

    Each of them ends in CR or LF. Raises `Stalled` after `patience` seconds without progress (None: never).
    """
    assert process.stdout is not None and process.stderr is not None
    pieces: queue.Queue[tuple[bool, bytes]] = queue.Queue()
    for is_err, pipe in ((False, process.stdout), (True, process.stderr)):
        threading.Thread(target=_read, args=(pipe, is_err, pieces), daemon=True).start()
    progress = Progress(patience, clock()) if patience is not None else None
    out, err, line = bytearray(), bytearray(), bytearray()
    is_open = {False, True}
    while is_open:
        try:
            is_err, piece = pieces.get(timeout=None if progress is None else max(progress.left(clock()), 0.0))
        except queue.Empty:
            raise Stalled from None
        if not piece:
            is_open.discard(is_err)
        elif not is_err:
            out += piece
        else:
            line += piece
            *lines, rest = re.split(rb"(?<=[\r\n])", bytes(line))
            line = bytearray(rest)
            for each in lines:
                if progress is not None:
                    progress.take(each, clock())
                if not PROGRESS.match(each):
                    err += each
                elif on_progress is not None:
                    on_progress(each)
    return bytes(out), bytes(err + line)


def _read(pipe: IO[bytes], is_err: bool, pieces: queue.Queue[tuple[bool, bytes]]) -> None:
    """Pass on what comes through a pipe, and an empty piece at its end."""
    try:
        while piece := os.read(pipe.fileno(), 1 << 16):
            pieces.put((is_err, piece))
    except (OSError, ValueError):
        pass  # closed by who gave up
    pieces.put((is_err, b""))
