"""Patterns as in .gitignore, from files that anybody may have committed: none takes long, whatever the path.

`pathspec` turns a pattern into a regular expression that tries all ways to divide a name between its stars. What is
before the last star of a name needs only the first way, as in `fnmatch` of the standard library: an atomic group says
so. Stars for folders (`**`) are few instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import AnyStr

MOST_FOLDER_STARS = 2
"""`**` of one pattern. The time grows with the length of the path to this power."""

MOST_SLOW = 50
"""Patterns with so many."""

LONGEST = 1000
"""Characters of one pattern."""

_PIECE = r"(?>\\.|\[\^/\](?!\*)|\[(?!\^/\])\^?\]?(?:\\.|[^\]\\])*\]|[^\[\]\\/()?*+|^$.])"
_STARS = re.compile(r"(?:\[\^/\]\*){2,}")
_BEFORE_A_STAR = re.compile(rf"\[\^/\]\*({_PIECE}++)(?=\[\^/\]\*)")
"""In an expression of `pathspec`: a star of a name and what follows it, before the next star of that name."""


def problem(patterns: Sequence[str]) -> str | None:
    """What is wrong with patterns: one is none, or they could take long."""
    from pathspec.patterns.gitignore import GitIgnorePatternError

    slow = 0
    for pattern in patterns:
        stars = pattern.count("**")
        slow += stars >= MOST_FOLDER_STARS
        if len(pattern) > LONGEST or stars > MOST_FOLDER_STARS:
            return f"patterns of at most {LONGEST} characters and {MOST_FOLDER_STARS} `**`"
        try:
            matcher([pattern])
        except (GitIgnorePatternError, re.error):
            return "patterns as in .gitignore"
    return f"at most {MOST_SLOW} patterns with {MOST_FOLDER_STARS} `**`" if slow > MOST_SLOW else None


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path of the repository is meant by patterns; the last that fits decides, as in .gitignore."""
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    class Quick(GitIgnoreSpecPattern):
        @classmethod
        def pattern_to_regex(cls, pattern: AnyStr) -> tuple[AnyStr | None, bool | None]:
            regex, include = super().pattern_to_regex(pattern)
            if isinstance(regex, str):
                regex = without_backtracking(regex)
            return regex, include

    return GitIgnoreSpec.from_lines(patterns, Quick).match_file


def without_backtracking(regex: str) -> str:
    """The expression, which matches the same names, with one way to divide a name between its stars."""
    return _BEFORE_A_STAR.sub(r"(?>[^/]*?\1)", _STARS.sub("[^/]*", regex))
