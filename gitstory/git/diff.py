"""The lines of a commit's diff, with their numbers before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from .blame import unquote
from .commit_details import path_text
from .repo import Repo

_HUNK = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)")
_CONTEXT = 3


class DiffLine(Struct, frozen=True, gc=False):
    """One line: `old` and `new` are its numbers before and after (0 where it is not there)."""

    kind: Literal[" ", "+", "-"]
    old: int
    new: int
    text: bytes


class DiffHunk(Struct, frozen=True):
    """Consecutive lines; `heading` is the function git names for them."""

    heading: bytes
    lines: tuple[DiffLine, ...]


class FileDiff(Struct, frozen=True):
    """The change of one file: `path` after it (before it, if the file was deleted)."""

    path: str
    hunks: tuple[DiffHunk, ...]
    old_path: str | None = None
    op: Literal["modified", "added", "deleted", "renamed"] = "modified"
    binary: bool = False


def commit_diff(repo: Repo, oid: str, parent: str | None, paths: Sequence[str]) -> list[FileDiff]:
    """The diff of `paths` (old names too, of renamed files) between `parent` (None: nothing) and `oid`."""
    if not paths:
        return []
    begin = parent or repo.git("hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()
    named = [b":(top,literal)" + path.encode("utf-8", "surrogateescape") for path in paths]
    how = ("--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", f"-U{_CONTEXT}")
    out = repo.git("diff-tree", "-r", "-p", "-M", *how, begin, oid, "--", *named)
    return list(parse_diff(out))


def parse_diff(out: bytes) -> Iterator[FileDiff]:
    """Read a patch as git writes it, with the prefixes `a/` and `b/`."""
    for part in re.split(rb"^diff --git ", out, flags=re.MULTILINE)[1:]:
        head, *rows = part.split(b"\n")
        at = next((n for n, row in enumerate(rows) if row.startswith(b"@@ ")), len(rows))
        yield _file(head, rows[:at], rows[at:])


def _file(head: bytes, extended: Sequence[bytes], rows: Sequence[bytes]) -> FileDiff:
    facts = {name: row[len(name) :] for row in extended for name in _FACTS if row.startswith(name)}
    old, new = _name(facts.get(b"--- ")), _name(facts.get(b"+++ "))
    moved = unquote(facts[b"rename from "]) if b"rename from " in facts else None
    path = new or old or (unquote(facts[b"rename to "]) if b"rename to " in facts else _halved(head))
    added, deleted = b"new file mode " in facts, b"deleted file mode " in facts
    return FileDiff(
        path_text(path),
        tuple(_hunks(rows)),
        path_text(moved) if moved is not None else None,
        "added" if added else "deleted" if deleted else "renamed" if moved is not None else "modified",
        any(row.startswith(b"Binary files ") for row in extended),
    )


_FACTS = (b"--- ", b"+++ ", b"rename from ", b"rename to ", b"new file mode ", b"deleted file mode ")


def _name(field: bytes | None) -> bytes | None:
    """`b/name` (perhaps quoted, with the tab git adds behind a space) -> `name`; None for /dev/null."""
    if field is None or field == b"/dev/null":
        return None
    return unquote(field.removesuffix(b"\t"))[2:]


def _halved(head: bytes) -> bytes:
    """The name in `a/name b/name`, both the same."""
    half = head[: (len(head) - 1) // 2]
    return unquote(half)[2:]


def _hunks(rows: Sequence[bytes]) -> Iterator[DiffHunk]:
    lines: list[DiffLine] = []
    heading, old, new = b"", 0, 0
    for row in rows:
        match = _HUNK.match(row) if row.startswith(b"@@ ") else None
        if match is not None:
            if lines:
                yield DiffHunk(heading, tuple(lines))
            lines, old, new, heading = [], int(match[1]), int(match[2]), match[3]
        elif row[:1] == b"+":
            lines.append(DiffLine("+", 0, new, row[1:]))
            new += 1
        elif row[:1] == b"-":
            lines.append(DiffLine("-", old, 0, row[1:]))
            old += 1
        elif row[:1] == b" ":
            lines.append(DiffLine(" ", old, new, row[1:]))
            old, new = old + 1, new + 1
    if lines:
        yield DiffHunk(heading, tuple(lines))
