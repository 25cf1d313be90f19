"""The fifth corpus: `fifth.txt`, and private keys in forms that the others do not have."""

from __future__ import annotations

import base64
import json
import random
import textwrap
from collections.abc import Callable, Iterator

from bench.secrets import third


def _each(form: Callable[[int, str], str], *, skip: int = 0, keep: int = 10**6, width: int = 64) -> third.Form:
    """Every line of the armoured key, with its number, in `form`."""

    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = third._pem(label, body, width)[skip : skip + keep]
        text = "\n".join(form(n, row) for n, row in enumerate(rows, 1))
        return [row for row in rows if "-----" not in row and len(row) >= 12], text + "\n"

    return make


def _whole(form: Callable[[str], str]) -> third.Form:
    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = third._pem(label, body)
        return rows[1:-1], form("\n".join(rows) + "\n")

    return make


def _coded(form: Callable[[list[str]], str], width: int = 10**6, times: int = 1) -> third.Form:
    """The base64 of the armoured key, `times` over."""

    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        text = "\n".join([*third._pem(label, body), ""])
        for _ in range(times):
            text = base64.b64encode(text.encode()).decode()
        rows = textwrap.wrap(text, width)
        return rows, form(rows)

    return make


def _bytes(form: str, between: str, per_row: int, begin: str, end: str, lead: str = "") -> third.Form:
    """The bytes of the key, all rows but the first and the last."""

    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        data = base64.b64decode(body)
        rows = [between.join(map(form.format, data[at : at + per_row])) for at in range(0, len(data), per_row)]
        return rows[1:-1] or rows, begin + (between.rstrip() + "\n").join(lead + row for row in rows) + end + "\n"

    return make


def _body(template: str) -> third.Form:
    def make(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        return [body], template.replace("X", body)

    return make


FORMS: tuple[tuple[str, third.Form], ...] = (
    ("helm notes", _each(lambda n, row: f"NOTES: {row}")),
    ("gitlab section", _each(lambda n, row: f"00:0{n % 10} {row}")),
    ("circle output", _each(lambda n, row: f"#!/bin/bash -eo pipefail: {row}")),
    ("bunyan", _each(lambda n, row: json.dumps({"name": "a", "level": 30, "msg": row, "v": 0}))),
    ("log4j", _each(lambda n, row: f"[main] INFO  com.acme.Keys - {row}")),
    ("android logcat", _each(lambda n, row: f"05-01 10:00:00.123  1234  5678 D Keys: {row}")),
    ("windows type", _each(lambda n, row: f"{row}\r")),
    ("dired diff", _each(lambda n, row: f"> {row}")),
    ("diff numbers", _each(lambda n, row: f"{n:>4} + {row}")),
    ("sed -n l", _each(lambda n, row: f"{row}$")),
    ("groovy plus", _each(lambda n, row: f"  '{row}\\n' +")),
    ("delphi", _each(lambda n, row: f"  '{row}' + #13#10 +")),
    ("cobol", _each(lambda n, row: f"           '{row}'")),
    ("clojure", _each(lambda n, row: f'  "{row}\\n"')),
    ("tex", _each(lambda n, row: f"{row}\\\\")),
    ("wiki code", _each(lambda n, row: f" {row}")),
    ("asciidoc callout", _each(lambda n, row: f"{row} <{n}>")),
    ("irc paste", _each(lambda n, row: f"[10:00] <bob> {row}")),
    ("slack export", _each(lambda n, row: json.dumps({"user": "U1", "text": row, "ts": f"179{n}.1"}))),
    ("mail reply", _each(lambda n, row: f">> {row}")),
    ("cut in log", _each(lambda n, row: f"[main] INFO  com.acme.Keys - {row}", skip=3, keep=7)),
    ("cut in chat", _each(lambda n, row: f"[10:00] <bob> {row}", skip=2)),
    ("cut numbers", _each(lambda n, row: f"{n + 10:>4} + {row}", skip=2, keep=8)),
    ("ini folded", _whole(lambda key: "key = " + key.strip().replace("\n", "\n\t") + "\n")),
    ("helm set file", _whole(lambda key: "tls:\n  key: " + json.dumps(key).replace("\\n", "\\\\n") + "\n")),
    ("tab joined", _whole(lambda key: key.strip().replace("\n", "\t") + "\n")),
    ("semicolon joined", _whole(lambda key: key.strip().replace("\n", ";") + "\n")),
    ("bash dollar quote", _whole(lambda key: "K=$'" + key.replace("\n", "\\n") + "'\n")),
    ("go raw", _whole(lambda key: f"var k = []byte(`{key}`)\n")),
    ("cdata", _whole(lambda key: f"<key><![CDATA[{key}]]></key>\n")),
    ("b64 ps", _coded(lambda rows: f'[Convert]::FromBase64String("{rows[0]}")\n')),
    ("b64 go embed", _coded(lambda rows: f'const k = "{rows[0]}"\n')),
    ("b64 twice yaml", _coded(lambda rows: f"  value: {rows[0]}\n", times=2)),
    ("b64 rows 64 hash", _coded(lambda rows: "".join(f"# {row}\n" for row in rows), 64)),
    ("b64 rows 80", _coded(lambda rows: "\n".join(rows) + "\n", 80)),
    ("b64 github variable", _coded(lambda rows: f"  SIGN_KEY: {rows[0]}\n")),
    ("php hex", _bytes("\\x{:02X}", "", 24, '$k = "', '";')),
    ("perl pack", _bytes("{:02x}", "", 10**6, "pack('H*', '", "')")),
    ("ruby array", _bytes("{}", ", ", 14, "k = [\n", "\n].pack('C*')", "  ")),
    ("swift array", _bytes("0x{:02X}", ", ", 10, "let k: [UInt8] = [\n", "\n]", "    ")),
    ("js uint8array", _bytes("{}", ", ", 16, "new Uint8Array([\n", "\n])", "  ")),
    ("assembly", _bytes("0x{:02x}", ",", 8, "", "", "  .byte ")),
    ("vhdl hex", _bytes("{:02X}", "", 16, "", "", "  x")),
    ("wireshark", _bytes("{:02x}", " ", 16, "", "", "0000   ")),
    ("intel hex like", _bytes("{:02X}", "", 16, "", "", ":10000000")),
    ("body json", _body('{"pkcs8": "X"}\n')),
    ("body swift", _body('let der = Data(base64Encoded: "X")!\n')),
    ("body openssl", _body("openssl pkey -inform DER -in <(base64 -d <<< X)\n")),
    ("body sentence", _body("Bob sent X as the key.\n")),
    ("body toml", _body("der = 'X'\n")),
)


def keys(rng: random.Random, most: int = 4) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Name of the form, what must not stay, and the text, for some types in each form."""
    yield from third.shown(FORMS, rng, most)
