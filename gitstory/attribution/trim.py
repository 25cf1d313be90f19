"""A conversation as it is kept: what a reader of the story wants, without the bulk of the transcript.

Tool output is cut, file contents become hunks, paths become the repository's. This runs before redaction, on text that
is still secret; what it returns goes to `redact` and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from gitstory.attribution.line_runs import hunks_between
from gitstory.attribution.path_match import normal
from gitstory.attribution.trace import whole_texts
from gitstory.model import Call, Conversation, Edit, Hunk, Say, Step, Think, Turn

Detail = Literal["prompts", "prompts+answers", "full"]

_LONGEST_EDIT = 64_000
"""Characters kept of one edit's hunks; a generated file says no more after that."""
_LONGEST_TEXT = 32_000
_LONGEST_INPUT = 4_000
_GAP = 60
_CUT = re.compile(r"\n\[\.\.\. \d+ characters left out \.\.\.\]\n")
"""What was cut already (a conversation of the archive) is not cut again: the count would be that of the second time."""
_SHELLS = ("bash", "shell", "exec", "terminal", "run_", "powershell", "command")


class Keep(Struct, frozen=True):
    """How much is kept: the level, thinking or not, characters of each shell command's output, paths left alone."""

    detail: Detail = "full"
    thinking: bool = True
    output: int = 1_500
    ignored: Callable[[str], bool] = lambda path: False


def distill(conversation: Conversation, keep: Keep, relative: Callable[[str], str | None]) -> Conversation:
    """`relative` gives a path's name in the repository, None for one outside."""
    known: dict[str, str] = {}
    turns = tuple(_turn(turn, keep, relative, known) for turn in conversation.turns)
    return replace(conversation, turns=turns, source="", title=cut(conversation.title, 200))


def _turn(turn: Turn, keep: Keep, relative: Callable[[str], str | None], known: dict[str, str]) -> Turn:
    steps = tuple(kept for step in turn.steps if (kept := _step(step, keep, relative, known)) is not None)
    return replace(turn, steps=steps, prompt=cut(turn.prompt, _LONGEST_TEXT))


def _step(step: Step, keep: Keep, relative: Callable[[str], str | None], known: dict[str, str]) -> Step | None:
    match step:
        case Say():
            return None if keep.detail == "prompts" else replace(step, text=cut(step.text, _LONGEST_TEXT))
        case Think():
            kept = keep.thinking and keep.detail == "full"
            return replace(step, text=cut(step.text, _LONGEST_TEXT)) if kept else None
        case Call():
            # The edits' texts build on one another, so they are followed even where the call is not kept.
            made = [_edit(edit, relative, known) for edit in step.edits]
            edits = tuple(edit for edit in made if not keep.ignored(edit.path))
            return _call(step, edits, keep) if keep.detail == "full" else None
        case _:
            return replace(step, text=cut(step.text, _LONGEST_INPUT))


def _call(call: Call, edits: tuple[Edit, ...], keep: Keep) -> Call:
    output = cut(call.output, keep.output) if is_shell(call.tool) or call.failed else ""
    return replace(call, edits=edits, input=cut(call.input, _LONGEST_INPUT), output=output)


def is_shell(tool: str) -> bool:
    """Whether an agent's tool runs commands, by its name."""
    return any(word in tool.lower() for word in _SHELLS)


def _edit(edit: Edit, relative: Callable[[str], str | None], known: dict[str, str]) -> Edit:
    path = normal(edit.path)
    before, after = whole_texts(edit, known.get(path))
    if after is not None:
        known[path] = after
    if after is not None and (before is not None or not edit.hunks):
        hunks = hunks_between(before or "", after)
    else:
        pairs = () if edit.source == "shell" else edit.replacements
        hunks = edit.hunks or tuple(hunk for pair in pairs for hunk in _unplaced(hunks_between(pair.old, pair.new)))
    moved = edit.moved_from
    return replace(
        edit,
        path=relative(path) or path,
        moved_from=(relative(normal(moved)) or moved) if moved else None,
        before=None,
        after=None,
        replacements=(),
        hunks=_bounded(hunks),
    )


def _unplaced(hunks: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    return tuple(Hunk(0, 0, hunk.lines) for hunk in hunks)


def _bounded(hunks: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    room = _LONGEST_EDIT
    kept: list[Hunk] = []
    for hunk in hunks:
        size = sum(map(len, hunk.lines))
        if size > room:
            break
        kept.append(hunk)
        room -= size
    if not kept and hunks:
        # Whole lines or none: half a token would pass redaction.
        lines = tuple(
            line if len(line) <= 500 else f"{line[0]}[a line of {len(line) - 1} characters left out]"
            for line in hunks[0].lines[: _LONGEST_EDIT // 500]
        )
        kept.append(Hunk(hunks[0].old_start, hunks[0].new_start, lines))
    return tuple(kept)


def cut(text: str, limit: int) -> str:
    """At most about `limit` characters: the head and the tail, with the gap counted in words.

    Cuts fall on white space: half a password looks like nothing, and redaction, which comes after, would let it pass.
    A tail without any white space is left out.
    """
    if len(text) <= limit or (len(text) <= limit + _GAP and _CUT.search(text)):
        return text
    head = _whole_words(text[: limit * 2 // 3])
    rest = text[len(text) - (limit - limit * 2 // 3) :]
    at = min((found for mark in ("\n", " ") if (found := rest.find(mark)) >= 0), default=len(rest))
    tail = rest[at + 1 :]
    return f"{head}\n[... {len(text) - len(head) - len(tail)} characters left out ...]\n{tail}"


def _whole_words(text: str) -> str:
    """Without the word at the end, which may go on."""
    at = max(text.rfind("\n"), text.rfind(" "))
    return text[:at] if at >= 0 else ""
