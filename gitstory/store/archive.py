"""Conversations kept before their agents delete them: one file each in gitstory's directory, never pushed.

A file is zlib-compressed lines of the records of docs/storage.md: the conversation's meta, then its turns in order.
What is torn, forged or of another format is no conversation.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from gitstory import safe_open
from gitstory.git import safe_own_files
from gitstory.model import Conversation
from gitstory.store import record_paths
from gitstory.store.records import Meta, conversation_of, decode_meta, decode_turn, encode_meta, encode_turn, meta_of

FOLDER = "archive"
SUFFIX = ".z"
_BOUND = 256 << 20
"""Bytes of a conversation that are unpacked; a bigger one is not written."""
_HEAD = 1 << 16

Key = tuple[str, str]
"""(agent, native id)."""


class Archive:
    """The archive of one repository, whose directory `home` is. Nothing here is made before it is written to."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    def agents(self) -> list[str]:
        """Those of which anything is kept."""
        return sorted(
            name for folder in self._folders() if (name := record_paths.decode(os.fsencode(folder.name))) is not None
        )

    def of(self, agent: str) -> Path:
        """The directory of an agent's conversations."""
        return self.folder / os.fsdecode(record_paths.encode(agent))

    def path(self, key: Key) -> Path:
        name = os.fsdecode(record_paths.encode(key[1]))
        return self.of(key[0]) / f"{name}{SUFFIX}"

    def files(self) -> Iterator[Path]:
        for folder in self._folders():
            yield from files_in(folder)

    def _folders(self) -> list[Path]:
        return sorted(one for one in self.folder.iterdir() if one.is_dir()) if self.folder.is_dir() else []

    def metas(self) -> Iterator[Meta]:
        """Of all conversations, without reading their turns."""
        for path in self.files():
            meta = meta_at(path)
            if meta is not None:
                yield meta

    def conversations(self) -> Iterator[Conversation]:
        for path in self.files():
            conversation = read(path)
            if conversation is not None:
                yield conversation

    def write(self, conversation: Conversation) -> bool:
        """Keep a conversation that was distilled and redacted; False where it is too big. Raises OSError.

        The file is as old as what is in it, as the agent's own was.
        """
        lines = [encode_meta(meta_of(conversation)), *(encode_turn(turn) for turn in conversation.turns)]
        data = b"\n".join(lines)
        if len(data) > _BOUND:
            return False
        path = self.path(conversation.key)
        safe_own_files.write(path, zlib.compress(data, 6))
        when = conversation.updated or conversation.started
        if when is not None:
            with suppress(OSError, OverflowError, ValueError):
                os.utime(path, (when, when))
        return True

    def change(self, how: Callable[[Conversation], Conversation | None]) -> int:
        """Replace each conversation by what `how` makes of it, None for nothing; returns how many changed.

        A file that cannot be read any more cannot be looked at either, and goes. Raises OSError.
        """
        changed = 0
        for path in list(self.files()):
            there = read(path)
            left = how(there) if there is not None else None
            if left is not None and left.turns:
                if left != there:
                    self.write(left)
                    changed += 1
                continue
            path.unlink(missing_ok=True)
            changed += 1
        return changed


def files_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and path.is_file())
    except OSError:
        return []


def read(path: Path) -> Conversation | None:
    """The conversation in a file of an archive; None where there is none that is whole."""
    data = _unpacked(path, _BOUND)
    meta = decode_meta(data.partition(b"\n")[0]) if data is not None else None
    if data is None or meta is None:
        return None
    lines = data.split(b"\n")[1:]
    if len(lines) != len(meta.turns):
        return None
    turns = [decode_turn(line, turn) for line, (turn, _) in zip(lines, meta.turns, strict=True)]
    whole = [turn for turn in turns if turn is not None]
    return conversation_of(meta, whole) if len(whole) == len(turns) else None


def meta_at(path: Path) -> Meta | None:
    for bound in (_HEAD, _BOUND):
        data = _unpacked(path, bound, whole=False)
        if data is None or b"\n" in data:
            break
    return decode_meta(data.partition(b"\n")[0]) if data else None


def _unpacked(path: Path, bound: int, *, whole: bool = True) -> bytes | None:
    try:
        packed = safe_open.content(path)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, bound)
    except (OSError, zlib.error):
        return None
    return data if unpacker.eof or not whole else None
