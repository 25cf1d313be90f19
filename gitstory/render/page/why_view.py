"""Why lines are there: the answer of `git story why` as a piece of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gitstory.git.commit_details import path_text
from gitstory.git.log import text_of
from gitstory.queries.line_history import EarlierVersion
from gitstory.queries.reasons.choose import choose
from gitstory.queries.reasons.values import Reason
from gitstory.queries.why import Answer, WhyView
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.links import Links, lines_anchor, source_link
from gitstory.render.page.markdown_html import plain, prose
from gitstory.render.page.syntax_highlighting import highlighted_lines
from gitstory.render.page.templates import fill
from gitstory.render.reasons import label
from gitstory.summary.find_edit import window
from gitstory.summary.short_ids import short_id, turn_name
from gitstory.summary.turn_labels import turn_label
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, day, listed, local, recorder_label, shorten

_WIDEST = 1_000
"""Characters of a line of code that are shown here."""
_MOST_VERSIONS = 8
_MARKDOWN = ("answered-message", "approved-plan", "plan-file", "before-edit", "closing-answer")
"""Kinds of reasons that agents write as Markdown."""


def why_part(view: WhyView, links: Links) -> str:
    """The piece that a file's page shows beside its lines; what stood there before comes later, as `before_part`."""
    return fill("app/why_part.html", links=links, later=True, **_context(view, links))


def before_part(versions: Sequence[Sequence[EarlierVersion]], links: Links) -> str:
    """For each answer what stood in the place of its lines before."""
    shown = [[_version(one, links) for one in each[:_MOST_VERSIONS]] for each in versions]
    return fill("app/before_part.html", answers=shown)


def why_page(view: WhyView, frame: Frame, rev_name: str | None, json: str) -> str:
    """The same as a page of its own, for browsers without scripts."""
    title = f"{neutralise_line(view.target.path)}:{view.target.start}"
    back = frame.links.file(view.target.path, rev_name, view.target.start, view.target.end)
    context = _context(view, frame.links)
    return framed(frame, "why.html", title, tab="", json=json, back=back, later=False, **context)


def _context(view: WhyView, links: Links) -> dict[str, Any]:
    target = view.target
    return {
        "path": neutralise_line(target.path),
        "where": lines_anchor(target.start, target.end).removeprefix("#"),
        "answers": [_answer(answer, links) for answer in view.answers],
        "more": view.more,
    }


def _answer(answer: Answer, links: Links) -> dict[str, Any]:
    commit, owner, turn = answer.commit, answer.owner, answer.turn
    ids = {short_id(owner.conversation): owner.key} if owner is not None else {}
    reasons = choose(answer.reasons)
    label_of_turn = (
        turn_label(turn, answer.conversation.turns if answer.conversation else ()) if turn is not None else ""
    )
    return {
        "lines": [(line.line, _code(text_of(line.text))) for line in answer.lines[:6]],
        "more_lines": max(len(answer.lines) - 6, 0),
        "verdict": _verdict(answer),
        "recorded_by": recorder_label(answer.recorded_by) if answer.recorded_by else "",
        "agent": agent_label(neutralise_line(owner.agent)) if owner is not None else "",
        "turn": neutralise_line(turn_name(owner.conversation, turn.index if turn is not None else None))
        if owner is not None
        else "",
        "turn_link": links.conversation(*owner.key, turn.index if turn is not None else None)
        if owner is not None
        else "",
        "label": "" if _repeated(label_of_turn, reasons) else neutralise_line(label_of_turn),
        "when": local(turn.time, commit.zone, "%Y-%m-%d %H:%M") if turn is not None else "",
        "uncommitted": commit.uncommitted,
        "commit": commit.oid[:10],
        "commit_link": "" if commit.uncommitted else links.commit(commit.oid),
        "subject": neutralise_line(commit.summary),
        "author": neutralise_line(commit.author),
        "day": day(commit.time, commit.zone),
        "reasons": [
            {
                "label": label(reason),
                "speaker": reason.speaker,
                "html": prose(reason.text) if reason.kind in _MARKDOWN else plain(reason.text),
                "markdown": reason.kind in _MARKDOWN,
                "source": neutralise_line(reason.source),
                "link": source_link(links, reason.source, ids),
            }
            for reason in reasons
        ],
        "edit": list(_edit(answer)),
        "words": _words(answer, links),
        "after": [
            {
                "index": each.turn.index,
                "what": "correction" if each.correction else "edited the file again",
                "label": neutralise_line(
                    turn_label(each.turn, answer.conversation.turns if answer.conversation else ())
                ),
                "link": links.conversation(*owner.key, each.turn.index) if owner is not None else "",
            }
            for each in answer.after
        ],
        "versions": [_version(one, links) for one in answer.versions[:_MOST_VERSIONS]],
    }


def _repeated(label: str, reasons: Sequence[Reason]) -> bool:
    """Whether a reason that is quoted says what the label of the turn does."""
    words = " ".join(label.split()).rstrip("…")
    return bool(words) and any(words in " ".join(reason.text.split()) for reason in reasons)


def _verdict(answer: Answer) -> str:
    """Why no turn is named; "" where one is."""
    if answer.turn is not None:
        return ""
    if answer.owner is not None:
        return "The text of the turn that wrote this is not stored here."
    if answer.commit.uncommitted:
        return "Not committed yet, and no conversation on this machine wrote it."
    if answer.has_story:
        return "Unattributed: the commit has a story, but no conversation wrote this line."
    return "Unattributed: no conversation is recorded for this commit."


def _words(answer: Answer, links: Links) -> dict[str, Any]:
    """What git says of a line without a turn."""
    words = answer.words
    if words is None:
        return {}
    return {
        "message": plain("\n".join(words.message)) if len(words.message) > 1 else "",
        "co_authors": neutralise_line(listed(list(words.co_authors))),
        "conversations": [
            (
                neutralise_line(each.title) or short_id(each.link.conversation),
                links.conversation(each.link.agent, each.link.conversation),
            )
            for each in words.conversations
        ],
        "turns": [
            (turn.name, plain(turn.label), links.conversation(turn.agent, turn.conversation, turn.index))
            for turn in words.turns
        ],
    }


def _code(text: str) -> str:
    return neutralise_line(text.removesuffix("\r").expandtabs(4))[:_WIDEST]


def _edit(answer: Answer) -> Iterator[tuple[str, str, str]]:
    """(class, sign, code) of the lines of the edit around those asked for."""
    if answer.edit is None or answer.edit.hunk is None:
        return
    lines, _, _ = window(answer.edit.hunk, [text_of(line.text) for line in answer.lines], 4)
    shown: Sequence[str] = lines[:16]
    code = highlighted_lines([_code(line[1:]) for line in shown], answer.edit.path)
    for line, html in zip(shown, code, strict=True):
        yield {"+": "add", "-": "del"}.get(line[:1], "same"), line[:1].strip(), html


def _version(version: EarlierVersion, links: Links) -> dict[str, Any]:
    commit, first = version.commit, version.lines[0]
    path = path_text(first.path)
    who = (
        agent_label(neutralise_line(version.owner.agent))
        if version.owner is not None
        else neutralise_line(commit.author)
    )
    what = turn_label(version.turn) if version.turn is not None else commit.summary
    return {
        "link": links.file(path, commit.oid, first.orig_line, version.lines[-1].orig_line),
        "turn_link": links.conversation(*version.owner.key, version.turn.index)
        if version.owner is not None and version.turn is not None
        else "",
        "who": who,
        "day": day(commit.time, commit.zone),
        "commit": commit.oid[:10],
        "what": shorten(neutralise_line(what), 120),
        "code": _code(text_of(first.text)),
        "place": f"{neutralise_line(path)}:{first.orig_line}",
    }
