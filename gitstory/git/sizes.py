"""How many lines each commit of a range added and deleted per file, through one git process however many they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from .history import OWN_REFS, FileChange, MissingObjects, is_known, is_partial, sizes
from .log import PLAIN, Record, format_of, records, seconds, text_of
from .process import GitFailed
from .repo import NoCommits, Repo, UnknownRevision

_FIELDS = ("%aN", "%at")


class CommitSizes(Struct, frozen=True):
    """One commit: who, when (author's date, epoch seconds), and its files against the first parent.

    A merge has no files: what it brings was counted where it was made.
    """

    oid: str
    author: str
    time: int
    files: tuple[FileChange, ...] = ()


def commit_sizes(
    repo: Repo,
    revs: Sequence[str] = (),
    *,
    everything: bool = False,
    options: Sequence[str] = (),
    paths: Sequence[str] = (),
) -> Iterator[CommitSizes]:
    """Newest first. `options` are further ones of git log, made by the caller (`--since=...`).

    Raises `UnknownRevision` or `NoCommits`.
    """
    if any(rev.startswith("-") for rev in revs):
        raise UnknownRevision(next(rev for rev in revs if rev.startswith("-")))
    args = ["log", *PLAIN, "-z", "-M", "--numstat", format_of(_FIELDS), *options]
    if everything:
        args += [*(f"--exclude={ref}" for ref in OWN_REFS), "--all"]
    done = repo.run(*args, "--end-of-options", *(revs or (() if everything else ("HEAD",))), "--", *paths, check=False)
    if done.returncode != 0:
        bad = next((rev for rev in revs or ("HEAD",) if not is_known(repo, rev)), None)
        if bad is None and is_partial(repo):
            raise MissingObjects([], ["some files"])
        if bad is None:
            raise GitFailed(args, done.returncode, done.stderr)
        raise NoCommits if bad == "HEAD" else UnknownRevision(bad)
    return map(_sizes, records(done.stdout, len(_FIELDS)))


def _sizes(record: Record) -> CommitSizes:
    author, time = record.fields
    return CommitSizes(record.oid, text_of(author), seconds(time), tuple(sizes(record.entries)))
