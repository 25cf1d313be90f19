"""What git knows of a commit that a reader wants to see: who, when, subject, sizes per file, changed lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from .process import GitFailed
from .repo import NoCommits, Repo, UnknownRevision

_ASKED = ("%H", "%P", "%aN", "%aE", "%at", "%ad", "%cN", "%ct", "%s", "%b")
_FORMAT = "--format=tformat:" + "%x00".join(_ASKED) + "%x00%x01"
_PLAIN = ("--no-notes", "--no-color", "--no-show-signature", "--encoding=UTF-8", "--date=format:%z")
OWN_REFS = ("refs/story/*", "refs/notes/*", "refs/stash", "refs/gitstory/*")
"""What `--all` never means: gitstory's own refs, notes and the stash."""
_HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


class CommitInfo(Struct, frozen=True):
    """A commit as people read it. Times are epoch seconds, `zone` minutes east of UTC (the author's)."""

    oid: str
    parents: tuple[str, ...]
    author: str
    email: str
    time: int
    zone: int
    committer: str
    committed: int
    subject: str
    body: str


class FileChange(Struct, frozen=True):
    """Lines added and deleted in one file; None for a binary file. `moved_from` is the old path of a rename."""

    path: str
    added: int | None
    deleted: int | None
    moved_from: str | None = None


class LineChange(Struct, frozen=True):
    """A changed stretch of one file: `old_count` lines from `old_start` became `new_count` lines from `new_start`."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int


def text_of(data: bytes) -> str:
    """Bytes of git as text that can always be printed: invalid UTF-8 becomes the replacement character."""
    return data.decode("utf-8", "replace")


def path_text(data: bytes) -> str:
    """A path as stories hold it: bytes that are no UTF-8 kept as lone surrogates, so that the path comes back whole."""
    return data.decode("utf-8", "surrogateescape")


def zone_minutes(text: str) -> int:
    """`+0530` -> 330."""
    if len(text) != 5 or not text[1:].isdigit():
        return 0
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return -minutes if text[0] == "-" else minutes


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # a commit with a broken date: git prints nothing
        return 0


def _parse(record: bytes) -> CommitInfo | None:
    fields = text_of(record.lstrip(b"\n")).split("\0")
    if len(fields) < len(_ASKED):
        return None
    oid, parents, author, email, time, zone, committer, committed, subject, body = fields[: len(_ASKED)]
    return CommitInfo(
        oid,
        tuple(parents.split()),
        author,
        email,
        _number(time),
        zone_minutes(zone),
        committer,
        _number(committed),
        subject,
        body.strip("\n"),
    )


def commit_infos(repo: Repo, oids: Iterable[str]) -> Iterator[CommitInfo]:
    """The commits `oids` name, in that order, through one git process; ids of something else are left out."""
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    if not asked:
        return
    out = repo.git("log", *_PLAIN, _FORMAT, "--no-walk=unsorted", "--ignore-missing", "--stdin", input=asked)
    for record in out.split(b"\0\x01"):
        info = _parse(record)
        if info is not None:
            yield info


def commit_info(repo: Repo, rev: str) -> CommitInfo:
    """The commit `rev` names, in one git process. Raises `UnknownRevision` or `NoCommits`."""
    if rev and not rev.startswith("-"):
        asked = f"{rev}^{{commit}}"
        done = repo.run("log", *_PLAIN, _FORMAT, "--no-walk", "--end-of-options", asked, "--", check=False)
        info = _parse(done.stdout.split(b"\0\x01")[0]) if done.returncode == 0 else None
        if info is not None:
            return info
    raise NoCommits if rev == "HEAD" else UnknownRevision(rev)


def shallow_edge(repo: Repo) -> frozenset[str]:
    """The commits of a shallow clone whose parents are not here: git takes all they hold for added by them."""
    try:
        return frozenset((repo.common_dir / "shallow").read_text("ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def is_partial(repo: Repo) -> bool:
    """Whether this is a clone that left content with its remote (`git clone --filter`)."""
    try:
        return b"promisor" in (repo.common_dir / "config").read_bytes().lower()
    except OSError:
        return False


def is_range(text: str) -> bool:
    """Whether `text` names a set of commits (`A..B`, `^A`, `A^!`, `A^@`, `A^-`) and not one."""
    if ".." in text and not text.startswith(":/"):
        return True
    return text.startswith("^") or re.search(r"\^(?:!|@|-\d*)$", text) is not None


def commit_ids(
    repo: Repo,
    revs: Sequence[str] = (),
    *,
    everything: bool = False,
    paths: Sequence[str] = (),
    limit: int | None = None,
) -> list[str]:
    """Ids in git's own order, newest first. Raises `UnknownRevision` or `NoCommits`.

    `everything` means all refs but gitstory's own, notes and the stash. `paths` are relative to the top.
    """
    if any(rev.startswith("-") for rev in revs):
        raise UnknownRevision(next(rev for rev in revs if rev.startswith("-")))
    args = ["rev-list"]
    if limit is not None:
        args.append(f"--max-count={limit}")
    if everything:
        args += [f"--exclude={ref}" for ref in OWN_REFS]
        args.append("--all")
        if repo.ref("HEAD") is not None:
            args.append("HEAD")
    elif not revs:
        revs = ("HEAD",)
    done = repo.run(*args, "--end-of-options", *revs, "--", *paths, check=False)
    if done.returncode == 0:
        return done.stdout.decode().split()
    bad = next((rev for rev in revs if not is_known(repo, rev)), None)
    if bad is not None:
        raise NoCommits if bad == "HEAD" else UnknownRevision(bad)
    raise GitFailed(args, done.returncode, done.stderr)


def is_known(repo: Repo, rev: str) -> bool:
    """Whether git can start from `rev`."""
    return repo.run("rev-list", "--max-count=0", "--end-of-options", rev, "--", check=False).returncode == 0


def file_changes(repo: Repo, oid: str) -> list[FileChange]:
    """Sizes per file against the first parent, renames followed.

    Nothing for a merge, and where a blob is missing (a partial clone): nothing is fetched just to count lines.
    """
    args = ("diff-tree", "-r", "-z", "--numstat", "-M", "--root", "--no-commit-id", "--no-ext-diff", oid, "--")
    done = repo.run(*args, check=False)
    return _sizes(done.stdout) if done.returncode == 0 else []


def changes_between(repo: Repo, old: str, new: str) -> list[FileChange]:
    """Sizes per file between two commits, renames followed; all of `new` where `old` is ""."""
    begin = old or repo.git("hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()
    args = ("diff", "-r", "-z", "--numstat", "-M", "--no-ext-diff", "--no-textconv", "--no-color")
    return _sizes(repo.git(*args, begin, new, "--"))


def _sizes(out: bytes) -> list[FileChange]:
    """What `--numstat -z` printed."""
    fields = iter(out.split(b"\0"))
    found: list[FileChange] = []
    for field in fields:
        parts = field.split(b"\t", 2)
        if len(parts) != 3:
            continue
        old = None
        name = parts[2]
        if not name:  # a rename: the two paths follow as fields of their own
            old, name = path_text(next(fields, b"")), next(fields, b"")
        found.append(FileChange(path_text(name), _count(parts[0]), _count(parts[1]), old))
    return found


def _count(field: bytes) -> int | None:
    return int(field) if field.isdigit() else None


def line_changes(repo: Repo, old: bytes, new: bytes) -> list[LineChange]:
    """How the lines of blob `old` became those of blob `new` (each `commit:path`); nothing if either is no blob."""
    done = repo.run(
        "diff",
        "-U0",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--text",
        "--end-of-options",
        old,
        new,
        check=False,
    )
    found: list[LineChange] = []
    for match in _HUNK.finditer(done.stdout):
        a, b, c, d = (1 if part is None else int(part) for part in match.groups())
        found.append(LineChange(a, b, c, d))
    return found
