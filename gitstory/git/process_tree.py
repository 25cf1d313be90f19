"""Ending a process together with what it started."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

from .find_program import find_program

_GRACE = 2.0
"""Seconds in which git may remove its lock files."""


def descendants(process: int, path: str | None) -> list[int]:
    """The ids of what a process started, directly or not, as far as the `ps` on `path` says."""
    program = find_program("ps", path)
    if program is None:
        return []
    listed = subprocess.run([program, "-A", "-o", "pid=,ppid="], capture_output=True, check=False, timeout=10)
    return below(process, listed.stdout)


def below(process: int, listed: bytes) -> list[int]:
    """The descendants of a process in a list of lines "id parent"."""
    children: dict[int, list[int]] = {}
    for row in listed.splitlines():
        words = row.split()
        if len(words) == 2 and all(word.isdigit() for word in words):
            children.setdefault(int(words[1]), []).append(int(words[0]))
    all_below: list[int] = []
    waiting = [process]
    while waiting:
        new = [child for child in children.pop(waiting.pop(), []) if child not in all_below]
        all_below += new
        waiting += new
    return all_below


def end(process: subprocess.Popen[bytes], path: str | None, *, group: bool) -> None:
    """End a process and what it started; `group`: it leads a process group of its own; `path` is where programs are."""
    if group and hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        return
    inner: list[int] = []
    with suppress(OSError, subprocess.SubprocessError):
        inner = descendants(process.pid, path)
    with suppress(OSError):
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    for each in (*inner, process.pid) if process.returncode is None else inner:
        with suppress(OSError):
            os.kill(each, getattr(signal, "SIGKILL", signal.SIGTERM))
