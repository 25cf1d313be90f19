"""git-ai's notes (`refs/notes/ai`), schema `authorship/3.0.0` as its versions 1.0 to 1.5 write it.

Above a line `---` stand the attestations: a path (in double quotes where it holds white space), and below it, indented
by two blanks, a key and line ranges `1-3,7`. Below stands JSON. A key is one of `prompts{}` (older: messages may be
embedded), or `<session>::<trace>` with a session of `sessions{}`; the trace is random and leads nowhere. Keys of people
(`human`, `h_...`) and keys that nothing explains are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from gitstory.interop.formats.agent_names import agent_name, git_ai_name
from gitstory.interop.formats.claims import (
    MOST_CONVERSATIONS,
    MOST_FILES,
    MOST_RANGES,
    Claim,
    FileLines,
    Prompt,
    cut,
    last_prompts,
    named,
)
from gitstory.model import Story

REF = "refs/notes/ai"
TOOL = "git-ai"
SCHEMA = "authorship/3.0.0"
BIGGEST = 16 << 20
"""Bytes of a note that is read; the biggest of 10,685 in git-ai's own repository has 3.2 MB."""

_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?\Z")
_Ranges = dict[str, list[tuple[int, int]]]
"""Path -> ranges."""


class _Agent(msgspec.Struct):
    tool: str = ""
    id: str = ""
    model: str | None = None


class _Entry(msgspec.Struct):
    agent_id: _Agent
    messages: Any = None


class _Note(msgspec.Struct):
    prompts: dict[str, _Entry] = {}
    sessions: dict[str, _Entry] = {}


_decoder = msgspec.json.Decoder(_Note)


def session_key(tool: str, conversation: str) -> str:
    """What git-ai calls a conversation in its attestations."""
    return f"s_{sha256(f'{tool}:{conversation}'.encode('utf-8', 'surrogatepass')).hexdigest()[:14]}"


def claims(note: bytes, place: str = REF) -> list[Claim] | None:
    """The conversations a note names, foremost those it ascribes most lines to; None for what is no such note."""
    head, mark, tail = (b"\n" + note).partition(b"\n---\n")
    if not mark or len(note) > BIGGEST:
        return None
    try:
        read = _decoder.decode(tail)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    entries = {**read.prompts, **read.sessions}
    lines = _attested(head.decode("utf-8", "surrogateescape"), entries)
    sessions: dict[tuple[str, str], tuple[str, _Entry, _Ranges]] = {}
    for key, entry in entries.items():
        conversation = named(entry.agent_id.id)
        if conversation:
            agent = agent_name(entry.agent_id.tool)
            kept = sessions.setdefault((agent, conversation), (key, entry, {}))
            for path, ranges in lines.get(key, {}).items():
                kept[2].setdefault(path, []).extend(ranges)
    found_claims = [_claim(key, entry, ranges, place) for key, (_, entry, ranges) in sessions.items()]
    return sorted(found_claims, key=lambda claim: -_size(claim))[:MOST_CONVERSATIONS]


def _claim(key: tuple[str, str], entry: _Entry, ranges: Mapping[str, list[tuple[int, int]]], place: str) -> Claim:
    return Claim(
        TOOL,
        place,
        *key,
        models=tuple(filter(None, [cut(entry.agent_id.model)])),
        prompts=last_prompts(_prompts(entry.messages)),
        files=tuple(FileLines(path, tuple(pieces)) for path, pieces in ranges.items()),
    )


def _size(claim: Claim) -> int:
    return sum(end - start + 1 for file in claim.files for start, end in file.ranges)


def _attested(head: str, entries: Mapping[str, _Entry]) -> dict[str, _Ranges]:
    """Key of an entry -> what is ascribed to it."""
    ranges_by_session: dict[str, _Ranges] = {}
    path, files, left = "", 0, MOST_RANGES
    for line in head.split("\n"):
        if not line.startswith("  "):
            path = line[1:-1] if len(line) > 2 and line[0] == line[-1] == '"' else line
            files += 1
        elif path and files <= MOST_FILES:
            key, _, spans = line.strip().partition(" ")
            key = key.partition("::")[0]
            if key in entries:
                ranges = [piece for span in spans.split(",")[:left] if (piece := _range(span.strip())) is not None]
                left -= len(ranges)
                ranges_by_session.setdefault(key, {}).setdefault(path, []).extend(ranges)
    return ranges_by_session


def _range(span: str) -> tuple[int, int] | None:
    match = _RANGE.match(span)
    if match is None:
        return None
    start = int(match[1])
    end = int(match[2] or start)
    return (start, end) if 0 < start <= end else None


def _prompts(messages: Any) -> Iterator[Prompt]:
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("type") == "user" and isinstance(message.get("text"), str):
            yield Prompt(message["text"], seconds(message.get("timestamp")))


def seconds(stamp: Any) -> float | None:
    """An RFC 3339 time as epoch seconds."""
    if not isinstance(stamp, str) or len(stamp) > 40:
        return None
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


# --- writing ---


def note(story: Story, models: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """A story's lines as a note; "" where it has none. A path that the format cannot hold is left out."""
    attested: list[str] = []
    keys: dict[tuple[str, str], str] = {}
    for file in story.files:
        pieces: dict[str, list[str]] = {}
        for range_ in file.ranges:
            session = session_key(git_ai_name(range_.agent), range_.conversation)
            trace = f"t_{sha256(range_.turn.encode('utf-8', 'surrogatepass')).hexdigest()[:14]}"
            span = str(range_.start) if range_.start == range_.end else f"{range_.start}-{range_.end}"
            pieces.setdefault(f"{session}::{trace}", []).append(span)
            keys[range_.agent, range_.conversation] = session
        if pieces and (path := _writable(file.path)):
            attested += [path, *(f"  {key} {','.join(spans)}" for key, spans in pieces.items())]
    if not attested:
        return ""
    sessions: dict[str, Any] = {}
    for (agent, name), key in sorted(keys.items()):
        model = next(iter(models.get((agent, name), ())), "unknown")
        sessions[key] = {"agent_id": {"tool": git_ai_name(agent), "id": name, "model": model}, "human_author": None}
    body = {"schema_version": SCHEMA, "base_commit_sha": story.commit, "prompts": {}, "sessions": sessions}
    return "\n".join([*attested, "---", json.dumps(body, indent=2), ""])


def _writable(path: str) -> str:
    """In double quotes where it holds white space; "" for one with a line end, a quote or foreign bytes."""
    if not path.isprintable() or '"' in path:
        return ""
    return f'"{path}"' if any(letter.isspace() for letter in path) else path
