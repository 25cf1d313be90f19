"""`git blame --porcelain`: run, read, and write back with more headers.

The bytes of git are kept as they are: content may be in any encoding, end in CR LF or hold NULs. Only git's own
blame is used, so renames, ignored revisions, `-M`, `-C` and `.mailmap` mean what they mean in git.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence

from msgspec import Struct

from gitstory.errors import GitStoryError

from .commit_details import zone_minutes
from .log import text_of
from .process import GitFailed, GitMissing, clean_env, error_line, fetching_env, git_program, is_lacking
from .repo import NoCommits, NotARepository, Repo, UnknownRevision

_ENTRY = re.compile(rb"([0-9a-f]{40,64}) (\d+) (\d+)(?: \d+)?$")
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_QUOTED = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')


class BlamedCommit(Struct, frozen=True):
    """What blame says of a commit; the id of lines not committed yet is all zeros."""

    oid: str
    author: str
    mail: str
    time: int
    zone: int
    summary: str
    boundary: bool = False

    @property
    def uncommitted(self) -> bool:
        return not self.oid.strip("0")


class BlameLine(Struct, frozen=True, gc=False):
    """One line of the file: its number now, and commit, path and number where it was written; no line end in `text`."""

    line: int
    commit: str
    path: bytes
    orig_line: int
    text: bytes


class Blame(Struct, frozen=True):
    """`raw` is what git printed, `contents` are the numbers (from 0) of its rows with the lines' contents.

    `previous` maps (commit, path) to the file one commit before, where there was one.
    """

    raw: bytes
    contents: list[int]
    lines: list[BlameLine]
    commits: dict[str, BlamedCommit]
    previous: dict[tuple[str, bytes], tuple[str, bytes]]


def unquote(name: bytes) -> bytes:
    """A path as git prints it in porcelain: C-quoted if it holds unusual bytes."""
    if not (name.startswith(b'"') and name.endswith(b'"') and len(name) > 1):
        return name
    return _QUOTED.sub(_unescape, name[1:-1])


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 255 if code.isdigit() else _ESCAPES[code]])


def _commit(oid: str, heads: dict[bytes, bytes]) -> BlamedCommit:
    time = heads.get(b"author-time", b"0")
    return BlamedCommit(
        oid,
        text_of(heads.get(b"author", b"")),
        text_of(heads.get(b"author-mail", b"")).strip("<>"),
        int(time) if time.isdigit() else 0,
        zone_minutes(text_of(heads.get(b"author-tz", b""))),
        text_of(heads.get(b"summary", b"")),
        b"boundary" in heads,
    )


def parse(raw: bytes) -> Blame:
    """Read porcelain or line-porcelain output; lines that are neither (`--show-stats`) are passed over."""
    contents: list[int] = []
    lines: list[BlameLine] = []
    commits: dict[str, BlamedCommit] = {}
    previous: dict[tuple[str, bytes], tuple[str, bytes]] = {}
    paths: dict[str, bytes] = {}
    heads: dict[bytes, bytes] = {}
    oid, orig, final, inside = "", 0, 0, False
    for at, row in enumerate(raw.split(b"\n")):
        if not inside:
            entry = _ENTRY.match(row)
            if entry is not None:
                oid, orig, final, inside = entry[1].decode(), int(entry[2]), int(entry[3]), True
        elif row[:1] == b"\t":
            if heads:
                _learn(oid, heads, commits, previous, paths)
                heads = {}
            contents.append(at)
            lines.append(BlameLine(final, oid, paths.get(oid, b""), orig, row[1:]))
            inside = False
        else:
            key, _, value = row.partition(b" ")
            heads[key] = value
    return Blame(raw, contents, lines, commits, previous)


def _learn(
    oid: str,
    heads: dict[bytes, bytes],
    commits: dict[str, BlamedCommit],
    previous: dict[tuple[str, bytes], tuple[str, bytes]],
    paths: dict[str, bytes],
) -> None:
    """Take in one entry's headers: full ones at a commit's first line, only `filename` where it has several paths."""
    if b"author" in heads and oid not in commits:
        commits[oid] = _commit(oid, heads)
    if b"filename" in heads:
        paths[oid] = unquote(heads[b"filename"])
    if b"previous" in heads:
        before, _, name = heads[b"previous"].partition(b" ")
        previous[oid, paths.get(oid, b"")] = (before.decode("ascii", "replace"), unquote(name))


def with_headers(blame_: Blame, extra: Sequence[bytes]) -> bytes:
    """What git printed, with `extra[i]` (whole header lines with line ends, or nothing) before the i-th content."""
    rows = blame_.raw.split(b"\n")
    for at, headers in zip(blame_.contents, extra, strict=True):
        if headers:
            rows[at] = headers + rows[at]
    return b"\n".join(rows)


class NotInRevision(GitStoryError):
    def __init__(self, message: str) -> None:
        super().__init__(
            message, hint="`git ls-files` lists the files there are; name an older revision for an old one"
        )


class LineOutOfRange(GitStoryError):
    def __init__(self, message: str) -> None:
        super().__init__(message, hint="lines count from 1; -L takes START,END or START,+COUNT or :FUNCTION or /REGEX/")


class BadUsage(GitStoryError):
    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="`git story blame --help` shows the usage; options are those of `git blame`")


def start(args: Sequence[str | bytes], repo: Repo | None = None, *, fetching: bool = True) -> subprocess.Popen[bytes]:
    """Start `git blame --porcelain ARGS`, to be read with `finish`.

    It runs where the person stands, who may name files from there; with `repo`, at the top of that one.
    """
    where: list[str] = []
    cwd = None
    if repo is not None:
        where = [f"--git-dir={repo.git_dir}"]
        cwd = repo.git_dir if repo.worktree is None else repo.worktree
        if repo.worktree is not None:
            where.append(f"--work-tree={repo.worktree}")
    try:
        return subprocess.Popen(
            [git_program(), *where, "blame", "--porcelain", *args],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=fetching_env(located=repo is not None) if fetching else clean_env(located=repo is not None),
        )
    except FileNotFoundError as error:
        raise GitMissing from error


def finish(running: subprocess.Popen[bytes]) -> Blame:
    """Wait and read. Raises what `complaint` makes of git's words."""
    out, stderr = running.communicate()
    if running.returncode != 0:
        raise complaint(text_of(stderr), running.returncode)
    return parse(out)


def blame(args: Sequence[str | bytes], repo: Repo | None = None) -> Blame:
    return finish(start(args, repo))


def lines_of(whole: Blame, first: int, last: int) -> Blame:
    """The part of a blame about lines `first` to `last`, without what git printed."""
    lines = [line for line in whole.lines if first <= line.line <= last]
    named = {line.commit for line in lines}
    commits = {oid: commit for oid, commit in whole.commits.items() if oid in named}
    return Blame(b"", [], lines, commits, whole.previous)


def complaint(stderr: str, code: int) -> GitStoryError:
    """git's refusal as one line with a hint."""
    if is_lacking(stderr):
        return GitFailed(["blame"], code, stderr.encode())
    text = error_line(stderr)
    if code == 129 or text.startswith(("usage:", "more than one commit", "--", "unknown option", "unknown switch")):
        return BadUsage(text.removeprefix("usage: ") if not text.startswith("usage:") else "blame what? name a file")
    if text.startswith("not a git repository"):
        return NotARepository(None)
    if "no such ref: HEAD" in text or "ambiguous argument 'HEAD'" in text:
        return NoCommits()
    match = re.match(r"(?:bad revision|ambiguous argument|invalid object name|cannot find revision) '?([^']*)'?", text)
    if match is not None:
        return UnknownRevision(match[1].removesuffix(" to ignore"))
    if text.startswith(("no such path", "Cannot lstat", "cannot stat", "cannot lstat", "no path specified")):
        return NotInRevision(text)
    if "has only" in text or text.startswith("-L") or "-L invalid" in text or "no match" in text:
        return LineOutOfRange(text)
    return GitFailed(["blame"], code, stderr.encode())
