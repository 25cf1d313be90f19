"""The edits of Cursor's tools from their arguments: the same for the editor, its program and transcripts.

The tools' names changed with the versions: `search_replace` (2025), `edit_file_v2`, `StrReplace` (2026).
"""

from __future__ import annotations

import re
from typing import Any

from gitstory.agents.conversation_builder import changed
from gitstory.agents.json_values import compact, cut, first, mappings, text
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit, Hunk

SHELLS = frozenset({"shell", "runterminalcmd", "runterminalcommand", "bash"})
_PATHS = ("relativeWorkspacePath", "path", "file_path", "target_file", "targetFile", "filePath", "target_notebook")
_MAIN_ARGUMENTS = (
    "command",
    "query",
    "pattern",
    "globPattern",
    "glob_pattern",
    "url",
    "search_term",
    "prompt",
    "description",
)
_VERSION = re.compile(r"_?v\d+\Z")
_ELIDED = re.compile(r"^[^\S\n]*+(?://|#|/\*|<!--|--|;)[^\S\n]*+\.\.\.", re.MULTILINE)
"""A comment that stands for code which is left as it is: what holds one is a sketch, not a file."""


def plain(tool: str) -> str:
    """A tool's name without what differs between versions: "edit_file_v2" and "EditFile" are "editfile"."""
    return _VERSION.sub("", tool.lower()).replace("_", "").replace("-", "")


_TOOLS = ToolTable(
    tools(
        patch=("applypatch",),
        write=("write", "writefile", "createfile"),
        replace=("strreplace", "searchreplace", "multiedit", "multistrreplace"),
        delete=("delete", "deletefile"),
        name=("editnotebook", "editfile", "reapply"),
    ),
    whole=("contents", "content"),
    lists=("edits", "replacements"),
    empty="new",
    named=False,
    plain=plain,
)


def path_in(given: dict[str, Any]) -> str:
    return first(given, _PATHS)


def main_argument(tool: str, given: dict[str, Any], path: str) -> str:
    """The telling part of what a tool was asked."""
    patch = patches.summary(patch_in(given))
    argument = first(given, _MAIN_ARGUMENTS)
    return cut(patch or (argument if plain(tool) in SHELLS or not path else path) or (compact(given) if given else ""))


def patch_in(given: dict[str, Any]) -> str:
    return first(given, ("patch", "input", "patchText"))


def edits_of_call(tool: str, given: dict[str, Any], path: str, cwd: str | None, time: float | None) -> tuple[Edit, ...]:
    """What a call that was carried out changed, `path` being that of the file, by its arguments alone."""
    action = _TOOLS.action(tool)
    if action != "patch":
        return _TOOLS.edits_of(action, path, given, time) if path else ()
    edits = patches.edits(patch_in(given), cwd, time=time)
    return edits if edits or not path else (Edit(path, hunks=patches.hunks(patch_in(given)), time=time),)


def streamed(content: str, path: str, cwd: str | None, time: float | None) -> tuple[Edit, ...]:
    """`streamingContent` of versions up to April 2026: the whole file, a patch or a sketch, as the model likes it."""
    if patches.BEGIN in content:
        return patches.edits(content, cwd, time=time)
    hunks = patches.hunks(content)
    if hunks:
        return (Edit(path, hunks=hunks, time=time),)
    lines = [line for line in content.split("\n") if line]
    if lines and all(line[0] in "+- @" for line in lines) and any(line[0] in "+-" for line in lines):
        return patches.edits(f"{patches.BEGIN}\n*** Update File: {path}\n{content}\n{patches.END}", cwd, time=time)
    if _ELIDED.search(content):
        return (Edit(path, time=time),)
    return (changed(path, None, content, time),)


def chunks(listed: Any) -> tuple[Hunk, ...]:
    """The hunks of a result that lists them, with their positions."""
    hunks: list[Hunk] = []
    for chunk in mappings(listed):
        header = [chunk.get(key) for key in ("oldStart", "oldLines", "newStart", "newLines")]
        if all(isinstance(number, int) and 0 <= number < 1e9 for number in header):
            numbers = "@@ -{},{} +{},{} @@\n".format(*header)
            hunks += patches.hunks(numbers + text(chunk.get("diffString")))
    return tuple(hunks)


def compared(listed: Any) -> tuple[Hunk, ...]:
    """The hunks of a comparison that has each line with its numbers before and after."""
    hunks: list[Hunk] = []
    lines: list[str] = []
    start = (0, 0)
    old = new = 1
    for fields in [*mappings(listed), {}]:
        sign = {"added": "+", "removed": "-", "unchanged": " "}.get(text(fields.get("type")))
        before, after = fields.get("originalLineNumber"), fields.get("modifiedLineNumber")
        old = before if isinstance(before, int) and 0 < before < 1e9 else old
        new = after if isinstance(after, int) and 0 < after < 1e9 else new
        if sign in ("+", "-"):
            start = start if lines else (old, new)
            lines.append(sign + text(fields.get("content")).split("\n")[0].removesuffix("\r"))
        elif lines:
            hunks.append(_hunk(start, lines))
            lines = []
        old += sign in ("-", " ")
        new += sign in ("+", " ")
    return tuple(hunks)


def _hunk(start: tuple[int, int], lines: list[str]) -> Hunk:
    """One whose old side is empty stands, in a unified diff, after the line before it."""
    only_new = all(line[0] == "+" for line in lines)
    return Hunk(start[0] - only_new, start[1], tuple(lines))
