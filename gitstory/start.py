"""The first module of the program: what has to be settled before anything else is imported.

Ctrl-C while modules load ends the program silently, as it ends a program in C, instead of printing where Python was.
In a locale without UTF-8 (`LC_ALL=C` with `PYTHONUTF8=0`, ISO 8859-1) Python would decode git's paths by that locale;
the program then starts itself again in UTF-8 mode.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what `signal` wraps in enums, which take a millisecond
import gc
import os
import sys

_ALLOCATIONS = 100_000
"""Objects that Python makes until it looks for cycles among them: at its own 700 it looks ten times while modules load,
which is a twentieth of what a short command takes."""


def main() -> int:
    """Run `git story` on the command line of this process and return its exit code."""
    gc.set_threshold(_ALLOCATIONS)
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        interruptible = True
    else:
        interruptible = False
    if os.name == "posix" and _signal.getsignal(_signal.SIGCHLD) is _signal.SIG_IGN:
        # As a service may hand it down. No child could be waited for, and each git would seem to succeed.
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        # Never without either: a work tree's files would be imported.
        alone = "-I" if sys.flags.isolated else "-P"
        os.execv(sys.executable, [sys.executable, alone, "-X", "utf8", "-m", "gitstory", *sys.argv[1:]])
    from gitstory.cli.main import run

    if interruptible:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    return run()
