"""The paths of notes in a notes tree, by any writer.

git parts a note's path (the noted object's id) by "/" after every two digits as often as it thinks fit, and reads
any mixture. We always part once, and once more below a folder that has grown past `SPLIT` entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .new_objects import TREE, Change, Entries, Existing, read_entries
from .repo import Objects

SPLIT = 512


def note_changes(objects: Objects, base: str | None, notes: Mapping[str, bytes | None]) -> dict[bytes, Change]:
    """The paths to change in the notes tree `base` so that each object id has this note, or none.

    A note under another fan-out is moved to ours, so that git never sees two.
    """
    tree = _Tree(objects, base)
    changes: dict[bytes, Change] = {}
    for oid, text in notes.items():
        tree.place(oid.encode(), text, changes)
    return changes


def find_note(objects: Objects, base: str | None, oid: str) -> str | None:
    """The blob id of an object's note."""
    tree = _Tree(objects, base)
    for path in tree.paths(oid.encode()):
        return tree.entry(path)
    return None


def noted(objects: Objects, base: str | None, oids: Iterable[str]) -> set[str]:
    """Those of `oids` that have a note."""
    tree = _Tree(objects, base)
    return {oid for oid in oids if any(True for _ in tree.paths(oid.encode()))}


def list_notes(objects: Objects, base: str | None) -> Iterator[tuple[str, str]]:
    """(noted object, blob) of every note in the tree; entries that are no notes are left out."""
    root = objects.read(base) if base is not None else None
    size = len(root[0]) if root is not None else 40
    yield from _walk(objects, base, b"", size)


def _walk(objects: Objects, tree: str | None, prefix: bytes, size: int) -> Iterator[tuple[str, str]]:
    for name, (mode, oid) in read_entries(objects, tree).items():
        whole = prefix + name
        if not _is_hex(name) or len(whole) > size:
            continue
        if mode == TREE and len(name) == 2:
            yield from _walk(objects, oid, whole, size)
        elif mode != TREE and len(whole) == size:
            yield whole.decode(), oid


class _Tree:
    """A notes tree with the folders that were looked into."""

    def __init__(self, objects: Objects, base: str | None) -> None:
        self._objects = objects
        self._base = base
        self._seen: dict[bytes, Entries] = {}

    def folder(self, path: bytes) -> Entries:
        """The entries of the folder at `path` (b"" or ending in "/")."""
        if path not in self._seen:
            if not path:
                tree = self._base
            else:
                above, _, name = path[:-1].rpartition(b"/")
                mode, oid = self.folder(above + b"/" if above else b"").get(name, (0, ""))
                tree = oid if mode == TREE else None
            self._seen[path] = read_entries(self._objects, tree)
        return self._seen[path]

    def entry(self, path: bytes) -> str:
        above, slash, name = path.rpartition(b"/")
        return self.folder(above + slash)[name][1]

    def paths(self, oid: bytes) -> Iterator[bytes]:
        """Every path of a note for `oid`."""
        at, rest = b"", oid
        while True:
            entries = self.folder(at)
            if rest in entries and entries[rest][0] != TREE:
                yield at + rest
            if len(rest) <= 2 or entries.get(rest[:2], (0, ""))[0] != TREE:
                return
            at, rest = at + rest[:2] + b"/", rest[2:]

    def place(self, oid: bytes, text: bytes | None, changes: dict[bytes, Change]) -> None:
        for path in self.paths(oid):
            changes[path] = None
            changes.pop(_deeper(path), None)
        if text is None:
            return
        at, rest = oid[:2] + b"/", oid[2:]
        while self._parted(at):
            at, rest = at + rest[:2] + b"/", rest[2:]
        if len(self.folder(at)) >= SPLIT:
            self._split(at, len(rest), changes)
            at, rest = at + rest[:2] + b"/", rest[2:]
        changes[at + rest] = text

    def _split(self, at: bytes, width: int, changes: dict[bytes, Change]) -> None:
        """Move the notes of a folder one level down, but for those that have been changed or moved already."""
        for name, (mode, blob) in self.folder(at).items():
            if mode != TREE and len(name) == width and _is_hex(name) and at + name not in changes:
                changes[at + name] = None
                changes[_deeper(at + name)] = Existing(blob, mode)

    def _parted(self, at: bytes) -> bool:
        entries = self.folder(at)
        return any(mode == TREE and len(name) == 2 and _is_hex(name) for name, (mode, _) in entries.items())


def _deeper(path: bytes) -> bytes:
    above, slash, name = path.rpartition(b"/")
    return above + slash + name[:2] + b"/" + name[2:]


def _is_hex(name: bytes) -> bool:
    return not name.strip(b"0123456789abcdef")
