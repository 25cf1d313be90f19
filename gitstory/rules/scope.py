"""The folder that a rule's turns edited in. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gitstory.rules.values import Wish

_DEEPEST = 2
_SHARE = 0.9
_FEWEST_FILES = 3


def scope_of(wishes: Sequence[Wish]) -> str:
    """The deepest folder (two levels at most) that nearly all edited files are in; "" for the whole repository.

    Few files say nothing about where else a wish holds, and a wish for every place holds everywhere.
    """
    paths = sorted({path for wish in wishes for path in wish.paths})
    if len(paths) < _FEWEST_FILES or any(wish.form == "everywhere" for wish in wishes):
        return ""
    scope = ""
    for depth in range(1, _DEEPEST + 1):
        folders = Counter("/".join(path.split("/")[:depth]) for path in paths if path.count("/") >= depth)
        folder, count = folders.most_common(1)[0] if folders else ("", 0)
        if count < _SHARE * len(paths):
            break
        scope = folder
    return scope
