"""What a step of OpenCode changed beside the edits of its tools: files that a shell command wrote.

A step names the files that changed between its two trees. Those that no edit tool of the step names were written by
its shell commands, where it has any; without one another process made them.
"""

from __future__ import annotations

from typing import Any

from gitstory.agents.conversation_builder import CallDraft
from gitstory.agents.json_values import text, texts
from gitstory.agents.opencode.snapshots import Snapshots
from gitstory.agents.opencode.tools import SHELLS
from gitstory.effects.patches import absolute
from gitstory.model import Edit


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
