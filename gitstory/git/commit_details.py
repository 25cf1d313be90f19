"""What git knows of a commit that a reader wants to see: who, when, subject, sizes per file, changed lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gitstory.errors import GitStoryError

from .log import Entry, Record, entries, log_of, seconds, text_of
from .process import FETCHES, GitFailed
from .repo import NoCommits, Repo, UnknownRevision

_FIELDS = ("%P", "%aN", "%aE", "%at", "%ad", "%cN", "%ct", "%s", "%b")
_ZONE = ("--date=format:%z",)
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


def path_text(data: bytes) -> str:
    """A path as stories hold it: bytes that are no UTF-8 kept as lone surrogates, so that the path comes back whole."""
    return data.decode("utf-8", "surrogateescape")


def zone_minutes(text: str) -> int:
    """`+0530` -> 330."""
    if len(text) != 5 or not text[1:].isdigit():
        return 0
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return -minutes if text[0] == "-" else minutes


def _info(record: Record) -> CommitInfo:
    parents, author, email, time, zone, committer, committed, subject, body = record.fields
    return CommitInfo(
        record.oid,
        tuple(parents.decode().split()),
        text_of(author),
        text_of(email),
        seconds(time),
        zone_minutes(text_of(zone)),
        text_of(committer),
        seconds(committed),
        text_of(subject),
        text_of(body).strip("\n"),
    )


def commit_infos(repo: Repo, oids: Iterable[str]) -> Iterator[CommitInfo]:
    """The commits `oids` name, in that order, through one git process; what else they name is left out."""
    return map(_info, log_of(repo, oids, _FIELDS, _ZONE))


def commit_info(repo: Repo, rev: str) -> CommitInfo:
    """The commit `rev` names. Raises `UnknownRevision` or `NoCommits`."""
    if rev and not rev.startswith("-") and "\n" not in rev:
        commit = next(commit_infos(repo, [f"{rev}^{{commit}}"]), None)
        if commit is not None:
            return commit
    raise NoCommits if rev == "HEAD" else UnknownRevision(rev)


def authors(repo: Repo, most: int = 1000) -> frozenset[str]:
    """Names of the authors and committers of the newest commits behind HEAD."""
    named = repo.git("log", f"-{most}", "--format=%aN%n%cN", "HEAD", "--", check=False)
    return frozenset(filter(None, named.decode("utf-8", "replace").splitlines()))


_PEOPLE = ("Co-authored-by", "Reviewed-by", "Signed-off-by", "Tested-by", "Acked-by", "Reported-by", "Helped-by")
"""Trailers of a message that name people."""


def named_in_trailers(repo: Repo, most: int = 1000) -> frozenset[tuple[str, str]]:
    """(name, address) of whom trailers of the newest commits behind HEAD name."""
    keys = "".join(f"key={key}," for key in _PEOPLE)
    output = repo.git("log", f"-{most}", f"--format=%(trailers:{keys}valueonly,unfold)", "HEAD", "--", check=False)
    rows = (line.partition("<") for line in output.decode("utf-8", "replace").splitlines())
    return frozenset((name.strip(), address.rpartition(">")[0].strip()) for name, _, address in rows if name.strip())


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
    return list(sizes(entries(done.stdout))) if done.returncode == 0 else []


def changes_between(repo: Repo, old: str, new: str) -> list[FileChange]:
    """Sizes per file between two commits, renames followed; all of `new` where `old` is "".

    Raises `MissingObjects` where this clone lacks the content of a file: nothing is fetched just to count lines.
    """
    begin = old or repo.git("hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()
    args = ("diff", "-r", "-z", "--numstat", "-M", "--no-ext-diff", "--no-textconv", "--no-color")
    done = repo.run(*args, begin, new, "--", check=False)
    if done.returncode == 0:
        return list(sizes(entries(done.stdout)))
    counted, lacking = _as_far_as_here(repo, begin, new)
    if not lacking:
        raise GitFailed(args, done.returncode, done.stderr)
    raise MissingObjects(counted, lacking)


class MissingObjects(GitStoryError):
    """Content that this clone left with its remote; `counted` are the changes of the other files."""

    def __init__(self, counted: list[FileChange], lacking: Sequence[str]) -> None:
        self.counted = counted
        files = f"{lacking[0]} and {len(lacking) - 1} more files" if len(lacking) > 1 else lacking[0]
        super().__init__(
            f"lines are not counted, since this clone lacks the content of {files}",
            hint=FETCHES,
        )


def _as_far_as_here(repo: Repo, old: str, new: str) -> tuple[list[FileChange], list[str]]:
    """The changes of files whose content is here, and the paths of the others."""
    how = ("diff", "-r", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color")
    raw = repo.run(*how, "--raw", old, new, "--", check=False)
    if raw.returncode != 0:
        return [], ["some folders"]
    changed = {path: facts.lstrip(b":").split(b" ")[2:4] for facts, path in entries(raw.stdout)}
    wanted = sorted({oid for oids in changed.values() for oid in oids if oid.strip(b"0")})
    gone = set(_missing(repo, wanted))
    lacking = [path for path, oids in changed.items() if gone.intersection(oids)]
    here = [path for path in changed if path not in set(lacking)]
    literal = [b":(top,literal)" + path for path in here]
    counted = repo.git(*how, "--numstat", old, new, "--", *literal) if here else b""
    return list(sizes(entries(counted))), [path_text(path) for path in lacking]


def _missing(repo: Repo, oids: list[bytes]) -> Iterator[bytes]:
    """Those of the objects that are not here; git ends at the first one that it must not fetch."""
    if not oids:
        return
    process = repo.run("cat-file", "--batch-check", input=b"".join(oid + b"\n" for oid in oids), check=False)
    if process.returncode == 0:
        yield from (line.split(b" ")[0] for line in process.stdout.split(b"\n") if line.endswith(b" missing"))
    elif len(oids) == 1:
        yield oids[0]
    else:
        middle = len(oids) // 2
        yield from _missing(repo, oids[:middle])
        yield from _missing(repo, oids[middle:])


def sizes(files: Iterable[Entry]) -> Iterator[FileChange]:
    """What the entries of `--numstat -z` say."""
    for facts, *moved in files:
        added, deleted, name = facts.split(b"\t", 2)
        old, name = (path_text(moved[0]), moved[1]) if moved else (None, name)
        yield FileChange(path_text(name), _count(added), _count(deleted), old)


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
    changes: list[LineChange] = []
    for match in _HUNK.finditer(done.stdout):
        a, b, c, d = (1 if part is None else int(part) for part in match.groups())
        changes.append(LineChange(a, b, c, d))
    return changes
