"""The sixth corpus: `sixth.txt`, keys and clean texts, each in places of its own half. `sixth.md` names the sources."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from bench.secrets import draw, later, sixth_clean, sixth_fill, sixth_keys, sixth_places

Made = tuple[str, str, str, str, tuple[str, ...], str]
"""Group, kind, place, half, what must not stay, text."""
_PASSWORDS = ("{bw:16}", "{human}", "{b62:14}")


def made(seed: int) -> Iterator[Made]:
    for group, kind, template in later.kinds("sixth.txt"):
        rng, name = random.Random(f"{seed} sixth {kind}"), f"sixth {kind}"
        half = draw.half(name)
        if group == "tokens":
            for place, wrap in _drawn(rng, half, sixth_places.TOKENS, 3):
                token = sixth_fill.fill(template, rng)
                token = token[: len(token) * 2 // 3] if place == "value cut" else token
                yield group, name, place, half, (token,), wrap(token)
        elif group == "named":
            setting, value = template.split(" | ", 1)
            for place, wrap in _drawn(rng, half, sixth_places.NAMED, 3):
                secret = sixth_fill.fill(value, rng)
                yield group, name, place, half, (secret,), wrap(setting, secret)
        elif group == "prose":
            ((place, wrap),) = _drawn(rng, half, sixth_places.WRAPS[:3], 1) or [("prompt", str)]
            for at, slot in enumerate(_PASSWORDS):
                secret = sixth_fill.fill(slot, rng)
                text = template.replace("«X»", secret)
                yield group, name, place if at == 1 else "typed", half, (secret,), wrap(text) if at == 1 else text
        elif group == "structures":
            for place, wrap in (("bare", str), *_drawn(rng, half, sixth_places.WRAPS, 1)):
                secrets, text = sixth_keys.marked(sixth_fill.fill(template, rng))
                yield group, name, place, half, secrets, wrap(text)
    yield from _keys(seed)


def _keys(seed: int) -> Iterator[Made]:
    for kind, secrets, text in sixth_keys.keys(random.Random(f"{seed} sixth keys")):
        half = draw.half(f"sixth {kind}")
        for place, wrap in (("bare", str), *_drawn(random.Random(f"{seed} {kind}"), half, sixth_places.WRAPS, 1)):
            yield "keys", f"sixth {kind}", place, half, secrets, wrap(text)


def clean(seed: int) -> Iterator[Made]:
    """Texts without a secret; nothing of them may be hidden."""
    for kind, text in sixth_clean.texts(random.Random(f"{seed} sixth clean")):
        half = draw.half(f"sixth {kind}")
        for place, wrap in (("bare", str), *_drawn(random.Random(f"{seed} {kind}"), half, sixth_places.WRAPS, 2)):
            yield "clean", f"sixth {kind}", place, half, (), wrap(text)


def _drawn(rng: random.Random, half: str, places: tuple[Any, ...], count: int) -> list[Any]:
    mine = [one for one in places if draw.half(f"sixth {one[0]}") == half]
    return rng.sample(mine, min(count, len(mine)))
