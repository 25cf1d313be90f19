"""The page of a conversation: it reads like a document, with the commits of each turn beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gitstory.queries.share import SharedConversation, SharedPage
from gitstory.render.page.control_view import Button
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.links import Links
from gitstory.render.page.shared_page import Looks, commit_context, titled, turn_context
from gitstory.summary.short_ids import short_id
from gitstory.summary.turn_labels import turn_label
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count, local

TURNS = 100
"""Turns on part page of a long conversation."""
_LISTED = 400
"""Turns in the list of contents."""
_BEFORE = 8
"""Turns ahead of one that may say what it is about."""


def conversation_page(
    what: SharedPage,
    frame: Frame,
    start: int,
    stored: bool,
    json: str,
    looks: Looks | None = None,
    buttons: Sequence[Button] = (),
    most: int = TURNS,
) -> str:
    """At most `most` turns from position `start` (from 0) on; whoever calls this has redacted them."""
    [part] = what.conversations
    return framed(
        frame,
        "conversation.html",
        _title(part),
        tab="conversations",
        json=json,
        **pieces(what, frame.links, start, looks or Looks(), most),
        stored=stored,
        buttons=buttons if _is_plain(part.conversation.id) else (),
        target=part.conversation.id,
    )


def _is_plain(name: str) -> bool:
    """Whether a conversation can be named on a command line."""
    return neutralise_line(name) == name and not name.startswith("-") and " " not in name


def _title(part: SharedConversation) -> str:
    conversation = part.conversation
    first = next((each.turn.prompt for each in part.turns if each.turn.prompt.strip()), "")
    return titled(conversation.title or first) or agent_label(neutralise_line(conversation.agent))


def pieces(what: SharedPage, links: Links, start: int, looks: Looks, most: int) -> dict[str, Any]:
    """What the page shows, as values for a template."""
    [part] = what.conversations
    conversation, key = part.conversation, part.conversation.key
    commits = {info.oid: {**commit_context(info), "link": links.commit(info.oid)} for info in what.commits}
    shown = part.turns[start : start + most]
    everything = [each.turn for each in part.turns]
    first = max(min(start - _LISTED // 2, len(everything) - _LISTED), 0)
    return {
        "agent": agent_label(neutralise_line(conversation.agent)),
        "name": neutralise_line(short_id(conversation.id)),
        "id": neutralise_line(conversation.id),
        "facts": list(_facts(part)),
        "turns": [turn_context(conversation, each, commits, looks) for each in shown],
        "listed": [
            {
                "index": turn.index,
                "label": neutralise_line(turn_label(turn, everything[max(first + at - _BEFORE, 0) : first + at], 80))
                or count(turn.images, "image"),
                "link": f"#turn-{turn.index}"
                if start <= first + at < start + most
                else links.conversation(*key, turn.index),
            }
            for at, turn in enumerate(everything[first : first + _LISTED])
        ],
        "left": len(everything) - min(len(everything), _LISTED),
        "commits": list(commits.values()),
        "changes": links.conversation(*key).replace("/conversation/", "/changes/", 1)
        if links.live and any(turn.edits for turn in everything)
        else "",
        "earlier": links.conversation(*key, everything[max(start - most, 0)].index) if start else "",
        "later": links.conversation(*key, everything[start + most].index) if start + most < len(everything) else "",
    }


def _facts(part: SharedConversation) -> list[str]:
    conversation = part.conversation
    turns = count(part.turns_in_all, "turn")
    models = ", ".join(neutralise_line(model) for model in conversation.models[:3])
    begun = local(conversation.started, 0, "%Y-%m-%d %H:%M")
    tokens = conversation.tokens
    return [
        *([models] if models else []),
        *([f"{begun} UTC"] if begun else []),
        turns,
        *([f"{tokens.output:,} tokens written"] if tokens is not None else []),
    ]
