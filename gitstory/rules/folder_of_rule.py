"""The folder that a rule's turns edited in. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gitstory.rules.values import Directive

_DEEPEST = 2
_SHARE = 0.9
_FEWEST_FILES = 3


def scope_of(directives: Sequence[Directive]) -> str:
    """The deepest folder (two levels at most) that nearly all edited files are in; "" for the whole repository.

    Few files say nothing about where else a directive holds, and a directive for every place holds everywhere.
    """
    paths = sorted({path for directive in directives for path in directive.paths})
    if len(paths) < _FEWEST_FILES or any(directive.form == "everywhere" for directive in directives):
        return ""
    scope = ""
    for depth in range(1, _DEEPEST + 1):
        folders = Counter("/".join(path.split("/")[:depth]) for path in paths if path.count("/") >= depth)
        folder, count = folders.most_common(1)[0] if folders else ("", 0)
        if count < _SHARE * len(paths):
            break
        scope = folder
    return scope
