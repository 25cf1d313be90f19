"""The trees that OpenCode writes of a work tree before and after each step (seen in 1.18).

`snapshot/<project>/<work tree>` beside the database is a git directory; older versions had one for each project.
Objects alone are read, so that nothing in its configuration is followed.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gitstory import safe_open

if TYPE_CHECKING:
    from pygit2 import Odb

LARGEST = 1 << 20
"""Bytes of a file beyond which it is known by name only."""

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_TREE, _BLOB = 2, 3
_FILE = ("100644", "100755")


class Snapshots:
    """Reads files out of the trees of one project; `folder` is OpenCode's folder of all snapshots."""

    def __init__(self, folder: Path, project: str = "") -> None:
        self._folder, self._project = folder, project
        self._stores: list[tuple[Path, Odb]] | None = None

    def change(self, before: str, after: str, path: str) -> tuple[str | None, str | None] | None:
        """The text of `path` (from the top of the work tree) in two trees, None where it is not in one of them.

        None for the whole where a tree is not there any more, or the file is large or no text.
        """
        try:
            return self._text(before, path), self._text(after, path)
        except (LookupError, ValueError):
            return None

    def _text(self, tree: str, path: str) -> str | None:
        """LookupError where an object is missing, ValueError where it is no text."""
        parts = PurePosixPath(path).parts
        if not _OID.match(tree) or not parts or ".." in parts or "/" in parts:
            raise LookupError(tree)
        oid = tree
        for number, part in enumerate(parts):
            mode, oid = _entry(self._read(oid, _TREE), part.encode("utf-8", "surrogateescape"), len(tree) // 2)
            if not mode:
                return None
            if (mode in _FILE) is not (number == len(parts) - 1):
                raise ValueError(mode)
        data = self._read(oid, _BLOB)
        if len(data) > LARGEST or b"\0" in data:
            raise ValueError(path)
        return data.decode("utf-8")

    def _read(self, oid: str, kind: int) -> bytes:
        for objects, store in self._opened():
            loose = objects / oid[:2] / oid[2:]
            if (not loose.exists() or safe_open.is_file(loose)) and oid in store:
                object_type, data = store.read(oid)
                if object_type == kind:
                    return bytes(data)
        raise LookupError(oid)

    def _opened(self) -> list[tuple[Path, Odb]]:
        if self._stores is None:
            # Most conversations are read without: it takes as long to import as many of them to read.
            from pygit2 import GitError, Odb

            own = self._folder / self._project
            top = own if self._project and own.is_dir() else self._folder
            self._stores = []
            for head in safe_open.globbed(top, "HEAD", "*/HEAD", "*/*/HEAD"):
                objects = head.parent / "objects"
                try:
                    if all(safe_open.is_file(pack) for pack in (objects / "pack").iterdir()):
                        self._stores.append((objects, Odb(str(objects))))
                except (GitError, OSError, ValueError):
                    continue
        return self._stores


def _entry(tree: bytes, name: bytes, size: int) -> tuple[str, str]:
    """Mode and id of an entry of a tree; empty where it has none of that name."""
    at = 0
    while at < len(tree):
        stop = tree.index(b"\0", at)
        mode, _, entry = tree[at:stop].partition(b" ")
        at = stop + 1 + size
        if entry == name:
            return mode.decode("ascii"), tree[stop + 1 : at].hex()
    return "", ""
