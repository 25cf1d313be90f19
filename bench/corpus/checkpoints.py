"""The branch `entire/checkpoints/v1`: every version of every transcript, and who committed it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from corpus.gitcmd import blobs, git
from corpus.values import Version

TRANSCRIPT = re.compile(r"^([0-9a-f]{2})/([0-9a-zA-Z]{6,30})/(\d+)/full\.jsonl(\.\d+)?$")
DATED = re.compile(r"^\d{4}-\d\d-\d\d-(?=.{8,})")


def branch(repo: Path) -> str | None:
    names = git(repo, "for-each-ref", "--format=%(refname)").split()
    return next((name for name in names if name.endswith("entire/checkpoints/v1")), None)


def versions(repo: Path) -> Iterator[tuple[str, list[Version]]]:
    """(session id, its versions), one session at a time; copies whose blob is absent are left out."""
    ref = branch(repo)
    found = _history(repo, ref) if ref else {}
    for oid, rows in _single(repo).items():
        found.setdefault(oid, []).extend(rows)
    names = _sessions(repo, {meta for rows in found.values() for _, _, meta, _ in rows})
    grouped: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
    for oid, rows in found.items():
        for number, checkpoint, meta, author in rows[:1]:
            session = names.get(meta) or checkpoint
            grouped[session].append((number, oid, checkpoint, author))
    for session, copies in sorted(grouped.items()):
        copies.sort()
        contents = dict(blobs(repo, [oid for _, oid, _, _ in copies]))
        read = [
            Version(session, checkpoint, data, number, author)
            for number, oid, checkpoint, author in copies
            if (data := contents.get(oid))
        ]
        if read:
            yield session, read


def _history(repo: Path, ref: str) -> dict[str, list[tuple[int, str, str, str]]]:
    """Blob -> [(number, checkpoint, metadata blob name at that commit, author e-mail)], over the branch's history."""
    log = git(
        repo, "log", "--reverse", "--raw", "--no-abbrev", "-m", "--root", "--no-renames", "--format=%x01%H %ae", ref
    )
    found: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
    commit, author, number = "", "", 0
    for line in log.splitlines():
        if line.startswith("\x01"):
            commit, author = line[1:].split(" ", 1)
            number += 1
        elif line.startswith(":"):
            fields, path = line.split("\t", 1)
            match = TRANSCRIPT.match(path)
            oid = fields.split(" ")[3]
            if match and set(oid) != {"0"}:
                meta = f"{commit}:{match[1]}/{match[2]}/{match[3]}/metadata.json"
                found[oid].append((number, match[1] + match[2], meta, author))
    return found


def _single(repo: Path) -> dict[str, list[tuple[int, str, str, str]]]:
    """The same for repositories that keep one ref for each checkpoint (`refs/entire/checkpoints/<shard>/<id>`)."""
    found: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
    names = git(repo, "for-each-ref", "--sort=creatordate", "--format=%(refname)").split()
    for number, ref in enumerate(name for name in names if name.startswith("refs/entire/checkpoints/")):
        for row in git(repo, "ls-tree", "-r", ref, check=False).splitlines():
            fields, path = row.split("\t", 1)
            match = re.match(r"^(\d+)/full\.jsonl(\.\d+)?$", path)
            if match:
                rows = (number, ref.rsplit("/", 1)[1], f"{ref}:{match[1]}/metadata.json", "")
                found[fields.split(" ")[2]].append(rows)
    return found


def _sessions(repo: Path, metas: set[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, data in blobs(repo, sorted(metas)):
        if data is None:
            continue
        try:
            value = msgspec.json.decode(data)
        except msgspec.DecodeError:
            continue
        if isinstance(value, dict) and isinstance(value.get("session_id"), str):
            named[name] = DATED.sub("", value["session_id"])
    return named
