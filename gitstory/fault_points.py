"""Named points at which tests break the program, to show that nothing is lost there; and the listener of `--debug`.

Both cost a comparison unless somebody asked. `tell` is for the debug log (`git story --debug`), which says where the
program passes a point too.

`GITSTORY_FAULT=NAME` kills the process with SIGKILL where it passes the point NAME, with the one that waits for it;
`NAME=ALONE` only the worker itself. `NAME=SPIN` lets it compute there for ever, in C and with Python's lock held.
`NAME=ENOSPC` (any name of `errno`) makes the system refuse there, `NAME=RAISE` is a defect. `NAME@TEXT=...` strikes
only where the point is about something with TEXT in its name. docs/maintainers/faults.md lists the points; a test
fails if one is not tested. `GITSTORY_PATIENCE`: seconds without progress at that point that end a worker, for tests
that cannot wait; over all other steps a busy machine may take its time.
"""

from __future__ import annotations

import os
from collections.abc import Callable

VARIABLE = "GITSTORY_FAULT"

PATIENCE = "GITSTORY_PATIENCE"
_PLACE, _, _HOW = os.environ.get(VARIABLE, "").partition("=")
_NAME, _, _ABOUT = _PLACE.partition("@")
_beside: int | None = None


_listener: Callable[[str], None] | None = None
_starter: Callable[[str], None] | None = None


def point(name: str, about: str = "") -> None:
    """Does nothing unless a test asked for a fault here, or here where it is about something; `about` says what."""
    if _listener is not None:
        _listener(f"at {name}")
    if name == _NAME and _ABOUT in about:
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


def patience(usual: float, name: str, about: str) -> float:
    """Seconds without progress at a point that end a worker; `usual` unless a test asked for a fault there."""
    seconds = os.environ.get(PATIENCE, "")
    wanted = name == _NAME and _ABOUT in about and seconds.replace(".", "", 1).isdigit()
    return float(seconds) if wanted else usual


def beside(process: int) -> None:
    """This process works for `process`, and is killed together with it unless a test asks otherwise."""
    global _beside
    _beside = process


def _strike(name: str) -> None:
    import errno
    import signal

    kill = getattr(signal, "SIGKILL", signal.SIGTERM)
    if _HOW in ("", "SIGKILL"):
        if _beside is not None:
            os.kill(_beside, kill)
        os.kill(os.getpid(), kill)
    if _HOW == "ALONE":
        os.kill(os.getpid(), kill)
    if _HOW == "SPIN":
        _spin()
    if _HOW == "RAISE":
        raise ValueError(f"a defect at {name}")
    code = getattr(errno, _HOW)
    raise OSError(code, os.strerror(code), name)


def _spin() -> None:
    import re

    re.match("(a|a)*b", "a" * 200)
