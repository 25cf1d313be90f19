"""What git prints of a blame is read and written back, and what it says against one becomes one line with a hint."""

from __future__ import annotations

import pytest

from gitstory.errors import GitStoryError
from gitstory.git.blame import (
    BadUsage,
    BlamedCommit,
    BlameLine,
    LineOutOfRange,
    NotInRevision,
    blame,
    complaint,
    lines_of,
    parse,
    unquote,
    with_headers,
)
from gitstory.git.process import GitFailed
from gitstory.git.repo import NoCommits, NotARepository, Repo, UnknownRevision
from tests.gitrepo import GitRepo

ONE, TWO, NONE = "1" * 40, "2" * 40, "0" * 40
RAW = f"""some statistics
{ONE} 3 1 2
author Dev One
author-mail <dev@example.com>
author-time 1000
author-tz -0130
summary first
boundary
filename "o\\303\\251.py"
\tone
{ONE} 4 2
\ttwo
{TWO} 1 3 1
author Dev Two
author-mail <two@example.com>
author-time soon
author-tz x
summary second
previous {ONE} before name.py
filename a.py
\t
{ONE} 9 4 1
filename other.py
\t{TWO} 1 1
{NONE} 5 5 1
author Not Committed Yet
filename a.py
\tend""".encode()


def test_what_git_prints_is_read() -> None:
    read = parse(RAW)
    assert read.lines == [
        BlameLine(1, ONE, "oé.py".encode(), 3, b"one"),
        BlameLine(2, ONE, "oé.py".encode(), 4, b"two"),
        BlameLine(3, TWO, b"a.py", 1, b""),
        BlameLine(4, ONE, b"other.py", 9, f"{TWO} 1 1".encode()),
        BlameLine(5, NONE, b"a.py", 5, b"end"),
    ]
    assert read.commits == {
        ONE: BlamedCommit(ONE, "Dev One", "dev@example.com", 1000, -90, "first", boundary=True),
        TWO: BlamedCommit(TWO, "Dev Two", "two@example.com", 0, 0, "second"),
        NONE: BlamedCommit(NONE, "Not Committed Yet", "", 0, 0, ""),
    }
    assert read.previous == {(TWO, b"a.py"): (ONE, b"before name.py")}
    assert [commit.uncommitted for commit in read.commits.values()] == [False, False, True]
    assert with_headers(read, [b""] * 5) == RAW
    marked = with_headers(read, [b"", b"story x\n", b"", b"", b"y\n"])
    assert marked == RAW.replace(b"\ttwo", b"story x\n\ttwo").replace(b"\tend", b"y\n\tend")


def test_a_part_of_a_blame() -> None:
    read = parse(RAW)
    part = lines_of(read, 2, 3)
    assert ([line.line for line in part.lines], [*part.commits]) == ([2, 3], [ONE, TWO])
    assert (part.raw, part.contents, part.previous) == (b"", [], read.previous)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (b"a", b"a"),
        (b'"a', b'"a'),
        (b'a"', b'a"'),
        (b'"', b'"'),
        (b'""', b""),
        (b'"\\a\\b\\t\\n\\v\\f\\r\\"\\\\"', b'\a\b\t\n\v\f\r"\\'),
        (b'"\\303\\251\\777"', "é".encode() + b"\xff"),
    ],
)
def test_a_quoted_name(name: bytes, path: bytes) -> None:
    assert unquote(name) == path


@pytest.mark.parametrize(
    ("stderr", "code", "kind", "message"),
    [
        ("usage: git blame [<options>]", 129, BadUsage, "blame what. name a file"),
        ("error: unknown switch `Z'\nusage: x", 129, BadUsage, "unknown switch `Z'"),
        ("fatal: odd", 129, BadUsage, "odd"),
        (
            "fatal: more than one commit to dig from a and b?",
            128,
            BadUsage,
            "more than one commit to dig from a and b?",
        ),
        (
            "fatal: --reverse and --first-parent need a range",
            128,
            BadUsage,
            "--reverse and --first-parent need a range",
        ),
        ("error: unknown option `x'", 128, BadUsage, "unknown option `x'"),
        ("error: unknown switch `x'", 128, BadUsage, "unknown switch `x'"),
        ("fatal: not a git repository (or any parent)", 128, NotARepository, "not a git repository"),
        ("fatal: no such ref: HEAD", 128, NoCommits, "no commits"),
        ("fatal: ambiguous argument 'HEAD': unknown", 128, NoCommits, "no commits"),
        ("fatal: bad revision 'x'", 128, UnknownRevision, "'?x'?"),
        ("fatal: ambiguous argument 'y': unknown revision", 128, UnknownRevision, "'?y'?"),
        ("fatal: invalid object name 'z'.", 128, UnknownRevision, "'?z'?"),
        ("fatal: cannot find revision w to ignore", 128, UnknownRevision, "'?w'?$"),
        ("fatal: no such path 'a' in HEAD", 128, NotInRevision, "no such path 'a' in HEAD"),
        ("fatal: Cannot lstat 'a': No such file", 128, NotInRevision, "Cannot lstat 'a'"),
        ("fatal: cannot stat path 'a'", 128, NotInRevision, "cannot stat path 'a'"),
        ("fatal: cannot lstat 'a'", 128, NotInRevision, "cannot lstat 'a'"),
        ("fatal: no path specified", 128, NotInRevision, "no path specified"),
        ("fatal: file a has only 3 lines", 128, LineOutOfRange, "file a has only 3 lines"),
        ("fatal: -L parameter 'x' starting at line 1: no match", 128, LineOutOfRange, "-L parameter"),
        ("fatal: bad -L invalid empty range", 128, LineOutOfRange, "-L invalid"),
        ("fatal: no match", 128, LineOutOfRange, "no match"),
        ("fatal: could not fetch 1 from promisor remote", 128, GitFailed, "this clone lacks objects"),
        ("fatal: out of memory", 128, GitFailed, "git blame: out of memory"),
    ],
)
def test_what_git_says_against_a_blame(stderr: str, code: int, kind: type[GitStoryError], message: str) -> None:
    error = complaint(stderr, code)
    assert type(error) is kind
    with pytest.raises(kind, match=message):
        raise error
    if isinstance(error, GitFailed):
        assert error.code == code and error.stderr == stderr
    assert error.exit_code == (2 if kind is BadUsage else GitStoryError.exit_code)


def test_what_to_try_instead() -> None:
    hints = [str(kind("x").hint) for kind in (BadUsage, LineOutOfRange, NotInRevision)]
    assert [word in hint for word, hint in zip(("--help", "START,END", "git ls-files"), hints, strict=True)] == [
        True
    ] * 3


def test_a_file_is_blamed_at_the_top_of_a_repository(repo: GitRepo) -> None:
    commit = repo.commit("one", {"in/a": "x\n", "in/b": "y\n"}, at=1000)
    bare = GitRepo(repo.path.parent / "bare")
    repo.git("clone", "-q", "--bare", str(repo.path), str(bare.path))
    for path, rev in ((repo.path / "in", ()), (bare.path, ("HEAD",))):
        with Repo.open(path) as opened:
            assert blame([*rev, "--", "in/a"], opened).lines == [BlameLine(1, commit, b"in/a", 1, b"x")]
    with Repo.open(repo.path) as opened, pytest.raises(NotInRevision):
        blame(["HEAD", "--", "none"], opened)
