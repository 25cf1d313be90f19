"""Random values of a described form: `{b62:36}` in a template becomes 36 random letters and digits.

Templates never hold a whole token, so that nothing here looks like one to a scanner of this repository.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import string

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALPHABETS = {
    "b62": LOWER + UPPER + DIGITS,
    "url": LOWER + UPPER + DIGITS + "-_",
    "b64": LOWER + UPPER + DIGITS + "+/",
    "hex": DIGITS + "abcdef",
    "HEX": DIGITS + "ABCDEF",
    "num": DIGITS,
    "low": LOWER + DIGITS,
    "up": UPPER + DIGITS,
    "alpha": LOWER + UPPER,
    "b32": UPPER + "234567",
    "low32": LOWER + "234567",
    "b58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "bech": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "pass": LOWER + UPPER + DIGITS + "!#%^*_+-~.",
}
_SLOT = re.compile(r"\{([A-Za-z0-9]+)(?::(\d+)(?:-(\d+))?)?\}")
_SLOTS = frozenset({*ALPHABETS, "uuid", "jwt", "password"})
WORDS = [
    "river",
    "copper",
    "silent",
    "harvest",
    "window",
    "tiger",
    "marble",
    "planet",
    "garden",
    "winter",
    "falcon",
    "bridge",
    "orange",
    "thunder",
    "velvet",
    "anchor",
    "pepper",
    "rocket",
    "meadow",
    "castle",
]


def half(name: str) -> str:
    """ "tune" or "aside": the half of the corpus that a kind or a place belongs to, by the hash of its name."""
    return ("tune", "aside")[hashlib.sha256(name.encode()).digest()[0] & 1]


def quarter(name: str) -> str:
    """ "aside" for one name of four, all of the half "aside", else "tune"."""
    return "aside" if hashlib.sha256(name.encode()).digest()[0] & 3 == 1 else "tune"


def fill(template: str, rng: random.Random) -> str:
    """The template with every slot drawn."""
    return _SLOT.sub(lambda slot: _slot(rng, slot[1], slot[2], slot[3]) if slot[1] in _SLOTS else slot[0], template)


def _slot(rng: random.Random, kind: str, least: str | None, most: str | None) -> str:
    if kind == "uuid":
        return uuid(rng)
    if kind == "jwt":
        return jwt(rng)
    if kind == "password":
        return password(rng)
    count = rng.randint(int(least or 8), int(most or least or 8))
    return characters(rng, ALPHABETS[kind], count)


def characters(rng: random.Random, alphabet: str, count: int) -> str:
    """Random characters that hold a digit where the alphabet has any, as a generator's nearly always do."""
    while True:
        drawn = "".join(rng.choice(alphabet) for _ in range(count))
        if count < 8 or not set(alphabet) & set(DIGITS) or set(drawn) & set(DIGITS):
            return drawn


def uuid(rng: random.Random) -> str:
    return "-".join("".join(rng.choice("0123456789abcdef") for _ in range(n)) for n in (8, 4, 4, 4, 12))


def jwt(rng: random.Random) -> str:
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": fill("{num:10}", rng), "iat": rng.randrange(10**9)}]
    head = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
    return head + "." + fill("{url:43}", rng)


def password(rng: random.Random) -> str:
    """As a password manager makes one: 12 to 22 characters with a sign."""
    return fill("{b62:7-14}", rng) + rng.choice("!#%^*_+-~") + fill("{b62:4-7}", rng)


def chosen(rng: random.Random) -> str:
    """As a person makes one up: words with digits and a sign, no dictionary word as a whole."""
    first, second = rng.choice(WORDS), rng.choice(WORDS)
    return rng.choice(
        (
            f"{first.title()}{rng.randint(10, 9999)}{rng.choice('!#*?$')}",
            f"{first}{second}{rng.randint(10, 999)}",
            f"{first.title()}{second.title()}{rng.choice('!#*')}{rng.randint(1, 99)}",
            first.translate(str.maketrans("aeio", "4310")) + str(rng.randint(10, 99)) + second[:3].upper(),
            f"{first[:4]}{rng.choice('-_.')}{second[:4]}{rng.randint(100, 9999)}",
        )
    )
