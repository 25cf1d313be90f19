"""Private keys and other long secrets, as files, settings and tools show them; «» encloses what must not stay.

The bodies are random bytes behind the fixed beginning that the format's documents give (ASN.1 and OpenSSH headers).
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator

Key = tuple[str, list[str], str]
"""kind, the parts that must not stay, text"""

_HEADS = {
    "RSA ": ("308204a40201000282010100", 1192),
    "EC ": ("30770201010420", 121),
    "": ("308204be020100300d06092a864886f70d0101010500048204a8", 1218),
    "ED25519 ": ("302e020100300506032b657004220420", 48),
    "ENCRYPTED ": ("3082051c304e06092a864886f70d01050d3041", 1200),
    "DSA ": ("308201bb02010002818100", 447),
    "OPENSSH ": ("6f70656e7373682d6b65792d763100000000046e6f6e65", 400),
}


def _body(rng: random.Random, kind: str) -> str:
    head, size = _HEADS[kind]
    start = bytes.fromhex(head)
    return base64.b64encode(start + rng.randbytes(size - len(start))).decode()


def _rows(body: str, width: int) -> list[str]:
    return [body[at : at + width] for at in range(0, len(body), width)]


def _begin(kind: str) -> str:
    return "-----BEGIN " + ("" if kind == "ED25519 " else kind) + "PRIVATE " + "KEY-----"


def _end(kind: str) -> str:
    return _begin(kind).replace("BEGIN", "END")


def _pem(rng: random.Random, kind: str, width: int = 64) -> tuple[list[str], str]:
    rows = _rows(_body(rng, kind), width)
    return rows, "\n".join([_begin(kind), *rows, _end(kind)])


def keys(rng: random.Random) -> Iterator[Key]:
    for kind in _HEADS:
        name = (kind or "pkcs8 ").lower().strip()
        rows, pem = _pem(rng, kind, 70 if kind == "OPENSSH " else 64)
        yield f"{name} pem", rows, pem
        yield f"{name} pem cut at the end", rows, pem.rpartition("\n-----END")[0] + "\n... (truncated)"
        yield f"{name} pem without begin", rows[1:], "\n".join(pem.split("\n")[2:])
        yield f"{name} body alone", rows, "\n".join(rows)
        wide, pem76 = _pem(rng, kind, 76)
        yield f"{name} pem wrapped at 76", wide, pem76
        yield f"{name} body wrapped at 76", wide, "\n".join(wide)
        rows, pem = _pem(rng, kind)
        yield f"{name} one line", rows, f'KEY="{pem}"'.replace("\n", "\\n")
        yield f"{name} json", rows, json.dumps({"private_key": pem + "\n", "id": 3})
        body = _body(rng, kind)
        yield f"{name} body on one line", [body], f"key: {body}"
        yield f"{name} spaces for line ends", rows, pem.replace("\n", " ")
    for name, make in _OTHERS:
        parts, text = make(rng)
        yield name, parts, text


def _pgp(rng: random.Random) -> tuple[list[str], str]:
    body = base64.b64encode(bytes.fromhex("9505860462") + rng.randbytes(700)).decode()
    rows = _rows(body, 64)
    mark = "PGP PRIVATE KEY " + "BLOCK-----"
    return rows, "\n".join(["-----BEGIN " + mark, "Version: GnuPG v2", "", *rows, "=aB3d", "-----END " + mark])


def _putty(rng: random.Random) -> tuple[list[str], str]:
    rows = _rows(base64.b64encode(rng.randbytes(320)).decode(), 64)
    mac = rng.randbytes(32).hex()
    text = "\n".join(
        [
            "PuTTY-User-Key-File-3: ssh-rsa",
            "Encryption: none",
            "Comment: ci",
            "Public-Lines: 1",
            "AAAAB3NzaC1yc2E=",
            f"Private-Lines: {len(rows)}",
            *rows,
            f"Private-MAC: {mac}",
        ]
    )
    return [*rows, mac], text


def _number(rng: random.Random, size: int) -> str:
    return base64.urlsafe_b64encode(rng.randbytes(size)).decode().rstrip("=")


def _jwk_rsa(rng: random.Random) -> tuple[list[str], str]:
    secret = {name: _number(rng, size) for name, size in (("d", 256), ("p", 128), ("q", 128), ("dp", 128), ("dq", 128))}
    return list(secret.values()), json.dumps({"kty": "RSA", "n": _number(rng, 256), "e": "AQAB", **secret})


def _jwk_ec(rng: random.Random) -> tuple[list[str], str]:
    d = _number(rng, 32)
    text = {"kty": "EC", "crv": "P-256", "x": _number(rng, 32), "y": _number(rng, 32), "d": d}
    return [d], json.dumps(text, indent=2)


def _jwk_okp(rng: random.Random) -> tuple[list[str], str]:
    d = _number(rng, 32)
    return [d], json.dumps({"kty": "OKP", "crv": "Ed25519", "d": d, "x": _number(rng, 32), "kid": "k1"})


def _jwk_oct(rng: random.Random) -> tuple[list[str], str]:
    k = _number(rng, 32)
    return [k], json.dumps({"kty": "oct", "k": k, "alg": "HS256"})


def _age(rng: random.Random) -> tuple[list[str], str]:
    key = "AGE-SECRET-" + "KEY-1" + "".join(rng.choice("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L") for _ in range(58))
    return [key], f"# created: 2026-01-01T00:00:00Z\n# public key: age1qqqq\n{key}\n"


def _base64_pem(rng: random.Random) -> tuple[list[str], str]:
    coded = base64.b64encode((_pem(rng, "RSA ")[1] + "\n").encode()).decode()
    return [coded], f"TLS_KEY_B64={coded}\n"


def _base64_pem_wrapped(rng: random.Random) -> tuple[list[str], str]:
    rows = _rows(base64.b64encode((_pem(rng, "")[1] + "\n").encode()).decode(), 76)
    return rows, "$ base64 key.pem\n" + "\n".join(rows) + "\n"


def _base64_openssh_wrapped(rng: random.Random) -> tuple[list[str], str]:
    rows = _rows(base64.b64encode((_pem(rng, "OPENSSH ", 70)[1] + "\n").encode()).decode(), 76)
    return rows, "\n".join(rows)


def _wireguard(rng: random.Random) -> tuple[list[str], str]:
    key = base64.b64encode(rng.randbytes(32)).decode()
    return [key], f"[Interface]\nPrivateKey = {key}\nListenPort = 51820\n"


def _service_account(rng: random.Random) -> tuple[list[str], str]:
    rows, pem = _pem(rng, "")
    text = {"type": "service_account", "project_id": "acme", "private_key": pem + "\n", "client_id": "1"}
    return rows, json.dumps(text, indent=2)


def _hex_dump(rng: random.Random) -> tuple[list[str], str]:
    rows = ["    " + ":".join(f"{byte:02x}" for byte in rng.randbytes(15)) + ":" for _ in range(9)]
    return [row.strip() for row in rows], "privateExponent:\n" + "\n".join(rows) + "\nprime1:\n"


def _ec_priv(rng: random.Random) -> tuple[list[str], str]:
    rows = ["    " + ":".join(f"{byte:02x}" for byte in rng.randbytes(15)) + ":" for _ in range(3)]
    text = "Private-Key: (256 bit)\npriv:\n" + "\n".join(rows) + "\npub:\n    04:aa:bb\n"
    return [row.strip() for row in rows], text


def _ssh2(rng: random.Random) -> tuple[list[str], str]:
    rows = _rows(base64.b64encode(rng.randbytes(400)).decode(), 70)
    mark = "SSH2 ENCRYPTED PRIVATE " + "KEY ----"
    return rows, "\n".join(["---- BEGIN " + mark, 'Comment: "ci"', *rows, "---- END " + mark])


def _minisign(rng: random.Random) -> tuple[list[str], str]:
    key = "RWRTY0Iy" + base64.b64encode(rng.randbytes(150)).decode()
    return [key], f"untrusted comment: minisign encrypted secret key\n{key}\n"


def _openvpn(rng: random.Random) -> tuple[list[str], str]:
    rows = [rng.randbytes(16).hex() for _ in range(16)]
    mark = "OpenVPN Static key V1-----"
    return rows, "\n".join(["<tls-auth>", "-----BEGIN " + mark, *rows, "-----END " + mark, "</tls-auth>"])


def _pkcs12(rng: random.Random) -> tuple[list[str], str]:
    coded = "MII" + base64.b64encode(rng.randbytes(900)).decode()
    return [coded], f"P12_BASE64={coded}\n"


def _yaml_block(rng: random.Random) -> tuple[list[str], str]:
    rows, pem = _pem(rng, "RSA ")
    return rows, "tls:\n  key: |\n" + "\n".join("    " + row for row in pem.split("\n")) + "\n  port: 1\n"


def _code_lines(rng: random.Random) -> tuple[list[str], str]:
    rows, pem = _pem(rng, "EC ")
    return rows, "const key = " + " +\n".join(f'  "{row}\\n"' for row in pem.split("\n")) + ";\n"


def _seed_phrase(rng: random.Random) -> tuple[list[str], str]:
    key = "xprv9s21ZrQH143K" + "".join(
        rng.choice("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz") for _ in range(95)
    )
    return [key], f"root key {key} derived"


_OTHERS: tuple[tuple[str, Callable[[random.Random], tuple[list[str], str]]], ...] = (
    ("pgp block", _pgp),
    ("putty", _putty),
    ("jwk rsa", _jwk_rsa),
    ("jwk ec", _jwk_ec),
    ("jwk okp", _jwk_okp),
    ("jwk oct", _jwk_oct),
    ("age identity", _age),
    ("base64 of a pem", _base64_pem),
    ("base64 of a pem wrapped", _base64_pem_wrapped),
    ("base64 of openssh wrapped", _base64_openssh_wrapped),
    ("wireguard", _wireguard),
    ("service account", _service_account),
    ("openssl text rsa", _hex_dump),
    ("openssl text ec", _ec_priv),
    ("ssh2", _ssh2),
    ("minisign", _minisign),
    ("openvpn static key", _openvpn),
    ("pkcs12 in base64", _pkcs12),
    ("yaml block", _yaml_block),
    ("code lines", _code_lines),
    ("bip32 key", _seed_phrase),
)
