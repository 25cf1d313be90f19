"""What goes on in a process of its own beside the test: forked from it, with all modules loaded, instead of a Python
that is started and loads them anew."""

from __future__ import annotations

import importlib
import os
import traceback
from collections.abc import Callable

from gitstory import fault_points, safe_open


def begun(action: Callable[[], int | None], *, fault: str = "") -> int:
    """The id of a process that does `action`, with what it prints thrown away; ends with its number, 0 for None.

    `fault`: as GITSTORY_FAULT (`gitstory.fault_points`).
    """
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        errors = os.dup(2)
        for stream, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
            os.dup2(os.open(os.devnull, mode), stream)
        if fault:
            os.environ[fault_points.VARIABLE] = fault
            importlib.reload(fault_points)
        with safe_open.apart():
            code = action() or 0
    except BaseException:  # noqa: BLE001 - no code of the test is to see it
        os.write(errors, traceback.format_exc().encode())
    finally:
        os._exit(code)


def ended(process: int) -> int:
    """Its exit code, negative for a signal, once it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
