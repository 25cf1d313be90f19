"""The parts of a rule file that a program wrote and keeps up: between two comments, or about itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_TOOLS = ("byterover", "taskmaster", "task-master", "task master")
"""Programs that write about themselves into rule files without any mark."""
_FILES = ("dev_workflow.mdc", "taskmaster.mdc", "self_improve.mdc", "cursor_rules.mdc", "byterover-rules.mdc")
"""Rule files that those programs install."""
_STARTS, _ENDS = ("start", "begin"), ("end",)
_OF_PEOPLE = ("manual", "custom", "your own")
"""In a mark that leaves room for a person's own lines."""


def is_of_tool(name: str) -> bool:
    """Whether a program installed the rule file `name`."""
    return name.rsplit("/", 1)[-1].lower() in _FILES


def lines_of_tools(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines that a program wrote: `<!-- nx start -->` to `<!-- nx end -->`, and what names it."""
    numbers = {at for at, line in enumerate(lines, 1) if any(tool in line.lower() for tool in _TOOLS)}
    start = 0
    for at, line in enumerate(lines, 1):
        words = _mark(line)
        if not start and any(word in _STARTS for word in words):
            start = at
        elif start and any(word in _ENDS for word in words):
            numbers.update(range(start, at + 1))
            start = 0
    return numbers


def _mark(line: str) -> list[str]:
    """The words of a line that is a comment, `OPENSPEC:START` as two; none where it is for people's own lines."""
    bare = line.strip().lower()
    if not bare.startswith("<!--") or not bare.endswith("-->") or any(word in bare for word in _OF_PEOPLE):
        return []
    return "".join(char if char.isalnum() else " " for char in bare).split()
