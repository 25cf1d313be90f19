"""What `sed` and `perl` replace in a file, where a script has literal texts alone."""

from __future__ import annotations

from collections.abc import Sequence

from gitstory.model import Replacement

_BASIC = frozenset(".*[]^$")
_EXTENDED = _BASIC | frozenset("+?(){}|")
_PERL = _EXTENDED | frozenset("@")


def replacements(scripts: Sequence[str], kind: str = "basic") -> tuple[Replacement, ...]:
    """The replacements of `s/old/new/` and `s/old/new/g` scripts in order; none where one does anything else.

    `kind` is "basic", "extended" or "perl": which characters of a pattern are not themselves.
    """
    special = {"basic": _BASIC, "extended": _EXTENDED, "perl": _PERL}[kind]
    pairs: list[Replacement] = []
    for script in scripts:
        rest = script.strip()
        while rest:
            read = _first_command(rest, special, kind)
            if read is None:
                return ()
            pair, rest = read
            pairs.append(pair)
    return tuple(pairs)


def _first_command(script: str, special: frozenset[str], kind: str) -> tuple[Replacement, str] | None:
    """The first command of a script, and the scripts after it."""
    if len(script) < 4 or script[0] != "s" or script[1].isalnum() or script[1] in " \\\n{[(<":
        return None
    delimiter = script[1]
    parts, at = [], 2
    for _ in range(2):
        end = _end(script, at, delimiter)
        if end < 0:
            return None
        parts.append(script[at:end])
        at = end + 1
    every = script[at : at + 1] == "g"
    rest = script[at + every :].lstrip(" \t")
    old = _literal(parts[0], delimiter, special, kind)
    new = _literal(parts[1], delimiter, frozenset("&") if kind != "perl" else frozenset("$@"), kind)
    if rest[:1] not in ("", ";", "\n") or not old or new is None or "\n" in old:
        return None
    return Replacement(old, new, every, not every), rest[1:].lstrip()


def _end(script: str, at: int, delimiter: str) -> int:
    while at < len(script):
        if script[at] == "\\":
            at += 1
        elif script[at] == delimiter:
            return at
        at += 1
    return -1


def _literal(part: str, delimiter: str, special: frozenset[str], kind: str) -> str | None:
    """What a part stands for; None where it stands for more than one text."""
    kept: list[str] = []
    at = 0
    while at < len(part):
        char = part[at]
        if char == "\\":
            at += 1
            char = part[at : at + 1]
            # In a basic pattern `\+`, `\(` and the like are the special ones.
            if (
                not char
                or char.isalnum()
                or char == "\n"
                or (kind == "basic" and char in "+?(){}|<>'`" and char != delimiter)
            ):
                return None
        elif char in special:
            return None
        kept.append(char)
        at += 1
    return "".join(kept)
