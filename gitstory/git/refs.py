"""Refs that move together, only from where they were when we looked, and leave no reflog behind.

A write reads the refs, builds new objects on what they hold, and swaps all of them in one `update-ref` transaction
that names the old values. Whoever comes second reads again and builds again. Nothing is lost, nothing is forced.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from gitstory.errors import GitStoryError
from gitstory.fault_points import point

from .new_objects import Change, NewObjects, commit_bytes, edit_tree, store
from .process import GitFailed
from .repo import Objects, Repo

STALE = 10.0
"""Seconds after which an unchanged lock file of a ref counts as left behind; git holds one for milliseconds."""

QUIETLY = ("-c", "core.logAllRefUpdates=false", "-c", f"core.hooksPath={os.devnull}")
"""No reflog, and no reference-transaction hook: it is there for a person's branches and would cost its time here."""

WATCHED = 1.0
"""Seconds for which an old lock must stay unchanged before it is removed; the clock may have jumped."""

REFTABLE_LOCK = "reftable/tables.list.lock"
"""What a reftable repository has instead of a lock for each ref; held for as short a time."""

Snapshot = Mapping[str, str | None]
"""ref -> the commit it names, None where there is no such ref."""

Changes = Mapping[str, Mapping[bytes, Change]]
"""ref -> what becomes of the paths of its tree."""


class RefBusy(GitStoryError):
    def __init__(self, refs: Sequence[str], seconds: float) -> None:
        super().__init__(
            f"could not update {' and '.join(refs)} within {seconds:.0f} s: others keep changing or locking them",
            hint="try again; if no other git runs here, look for a left over .lock file below the git directory",
        )


class RefRefused(GitStoryError):
    """git will not move the refs, for a reason that waiting does not cure; `reason` is its own word."""

    def __init__(self, refs: Sequence[str], reason: str) -> None:
        super().__init__(
            f"cannot write {' and '.join(refs)}: {reason}",
            hint="is the repository read-only, or the disk full?",
        )


def read_refs(objects: Objects, refs: Sequence[str]) -> dict[str, str | None]:
    """What each ref names now. Raises `RefRefused` for one that names no commit."""
    oids: dict[str, str | None] = {}
    for ref in refs:
        got = objects.read(ref)
        if got is not None and got[1] != "commit":
            raise RefRefused([ref], f"it names a {got[1]}, not a commit")
        oids[ref] = got[0] if got is not None else None
    return oids


def rewrite(
    repo: Repo,
    refs: Sequence[str],
    build: Callable[[Snapshot], Changes],
    *,
    message: str | Mapping[str, str] = "Notes by gitstory",
    timeout: float = 60.0,
    lasting: bool = False,
) -> dict[str, str | None]:
    """Move `refs` together to new parentless commits with the changes `build` asks for; returns where they are now.

    `message` is that of the commits, or one for each ref: it is what `git log --all` shows of them.
    `lasting` is for refs that are others' as well: what was there is the new commit's parent, and their reflogs stay.

    `build` is called again for each try, with what the refs hold then, and must not act. A ref whose tree stays the
    same is not moved. Raises `RefBusy` after `timeout` seconds, `RefRefused` or `GitFailed` where git cannot write.
    """
    deadline = time.monotonic() + timeout
    patience = _Patience(repo, refs)
    while True:
        seen = read_refs(repo.objects, refs)
        new_objects = NewObjects(repo.object_format)
        wanted = dict(seen)
        for ref, changes in build(seen).items():
            text = message if isinstance(message, str) else message[ref]
            wanted[ref] = _commit(repo.objects, seen[ref], changes, new_objects, text, lasting=lasting)
        moves = {ref: (seen[ref], wanted[ref]) for ref in refs if wanted[ref] != seen[ref]}
        if not moves:
            return seen
        point("refs.built")
        _store(repo, new_objects, refs)
        point("refs.stored")
        failure = swap(repo, moves, logged=lasting)
        if failure is None:
            point("refs.moved")
            return wanted
        if patience.hopeless(seen):
            raise RefRefused(list(moves), failure)
        if time.monotonic() > deadline:
            raise RefBusy(list(moves), timeout)
        patience.wait()


def _commit(
    objects: Objects,
    base: str | None,
    changes: Mapping[bytes, Change],
    new_objects: NewObjects,
    message: str,
    *,
    lasting: bool = False,
) -> str | None:
    parent = base if lasting else None
    tree = edit_tree(objects, tree_of(objects, base), changes, new_objects)
    if tree is None:
        return (
            None
            if base is None
            else new_objects.add("commit", commit_bytes(new_objects.add("tree", b""), message, parent))
        )
    if base is not None and tree == tree_of(objects, base):
        return base
    return new_objects.add("commit", commit_bytes(tree, message, parent))


def tree_of(objects: Objects, commit: str | None) -> str | None:
    """The id of a commit's tree."""
    got = objects.read(commit) if commit is not None else None
    if got is None or got[1] != "commit" or not got[2].startswith(b"tree "):
        return None
    return got[2][5 : got[2].index(b"\n")].decode()


def _store(repo: Repo, new_objects: NewObjects, refs: Sequence[str]) -> None:
    try:
        store(repo, new_objects)
    except GitFailed as error:
        raise RefRefused(refs, error.stderr.splitlines()[0] if error.stderr else error.message) from error


def swap(repo: Repo, moves: Mapping[str, tuple[str | None, str | None]], *, logged: bool = False) -> str | None:
    """Move refs from old to new ids (None: not there), all or none; returns None, or what git said against it.

    Made in the order given: a machine that dies between two loose refs has moved the first ones. No reflog is made,
    and one that another command made is removed, since it would keep alive what was purged; but not those of
    refs that are `logged`, being others' as well.
    """
    none = "0" * (64 if repo.object_format == "sha256" else 40)
    lines = ["start"]
    for ref, (old, new) in moves.items():
        lines.append("option no-deref")
        lines.append(f"delete {ref} {old}" if new is None else f"update {ref} {new} {old or none}")
    lines += ["prepare", "commit", ""]
    how = QUIETLY[2:] if logged else QUIETLY
    done = repo.run(*how, "update-ref", "--stdin", input="\n".join(lines).encode(), check=False)
    if done.returncode != 0:
        return done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ") or "git update-ref failed"
    if not logged:
        drop_reflogs(repo, list(moves))
    return None


def clear_stale_locks(repo: Repo, refs: Sequence[str]) -> list[str]:
    """Remove the old lock files of `refs` that do not change while we watch; returns their names."""
    patience = _Patience(repo, refs)
    before = patience.old()
    until = time.monotonic() + 2 * WATCHED
    while patience.old() and time.monotonic() < until:
        patience.clear_stale()
        time.sleep(WATCHED / 20)
    return [lock for lock in before if lock not in patience.old()]


def drop_reflogs(repo: Repo, refs: Sequence[str], *, thoroughly: bool = False) -> None:
    """Remove the reflogs of `refs`; `thoroughly` asks git too, which finds those of a reftable repository."""
    for ref in refs:
        log = repo.common_dir / "logs" / ref
        if thoroughly or log.exists():
            repo.run("reflog", "expire", "--expire=all", "--expire-unreachable=all", ref, check=False)
        with suppress(OSError):
            log.unlink()


class _Patience:
    """Tells a race from a wall, and clears lock files that a killed git left behind."""

    def __init__(self, repo: Repo, refs: Sequence[str]) -> None:
        self._repo = repo
        self._refs = refs
        self._locks = {f"{ref}.lock": repo.common_dir / f"{ref}.lock" for ref in refs}
        if (
            repo.common_dir / "reftable"
        ).is_dir():  # one lock for all refs: left behind, it stops a person's commits too
            self._locks = {REFTABLE_LOCK: repo.common_dir / REFTABLE_LOCK}
        self._tries = 0
        self._unexplained = 0
        self._watched: dict[Path, tuple[tuple[int, int], float]] = {}

    def hopeless(self, seen: Snapshot) -> bool:
        """Whether a failed swap has no cause that passes: no ref moved, and no lock is held."""
        self._tries += 1
        held = self.clear_stale()
        passing = held or read_refs(self._repo.objects, self._refs) != seen
        # A lock may be gone by the time we look for it, so one try without a cause proves nothing.
        self._unexplained = 0 if passing else self._unexplained + 1
        return self._unexplained >= 5

    def old(self) -> list[str]:
        """The locks that look left behind, by their age alone."""
        names = []
        for name, path in self._locks.items():
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime >= STALE:
                    names.append(name)
        return names

    def wait(self) -> None:
        import random  # costs every reader milliseconds, and few writers ever wait

        time.sleep(random.uniform(0.2, 1.0) * min(0.1, 0.002 * 2 ** min(self._tries, 10)))

    def clear_stale(self) -> bool:
        """Remove a ref's lock that is old and did not change while we watched it; True if a lock is in the way."""
        held = False
        for path in self._locks.values():
            try:
                stat = path.lstat()
            except OSError:
                self._watched.pop(path, None)
                continue
            held = True
            identity = (stat.st_ino, stat.st_mtime_ns)
            seen = self._watched.get(path)
            now = time.monotonic()
            if seen is None or seen[0] != identity:
                self._watched[path] = (identity, now)
                continue
            # Old by the clock and watched a while or, where the clock says nonsense, watched for long.
            watched = now - seen[1]
            if (watched >= WATCHED and time.time() - stat.st_mtime >= STALE) or watched >= STALE:
                _remove_if_same(path, identity)
        return held


def _remove_if_same(path: Path, identity: tuple[int, int]) -> None:
    """Remove a lock file unless it has just been replaced by a living one."""
    aside = path.with_name(f"{path.name}.stale-{os.getpid()}")
    try:
        path.rename(aside)
        stat = aside.lstat()
        if (stat.st_ino, stat.st_mtime_ns) != identity:
            with suppress(FileExistsError):
                path.hardlink_to(aside)
        aside.unlink()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS):
            raise
