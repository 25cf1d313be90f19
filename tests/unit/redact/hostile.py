"""Texts made to be slow: repeats of what the detectors look for, about 200,000 characters each."""

from __future__ import annotations

TEXTS = {
    "letters": "a" * 200_000,
    "base64": "aB3/" * 50_000,
    "hex": "0f" * 100_000,
    "dots": "eyJa." * 40_000,
    "quotes": "password='" * 20_000,
    "backslashes": "\\" * 100_000 + "n" + "\\n" * 50_000,
    "at signs": "a@" * 100_000,
    "begins": ("-----BEGIN RSA PRIVATE " + "KEY-----\n") * 4_000,
    "ends": ("A" * 20 + "\n-----END RSA PRIVATE " + "KEY-----\n") * 4_000,
    "short lines": "abcdefghijkl\n" * 16_000,
    "wrapped prefix": ("xo" + "xb-aaaaaaaa\n") * 16_000,
    "uris": "://a:b" * 30_000,
    "cookies": "cookie: " + "a=bcdefghij;" * 15_000,
    "keys": "api_key = " * 20_000,
    "users": "C:\\Users\\" * 20_000,
    "colons": ":AA" * 60_000,
    "flags": " -p" * 60_000,
    "spaces": "token" + " " * 200_000,
    "newlines": "password:\n" * 20_000,
}
