"""One conversation out of its many stored versions: slices are joined, repeats dropped, file order kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

import msgspec


class Head(msgspec.Struct):
    """The few fields of a record that identity and order need, over all agents that store line files."""

    uuid: str | None = None
    timestamp: Any = None
    type: Any = None
    id: Any = None


_HEAD = msgspec.json.Decoder(Head)


def moment(value: object) -> float:
    """Seconds since the epoch of an ISO text or a number of seconds or milliseconds; 0 where there is none."""
    if isinstance(value, int | float):
        return value / 1000 if value > 1e11 else float(value)
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
        except ValueError:
            return 0.0
    return 0.0


def keyed(data: bytes) -> list[tuple[str, float, bytes]]:
    """(key, time, line) of each record: the uuid where there is one, else time and type, else the bytes themselves."""
    rows: list[tuple[str, float, bytes]] = []
    seen: Counter[str] = Counter()
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        try:
            head = _HEAD.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            head = Head()
        time = moment(head.timestamp)
        if head.uuid:
            key = head.uuid
        elif time and head.type in ("response_item", "event_msg", "turn_context", "session_meta", "compacted"):
            stem = f"{head.timestamp}|{head.type}"
            seen[stem] += 1
            key = f"{stem}|{seen[stem]}"
        else:
            key = hashlib.sha1(line).hexdigest()
        rows.append((key, time, line.rstrip(b"\r")))
    return rows


def unite(copies: list[bytes]) -> bytes:
    """All records of all versions once. Unseen runs go after the record they follow, else in time order."""
    tables = sorted((keyed(copy) for copy in copies), key=len, reverse=True)
    if not tables:
        return b""
    order: list[str] = []
    lines: dict[str, bytes] = {}
    times: dict[str, float] = {}
    for table in tables:
        runs: list[tuple[str | None, list[str]]] = []
        last: str | None = None
        for key, time, line in table:
            if key in lines:
                if line.count(b"REDACTED") < lines[key].count(b"REDACTED"):
                    lines[key] = line
                last = key if times[key] else last  # records without a time repeat, and so mark no place
                continue
            lines[key], times[key] = line, time
            if runs and runs[-1][0] == last:
                runs[-1][1].append(key)
            else:
                runs.append((last, [key]))
        for after, keys in runs:
            at = (
                order.index(after) + 1
                if after is not None
                else _place(order, times, times[keys[0]] or _first(keys, times))
            )
            order[at:at] = keys
    return b"\n".join(lines[key] for key in order) + b"\n"


def _first(keys: list[str], times: dict[str, float]) -> float:
    return next((times[key] for key in keys if times[key]), 0.0)


def _place(order: list[str], times: dict[str, float], time: float) -> int:
    """Where a run without a known predecessor goes: before the first record that is later than its own first."""
    if not time:
        return 0
    for at, key in enumerate(order):
        if times[key] > time:
            return at
    return len(order)
