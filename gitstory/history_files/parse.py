"""From a history file to the conversation in it, as far as a file for people contains it.

The inverse of `history_files.render`: turns with their prompts, answers and edits. Tools' output, thinking and the ids
of turns are not read. What was said cannot pass for a heading or an edit: it stands escaped, or in a fence.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator, Sequence
from itertools import pairwise
from time import strptime
from urllib.parse import unquote

from msgspec import Struct

from gitstory.model import Call, Conversation, Edit, Hunk, Say, Turn
from gitstory.text.escape_markdown import PARTED

_HEADER = re.compile(r"^<!-- gitstory history 1 (\S+) (\S+) -->$")
_TURN = re.compile(r"^## Turn (\d{1,9})$")
_FENCE = re.compile(r"^(`{3,}+)(\S*+)$")
_TIME = re.compile(r"^\*(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")
_EDIT = re.compile(r"^- (Created|Edited|Deleted|Moved) (`{1,20})(?!`)( ?)(.+?)\3\2(?!`)")
_SIZES = re.compile(r"^(?: from `.*`)? \+\d+ -\d+")
_MODEL = re.compile(r"`([^`]+)`")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SPAN = re.compile(r"((?<![\\`])`++[^`]++`++)")  # possessive: a file may be made to be slow
_OPS = {"Created": "create", "Edited": "modify", "Deleted": "delete", "Moved": "rename"}


class _Block(Struct, frozen=True):
    """A heading or paragraph (`lines`), or what stands in a fence of the language `fence`."""

    lines: tuple[str, ...]
    fence: str | None = None


def turn_name(index: int) -> str:
    """Replaces a turn's id, which a history file does not contain."""
    return f"turn-{index}"


def read_history(text: str) -> Conversation | None:
    """The conversation of a file of ours; None for any other text (and for other formats)."""
    lines = text.split("\n")
    header = _HEADER.match(lines[0])
    if header is None:
        return None
    blocks = list(_blocks(lines[1:]))
    starts = [at for at, one in enumerate(blocks) if one.fence is None and _TURN.match(one.lines[0])]
    turns = [_turn(blocks[start:end]) for start, end in pairwise([*starts, len(blocks)])]
    head = [one for one in blocks[: starts[0] if starts else len(blocks)] if one.fence is None]
    title = next((one.lines[0][2:] for one in head if one.lines[0].startswith("# ")), "")
    facts = next((one.lines[0] for one in head if one.lines[0].startswith("- ")), "")
    times = [turn.time for turn in turns if turn.time is not None]
    return Conversation(
        agent=unquote(header[1]),
        id=unquote(header[2]),
        turns=tuple({turn.index: turn for turn in turns}.values()),
        title=_unescaped(title),
        models=tuple(_MODEL.findall(facts)),
        started=min(times, default=None),
        updated=max(times, default=None),
    )


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    """The blocks of a file in order; what is folded is left out."""
    at, folded = 0, False
    prose: list[str] = []
    while at < len(lines):
        line = lines[at]
        opened = _FENCE.match(line)
        if prose and (opened or not line.strip() or line.startswith(("<details>", "</details>", "## "))):
            if not folded:
                yield _Block(tuple(prose))
            prose = []
        if opened:
            end = next((n for n in range(at + 1, len(lines)) if lines[n] == opened[1]), len(lines))
            if not folded:
                yield _Block(tuple(lines[at + 1 : end]), opened[2])
            at = end
        elif line.startswith("<details>"):
            folded = True
        elif line.startswith("</details>"):
            folded = False
        elif line.strip():
            prose.append(line)
        at += 1
    if prose and not folded:
        yield _Block(tuple(prose))


def _turn(blocks: Sequence[_Block]) -> Turn:
    match = _TURN.match(blocks[0].lines[0])
    index = int(match[1]) if match is not None else 0
    prompt, time, steps = "", None, list[Say | Call]()
    before: _Block | None = None
    for block in blocks[1:]:
        first = block.lines[0] if block.lines else ""
        if block.fence is not None:
            edit = _edit(before, block)
            if edit is not None:
                steps[-1] = Call(tool="Edit", edits=(edit,))
            elif block.fence != "text" or not _is_call(before):
                steps.append(Say("\n".join(["```" + block.fence, *block.lines, "```"])))
        elif first.startswith(">") and not prompt:
            prompt = _quoted(block.lines)
        elif (stamp := _TIME.match(first)) and time is None:
            time = _seconds(stamp[1])
        elif edited := _EDIT.match(first):
            steps.append(Call(tool="Edit", edits=(Edit(path=edited[4], op=_OPS[edited[1]]),)))  # type: ignore[arg-type]
        elif not first.startswith(("- ", "*", ">")):
            steps.append(Say(_prose(block.lines)))
        before = block
    return Turn(id=turn_name(index), index=index, prompt=prompt, time=time, steps=tuple(steps))


def _seconds(stamp: str) -> float | None:
    try:
        return float(timegm(strptime(stamp, "%Y-%m-%d %H:%M")))
    except ValueError:
        return None


def _is_call(block: _Block | None) -> bool:
    return block is not None and block.fence is None and block.lines[0].startswith("- ")


def _edit(head: _Block | None, diff: _Block) -> Edit | None:
    """The edit a line names, with the diff below it; without its size, no diff follows."""
    if head is None or head.fence is not None or diff.fence != "diff":
        return None
    match = _EDIT.match(head.lines[0])
    if match is None or not _SIZES.match(head.lines[0][match.end() :]):
        return None
    lines = tuple(line for line in diff.lines if line[:1] in ("+", "-", " "))
    return Edit(path=match[4], op=_OPS[match[1]], hunks=(Hunk(0, 0, lines),))  # type: ignore[arg-type]


def _quoted(lines: Sequence[str]) -> str:
    bare = [line[2:] if line.startswith("> ") else line[1:] for line in lines]
    texts = []
    for block in _blocks(bare):
        code = block.fence is not None
        texts.append("\n".join([f"```{block.fence}", *block.lines, "```"]) if code else _prose(block.lines))
    return "\n\n".join(texts)


def _prose(lines: Sequence[str]) -> str:
    return "\n".join(_unescaped(line.removesuffix("\\")).replace("\u00a0", " ") for line in lines)


def _unescaped(line: str) -> str:
    parts = _SPAN.split(line)
    return "".join(part if at % 2 else _ESCAPED.sub(r"\1", part.replace(PARTED, "")) for at, part in enumerate(parts))
