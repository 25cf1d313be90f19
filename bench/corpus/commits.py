"""The commits of a clone: who, when, and the lines each one adds and removes against its first parent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.gitcmd import git, git_bytes

HUNK = re.compile(rb"^(@@+) -(\d+)(?:,(\d+))? .*?\+(\d+)(?:,(\d+))? @@")
FORMAT = "%x01%H%x00%P%x00%ae%x00%ce%x00%an%x00%at%x00%ct%x00%s"


@dataclass
class Commit:
    """`added` and `removed`: path -> [(line number, text)]; for a merge only lines that no parent has."""

    oid: str
    parents: list[str]
    email: str
    committer: str
    name: str
    authored: float
    committed: float
    subject: str
    added: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    removed: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)


def commits(clone: Path, revisions: tuple[str, ...] = ("HEAD",)) -> dict[str, Commit]:
    """All commits that `revisions` reach, newest first, with their diffs (renames found, `-c` for merges)."""
    options = [
        "--topo-order",
        "-p",
        "-c",
        "-U0",
        "-M",
        "--root",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-notes",
        "-l2000",
    ]
    call = ["-c", "diff.algorithm=myers", "log", *options, f"--format={FORMAT}"]
    try:
        text = git_bytes(clone, *call, *revisions)
    except RuntimeError:  # a blob is absent from the mirror: the commits that need it are left out, one by one
        oids = git(clone, "rev-list", "--topo-order", *revisions).split()
        text = b"".join(git_bytes(clone, *call, "-1", oid, check=False) for oid in oids)
    found = {}
    for block in text.split(b"\x01")[1:] if b"\x01" in text else []:
        head = block.split(b"\n", 1)
        fields = head[0].decode(errors="replace").split("\x00")
        if len(fields) != 8 or not re.fullmatch("[0-9a-f]{40,64}", fields[0]):
            continue
        oid, parents, email, committer, name, authored, committed, subject = fields
        commit = Commit(oid, parents.split(), email, committer, name, float(authored), float(committed), subject)
        _diff(commit, head[1] if len(head) > 1 else b"")
        found[oid] = commit
    return found


def _diff(commit: Commit, text: bytes) -> None:
    path, old_path, body = "", "", iter(text.split(b"\n"))
    for line in body:
        if line.startswith(b"diff --"):
            path = old_path = ""
        elif line.startswith(b"--- "):
            old_path = _name(line[4:])
        elif line.startswith(b"+++ "):
            path = _name(line[4:])
            if old_path and path and old_path != path:
                commit.moved[path] = old_path
        elif line.startswith(b"@@"):
            match = HUNK.match(line)
            if match and len(match[1]) == 2:
                _hunk(commit, path or old_path, match, body)
            elif match:
                _combined(commit, path, match, body, len(match[1]) - 1)


def _name(raw: bytes) -> str:
    text = raw.rstrip(b"\t").decode(errors="surrogateescape").strip('"')
    return "" if text == "/dev/null" else text[2:]


def _count(value: bytes | None) -> int:
    return 1 if value is None else int(value)


def _hunk(commit: Commit, path: str, match: re.Match[bytes], body: Iterator[bytes]) -> None:
    old, new = int(match[2]), int(match[4])
    gone, came = _count(match[3]), _count(match[5])
    for number in range(gone):
        commit.removed.setdefault(path, []).append((old + number, _text(next(body, b"-"))))
    for number in range(came):
        row = next(body, b"+")
        while row.startswith(b"\\"):
            row = next(body, b"+")
        commit.added.setdefault(path, []).append((new + number, _text(row)))


def _combined(commit: Commit, path: str, match: re.Match[bytes], body: Iterator[bytes], parents: int) -> None:
    """A hunk of a combined diff: only rows with a plus for every parent are the merge's own."""
    number, left = int(match[4]), _count(match[5])
    while left:
        row = next(body, None)
        if row is None:
            return
        marks = row[:parents]
        if b"-" in marks or row.startswith(b"\\"):
            continue
        if marks == b"+" * parents:
            commit.added.setdefault(path, []).append((number, _text(row[parents - 1 :])))
        number, left = number + 1, left - 1


def _text(row: bytes) -> str:
    return row[1:].rstrip(b"\r").decode(errors="replace")
