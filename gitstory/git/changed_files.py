"""Commits with the files they changed, many at a time from one `git log`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from gitstory.git.log import Entry, Record, each_of, entries, log, seconds, text_of
from gitstory.git.process import GitFailed, git
from gitstory.git.repo import Repo

_FIELDS = ("%P", "%aN", "%aE", "%at", "%cE", "%ct", "%T", "%s")
_SETTINGS = ("log.showRoot=true", "diff.renameLimit=2000")
_RAW = ("--raw", "-c", "--no-abbrev")
_RENAMES = ("--find-renames", "--find-renames=100%")
"""How renames are found; where a blob is missing (partial clones, damage), only those that need no content."""
_REGULAR = b"10"


class ChangedFile(Struct, frozen=True):
    """One file of a commit's diff. `path` is the name after the change (before it for a deletion), as git's bytes.

    Ids are None for a side that is not there. A merge has one old id a parent, and names only files that differ from
    every parent. Only regular files have a change: links and submodules are left out.
    """

    path: bytes
    old_path: bytes
    old: tuple[str | None, ...]
    new: str | None


class Commit(Struct, frozen=True):
    """What a commit says of itself (names through mailmap), and the regular files it changed. Times in seconds."""

    oid: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    author_time: int
    committer_email: str
    committer_time: int
    tree: str
    subject: str
    files: tuple[ChangedFile, ...] = ()


def author_key(email: str) -> str:
    """16 hex digits that stand for an address; who has the commits can match them, who has only these reads none."""
    return sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def list_commits(repo: Repo, revisions: Sequence[str]) -> list[str]:
    """The ids of the commits that `read_commits` returns for `revisions`, also of those that it cannot read."""
    options = [rev for rev in revisions if rev.startswith("-")]
    named = "".join(f"{rev}\n" for rev in revisions if not rev.startswith("-"))
    return repo.git("rev-list", *options, "--stdin", input=named.encode()).decode().split()


def read_commits(repo: Repo, revisions: Sequence[str], *, walk: bool = True) -> list[Commit]:
    """The commits git lists for `revisions` (arguments of `git log`), newest first; without `walk` just those named.

    Of those named, what git cannot read is left out. Raises `GitFailed` for a walk that comes by such a commit.
    """
    # Git takes only revisions from standard input, and takes any number of them only from there.
    options = [rev for rev in revisions if rev.startswith("-")]
    named = [rev for rev in revisions if not rev.startswith("-")]
    if walk:
        return [_commit(record) for record in _log(repo, options, named)]
    options = ["--no-walk=unsorted", *options]
    return [_commit(record) for record in each_of(named, lambda some: _log(repo, options, some))]


def _log(repo: Repo, options: Sequence[str], named: Sequence[str]) -> Iterator[Record]:
    args = [*_RAW, *options]
    try:
        return log(repo, _FIELDS, [*args, _RENAMES[0]], config=_SETTINGS, revisions=named)
    except GitFailed:
        return log(repo, _FIELDS, [*args, _RENAMES[1]], config=_SETTINGS, revisions=named)


def _commit(record: Record) -> Commit:
    parents, name, email, written, committer, committed, tree, subject = record.fields
    return Commit(
        oid=record.oid,
        parents=tuple(parents.decode().split()),
        author_name=text_of(name),
        author_email=text_of(email),
        author_time=seconds(written),
        committer_email=text_of(committer),
        committer_time=seconds(committed),
        tree=tree.decode(),
        subject=text_of(subject),
        files=tuple(_files(record.entries)),
    )


def _files(entries: Iterable[Entry]) -> Iterator[ChangedFile]:
    for facts, *paths in entries:
        parents = len(facts) - len(facts.lstrip(b":"))
        fields = facts[parents:].split(b" ")
        modes, oids, status = fields[: parents + 1], fields[parents + 1 : 2 * parents + 2], fields[2 * parents + 2]
        old_path, path = paths[0], paths[-1]
        if status[:1] == b"C":
            old_path = path
        if not any(mode.startswith(_REGULAR) for mode in modes):
            continue
        *old, new = [oid.decode() if mode.startswith(_REGULAR) else None for mode, oid in zip(modes, oids, strict=True)]
        yield ChangedFile(path=path, old_path=old_path, old=tuple(old), new=new)


EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""The empty tree, which every repository has."""


def staged(repo: Repo, parents: Sequence[str], index: Path | None = None) -> tuple[ChangedFile, ...]:
    """What a commit of the index (the usual one, or the file git has given a hook) would change of `parents`.

    Of a merge, as in `ChangedFile`, only what differs from every parent.
    """
    by_parent = [_against(repo, parent, index) for parent in parents or [EMPTY_TREES[repo.object_format]]]
    if len(by_parent) == 1:
        return tuple(by_parent[0])
    sides = [{change.path: change for change in each} for each in by_parent]
    shared = [path for path in sides[0] if all(path in side for side in sides)]
    return tuple(
        ChangedFile(path, path, tuple(side[path].old[0] for side in sides), sides[0][path].new) for path in shared
    )


def _against(repo: Repo, tree: str, index: Path | None) -> list[ChangedFile]:
    args = (f"--git-dir={repo.git_dir}", "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--find-renames", tree)
    out = git(*args, env=None if index is None else {"GIT_INDEX_FILE": str(index)}).stdout
    return list(_files(entries(out)))


def suffix(path: str) -> str:
    """`.py` of `a/b.py`; "" where there is none."""
    stem, dot, end = path.rpartition("/")[2].rpartition(".")
    return dot + end if stem else ""
