"""Whether the bytes of a transcript name this repository, for those that took place in another directory.

Much cheaper than parsing: most transcripts of other projects never name this one. The search says "yes" for the whole
path of a work tree, "maybe" for its last part alone (a relative path, a link above it) and for files that do not show
their text (databases, packed ones).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from msgspec import Struct

from gitstory import safe_open
from gitstory.agents.base import Source

Mention = Literal["no", "maybe", "yes"]

_CHUNK = 1 << 20
_MOST_FILES = 5000
"""Files of one source that are searched; what is beyond may name anything."""
_OPAQUE = (b"SQLite format 3\0", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")
"""How files begin whose text is not to be seen: SQLite's, and packed by zstd or gzip."""

_DRIVE = re.compile(r"^[A-Za-z]:")
_WORD = re.compile(rb"[\w-]")
_SLASH = re.compile(rb"[/\\]")
_ANY = re.compile(rb"")


class Effort(Struct):
    """Bytes of other directories' transcripts that may still be searched, and read, in one run.

    The rest is not ruled out: the next run continues with it.
    """

    search: int
    read: int

    def may_search(self, source: Source) -> bool:
        """Take a source's bytes from what is left; the first one may exceed it."""
        self.search, left = self.search - source.size, self.search
        return left > 0

    def may_read(self, source: Source) -> bool:
        """The same for reading."""
        self.read, left = self.read - source.size, self.read
        return left > 0


def worker_effort() -> Effort:
    """For commands that a person waits for: some tenths of a second."""
    return Effort(128 << 20, 8 << 20)


def no_effort() -> Effort:
    """Where nothing is remembered of what was searched."""
    return Effort(0, 0)


def thorough_effort() -> Effort:
    """For `backfill`: all is searched."""
    return Effort(1 << 62, 1 << 30)


def is_never_read(path: Path, size: int) -> bool:
    """Whether a transcript is larger than readers open; databases, and what is compressed, have bounds of their own."""
    if size <= safe_open.LARGEST:
        return False
    try:
        with safe_open.opened(path, most=None) as file:
            return not file.read(len(_OPAQUE[0])).startswith(_OPAQUE)
    except OSError:
        return False


class Mentions:
    """What is searched for: the work trees at `roots`, in the ways that transcripts write paths."""

    def __init__(self, roots: Sequence[str]) -> None:
        bare = [_DRIVE.sub("", root) for root in roots]
        self._paths = _spellings(bare)
        self._names = _spellings([root.rpartition("/")[2] for root in bare if root.strip("/")])
        self._reach = max(map(len, self._paths), default=0) + 1

    def of(self, source: Source) -> Mention:
        """Whether a source names a work tree."""
        mention: Mention = "no"
        seen = 0
        for path in _files(source.path):
            try:
                size = safe_open.stamp(path)[0]
                seen += size
                here = self._in(path, size)
            except OSError:
                continue
            if here == "yes":
                return here
            mention = here if here != "no" else mention
        # A reader that counts more bytes has files elsewhere.
        return "maybe" if mention == "no" and seen < source.size else mention

    def _in(self, path: Path, size: int) -> Mention:
        mention: Mention = "no"
        with safe_open.opened(path, most=None) as file:
            kept = b""
            while chunk := file.read(_CHUNK):
                if not kept and chunk.startswith(_OPAQUE):
                    return "maybe"
                if size > safe_open.LARGEST:
                    return "no"  # no reader opens it
                text = kept + chunk
                if any(_names(text, one, _SLASH) for one in self._names):
                    if any(_names(text, one, _ANY) for one in self._paths):
                        return "yes"
                    mention = "maybe"
                kept = text[-self._reach :]
        return mention


def _files(path: Path) -> Iterator[Path]:
    """The file, and what is in a folder of its name beside it; or all files of a folder."""
    if safe_open.is_file(path):
        yield path
    folder = path if path.is_dir() else path.with_suffix("")
    if folder.is_dir():
        inside = (Path(base, name) for base, _, names in os.walk(folder) for name in names)
        yield from (file for file in islice(inside, _MOST_FILES) if safe_open.is_file(file))


def _spellings(paths: Iterable[str]) -> tuple[bytes, ...]:
    """Paths as they are in UTF-8, in JSON, in addresses, and with the other slash."""
    spellings: dict[bytes, None] = {}
    for path in paths:
        spellings[path.encode("utf-8", "surrogateescape")] = None
        spellings[json.dumps(path)[1:-1].encode()] = None
        spellings[json.dumps(path)[1:-1].replace("/", "\\/").encode()] = None
        spellings[quote(path, errors="surrogatepass").encode()] = None
        spellings[json.dumps(path.replace("/", "\\"))[1:-1].encode()] = None
    return tuple(spellings)


def _names(text: bytes, path: bytes, before: re.Pattern[bytes]) -> bool:
    """Whether `text` names `path` behind `before`, and not only another one that begins like it."""
    at = text.find(path)
    while at >= 0:
        end = at + len(path)
        if not _WORD.match(text, end) and before.match(text, max(at - 1, 0)):
            return True
        at = text.find(path, end)
    return False
