"""What a pull brought and a push would take along, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitstory.text.console import neutralise_line
from gitstory.text.words import agent_label, count, listed, one_line, shorten

if TYPE_CHECKING:
    from gitstory.queries.push_preview import Absorbed, Leaves, Leaving

_WIDTH = 72


def pulled(name: str, absorbed: Absorbed) -> Iterator[str]:
    """What came from the remote `name`."""
    parts = []
    if absorbed.stories:
        parts.append(count(absorbed.stories, "story", "stories"))
    if absorbed.new_conversations:
        parts.append(count(absorbed.new_conversations, "new conversation"))
    if absorbed.grown_conversations:
        parts.append(f"more of {count(absorbed.grown_conversations, 'conversation')}")
    if absorbed.turns:
        parts.append(count(absorbed.turns, "turn"))
    if parts:
        yield f"from {name}: {listed(parts)}"
    if absorbed.buried:
        yield f"from {name}: {count(absorbed.buried, 'thing was', 'things were')} forgotten or redacted, here too now"
    if absorbed.nothing:
        yield f"nothing new from {name}"


def offered(where: str, leaves: Leaving, *, public: bool, most: int | None = None) -> Iterator[str]:
    """What would leave this machine, at most `most` conversations by name."""
    yield f"To {neutralise_line(where)} would go, compressed, {_size(leaves.bytes)} of text:"
    yield f"  {count(leaves.stories, 'story', 'stories')} (which turns wrote which lines of which commits)"
    yield f"  {count(len(leaves.conversations), 'conversation')} with {count(leaves.turns, 'turn')}: " + _redacted(
        leaves.redactions
    )
    if leaves.tombstones:
        yield f"  {count(leaves.tombstones, 'thing')} to be forgotten there too"
    shown = leaves.conversations if most is None else leaves.conversations[:most]
    for one in shown:
        yield ""
        yield from _one(one)
    if len(shown) < len(leaves.conversations):
        yield ""
        yield f"and {count(len(leaves.conversations) - len(shown), 'more conversation')} (--preview shows all)"
    yield ""
    yield "Everybody who can read the repository there will be able to read this."
    if public:
        yield "It can be read without logging in: that is anybody who can reach it."


def _one(one: Leaves) -> Iterator[str]:
    title = neutralise_line(one_line(one.title)) or "(no title)"
    yield shorten(f"{neutralise_line(agent_label(one.agent))}: {title}", _WIDTH)
    if one.prompt:
        yield "  " + shorten(f"“{neutralise_line(one_line(one.prompt))}”", _WIDTH - 2)
    more = "" if one.new else "more of it: "
    yield f"  {more}{count(one.turns, 'turn')}, {_size(one.bytes)}, {_redacted(one.redactions)}"


def _redacted(number: int) -> str:
    return f"{count(number, 'redaction')}" if number else "nothing redacted"


def _size(number: int) -> str:
    for unit, size in (("MB", 1_000_000), ("KB", 1000)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} bytes"
