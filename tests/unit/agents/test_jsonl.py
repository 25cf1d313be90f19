from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.agents.stores.jsonl import JsonLines, decode


def whole(path: Path) -> tuple[list[bytes], JsonLines]:
    lines = JsonLines(path)
    return list(lines), lines


def test_takes_whole_lines_and_offers_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":2}\n{"c"')
    found, lines = whole(path)
    assert found == [b'{"a":1}', b'{"b":2}']
    assert lines.rest == b'{"c"'


@pytest.mark.parametrize(("rest", "taken"), [(b'{"c":3}', [b'{"c":3}']), (b'{"c"', []), (b"3", []), (b"", [])])
def test_to_the_end_the_rest_counts_where_it_is_an_object(tmp_path: Path, rest: bytes, taken: list[bytes]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' + rest)
    assert list(JsonLines(path).to_end()) == [b'{"a":1}', *taken]


def test_a_missing_file_is_counted_not_raised(tmp_path: Path) -> None:
    found, lines = whole(tmp_path / "none.jsonl")
    assert (found, lines.skipped) == ([], 1)


def test_a_very_long_line_survives(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":"' + b"x" * 50_000_000 + b'"}\n{}\n')
    found, _ = whole(path)
    assert [len(line) for line in found] == [50_000_008, 2]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        (b'{"a": "x\\ud83d"}', {"a": "x\ufffd\ufffd\ufffd"}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"a": NaN}', {"a": None}),
        (b'{"a": 1}\r', {"a": 1}),
        (b"[1]", None),
        (b'{"a":', None),
        (b"", None),
        (b"[" * 100_000, None),
        (b'{"a":' * 100_000, None),
    ],
)
def test_decodes_what_can_be_decoded(line: bytes, value: object) -> None:
    assert decode(line) == value


@given(st.binary(max_size=60))
def test_decoding_never_raises_and_yields_encodable_text(line: bytes) -> None:
    value = decode(b'{"k":"' + line + b'"}')
    assert value is None or str(value).encode() is not None


def test_what_stands_before_and_behind_a_block_of_zeros_are_lines_and_the_block_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' + bytes(4096) + b'{"b":2}\n{"torn":' + bytes(512) + b'{"c":3}\n')
    lines, found = whole(path)
    assert lines == [b'{"a":1}', b'{"b":2}', b'{"torn":', b'{"c":3}']
    assert found.skipped == 2


def test_a_line_that_is_too_long_is_passed_over_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitstory.agents.stores.jsonl.LONGEST", 64)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' + b"x" * 500 + b'\n{"b":2}\n')
    lines, found = whole(path)
    assert (lines, found.skipped) == ([b'{"a":1}', b'{"b":2}'], 1)
