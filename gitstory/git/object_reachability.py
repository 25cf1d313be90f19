"""Which objects something names, and what one state of ours holds that another does not.

git says what a person's refs, HEADs, indexes and reflogs lead to. The states of ours are big trees without history:
of one the objects are listed, of each other one only the folders are opened that differ from it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from .commit_details import is_partial
from .new_objects import TREE, all_entries, read_entries
from .object_existence import present
from .process import GitFailed, output_in_chunks
from .refs import tree_of
from .repo import DamagedObject, Repo

STATES = ("refs/story/data", "refs/notes/story")
OTHERS = ("refs/story-remotes/", "refs/story-base/")
"""The refs of ours: the two states, and what was fetched of remotes or stands for it."""
_MOST_STATES = 200
"""Commits of ours beyond which git reads all of their trees."""
_SUBMODULE = 0o160000
_NAMING = ("HEAD", "packed-refs", "index", "refs", "logs", "reftable", "worktrees")
"""Files and folders of a repository that hold refs, reflogs and indexes, of other work trees too."""

FileState = tuple[str, int, int, int, int]
"""Path, inode, bytes, and the times of the last change of content and of anything."""


def naming_files(repo: Repo) -> frozenset[FileState] | None:
    """The state of all files that name objects: where it is the same later, `reachable` would return the same.

    None where folders are linked, so that not all files are seen.
    """
    files: list[Path] = []
    for top in (repo.common_dir / name for name in _NAMING):
        if top.is_symlink():
            return None
        files.append(top)
        for name, inner, outer in os.walk(top):
            folder = Path(name)
            if any((folder / each).is_symlink() for each in inner):
                return None
            files += (folder / each for each in outer)
    return frozenset(_states(files))


def _states(files: Iterable[Path]) -> Iterator[FileState]:
    for path in files:
        with suppress(OSError):
            file = path.stat()
            if stat.S_ISREG(file.st_mode):
                yield str(path), file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns


def reachable(repo: Repo, among: Collection[str], *, lenient: bool = True) -> set[str]:
    """Those of the objects `among` that a ref, HEAD, index or reflog of any work tree leads to. Raises `GitFailed`.

    What lies behind an object that is missing is not known; with `lenient` off that is an error, unless this is a
    partial clone.
    """
    wanted = {oid.encode() for oid in among}
    try:
        named = _named_by_states(repo, wanted)
        excluded = [f"--exclude={ref}" for ref in (*STATES, *(f"{folder}*" for folder in OTHERS))]
    except (GitFailed, DamagedObject):  # or a git before 2.36
        named, excluded = set(), []
    which = ["--objects", *excluded, "--all", "--reflog", "--indexed-objects", "--no-object-names"]
    if lenient:
        which.append("--missing=allow-any")
    elif is_partial(repo):
        which.append("--exclude-promisor-objects")
    for chunk in output_in_chunks(repo.git_dir, "rev-list", *which):
        named |= wanted.intersection(chunk.split(b"\n"))
    return {oid.decode() for oid in named}


def _named_by_states(repo: Repo, wanted: set[bytes]) -> set[bytes]:
    """Those of the objects `wanted` that the refs of ours lead to. Raises `GitFailed` or `DamagedObject`."""
    listed = repo.git("for-each-ref", "--format=%(refname) %(objectname)", *STATES, *OTHERS).decode().split()
    tips = dict(zip(listed[::2], listed[1::2], strict=True))
    if not tips:
        return set()
    whole = [tree for ref in STATES if ref in tips and (tree := tree_of(repo.objects, tips[ref])) is not None]
    commits = _commits(repo, list(tips.values()), [])
    if len(whole) < len(STATES) or len(commits) > _MOST_STATES:
        raise GitFailed(["rev-list"], 128, b"fatal: too many states of ours")
    named = wanted.intersection(oid.encode() for oid in (*commits, *whole))
    for tree in whole:
        for chunk in output_in_chunks(repo.git_dir, "ls-tree", "-r", "-t", "--object-only", tree):
            named |= wanted.intersection(chunk.split(b"\n"))
    differing = _differing(repo, commits, whole, strict=True)
    return named | wanted.intersection(oid.encode() for oid in differing)


def only_below(repo: Repo, commits: Sequence[str], others: Sequence[str]) -> set[str]:
    """The ids of all objects that `commits` hold, and `others` do not hold at the same path; only objects that are
    still here."""
    there = present(repo, commits)
    if not there:
        return set()
    states = _commits(repo, there, others)
    bases = [tree for oid in others if (tree := tree_of(repo.objects, oid)) is not None]
    oids = {*states, *_differing(repo, states, bases, strict=False)}
    return set(present(repo, oids))


def _commits(repo: Repo, commits: Sequence[str], others: Sequence[str]) -> list[str]:
    """What `git rev-list` lists of `commits` and not of `others`, the oldest first."""
    stdin = "".join([*(f"{oid}\n" for oid in commits), *(f"^{oid}\n" for oid in others)]).encode()
    output = repo.git("rev-list", "--reverse", "--topo-order", "--missing=allow-any", "--stdin", input=stdin)
    return [line for line in output.decode().split() if not line.startswith("?")]


def _differing(repo: Repo, commits: Sequence[str], bases: Sequence[str], *, strict: bool) -> Iterator[str]:
    """The ids of the trees and files of `commits` (the oldest first) that are not at the same path in a tree of
    `bases` or in the commit before. `strict`: a missing tree raises `DamagedObject`."""
    entries_of = all_entries if strict else read_entries
    seen = set(bases)
    before: str | None = None
    for commit in commits:
        tree = tree_of(repo.objects, commit)
        if tree is None and strict:
            raise DamagedObject(commit)
        waiting = [] if tree is None else [(tree, [*bases, *([before] if before is not None else [])])]
        before = tree if tree is not None else before
        while waiting:
            oid, beside = waiting.pop()
            if oid in seen:
                continue
            seen.add(oid)
            yield oid
            others = [read_entries(repo.objects, other) for other in beside]
            for name, (mode, inner) in entries_of(repo.objects, oid).items():
                same_name = [entries[name] for entries in others if name in entries]
                if (mode, inner) in same_name or mode == _SUBMODULE:
                    continue
                if mode == TREE:
                    waiting.append((inner, [other for kind, other in same_name if kind == TREE]))
                elif inner not in seen:
                    seen.add(inner)
                    yield inner
