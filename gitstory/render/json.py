"""The JSON that scripts read (docs/cli.md): one object a line, keys in the documented order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from gitstory.git.commit_details import path_text
from gitstory.git.log import text_of
from gitstory.model import Range, Turn
from gitstory.text.invisible_characters import UNSAFE, escaped
from gitstory.text.wording import rfc3339

if TYPE_CHECKING:  # each command loads only its own query
    from gitstory.queries.blame import BlameView
    from gitstory.queries.commit_behind_line import CommitConversation, CommitWords
    from gitstory.queries.line_history import EarlierVersion
    from gitstory.queries.why import Answer, WhyView
    from gitstory.summary.coauthors import Signed
    from gitstory.summary.commit_story import CommitView, ConversationView
    from gitstory.summary.find_edit import MadeEdit

STORY_SCHEMA = "gitstory.story/1"
WHY_SCHEMA = "gitstory.why/1"

_SURROGATES = re.compile("[\ud800-\udfff]")


def dump(value: Any) -> str:
    """One line of JSON. Bytes that are no UTF-8 (in paths) become the replacement character.

    Characters that a terminal obeys, no reader sees or some programs take for line ends are escaped: the value is the
    same, and a line stays one.
    """
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        text = msgspec.json.encode(_printable(value)).decode()
    return text if text.isascii() and "\x7f" not in text else UNSAFE.sub(escaped, text)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATES.sub("�", value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return value


def story_object(view: CommitView) -> dict[str, Any]:
    """`gitstory.story/1`."""
    story = view.story
    return {
        "schema": STORY_SCHEMA,
        "commit": view.commit.oid,
        "subject": view.commit.subject,
        "conversations": [_conversation(each) for each in view.conversations],
        "files": [
            {
                "path": file.path,
                "ranges": [_range(each) for each in file.ranges],
                "removed": [_range(each) for each in file.removed],
            }
            for file in (story.files if story is not None else ())
        ],
        "carried_from": list(story.carried_from) if story is not None else [],
        **({"took_part": [_signed(one) for one in view.signed]} if view.signed else {}),
    }


def _signed(signer: Signed) -> dict[str, Any]:
    return {"agent": signer.agent, "model": signer.model or None, "by": signer.where}


def _conversation(each: ConversationView) -> dict[str, Any]:
    stored = each.conversation
    fields: dict[str, Any] = {
        "agent": each.link.agent,
        "id": each.link.conversation,
        "title": stored.title if stored is not None else "",
        "models": list(stored.models) if stored is not None else [],
        "evidence": each.link.evidence,
        "lines": each.link.lines,
        "turns": [
            {
                "id": view.link.id,
                "index": view.link.index,
                "time": rfc3339(view.turn.time) if view.turn is not None else None,
                "prompt": view.turn.prompt if view.turn is not None else None,
                "evidence": view.link.evidence,
            }
            for view in each.turns
        ],
    }
    if each.link.recorded_by:
        fields |= {"recorded_by": each.link.recorded_by, "recorded_in": each.link.recorded_in}
        if stored is not None and stored.source:
            fields["turns_from"] = stored.source
    return fields


def _range(each: Range) -> dict[str, Any]:
    # Another tool's record may name a conversation without telling which turn it was.
    return {"start": each.start, "end": each.end, "conversation": each.conversation, "turn": each.turn or None}


def blame_lines(view: BlameView) -> Iterator[str]:
    """One JSON object a line of the file."""
    for at, (line, owner) in enumerate(zip(view.blame.lines, view.owners, strict=True)):
        turn = view.turn_of(at)
        fields: dict[str, Any] = {
            "line": line.line,
            "commit": line.commit,
            "orig_line": line.orig_line,
            "text": text_of(line.text),
            "agent": owner.agent if owner is not None else None,
            "conversation": owner.conversation if owner is not None else None,
            "turn": (owner.turn or None) if owner is not None else None,
            "prompt": turn.prompt if turn is not None else None,
        }
        if by := view.recorded_by(at):
            fields["recorded_by"] = by
        yield dump(fields)


def why_object(view: WhyView) -> dict[str, Any]:
    """`gitstory.why/1`."""
    from gitstory.render.reasons import reason_object

    target = view.target
    return {
        "schema": WHY_SCHEMA,
        "path": target.path,
        "rev": target.rev,
        "start": target.start,
        "end": target.end,
        "answers": [_answer(answer) for answer in view.answers],
        "more": view.more,
        "reasons": [reason_object(reason) for answer in view.answers for reason in answer.reasons],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    from gitstory.render.reasons import reason_object

    owner, turn, commit = answer.owner, answer.turn, answer.commit
    return {
        "recorded": owner is not None,
        "lines": [{"line": line.line, "text": text_of(line.text)} for line in answer.lines],
        "commit": commit.oid,
        "subject": commit.summary,
        "author": commit.author,
        "date": rfc3339(commit.time),
        "has_story": answer.has_story,
        "agent": owner.agent if owner is not None else None,
        "conversation": owner.conversation if owner is not None else None,
        "title": answer.conversation.title if answer.conversation is not None else None,
        "turn": _turn(turn) if turn is not None else {"id": owner.turn} if owner is not None and owner.turn else None,
        "reason": _reason(answer.edit),
        "edit": _edit(answer),
        "after": [{**_turn(each.turn), "correction": each.correction, "edited": each.edited} for each in answer.after],
        "lives": [_life(life) for life in answer.versions],
        "reasons": [reason_object(reason) for reason in answer.reasons],
        **({"recorded_by": answer.recorded_by} if answer.recorded_by else {}),
        **({"message": _words(answer.words)} if answer.words is not None else {}),
    }


def _words(words: CommitWords) -> dict[str, Any]:
    return {
        "text": "\n".join(words.message),
        "co_authors": list(words.co_authors),
        "numbers": list(words.numbers),
        "conversations": [_commit_conversation(each) for each in words.conversations],
        "diff": list(words.hunk),
    }


def _commit_conversation(each: CommitConversation) -> dict[str, Any]:
    link = each.link
    edited = [{"name": turn.name, "index": turn.index, "label": turn.label} for turn in each.turns]
    return {
        "agent": link.agent,
        "id": link.conversation,
        "evidence": link.evidence,
        **({"title": each.title} if each.title else {}),
        **({"edited_file": edited} if edited else {}),
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {"id": turn.id, "index": turn.index, "time": rfc3339(turn.time), "prompt": turn.prompt}


def _reason(edit: MadeEdit | None) -> dict[str, str] | None:
    if edit is None or edit.reason is None:
        return None
    return {"kind": edit.reason.kind, "text": edit.reason.text}


def _edit(answer: Answer) -> dict[str, Any] | None:
    edit = answer.edit
    if edit is None:
        return None
    from gitstory.summary.find_edit import window

    diff: list[str] | None = None
    if edit.hunk is not None:
        diff = list(window(edit.hunk, [text_of(line.text) for line in answer.lines])[0])
    return {"path": edit.path, "tool": edit.tool, "input": edit.input, "subagent": edit.agent, "diff": diff}


def _life(life: EarlierVersion) -> dict[str, Any]:
    return {
        "commit": life.commit.oid,
        "subject": life.commit.summary,
        "author": life.commit.author,
        "date": rfc3339(life.commit.time),
        "path": path_text(life.lines[0].path),
        "lines": [{"line": line.orig_line, "text": text_of(line.text)} for line in life.lines],
        "agent": life.owner.agent if life.owner is not None else None,
        "conversation": life.owner.conversation if life.owner is not None else None,
        "turn": (life.owner.turn or None) if life.owner is not None else None,
        "prompt": life.turn.prompt if life.turn is not None else None,
    }
