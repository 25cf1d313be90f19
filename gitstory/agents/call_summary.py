"""What readers do alike with the calls of tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gitstory.agents.json_values import compact, cut, first


def summary(given: Mapping[str, Any], names: Iterable[str], otherwise: str = "") -> str:
    """A call in short: the first of the arguments `names` that is a text, `otherwise`, or all arguments as JSON."""
    return cut(first(given, names) or otherwise or (compact(given) if given else ""))
