"""A turn typed into a program's own terminal, for agents that go on with a conversation nowhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab.programs import TURN_SECONDS, Ran

_CONTROL = re.compile(rb"\x1b[\[][0-9;?<>=$ ]*[A-Za-z]|\x1b[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[^\[\]P_]")
QUIET = 1.5
"""Seconds without output after which a screen is taken to be drawn."""


def typed_turn(command: list[str], cwd: Path, env: dict[str, str], prompt: str, before: str, after: str) -> Ran:
    """Start `command`, wait until its screen shows `before`, type `prompt`, wait until `after` is shown, hang up.

    `code` is 0 where both were shown; `out` then ends with `after`, and is else what was on the screen. Screens move
    the cursor over blanks, so texts are compared without them.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = {**env, "TERM": "xterm-256color"}
    try:
        with subprocess.Popen(
            command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        ) as running:
            os.close(theirs)
            try:
                shown = _read(ours, lambda text: _shows(text, before))
                if _shows(shown, before):
                    os.write(ours, prompt.encode())
                    _read(ours, lambda text: _shows(text, prompt))
                    os.write(ours, b"\r")
                    shown = _read(ours, lambda text: _shows(text, after))
                    if _shows(shown, after):
                        return Ran(0, f"{shown}\n{after}", "")
                    return Ran(1, shown, f"never shown: {after}")
                return Ran(1, shown, f"never shown: {before}")
            finally:
                running.send_signal(signal.SIGTERM)
                try:
                    running.wait(10)
                except subprocess.TimeoutExpired:
                    running.kill()
    finally:
        os.close(ours)


def _shows(screen: str, text: str) -> bool:
    return "".join(text.split()) in "".join(screen.split())


def _read(terminal: int, enough: Callable[[str], bool]) -> str:
    """What is shown until it is `enough` and then nothing more comes for `QUIET`; or the program or the time ended."""
    raw, end = b"", time.monotonic() + TURN_SECONDS
    while time.monotonic() < end:
        ready = select.select([terminal], [], [], QUIET)[0]
        text = _CONTROL.sub(b"", raw).decode("utf-8", "replace")
        if not ready and enough(text):
            return text
        if ready:
            try:
                raw += os.read(terminal, 65536)
            except OSError:  # the program closed its side
                break
    return _CONTROL.sub(b"", raw).decode("utf-8", "replace")
