"""All that a conversation changed, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from gitstory.model import Conversation, Edit, Turn
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.shared_page import edit_context, titled
from gitstory.summary.find_edit import sizes
from gitstory.summary.turn_labels import turn_label
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count

_MOST_EDITS = 400
"""Edits whose lines are shown."""


class FileEdits(Struct, frozen=True):
    """The edits of one file, in order, each with its turn."""

    path: str
    edits: tuple[tuple[Turn, Edit], ...]

    @property
    def lines(self) -> tuple[int, int]:
        """(added, deleted) lines, as far as they are recorded."""
        counted = [size for _, edit in self.edits if (size := sizes(edit)) is not None]
        return sum(added for added, _ in counted), sum(deleted for _, deleted in counted)


def edits_by_file(turns: Sequence[Turn]) -> list[FileEdits]:
    """The edits of turns that were not abandoned, by file, those changed first in front."""
    files: dict[str, list[tuple[Turn, Edit]]] = {}
    for turn in turns:
        for edit in () if turn.abandoned else turn.edits:
            if edit.moved_from in files:
                files[edit.path] = files.pop(edit.moved_from)
            files.setdefault(edit.path, []).append((turn, edit))
    return [FileEdits(path, tuple(edits)) for path, edits in files.items()]


def changes_page(conversation: Conversation, frame: Frame, json: str) -> str:
    """The page; whoever calls this has redacted the conversation."""
    files = edits_by_file(conversation.turns)
    left = _MOST_EDITS
    shown = []
    for file in files:
        shown.append(_file(file, conversation, frame, max(left, 0)))
        left -= len(file.edits)
    added, deleted = (sum(file.lines[at] for file in files) for at in (0, 1))
    edits = sum(len(file.edits) for file in files)
    first = next((turn.prompt for turn in conversation.turns if turn.prompt.strip()), "")
    return framed(
        frame,
        "changes.html",
        f"Changes: {titled(conversation.title or first) or agent_label(neutralise_line(conversation.agent))}",
        tab="conversations",
        json=json,
        back=frame.links.conversation(*conversation.key),
        facts=f"{count(len(files), 'file')} · +{added:,} −{deleted:,} · {count(edits, 'edit')}",
        files=shown,
    )


def _file(file: FileEdits, conversation: Conversation, frame: Frame, most: int) -> dict[str, Any]:
    added, deleted = file.lines
    return {
        "path": neutralise_line(file.path),
        "added": f"{added:,}",
        "deleted": f"{deleted:,}",
        "edits": [
            {
                "name": f"turn {turn.index}",
                "link": frame.links.conversation(*conversation.key, turn.index),
                "label": neutralise_line(turn_label(turn, conversation.turns, 120)),
                **edit_context(edit),
            }
            for turn, edit in file.edits[:most]
        ],
        "left": max(len(file.edits) - most, 0),
    }


def changes_object(conversation: Conversation) -> dict[str, Any]:
    """`gitstory.changes/1`."""
    return {
        "schema": "gitstory.changes/1",
        "agent": conversation.agent,
        "id": conversation.id,
        "files": [
            {"path": file.path, "edits": [_object(turn, edit) for turn, edit in file.edits]}
            for file in edits_by_file(conversation.turns)
        ],
    }


def _object(turn: Turn, edit: Edit) -> dict[str, Any]:
    size = sizes(edit)
    added, deleted = size if size is not None else (None, None)
    return {"turn": turn.index, "op": edit.op, "added": added, "deleted": deleted}
