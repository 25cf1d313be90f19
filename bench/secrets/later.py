"""The second corpus, `later.txt`: kinds of secrets that the rules of the first corpus were not made with."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.secrets import draw

BIP = [
    "abandon",
    "ability",
    "about",
    "absorb",
    "accident",
    "acid",
    "across",
    "action",
    "adapt",
    "address",
    "afford",
    "agree",
    "aim",
    "airport",
    "alarm",
    "album",
    "balance",
    "bamboo",
    "banner",
    "basic",
    "beach",
    "believe",
    "bench",
    "bicycle",
    "blanket",
    "blossom",
    "border",
    "bounce",
    "brave",
    "bridge",
    "bronze",
    "bubble",
    "cabin",
    "cactus",
    "camera",
    "canal",
    "carbon",
    "castle",
    "cereal",
    "chalk",
    "cherry",
    "citizen",
    "clever",
    "clinic",
    "cloud",
    "coconut",
    "comfort",
    "copper",
    "dance",
    "decade",
    "decline",
    "deer",
    "define",
    "deliver",
    "denial",
    "depart",
    "design",
    "device",
    "diamond",
    "diesel",
    "dinner",
    "dolphin",
    "donate",
    "dragon",
]
_MARK = re.compile("«([^»]*)»")
_LINE = re.compile(r"\\+[nr]|[\r\n]")
_SOLID = re.compile(r"[A-Za-z0-9+/=_:-]{16,}")
_SLOT = re.compile(r"\{(pw|bip|bechlow|body64|body70|body76|hexrows|hexcolon15|bytes64)(?::(\d+))?\}")


def kinds(corpus: str = "later.txt") -> Iterator[tuple[str, str, str]]:
    """Group, kind and template of each line of a corpus."""
    group = ""
    for line in Path(__file__).with_name(corpus).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            group = line[1:-1]
        elif line and not line.startswith("#"):
            kind, template = line.split(" | ", 1)
            yield group, kind, template


def fill(template: str, rng: random.Random) -> str:
    """The template with written line ends, and every slot drawn."""
    text = _SLOT.sub(lambda slot: _slot(rng, slot[1], int(slot[2] or 0)), template.replace("\\\\", "\x01"))
    text = text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("\\0", "\x00")
    return draw.fill(text.replace("\x01", "\\"), rng)


def marked(text: str) -> tuple[tuple[str, ...], str]:
    """What must not stay, a line at a time, and the text without marks."""
    secrets: list[str] = []
    for found in _MARK.findall(text):
        parts = [part.strip() for part in _LINE.split(found)]
        secrets += (
            parts if len(parts) == 1 else [one for part in parts for one in _SOLID.findall(part) if "---" not in one]
        )
    return tuple(secrets), _MARK.sub(r"\1", text)


def password(rng: random.Random) -> str:
    """As a manager, a person, or a generator without signs makes one."""
    drawn: tuple[Callable[[random.Random], str], ...] = (
        draw.password,
        draw.chosen,
        lambda r: draw.fill("{b62:10-20}", r),
    )
    return rng.choice(drawn)(rng)


def _slot(rng: random.Random, kind: str, count: int) -> str:
    if kind == "pw":
        return password(rng)
    if kind == "bip":
        return " ".join(rng.choice(BIP) for _ in range(count))
    if kind == "bechlow":
        return draw.characters(rng, draw.ALPHABETS["bech"].lower(), count)
    if kind.startswith("body"):
        return "\n".join(draw.characters(rng, draw.ALPHABETS["b64"], int(kind[4:])) for _ in range(8))
    if kind == "hexrows":
        return "\n".join(draw.characters(rng, draw.ALPHABETS["hex"], 32) for _ in range(16))
    if kind == "hexcolon15":
        return ":".join(draw.characters(rng, draw.ALPHABETS["hex"], 2) for _ in range(15)) + ":"
    return ", ".join(str(rng.randrange(256)) for _ in range(64))
