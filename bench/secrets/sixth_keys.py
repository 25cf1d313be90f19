"""Private keys of the sixth corpus: real encodings around random numbers, and how transcripts show them."""

from __future__ import annotations

import base64
import json
import random
import struct
import textwrap
from collections.abc import Callable, Iterator

from bench.secrets import later, sixth_fill

Shown = tuple[tuple[str, ...], str]
_RSA, _EC = bytes.fromhex("300d06092a864886f70d0101010500"), bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 128 | width]) + size.to_bytes(width, "big") + body


def _number(rng: random.Random, count: int) -> bytes:
    return _der(2, b"\0" + bytes([rng.randrange(128, 256)]) + rng.randbytes(count - 1))


def _rsa(rng: random.Random, size: int = 256) -> bytes:
    """PKCS #1; the numbers are no key, only as large as those of one."""
    halves = (_number(rng, size // 2) for _ in range(5))
    return _der(0x30, b"\2\1\0", _number(rng, size), b"\2\3\1\0\1", _number(rng, size), *halves)


def _sec1(rng: random.Random) -> bytes:
    curve, public = bytes.fromhex("a00a06082a8648ce3d030107"), _der(0xA1, _der(3, b"\0\4", rng.randbytes(64)))
    return _der(0x30, b"\2\1\1", _der(4, rng.randbytes(32)), curve, public)


def _pkcs8(algorithm: bytes, key: bytes) -> bytes:
    return _der(0x30, b"\2\1\0", algorithm, _der(4, key))


def _ed25519(rng: random.Random) -> bytes:
    return _pkcs8(bytes.fromhex("300506032b6570"), _der(4, rng.randbytes(32)))


def _encrypted(rng: random.Random) -> bytes:
    """PKCS #8 under PBES2 with PBKDF2 and AES-256-CBC."""
    derived = _der(0x30, bytes.fromhex("06092a864886f70d01050c"), _der(0x30, _der(4, rng.randbytes(8)), b"\2\2\x08\0"))
    cipher = _der(0x30, bytes.fromhex("060960864801650304012a"), _der(4, rng.randbytes(16)))
    method = _der(0x30, bytes.fromhex("06092a864886f70d01050d"), _der(0x30, derived, cipher))
    return _der(0x30, method, _der(4, rng.randbytes(1232)))


def _openssh(rng: random.Random) -> bytes:
    def text(data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + data

    kind, public = b"ssh-ed25519", rng.randbytes(32)
    check = rng.randbytes(4)
    held = check + check + text(kind) + text(public) + text(rng.randbytes(32) + public) + text(b"ops@acme")
    held += bytes(range(1, 1 + -len(held) % 8))
    none = text(b"none")
    return b"openssh-key-v1\0" + none + none + text(b"") + b"\0\0\0\1" + text(text(kind) + text(public)) + text(held)


def _pem(label: str, der: bytes, width: int = 64, headers: str = "") -> Shown:
    rows = textwrap.wrap(base64.b64encode(der).decode(), width)
    text = "\n".join(
        [f"-----BEGIN {label}-----", *([headers, ""] if headers else []), *rows, f"-----END {label}-----", ""]
    )
    return tuple(row for row in rows if len(row) >= 12), text


MADE: dict[str, Callable[[random.Random], Shown]] = {
    "rsa": lambda rng: _pem("RSA PRIVATE KEY", _rsa(rng)),
    "rsa encrypted": lambda rng: _pem(
        "RSA PRIVATE KEY",
        rng.randbytes(1192),
        64,
        f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{rng.randbytes(16).hex().upper()}",
    ),
    "pkcs8 rsa": lambda rng: _pem("PRIVATE KEY", _pkcs8(_RSA, _rsa(rng))),
    "pkcs8 ec": lambda rng: _pem("PRIVATE KEY", _pkcs8(_EC, _sec1(rng))),
    "ed25519": lambda rng: _pem("PRIVATE KEY", _ed25519(rng)),
    "ec": lambda rng: _pem("EC PRIVATE KEY", _sec1(rng)),
    "encrypted": lambda rng: _pem("ENCRYPTED PRIVATE KEY", _encrypted(rng)),
    "openssh": lambda rng: _pem("OPENSSH PRIVATE KEY", _openssh(rng), 70),
    "pgp": lambda rng: _pem("PGP PRIVATE KEY BLOCK", b"\x95\3\x98\4" + rng.randbytes(1400), 64, "Comment: acme"),
}
"""What a key is as its program writes it."""


def _turned(change: Callable[[str], str]) -> Callable[[Shown], Shown]:
    return lambda key: (key[0], change(key[1]))


def _inner(key: Shown) -> list[str]:
    return [row for row in key[1].splitlines() if row and "-----" not in row and ": " not in row]


def _coded(form: str, width: int = 10**6) -> Callable[[Shown], Shown]:
    def change(key: Shown) -> Shown:
        rows = textwrap.wrap(base64.b64encode(key[1].encode()).decode(), width)
        return tuple(row for row in rows if len(row) >= 12), form.replace("X", "\n".join(rows))

    return change


def _rows(form: str, first: int = 0, last: int | None = None) -> Callable[[Shown], Shown]:
    def change(key: Shown) -> Shown:
        rows = _inner(key)[first:last]
        return tuple(row for row in rows if len(row) >= 12), "\n".join(form.format(row) for row in rows) + "\n"

    return change


def _one(form: str) -> Callable[[Shown], Shown]:
    def change(key: Shown) -> Shown:
        body = "".join(_inner(key))
        return (body,), form.replace("X", body)

    return change


def _ends(key: Shown) -> Shown:
    rows = key[1].splitlines()
    shown = "\n".join(("$ head -2 k; tail -2 k", *rows[:2], *rows[-2:]))
    return tuple(row for row in key[0] if row in shown), shown


FORMS: tuple[tuple[str, str, Callable[[Shown], Shown]], ...] = (
    *((f"{kind} as written", kind, _turned(str)) for kind in MADE),
    ("rsa escaped in env", "rsa", _turned(lambda t: 'SIGNING_KEY="' + t.replace("\n", "\\n") + '"\n')),
    ("pkcs8 rsa in json", "pkcs8 rsa", _turned(lambda t: json.dumps({"id": "k1", "material": t}))),
    ("openssh escaped twice", "openssh", _turned(lambda t: json.dumps(json.dumps({"file": t})))),
    ("ec in yaml block", "ec", _turned(lambda t: "tls:\n  key: |\n" + textwrap.indent(t, "    "))),
    ("ed25519 in python", "ed25519", _turned(lambda t: f'KEY = """{t}"""\n')),
    (
        "pkcs8 ec lines of javascript",
        "pkcs8 ec",
        _turned(lambda t: " +\n".join(f"  '{row}\\n'" for row in t.splitlines())),
    ),
    ("openssh in heredoc", "openssh", _turned(lambda t: f"cat > id_ed25519 <<EOF\n{t}EOF\nchmod 600 id_ed25519\n")),
    ("rsa joined by spaces", "rsa", _turned(lambda t: "key: " + t.strip().replace("\n", " ") + "\n")),
    ("rsa on one line", "rsa", _turned(lambda t: t.replace("\n", "") + "\n")),
    ("pgp quoted", "pgp", _turned(lambda t: textwrap.indent(t, "> ", lambda _: True))),
    ("encrypted with crlf", "encrypted", _turned(lambda t: t.replace("\n", "\r\n"))),
    ("rsa base64 of pem", "rsa", _coded("TLS_KEY_B64=X\n")),
    ("openssh base64 of pem", "openssh", _coded("ssh-privatekey: X\n")),
    ("pkcs8 ec base64 in rows", "pkcs8 ec", _coded("$ base64 key.pem\nX\n", 76)),
    ("rsa rows without ends", "rsa", _rows("{}")),
    ("openssh end cut", "openssh", _turned(lambda t: t[: t.index("-----END")] + "[truncated]\n")),
    ("pkcs8 rsa begin cut", "pkcs8 rsa", _rows("{}", 5)),
    ("rsa middle numbered", "rsa", _rows("    12\t{}", 4, 12)),
    ("rsa middle in hunk", "rsa", _rows("-{}", 3, 14)),
    ("pkcs8 rsa body", "pkcs8 rsa", _one("App private key: X\n")),
    ("ed25519 body", "ed25519", _one('{"privateKey":"X"}\n')),
    ("openssh head and tail", "openssh", _ends),
)


def keys(rng: random.Random) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Name of the kind, the rows that must not stay, and the text."""
    for name, kind, change in FORMS:
        yield name, *change(MADE[kind](rng))
    for group, name, template in later.kinds("sixth.txt"):
        if group == "keys":
            yield name, *marked(sixth_fill.fill(template, rng))


def marked(text: str) -> Shown:
    """What stands between "«" and "»", and the text without these marks."""
    parts = text.split("«")
    secrets = tuple(part.split("»")[0] for part in parts[1:])
    return secrets, text.replace("«", "").replace("»", "")
