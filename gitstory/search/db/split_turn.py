"""A redacted turn as the passages that can be found. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitstory.model import Call, Edit, Say, Think, Turn
from gitstory.search.db.schema import ROLES
from gitstory.summary.turn_labels import explaining, is_explained, turn_label
from gitstory.summary.typed_while_working import prompt_words

_MOST = {"prompt": 40_000, "answer": 40_000, "thinking": 20_000, "tool": 12_000, "edit": 24_000}
"""Characters of a turn that are looked through in one role. What was cut is in the record all the same."""
_OUTPUT = 1_000
_INPUT = 2_000
_BEGINNING = 400


def passages(turn: Turn) -> Iterator[tuple[int, str]]:
    """(number of the role, text) of a turn, empty ones left out."""
    by_role: dict[str, list[str]] = {
        "prompt": [prompt_words(turn)],
        "answer": [],
        "thinking": [],
        "tool": [],
        "edit": [],
    }
    for step in turn.steps:
        if isinstance(step, Say):
            by_role["answer"].append(step.text)
        elif isinstance(step, Think):
            by_role["thinking"].append(step.text)
        elif isinstance(step, Call):
            by_role["tool"].append("\n".join(filter(None, (step.tool, step.input[:_INPUT], step.output[:_OUTPUT]))))
            by_role["edit"] += [_edit(edit) for edit in step.edits]
    for role, texts in by_role.items():
        text = "\n\n".join(text for text in texts if text.strip())[: _MOST[role]]
        if text:
            yield ROLES.index(role), text


def _edit(edit: Edit) -> str:
    lines = (line[1:] for hunk in edit.hunks for line in hunk.lines if line[:1] in "+-")
    return "\n".join([edit.path, *lines])


def paths(turn: Turn) -> set[str]:
    """The files it edited."""
    return {path for edit in turn.edits for path in (edit.path, edit.moved_from) if path}


def beginning(text: str) -> str:
    """Of a prompt, as much as a list shows."""
    return text.strip()[:_BEGINNING]


def label(turn: Turn, turns: Mapping[int, Turn], *, whole: bool = True) -> str:
    """What a list names a turn by, "" where that is the beginning of its prompt; `turns` are its conversation's.

    Where they are not the `whole` of it, a turn between that is missing could be the one that explains a prompt.
    """
    wanted = explaining(turn)
    others = [turns[number] for number in wanted if number in turns]
    text = turn_label(turn, others if whole or len(others) == len(wanted) else ())
    return text if is_explained(turn, text) else ""
