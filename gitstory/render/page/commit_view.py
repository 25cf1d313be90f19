"""The page of a commit: its turns, and its diff with the turn of each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from gitstory.git.diff import FileDiff
from gitstory.git.log import text_of
from gitstory.queries.commit_page import CommitPage, LineOwners
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.links import Links
from gitstory.render.page.markdown_html import plain
from gitstory.render.page.syntax_highlighting import highlighted_lines
from gitstory.render.page.turn_legend import Owner, Owners
from gitstory.sources.story_source import TurnRef
from gitstory.summary.closing_answers import one_line_answer
from gitstory.summary.commit_story import CommitView, ConversationView, TurnView
from gitstory.summary.evidence_in_words import evidence_words
from gitstory.summary.short_ids import short_id
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count, local, recorder_label, signer_label

_WIDEST = 2_000
"""Characters of a line of a diff that are shown."""


def commit_html(page: CommitPage, frame: Frame, json: str = "") -> str:
    """The whole page."""
    view = page.view
    return framed(
        frame, "commit.html", neutralise_line(view.commit.subject), tab="commits", json=json, **pieces(page, frame)
    )


def pieces(page: CommitPage, frame: Frame) -> dict[str, Any]:
    """What the page of a commit shows, as values for a template."""
    view, links = page.view, frame.links
    conversations = {each.conversation.key: each.conversation for each in view.conversations if each.conversation}
    owners = Owners(links, conversations)
    talks = [_conversation(each, view, owners, links) for each in view.conversations]
    diffs = [
        diff_context(each, page.owners or LineOwners(view.story), owners, view.commit.oid, links) for each in page.diffs
    ]
    return {
        "commit": _commit(view, links),
        "talks": talks,
        "signed": [f"{signer_label(each.agent)}{f' ({each.model})' if each.model else ''}" for each in view.signed],
        "diffs": diffs,
        "left_out": [
            {"path": neutralise_line(each.path), "added": each.added, "deleted": each.deleted} for each in page.left_out
        ],
        "facts": _facts(view),
        "explain": links.page(f"explain/{view.commit.oid}") if links.live else "",
    }


def _commit(view: CommitView, links: Links) -> dict[str, Any]:
    commit = view.commit
    carried = view.story.carried_from if view.story is not None else ()
    return {
        "oid": commit.oid,
        "short": commit.oid[:10],
        "subject": neutralise_line(commit.subject),
        "body": plain(commit.body) if commit.body else "",
        "author": neutralise_line(commit.author),
        "when": local(commit.time, commit.zone, "%Y-%m-%d %H:%M"),
        "parents": [(oid[:10], links.commit(oid)) for oid in commit.parents],
        "tree": links.file("", commit.oid) if links.live else "",
        "carried": [oid[:10] for oid in carried],
        "reverts": [(one.oid[:10], links.commit(one.oid)) for one in view.reverts],
    }


def _facts(view: CommitView) -> str:
    explained = sum(file.explained for file in view.files)
    parts = [count(len(view.files), "file"), f"+{view.added:,} −{view.deleted:,}"]
    if view.added:
        parts.append(f"{explained:,} of {count(view.added, 'added line')} attributed")
    if view.false:
        parts.append(f"{count(view.false, 'recorded line')} unsupported by the content")
    return " · ".join(parts)


def _conversation(linked: ConversationView, view: CommitView, owners: Owners, links: Links) -> dict[str, Any]:
    link = linked.link
    title = linked.conversation.title if linked.conversation is not None else ""
    return {
        "agent": agent_label(neutralise_line(link.agent)),
        "title": neutralise_line(title) or f"conversation {neutralise_line(short_id(link.conversation))}",
        "link": links.conversation(link.agent, link.conversation),
        "evidence": evidence_words(linked, view),
        "recorded_by": recorder_label(link.recorded_by) if link.recorded_by else "",
        "turns": [_turn(link.agent, link.conversation, each, owners) for each in linked.turns if not _is_context(each)],
        "context": [_turn(link.agent, link.conversation, each, owners) for each in linked.turns if _is_context(each)],
    }


def _is_context(each: TurnView) -> bool:
    return each.link.evidence == "context"


def _turn(agent: str, id: str, each: TurnView, owners: Owners) -> dict[str, Any]:
    owner = owners.of(TurnRef(agent, id, each.link.id), each.turn)
    answer = one_line_answer(each.turn) if each.turn is not None else ""
    return {
        "owner": owner,
        "label": neutralise_line(each.label) or owner.label,
        "prompt": plain(each.turn.prompt[:4_000]) if each.turn is not None else "",
        "answer": neutralise_line(answer),
        "evidence": each.link.evidence,
        "lines": each.link.lines,
        "correction": each.correction,
        "context": _is_context(each),
    }


def diff_context(
    diff: FileDiff, lines: LineOwners, owners: Owners, oid: str, links: Links, anchor: str = ""
) -> dict[str, Any]:
    """The diff of one file, as values for a template."""
    return {
        "path": neutralise_line(diff.path),
        "anchor": anchor or f"f-{hash_of(diff.path)}",
        "link": links.file(diff.path, oid) if diff.op != "deleted" else "",
        "moved_from": neutralise_line(diff.old_path or ""),
        "op": diff.op,
        "binary": diff.binary,
        "rows": Markup("").join(_rows(diff, lines, owners)),
    }


def hash_of(path: str) -> int:
    """A number for a path, the same in every process."""
    from zlib import crc32

    return crc32(path.encode("utf-8", "surrogateescape"))


def _rows(diff: FileDiff, lines: LineOwners, owners: Owners) -> Iterator[Markup]:
    for at, hunk in enumerate(diff.hunks):
        if at or hunk.heading:
            heading = neutralise_line(text_of(hunk.heading))[:200]
            yield Markup('<tr class="gap"><td colspan="4">⋯ {}</td></tr>\n').format(heading)
        shown = [neutralise_line(text_of(line.text).removesuffix("\r").expandtabs(4))[:_WIDEST] for line in hunk.lines]
        for line, code in zip(hunk.lines, highlighted_lines(shown, diff.path), strict=True):
            ref = lines.of(diff.path, line)
            owner = owners.of(ref) if ref is not None else None
            yield _row(line.kind, line.old, line.new, code, owner)


def _row(kind: str, old: int, new: int, code: Markup, owner: Owner | None) -> Markup:
    name = {"+": "add", "-": "del"}.get(kind, "same")
    mark = "" if kind == " " else f" {owner.classes}" if owner is not None else " u"
    number = f' data-o="{owner.number}"' if owner is not None else ""
    what = _title(kind, owner)
    sign = {"+": "+", "-": "−"}.get(kind, "")
    return Markup(
        f'<tr class="{name}{mark}"{number}{what}><td class="g"></td><td class="n">{new or old}</td>'
        f'<td class="sign">{sign}</td><td class="code">{code}</td></tr>\n'
    )


def _title(kind: str, owner: Owner | None) -> str:
    if kind == " ":
        return ""
    verb = "written" if kind == "+" else "removed"
    words = f"{verb} by {owner.agent} {owner.name}: {owner.label}" if owner is not None else f"{verb}: unattributed"
    return f' title="{escape(words[:300])}"'
