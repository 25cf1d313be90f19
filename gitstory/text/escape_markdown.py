"""Text of others as Markdown that cannot be taken for a heading, a link, a mention, an image or a command.

A backslash keeps Markdown from reading a character. It is gone when GitHub and GitLab look for references in what is
already rendered: names, issues, merge requests, milestones, labels, commits, emoji, addresses. A comment in the middle
of a reference parts it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gitstory.text.console import neutralise, neutralise_line
from gitstory.text.wording import one_line

_TICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"([\\`*_{}\[\]#!|<>~&@$]|(?<=[wW]{3})\.|^[-+=/])")
_MARK = "\0"
PARTED = "<!-- -->"
"""What parts a reference."""
_REFERENCE = re.compile(
    r"\[redacted:[a-z0-9-]{1,60}:\d{1,9}\]"  # no reference, but what stands for a secret: it stays readable
    r"|[@%~](?=[\w\"])|[#!&$](?=\d)"  # @name, %milestone and ~label; #1, !1, &1 and $1
    r"|:(?=//|[\w+-]+:)|(?<=[A-Za-z_]):(?=[\w\"])"  # addresses, :emoji:, mailto:name, [epic:1], *iteration:"name"
    r"|(?<=[wW]{3})\.|(?<=[A-Za-z])-(?=\d)"  # www.name, GH-1 and JIRA-1
)
_HASH = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{7,64}(?![0-9A-Za-z])")
_PIECE = 6
"""Digits of a commit's id that no forge takes for one."""
_COMMAND = re.compile(r"^ {0,3}/\w", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)])")


def span(text: str) -> str:
    """`text` as a code span on one line."""
    flat = one_line(neutralise_line(text))
    if "`" not in flat:
        return f"`{flat}`" if flat else ""
    ticks = "`" * (max((len(run) for run in _TICKS.findall(flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def fence(text: str, language: str = "text") -> str:
    """`text` as a fenced block, the fence longer than any in it."""
    safe = neutralise(text).strip("\n")
    ticks = "`" * max(max((len(run) for run in _TICKS.findall(safe)), default=0) + 1, 3)
    return f"{ticks}{language}\n{safe}\n{ticks}"


def plain(text: str) -> str:
    """`text` on one line with every character that Markdown reads escaped, and nobody mentioned in it."""
    return escaped(one_line(neutralise_line(text)))


def unlinked(line: str, rendered: Callable[[str], str]) -> str:
    """What `rendered` makes (Markdown or HTML) of a line, already neutralised, in which forges find no reference."""
    parted = _REFERENCE.sub(_part, _HASH.sub(_in_pieces, line))
    return rendered(parted).replace(_MARK, PARTED)


def _part(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith("[") else match[0] + _MARK


def _in_pieces(match: re.Match[str]) -> str:
    text = match[0]
    return _MARK.join(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


def escaped(line: str) -> str:
    """One line, already neutralised, with every character that Markdown reads escaped and no reference in it."""
    return unlinked(line, lambda parted: _NUMBERED.sub(r"\1\\", _SPECIAL.sub(r"\\\1", parted)))


def without_commands(block: str) -> str:
    """A block of a comment in which no line begins with `/close`: bots look for those in the bare text, in fences
    too."""
    return "\n".join(f"> {line}" for line in block.split("\n")) if _COMMAND.search(block) else block
