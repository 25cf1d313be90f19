"""The sixth corpus is what it says: values with their checksums, no slot left, kinds and places in one half."""

from __future__ import annotations

import binascii
import random
import re

import pytest

from bench.secrets import draw, sixth, sixth_fill, sixth_keys

SLOT = re.compile(
    r"\{(?:b62|b64|b32|hex|HEX|url|bw|one|crc|low|up|num|alpha|phrase)[:}]|\{(?:pw|human|safe|uuid)\}|[«»]"
)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (sixth_fill.bech32("a", b""), "a12uel5l"),
        (sixth_fill.base58(bytes(21)), "1111111111111111111114oLvT2"),
        (sixth_fill.base62(62, 6), "000010"),
    ],
)
def test_encodings_are_the_published_ones(made: str, expected: str) -> None:
    assert made == expected


def test_a_token_ends_with_the_checksum_of_its_body() -> None:
    body, check = re.fullmatch(r"npm_(\w{30})(\w{6})", sixth_fill.checked("npm", random.Random(1))).groups()  # type: ignore[union-attr]
    assert check == sixth_fill.base62(binascii.crc32(body.encode()), 6)


def test_every_text_holds_its_secrets_and_no_slot() -> None:
    found = list(sixth.made(1))
    assert len(found) > 900
    for group, kind, place, _half, secrets, text in found:
        assert secrets, kind
        squeezed = text.replace("\\", "")
        assert all(secret.replace("\\", "") in squeezed for secret in secrets), (kind, place)
        assert not SLOT.search(text), (group, kind, text)


def test_clean_texts_hold_no_slot() -> None:
    found = list(sixth.clean(1))
    assert len(found) > 250
    assert [kind for _, kind, _, _, _, text in found if SLOT.search(text)] == []


def test_kinds_and_places_are_of_one_half() -> None:
    for _, kind, place, half, _, _ in (*sixth.made(2), *sixth.clean(2)):
        assert half == draw.half(kind)
        assert place in {"bare", "typed", "prompt"} or half == draw.half(f"sixth {place}")


def test_a_seed_gives_the_same_corpus() -> None:
    assert list(sixth.made(3)) == list(sixth.made(3))
    assert list(sixth_keys.keys(random.Random(1))) != list(sixth_keys.keys(random.Random(2)))
