"""The value that stands behind a name and its separator: quoted, bare, tagged, or of an address."""

from __future__ import annotations

import re
from typing import NamedTuple

from gitstory.redact import plausible_secret

_OPEN = re.compile(r"""(?:[bBfFrRuUN@$]{1,2}(?=["']))?(\\{0,32}+(?:"{3}|'{3}|["'`]))""")
_BARE = re.compile(r"""[^\s"'`,;<>|&(){}\[\]\\\x00\x1b]{4,1000}""")
_BARE_ENV = re.compile(r"""[^\s"'`<>\\\x00\x1b;&|]{4,1000}""")
_BARE_URL = re.compile(r"""[^\s"'`<>\\\x00\x1b;&|,(){}\[\]#]{4,1000}""")
_TAGGED = re.compile(r"[^\s<>\x00]{4,1000}")
_ENV_START = re.compile(r"(?:^|\n|\\n|\x00)[ \t+>-]*(?:export[ \t]+|set[ \t]+|ENV[ \t]+|-[ \t]+|-e[ \t]+)?\Z")
_QUERY = frozenset("?&")
_STATED = re.compile(r"(?:^|[\n\s;])(?:set|setenv|#?define|const|let|local|global)[ \t]{1,8}[\w:.-]{0,40}\Z", re.I)
_OPENING = frozenset("\"'")
_LINE_STARTS = frozenset(["", "\n", '"', ">", " "])
_LINE_OVER = frozenset(["", "\n", "\r", "\\", '"'])
_WEAK = frozenset({"prose", "comma", "cell"})
_OPENERS = frozenset("bBfFrRuUN@$\\\"'`")
_BEFORE_ENV = frozenset("\nn\x00 \t+>-")


class Value(NamedTuple):
    """A value that begins at `first`: whether it is quoted, named weakly, and to be taken as it is."""

    first: int
    text: str
    quoted: bool
    weak: bool
    literal: bool


def value_beside(text: str, start: int, end: int, separator: re.Match[str], most: int) -> Value | None:
    flag = text.startswith("-", start) or (start > 1 and text.startswith(("--", " -"), start - 2))
    how, first = separator.lastgroup, separator.end()
    weak = (how in _WEAK and not (how == "comma" and text[start - 1 : start] == "{")) or (
        how == "space" and not flag and not _is_stated(text, start, first)
    )
    opened = _OPEN.match(text, first) if text[first : first + 1] in _OPENERS else None
    if opened is not None:
        first, quote = opened.end(), opened[1]
        last = text.find(quote, first, first + 2000)
        value = text[first:last]
        if last < 0 or "\n" in value or "\x00" in value:
            return None
    elif (how == "comma" and not text[start:end].isupper()) or (bare := _bare(text, start, separator, most)) is None:
        return None
    else:
        value = bare
    shouting = text[start:end].isupper()
    if weak and shouting and "_" in text[start:end] and plausible_secret.is_hex(value):
        weak = False
    literal = (
        shouting
        or flag
        or how == "tag"
        or text[start - 1 : start] in _QUERY
        or (opened is None and _is_setting(text, start, separator, first + len(value)))
    )
    return Value(first, value, opened is not None, weak, literal)


def _is_stated(text: str, start: int, first: int) -> bool:
    """Whether a value behind blanks is what a statement gives a name (`#define X "..."`), or a mail server is told."""
    if text[first : first + 1] in _OPENING:
        return _STATED.search(text, max(0, start - 20), start) is not None
    return text.startswith("PASS ", start) and text[start - 1 : start] in _LINE_STARTS


def _is_setting(text: str, start: int, separator: re.Match[str], end: int) -> bool:
    """Whether a line is `name=value` and nothing more, the value with a digit, as in files of settings."""
    return (
        separator[0] == "="
        and text[end : end + 1] in _LINE_OVER
        and text[start - 1 : start] in _LINE_STARTS - {" ", ">"}
        and any(map(str.isdigit, text[separator.end() : end]))
    )


def _bare(text: str, start: int, separator: re.Match[str], most: int) -> str | None:
    first = separator.end()
    if separator.lastgroup == "tag":
        pattern = _TAGGED
    elif start and text[start - 1] in "?&":
        pattern = _BARE_URL
    elif text[separator.start() : first] == "=" and _env(text, start, separator.start()):
        pattern = _BARE_ENV
    else:
        pattern = _BARE
    match = pattern.match(text, first, first + most)
    if match is None:
        return None
    if pattern is _BARE and text[match.end() : match.end() + 1] in ("(", "[", "{"):
        return None
    return match[0].rstrip(".,:!?") if pattern is not _BARE_ENV else match[0]


def _env(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is assigned to as in a shell or an `.env` file, where the whole word is the value."""
    if not start:
        return True
    if text[start - 1] not in _BEFORE_ENV:
        return False
    alone = text.endswith(("\n", "\x00", "export "), start - 7 if start > 7 else 0, start)
    return (alone or text[start:end].isupper()) and bool(
        _ENV_START.search(text[start - 12 if start > 12 else 0 : start])
    )
