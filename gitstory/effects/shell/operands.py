"""The words of a simple command: its program, its options and its operands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from gitstory.effects.shell.command_parser import Word

KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "elif",
        "fi",
        "while",
        "until",
        "do",
        "done",
        "esac",
        "!",
        "{",
        "}",
        "time",
        "sudo",
        "command",
        "nohup",
    ]
)
_HEADERS = frozenset(("for", "case", "select", "function"))
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def program(words: Sequence[Word]) -> Sequence[Word]:
    """`words` from the program on: keywords, assignments and harmless wrappers before it are left out."""
    for index, word in enumerate(words):
        if word.text in _HEADERS:
            break
        if word.text not in KEYWORDS and not _ASSIGNMENT.match(word.text) and word.text != "env":
            return words[index:]
    return ()


def operands(words: Sequence[Word], valued: frozenset[str] = frozenset()) -> list[Word]:
    """The arguments that are not options; `valued` are options that take the next word along."""
    listed: list[Word] = []
    skip = only = False
    for word in words:
        if skip:
            skip = False
        elif only or not word.text.startswith("-") or word.text == "-":
            listed.append(word)
        elif word.text == "--":
            only = True
        else:
            skip = word.text in valued
    return listed


def option_values(words: Sequence[Word], short: str, long: str) -> list[Word]:
    """What the options `short` and `long` are given."""
    later = [after for word, after in pairwise(words) if word.text in (short, long)]
    return later + [Word(w.text[len(long) + 1 :], w.exact) for w in words if w.text.startswith(f"{long}=")]


def has_option(words: Sequence[Word], *options: str) -> bool:
    return any(word.text in options for word in words)
