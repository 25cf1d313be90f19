# ruff: noqa: E501
"""Forms in which commands, tools and files show secrets: what leads a line, dumps, lists, words of wallets, hashes."""

from __future__ import annotations

import base64
import random
import textwrap

import pytest

from bench.secrets import draw
from gitstory.redact.engine import Redactor, Settings
from gitstory.redact.recovery_phrases import _listed_words

RNG = random.Random(7)
BODY = base64.b64encode(bytes.fromhex("308204a30201000282010100") + RNG.randbytes(400)).decode()
ROWS = textwrap.wrap(BODY, 64)
MIDDLE = ROWS[2:-1]


def redacted(text: str) -> str:
    return Redactor(Settings()).text(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("web-1   | ", ""), ("2026-05-01T10:00:00.1234567Z ", ""), ("May 01 10:00:00 h1 app[77]: ", ""),
        ("\x1b[31m-", "\x1b[m"), ("// ", ""), ("certs/k.pem:7:", ""), ("", "<br>"), ("  12 │ ", ""), ("", "^M$"),
    ],
)  # fmt: skip
def test_rows_of_a_key_behind_what_a_tool_puts_before_them(before: str, after: str) -> None:
    for rows in (ROWS, MIDDLE):
        made = redacted("\n".join(before + row + after for row in rows))
        assert not any(row[at : at + 12] in made for row in rows for at in range(0, len(row) - 12, 8)), made
        assert made.count("\n") == len(rows) - 1


def test_rows_of_a_picture_stay() -> None:
    text = "\n".join("web-1  | " + row for row in textwrap.wrap("iVBOR" + BODY, 64))
    assert redacted(text) == text


def test_keys_in_hexadecimal() -> None:
    data = base64.b64decode(BODY)
    pairs = [":".join(f"{byte:02x}" for byte in data[at : at + 15]) for at in range(0, 90, 15)]
    for text in (data.hex(), ":\n    ".join(pairs)):
        made = redacted(f"key:\n    {text}\n")
        assert data[20:26].hex() not in made
        assert pairs[2] not in made


def test_a_dump_of_a_file_with_a_secret() -> None:
    token = "ghp_" + draw.fill("{b62:36}", RNG)
    for text, hidden in (
        (f"A=1\nTOKEN={token}\nB=2\n" + "x" * 64, True),
        ("nothing to hide in here at all\n" * 4, False),
    ):
        data = text.encode()
        rows = [
            f"{at:08x}: {data[at : at + 16].hex(' ', 2):<39}  {data[at : at + 16].decode()!r:.20}"
            for at in range(0, len(data), 16)
        ]
        dump = "\n".join(rows)
        assert (redacted(dump) != dump) is hidden
        if hidden:
            assert token[8:16].encode().hex(" ", 2)[:14] not in redacted(dump)


def test_recovery_phrases_stand_alone() -> None:
    words = RNG.sample(sorted(_listed_words()), 12)
    assert words[3] not in redacted("I noted this:\n```\n" + " ".join(words) + "\n```\n")
    prose = "this will take about one more day and then every other test should pass as we hope"
    assert redacted(prose) == prose


@pytest.mark.parametrize(
    "text",
    [
        'PASSWORDS=("{b62:7}x9K{b62:4}" "{b62:7}y8L{b62:4}")', "'backup_codes': ['{low:4}7-{low:5}', '{low:4}3-{low:5}']",
        "aes_key[16] = {{0x1f, 0x2e, 0x3d, 0x4c, 0x5b, 0x6a, 0x79, 0x88, 0x97, 0xa6, 0xb5, 0xc4, 0xd3, 0xe2, 0xf1, 0x00}}",
        "<password>\x01{b64:44}\x02</password>", '{"username":"bob","key":"{hex:32}"}', "AIRBRAKE_PROJECT_KEY={hex:32}",
        "Secret ID    = {uuid}", "db_password:\n    content: {b62:7}q8W{b62:4}\n", "echo {b62:8}m4N{b62:4} | runas /user:x cmd",
        "'pbkdf2_sha256$600000${b62:22}${b64:43}='", "bob:500:{hex:32}:{hex:32}:::", "ENC[PKCS7,{b64:120}]",
        "curl -ku 'admin:{b62:7}k7P{b62:4}' https://x", "private_key={b64:1600}", "key, _ := hex.DecodeString(\"{hex:64}\")",
        "A temporary password is generated for root@localhost: {b62:7}t5R{b62:4}", "das Passwort auf {b62:7}v6B{b62:4} geändert",
        "says wrong password for {b62:7}n3C{b62:4}", "paswword: {b62:7}w2D{b62:4}", "value {b62:8}+{b62:9}/{b62:8}+{b62:9}/{b62:6}",
    ],
)  # fmt: skip
def test_more_forms(text: str) -> None:
    made = (
        draw.fill(text.replace("{{", "\x01").replace("}}", "\x02"), random.Random(11))
        .replace("\x01", "{")
        .replace("\x02", "}")
    )
    assert "[redacted:" in redacted(made), made


@pytest.mark.parametrize(
    "text",
    [
        "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568", 'cache_key = "9f86d081884c7d659a2feaa0c55ad015"', "error code: 3f2a9c",
        "dep\tgithub.com/a/b\tv5.3.0\th1:nZWREJFL6U3vgW/B1lfDOigl+tEF6qgs6dGGbFeR0UM=", 'require("@isaacs/fs-minipass")',
        "echo hello-world2 | grep -c hello", "the password field is required", "password for the database", 'keys = ["alpha", "beta"]',
        "bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]", "the token: string is parsed",
    ],
)  # fmt: skip
def test_what_looks_like_them_stays(text: str) -> None:
    assert redacted(text) == text
