"""Private keys byte by byte, in every notation that code and dumps have."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable

import pytest

from bench.secrets import fourth, third
from gitstory.redact import key_dumps
from gitstory.redact.engine import Redactor, Settings
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

DUMPS = (
    "c array", "java array", "decimal array", "node buffer json", "node buffer pem", "go bytes", "go print bytes",
    "hex spaces", "hex upper spaces", "hex rows", "hexdump canonical", "gdb words", "octal escapes", "hex of pem",
)  # fmt: skip


def redacted(text: str) -> str:
    return Redactor(Settings()).text(text)


@pytest.mark.parametrize("form", DUMPS)
def test_every_row_of_a_key_is_hidden(form: str) -> None:
    make = dict(fourth.FORMS)[form]
    for kind in ("rsa", "sec1", "pkcs8 ec", "openssh"):
        rng = random.Random(f"{form} {kind}")
        secrets, text = make(third._HEADS[kind][0], third._body(kind, rng), rng)
        kept = redacted(text)
        assert not [row for row in secrets if row in kept], kind


@pytest.mark.parametrize(
    "text",
    [
        "sizes = [16, 32, 64, 128, 256, 512, 1024, 48, 99, 12, 7, 8, 9, 10, 11, 13, 14]",
        "magic = {0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07}",
        "fingerprint 1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9:0a",
        "00000000  7f 45 4c 46 02 01 01 00  00 00 00 00 00 00 00 00  |.ELF............|",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  app.tar.gz",
        "10:00:01 10:00:02 2026-05-01 10:00:03.123 12 34 56 78 90 12 34 56",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redacted(text) == text


def test_bytes_that_a_name_calls_a_key() -> None:
    text = "network_key: 0x12, 0xFD, 0x07, 0x5B, 0xBC, 0x29, 0x21, 0xCD, 0x4D, 0xA0, 0x0E, 0x63, 0x78, 0xE7, 0x3A, 0x06"
    assert "0xBC" not in redacted(text)
    assert redacted(text.replace("network_key", "public_key")) == text.replace("network_key", "public_key")


def test_rows_are_joined_whatever_leads_them() -> None:
    rows = ["30 77 02 01 01 04 20 2c eb 5f bc 7e b1 22 1d ce"] + ["f2 6d 99 3e e3 54 30 21 c9 20 76 e6 e3 9a 0a 75"] * 3
    text = "\n".join(f"app-{n} | 2026-05-01T10:00:0{n}Z {row}" for n, row in enumerate(rows))

    def nothing(plain: str) -> list[Span]:
        return []

    spans = list(key_dumps.find(View(text), nothing))
    assert [text[span.start : span.end] for span in spans] == rows


def test_an_array_is_found_before_a_later_one_in_other_brackets() -> None:
    key = b"openssh-key-v1\x00" + bytes(range(40, 80))
    numbers = ", ".join(map(str, key))
    text = f"seed = {{{numbers}}};\n\nThe widths of the picture:\nsizes = [16, 32, 64, 128, 256, 512, 24, 48, 99]"
    spans = list(key_dumps.find(View(text), lambda plain: []))
    assert [text[span.start : span.end] for span in spans] == [numbers]


def der(kind: str = "pkcs8 ec") -> bytes:
    return base64.b64decode(third._body(kind, random.Random(kind)))


def rows_of(data: bytes, size: int, form: str, between: str = ", ") -> list[str]:
    return [between.join(form.format(byte) for byte in data[at : at + size]) for at in range(0, len(data), size)]


def test_numbers_with_a_type_or_a_sign_are_bytes() -> None:
    typed = rows_of(der()[:132], 12, "{}u8")
    signed = [
        re.sub(r"\d+", lambda one: str((int(one[0]) + 128) % 256 - 128), row) for row in rows_of(der()[:132], 12, "{}")
    ]
    for begin, rows in (("vec![\n", typed), ("byteArrayOf(\n", signed)):
        kept = redacted(begin + ",\n".join(rows) + "]")
        assert not [row for row in rows if row in kept]


def test_words_of_two_bytes_may_be_swapped() -> None:
    swapped = bytes(der()[at ^ 1] for at in range(128))
    rows = [" ".join(swapped[at + n : at + n + 2].hex() for n in range(0, 16, 2)) for at in range(0, 128, 16)]
    kept = redacted("\n".join(f"{n * 16:07o} {row}" for n, row in enumerate(rows)))
    assert not [row for row in rows if row in kept]


@pytest.mark.parametrize("literal", [repr, lambda data: repr(data).replace("\\", "\\\\")])
def test_a_literal_of_bytes_with_printable_ones_between(literal: Callable[[bytes], str]) -> None:
    for kind in ("openssh", "pkcs8 rsa", "sec1"):
        kept = redacted(f"key = {literal(der(kind))}").replace('"', "'")
        assert kept == "key = b'[redacted:private-key:1]'", kind
    assert redacted(f"key = {literal(bytes(range(200)))}") == f"key = {literal(bytes(range(200)))}"


@pytest.mark.parametrize(
    "form", ["0x{}", "bytes.fromhex('{}')", "a=1 k={} b=2", "    5:d=1 prim: OCTET STRING      [HEX DUMP]:{}"]
)
def test_one_long_number_in_hexadecimal(form: str) -> None:
    for data in (der("openssh"), der("pkcs8 rsa")):
        assert data.hex()[40:90] not in redacted(form.format(data.hex()))


def test_an_id_of_git_is_no_packet_of_a_secret_key() -> None:
    for begin in ("945804", "95039804", "3c94"):
        text = f"commit {begin}{'65a7c1d2e3f405162738495a6b7c8d9e0f1a2b3c4d5e'[: 40 - len(begin)]}\nAuthor: A"
        assert redacted(text) == text


def test_keys_in_other_dress() -> None:
    body = base64.urlsafe_b64encode(der("rsa")).decode().rstrip("=")
    assert redacted(f"k={body}&x=1") == "k=[redacted:private-key:1]&x=1"
    digits = "".join(str(one % 10) for one in der("rsa")[40:400])
    assert redacted(f"d = {digits}\n") == "d = [redacted:private-key:1]\n"
    assert redacted(f"n = {digits}\n") == f"n = {digits}\n"
    rows = [der("rsa")[at : at + 16].hex() for at in range(64, 320, 16)]
    kept = redacted("\n".join([*rows, "-----END OpenVPN Static key V1-----"]))
    assert not [row for row in rows if row in kept]
