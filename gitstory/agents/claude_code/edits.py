"""What a finished tool call of Claude Code changed.

`structuredPatch` is made for display: it shows a leading tab as two spaces (seen in 2.0 to 2.1.2xx). So whole texts
are computed from the strings, and a patch is only kept where nothing else is there and no tab can be in it.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from gitstory.agents.json_values import text
from gitstory.agents.token_usage import count
from gitstory.effects.patches import absolute
from gitstory.effects.shell import how_it_ended, shell_edits, was_stopped
from gitstory.effects.shell.powershell import powershell_edits
from gitstory.model import Edit, Hunk, Replacement

_EXIT = re.compile(r"\s*(?:Error: )?Exit code (-?\d{1,10})\b")
SHELLS = frozenset({"Bash", "PowerShell"})
WRITERS = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit"})


def edits_of(
    tool: str, given: dict[str, Any], facts: dict[str, Any], cwd: str | None, time: float | None
) -> tuple[Edit, ...]:
    """The edits of a call that succeeded: `given` is its input, `facts` the object in the record's `toolUseResult`."""
    if tool == "Bash":
        return shell_edits(text(given.get("command")), cwd, time)
    if tool == "PowerShell":  # quotes otherwise: read as sh, its here-strings turn into redirections
        return powershell_edits(text(given.get("command")), cwd, time)
    if tool not in WRITERS:
        return ()
    named = facts.get("filePath") or given.get("file_path") or facts.get("notebook_path") or given.get("notebook_path")
    if not isinstance(named, str) or not named:
        return ()
    path = absolute(named, cwd)
    modified = facts.get("userModified") is True
    if tool == "Write":
        return (_written(path, given, facts, time, modified),)
    if tool == "NotebookEdit":
        return (_notebook(path, facts, time),)
    return (_replaced(path, given, facts, time, modified),)


def edits_before_failure(
    tool: str, given: dict[str, Any], printed: str, facts: dict[str, Any], cwd: str | None, time: float | None
) -> tuple[Edit, ...]:
    """What a shell command had surely written when it failed or was stopped; nothing where it was never run.

    A command that was refused, or whose call was not understood, has no exit code and was not interrupted.
    """
    if tool != "Bash":
        return ()
    stopped = facts.get("interrupted") is True or was_stopped(printed)
    code = _EXIT.match(printed)
    if not stopped and code is None:
        return ()
    ended = "stopped" if stopped else how_it_ended(int(code[1]) if code else None, True)
    return shell_edits(text(given.get("command")), cwd, time, ended)


def _written(path: str, given: dict[str, Any], facts: dict[str, Any], time: float | None, modified: bool) -> Edit:
    content = facts.get("content", given.get("content"))
    original = facts.get("originalFile")
    created = facts.get("type") == "create"
    before = original if isinstance(original, str) else "" if created else None
    after = content if isinstance(content, str) else None
    return Edit(path, "create" if created else "modify", "tool", before, after, time=time, user_modified=modified)


def _notebook(path: str, facts: dict[str, Any], time: float | None) -> Edit:
    before, after = facts.get("original_file"), facts.get("updated_file")
    if isinstance(before, str) and isinstance(after, str):
        return Edit(path, before=before, after=after, time=time)
    return Edit(path, time=time)


def _replaced(path: str, given: dict[str, Any], facts: dict[str, Any], time: float | None, modified: bool) -> Edit:
    pairs = _replacements(given, facts)
    before = facts.get("originalFile", facts.get("originalFileContents"))
    if not isinstance(before, str):
        before = "" if pairs and not pairs[0].old else None
    after = _applied(before, pairs) if before is not None else None
    op: Literal["create", "modify"] = "create" if before == "" and pairs and not pairs[0].old else "modify"
    if after is not None:
        return Edit(path, op, before=before, after=after, replacements=pairs, time=time, user_modified=modified)
    hunks = () if any("\t" in pair.old + pair.new for pair in pairs) else _hunks(facts.get("structuredPatch"))
    return Edit(path, before=before, hunks=hunks, replacements=pairs, time=time, user_modified=modified)


def _replacements(given: dict[str, Any], facts: dict[str, Any]) -> tuple[Replacement, ...]:
    listed = facts.get("edits", given.get("edits"))
    if isinstance(listed, list):
        return tuple(
            Replacement(text(item.get("old_string")), text(item.get("new_string")), item.get("replace_all") is True)
            for item in listed
            if isinstance(item, dict)
        )
    old, new = facts.get("oldString", given.get("old_string")), facts.get("newString", given.get("new_string"))
    if not isinstance(old, str) or not isinstance(new, str):
        return ()
    return (Replacement(old, new, facts.get("replaceAll", given.get("replace_all")) is True),)


def _applied(whole: str, pairs: tuple[Replacement, ...]) -> str | None:
    if not pairs:
        return None
    for pair in pairs:
        if not pair.old and not whole:
            whole = pair.new
        elif not pair.old or pair.old not in whole:
            return None
        elif not pair.new and not pair.old.endswith("\n") and pair.old + "\n" in whole:
            whole = whole.replace(pair.old + "\n", "", -1 if pair.all else 1)
        else:
            whole = whole.replace(pair.old, pair.new, -1 if pair.all else 1)
    return whole


def _hunks(patch: object) -> tuple[Hunk, ...]:
    hunks = []
    for item in patch if isinstance(patch, list) else ():
        lines = item.get("lines") if isinstance(item, dict) else None
        if not isinstance(lines, list):
            return ()
        kept = tuple(line for line in lines if isinstance(line, str) and line[:1] in (" ", "-", "+"))
        hunks.append(Hunk(count(item.get("oldStart")), count(item.get("newStart")), kept))
    return tuple(hunks)
