"""whogitit's notes (`refs/notes/whogitit`), versions 1 to 3 of its `AIAttribution`.

JSON `{"version","session":{"session_id","model":{"id"},...},"prompts":[{"index","text","timestamp"}],
"files":[{"path","lines":[{"line_number","source":{"type"},"prompt_index"}]}]}`. Every line of a changed file is there;
those of the type `AI` are the agent's. `AIModified` ones were changed by a person and are left out. It captures Claude
Code alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gitstory.interop.formats.claims import (
    MOST_FILES,
    MOST_RANGES,
    Claim,
    FileLines,
    Prompt,
    cut,
    decoded,
    last_prompts,
    named,
)
from gitstory.interop.formats.git_ai import seconds

REF = "refs/notes/whogitit"
TOOL = "whogitit"
BIGGEST = 16 << 20
"""Bytes of a note that is read; it repeats every line of every file."""

_VERSIONS = (1, 2, 3)


class _Model(msgspec.Struct):
    id: str = ""


class _Session(msgspec.Struct):
    session_id: str
    model: _Model | None = None


class _Prompt(msgspec.Struct):
    text: str = ""
    timestamp: str | None = None


class _Source(msgspec.Struct):
    type: str = ""


class _Line(msgspec.Struct):
    line_number: int
    source: _Source | None = None


class _File(msgspec.Struct):
    path: str
    lines: list[_Line] = []


class _Note(msgspec.Struct):
    session: _Session
    version: int | None = None
    schema_version: int | None = None
    prompts: list[_Prompt] = []
    files: list[_File] = []


_decoder = msgspec.json.Decoder(_Note)


def claims(note: bytes, place: str = REF) -> list[Claim] | None:
    """The conversation that a note names, with its lines; None for what is no such note."""
    read = decoded(_decoder, note, BIGGEST)
    if read is None or (read.version or read.schema_version) not in _VERSIONS:
        return None
    conversation = named(read.session.session_id)
    if not conversation:
        return []
    files: list[FileLines] = []
    left = MOST_RANGES
    for file in read.files[:MOST_FILES]:
        ranges = _ranges(line.line_number for line in file.lines if line.source and line.source.type == "AI")[:left]
        left -= len(ranges)
        if ranges:
            files.append(FileLines(file.path, ranges))
    model = read.session.model
    return [
        Claim(
            TOOL,
            place,
            "claude-code",
            conversation,
            models=tuple(filter(None, [cut(model.id if model is not None else "")])),
            prompts=last_prompts(Prompt(one.text, seconds(one.timestamp)) for one in read.prompts),
            files=tuple(files),
        )
    ]


def _ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    ranges: list[tuple[int, int]] = []
    for number in sorted({one for one in numbers if 0 < one < 1 << 31}):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)
