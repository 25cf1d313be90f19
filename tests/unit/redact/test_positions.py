# ruff: noqa: E501
"""Secrets by their place in what one program takes, prints or stores, as plain text and inside of JSON."""

from __future__ import annotations

import base64
import gzip
import html
import json
import random

import pytest

from bench.secrets import draw
from gitstory.redact.engine import Redactor, Settings

FORMS = (
    ('env.put(Context.SECURITY_CREDENTIALS, "{chosen}");', 0), ('$s = "{chosen}" | ConvertTo-SecureString -AsPlainText -Force', 0),
    ("$p = ConvertTo-SecureString -AsPlainText -Force '{chosen}'", 0), ('[System.Net.NetworkCredential]::new("bob", "{chosen}")', 0),
    ("\t * Username : bob\n\t * NTLM     : {hex:32}\n", 0), ('  ~ master_password = "{b62:17}" -> "{chosen}"', 0),
    ('--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n{b62:14}\r\n--x--', 1), ('bob : EAP "{chosen}"', 0),
    ("openssl enc -aes-256-cbc -K {hex:64} -iv 00 -in a", 0), ("Recovery Key:\n{num:6}-{num:6}-{num:6}-{num:6}-{num:6}-{num:6}-{num:6}-{num:6}\n", 1),
    ("impdp app/{b62:12}@db directory=d", 0), ("rman target sys/{b62:12}@db", 0), ("sqlldr userid=app/{b62:12}@db control=c.ctl", 0),
    ("schtasks /create /tn x /ru ACME\\ci /rp {b62:12}", 0), ("signtool sign /f c.pfx /p {b62:14} /tr http://t a.exe", 0),
    ("ipmitool user set password 2 {b62:14}", 0), ("poetry config http-basic.acme ci {b62:16}", 0),
    ("npm config set //registry.acme.dev/:_authToken {uuid}", 0), ("wandb login {hex:40}", 0),
    ('{"github-oauth": {"github.com": "{hex:40}"}}', 0), ("sonar-scanner -Dsonar.login={hex:40}", 0),
    ("use the following password to proceed to installation:\n\n{hex:32}\n", 1), ("printf '%s' {b62:20} | docker secret create db -", 0),
    ("TELEGRAM_API_HASH={hex:32}\n", 0), ("CC_TEST_REPORTER_ID={hex:64}\n", 0), ("https://a.dev/verify?token_hash={hex:56}&type=x", 0),
    ("User.objects.create_superuser('bob', 'b@acme.dev', '{chosen}')", 0), ("PWD={chosen}\n", 0),
    ("<name>password</name><value>{chosen}</value>", 0), ("APPLE_CERT_P12=MII{b64:400}\n", 0),
    ("/key/swarm/psk/1.0.0/\n/base16/\n{hex:64}\n", 1), ("(0) 0x{hex:64}\n", 0), ("the staging password is Welcome@{num:3}, is it?", 0),
    ("heslo k databázi je {chosen}, zkus to", 0),
)  # fmt: skip
"""What a text looks like, and whether its lines are kept apart from what encodes it."""


def drawn(form: str, rng: random.Random) -> tuple[str, str]:
    """The text, and the last value that was drawn for it."""
    text, last = "", ""
    for part in form.replace("{chosen}", "\0{chosen}\0").split("\0"):
        if part == "{chosen}":
            last = draw.chosen(rng)
            text += last
        else:
            filled = draw.fill(part, rng)
            text += filled
    return text, last


def visible(text: str, secret: str) -> bool:
    made = Redactor(Settings()).text(text)
    width = min(12, len(secret))
    return any(secret[at : at + width] in made for at in range(len(secret) - width + 1))


@pytest.mark.parametrize(("form", "lines"), FORMS)
def test_the_secret_is_hidden_where_its_program_has_it(form: str, lines: int) -> None:
    rng = random.Random(form)
    text, secret = drawn(form, rng)
    if not secret:
        blank = draw.fill(form, random.Random(1))
        start = next(at for at in range(len(text)) if text[at] != blank[at])
        end = next(at for at in range(1, len(text)) if text[-at] != blank[-at])
        secret = text[start : len(text) - end + 1]
    assert not visible(text, secret), text
    if not lines:
        assert not visible(json.dumps({"out": text}), json.dumps(secret)[1:-1])


def test_html_writes_quotation_marks_as_entities() -> None:
    rng = random.Random(2)
    for form in (
        'password = "{}"',
        "mysql --password='{}' app",
        '{{"password": "{}"}}',
        'Addr: "r:6379", Password: "{}"',
    ):
        secret = draw.chosen(rng).rstrip("$") + "7"
        assert not visible(f"<pre>{html.escape(form.format(secret))}</pre>", secret), form


@pytest.mark.parametrize(
    "lead", ["I0501 10:00:00.123456       1 main.go:33] ", "build\tRun tests\t2026-05-01T10:00:00.1Z ", "{n:5}→", "+"]
)
def test_every_row_of_a_body_alone_is_hidden(lead: str) -> None:
    body = base64.b64encode(bytes.fromhex("308204a30201000282010100") + random.Random(5).randbytes(300)).decode()
    rows = [body[at : at + 76] for at in range(0, len(body), 76)]
    text = "\n".join(lead.replace("{n:5}", f"{n:5}") + row for n, row in enumerate(rows, 1))
    for made in (text, json.dumps({"out": text}), json.dumps({"cells": [line + "\n" for line in rows]}, indent=1)):
        assert not any(visible(made, row) for row in rows), made


def test_escapes_of_json_are_read() -> None:
    secret = "AflQAwuhSI1o1C02"
    for text in (
        f"password\\u003d{secret}",
        f"\\u0022password\\u0022: \\u0022{secret}\\u0022",
        f"    3\\u2192DB_PASSWORD={secret}",
    ):
        assert not visible(json.dumps({"x": text}).replace("\\\\u", "\\u"), secret), text


def test_packed_keys_are_read() -> None:
    key = (
        b"-----BEGIN PRIVATE KEY-----\n"
        + base64.b64encode(random.Random(3).randbytes(120))
        + b"\n-----END PRIVATE KEY-----\n"
    )
    packed = base64.b64encode(gzip.compress(key, mtime=0)).decode()
    assert not visible(f"echo {packed} | base64 -d | gunzip", packed)
    bomb = base64.b64encode(gzip.compress(b"a" * 10_000_000, mtime=0)).decode()
    assert Redactor(Settings()).text(f"x: {bomb[:9000]}")


@pytest.mark.parametrize(
    "text",
    [
        "PWD=/srv/app\n", "OLDPWD=~/app\n", "Enter your password: ", "the password is required", "wandb login --relogin",
        "userid=app/readme.md", 'name="username"\r\n\r\nbob\r\n', "data:application/wasm;base64,AGFzbQEAAAABBgFgAX8BfwMCAQAHBwEDYWRk",
        "\x1b[2mapi-ygc1nhafv-m279c   1/1   Running\x1b[22m", "\x1b[2m40f4d95e6de8   redis:7\x1b[22m",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor(Settings()).text(text) == text


def test_a_word_of_stand_ins_comes_by_chance() -> None:
    assert visible("API_KEY=your-api-key-goes-here", "your-api-key-goes-here")
    assert not visible("API_KEY=9L2lf9b26QyOur7Y0wLb", "9L2lf9b26QyOur7Y0wLb")
