"""Removing objects of ours that nothing names any more, so that what was erased is gone at once, not after weeks.

git itself says what is reachable (`git rev-list`: from refs, HEADs, indexes and reflogs of all work trees); of the
rest only what we wrote is removed: our commits with their trees and blobs, and blobs that say they are ours.
Packs are left alone, since dropping one object means to write all others again; `git gc --prune=now` does that.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from .object_existence import present
from .object_reachability import naming_files, only_below, reachable
from .packing import IDENTITY, drop_unreachable, older_packs
from .process import GitFailed
from .refs import QUIETLY, drop_reflogs
from .repo import Repo, TooBig

TRACKING = "refs/story-remotes/"
"""What was fetched of other machines' stories; fetched again when asked for."""

_LOOSE = "[0-9a-f][0-9a-f]/" + "[0-9a-f]" * 38 + "*"
"""The files of loose objects; those of SHA-256 have longer names."""

_TICK = 0.02
"""Seconds after which a file system's clock has surely moved on."""
_LOOKED_AT = 64 << 20
"""Bytes of an object that are read to see whether it is ours."""

Ours = Callable[[bytes], bool]
"""Whether a blob with no way to it is one of ours, by its content."""


class Purged(Struct, frozen=True):
    """`removed` loose objects are gone; `packed` are still in packs (or in a repository that lends us objects).

    `refused` is why git would not say what is unreachable, "" where it did.
    """

    removed: int = 0
    packed: int = 0
    refused: str = ""


class Before(Struct, frozen=True):
    """Taken before the refs move: `moment` in the file system's own time, and the commits the refs named then."""

    moment: float
    tips: tuple[str, ...]


def before(repo: Repo, refs: Sequence[str]) -> Before:
    """To be taken before the write that leaves things out, and given to `purge` after it."""
    time.sleep(_TICK)
    moment = _file_time(repo)
    time.sleep(_TICK)
    tips = [oid for ref in (*refs, *tracking(repo)) if (oid := repo.ref(ref)) is not None]
    return Before(moment, tuple(tips))


def _file_time(repo: Repo) -> float:
    """Now, as files made in the repository are stamped."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(dir=repo.common_dir, prefix="gitstory-now-") as file:
            return os.fstat(file.fileno()).st_mtime
    except OSError:
        return time.time()


def tracking(repo: Repo) -> list[str]:
    """The refs that hold fetched stories."""
    return repo.git("for-each-ref", "--format=%(refname)", TRACKING).decode("utf-8", "replace").split()


def purge(repo: Repo, refs: Sequence[str], taken: Before, ours: Ours, kept: Collection[str] = ()) -> Purged:
    """Remove the loose objects of ours that nothing names; `refs` have moved since `taken`.

    Tracking refs, but for those `kept`, and reflogs that would keep the old state alive go first. An object that was
    stored, or asked to be stored, since then belongs to a writer who may be about to name it, and stays.
    """
    seen = tracking(repo)
    drop_reflogs(repo, [*refs, *seen], thoroughly=True)
    for ref in set(seen) - set(kept):
        repo.run(*QUIETLY, "update-ref", "-d", ref, check=False)
    _forget_fetched(repo, taken.tips)
    now = [oid for ref in (*refs, *kept) if (oid := repo.ref(ref)) is not None]
    old = only_below(repo, taken.tips, now)
    try:
        # Later than `taken`: the write itself makes git touch the packs that hold some of what it stores.
        time.sleep(_TICK)
        packs = older_packs(repo, _file_time(repo))
        stored, since = _loose(repo), naming_files(repo)
        named = _named(repo, {*old, *stored, *set().union(*packs.values())}, packs)
        unpacked = drop_unreachable(repo, packs, named, since)
        loose = _with_types(repo, stored - named)
    except GitFailed as error:
        return Purged(packed=len(present(repo, old)), refused=error.message)
    # What our refs led to and nothing leads to now is ours, whoever wrote it: `git notes append` builds on our notes.
    mine = _inmost_first([*_ours(repo, loose, ours), *sorted(old & loose.keys())], loose)
    # The lasting reader may have the old objects' packs and files open.
    repo.close()
    removed = sum(_remove(_place(repo, oid), taken.moment) for oid in mine)
    return Purged(removed + unpacked, len(present(repo, old - named)))


def _forget_fetched(repo: Repo, tips: Sequence[str]) -> None:
    """Take the lines that name the old state out of FETCH_HEAD."""
    path = repo.git_dir / "FETCH_HEAD"
    with suppress(OSError):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if line[: len(line.split(b"\t")[0])].decode("ascii", "replace") not in tips]
        if kept != lines:
            path.write_bytes(b"".join(kept))


def _loose(repo: Repo) -> set[str]:
    """The ids of the loose objects."""
    return {file.parent.name + file.name for file in (repo.common_dir / "objects").glob(_LOOSE)}


def _named(repo: Repo, among: Collection[str], packs: Mapping[Path, set[str]]) -> set[str]:
    """Those of the objects `among` that a ref, index or reflog leads to. Raises `GitFailed`.

    Where an object is missing, `packs` lose at least what nothing leads to that git can read.
    """
    if repo.config("extensions.preciousObjects") not in (None, "false"):
        raise GitFailed(["prune"], 128, b"fatal: cannot prune in a precious-objects repo")
    try:
        return reachable(repo, among, lenient=False)
    except GitFailed:
        if packs:
            since = naming_files(repo)
            drop_unreachable(repo, packs, reachable(repo, set().union(*packs.values())), since)
        raise


def _with_types(repo: Repo, oids: Collection[str]) -> dict[str, str]:
    """id -> type"""
    left = sorted(oids)
    if not left:
        return {}
    stdin = "".join(f"{oid}\n" for oid in left).encode()
    output = repo.git("cat-file", "--batch-check=%(objecttype)", input=stdin).decode("utf-8", "replace")
    kinds = (line if line in _ORDER else "unknown" for line in output.splitlines())
    return dict(zip(left, kinds, strict=True))


def _ours(repo: Repo, loose: dict[str, str], ours: Ours) -> list[str]:
    """Those of `loose` that we wrote, outer ones first: what our commits lead to, and blobs that say so themselves."""
    oids: dict[str, None] = {}
    waiting = [oid for oid, kind in loose.items() if kind == "commit" and is_our_commit(repo, oid)]
    while waiting:
        oid = waiting.pop()
        if oid in oids:
            continue
        oids[oid] = None
        if loose[oid] != "blob":
            waiting += [inner for inner in _inside(repo, oid, loose[oid]) if inner in loose]
    orphans = (oid for oid, kind in loose.items() if kind == "blob" and oid not in oids)
    return [*oids, *[oid for oid in orphans if ours(_content(repo, oid))]]


_ORDER = {"blob": 0, "tree": 1, "commit": 2}


def _inmost_first(oids: Sequence[str], loose: dict[str, str]) -> list[str]:
    """The order to remove them in: texts first, and nothing before what only it leads to.

    A run that is killed midway leaves the way to what is left, so that the next one finds it.
    """
    outermost_last = list(dict.fromkeys(oids))[::-1]
    return sorted(outermost_last, key=lambda oid: _ORDER.get(loose[oid], 3))


def is_our_commit(repo: Repo, oid: str) -> bool:
    """Whether a commit was made by gitstory."""
    head = _content(repo, oid).partition(b"\n\n")[0]
    return head.startswith(b"tree ") and b"\nauthor " + IDENTITY + b"\n" in head


def _inside(repo: Repo, oid: str, kind: str) -> Iterable[str]:
    if kind == "commit":
        return [_content(repo, oid)[5:].partition(b"\n")[0].decode("ascii", "replace")]
    return [inner for _name, _mode, inner in repo.objects.tree(oid)]


def _content(repo: Repo, oid: str) -> bytes:
    try:
        git_object = repo.objects.read(oid, _LOOKED_AT)
    except TooBig:
        return b""
    return git_object[2] if git_object is not None else b""


def _place(repo: Repo, oid: str) -> Path:
    return repo.common_dir / "objects" / oid[:2] / oid[2:]


def _remove(path: Path, moment: float) -> bool:
    """Remove a loose object that was not stored (again) since `moment`."""
    try:
        if path.stat().st_mtime > moment:
            return False
        path.unlink()
    except OSError:
        return False
    with suppress(OSError):
        path.parent.rmdir()
    return True


def below(repo: Repo, commits: Sequence[str]) -> set[str]:
    """The ids of all objects that these commits hold, as far as they are still here."""
    there = present(repo, commits)
    if not there:
        return set()
    stdin = "".join(f"{oid}\n" for oid in there).encode()
    output = repo.git("rev-list", "--objects", "--missing=allow-any", "--stdin", input=stdin)
    return {line[:64].split(b" ")[0].decode() for line in output.splitlines()}
