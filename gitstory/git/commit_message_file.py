"""The file of a commit message while git holds it out to hooks: what of it is message, and trailers put where git
looks for them.

git itself says what the last paragraph is (`interpret-trailers --parse`), but it does not write: adding by that command
would also follow the person's `trailer.*` rules, which may run commands and add unwanted lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gitstory.git.repo import Repo

_AUTO = b"#;@!$%^&|:"
"""What git chooses from where `core.commentChar` is `auto`."""
_NO_COMMENT = b"\x01"
"""Starts no line, for messages whose comments git keeps."""
_SCISSORS = re.compile(rb"^(\S+) -{24} >8 -{24}$", re.MULTILINE)


class MessageSettings(Struct, frozen=True):
    """`comment` is `core.commentChar` (or `core.commentString`); `edited` whether an editor is (or was) opened on the
    message, which is when git takes comments out of it."""

    comment: bytes = b"#"
    edited: bool = False


def settings(repo: Repo, *, edited: bool) -> MessageSettings:
    names = (b"core.commentchar", b"core.commentstring")
    values = [value for name, value in repo.settings.sections("core") if name in names]
    return MessageSettings(values[-1] if values and values[-1] else b"#", edited)


def comment_prefix(message: bytes, how: MessageSettings) -> bytes:
    """Pure: what comments of this message start with. `auto` is derived from the comments git has put there."""
    if not how.edited:
        return _NO_COMMENT
    if how.comment.lower() != b"auto":
        return how.comment
    cut = _SCISSORS.search(message)
    if cut is not None and cut[1] in [bytes([char]) for char in _AUTO]:
        return cut[1]
    last = next((line for line in reversed(message.split(b"\n")) if line.strip()), b"#")
    return last[:1] if last[:1] in _AUTO else b"#"


def divided(message: bytes, prefix: bytes) -> tuple[bytes, bytes]:
    """Pure: the message, and what follows it: blank lines, comments, and the diff below the scissors."""
    end = len(message)
    if prefix != _NO_COMMENT:
        cut = next((found for found in _SCISSORS.finditer(message) if found[1] == prefix), None)
        end = cut.start() if cut is not None else end
    lines = message[:end].splitlines(keepends=True)
    while lines and (not lines[-1].strip() or lines[-1].startswith(prefix)):
        lines.pop()
    head = b"".join(lines)
    return head, message[len(head) :]


def stripped_lines(message: bytes, prefix: bytes) -> bytes:
    """Pure: the lines of a message that git will keep, without the blank ones around them."""
    lines = (line for line in divided(message, prefix)[0].splitlines(keepends=True) if not line.startswith(prefix))
    return b"".join(lines).strip()


def with_trailers(repo: Repo, message: bytes, trailers: Sequence[bytes], how: MessageSettings) -> bytes:
    """`message` with those of `trailers` (lines without their end) that it has not got yet, in its last block."""
    prefix = comment_prefix(message, how)
    head, tail = divided(message, prefix)
    there = block(repo, head, prefix)
    new = [line for line in dict.fromkeys(trailers) if line not in there]
    if not new:
        return message
    gap = b"\n" if there else b"\n\n"
    lead = head.rstrip() + gap if head.strip() else b"\n"
    return lead + b"\n".join(new) + b"\n" + (tail.lstrip(b"\n") and b"\n" + tail.lstrip(b"\n"))


def block(repo: Repo, head: bytes, prefix: bytes) -> list[bytes]:
    """The trailers git finds at the end of a message, each on one line; none where it takes the end for text."""
    args = ("interpret-trailers", "--parse", "--no-divider")
    # Without the other one of the two, whichever of them the person has set would win over ours.
    own = ("-c", b"core.commentChar=" + prefix[:1], "-c", b"core.commentString=" + prefix)
    return repo.run(*own, *args, input=head.rstrip() + b"\n", check=False).stdout.splitlines()
