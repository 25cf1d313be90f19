"""A list of conversations, a line each; and as JSON."""

from __future__ import annotations

from typing import Any

from gitstory.queries.conversations import Listing, Row
from gitstory.render.console import Console, neutralise_line
from gitstory.render.words import agent_label, count, local, padded, rfc3339, shorten

SCHEMA = "gitstory.conversations/1"


def conversation_object(row: Row) -> dict[str, Any]:
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


def _line(row: Row, ids: int, labels: int, zone: int, console: Console) -> str:
    head = padded(neutralise_line(row.short), ids)
    label = padded(agent_label(neutralise_line(row.agent)), labels)
    # What the list is sorted by; a conversation that goes on for days began long before.
    when = local(row.updated if row.updated is not None else row.started, zone, "%Y-%m-%d %H:%M") or "-"
    linked = count(len(row.commits), "commit") if row.commits else "not linked"
    facts = f"{when:<16}  {count(row.turns, 'turn'):>9}  {linked:<11}"
    gone = "" if row.local else "(only stored) "
    room = max(console.width - ids - labels - len(facts) - 6, 24)
    said = shorten(gone + neutralise_line((row.title or row.prompt)[:600]), room)
    if row.place:
        said = f"{said}\n{' ' * (ids + 2)}{console.paint(neutralise_line(row.place), 'dim')}"
    return f"{console.paint(head, 'yellow')}  {console.paint(label, 'cyan')}  {facts}  {said}".rstrip()
