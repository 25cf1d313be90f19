"""The third corpus: `third.txt`, and private keys of every type in every form that shells, editors and files give them.

Keys have the true beginning of their type's encoding and random bytes behind it.
"""

from __future__ import annotations

import base64
import json
import random
import textwrap
from collections.abc import Callable, Iterator

Form = Callable[[str, str, random.Random], tuple[list[str], str]]
"""Label of the armour, base64 of the body, dice -> what must not stay, the text."""
_HEADS = {
    "rsa": ("RSA PRIVATE KEY", "308204a30201000282010100", 1191),
    "rsa 4096": ("RSA PRIVATE KEY", "308209290201000282020100", 2349),
    "pkcs8 rsa": ("PRIVATE KEY", "308204be020100300d06092a864886f70d0101010500048204a8308204a40201000282010100", 1218),
    "sec1": ("EC PRIVATE KEY", "30770201010420", 121),
    "sec1 384": ("EC PRIVATE KEY", "3081a40201010430", 167),
    "pkcs8 ec": ("PRIVATE KEY", "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420", 138),
    "ed25519": ("PRIVATE KEY", "302e020100300506032b657004220420", 48),
    "x25519": ("PRIVATE KEY", "302e020100300506032b656e04220420", 48),
    "dsa": ("DSA PRIVATE KEY", "308203550201000282010100", 857),
    "encrypted": ("ENCRYPTED PRIVATE KEY", "308204fe302806092a864886f70d01050d301b06092a864886f70d01050c", 1282),
    "openssh": (
        "OPENSSH PRIVATE KEY",
        "6f70656e7373682d6b65792d763100000000046e6f6e65000000046e6f6e650000000000000001",
        399,
    ),
    "openssh rsa": ("OPENSSH PRIVATE KEY", "6f70656e7373682d6b65792d7631000000000a6165733235362d637472", 1840),
    "pgp": ("PGP PRIVATE KEY BLOCK", "9503be0465", 970),
}
_ROWS = {"openssh": 70, "openssh rsa": 70}


def _body(kind: str, rng: random.Random) -> str:
    _, head, size = _HEADS[kind]
    start = bytes.fromhex(head)
    return base64.b64encode(start + rng.randbytes(size - len(start))).decode()


def _wrapped(body: str, width: int = 64) -> list[str]:
    return textwrap.wrap(body, width)


def _pem(label: str, body: str, width: int = 64) -> list[str]:
    return [f"-----BEGIN {label}-----", *_wrapped(body, width), f"-----END {label}-----"]


def _each(before: str, after: str = "", *, skip: int = 0, keep: int = 10**6) -> Form:
    """Every line of the armoured key between the two."""

    def form(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = _pem(label, body)[skip : skip + keep]
        secrets = [row for row in rows if "-----" not in row and len(row) >= 12]
        return secrets, "\n".join(before + row + after for row in rows) + "\n"

    return form


def _numbered(pattern: str) -> Form:
    def form(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = _pem(label, body)
        return rows[1:-1], "\n".join(pattern.format(n, row) for n, row in enumerate(rows, 1)) + "\n"

    return form


def _whole(wrap: Callable[[str], str]) -> Form:
    def form(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = _pem(label, body)
        return rows[1:-1], wrap("\n".join(rows) + "\n")

    return form


def _rows(width: int, first: int = 0, most: int = 10**6) -> Form:
    """The base64 without BEGIN and END."""

    def form(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = _wrapped(body, width)[first : first + most]
        return [row for row in rows if len(row) >= 12], "\n".join(rows) + "\n"

    return form


def _named(template: str) -> Form:
    def form(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        return [body], template.replace("X", body)

    return form


def _encoded(width: int, template: str = "X\n") -> Form:
    """The base64 of the armoured key."""

    def form(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        rows = _wrapped(base64.b64encode("\n".join([*_pem(label, body), ""]).encode()).decode(), width)
        return rows, template.replace("X", "\n".join(rows))

    return form


def _hexadecimal(kind: str) -> Form:
    def form(label: str, body: str, rng: random.Random) -> tuple[list[str], str]:
        data = base64.b64decode(body)
        if kind == "plain":
            return [data.hex()], f"der: {data.hex()}\n"
        if kind == "colons":
            rows = [":".join(f"{byte:02x}" for byte in data[at : at + 16]) for at in range(0, len(data), 16)]
            return [row for row in rows if len(row) > 12], ":\n".join(rows) + "\n"
        text = "\n".join([*_pem(label, body), ""]).encode() if kind == "xxd pem" else data
        rows = []
        for at in range(0, len(text), 16):
            piece = text[at : at + 16]
            pairs = " ".join(piece[n : n + 2].hex() for n in range(0, len(piece), 2))
            shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
            rows.append((pairs, f"{at:08x}: {pairs:<39}  {shown}"))
        return [pairs for pairs, _ in rows[3:-3] if len(pairs) > 30], "\n".join(row for _, row in rows) + "\n"

    return form


_JSON = json.dumps
FORMS: tuple[tuple[str, Form], ...] = (
    ("armoured", _each("")),
    ("indented", _each("      ")),
    ("diff removed", _each("-")),
    ("combined diff", _each("++")),
    ("coloured diff", _each("\x1b[31m-", "\x1b[m")),
    ("quoted twice", _each("> > ")),
    ("yaml list", _each("  - ")),
    ("python strings", _each('    "', '\\n"')),
    ("js plus", _each("  '", "\\n' +")),
    ("array", _each('  "', '",')),
    ("c macro", _each('"', '\\n" \\')),
    ("shell echo", _each('echo "', '" >> k.pem')),
    ("powershell append", _each('$k += "', '`n"')),
    ("java append", _each('sb.append("', '\\n");')),
    ("hash comment", _each("# ")),
    ("doc comment", _each(" * ")),
    ("cat -A", _each("", "$")),
    ("cat -A crlf", _each("", "^M$")),
    ("compose log", _each("app-1  | ")),
    ("actions log", _each("2026-05-01T10:00:00.1234567Z ")),
    ("gh run log", _each("build\tdeploy\t2026-05-01T10:00:00.1234567Z ")),
    ("journal", _each("May 01 10:00:00 h1 app[77]: ")),
    ("level log", _each("2026-05-01 10:00:00,123 DEBUG keys: ")),
    ("pod log", _each("[pod/app-1/main] ")),
    ("box", _each("│ ", "   │")),
    ("table cell", _each("| ", " |")),
    ("html breaks", _each("", "<br>")),
    ("ssm dump tabs", _each("\t")),
    ("pytest", _each("E   ")),
    ("strace", _each('read(3, "', '\\n", 4096) = 65')),
    ("backslash lines", _each("", "\\")),
    ("begin cut", _each("", skip=3)),
    ("begin cut in log", _each("app-1  | ", skip=2)),
    ("end cut", _each("", keep=6)),
    ("middle", _each("", skip=2, keep=7)),
    ("cat -n", _numbered("{:6}\t{}")),
    ("arrow numbers", _numbered("{:6}→{}")),
    ("bat", _numbered("{:4}   │ {}")),
    ("bar numbers", _numbered("{:5}|{}")),
    ("colon numbers", _numbered("{}: {}")),
    ("vim numbers", _numbered("{:4} {}")),
    ("grep -n", _numbered("{}:{}")),
    ("grep -rn", _numbered("certs/k.pem:{}:{}")),
    ("grep context", _numbered("certs/k.pem-{}-{}")),
    ("L numbers", _numbered("L{}:{}")),
    ("json", _whole(lambda k: _JSON({"key": k}))),
    ("json in json", _whole(lambda k: _JSON({"a": _JSON({"key": k})}))),
    ("three json", _whole(lambda k: _JSON({"a": _JSON({"b": _JSON({"key": k})})}))),
    ("json crlf", _whole(lambda k: _JSON({"key": k.replace("\n", "\r\n")}))),
    ("python bytes", _whole(lambda k: f"key = {k.encode()!r}\n")),
    ("env escaped", _whole(lambda k: f'TLS_KEY="{k}"\n'.replace("\n", "\\n", k.count("\n")))),
    ("env spaces", _whole(lambda k: f'TLS_KEY="{k.strip()}"\n'.replace("\n", " ", k.count("\n") - 1))),
    ("one line glued", _whole(lambda k: k.replace("\n", "") + "\n")),
    ("url encoded", _whole(lambda k: "pem=" + k.replace("+", "%2B").replace("\n", "%0A").replace(" ", "+") + "\n")),
    ("xml", _whole(lambda k: f"<KeyInfo><PrivateKey>{k}</PrivateKey></KeyInfo>\n")),
    ("xml entities", _whole(lambda k: "<k>" + k.replace("\n", "&#10;") + "</k>\n")),
    ("yaml literal", _whole(lambda k: "tls:\n  key: |\n" + textwrap.indent(k, "    ") + "  port: 1\n")),
    ("yaml quoted", _whole(lambda k: "key: " + _JSON(k) + "\n")),
    ("hcl heredoc", _whole(lambda k: f"key = <<-EOT\n{k}EOT\n")),
    ("sql", _whole(lambda k: f"INSERT INTO certs VALUES (1, '{k}');\n")),
    ("csv", _whole(lambda k: f'id,pem\n7,"{k}"\n')),
    ("here string", _whole(lambda k: f"$k = @'\n{k}'@\n")),
    ("js template", _whole(lambda k: f"const k = `{k}`;\n")),
    ("ruby heredoc", _whole(lambda k: f"KEY = <<~PEM\n{textwrap.indent(k, '  ')}PEM\n")),
    ("terraform plan", _whole(lambda k: "+ private_key = <<-EOT\n" + textwrap.indent(k, "        ") + "    EOT\n")),
    ("unicode ends", _whole(lambda k: k.replace("\n", "\\u000a") + "\n")),
    ("dotenv multi", _whole(lambda k: f"KEY='{k}'\nPORT=1\n")),
    ("chat inline", _whole(lambda k: f"use this one: {k} thanks")),
    ("rows 64", _rows(64)),
    ("rows 70", _rows(70)),
    ("rows 76", _rows(76)),
    ("rows 48", _rows(48)),
    ("rows 60", _rows(60)),
    ("rows 64 lower part", _rows(64, 4)),
    ("rows 76 lower part", _rows(76, 3)),
    ("first rows", _rows(64, 0, 3)),
    ("one row", _rows(10**6)),
    ("named env", _named("SIGNING_PRIVATE_KEY=X\n")),
    ("named json", _named('{"private_key": "X", "alg": "x"}')),
    ("named yaml", _named("server:\n  ssl:\n    private-key: X\n")),
    ("named java", _named('String privateKey = "X";\n')),
    ("named xml", _named("<privateKey>X</privateKey>\n")),
    ("named sentence", _named("the private key (base64, no header) is X\n")),
    ("named properties", _named("jwt.private.key=X\n")),
    ("echo base64 -d", _named('echo "X" | base64 -d > k.der\n')),
    ("b64 of pem", _encoded(10**6)),
    ("b64 of pem 64", _encoded(64)),
    ("b64 of pem 76", _encoded(76)),
    ("k8s tls", _encoded(10**6, "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\ndata:\n  tls.key: X\n")),
    ("b64 env", _encoded(10**6, "SSH_KEY_B64=X\n")),
    ("b64 decode", _encoded(10**6, "echo X | base64 --decode > ~/.ssh/id\n")),
    ("b64 json", _encoded(10**6, '{"content": "X", "encoding": "base64"}')),
    ("hex", _hexadecimal("plain")),
    ("hex colons", _hexadecimal("colons")),
    ("xxd", _hexadecimal("xxd")),
    ("xxd pem", _hexadecimal("xxd pem")),
)


def keys(rng: random.Random, most: int = 4) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Name of the form, what must not stay, and the text, for some types in each form."""
    yield from shown(FORMS, rng, most)


def shown(
    forms: tuple[tuple[str, Form], ...], rng: random.Random, most: int
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for form, make in forms:
        for kind in rng.sample(sorted(_HEADS), most):
            label = _HEADS[kind][0]
            secrets, text = make(label, _body(kind, rng), rng)
            if secrets and not (form.startswith(("begin", "middle", "rows", "end", "first")) and len(secrets) < 3):
                yield form, tuple(secrets), text
