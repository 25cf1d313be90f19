"""The lines that commits added, many commits at a time from one `git log`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitstory.git.blame import unquote
from gitstory.git.log import PLAIN
from gitstory.git.repo import Repo

_DIFF = ("-p", "-U0", "--inter-hunk-context=0", "--submodule=short", "--find-renames", "--diff-merges=off")
_NAMES = ("--src-prefix=a/", "--dst-prefix=b/", "--format=commit %H")
_COMMIT = re.compile(rb"commit ([0-9a-f]{40,64})$")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")

Added = dict[bytes, dict[int, bytes]]
"""Path -> number of each added line (1-based, at the commit) -> its text without the line end."""


def added_lines(repo: Repo, commits: Sequence[str]) -> dict[str, Added]:
    """What each commit added over its first parent; merges, binary files and commits that are not here add nothing."""
    stdin = "".join(f"{oid}\n" for oid in commits).encode()
    if not stdin:
        return {}
    args = ("-c", "core.quotePath=false", "-c", "log.showRoot=true", "log", "--no-walk=unsorted", "--ignore-missing")
    return _parse(repo.run(*args, *PLAIN, *_NAMES, *_DIFF, "--stdin", input=stdin, check=False).stdout)


def _parse(out: bytes) -> dict[str, Added]:
    """Lines of files are taken by the numbers their hunk says, so that none of them passes for a header."""
    all_added: dict[str, Added] = {}
    chunks: Added = {}
    lines = iter(out.split(b"\n"))
    path: bytes | None = None
    for line in lines:
        if head := _COMMIT.match(line):
            chunks, path = all_added.setdefault(head[1].decode(), {}), None
        elif line.startswith(b"+++ "):
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
                    chunks.setdefault(path, {})[number] = text[1:]
                text = next(lines, b"") if number < start + new - 1 else b""
    return all_added


def parse_diff(out: bytes) -> Added:
    """What one diff without context (`-U0`) adds."""
    return _parse(b"commit " + b"0" * 40 + b"\n" + out).get("0" * 40, {})


def _path(name: bytes) -> bytes | None:
    whole = unquote(name.rstrip(b"\t"))
    return whole[2:] if whole.startswith(b"b/") else None
