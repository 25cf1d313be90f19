"""The lines that commits added, many commits at a time from one `git log`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitstory.git.blame import unquote
from gitstory.git.repo import Repo

_DIFF = ("-p", "-U0", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "--diff-merges=off")
_NAMES = ("--src-prefix=a/", "--dst-prefix=b/", "--no-notes", "--format=%x02%H")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")

Added = dict[bytes, dict[int, bytes]]
"""Path -> number of each added line (1-based, at the commit) -> its text without the line end."""


def added_lines(repo: Repo, commits: Sequence[str]) -> dict[str, Added]:
    """What each commit added over its first parent; merges, binary files and commits that are not here add nothing."""
    asked = "".join(f"{oid}\n" for oid in commits).encode()
    if not asked:
        return {}
    args = ("-c", "core.quotePath=false", "-c", "log.showRoot=true", "log", "--no-walk=unsorted", "--ignore-missing")
    done = repo.run(*args, *_NAMES, *_DIFF, "--stdin", input=asked, check=False)
    found: dict[str, Added] = {}
    for head, patch in _commits(done.stdout):
        found[head] = _parse(patch)
    return found


def _commits(out: bytes) -> Iterator[tuple[str, bytes]]:
    """A line of a patch never starts with the mark: it has a sign, or is a header."""
    for part in (b"\n" + out).split(b"\n\x02")[1:]:
        head, _, patch = part.partition(b"\n")
        yield head.decode("ascii", "replace"), patch


def _parse(patch: bytes) -> Added:
    found: Added = {}
    lines = iter(patch.split(b"\n"))
    path: bytes | None = None
    for line in lines:
        if line.startswith(b"+++ "):
            path = _path(line[4:])
        elif match := _HUNK.match(line):
            gone, start, new = int(match[1] or b"1"), int(match[2]), int(match[3] or b"1")
            for _ in range(gone):
                next(lines, b"")
            text = next(lines, b"") if new else b""
            if text.startswith(b"\\"):  # the old side had no line end
                text = next(lines, b"")
            for number in range(start, start + new):
                if path is not None:
                    found.setdefault(path, {})[number] = text[1:]
                text = next(lines, b"") if number < start + new - 1 else b""
    return found


def _path(name: bytes) -> bytes | None:
    whole = unquote(name.rstrip(b"\t"))
    return whole[2:] if whole.startswith(b"b/") else None
