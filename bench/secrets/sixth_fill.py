"""Values of the sixth corpus: the slots of `draw`, with checksums, encodings and passwords as programs make them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import random
import re
import urllib.parse
from collections.abc import Callable

from bench.secrets import draw

B62 = draw.DIGITS + draw.UPPER + draw.LOWER
_SLOT = re.compile(r"\{([A-Za-z0-9]+)(?::([^{}]*))?\}")
_COUNT = re.compile(r"(\d+)(?:-(\d+))?")
_BECH = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_SIGNS = "!@#$%^&*"
"""What Bitwarden adds to letters and digits; other managers have the like."""
_HUMAN = ("Summer", "Welcome", "Liverpool", "Bella", "Qwerty", "Monkey", "Juventus", "Berlin", "Pikachu", "Sunshine")


def fill(template: str, rng: random.Random) -> str:
    """The template with written line ends, and every slot drawn; what is no slot stays."""
    text = template.replace("\\\\", "\x01").replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r")
    return _SLOT.sub(lambda slot: _slot(rng, slot[1], slot[2] or "", slot[0]), text.replace("\x01", "\\"))


def base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = B62[rest] + digits
    return digits.rjust(width, "0")


def checked(prefix: str, rng: random.Random) -> str:
    """As GitHub and npm make tokens: 30 characters and the CRC-32 of them in base 62."""
    body = draw.characters(rng, B62, 30)
    return f"{prefix}_{body}{base62(binascii.crc32(body.encode()), 6)}"


def bech32(prefix: str, data: bytes) -> str:
    """BIP 173: age identities, Nostr keys."""
    values, held, bits = [], 0, 0
    for byte in data:
        held, bits = held << 8 | byte, bits + 8
        while bits >= 5:
            bits -= 5
            values.append(held >> bits & 31)
    if bits:
        values.append(held << 5 - bits & 31)
    seen = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix] + values + [0] * 6
    check = 1
    for value in seen:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for at, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> at & 1 else 0
    values += [(check ^ 1) >> 5 * (5 - at) & 31 for at in range(6)]
    return prefix + "1" + "".join(_BECH[value] for value in values)


def base58(data: bytes) -> str:
    """Base58Check: Bitcoin's private keys."""
    data += hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
    number, made = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        made = draw.ALPHABETS["b58"][rest] + made
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + made


def bitwarden(rng: random.Random, count: int) -> str:
    """Letters, digits and at least one sign in the middle."""
    drawn = [rng.choice(B62 + _SIGNS) for _ in range(count)]
    drawn[0], drawn[-1], drawn[rng.randrange(1, count - 1)] = rng.choice(B62), rng.choice(B62), rng.choice(_SIGNS)
    return "".join(drawn)


def human(rng: random.Random) -> str:
    """As people choose when a form asks for an upper case letter, a digit and a sign."""
    word, year = rng.choice(_HUMAN), rng.choice((rng.randrange(1960, 2027), rng.randrange(10, 1000)))
    return rng.choice(
        (f"{word}{year}!", f"{word}@{year}", f"{word.lower()}#{year}", f"{word}_{year}$", f"{word}{year}")
    )


def jwt(rng: random.Random, claims: dict[str, object]) -> str:
    def part(value: object) -> str:
        return _url(json.dumps(value, separators=(",", ":")).encode())

    head = part({"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
    return head + "." + _url(hmac.digest(rng.randbytes(32), head.encode(), "sha256"))


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _grafana(rng: random.Random) -> str:
    body = draw.characters(rng, B62, 32)
    return f"glsa_{body}_{binascii.crc32(body.encode()):08x}"


def _supabase(rng: random.Random) -> str:
    claims: dict[str, object] = {"iss": "supabase", "ref": draw.characters(rng, draw.LOWER, 20), "role": "service_role"}
    return jwt(rng, {**claims, "iat": 1760000000 + rng.randrange(10**7), "exp": 2090000000})


def _macaroon(rng: random.Random) -> str:
    """As PyPI makes them: location, identifier, caveat, signature."""
    ident = json.dumps(draw.uuid(rng)).encode()
    return "pypi-" + _url(
        b"\x02\x01\x08pypi.org\x02"
        + bytes([len(ident)])
        + ident
        + b"\0\2*[3,"
        + ident
        + b"]\0\0\6 "
        + rng.randbytes(32)
    )


def _words(rng: random.Random, count: int) -> str:
    return "-".join(rng.choice(draw.WORDS) for _ in range(count))


def _access_token(rng: random.Random) -> str:
    claims: dict[str, object] = {"sub": draw.uuid(rng), "scope": "openid profile", "iss": "https://id.acme.dev/"}
    return jwt(rng, {**claims, "iat": 1760000000 + rng.randrange(10**7)})


_MADE: dict[str, Callable[[random.Random], str]] = {
    "uuid": draw.uuid,
    "jwt": _access_token,
    "supabase": _supabase,
    "macaroon": _macaroon,
    "glsa": _grafana,
    "human": human,
    "b64of32": lambda rng: base64.b64encode(rng.randbytes(32)).decode(),
    "b64of64": lambda rng: base64.b64encode(rng.randbytes(64)).decode(),
    "url32": lambda rng: _url(rng.randbytes(32)),
    "url24": lambda rng: _url(rng.randbytes(24)),
    "wireguard": lambda rng: base64.b64encode(_clamped(rng)).decode(),
    "age": lambda rng: bech32("age-secret-key-", rng.randbytes(32)).upper(),
    "nsec": lambda rng: bech32("nsec", rng.randbytes(32)),
    "wif": lambda rng: base58(b"\x80" + rng.randbytes(32) + b"\1"),
    "xprv": lambda rng: base58(bytes.fromhex("0488ade4") + bytes(9) + rng.randbytes(32) + b"\0" + rng.randbytes(32)),
    "pw": lambda rng: rng.choice((lambda r: bitwarden(r, 16), lambda r: draw.characters(r, B62, 20), human))(rng),
    "safe": lambda rng: draw.characters(rng, B62 + "-_.!~", rng.randrange(14, 24)).strip("-_.!~"),
    "quoted": lambda rng: urllib.parse.quote(bitwarden(rng, 18), safe=""),
    "basic": lambda rng: base64.b64encode(f"deploy:{draw.characters(rng, B62, 24)}".encode()).decode(),
    "b64pw": lambda rng: base64.b64encode(bitwarden(rng, 20).encode()).decode(),
}


def _clamped(rng: random.Random) -> bytes:
    key = bytearray(rng.randbytes(32))
    key[0], key[31] = key[0] & 248, key[31] & 127 | 64
    return bytes(key)


def _slot(rng: random.Random, kind: str, argument: str, written: str) -> str:
    if kind in _MADE and not argument:
        return _MADE[kind](rng)
    if kind == "one" and argument:
        return rng.choice(argument.split(","))
    if kind == "crc" and argument:
        return checked(argument, rng)
    count = _COUNT.fullmatch(argument)
    if not count:
        return written
    most = rng.randint(int(count[1]), int(count[2] or count[1]))
    if kind == "bw":
        return bitwarden(rng, most)
    if kind == "phrase":
        return _words(rng, most)
    return draw.characters(rng, draw.ALPHABETS[kind], most) if kind in draw.ALPHABETS else written
