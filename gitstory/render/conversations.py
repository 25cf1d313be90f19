"""A list of conversations, a line each; and as JSON."""

from __future__ import annotations

from typing import Any

from gitstory.queries.conversations import ConversationRow, Listing
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import agent_label, count, local, padded, rfc3339, shorten

SCHEMA = "gitstory.conversations/1"
_FACTS = 44
"""Columns of the time, turns and commits with the space before them."""
_LEAST_ROOM = 40
"""Columns for the title beside the facts; on a screen with fewer, it gets a line of its own."""


def conversation_object(row: ConversationRow) -> dict[str, Any]:
    """`gitstory.conversations/1`: one row."""
    return {
        "schema": SCHEMA,
        "agent": row.agent,
        "id": row.id,
        "title": row.title,
        "prompt": row.prompt,
        "started": rfc3339(row.started),
        "updated": rfc3339(row.updated),
        "turns": row.turns,
        "commits": list(row.commits),
        "place": row.place,
        "stored": row.stored,
        "local": row.local,
    }


def write_conversations(listing: Listing, console: Console, zone: int) -> None:
    """Write the rows; times in `zone` (minutes east of UTC)."""
    if not listing.rows:
        console.line("no conversation of this repository is stored or on this machine; --all looks at all repositories")
        return
    ids = max(len(row.short) for row in listing.rows)
    labels = max(len(agent_label(neutralise_line(row.agent))) for row in listing.rows)
    for row in listing.rows:
        console.line(_line(row, ids, labels, zone, console))
    if listing.more:
        console.line(console.paint(f"and {listing.more:,} more (-n 0 lists them)", "dim"))


def _line(row: ConversationRow, ids: int, labels: int, zone: int, console: Console) -> str:
    head = padded(neutralise_line(row.short), ids)
    label = padded(agent_label(neutralise_line(row.agent)), labels)
    # What the list is sorted by; a conversation that goes on for days began long before.
    when = local(row.updated if row.updated is not None else row.started, zone, "%Y-%m-%d %H:%M") or "-"
    linked = count(len(row.commits), "commit") if row.commits else "not linked"
    if console.screen and console.width < ids + labels + _FACTS:
        when = when[:10]  # the day alone
    facts = f"{when:<{10 if len(when) == 10 else 16}}  {count(row.turns, 'turn'):>9}  {linked:<11}"
    gone = "" if row.local else "(only stored) "
    text = gone + neutralise_line((row.title or row.prompt)[:600])
    room = console.width - ids - labels - len(facts) - 6
    below = console.screen and room < _LEAST_ROOM
    words = shorten(text, console.width - ids - 2 if below else max(room, _LEAST_ROOM))
    words = f"\n{' ' * (ids + 2)}{words}" if below else words
    if row.place:
        words = f"{words}\n{' ' * (ids + 2)}{console.paint(neutralise_line(row.place), 'dim')}"
    first = f"{console.paint(head, 'yellow')}  {console.paint(label, 'cyan')}  {facts}"
    return (first.rstrip() + words if words.startswith("\n") else f"{first}  {words}").rstrip()
