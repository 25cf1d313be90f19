"""How many lines each commit of a range added and deleted per file, through one git process however many they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from .history import OWN_REFS, FileChange, is_known, path_text, text_of
from .process import GitFailed
from .repo import NoCommits, Repo, UnknownRevision

_MARK = b"\x01"
_FORMAT = "--format=tformat:%x01%H%x00%aN%x00%at"
_PLAIN = ("--no-notes", "--no-color", "--no-show-signature", "--no-ext-diff", "--no-textconv")


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
    args = ["log", *_PLAIN, "-z", "-M", "--numstat", _FORMAT, *options]
    if everything:
        args += [*(f"--exclude={ref}" for ref in OWN_REFS), "--all"]
    done = repo.run(*args, "--end-of-options", *(revs or (() if everything else ("HEAD",))), "--", *paths, check=False)
    if done.returncode != 0:
        bad = next((rev for rev in revs or ("HEAD",) if not is_known(repo, rev)), None)
        if bad is None:
            raise GitFailed(args, done.returncode, done.stderr)
        raise NoCommits if bad == "HEAD" else UnknownRevision(bad)
    return _parsed(done.stdout)


def _parsed(output: bytes) -> Iterator[CommitSizes]:
    """Fields end in NUL; a commit starts with a mark, a rename is followed by its two paths as fields of their own."""
    fields = iter(output.split(b"\0"))
    head: tuple[str, str, int] | None = None
    files: list[FileChange] = []
    for field in fields:
        if field.startswith(_MARK):
            if head is not None:
                yield CommitSizes(*head, tuple(files))
            files = []
            head = (field[1:].decode("ascii", "replace"), text_of(next(fields, b"")), _number(next(fields, b"")))
            continue
        parts = field.lstrip(b"\n").split(b"\t", 2)
        if len(parts) != 3:
            continue
        old = None
        name = parts[2]
        if not name:
            old, name = path_text(next(fields, b"")), next(fields, b"")
        files.append(FileChange(path_text(name), _count(parts[0]), _count(parts[1]), old))
    if head is not None:
        yield CommitSizes(*head, tuple(files))


def _count(field: bytes) -> int | None:
    return int(field) if field.isdigit() else None


def _number(field: bytes) -> int:
    try:
        return int(field)
    except ValueError:  # a commit with a broken date
        return 0
