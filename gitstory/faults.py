"""Named points at which tests break the program, to show that nothing is lost there; and whom to tell what is done.

Both cost a comparison unless somebody asked. `tell` is for the debug log (`git story --debug`), which says where the
program passes a point too.

`GITSTORY_FAULT=NAME` kills the process with SIGKILL where it passes the point NAME; `NAME=ENOSPC` (any name of
`errno`) makes the system refuse there. docs/faults.md lists the points; a test holds that none goes untested.
"""

from __future__ import annotations

import os
from collections.abc import Callable

VARIABLE = "GITSTORY_FAULT"

_NAME, _, _HOW = os.environ.get(VARIABLE, "").partition("=")


_listener: Callable[[str], None] | None = None
_starter: Callable[[str], None] | None = None


def point(name: str) -> None:
    """Does nothing unless a test asked for a fault here; then the process dies, or OSError is raised."""
    if _listener is not None:
        _listener(f"at {name}")
    if name == _NAME:
        _strike(name)


def tell(text: str, *values: object) -> None:
    """A line for the debug log, `text % values`; it is redacted there. Says nothing unless somebody listens."""
    if _listener is not None:
        _listener(text % values if values else text)


def listening() -> bool:
    return _listener is not None


def listen(listener: Callable[[str], None] | None) -> None:
    """Tell `listener` from now on; None: nobody."""
    global _listener
    _listener = listener


def starter(start: Callable[[str], None]) -> None:
    """`start` is called with what the settings say of debugging, when they are read."""
    global _starter
    _starter = start


def wanted(how: str) -> None:
    """The settings were read, and say this of debugging."""
    if how and _starter is not None and _listener is None:
        _starter(how)


def _strike(name: str) -> None:
    import errno
    import signal

    if _HOW in ("", "SIGKILL"):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    code = getattr(errno, _HOW)
    raise OSError(code, os.strerror(code), name)
