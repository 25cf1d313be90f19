"""What a pull brought and a push would take along, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count, listed, one_line, shorten

if TYPE_CHECKING:
    from gitstory.queries.push_preview import Absorbed, ConversationPreview, PushPreview
    from gitstory.store.sync.remote_erasures_to_confirm import Waiting
    from gitstory.store.sync.tombstone_losses import ErasedHere

_WIDTH = 72
_NAMED = 10
"""Stories, and conversations, named when the person is asked."""


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
    if absorbed.nothing and not absorbed.waiting:
        yield f"nothing new from {name}"


def erased(waiting: Waiting) -> str:
    """How much a remote would erase, in words."""
    parts = [
        count(number, *words)
        for number, *words in (
            (waiting.stories, "story", "stories"),
            (waiting.conversations, "conversation"),
            (waiting.turns, "turn"),
            (waiting.titles, "title"),
        )
        if number
    ]
    return listed(parts)


def erasures(name: str, waiting: Waiting, lost: ErasedHere, commits: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """What a remote would erase here, the first of each by name; `commits` are their authors and subjects."""
    yield f"{neutralise_line(name)} forgot or redacted what you have here: {erased(waiting)}"
    for commit in lost.stories[:_NAMED]:
        author, subject = commits.get(commit, ("", "a commit that is not here"))
        by = f"{author}: " if author else ""
        yield shorten(f"  story of {commit[:12]}  {neutralise_line(one_line(by + subject))}", _WIDTH)
    for (agent, _id), title in lost.conversations[:_NAMED]:
        shown = neutralise_line(one_line(title)) or "(no title)"
        yield shorten(f"  conversation of {neutralise_line(agent_label(agent))}: {shown}", _WIDTH)
    more = max(len(lost.stories) - _NAMED, 0) + max(len(lost.conversations) - _NAMED, 0)
    if more:
        yield f"  and {more:,} more"


def offered(where: str, leaves: PushPreview, *, public: bool, most: int | None = None) -> Iterator[str]:
    """What would leave this machine, at most `most` conversations by name."""
    yield f"To {neutralise_line(where)} would go, compressed, {_size(leaves.bytes)} of text:"
    yield f"  {count(leaves.stories, 'story', 'stories')} (which turns wrote which lines of which commits)"
    yield f"  {count(len(leaves.conversations), 'conversation')} with {count(leaves.turns, 'turn')}: " + _redacted(
        leaves.redactions
    )
    if leaves.tombstones:
        yield f"  {count(leaves.tombstones, 'thing')} to be forgotten there too"
    shown = leaves.conversations if most is None else leaves.conversations[:most]
    for item in shown:
        yield ""
        yield from _conversation_lines(item)
    if len(shown) < len(leaves.conversations):
        yield ""
        yield f"and {count(len(leaves.conversations) - len(shown), 'more conversation')} (--preview shows all)"
    yield ""
    yield "Everybody who can read the repository there will be able to read this."
    if public:
        yield "It can be read without logging in: that is anybody who can reach it."


def _conversation_lines(leaves: ConversationPreview) -> Iterator[str]:
    title = neutralise_line(one_line(leaves.title)) or "(no title)"
    yield shorten(f"{neutralise_line(agent_label(leaves.agent))}: {title}", _WIDTH)
    if leaves.prompt:
        yield "  " + shorten(f"“{neutralise_line(one_line(leaves.prompt))}”", _WIDTH - 2)
    more = "" if leaves.new else "more of it: "
    yield f"  {more}{count(leaves.turns, 'turn')}, {_size(leaves.bytes)}, {_redacted(leaves.redactions)}"


def _redacted(number: int) -> str:
    return f"{count(number, 'redaction')}" if number else "nothing redacted"


def _size(number: int) -> str:
    for unit, size in (("MB", 1_000_000), ("KB", 1000)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} bytes"
