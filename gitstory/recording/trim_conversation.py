"""A conversation as it is kept: what a reader of the story wants, without the bulk of the transcript.

Tool output is cut, file contents become hunks, paths become the repository's. This runs before redaction, on text that
is still secret; what it returns goes to `redact` and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeGuard

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gitstory.attribution.conversation_trace import whole_texts
from gitstory.attribution.diff_hunks import hunks_between
from gitstory.attribution.repository_of_path import normal
from gitstory.model import Call, Conversation, Edit, Hunk, Mark, Say, Step, Think, Turn

Detail = Literal["prompts", "prompts+answers", "full"]

_LONGEST_EDIT = 64_000
"""Characters kept of one edit's hunks; a generated file says no more after that."""
_LONGEST_TEXT = 32_000
_LONGEST_INPUT = 4_000
_LONGEST_HELPER_TEXT = 4_000
"""Characters kept of one sentence or thought of a subagent."""
_LONGEST_EXPANSION = 4_000
"""Characters kept of what a slash command or skill stands for."""
_HELPERS_SHARE, _HELPERS_AT_LEAST = 0.2, 8_000
"""What subagents say and think may take of a conversation: this share of the rest, and so many characters anyway."""
_SHORTER = (2_000, 1_000, 500, 250, 120)
_LONGEST_QUESTION = 1_000
_LONGEST_TODO = 300
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
    contents: dict[str, str] = {}
    turns = _with_short_helpers([_turn(turn, keep, relative, contents) for turn in conversation.turns])
    return replace(conversation, turns=turns, source="", title=cut(conversation.title, 200))


def _turn(turn: Turn, keep: Keep, relative: Callable[[str], str | None], contents: dict[str, str]) -> Turn:
    tasks = {step.call: step.task for step in turn.steps if isinstance(step, Mark) and step.call and step.task}
    stripped = (_without_task(step, tasks) for step in turn.steps)
    steps = tuple(kept for step in stripped if (kept := _step(step, keep, relative, contents)) is not None)
    expanded = "" if keep.detail == "prompts" else cut(turn.expanded, _LONGEST_EXPANSION)
    return replace(turn, steps=steps, prompt=cut(turn.prompt, _LONGEST_TEXT), expanded=expanded)


def _without_task(step: Step, tasks: Mapping[str, str]) -> Step:
    """The call that started a subagent, without the task that the subagent's mark holds as well."""
    task = tasks.get(step.id) if isinstance(step, Call) and step.id else None
    return replace(step, input=_without_value(step.input, task)) if isinstance(step, Call) and task else step


def _step(step: Step, keep: Keep, relative: Callable[[str], str | None], contents: dict[str, str]) -> Step | None:
    match step:
        case Say():
            return None if keep.detail == "prompts" else replace(step, text=_words(step))
        case Think():
            kept = keep.thinking and keep.detail == "full"
            return replace(step, text=_words(step)) if kept else None
        case Call():
            # The edits' texts build on one another, so they are followed even where the call is not kept.
            kept_edits = [_edit(edit, relative, contents) for edit in step.edits]
            edits = tuple(edit for edit in kept_edits if not keep.ignored(edit.path))
            return _call(step, edits, keep) if keep.detail == "full" else None
        case _:
            return _mark(step, keep)


def _with_short_helpers(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns with subagents' sentences and thoughts cut until they are no more than a part of the whole."""
    size = sum(len(step.text) for turn in turns for step in turn.steps if _is_helpers(step))
    room = _HELPERS_AT_LEAST + _HELPERS_SHARE * (sum(map(_size, turns)) - size)
    for limit in _SHORTER:
        if size <= room:
            break
        turns = [
            replace(turn, steps=tuple(_shortened(step, limit) if _is_helpers(step) else step for step in turn.steps))
            for turn in turns
        ]
        size = sum(len(step.text) for turn in turns for step in turn.steps if _is_helpers(step))
    return tuple(turns)


def _is_helpers(step: Step) -> TypeGuard[Say | Think]:
    return isinstance(step, Say | Think) and step.agent is not None


def _shortened(step: Say | Think, limit: int) -> Say | Think:
    """A thought in at most about `limit` characters, a sentence in twice as many."""
    return replace(step, text=cut(step.text, limit if isinstance(step, Think) else 2 * limit))


def _size(turn: Turn) -> int:
    """Characters of a turn's texts, about."""
    size = len(turn.prompt) + len(turn.expanded)
    for step in turn.steps:
        if isinstance(step, Call):
            size += len(step.input) + len(step.output) + len(step.plan)
            size += sum(len(line) for edit in step.edits for hunk in edit.hunks for line in hunk.lines)
        else:
            size += len(step.text)
    return size


def _words(step: Say | Think) -> str:
    return cut(step.text, _LONGEST_TEXT if step.agent is None else _LONGEST_HELPER_TEXT)


def _mark(mark: Mark, keep: Keep) -> Mark:
    """Where only prompts are kept, of a mark only the person's words: questions, options and tasks are the agent's."""
    text = cut(mark.text, _LONGEST_INPUT)
    if keep.detail == "prompts":
        return replace(mark, text=text, question="", option="", task="")
    return replace(
        mark,
        text=text,
        question=cut(mark.question, _LONGEST_QUESTION),
        option=cut(mark.option, _LONGEST_QUESTION),
        task=cut(mark.task, _LONGEST_TEXT),
    )


def _call(call: Call, edits: tuple[Edit, ...], keep: Keep) -> Call:
    output = cut(call.output, keep.output) if is_shell(call.tool) or call.failed else ""
    given = _without_value(call.input, call.plan) if call.plan else call.input
    return replace(
        call,
        edits=edits,
        input=cut(given, _LONGEST_INPUT),
        output=output,
        plan=cut(call.plan, _LONGEST_TEXT),
        todo=cut(call.todo, _LONGEST_TODO) if edits else "",
    )


def _without_value(given: str, text: str) -> str:
    """JSON of a call's arguments without those whose value is `text`, which is kept elsewhere; other text as it is."""
    try:
        contents = msgspec.json.decode(given)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return given
    if not isinstance(contents, dict):
        return "" if given.strip() == text.strip() else given
    kept = {key: value for key, value in contents.items() if not _is_same(value, text)}
    return given if len(kept) == len(contents) else msgspec.json.encode(kept).decode() if kept else ""


def _is_same(value: object, text: str) -> bool:
    return isinstance(value, str) and value.strip() == text.strip()


def is_shell(tool: str) -> bool:
    """Whether an agent's tool runs commands, by its name."""
    return any(word in tool.lower() for word in _SHELLS)


def _edit(edit: Edit, relative: Callable[[str], str | None], contents: dict[str, str]) -> Edit:
    path = normal(edit.path)
    before, after = whole_texts(edit, contents.get(path))
    if after is not None:
        contents[path] = after
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
    at = min((place for mark in ("\n", " ") if (place := rest.find(mark)) >= 0), default=len(rest))
    tail = rest[at + 1 :]
    return f"{head}\n[... {len(text) - len(head) - len(tail)} characters left out ...]\n{tail}"


def _whole_words(text: str) -> str:
    """Without the last word, which may be incomplete."""
    at = max(text.rfind("\n"), text.rfind(" "))
    return text[:at] if at >= 0 else ""
