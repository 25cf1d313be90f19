"""How many lines each commit of a range added and deleted per file, through one git process however many they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from .commit_details import OWN_REFS, FileChange, MissingObjects, is_known, is_partial, sizes
from .log import PLAIN, Record, each_of, format_of, log_of, records, seconds, text_of
from .process import GitFailed
from .repo import NoCommits, Repo, UnknownRevision

_FIELDS = ("%aN", "%at")
_COUNTED = ("-M", "--numstat")
_RAW = ("--raw", "--no-abbrev", "--no-renames")
_SUBMODULE = b"160000"


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
    lacking: list[MissingObjects] | None = None,
) -> Iterator[CommitSizes]:
    """Newest first. `options` are further ones of git log, made by the caller (`--since=...`).

    `lacking` gets the commits that come without files, since this clone has not got their content; without it,
    `MissingObjects` is raised. Raises `UnknownRevision` or `NoCommits`.
    """
    if any(rev.startswith("-") for rev in revs):
        raise UnknownRevision(next(rev for rev in revs if rev.startswith("-")))
    args = ["log", *PLAIN, "-z", *_COUNTED, format_of(_FIELDS), *options]
    chosen = _chosen(revs, everything=everything, paths=paths)
    done = repo.run(*args, *chosen, check=False)
    if done.returncode != 0:
        bad = next((rev for rev in revs or ("HEAD",) if not is_known(repo, rev)), None)
        if bad is None and is_partial(repo):
            if lacking is None:
                raise MissingObjects([], ["some files"])
            return _as_far_as_here(repo, [*options, *chosen], paths, lacking)
        if bad is None:
            raise GitFailed(args, done.returncode, done.stderr)
        raise NoCommits if bad == "HEAD" else UnknownRevision(bad)
    return map(_sizes, records(done.stdout, len(_FIELDS)))


def _chosen(revs: Sequence[str], *, everything: bool, paths: Sequence[str] = ()) -> list[str]:
    chosen = [*(f"--exclude={ref}" for ref in OWN_REFS), "--all"] if everything else []
    return [*chosen, "--end-of-options", *(revs or (() if everything else ("HEAD",))), "--", *paths]


def listed(
    repo: Repo, revs: Sequence[str] = (), *, everything: bool = False, options: Sequence[str] = ()
) -> list[CommitSizes] | None:
    """The commits that `commit_sizes` would return, without their files; None where git says why not, to the other."""
    if any(rev.startswith("-") for rev in revs):
        return None
    args = ["log", *PLAIN, "-z", "-s", format_of(_FIELDS), *options, *_chosen(revs, everything=everything)]
    done = repo.run(*args, check=False)
    return None if done.returncode != 0 else [_sizes(record) for record in records(done.stdout, len(_FIELDS))]


def listed_since(repo: Repo, base: str) -> list[CommitSizes] | None:
    """The commits of HEAD's history that are not of that of `base`, without their files; None if it is not in it."""
    chosen = (f"{base}...HEAD", "--")
    done = repo.run("log", *PLAIN, "-z", "-s", format_of((*_FIELDS, "%m")), "--left-right", *chosen, check=False)
    if done.returncode != 0:
        return None
    commits = list(records(done.stdout, len(_FIELDS) + 1))
    if any(record.fields[-1] != b">" for record in commits):
        return None
    return [_sizes(replace(record, fields=record.fields[:-1])) for record in commits]


def listed_of(repo: Repo, oids: Sequence[str]) -> Iterator[CommitSizes]:
    """The commits named, without their files; what git cannot read is left out."""
    return (_sizes(record) for record in log_of(repo, oids, _FIELDS, ("-s",)))


def sizes_of(repo: Repo, oids: Sequence[str]) -> Iterator[CommitSizes]:
    """The commits named, with their files; what git cannot read is left out."""
    return (_sizes(record) for record in each_of(oids, lambda some: _numbered(repo, some)))


def _numbered(repo: Repo, oids: Sequence[str], paths: Sequence[str] = ()) -> Iterator[Record]:
    given = "".join(f"{oid}\n" for oid in oids).encode()
    args = ("log", *PLAIN, "-z", *_COUNTED, format_of(_FIELDS), "--no-walk=unsorted", "--stdin", "--", *paths)
    return records(repo.git(*args, input=given), len(_FIELDS))


def _as_far_as_here(
    repo: Repo, chosen: Sequence[str], paths: Sequence[str], lacking: list[MissingObjects]
) -> Iterator[CommitSizes]:
    """All commits, with their files where this clone has all contents that they changed."""

    plain, whole = _whole(repo, chosen)
    counted = {record.oid: record for record in each_of(whole, lambda oids: _numbered(repo, oids, paths))}
    gone = sum(record.oid not in counted for record in plain)
    if gone:
        lacking.append(MissingObjects([], [f"{gone} of {len(plain)} commits"]))
    return (_sizes(counted.get(record.oid, record)) for record in plain)


def _whole(repo: Repo, chosen: Sequence[str]) -> tuple[list[Record], list[str]]:
    """The commits without files, and the ids of those of which this clone has all contents that they changed."""
    done = repo.run("log", *PLAIN, "-z", "-s", format_of(_FIELDS), *chosen, check=False)
    if done.returncode != 0:  # to choose by path takes folders
        raise MissingObjects([], ["some folders"])
    plain = list(records(done.stdout, len(_FIELDS)))
    raw = repo.run("log", *PLAIN, "-z", *_RAW, format_of(_FIELDS), *chosen, check=False)
    if raw.returncode != 0:  # folders are not here either
        return plain, []
    here = set(repo.git("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)").split())
    whole = [one.oid for one in records(raw.stdout, len(_FIELDS)) if here.issuperset(_contents(one))]
    return plain, whole


def _contents(record: Record) -> set[bytes]:
    """The ids of the contents of files that a commit changed."""
    facts = [entry[0].lstrip(b":").split(b" ") for entry in record.entries]
    pairs = [pair for one in facts if len(one) > 3 for pair in zip(one[:2], one[2:4], strict=True)]
    return {oid for mode, oid in pairs if mode != _SUBMODULE and oid.strip(b"0")}


def _sizes(record: Record) -> CommitSizes:
    author, time = record.fields
    return CommitSizes(record.oid, text_of(author), seconds(time), tuple(sizes(record.entries)))
