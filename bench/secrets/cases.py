"""The corpus: every kind in the places of its half. `cases(seed)` yields what to redact and what must not stay."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.secrets import draw, fifth, fourth, keys, later, places, prose, sixth, structures, third, tokens, transcripts

PER_KIND = 8
"""Places drawn for each kind."""
_MARK = re.compile("«([^»]*)»")


@dataclass(frozen=True)
class Case:
    """`secrets` must be gone from `text`; with a `command`, `text` is the output of a call that ran it."""

    group: str
    kind: str
    place: str
    half: str
    secrets: tuple[str, ...]
    text: str
    command: str = ""


def cases(seed: int) -> Iterator[Case]:
    yield from _tokens(seed)
    yield from _named(seed)
    yield from _structures(seed)
    yield from _keys(seed)
    yield from _prose(seed)


def later_cases(seed: int) -> Iterator[Case]:
    """The second corpus; a token that nothing marks is put beside the name of its service."""
    for group, kind, template in later.kinds():
        rng, name = random.Random(f"{seed} later {kind}"), f"later {kind}"
        half = draw.quarter(name)
        if group == "tokens":
            yield from _later_tokens(kind, name, template, rng)
        elif group == "prose":
            for how in ("generated", "chosen", "plain"):
                made = {"generated": draw.password, "chosen": draw.chosen, "plain": _letters_and_digits}[how](rng)
                yield Case("prose", name, how, half, (made,), later.fill(template.replace("«X»", made), rng))
        else:
            for place, wrap in (("alone", str), *_drawn(rng, name, places.TEXT_PLACES, 2)):
                secrets, text = later.marked(later.fill(template, rng))
                yield Case(group, name, place, half, secrets, wrap(text))


def third_cases(seed: int) -> Iterator[Case]:
    """The third corpus, half of its kinds and places put aside; keys are one kind for each form of theirs."""
    return _by_kind(seed, "third", third.keys(random.Random(seed)))


def fourth_cases(seed: int) -> Iterator[Case]:
    """The fourth corpus, in the places of the third one."""
    return _by_kind(seed, "fourth", fourth.keys(random.Random(seed)))


def fifth_cases(seed: int) -> Iterator[Case]:
    """The fifth corpus, in the places of the third one."""
    return _by_kind(seed, "fifth", fifth.keys(random.Random(seed)))


def sixth_cases(seed: int) -> Iterator[Case]:
    """The sixth corpus, in places of its own."""
    return (Case(*made) for made in sixth.made(seed))


def clean_cases(seed: int) -> Iterator[Case]:
    """The sixth corpus's texts without a secret."""
    return (Case(*made) for made in sixth.clean(seed))


def _by_kind(seed: int, corpus: str, shown: Iterator[tuple[str, tuple[str, ...], str]]) -> Iterator[Case]:
    for group, kind, template in later.kinds(f"{corpus}.txt"):
        rng, name = random.Random(f"{seed} {corpus} {kind}"), f"{corpus} {kind}"
        half = draw.half(name)
        if group == "prose":
            for how in ("generated", "chosen", "plain"):
                made = {"generated": draw.password, "chosen": draw.chosen, "plain": _letters_and_digits}[how](rng)
                yield Case("prose", name, how, half, (made,), later.fill(template.replace("«X»", made), rng))
        elif group == "named" or (group == "tokens" and template.startswith("{")):
            setting = kind if group == "named" else f"{kind.split(maxsplit=1)[0].upper()}_API_KEY"
            for place, named in _drawn(rng, name, transcripts.NAMED_PLACES, 3):
                secret = later.fill(template, rng)
                yield Case("named", name, place, half, (secret,), named(setting, secret))
        elif group == "tokens":
            for place, wrap in _drawn(rng, name, transcripts.TOKEN_PLACES, 4):
                secrets, token = later.marked(later.fill(template, rng))
                yield Case("tokens", name, place, half, secrets or (token,), wrap(token))
        else:
            for place, wrap in (("bare", str), *_drawn(rng, name, transcripts.PLACES, 2)):
                secrets, text = later.marked(later.fill(template, rng))
                yield Case(group, name, place, half, secrets, wrap(text))
    for form, parts, text in shown:
        name = f"{corpus} key {form}"
        wrapped = _drawn(random.Random(f"{seed} {form}"), name, transcripts.PLACES, 1)
        for place, wrap in (("bare", str), *wrapped):
            yield Case("keys", name, place, draw.half(name), parts, wrap(text))


def _later_tokens(kind: str, name: str, template: str, rng: random.Random) -> Iterator[Case]:
    bare = template.startswith("{")
    for place, wrap in _drawn(rng, name, places.NAMED_PLACES if bare else places.TOKEN_PLACES, 4):
        token = later.fill(template, rng)
        text = wrap(kind.split(maxsplit=1)[0].upper() + "_API_KEY", token, rng) if bare else wrap(token, rng)
        yield Case("named" if bare else "tokens", name, place, draw.quarter(name), (token,), text)


def _tokens(seed: int) -> Iterator[Case]:
    for kind, template in tokens.SHAPED:
        rng = random.Random(f"{seed} {kind}")
        for place, wrap in _drawn(rng, kind, places.TOKEN_PLACES):
            secrets, token = _marked(draw.fill(template, rng))
            yield Case("tokens", kind, place, draw.half(kind), secrets or (token,), wrap(token, rng))


def _named(seed: int) -> Iterator[Case]:
    for kind, name, template in tokens.NAMED:
        rng = random.Random(f"{seed} {kind}")
        for place, wrap in _drawn(rng, kind, places.NAMED_PLACES):
            secret = draw.fill(template, rng)
            yield Case("named", kind, place, draw.half(kind), (secret,), wrap(name, secret, rng))


def _structures(seed: int) -> Iterator[Case]:
    for kind, template in structures.PASSAGES:
        rng = random.Random(f"{seed} {kind}")
        for place, wrap in _drawn(rng, kind, places.TEXT_PLACES, 3):
            secrets, text = _marked(draw.fill(template, rng))
            yield Case("structures", kind, place, draw.half(kind), secrets, wrap(text))
    for kind, command, template in structures.COMMANDS:
        rng = random.Random(f"{seed} {kind}")
        secrets, output = _marked(draw.fill(template, rng))
        yield Case("structures", f"command {kind}", "call", draw.half(kind), secrets, output, command)
        yield Case("structures", f"command {kind}", "terminal", draw.half(kind), secrets, f"$ {command}\n{output}\n$ ")


def _keys(seed: int) -> Iterator[Case]:
    for kind, parts, text in keys.keys(random.Random(seed)):
        rng = random.Random(f"{seed} {kind}")
        for place, wrap in _drawn(rng, kind, places.TEXT_PLACES, 3):
            yield Case("keys", kind, place, draw.half(kind), tuple(parts), wrap(text))


def _prose(seed: int) -> Iterator[Case]:
    for kind, template in prose.SENTENCES:
        rng = random.Random(f"{seed} {kind}")
        for how in ("generated", "chosen", "plain"):
            made = {"generated": draw.password, "chosen": draw.chosen, "plain": _letters_and_digits}[how](rng)
            text = template.replace("«X»", made)
            yield Case("prose", kind, how, draw.half(kind), (made,), text)


def _letters_and_digits(rng: random.Random) -> str:
    return draw.fill("{b62:10-16}", rng)


def _drawn(rng: random.Random, kind: str, all_places: tuple[Any, ...], count: int = PER_KIND) -> list[Any]:
    mine = [one for one in all_places if draw.half(one[0]) == draw.half(kind)]
    return rng.sample(mine, min(count, len(mine)))


def _marked(text: str) -> tuple[tuple[str, ...], str]:
    return tuple(_MARK.findall(text)), _MARK.sub(r"\1", text)
