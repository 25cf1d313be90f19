"""Conversations as Markdown files in the work tree: names that never change, files written only when they differ.

A file is known as ours by a line at its top, never by its name alone: what a person put into the folder is left alone.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from gitstory import safe_open
from gitstory.errors import GitStoryError
from gitstory.git.atomic_write import is_half_written, write_atomically

_HEADER = re.compile(rb"^<!-- gitstory history (\d+) (\S+) (\S+) -->\s*$", re.MULTILINE)
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\Z")
_SLUG = 40
_ABANDONED = 60.0
"""Seconds after which a file is no longer being written, in both directions: the clock may have been set back."""
_READ = 800
"""Bytes in which the header ends; in a foreign format it stands below that format's own."""


class HistoryFile(Struct, frozen=True):
    """One file of ours; `size` in bytes, `modified` in epoch seconds."""

    path: Path
    agent: str
    conversation: str
    size: int
    modified: float

    @property
    def key(self) -> tuple[str, str]:
        return (self.agent, self.conversation)


class FolderOutside(GitStoryError):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} leads out of the work tree", hint="remove the link, or choose another `history.path`"
        )


def slug(text: str) -> str:
    """The first words of `text` as part of a file name: lower case ASCII and dashes."""
    plain = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = ""
    for word in words:
        if len(name) + len(word) + 1 > _SLUG:
            break
        name = f"{name}-{word}" if name else word
    return name or (words[0][:_SLUG] if words else "conversation")


def file_name(conversation: str, started: float | None, title: str) -> str:
    """`2026-11-20_16-25Z_add-slugs_<id>.md`: from what never changes of a conversation, but for its first words."""
    try:
        when = time.strftime("%Y-%m-%d_%H-%MZ", time.gmtime(started)) if started is not None else "undated"
    except (OverflowError, ValueError, OSError):
        when = "undated"
    return f"{when}_{slug(title)}_{name_of(conversation)}.md"


def name_of(conversation: str) -> str:
    """A conversation's id as it stands in a file name; one that is no plain name is replaced by its hash."""
    if _SAFE.match(conversation) and not conversation.endswith("."):
        return conversation
    import hashlib

    return hashlib.sha256(conversation.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class HistoryFolder:
    """The folder of one work tree. `path` is relative to the top and was checked to stay inside of it."""

    def __init__(self, top: Path, path: str) -> None:
        """Raises `FolderOutside` where a link takes the folder out of the work tree."""
        self.top = top
        self.folder = top / path
        self._cache: dict[tuple[str, str], HistoryFile] | None = None
        self._endings: dict[str, list[Path]] | None = None
        real = self.folder.resolve()
        if not real.is_relative_to(top.resolve()) or ".git" in real.relative_to(top.resolve()).parts:
            raise FolderOutside(self.folder)

    def files(self) -> Iterator[HistoryFile]:
        """All of ours, by name."""
        for path in sorted(self.folder.glob("*.md")) if self.folder.is_dir() else ():
            history_file = read_header(path)
            if history_file is not None:
                yield history_file

    def find(self, key: tuple[str, str]) -> HistoryFile | None:
        """The file of a conversation, whatever its first words were when it was first written."""
        for path in sorted(self._ending_in(f"{name_of(key[1])}.md")):
            history_file = read_header(path)
            if history_file is not None and history_file.key == key:
                return history_file
        if self._cache is None:  # formats that do not name the conversation
            self._cache = {file.key: file for file in self.files()}
        return self._cache.get(key)

    def _ending_in(self, ending: str) -> list[Path]:
        """The files whose names end so, behind an underscore. Listed once: there is one for each conversation."""
        if self._endings is None:
            self._endings = {}
            for path in self.folder.glob("*.md") if self.folder.is_dir() else ():
                self._list(path)
        return self._endings.get(ending, [])

    def _list(self, path: Path) -> None:
        if self._endings is not None:
            parts = path.name.split("_")
            for at in range(1, len(parts)):
                self._endings.setdefault("_".join(parts[at:]), []).append(path)

    def write(self, key: tuple[str, str], name: str, text: str) -> tuple[Path, bool]:
        """The file, and whether it had to be written; `name` is used where there is none yet.

        A file of that name which is not this conversation's stays: ours gets the agent's name too. Raises OSError.
        """
        there = self.find(key)
        path = there.path if there is not None else self.free(key, name)
        data = text.encode("utf-8", "replace")
        with suppress(OSError):
            if safe_open.content(path) == data:
                return path, False
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data, mode=0o644)
        if there is None:
            self._list(path)
        return path, True

    def free(self, key: tuple[str, str], name: str) -> Path:
        """Where the file of a conversation that has none yet is put; see `write`."""
        path = self.folder / name
        if not path.exists() and not path.is_symlink():
            return path
        return self.folder / f"{name[:10]}_{slug(key[0])}{name[10:]}"

    def tidy(self) -> None:
        """Remove what writers that were killed left half written."""
        for path in list(self.folder.iterdir()) if self.folder.is_dir() else ():
            with suppress(OSError):
                if is_half_written(path.name) and abs(time.time() - path.stat().st_mtime) > _ABANDONED:
                    path.unlink()

    def remove(self, file: HistoryFile) -> None:
        """Raises OSError."""
        file.path.unlink()
        with suppress(OSError):
            self.folder.rmdir()  # only where nothing else is in it


def read_header(path: Path) -> HistoryFile | None:
    """What a file says it is; None for one that is not ours, is a link, or cannot be read."""
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with safe_open.opened(path) as file:
            match = _HEADER.search(file.read(_READ))
        stat = path.stat()
    except OSError:
        return None
    if match is None:
        return None
    return HistoryFile(path, _name(match, 2), _name(match, 3), stat.st_size, stat.st_mtime)


def _name(match: re.Match[bytes], part: int) -> str:
    from urllib.parse import unquote

    return unquote(match.group(part).decode("ascii", "replace"))
