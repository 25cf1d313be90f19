"""Where Codex keeps its rollouts, and their lines.

`$CODEX_HOME/sessions/YYYY/MM/DD/rollout-<local time>-<uuid>.jsonl`, `archived_sessions/` flat beside it; cold ones may
be `.jsonl.zst`, which Python unpacks since 3.14, and for older ones `backports.zstd`, installed with gitstory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.json_values import mapping, text
from gitstory.agents.stores.jsonl import LONGEST, decode

PACKED = ".jsonl.zst"
HEAD = 1 << 16
"""Bytes of a file that `first_places` reads beyond its first line, which is 15 to 27 KB long."""

DECODERS = ("compression.zstd", "backports.zstd", "zstandard")
"""Modules whose `open` unpacks, best first."""

_FOLDERS = ("sessions", "archived_sessions")
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_NAME = re.compile(rf"({_UUID})(?:_{_UUID})?\Z")
"""A rollout is named by its thread and, after a rewind (0.171), by a segment of it."""
_CWD = re.compile(rb"<cwd>\s*+([^<\\]++)</cwd>|Current working directory: ([^\\\"]+)")


class _Meta(msgspec.Struct):
    cwd: str = ""


class _Head(msgspec.Struct):
    """The little of a first line that is wanted: decoding skips the instructions beside it."""

    type: str = ""
    payload: _Meta | None = None


_head = msgspec.json.Decoder(_Head)


def sources(root: Path) -> Iterator[Source]:
    """Rollouts under `root`, newest first. `root` may also be CODEX_HOME itself."""
    inner = [root / folder for folder in _FOLDERS if (root / folder).is_dir()]
    for folder in inner or [root]:
        yield from _rollouts(folder)


def _rollouts(folder: Path) -> Iterator[Source]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name, reverse=True)
    except OSError:
        return
    plain = {entry.name for entry in entries}
    for entry in entries:
        try:
            if entry.is_dir():
                yield from _rollouts(Path(entry.path))
            elif entry.name.startswith("rollout-") and entry.name.endswith((".jsonl", PACKED)):
                if entry.name.removesuffix(".zst") in plain and entry.name.endswith(PACKED):
                    continue  # unpacked again to be appended to: the plain one is the living one
                if (facts := safe_open.facts(entry.path)) is not None:
                    yield source(Path(entry.path), facts)
        except OSError:
            continue


def source(path: Path, stat: os.stat_result | None = None) -> Source:
    """The source at `path`; raises OSError if it is not there."""
    stat = stat or safe_open.facts(path)
    if stat is None:
        raise FileNotFoundError(path)
    return Source("codex", path, (stat.st_size, stat.st_mtime_ns), stat.st_size, stat.st_mtime, named(path))


def named(path: Path) -> str | None:
    match = _NAME.search(path.name.removesuffix(".zst").removesuffix(".jsonl"))
    return match[1].lower() if match else None


def first_places(path: Path) -> tuple[str, ...]:
    """The cwd of the first line's session_meta, or what the oldest files say in their first texts."""
    try:
        with _opened(path) as file:
            line = file.readline(1 << 24)
            cwd = _cwd(line)
            if cwd:
                return (cwd,)
            match = _CWD.search(file.read(HEAD)) if b'"session_meta"' not in line else None
    except (OSError, ValueError, EOFError, LookupError):
        return ()
    return ((match[1] or match[2]).decode("utf-8", "replace").strip(),) if match else ()


def _cwd(line: bytes) -> str:
    try:
        head = _head.decode(line)
        return head.payload.cwd if head.payload and head.type == "session_meta" else ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        record = decode(line) or {}
        return text(mapping(record.get("payload")).get("cwd")) if record.get("type") == "session_meta" else ""


def unpacked(path: Path) -> Iterator[bytes]:
    """The lines of a packed file; raises LookupError where nothing here can unpack it."""
    with _opened(path) as file:
        while line := file.readline(LONGEST):
            safe_open.spend()
            if len(line) == LONGEST:
                raise ValueError("a line without an end")
            yield line.rstrip(b"\n")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with safe_open.opened(path) as file:
        if not path.name.endswith(PACKED):
            yield file
            return
        with _zstd().open(file, "rb") as inner:
            yield inner


def _zstd() -> Any:
    for name in DECODERS:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise LookupError("no zstd decoder")
