"""Lists: commits with their conversations, and conversations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from gitstory.queries.conversations import Listing
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.links import Links
from gitstory.summary.commit_story import CommitView, ConversationView, TurnView
from gitstory.summary.evidence_in_words import evidence_words
from gitstory.summary.short_ids import turn_name
from gitstory.summary.turn_labels import handed_over
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, ago, count, day, local, shorten

_TURNS = 3


class Window(Struct, frozen=True):
    """A part of a long list: rows `start` (from 0) on, of `total`; `query` are the filters its links keep."""

    start: int
    size: int
    total: int
    query: dict[str, str]


def commit_row(view: CommitView, links: Links) -> dict[str, Any]:
    """A commit in a list, with the turns that hold evidence."""
    commit = view.commit
    return {
        "link": links.commit(commit.oid),
        "short": commit.oid[:8],
        "subject": neutralise_line(commit.subject) or "(no message)",
        "author": neutralise_line(commit.author),
        "day": day(commit.time, commit.zone),
        "when": local(commit.time, commit.zone, "%Y-%m-%d %H:%M"),
        "ago": ago(commit.time),
        "talks": [_talk(each, view, links) for each in view.conversations],
        "signed": [each.agent for each in view.signed],
    }


def _talk(each: ConversationView, view: CommitView, links: Links) -> dict[str, Any]:
    turns = [turn for turn in each.turns if turn.link.evidence != "context"]
    return {
        "agent": agent_label(neutralise_line(each.link.agent)),
        "evidence": evidence_words(each, view),
        "link": links.conversation(each.link.agent, each.link.conversation),
        "turns": [_turn(each, turn, links) for turn in turns[:_TURNS]],
        "more": max(len(turns) - _TURNS, 0),
    }


def _turn(each: ConversationView, turn: TurnView, links: Links) -> dict[str, Any]:
    return {
        "name": neutralise_line(turn_name(each.link.conversation, turn.link.index)),
        "index": turn.link.index,
        "label": shorten(neutralise_line(turn.label), 140) or "text of the turn not stored",
        "link": links.conversation(each.link.agent, each.link.conversation, turn.link.index),
        "correction": turn.correction,
    }


def timeline_page(views: Iterable[CommitView], window: Window, frame: Frame, agents: list[str], json: str) -> str:
    """Commits, the newest first. `agents` are those each can choose."""
    rows = [commit_row(view, frame.links) for view in views]
    labels = [(name, agent_label(neutralise_line(name))) for name in agents]
    return framed(
        frame, "commits.html", "Timeline", tab="commits", json=json, rows=rows, agents=labels, **_paged(window, frame)
    )


def _paged(window: Window, frame: Frame, page: str = "commits") -> dict[str, Any]:
    last = min(window.start + window.size, window.total)
    older = str(last) if last < window.total else ""
    newer = str(max(window.start - window.size, 0)) if window.start else ""
    return {
        "query": window.query,
        "total": window.total,
        "range": f"{window.start + 1:,} to {last:,} of {window.total:,}" if window.total else "none",
        "older": frame.links.page(page, **{**window.query, "start": older}) if older else "",
        "newer": frame.links.page(page, **{**window.query, "start": newer}) if newer else "",
        "all": frame.links.page(page),
    }


def conversations_page(listing: Listing, frame: Frame, agents: list[str], query: dict[str, str], json: str) -> str:
    """Conversations, the each active last first."""
    links = frame.links
    rows = [
        {
            "link": links.conversation(row.agent, row.id),
            "agent": agent_label(neutralise_line(row.agent)),
            "short": neutralise_line(row.short),
            "title": shorten(neutralise_line(row.title or handed_over(row.prompt) or row.prompt), 160) or "(no prompt)",
            "when": local(row.updated if row.updated is not None else row.started, 0, "%Y-%m-%d %H:%M"),
            "ago": ago(row.updated or row.started or 0.0) if row.updated or row.started else "",
            "turns": count(row.turns, "turn"),
            "commits": count(len(row.commits), "commit") if row.commits else "not linked",
            "linked": bool(row.commits),
            "state": "" if row.stored else "not stored",
            "gone": not row.local,
        }
        for row in listing.rows
    ]
    labels = [(name, agent_label(neutralise_line(name))) for name in agents]
    more = {**query, "n": str(len(rows) * 2)}
    return framed(
        frame,
        "conversations.html",
        "Conversations",
        tab="conversations",
        json=json,
        rows=rows,
        agents=labels,
        query=query,
        more=listing.more,
        more_link=links.page("conversations", **more) if listing.more and links.live else "",
        all=links.page("conversations"),
    )
