"""Patches as agents record them: unified diffs, and the `*** Begin Patch` grammar of `apply_patch`.

Pure functions that never raise: what cannot be understood is left out. Lines end at "\\n" only (a form feed or a
U+2028 inside a line is text), and a "\\r" before it is dropped with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal
from urllib.parse import unquote

from gitstory.model import Edit, Hunk

BEGIN, END = "*** Begin Patch", "*** End Patch"

_HEADER = re.compile(r"@@+ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_FILE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.*\S)\s*\Z")
_MOVE = re.compile(r"\*\*\* Move to: (.*\S)\s*\Z")
_COMMAND = re.compile(r"apply_?patch\b")
_WIDEST = (200, 20)
"""Characters between the name of the program and its patch: on the same line, and on the next."""
_CD = re.compile(r"\A\s*cd\s+(\"[^\"\n]+\"|'[^'\n]+'|[^\s;&|]+)\s*(?:&&|;)")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_OPS: dict[str, Literal["create", "modify", "delete"]] = {"Add": "create", "Update": "modify", "Delete": "delete"}


def absolute(path: str, cwd: str | None) -> str:
    """`path` with forward slashes, led by `cwd` where it is relative and a `cwd` is known; `.` and `..` resolved.

    An empty path is `cwd` itself.
    """
    if not path:
        return _normal(_local(cwd)) if cwd else ""
    path = _local(path)
    if cwd and not path.startswith("/") and not _DRIVE.match(path):
        path = f"{_local(cwd).rstrip('/')}/{path}"
    return _normal(path) if path.startswith("/") or _DRIVE.match(path) else path


def _local(path: str) -> str:
    if path.startswith("file://"):
        path = unquote(path[len("file://") :])
        path = path[1:] if _DRIVE.match(path[1:]) else path
    return path.replace("\\", "/") if _DRIVE.match(path) or path.startswith("\\\\") or "/" not in path else path


def _normal(path: str) -> str:
    if "/." not in path and "//" not in path[1:]:
        return path
    drive, rest = (path[:2], path[2:]) if _DRIVE.match(path) else ("/" if path.startswith("//") else "", path)
    kept: list[str] = []
    for part in rest.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return f"{drive}/{'/'.join(kept)}"


def hunks(diff: str) -> tuple[Hunk, ...]:
    """The hunks of a unified diff of one file.

    The counts of a header say where its hunk ends, so that a removed line that reads like a file header is no header.
    """
    lines = _lines(diff)
    found_hunks: list[Hunk] = []
    at = 0
    while at < len(lines):
        header = _HEADER.match(lines[at])
        at += 1
        if header is None:
            continue
        old, new = int(header[2] or 1), int(header[4] or 1)
        at, body = _body(lines, at, old, new)
        if any(line[0] != " " for line in body):
            found_hunks.append(Hunk(int(header[1]), int(header[3]), tuple(body)))
    return tuple(found_hunks)


def _body(lines: list[str], at: int, old: int, new: int) -> tuple[int, list[str]]:
    """The lines of a hunk that claims `old` and `new` lines, from `at` on, and where it ends."""
    body: list[str] = []
    while at < len(lines):
        line = lines[at]
        if old <= 0 and new <= 0 and (not line.startswith(("+", "-", " ")) or _is_file_header(lines, at)):
            break
        if line.startswith("\\"):
            at += 1
            continue
        if line and line[0] not in "+- ":
            break
        if not line and at == len(lines) - 1:
            break
        body.append(line or " ")
        old -= line[:1] != "+"
        new -= line[:1] != "-"
        at += 1
    return at, body


def _is_file_header(lines: list[str], at: int) -> bool:
    return lines[at].startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


def edits(
    patch: str, cwd: str | None = None, source: Literal["tool", "shell"] = "tool", time: float | None = None
) -> tuple[Edit, ...]:
    """The edits of an `apply_patch` text, without positions: it names places by their text only.

    The context of `@@ context` lines is left out; it says where to look, not what stands beside the change. Nothing
    for a text without `*** Begin Patch`; a text that breaks off yields what is whole up to there.
    """
    start = patch.find(BEGIN)
    if start < 0:
        return ()
    found_edits: list[Edit] = []
    section: list[str] = []
    for line in _lines(patch[start:].rstrip("\n"))[1:]:
        if line.startswith(END):
            break
        if _FILE.match(line) and section:
            found_edits += _section(section, cwd, source, time)
            section = []
        if section or _FILE.match(line):
            section.append(line)
    if section:
        found_edits += _section(section, cwd, source, time)
    return tuple(found_edits)


def unified(diff: str, cwd: str | None = None) -> tuple[Edit, ...]:
    """The edits of a unified diff a model wrote, of any number of files.

    Without positions: programs that take such diffs look for the context near the line a header claims. Parts before
    the first `---` and `+++` are of no file that is known, and left out.
    """
    lines = _lines(diff)
    starts = [at for at in range(len(lines)) if _is_file_header(lines, at)]
    found_edits: list[Edit] = []
    for start, stop in pairwise([*starts, len(lines)]):
        old, new = (_diff_path(line) for line in lines[start : start + 2])
        path, changes = absolute(new or old, cwd), unplaced("\n".join(lines[start + 2 : stop]))
        if not (new or old):
            continue
        if not new:
            found_edits.append(Edit(path, "delete"))
        elif not old:
            added = [line[1:] for hunk in changes for line in hunk.lines if line[0] == "+"]
            found_edits.append(Edit(path, "create", before="", after="".join(line + "\n" for line in added)))
        elif changes:
            found_edits.append(Edit(path, hunks=changes))
    return tuple(found_edits)


def added_lines(text: str) -> tuple[str, ...]:
    """The lines of `text` as added lines of a hunk."""
    return tuple("+" + line for line in text.removesuffix("\n").split("\n"))


def inserted(path: str, text: str, source: Literal["tool", "shell"] = "tool", time: float | None = None) -> Edit:
    """The edit that adds the lines of `text` at a place of the file that is not known."""
    return Edit(path, source=source, hunks=(Hunk(0, 0, added_lines(text)),), time=time)


def unplaced(diff: str) -> tuple[Hunk, ...]:
    """The hunks of a unified diff of one file without the places its headers claim."""
    return tuple(Hunk(0, 0, hunk.lines) for hunk in hunks(diff))


def _diff_path(header: str) -> str:
    """The path of a `---` or `+++` line; "" for none, `/dev/null`."""
    path = header[4:].split("\t", 1)[0].strip()
    return "" if path in ("/dev/null", "dev/null") else path[2:] if path.startswith(("a/", "b/")) else path


def before_failure(patch: str, error: str, cwd: str | None = None, time: float | None = None) -> tuple[Edit, ...]:
    """The edits of an `apply_patch` text that were made before it failed at the file that `error` names.

    Files are changed one after the other. Nothing where the patch was refused whole, or no file is named.
    """
    if "verification failed" in error:
        return ()
    applied: list[Edit] = []
    for edit in edits(patch, cwd, time=time):
        origin = edit.moved_from or edit.path
        if any(_names(error, name) for name in (edit.path, origin, *_as_written(patch, origin))):
            return tuple(applied)
        applied.append(edit)
    return ()


def _as_written(patch: str, path: str) -> list[str]:
    """The names by which a patch calls the file at `path`."""
    names = [match[2] for line in _lines(patch) if (match := _FILE.match(line))]
    return [name for name in names if path == name or path.endswith(f"/{name.removeprefix('./')}")]


def _names(error: str, path: str) -> bool:
    return re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-]|\.\w)", error) is not None


def _section(lines: list[str], cwd: str | None, source: Literal["tool", "shell"], time: float | None) -> list[Edit]:
    header = _FILE.match(lines[0])
    if header is None:
        return []
    path, op, body = absolute(header[2], cwd), _OPS[header[1]], lines[1:]
    if op == "create":
        after = "".join(line[1:] + "\n" for line in body if line.startswith("+"))
        return [Edit(path, "create", source, after=after, time=time)]
    if op == "delete":
        return [Edit(path, "delete", source, time=time)]
    moved = next((match for line in body[:1] if (match := _MOVE.match(line))), None)
    changes = _chunks(body[1:] if moved else body)
    if moved is None:
        return [Edit(path, "modify", source, hunks=changes, time=time)] if changes else []
    return [Edit(absolute(moved[1], cwd), "rename", source, hunks=changes, moved_from=path, time=time)]


def _chunks(lines: list[str]) -> tuple[Hunk, ...]:
    chunks: list[Hunk] = []
    body: list[str] = []
    for line in [*lines, "@@"]:
        if line.startswith("@@"):
            if any(kept[0] != " " for kept in body):
                chunks.append(Hunk(0, 0, tuple(body)))
            body = []
        elif not line or line[0] in "+- ":
            body.append(line or " ")
    return tuple(chunks)


def in_command(command: str) -> tuple[str, str | None] | None:
    """The patch that a shell command hands to `apply_patch`, and the directory it changed to before, if any."""
    start = next(_handed_over(command), None)
    if start is None:
        return None
    stop = command.find("\n" + END, start) + 1
    changed = _CD.match(command)
    directory = changed[1].strip("\"'") if changed and changed.end() <= start else None
    return command[start : stop + len(END)] if stop else command[start:], directory


def _handed_over(command: str) -> Iterator[int]:
    """Where patches begin that stand behind a command `apply_patch`."""
    for match in _COMMAND.finditer(command):
        between, text, _ = command[match.end() : match.end() + sum(_WIDEST) + len(BEGIN) + 1].partition(BEGIN)
        same, _, following = between.partition("\n")
        near = len(between) <= sum(_WIDEST) if same == between else len(same) <= _WIDEST[0]
        near = near and "\n" not in following and len(following) <= _WIDEST[1]
        if text and near and _begins_command(command[max(0, match.start() - 400) : match.start()]):
            yield match.end() + len(between)


def _begins_command(before: str) -> bool:
    """Whether a program named behind `before`, which may end with its directory, is what the shell runs."""
    directory = before.rsplit(maxsplit=1)[-1] if before.endswith("/") else ""
    if any(sign in directory for sign in ";&|("):
        return True
    before = before.removesuffix(directory).rstrip(" \t")
    return not before or before[-1] in ";&|(\n"


def without_patch(command: str) -> str:
    """`command` with the body of the patch it carries replaced by the names of its files: the edits hold the rest."""
    pair = in_command(command)
    return command if pair is None else command.replace(pair[0], summary(pair[0]), 1)


def summary(patch: str) -> str:
    """The file lines of an `apply_patch` text, one a line: "Update File: calc.py"."""
    names = [line[4:] for line in _lines(patch) if _FILE.match(line) or _MOVE.match(line)]
    return "\n".join(names)


def _lines(text: str) -> list[str]:
    return [line[:-1] if line.endswith("\r") else line for line in text.split("\n")]
