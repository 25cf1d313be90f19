"""Texts of one thing over and over, each hard for one of the detectors or for several of them at once."""

from __future__ import annotations

import random
import string
from base64 import b64encode
from collections.abc import Callable

UNITS = {
    "labels": "token=",
    "labels apart": "password: ",
    "labels in quotes": '"token": "',
    "labels with values": "secret = aK9xQ2mV7pLw ",
    "labels and commas": "token, token, ",
    "labels of JSON in JSON": '\\\\\\"password\\\\\\": \\\\\\"',
    "keys": "key=",
    "key names": "api_key_api_key_",
    "names and dots": "secret.token.key.",
    "password prose": "the password is ",
    "quotes": '"',
    "single quotes": "'",
    "escaped quotes": '\\"',
    "backslashes": "\\",
    "spaces": " ",
    "tabs and spaces": "\t ",
    "line ends": "\n",
    "line ends and spaces": "\n ",
    "digits": "1",
    "letters": "a",
    "dashes": "-",
    "dots": "a.",
    "underscores": "_",
    "mixed": "a1_-B.",
    "brackets": "[",
    "braces": '{"a":',
    "lists": "[[",
    "equals": "=",
    "colons": ":",
    "at signs": "@",
    "addresses": "a@b.co ",
    "addresses in a row": "a@b.c",
    "at dots": "@a.",
    "urls": "https://",
    "urls with names": "https://a:b@",
    "urls with hosts": "https://example.org/a ",
    "databases": "postgres://a:",
    "ports": "a@b.c:1",
    "percent": "%2F",
    "percent homes": "%2Fhome%2Fa",
    "homes": "/home/",
    "home and user": "/home/u",
    "windows homes": "C:\\Users\\a\\",
    "dashed homes": "-home-a-",
    "base64": "QUJD",
    "base64 of labels": "dG9rZW49",
    "hex": "74",
    "jwt heads": "eyJ",
    "jwt parts": "eyJhbGciOi.",
    "begin": "-----BEGIN ",
    "begin key": "-----BEGIN PRIVATE KEY-----",
    "begin key lines": "-----BEGIN PRIVATE KEY-----\n",
    "end key": "-----END PRIVATE KEY-----",
    "end key lines": "QUJDQUJDQUJDQUJDQUJD\n-----END PRIVATE KEY-----\n",
    "key bodies": "-----BEGIN PRIVATE KEY-----\nQUJDQUJDQUJDQUJDQUJDQUJD\n",
    "putty": "Private-Lines: 999\n",
    "prefixes": "ghp_",
    "prefixes in words": "a_sk-live_",
    "slack": "xoxb-1-",
    "authorization": "authorization: ",
    "bearer": "bearer ",
    "basic": "authorization: basic QUJD",
    "cookie": "cookie: ",
    "cookies": "cookie: a=b; ",
    "cookie pairs": "cookie=a=b=",
    "netrc": "login a password ",
    "netrc lines": "login ",
    "flags": " -u a:",
    "flags with quotes": " -p '",
    "commands": "curl -u a:b ",
    "logins": "docker login -p ",
    "telegram": ":AA",
    "discord": "MAAAAAAAAAAAAAAAAAAAAAAA.AAAAAA.",
    "wrapped": "sk-ant-aaaaaaaaaa\n",
    "wrapped words": "aaaaaaaaaaaa\n",
    "boxes": "│aaaaaaaaaaaaa│\n",
    "written line ends": "aaaaaaaaaaaa\\n",
    "carriage returns": "aaaaaaaaaaaa\r\n",
    "diff": "+aaaaaaaaaaaaaaaa\n-",
    "markers": "[redacted:token:1]",
    "marker heads": "[redacted:",
    "escapes": "\x1b[0m",
    "unicode": "密码：",
    "astral": "\U0001f511=",
    "nul": "\x00",
    "aws": "AKIA",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "assignments": "export A_TOKEN=",
    "values behind": "name: token, value: ",
    "tags": "<token>",
    "prompts": "password[a]: ",
    "u003d": "token\\u003d",
    "hosts": "a.b.c.d.e.f.g.",
    "addresses of machines": "10.0.0.1 ",
    "colons and digits": "1:2:",
    "labels among words": "secret = aK9xQ2mV7pLw and then some words of prose ",
}
"""Name -> what is repeated."""


def texts(size: int) -> dict[str, str]:
    """One text of `size` characters for each unit."""
    return {name: (unit * (size // len(unit) + 1))[:size] for name, unit in UNITS.items()}


def drawn(size: int) -> dict[str, str]:
    """Texts of about `size` characters in which nothing comes twice: what is remembered of one part helps no other."""
    rng = random.Random(1)

    def word(length: int) -> str:
        return "".join(rng.choices(string.ascii_letters + string.digits, k=length))

    units: dict[str, Callable[[], str]] = {
        "drawn words": lambda: f"{word(14)} ",
        "drawn runs": lambda: f"{word(24)} ",
        "drawn lines": lambda: f"{word(60)}\n",
        "drawn values": lambda: f"secret = {word(12)} and then some words of prose ",
        "drawn addresses": lambda: f"https://{word(5)}:{word(9)}@host.org/a ",
        "drawn names and values": lambda: f'{{"name": "token", "value": "{word(12)}", "other": 12}}, ',
        "drawn labels in base64": lambda: b64encode(
            "".join(f"secret = {word(12)} " for _ in "a" * 200).encode()
        ).decode(),
    }
    texts_ = {}
    for name, unit in units.items():
        parts = [unit()]
        while len(parts) * len(parts[0]) < size:
            parts.append(unit())
        texts_[name] = "".join(parts)[:size]
    return texts_
