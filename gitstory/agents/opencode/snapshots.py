"""What OpenCode's steps changed beside the edits of its tools: files that a shell command wrote (seen in 1.18).

OpenCode writes a tree of the work tree before and after each step. `snapshot/<project>/<work tree>` beside the database
is a git directory; older versions had one for each project. Objects alone are read, so that nothing in its
configuration is followed.

A step names the files that changed between its two trees. Those that no edit tool of the step names were written by
its shell commands, where it has any; without one another process made them.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gitstory import safe_open
from gitstory.agents.conversation_builder import CallDraft
from gitstory.agents.json_values import text, texts
from gitstory.agents.opencode.tools import SHELLS
from gitstory.effects.patches import absolute
from gitstory.model import Edit

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


class Stage:
    """The step that runs: its calls, and the trees before and after it. `root` is the top of the work tree."""

    def __init__(self, snapshots: Snapshots | None) -> None:
        self._snapshots = snapshots
        self.root = ""
        self.calls: list[CallDraft] = []
        self.before = self.after = ""

    def take(self, kind: str, part: dict[str, Any]) -> None:
        if kind == "step-start":
            self.calls, self.before, self.after = [], text(part.get("snapshot")), ""
        elif kind == "step-finish":
            self.after = text(part.get("snapshot"))
        else:
            self._changed(text(part.get("hash")) or self.before, texts(part.get("files")))

    def _changed(self, before: str, files: list[str]) -> None:
        shells = [call for call in self.calls if call.tool in SHELLS and call.answered]
        if not shells:
            return
        paths = {edit.path for call in self.calls if call.tool not in SHELLS for edit in call.edits}
        wrote = [edit for path in files if (edit := self._edit(before, absolute(path, self.root or None), shells))]
        exact = {edit.path for edit in wrote if edit.path not in paths}
        for call in shells:
            call.edits = tuple(edit for edit in call.edits if edit.path not in exact)
        shells[-1].edits += tuple(edit for edit in wrote if edit.path in exact)

    def _edit(self, before: str, path: str, shells: list[CallDraft]) -> Edit | None:
        """The change of a file; None if a command has more of it than the snapshots."""
        time, top = shells[-1].time, self.root.rstrip("/") + "/"
        change = None
        if self._snapshots is not None and self.after and path.startswith(top) and len(top) > 1:
            change = self._snapshots.change(before, self.after, path[len(top) :])
        if change is None or change == (None, None):
            is_known = any(edit.path == path for call in shells for edit in call.edits)
            return None if is_known else Edit(path, source="shell", time=time)
        old, new = change
        if new is None:
            return Edit(path, "delete", "shell", before=old, time=time)
        return Edit(path, "modify" if old is not None else "create", "shell", before=old or "", after=new, time=time)
