"""The bytes of blame: parsing, and adding headers that can be taken out again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitstory.git.blame import parse, unquote, with_headers
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo

OID = "ab" * 20
CONTENT = st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"")), min_size=1, max_size=8)


def raw(contents: list[bytes]) -> bytes:
    heads = b"author A\nauthor-mail <a@x>\nauthor-time 5\nauthor-tz +0100\nsummary s\nfilename f\n"
    out = b""
    for number, content in enumerate(contents, 1):
        out += b"%s %d %d%s\n" % (OID.encode(), number, number, b" 1" if number == 1 else b"")
        out += (heads if number == 1 else b"") + b"\t" + content + b"\n"
    return out


@given(CONTENT)
def test_every_content_comes_back(contents: list[bytes]) -> None:
    found = parse(raw(contents))
    assert [line.text for line in found.lines] == contents
    assert [line.line for line in found.lines] == list(range(1, len(contents) + 1))
    assert found.commits[OID].author == "A" and found.commits[OID].zone == 60 and found.lines[-1].path == b"f"


@given(CONTENT)
def test_headers_stand_right_before_the_content(contents: list[bytes]) -> None:
    extra = [b"story-turn %d\n" % n for n in range(len(contents))]
    out = with_headers(parse(raw(contents)), extra)
    assert with_headers(parse(raw(contents)), [b""] * len(contents)) == raw(contents)
    for header, content in zip(extra, contents, strict=True):
        assert b"\n" + header + b"\t" + content + b"\n" in out


def test_quoted_names() -> None:
    assert unquote(rb'"a\"b\\c\303\274\t.txt"') == b'a"b\\c\xc3\xbc\t.txt'
    assert unquote(b"plain name") == b"plain name"


def test_every_byte_of_a_name_is_read_as_git_quotes_it() -> None:
    known = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}
    for byte in range(1, 256):
        inner = b"\\" + known.get(byte, b"%03o" % byte)
        assert unquote(b'"a' + inner + b'b"') == b"a" + bytes([byte]) + b"b"


def test_names_are_quoted_in_the_way_that_is_read(repo: GitRepo) -> None:
    names = {b"a" + bytes([byte]) + b"b" for byte in range(1, 256) if byte != 47}
    with Repo.open(repo.path) as opened:
        blob = repo.git("hash-object", "-w", "--stdin", input=b"x\n")
        rows = b"".join(b"100644 blob " + blob.encode() + b"\t" + name + b"\0" for name in names)
        tree = opened.git("mktree", "-z", input=rows).decode().strip()
        listed = opened.git("ls-tree", "--name-only", tree)
    assert {unquote(line) for line in listed.removesuffix(b"\n").split(b"\n")} == names


def test_many_blobs_come_in_order_whatever_is_asked(repo: GitRepo) -> None:
    repo.commit("Files", {f"{n}.txt": f"{n}\n" * n for n in range(300)} | {"big": "x" * 5000})
    asked = [b"HEAD:%d.txt" % n for n in range(300)] + [b"HEAD:none", b"HEAD", b"HEAD:a\nb", b"HEAD:big", b"HEAD:1.txt"]
    with Repo.open(repo.path) as opened:
        found = list(opened.objects.blobs(asked, 4000))
        assert found[:300] == [f"{n}\n".encode() * n for n in range(300)]
        assert found[300:] == [None, None, None, b"", b"1\n"]
        assert opened.objects.blob(b"HEAD:2.txt") == b"2\n2\n"
