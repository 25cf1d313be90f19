from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.git.line_hashes import lines_hash, split_lines


@pytest.mark.parametrize(
    ("blob", "lines"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\n", [b"a"]),
        (b"\n", [b""]),
        (b"a\n\nb\r\n", [b"a", b"", b"b\r"]),
        (b"a\x0bb\x0cc\x85d\rE\n", [b"a\x0bb\x0cc\x85d\rE"]),
    ],
)
def test_lines_end_at_newlines_alone(blob: bytes, lines: list[bytes]) -> None:
    assert split_lines(blob) == lines


@given(st.binary())
def test_as_many_lines_as_git_counts(blob: bytes) -> None:
    assert len(split_lines(blob)) == blob.count(b"\n") + (not blob.endswith(b"\n") and blob != b"")


def test_the_hash_is_of_the_joined_lines() -> None:
    assert lines_hash([b"a", b"b"]) == hashlib.sha256(b"a\nb").hexdigest()[:16]


def test_line_ends_do_not_count_but_other_space_does() -> None:
    assert lines_hash([b"a\r", b"b\r"]) == lines_hash([b"a", b"b"])
    assert lines_hash([b"a "]) != lines_hash([b"a"])
    assert lines_hash([b"a\r\r"]) != lines_hash([b"a"])
