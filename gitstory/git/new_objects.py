"""New objects for many changed paths at once: blobs, trees and one commit, made in memory, stored in one go.

A tree is read only where a change leads into it, so a small write into a big store touches a handful of objects.
Object ids are computed here; git itself stores the objects (`unpack-objects` for a few, `index-pack` for many, as a
receiving `git push` does), which serves SHA-1 and SHA-256, bare, linked, shared, partial and shallow repositories.
`bench/storage` holds the figures against fast-import, mktree and pygit2.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
import zlib
from collections.abc import Iterable, Mapping

from msgspec import Struct

from .packing import IDENTITY, LARGE, MARK, note
from .process import GitFailed, GitMissing, clean_env, git_program
from .repo import DamagedObject, Objects, Repo

TREE = 0o040000
FILE = 0o100644
_TYPES = {"commit": 1, "tree": 2, "blob": 3}
_PACK_FROM = 200
"""From this many objects on a pack is kept as it is; below it the objects become loose ones."""


class Existing(Struct, frozen=True):
    """An object that is stored already, to be put at another path."""

    id: str
    mode: int = FILE


Change = bytes | Existing | None
"""What a path becomes: a file of these bytes, an object known already, or nothing."""

Entries = dict[bytes, tuple[int, str]]
"""name -> (mode, id)"""


class NewObjects:
    """Objects that are not stored yet, each once."""

    def __init__(self, object_format: str) -> None:
        self._hash = object_format
        self._objects: dict[str, tuple[str, bytes]] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def ids(self) -> list[str]:
        return list(self._objects)

    def add(self, kind: str, content: bytes, stored: str = "") -> str:
        """Take an object in, unless it is the one with the id `stored`, which is there; returns its id."""
        oid = object_id(self._hash, kind, content)
        if oid != stored:
            self._objects[oid] = (kind, content)
        return oid

    def pack(self) -> Iterable[bytes]:
        """The objects as a pack stream (version 2, no deltas)."""
        trailer = hashlib.new(self._hash)
        for part in self._parts():
            trailer.update(part)
            yield part
        yield trailer.digest()

    def _parts(self) -> Iterable[bytes]:
        yield struct.pack(">4sII", b"PACK", 2, len(self._objects))
        for kind, content in self._objects.values():
            yield _pack_header(_TYPES[kind], len(content)) + zlib.compress(content)


def object_id(object_format: str, kind: str, content: bytes) -> str:
    """The id git gives `content`; `object_format` is "sha1" or "sha256"."""
    digest = hashlib.new(object_format, b"%s %d\0" % (kind.encode(), len(content)))
    digest.update(content)
    return digest.hexdigest()


def _pack_header(kind: int, size: int) -> bytes:
    head = bytearray()
    byte, size = (kind << 4) | (size & 15), size >> 4
    while size:
        head.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    head.append(byte)
    return bytes(head)


def read_entries(objects: Objects, tree: str | None) -> Entries:
    """The entries of a tree, none where there is no such tree."""
    return {} if tree is None else {name: (mode, oid) for name, mode, oid in objects.tree(tree)}


def all_entries(objects: Objects, tree: str | None) -> Entries:
    """The same for a tree that is to be replaced: one that cannot be read must not be taken for an empty one."""
    entries = read_entries(objects, tree)
    if tree is not None and not entries and objects.read(tree) is None:
        raise DamagedObject(tree)
    return entries


def edit_tree(
    objects: Objects, base: str | None, changes: Mapping[bytes, Change], new_objects: NewObjects
) -> str | None:
    """The id of the tree `base` with `changes` ("/"-parted paths) applied, new objects added to `made`.

    Empty trees vanish; None means that nothing is left. A file in the way of a folder is replaced. Raises
    ValueError for a path git would not accept.
    """
    here: dict[bytes, Change] = {}
    below: dict[bytes, dict[bytes, Change]] = {}
    for path, change in changes.items():
        name, slash, rest = path.partition(b"/")
        if name in (b"", b".", b"..", b".git") or b"\0" in name or (slash and not rest):
            raise ValueError(f"not a path for a tree: {path!r}")
        if slash:
            below.setdefault(name, {})[rest] = change
        else:
            here[name] = change
    entries = all_entries(objects, base)
    before = dict(entries)
    for name, change in here.items():
        _put(entries, name, change, new_objects)
    for name, inner in below.items():
        old = entries.get(name)
        tree = edit_tree(objects, old[1] if old is not None and old[0] == TREE else None, inner, new_objects)
        if tree is not None:
            entries[name] = (TREE, tree)
        elif old is not None and old[0] == TREE:
            del entries[name]
    if entries == before and base is not None:
        return base if entries else None
    return new_objects.add("tree", tree_bytes(entries)) if entries else None


def _put(entries: Entries, name: bytes, change: Change, new_objects: NewObjects) -> None:
    if change is None:
        entries.pop(name, None)
    elif isinstance(change, Existing):
        entries[name] = (change.mode, change.id)
    else:
        # A conversation is written as a whole each time that it grows: what is there already is not stored again.
        _mode, stored = entries.get(name, (FILE, ""))
        entries[name] = (FILE, new_objects.add("blob", change, stored))


def tree_bytes(entries: Entries) -> bytes:
    """A tree object's content; git sorts folders as if their names ended in "/"."""
    order = sorted(entries.items(), key=lambda item: item[0] + b"/" if item[1][0] == TREE else item[0])
    return b"".join(b"%o %s\0" % (mode, name) + bytes.fromhex(oid) for name, (mode, oid) in order)


def commit_bytes(tree: str, message: str, parent: str | None = None, committed: int = 0) -> bytes:
    """A commit; ours here have no parents, so that what a later one leaves out is unreachable at once.

    `committed` is the committer's time, for those at a remote (see `transfer_negotiation.deep_date`).
    """
    above = b"" if parent is None else b"parent %s\n" % parent.encode()
    committer = IDENTITY.replace(b" 0 ", b" %d " % committed)
    lines = (b"tree %s\n" % tree.encode(), above, b"author %s\ncommitter %s\n" % (IDENTITY, committer))
    return b"".join(lines) + b"\n%s\n" % message.encode()


def store(repo: Repo, new_objects: NewObjects) -> None:
    """Write new objects into the repository. Raises `GitFailed` when git cannot (no space, read-only ...)."""
    if not len(new_objects):
        return
    how = ["unpack-objects", "-q"]
    if len(new_objects) >= _PACK_FROM:
        how = ["index-pack", "--stdin", *([f"--keep={MARK}"] if len(new_objects) < LARGE else [])]
    try:
        process = subprocess.Popen(
            [git_program(), f"--git-dir={repo.git_dir}", *how],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=clean_env(),
        )
    except FileNotFoundError as error:
        raise GitMissing from error
    assert process.stdin is not None and process.stderr is not None
    try:
        for part in new_objects.pack():
            process.stdin.write(part)
        process.stdin.close()
    except BrokenPipeError:
        pass  # git has given up and says why on stderr
    stderr = process.stderr.read()
    process.stderr.close()
    if process.wait() != 0:
        raise GitFailed(how, process.returncode, stderr)
    if len(new_objects) < _PACK_FROM:
        note(repo, new_objects.ids())
