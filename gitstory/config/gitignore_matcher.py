"""Patterns as in .gitignore, from files that anybody may have committed: none takes long, whatever the path.

`pathspec` turns a pattern into a regular expression that tries all ways to divide a name between its stars. What is
before the last star of a name needs only the first way, as in `fnmatch` of the standard library: an atomic group says
so. Stars for folders (`**`) are few instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import AnyStr

MOST_FOLDER_STARS = 2
"""`**` of one pattern. The time grows with the length of the path to this power."""

MOST_SLOW = 50
"""Patterns with so many."""

LONGEST = 1000
"""Characters of one pattern."""

_STAR = "[^/]*"
"""What `pathspec` makes of a star in a name."""

_NOT_OF_A_NAME = frozenset("/()?*+|^$.")
"""Characters of an expression of `pathspec`, not escaped, at which a name ends."""


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
    done: list[str] = []
    star: int | None = None  # where the last star of this name is in `done`
    for token in _tokens(regex):
        if token == _STAR:
            if star is not None and star == len(done) - 1:
                continue
            if star is not None:
                done[star] = "(?>[^/]*?"
                done.append(")")
            star = len(done)
        elif token in _NOT_OF_A_NAME:
            star = None
        done.append(token)
    return "".join(done)


def _tokens(regex: str) -> Iterator[str]:
    """A star, a character (escaped or not), or a set of characters, one after the other."""
    at = 0
    while at < len(regex):
        end = at + 1
        if regex.startswith(_STAR, at):
            end = at + len(_STAR)
        elif regex[at] == "\\":
            end = at + 2
        elif regex[at] == "[":
            end += regex[end] == "^"
            end += regex[end] == "]"
            while regex[end] != "]":
                end += 1 + (regex[end] == "\\")
            end += 1
        yield regex[at:end]
        at = end
