"""Transcripts that another tool copied, one copy a checkpoint: whose they are, and the copies of one made one again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec

from gitstory.interop.formats.git_ai import seconds

READ = {
    "claude-code": "projects",
    "codex": "sessions",
    "copilot-cli": "session-state",
    "droid": "sessions",
    "gemini-cli": "tmp",
    "opencode": "exports",
    "pi": "sessions",
}
"""The agents whose transcripts are replayed, with the folder of their stores that holds them."""
_PATHS = {
    "copilot-cli": "{id}/events.jsonl",
    "droid": "{id}.jsonl",
    "opencode": "{id}.json",
    "pi": "--{id}--/{id}_{id}.jsonl",
}
"""Where an agent keeps the transcript of a conversation; those that need more than its id are not here."""

_CODEX = re.compile(rb'"type":\s?"(?:session_meta|response_item|turn_context|event_msg)"')
_CLAUDE = re.compile(rb'"(?:sessionId|parentUuid|isSidechain|leafUuid)"')
_COPILOT = re.compile(rb'"type":\s?"(?:session\.start|user\.message|assistant\.message|tool\.execution_start)"')
_GEMINI = re.compile(rb'\s*\{\s*"(?:sessionId|kind|lastUpdated|messages|projectHash|startTime)"\s*:')
"""Any of the keys may come first: a redacted copy has them in alphabetical order."""
_DROID = re.compile(rb'\s*\{\s*"type"\s*:\s*"session_start"\s*,')
_PI = re.compile(rb'\s*\{\s*"type"\s*:\s*"session"\s*,\s*"version"\s*:')
_OPENCODE = re.compile(rb'\s*\{\s*"info"\s*:\s*\{[^{}]{0,2000}?"id"\s*:\s*"ses_')
_HEAD = 400_000
_LINES = ("response_item", "event_msg", "turn_context", "session_meta", "compacted")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{3,99}\Z")
_STAMP = re.compile(rb'"timestamp":\s?"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)')
_CWD = re.compile(rb'"cwd":\s?"((?:[^"\\]|\\.){1,1000})"')
_REDACTED = b"REDACTED"
"""What Entire puts in the place of a secret; its rules changed, so that a later copy may have more or less of it."""


class _Record(msgspec.Struct):
    uuid: Any = None
    id: Any = None
    parentId: Any = msgspec.UNSET  # noqa: N815
    timestamp: Any = None
    type: Any = None


_decoder = msgspec.json.Decoder(_Record)


def agent_of(transcript: bytes) -> str:
    """Which agent wrote a transcript, by its content: what stands beside it is sometimes wrong. "" for none we know."""
    head = transcript[:_HEAD]
    if _OPENCODE.match(head):
        return "opencode"
    if _GEMINI.match(head) and b'"projectHash"' in transcript:
        return "gemini-cli"
    if _DROID.match(head):
        return "droid"
    if _PI.match(head):
        return "pi"
    if _COPILOT.search(head):
        return "copilot-cli"
    if _CODEX.search(head) and b'"payload"' in head:
        return "codex"
    return "claude-code" if _CLAUDE.search(head) and b'"message"' in transcript else ""


def file_name(agent: str, conversation: str, transcript: bytes) -> str | None:
    """The path that `agent` itself would give a transcript, below its store's root; None for an id that is no name."""
    if not _SAFE.match(conversation):
        return None
    if agent in _PATHS:
        return _PATHS[agent].format(id=conversation)
    if agent == "gemini-cli":
        kind = "jsonl" if transcript.lstrip().partition(b"\n")[0].rstrip().endswith(b"}") else "json"
        return f"{conversation}/chats/session-{conversation}.{kind}"
    if agent == "claude-code":
        match = _CWD.search(transcript[:_HEAD])
        place = match[1].decode("utf-8", "replace") if match is not None else "unknown"
        return f"{re.sub(r'[^A-Za-z0-9-]+', '-', place)[-150:]}/{conversation}.jsonl"
    at = _STAMP.search(transcript)
    year, month, day, *clock = (part.decode() for part in at.groups()) if at else ("2026", "01", "01", "00", "00", "00")
    return f"{year}/{month}/{day}/rollout-{year}-{month}-{day}T{'-'.join(clock)}-{conversation}.jsonl"


class Longest:
    """Copies of one exported document, of which the longest is the latest."""

    def __init__(self) -> None:
        self._longest = b""

    def add(self, copy: bytes) -> None:
        self._longest = max(self._longest, copy, key=len)

    def whole(self) -> bytes:
        return self._longest


class United:
    """Copies of one transcript put together: each record once, its least redacted copy, in the files' own order."""

    def __init__(self) -> None:
        self._lines: dict[str, bytes] = {}
        self._times: dict[str, float] = {}
        self._after: list[tuple[str | None, list[str]]] = []

    def add(self, copy: bytes) -> None:
        """Take in one more copy; the largest first."""
        runs: list[tuple[str | None, list[str]]] = []
        last: str | None = None
        for key, time, line in _keyed(copy):
            existing = self._lines.get(key)
            if existing is not None:
                if line.count(_REDACTED) < existing.count(_REDACTED):
                    self._lines[key] = line
                # Records without a time repeat, and mark no place.
                last = key if self._times[key] else last
                continue
            self._lines[key], self._times[key] = line, time
            if runs and runs[-1][0] == last:
                runs[-1][1].append(key)
            else:
                runs.append((last, [key]))
        self._after += runs

    def whole(self) -> bytes:
        """All records; those of a copy go after the record they followed there, else where their time puts them."""
        following: dict[str | None, list[list[str]]] = {}
        early: list[list[str]] = []
        for after, run in self._after:
            if after is None and following.get(None):
                after = self._before(run, following)
                if after is None:
                    early.append(run)
                    continue
            following.setdefault(after, []).append(run)
        order: list[bytes] = []
        waiting = [*following.get(None, [])[::-1], *early]
        while waiting:
            run = waiting.pop()
            for number, key in enumerate(run):
                order.append(self._lines[key])
                if key in following:
                    waiting += [run[number + 1 :], *reversed(following.pop(key))]
                    break
        return b"\n".join(order) + b"\n"

    def _before(self, run: list[str], following: dict[str | None, list[list[str]]]) -> str | None:
        """The last record of the first copy that is older than a run that has no record before it there."""
        time = next((self._times[key] for key in run if self._times[key]), 0.0)
        last: str | None = None
        for key in following[None][0]:
            if self._times[key] > time:
                break
            last = key if self._times[key] else last
        return last


def _keyed(copy: bytes) -> Iterable[tuple[str, float, bytes]]:
    """(identity, time or 0, line) of each record: its uuid where it has one, else time and type, else its bytes."""
    seen: Counter[str] = Counter()
    for line in copy.split(b"\n"):
        if not line.strip():
            continue
        try:
            record = _decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
            record = _Record()
        time = seconds(record.timestamp) or 0.0
        if isinstance(record.uuid, str) and record.uuid:
            key = record.uuid
        elif isinstance(record.id, str) and record.id and record.parentId is not msgspec.UNSET:
            key = record.id
        elif time and record.type in _LINES:
            stem = f"{record.timestamp}|{record.type}"
            seen[stem] += 1
            key = f"{stem}|{seen[stem]}"
        else:
            key = blake2b(line, digest_size=16).hexdigest()
        yield key, time, line.rstrip(b"\r")


def gathered(agent: str) -> United | Longest:
    """What takes in the copies of a transcript of `agent`: lines are put together, of documents one is kept."""
    return Longest() if agent in ("gemini-cli", "opencode") else United()
