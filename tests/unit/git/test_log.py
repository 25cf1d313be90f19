"""Commits with any bytes anywhere: each reader finds them all, and each with its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitstory.git.added_lines import added_lines
from gitstory.git.changed_files import list_commits, read_commits
from gitstory.git.commit_details import commit_info, commit_infos
from gitstory.git.log import entries, records, seconds
from gitstory.git.numstat import commit_sizes
from gitstory.git.repo import Repo
from gitstory.interop.commit_claims import ClaimReader
from gitstory.sources.trailers import trailers
from tests.examples import tries
from tests.gitrepo import GitRepo

CONTROL = st.sampled_from(
    [b"\x00", b"\x01", b"\x02", b"\x1e", b"\x1b[2J", b"\n", b"\r", b"\t", b"\xff", b"\xc2\x85", b":"]
)
TEXT = st.lists(CONTROL | st.binary(max_size=6), max_size=6).map(b"".join)
LINE = TEXT.map(lambda text: text.replace(b"\n", b" "))
DATES = st.sampled_from(
    [b"1700000000 +0000", b"0 -0000", b"99999999999999999999 +9999", b"-5 +0100", b"17e8 x", b"", b"9" * 5000 + b" +1"]
)
ENCODINGS = st.sampled_from([None, b"ISO-8859-1", b"UTF-16", b"UTF-7", b"utf-8", b"no such thing", b"\x01\x02"])
EXTRA = st.sampled_from(
    [
        b"",
        b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n \x01\x02\n -----END PGP SIGNATURE-----\n",
        b"mergetag object 1234\n type commit\n tag v\x01\n \n \x02message\n",
        b"x-\x01\x02 what\n",
    ]
)
PATHS = [b"a\x01b", b"\x02", b"c\nd", b"\x01\x02" + b"0" * 40, b"e\tf", b":g", b"\xff\xfe", b'q"\\', b"0" * 40]


def raw_commit(tree: str, parent: str, who: bytes, date: bytes, code: bytes | None, extra: bytes, said: bytes) -> bytes:
    author = b"author %s %s\n" % (who, date) if who != b"-" else b""
    encoding = b"" if code is None else b"encoding %s\n" % code
    committer = b"committer C\x01 <c\x02@x> %s\n" % date
    head = b"tree %s\nparent %s\n" % (tree.encode(), parent.encode())
    return head + author + committer + encoding + extra + b"\n" + said


class World:
    """A repository with a commit whose file names are of the worst kind, to make raw commits upon."""

    def __init__(self, path: Path) -> None:
        self.git = GitRepo.init(path)
        self.git.git("config", "i18n.logOutputEncoding", "ISO-8859-1")
        self.git.git("config", "diff.interHunkContext", "20")
        self.git.git("config", "log.showSignature", "true")
        self.first = self.git.commit("first", {"plain": "1\n2\n3\n4\n"}, at=1_700_000_000)
        blob = self.git.git("hash-object", "-w", "--stdin", input=b"\x01\ncommit " + b"0" * 40 + b"\n\x02")
        rows = [b"100644 blob %s\t%s" % (blob.encode(), path) for path in PATHS]
        self.tree = self.git.git("mktree", "-z", input=b"\0".join(rows) + b"\0")
        self.good = self.write(
            raw_commit(self.tree, self.first, b"Good <g@x>", b"1700000001 +0100", None, b"", b"good\n\nbody\n")
        )

    def write(self, raw: bytes) -> str:
        return self.git.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", input=raw)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("commits") / "r")


@settings(max_examples=tries(40))
@given(who=LINE, date=DATES, code=ENCODINGS, extra=EXTRA, said=TEXT)
@example(who=b"A <a@x>", date=b"1700000000 +0000", code=None, extra=b"", said=b"a\x02b\n")
@example(who=b"A <a@x>", date=b"1700000000 +0000", code=None, extra=b"", said=b"\x01a\n\n\x00\x01\n\nStory: \x01\x02\n")
@example(who=b"A\x01\x02 <\x02@x>", date=b"1700000000 +0000", code=b"UTF-7", extra=b"", said=b"+AAA- a\n\n+AAE-\n")
@example(who=b"-", date=b"", code=None, extra=b"", said=b"")
def test_whatever_a_commit_holds_the_others_are_read_as_they_are(
    world: World, who: bytes, date: bytes, code: bytes | None, extra: bytes, said: bytes
) -> None:
    odd = world.write(raw_commit(world.tree, world.first, who, date, code, extra, said))
    asked = [world.first, odd, world.good]
    with Repo.open(world.git.path) as repo:
        listed = [*commit_infos(repo, asked)]
        assert [one.oid for one in listed] == asked
        assert (listed[2].subject, listed[2].body, listed[2].zone) == ("good", "body", 60)
        subject = world.git.git("log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%s", odd)
        assert listed[1].subject == subject.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        assert commit_info(repo, odd) == listed[1]

        read = read_commits(repo, asked, walk=False)
        assert [one.oid for one in read] == asked
        assert [one.parents for one in read] == [(), (world.first,), (world.first,)]
        assert [one.tree for one in read[1:]] == [world.tree, world.tree]
        assert read[2].author_name == "Good" and read[2].author_time == 1_700_000_001
        for one in read[1:]:
            assert {file.path for file in one.files} == {*PATHS, b"plain"}
        assert {one.oid for one in read_commits(repo, [odd])} == {odd, world.first}

        counted = {one.oid: one for one in commit_sizes(repo, [odd, world.good])}
        assert counted.keys() == {odd, world.good, world.first}
        assert {len(counted[oid].files) for oid in (odd, world.good)} == {len(PATHS) + 1}

        added = added_lines(repo, asked)
        assert added[odd] == added[world.good] and set(added[odd]) == set(PATHS)
        trailers(repo, asked)
        ClaimReader(repo, None)._trailers(asked)  # type: ignore[arg-type]


def test_a_commit_that_git_cannot_read_costs_only_itself(world: World) -> None:
    broken = world.write(b"tree nothing\n\x01\x02\n")
    gone = "1" * 40
    asked = [world.first, broken, gone, world.good]
    with Repo.open(world.git.path) as repo:
        assert [one.oid for one in read_commits(repo, asked, walk=False)] == [world.first, world.good]
        assert [one.oid for one in commit_infos(repo, asked)] == [world.first, world.good]


@pytest.mark.parametrize(
    "revisions",
    [["HEAD"], ["HEAD~2..HEAD"], ["HEAD", "^HEAD~1"], ["--branches", "--tags", "HEAD"], ["--max-count=2", "side"]],
)
def test_the_ids_of_commits_are_listed_as_the_commits_are_read(repo: GitRepo, revisions: list[str]) -> None:
    oids = [repo.commit(f"change {number}", {"a": f"{number}\n"}) for number in range(4)]
    repo.git("branch", "side", oids[1])
    repo.git("tag", "kept", oids[2])
    with Repo.open(repo.path) as opened:
        listed = list_commits(opened, revisions)
        assert listed and listed == [one.oid for one in read_commits(opened, revisions)]
        assert [one.oid for one in read_commits(opened, listed, walk=False)] == listed


def test_trailers_with_control_characters_are_those_of_git(world: World) -> None:
    said = b"s\n\nStory: one\x01\x02.md#turn-1\nStory: two\x00.md\n folded\n"
    oid = world.write(raw_commit(world.tree, world.first, b"A <a@x>", b"1 +0000", None, b"", said))
    with Repo.open(world.git.path) as repo:
        assert trailers(repo, [oid, world.good]) == {oid: ["one\x01\x02.md#turn-1", "two"]}


def test_the_frame_holds_where_paths_look_like_records() -> None:
    oid, other = b"a" * 40, b"b" * 40
    out = b"\0".join(
        [
            oid,
            b"\x01",
            b"",
            b"",
            b":1 2 3 4 R100",
            other,
            b":1 2 3 4 M",
            b"\n:::1 1 1 1 2 3 4 5 MMM",
            other,
            other,
            b"s",
            b"",
        ]
    )
    one, two = records(out, 2)
    assert one.oid == oid.decode() and one.fields == (b"\x01", b"")
    assert one.entries == ((b":1 2 3 4 R100", other, b":1 2 3 4 M"), (b":::1 1 1 1 2 3 4 5 MMM", other))
    assert two.fields == (b"s", b"") and two.entries == ()


def test_counts_and_their_renames() -> None:
    found = [*entries(b"1\t2\ta\x01b\0" + b"-\t-\t\0" + b"1\t2\tx\0" + b"c" * 40 + b"\0" + b"0\t0\t\tz\0")]
    assert found == [(b"1\t2\ta\x01b",), (b"-\t-\t", b"1\t2\tx", b"c" * 40), (b"0\t0\t\tz",)]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (b"1700000000", 1_700_000_000),
        (b"", 0),
        (b"-1", 0),
        (b"9" * 5000, 0),
        (b"253402300800", 0),
        (b"253402300799", 253402300799),
    ],
)
def test_dates_beyond_any_calendar_are_none(field: bytes, expected: int) -> None:
    assert seconds(field) == expected
