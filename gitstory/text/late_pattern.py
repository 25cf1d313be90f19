"""Regular expressions that are compiled when they are first used. Pure.

Compiling the expressions of all modules that an answer may need takes longer than reading a record, and most answers
need few of them.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _LatePattern:
    """Stands for a pattern: the first use of any of its methods compiles it."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._arguments = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        pattern, flags = self._arguments
        value = getattr(re.compile(pattern, flags), name)
        setattr(self, name, value)
        return value


def late_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile(pattern, flags)`, put off until the pattern is used. For names of a module only."""
    return cast(re.Pattern[str], _LatePattern(pattern, int(flags)))
