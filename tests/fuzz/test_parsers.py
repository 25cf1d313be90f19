"""A short search over every parser of stored data; `make fuzz` is the long one, guided by coverage."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import tries
from tests.fuzz.parsers import PARSERS, Parser


@st.composite
def damaged(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A good input cut, with bytes put in, taken out or repeated."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        middle = draw(st.sampled_from([b"", b"\0", b"\xff", b"\n", b"[" * 3000, b"1e999", b'"', data[start:end] * 3]))
        data = data[:start] + (draw(st.binary(max_size=4)) if draw(st.booleans()) else middle) + data[end:]
    return data


@pytest.mark.parametrize("parser", PARSERS, ids=[parser.name for parser in PARSERS])
def test_nothing_that_is_stored_makes_a_parser_raise(parser: Parser) -> None:
    @settings(max_examples=tries(150), suppress_health_check=list(HealthCheck))
    @given(damaged(parser.seeds))
    def search(data: bytes) -> None:
        parser.run(data)

    for seed in parser.seeds:
        parser.run(seed)
    search()


@pytest.mark.parametrize("parser", PARSERS, ids=[parser.name for parser in PARSERS])
@pytest.mark.parametrize("data", [b"[" * 200_000, b'{"a":' * 100_000, b"\xff" * 99, b"x = " + b"[" * 100_000], ids=len)
def test_depth_and_bytes_that_are_no_text(parser: Parser, data: bytes) -> None:
    parser.run(data)
