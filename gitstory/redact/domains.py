"""Domain names: the registry's top-level domains, and where a name in a text ends."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from gitstory.redact import word_lists

_NAME = re.compile(r"[^\W_][\w-]{0,62}+(?:\.[^\W_][\w-]{0,62}+){1,8}+")


@lru_cache(maxsize=1)
def top_domains() -> frozenset[str]:
    """Every top-level domain, and the endings that networks of companies use."""
    lines = Path(__file__).with_name("top_domains.txt").read_text("utf-8").split("\n")
    return frozenset(line for line in lines if line and line[0] != "#") | word_lists.INTERNAL


def domain_at(text: str, at: int) -> str | None:
    """The longest domain name that begins at `at`: `example.org` of `example.org.Then`; None where none does."""
    match = _NAME.match(text, at)
    return _up_to_top(match[0]) if match is not None else None


@lru_cache(maxsize=1 << 12)
def _up_to_top(name: str) -> str | None:
    labels = name.split(".")
    if "_" in labels[-1] or labels[-1].endswith("-"):
        labels[-1] = ""  # the name of something else: what follows a dot is no part of it
    while len(labels) > 1:
        if labels[-1].lower() in top_domains():
            return ".".join(labels)
        labels.pop()
    return None
