"""Committed files as line ids, each blob read once."""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct

from gitstory.attribution.line_ending_drift import Ends, ends_of
from gitstory.attribution.line_ids import LineId, Lines, decode, is_binary
from gitstory.git.line_hashes import lines_hash, split_lines
from gitstory.git.repo import Repo

_LARGEST = 4 << 20
"""Bytes beyond which a file is taken for generated and left alone."""
_KEPT = 3000


class _Blob(Struct, frozen=True):
    lines: tuple[LineId, ...]
    raw: bytes


class Blobs:
    """Reads blobs of one repository; the newest few thousand stay in memory."""

    def __init__(self, repo: Repo, lines: Lines) -> None:
        self._repo = repo
        self._lines = lines
        self._kept: OrderedDict[str, _Blob | None] = OrderedDict()
        self._given: dict[str, _Blob | None] = {}

    def give(self, oid: str, content: bytes) -> None:
        """Let `oid`, which git need not know, stand for `content`: a file of the work tree."""
        self._given[oid] = self._content(content)

    def lines(self, oid: str | None) -> tuple[LineId, ...] | None:
        """The line ids of a text blob; None for no blob, a binary, a missing or an over-large one."""
        blob = self._get(oid) if oid else None
        return None if blob is None else blob.lines

    def hash(self, oid: str | None, start: int, end: int) -> str:
        """The content hash of lines `start` to `end` (1-based, inclusive)."""
        blob = self._get(oid) if oid else None
        return "" if blob is None else lines_hash(split_lines(blob.raw)[start - 1 : end])

    def ends(self, oid: str | None) -> Ends:
        """How the lines of a blob end."""
        blob = self._get(oid) if oid else None
        return "" if blob is None else ends_of(blob.raw.decode("latin-1"))

    def crlf(self, oid: str | None) -> tuple[bool, ...]:
        """Of each line of a blob, whether it ends in CRLF; empty where none does."""
        blob = self._get(oid) if oid else None
        if blob is None or b"\r\n" not in blob.raw:
            return (False,) * (len(blob.lines) if blob is not None else 0)
        return tuple(line.endswith(b"\r") for line in split_lines(blob.raw))

    def _get(self, oid: str) -> _Blob | None:
        if oid in self._given:
            return self._given[oid]
        if oid in self._kept:
            self._kept.move_to_end(oid)
            return self._kept[oid]
        blob = self._read(oid)
        self._kept[oid] = blob
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return blob

    def _read(self, oid: str) -> _Blob | None:
        return self._content(self._repo.objects.blob(oid))

    def _content(self, content: bytes | None) -> _Blob | None:
        if content is None or len(content) > _LARGEST or is_binary(content):
            return None
        return _Blob(tuple(self._lines.of(decode(content))), content)
