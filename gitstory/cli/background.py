"""A command that runs in the background: in a session of its own, with low priority."""

from __future__ import annotations

import os
from contextlib import suppress


def detach() -> None:
    """Leave the terminal's session and lower the priority, where the system has these."""
    if hasattr(os, "setsid"):
        with suppress(OSError):
            os.setsid()
        with suppress(OSError):
            os.nice(10)
