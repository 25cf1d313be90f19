"""The fourth corpus: `fourth.txt`, and private keys in forms that the third one does not have."""

from __future__ import annotations

import base64
import gzip
import json
import random
import textwrap
import urllib.parse
from collections.abc import Callable, Iterator

from bench.secrets import third

_WIDTHS = {"openssh": 70, "openssh rsa": 70}


def _each(form: Callable[[str], str], *, skip: int = 0, keep: int = 10**6, width: int = 64) -> third.Form:
    """Every line of the armoured key in `form`."""

    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = third._pem(label, body, width)[skip : skip + keep]
        return [row for row in rows if "-----" not in row and len(row) >= 12], "\n".join(map(form, rows)) + "\n"

    return make


def _bare(form: Callable[[str], str], width: int) -> third.Form:
    """Every row of the base64 without BEGIN and END in `form`."""

    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = textwrap.wrap(body, width)
        return [row for row in rows if len(row) >= 12], "\n".join(map(form, rows)) + "\n"

    return make


def _written(form: Callable[[bytes], tuple[list[str], str]], *, armoured: bool = False) -> third.Form:
    """The bytes of the key, or of its armoured form, as `form` writes them."""

    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        text = "\n".join([*third._pem(label, body), ""]).encode()
        return form(text if armoured else base64.b64decode(body))

    return make


def _joined(
    form: str, between: str, per_row: int, head: str = "", tail: str = ""
) -> Callable[[bytes], tuple[list[str], str]]:
    def write(data: bytes) -> tuple[list[str], str]:
        rows = [
            between.join(form.format(byte) for byte in data[at : at + per_row]) for at in range(0, len(data), per_row)
        ]
        middle = rows[1:-1] or rows
        return middle, head + (between.rstrip() + "\n").join(rows) + tail + "\n"

    return write


def _hexdump(data: bytes) -> tuple[list[str], str]:
    rows = [" ".join(f"{byte:02x}" for byte in data[at : at + 16]) for at in range(0, len(data), 16)]
    return rows[1:-1], "\n".join(
        f"{n * 16:08x}  {row[:23]}  {row[24:]}  |................|" for n, row in enumerate(rows)
    ) + "\n"


def _words(data: bytes) -> tuple[list[str], str]:
    data = data[: len(data) // 4 * 4]
    rows = [
        " ".join(data[at + n : at + n + 4].hex() for n in range(0, len(data[at : at + 16]), 4))
        for at in range(0, len(data), 16)
    ]
    return rows[1:-1], "\n".join(f"{n * 16:04x} {row}" for n, row in enumerate(rows)) + "\n"


def _whole(form: Callable[[str], str], escape: Callable[[str], str] = str) -> third.Form:
    """The armoured key as one text; its rows as `escape` writes them must not stay."""

    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = third._pem(label, body)
        return [escape(row) for row in rows[1:-1]], form("\n".join(rows) + "\n")

    return make


def _slashed(text: str) -> str:
    return text.replace("/", "\\/")


def _one(template: str, escape: Callable[[str], str] = str) -> third.Form:
    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        return [escape(body)], template.replace("X", escape(body))

    return make


def _url(text: str) -> str:
    return text.replace("+", "-").replace("/", "_").rstrip("=")


def _gzipped(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
    coded = base64.b64encode(gzip.compress("\n".join(third._pem(label, body)).encode())).decode()
    return [coded], f"echo {coded} | base64 -d | gunzip > key.pem\n"


FORMS: tuple[tuple[str, third.Form], ...] = (
    ("php json", _whole(lambda k: json.dumps({"key": k}).replace("/", "\\/"), _slashed)),
    ("php json body", _one('{"material":"X","kid":"a"}', _slashed)),
    ("rust log", _each(lambda row: f"2026-05-01T10:00:00.123456Z  INFO app::keys: {row}")),
    ("klog", _each(lambda row: f"I0501 10:00:00.123456       1 keys.go:33] {row}")),
    ("logfmt", _each(lambda row: f'time=2026-05-01T10:00:00Z level=info msg="{row}"')),
    ("json log", _each(lambda row: json.dumps({"ts": 1790000000.5, "level": "debug", "msg": row}))),
    (
        "docker json log",
        _each(lambda row: json.dumps({"log": row + "\n", "stream": "stdout", "time": "2026-05-01T10:00:00.1Z"})),
    ),
    ("teamcity", _each(lambda row: f"[10:00:00][Step 1/3] {row}")),
    ("jenkins timestamps", _each(lambda row: f"[2026-05-01T10:00:00.123Z] {row}")),
    ("azure pipelines", _each(lambda row: f"2026-05-01T10:00:00.1234567Z ##[debug]{row}")),
    ("ansible stdout lines", _each(lambda row: f'        "{row}",')),
    ("tmux box", _each(lambda row: f"┃{row:<70}┃")),
    ("less numbers", _each(lambda row: f"~ {row}")),
    ("git blame", _each(lambda row: f"^1a2b3c4 (Ada L 2026-05-01 10:00:00 +0000  7) {row}")),
    ("git log -p graph", _each(lambda row: f"| +{row}")),
    ("git grep rev", _each(lambda row: f"1a2b3c4:certs/k.pem:{row}")),
    ("rst literal", _each(lambda row: f"   {row}")),
    ("org quote", _each(lambda row: f": {row}")),
    ("sql comment", _each(lambda row: f"-- {row}")),
    ("batch echo", _each(lambda row: f"echo {row}>>k.pem")),
    ("printf lines", _each(lambda row: f"printf '%s\\n' '{row}' >> k.pem")),
    ("vb concat", _each(lambda row: f'k = k & "{row}" & vbCrLf')),
    ("perl concat", _each(lambda row: f'$k .= "{row}\\n";')),
    ("sql concat", _each(lambda row: f"  '{row}' || chr(10) ||")),
    ("yaml folded list", _each(lambda row: f'    - "{row}\\n"')),
    ("go concat", _each(lambda row: f'\t"{row}\\n" +')),
    ("c strings", _each(lambda row: f'    "{row}\\r\\n"')),
    ("html div", _each(lambda row: f"<div>{row}</div>")),
    ("html list", _each(lambda row: f"<li><code>{row}</code></li>")),
    ("begin cut klog", _each(lambda row: f"I0501 10:00:00.123456       1 keys.go:33] {row}", skip=3)),
    ("begin cut json log", _each(lambda row: json.dumps({"level": "debug", "msg": row}), skip=2)),
    ("middle blame", _each(lambda row: f"1a2b3c4d (Ada L 2026-05-01 10:00:00 +0000 17) {row}", skip=2, keep=6)),
    ("middle quoted list", _each(lambda row: f'  "{row}",', skip=3, keep=6)),
    ("rows 72", _bare(str, 72)),
    ("rows 40", _bare(str, 40)),
    ("rows 32", _bare(str, 32)),
    ("rows 100", _bare(str, 100)),
    ("rows 120", _bare(str, 120)),
    ("rows 80 indented", _bare(lambda row: f"    {row}", 80)),
    ("rows 64 backslash", _bare(lambda row: f"{row}\\", 64)),
    ("rows 64 plus", _bare(lambda row: f'    "{row}" +', 64)),
    ("c array", _written(_joined("0x{:02x}", ", ", 12, "static const unsigned char key_der[] = {\n  ", "};"))),
    ("java array", _written(_joined("(byte) 0x{:02X}", ", ", 8, "byte[] k = {", "};"))),
    ("decimal array", _written(_joined("{}", ", ", 16, "key = bytes([", "])"))),
    ("node buffer json", _written(_joined("{}", ",", 10**6, '{"type":"Buffer","data":[', "]}"))),
    ("node buffer pem", _written(_joined("{}", ",", 10**6, '{"type":"Buffer","data":[', "]}"), armoured=True)),
    ("go bytes", _written(_joined("0x{:x}", ", ", 14, "[]byte{", "}"))),
    ("go print bytes", _written(_joined("{}", " ", 10**6, "key: [", "]"))),
    ("python escapes", _written(_joined("\\x{:02x}", "", 10**6, "b'", "'"))),
    ("hex spaces", _written(_joined("{:02x}", " ", 16))),
    ("hex upper spaces", _written(_joined("{:02X}", " ", 32))),
    ("hex rows", _written(_joined("{:02x}", "", 32))),
    ("hexdump canonical", _written(_hexdump)),
    ("gdb words", _written(_words)),
    ("hex of pem", _written(_joined("{:02x}", "", 10**6, "pem_hex="), armoured=True)),
    ("octal escapes", _written(_joined("\\{:03o}", "", 10**6, '"', '"'), armoured=True)),
    ("url body", _one("private_key_b64url: X\n", _url)),
    ("form coded", _whole(lambda k: "grant=x&key=" + urllib.parse.quote_plus(k), urllib.parse.quote_plus)),
    (
        "query coded",
        _whole(
            lambda k: "https://x.acme.dev/?key=" + urllib.parse.quote(k, safe=""),
            lambda r: urllib.parse.quote(r, safe=""),
        ),
    ),
    ("gzip base64", _gzipped),
    ("assigned der", _one("KEY_DER=X\n")),
    ("call", _one('importPKCS8("X")\n')),
    ("flag", _one("svc run --signing-key X --port 1\n")),
    ("header", _one("X-Client-Key: X\r\n")),
    ("csv cell", _one("7,app,X,2026-01-01\n")),
    ("backtick chat", _one("this is what I have: `X` does it look right?")),
)


def keys(rng: random.Random, most: int = 4) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Name of the form, what must not stay, and the text, for some types in each form."""
    yield from third.shown(FORMS, rng, most)
