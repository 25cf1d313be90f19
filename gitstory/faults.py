"""Named points at which tests break the program, to show that nothing is lost there. Free of charge otherwise.

`GITSTORY_FAULT=NAME` kills the process with SIGKILL where it passes the point NAME; `NAME=ENOSPC` (any name of
`errno`) makes the system refuse there. docs/faults.md lists the points; a test holds that none goes untested.
"""

from __future__ import annotations

import os

VARIABLE = "GITSTORY_FAULT"

_NAME, _, _HOW = os.environ.get(VARIABLE, "").partition("=")


def point(name: str) -> None:
    """Does nothing unless a test asked for a fault here; then the process dies, or OSError is raised."""
    if name == _NAME:
        _strike(name)


def _strike(name: str) -> None:
    import errno
    import signal

    if _HOW in ("", "SIGKILL"):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    code = getattr(errno, _HOW)
    raise OSError(code, os.strerror(code), name)
