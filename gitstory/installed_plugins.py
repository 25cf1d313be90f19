"""The names of installed entry points, without `importlib.metadata`, which takes 20 to 30 ms to import."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path


def entry_names(group: str) -> frozenset[str] | None:
    """The names in an entry-point group of all that is installed; None where only `importlib.metadata` can say: of
    archives and eggs, and where another finder of distributions is at work."""
    if any(hasattr(finder, "find_distributions") for finder in sys.meta_path if finder is not PathFinder):
        return None
    names: set[str] = set()
    for folder in sys.path:
        if folder.endswith(".egg") or Path(folder).is_file():
            return None
        for text in _entry_points_of(Path(folder)):
            names |= names_in(text, group)
    return frozenset(names)


def _entry_points_of(folder: Path) -> Iterator[str]:
    """The content of each file of entry points in a folder of distributions."""
    try:
        children = os.listdir(folder)  # noqa: PTH208 - names are enough, of hundreds
    except OSError:
        return
    for name in children:
        if name.lower().endswith((".dist-info", ".egg-info")):
            try:
                yield (folder / name / "entry_points.txt").read_text("utf-8", "replace")
            except OSError:
                continue


def names_in(text: str, group: str) -> set[str]:
    """The names that a file of entry points has in a group."""
    names: set[str] = set()
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
        elif section == group and line and not line.startswith("#"):
            names.add(line.partition("=")[0].strip())
    return names
