"""Every byte below a git directory, for tests that look for what must not be there."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.gitrepo import GitRepo


def traces_of(repo: GitRepo, text: str, *, but: tuple[str, ...] = ()) -> list[str]:
    """Where `text` stands: files as they are and inflated, objects loose or packed; UTF-8, and escaped as in JSON.

    `but` are objects (by id) in which it may stand: those of the person's own commits.
    """
    wanted = {text.encode(), text.replace('"', '\\"').encode()}
    git_dir = Path(repo.git("rev-parse", "--absolute-git-dir"))
    common = Path(repo.git("rev-parse", "--path-format=absolute", "--git-common-dir"))
    own = own_objects(repo) | set(but)
    found = []
    for root in {git_dir, common}:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            if f"{path.parent.name}{path.name}" in own:
                continue
            data = path.read_bytes()
            if any(one in data or one in _inflated(data) for one in wanted):
                found.append(str(path.relative_to(root)))
    return found + [f"object {oid}" for oid, data in objects(repo) if oid not in own and any(w in data for w in wanted)]


def own_objects(repo: GitRepo) -> set[str]:
    """The objects of branches, tags and stashes."""
    said = repo.git(
        "rev-list", "--objects", "--branches", "--tags", "--remotes", "--reflog", "--glob=refs/stash", "HEAD"
    )
    return {line[:64].split(" ")[0] for line in said.splitlines()}


def objects(repo: GitRepo) -> list[tuple[str, bytes]]:
    """Every object there is, reachable or not."""
    said = repo.output("cat-file", "--batch-all-objects", "--batch")
    return [(head.split()[0].decode(), data) for head, data in _batch(said)]


def _batch(said: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The first line and the content of each object that `cat-file --batch` prints."""
    at = 0
    while at < len(said):
        end = said.index(b"\n", at)
        head = said[at:end]
        size = int(head.split()[-1])
        yield head, said[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error:
        return b""


def tree_files(repo: GitRepo, ref: str) -> dict[bytes, bytes]:
    """The files below a ref."""
    rows = [row.split(b"\t", 1) for row in repo.output("ls-tree", "-r", "-z", ref).split(b"\0") if row]
    blobs = b"".join(head.split()[2] + b"\n" for head, _ in rows)
    contents = [data for _, data in _batch(repo.output("cat-file", "--batch", input=blobs))]
    return {name: data for (_, name), data in zip(rows, contents, strict=True)}
