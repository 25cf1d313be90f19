"""Agent Trace records (agent-trace.dev, 0.1.0): `version,id,timestamp,vcs,tool,files[].conversations[].ranges[]`.

The specification leaves open where records are stored. Read are files `.agent-trace/<commit id or its
beginning>...json` that name the same commit in `vcs.revision`. The log `.agent-trace/traces.jsonl` of the reference
implementation is left alone: it names the commit that was HEAD *before* the edit, with line numbers of after it, so
that its records would ascribe lines of one commit to the author of another. Conversations have no id but a URL: its
last part is taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import msgspec

from gitstory.interop.formats.agent_names import agent_name
from gitstory.interop.formats.claims import (
    MOST_CONVERSATIONS,
    MOST_FILES,
    MOST_RANGES,
    Claim,
    FileLines,
    cut,
    decoded,
    named,
)
from gitstory.model import Story

TOOL = "agent-trace"
FOLDER = ".agent-trace"
BIGGEST = 4 << 20
"""Bytes of a record that is read."""
VERSION = "0.1.0"
OURS = "dev.gitstory"
"""Our key in a record's `metadata`."""

_VERSIONS = ("0.1", "1.0", "0.1.0")
_NAME = re.compile(rb"([0-9a-f]{7,64})(?![0-9a-f])[\w.-]{0,100}\.json\Z")
_SPACE = UUID("6b1f1f0e-8f0f-5d0b-9a53-2f6a3c1f8f52")
_PROVIDERS = (("claude-", "anthropic"), ("gpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("gemini-", "google"))
_FOREIGN = re.compile("[\ud800-\udfff]")
"""Bytes of a path that are no UTF-8."""
_WRITERS = ("ai", "mixed")

Key = tuple[str, str]
"""(agent, native conversation id)."""


class _Contributor(msgspec.Struct):
    type: str = ""
    model_id: str | None = None


class _Range(msgspec.Struct):
    start_line: int
    end_line: int
    contributor: _Contributor | None = None


class _Conversation(msgspec.Struct):
    ranges: list[_Range]
    url: str | None = None
    contributor: _Contributor | None = None


class _File(msgspec.Struct):
    path: str
    conversations: list[_Conversation]


class _Vcs(msgspec.Struct):
    type: str
    revision: str


class _Tool(msgspec.Struct):
    name: str = ""


class _Record(msgspec.Struct):
    version: str
    files: list[_File]
    vcs: _Vcs | None = None
    tool: _Tool | None = None
    metadata: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Record)


def commit_named(file: bytes) -> str | None:
    """The beginning of the commit id that a file's name is; None for files of other names."""
    match = _NAME.match(file)
    return match[1].decode() if match is not None else None


def claims(record: bytes, commit: str, place: str) -> list[Claim] | None:
    """The conversations a record of `commit` names; none if it is another commit's, None for what is no record."""
    read = decoded(_decoder, record, BIGGEST)
    if read is None or read.version not in _VERSIONS:
        return None
    if read.vcs is None or (read.vcs.type, read.vcs.revision) != ("git", commit):
        return []
    ours = _own_records(read.metadata)
    agent = agent_name(read.tool.name if read.tool is not None else "")
    ranges: dict[Key, tuple[dict[str, None], dict[str, list[tuple[int, int]]]]] = {}
    left = MOST_RANGES
    for at, file in enumerate(read.files[:MOST_FILES]):
        for number, each in enumerate(file.conversations):
            key = ours.get((at, number)) or (agent, _conversation(each.url))
            pieces = [
                (range_.start_line, range_.end_line)
                for range_ in each.ranges[: max(left, 0)]
                if _wrote(range_.contributor or each.contributor) and 0 < range_.start_line <= range_.end_line
            ]
            left -= len(each.ranges)
            if key[1] and pieces:
                models, files = ranges.setdefault(key, ({}, {}))
                files.setdefault(file.path, []).extend(pieces)
                if each.contributor is not None and each.contributor.model_id:
                    models[cut(each.contributor.model_id)] = None
    found_claims: list[Claim] = []
    for key, (models, files) in list(ranges.items())[:MOST_CONVERSATIONS]:
        lines = tuple(FileLines(path, tuple(pieces)) for path, pieces in files.items())
        found_claims.append(Claim(TOOL, place, *key, models=tuple(models), files=lines))
    return found_claims


def _wrote(contributor: _Contributor | None) -> bool:
    return contributor is not None and contributor.type in _WRITERS


def _conversation(url: str | None) -> str:
    """`https://x.example/conversations/12345?a=b` -> `12345`, `file:///.../<id>.jsonl` -> `<id>`."""
    whole = (url or "")[:2000].partition("#")[0].partition("?")[0].rstrip("/")
    _, mark, rest = whole.partition("://")
    _, slash, last = rest.rpartition("/")
    return named(last.removesuffix(".jsonl").removesuffix(".json")) if mark and slash else ""


def _own_records(metadata: Mapping[str, Any] | None) -> dict[tuple[int, int], Key]:
    """(file, conversation in it) -> who that is, from a record that gitstory wrote."""
    mine = (metadata or {}).get(OURS)
    listed = mine.get("conversations") if isinstance(mine, dict) else None
    owners: dict[tuple[int, int], Key] = {}
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("agent"), str) and isinstance(entry.get("at"), list):
            key = (agent_name(entry["agent"]), named(entry.get("id")))
            owners.update({tuple(at): key for at in entry["at"] if _is_place(at)})
    return owners


def _is_place(at: Any) -> bool:
    return isinstance(at, list) and len(at) == 2 and all(type(one) is int for one in at)


# --- writing ---


def record(story: Story, models: Mapping[Key, Sequence[str]], timestamp: str, version: str) -> dict[str, Any]:
    """A story as a record; `timestamp` is RFC 3339 in UTC, `version` ours. The same story has the same id for ever."""
    places: dict[Key, list[list[int]]] = {}
    files: list[dict[str, Any]] = []
    for file in story.files:
        pieces: dict[Key, list[dict[str, int]]] = {}
        for range_ in file.ranges:
            pieces.setdefault((range_.agent, range_.conversation), []).append(
                {"start_line": range_.start, "end_line": range_.end}
            )
        entries = [
            {"contributor": _contributor(models.get(key, ())), "ranges": ranges} for key, ranges in pieces.items()
        ]
        if entries and not _FOREIGN.search(file.path):  # JSON has no way to name it
            for number, key in enumerate(pieces):
                places.setdefault(key, []).append([len(files), number])
            files.append({"path": file.path, "conversations": entries})
    mine = [
        {
            "agent": link.agent,
            "id": link.conversation,
            "evidence": link.evidence,
            "lines": link.lines,
            "at": places.get((link.agent, link.conversation), []),
        }
        for link in story.links
    ]
    return {
        "version": VERSION,
        "id": str(uuid5(_SPACE, story.commit)),
        "timestamp": timestamp,
        "vcs": {"type": "git", "revision": story.commit},
        "tool": {"name": "gitstory", "version": version},
        "files": files,
        "metadata": {OURS: {"conversations": mine}},
    }


def _contributor(models: Collection[str]) -> dict[str, str]:
    """Which model wrote a line is known only where the conversation had one."""
    model_ids = [model_id(one) for one in models]
    return {
        "type": "ai",
        **({"model_id": model_ids[0]} if len(model_ids) == 1 and 0 < len(model_ids[0]) <= 250 else {}),
    }


def model_id(model: str) -> str:
    """`claude-x` -> `anthropic/claude-x`, as models.dev names it; others stay as the agent recorded them."""
    if "/" in model:
        return model
    provider = next((name for start, name in _PROVIDERS if model.startswith(start)), "")
    return f"{provider}/{model}" if provider else model


def records_there(names: Sequence[bytes], commits: Collection[str]) -> Iterator[tuple[str, str]]:
    """(commit, file name) of the records in a folder whose names are beginnings of these commits' ids."""
    by_start: dict[str, list[str]] = {}
    for name in names:
        start = commit_named(name)
        if start is not None and name.isascii():
            by_start.setdefault(start, []).append(name.decode("ascii"))
    lengths = sorted({len(start) for start in by_start})
    for commit in commits:
        yield from ((commit, name) for length in lengths for name in by_start.get(commit[:length], ()))
