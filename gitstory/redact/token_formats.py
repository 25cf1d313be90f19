"""Tokens that say what they are: a fixed prefix and a body of known alphabet and length (see `token_format_table`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from gitstory.redact import multi_word_search, plausible_secret, random_tokens, unprefixed_tokens
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View
from gitstory.redact.token_format_table import TABLE


@dataclass(frozen=True)
class Shape:
    """One prefix of one row of the table. Its expression is compiled when the prefix is first met: 200 take 60 ms."""

    rule: str
    prefix: str
    body: str
    context: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.prefix) + self.body)


def _parse(table: str) -> list[Shape]:
    shapes = []
    for row in filter(None, map(str.strip, table.splitlines())):
        rule, rest = row.split("|", 1)
        prefixes, rest = rest.split("|", 1)
        body, context = rest.rsplit("|", 1)
        for prefix in prefixes.split():
            shapes.append(Shape(rule.strip(), prefix, body.strip(), context.strip()))
    return shapes


def _published(listing: str) -> list[Shape]:
    rows = [row.split("\t") for row in listing.splitlines() if row and not row.startswith("#")]
    return [Shape(service, prefix, body, context) for service, prefix, body, context, _ in rows]


SHAPES = _parse(TABLE) + _published(Path(__file__).with_name("tokens.tsv").read_text(encoding="ascii"))
"""Our own table first, then what other scanners know (`.ci/token-rules` makes the file)."""
BROKEN = tuple(
    (shape, shape.prefix.encode())
    for shape in SHAPES
    if shape.context != "J"
    and (
        shape.context == "B" or re.search(r"[^A-Za-z0-9_.-]", shape.prefix) or re.match(r"[^{]{0,40}\[\+?/", shape.body)
    )
)
"""Shapes whose beginning may not lie in one run of `view.WORDS`."""
_BROKEN_LOW = tuple(dict.fromkeys(prefix.lower() for _, prefix in BROKEN))
multi_word_search.register((b":AA", *(prefix for _, prefix in BROKEN)))

_LEFT_OUT = re.compile(r"\Z|\n?\x00|\s{0,2}(?:\[?\.\.\.|\[?…|<.{0,20}(?:truncated|omitted))")
_WHOLE = tuple(shape for shape in SHAPES if shape.context != "J" and shape not in dict(BROKEN))
_SIGN = re.compile(r"(?:^|\n|\\n|[ \t\"'=(\[{])(?:<?!?--?|_)\Z|<!--\Z|-\d{1,6}-\Z")
"""What leads a line of a diff, a comment or a stressed word."""
_ESCAPE = re.compile(
    r"(?:\\[nrtbfv]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|(?:\x1b|\\u001b|\\x1b|\\033|\\e|\^\[)\[[0-9;]*m|\^[IM])\Z"
)


def _trie(words: list[str]) -> str:
    """One alternation in which no two branches begin alike, so that a miss costs a look at one character."""
    heads: dict[str, list[str]] = {}
    for word in words:
        heads.setdefault(word[:1], []).append(word[1:])
    branches = []
    for head, tails in sorted(heads.items()):
        if not head:
            continue
        more = [tail for tail in tails if tail]
        inner = _trie(more) if more else ""
        branches.append(re.escape(head) + (f"(?:{inner})" + "?" * ("" in tails) if more else ""))
    return "|".join(branches)


_CHOICE = _trie([shape.prefix for shape in _WHOLE])


@cache
def prefixes() -> re.Pattern[str]:
    """Those of shapes that lie in one run; like the others compiled when first needed, which takes 20 ms each."""
    return re.compile(_CHOICE)


@cache
def _inner() -> re.Pattern[str]:
    return re.compile(rf"[._-]({_CHOICE})")


@cache
def any_prefix() -> re.Pattern[str]:
    """The prefix of any shape."""
    return re.compile(_trie([shape.prefix for shape in SHAPES]))


@cache
def after_sign() -> re.Pattern[str]:
    """For a quick look: a prefix behind anything but a letter or digit."""
    return re.compile(rf"[^A-Za-z0-9](?:{any_prefix().pattern})")


_BY_PREFIX = {
    whole.prefix: tuple(shape for shape in SHAPES if whole.prefix.startswith(shape.prefix)) for whole in SHAPES
}


def begins_word(text: str, at: int) -> bool:
    """Whether a word can begin at `at`: also behind an escape sequence whose last letter only looks like a word."""
    before = text[max(0, at - 20) : at]
    if not before or not before[-1].isascii() or not (before[-1].isalnum() or before[-1] in "_-"):
        return True
    if before[-1] in "_-" and (not before[-2:-1].isalpha() or before[-2] == "n") and _SIGN.search(before):
        return True
    return _ESCAPE.search(before) is not None


def at_prefix(text: str, at: int, prefix: str) -> tuple[Shape, re.Match[str]] | None:
    """The longest shape that matches at `at`, where `prefix` (one that `prefixes` found) stands."""
    best: tuple[Shape, re.Match[str]] | None = None
    for shape in _BY_PREFIX[prefix]:
        match = shape.pattern.match(text, at)
        if match and (best is None or match.end() >= best[1].end()) and _credible(shape, match, text):
            best = (shape, match)
    return best


def _credible(shape: Shape, match: re.Match[str], text: str) -> bool:
    value = match[0]
    if plausible_secret.is_blank(value[len(shape.prefix) :]):
        return False
    if shape.context != "S" and not begins_word(text, match.start()):
        return False
    if shape.context == "R":
        return plausible_secret.is_random(value[len(shape.prefix) :])
    return True


LEADS = frozenset("\\%[;^")
"""What an escape sequence begins with, or a part of one; the letters behind it are not yet the token's."""


@lru_cache(maxsize=1 << 14)
def is_dull(run: str) -> bool:
    """Whether a run of `View.runs` holds no token wherever it stands: most are ids, paths and names, and come again."""
    if run.isalnum() and not plausible_secret.is_hex(run):
        return run.isalpha() and prefixes().match(run) is None and random_tokens.token(run) is None
    if (
        prefixes().match(run)
        or _inner().search(run)
        or unprefixed_tokens.has_sign(run)
        or random_tokens.token(run) is not None
    ):
        return False
    return run.count(".") < 2 or not _DISCORD.search(run)


def find_in_run(text: str, start: int, end: int) -> Iterator[Span]:
    """Tokens in a run of `View.runs`: at its start and behind its dots, dashes and underscores.

    Where an escape sequence leads the run (`\\n`, `%3D`, a colour) they may begin anywhere in its first letters.
    """
    hit = prefixes().match(text, start)
    if hit is None and start and text[start - 1] in LEADS:
        hit = prefixes().search(text, start, min(end, start + 40))
        hit = hit if hit and hit.start() - start <= 8 else None
    place = hit.span() if hit else None
    at = start
    while True:
        if place is not None:
            shape_and_match = at_prefix(text, place[0], text[place[0] : place[1]])
            if shape_and_match is not None:
                shape, match = shape_and_match
                yield Span(match.start(), match.end(), shape.rule, match[0])
                at = match.end() - 1
            elif (cut := _cut_off(text, place[0], place[1], end)) is not None:
                yield cut
                return
        inner = _inner().search(text, at, end)
        if inner is None:
            return
        place, at = inner.span(1), inner.start() + 1


def _cut_off(text: str, start: int, body: int, end: int) -> Span | None:
    """A token whose rest was left out: it reaches the end of the text, or a notice that something is missing."""
    if not 8 <= end - body <= 300 or not _LEFT_OUT.match(text, end):
        return None
    shape = next((one for one in _BY_PREFIX[text[start:body]] if one.context == "S"), None)
    return (
        None
        if shape is None
        else Span(start, end, shape.rule, text[start:end])
        if plausible_secret.is_random(text[body:end], 8)
        else None
    )


def find_broken(view: View) -> Iterator[Span]:
    """Tokens whose prefix holds characters outside `view.WORDS`."""
    text = view.text
    present = frozenset(view.present(_BROKEN_LOW))
    for shape, prefix in BROKEN:
        for at in view.hits(prefix) if prefix.lower() in present else ():
            match = shape.pattern.match(text, at)
            if match and _credible(shape, match, text):
                yield Span(match.start(), match.end(), shape.rule, match[0])
    for at in view.hits(b":AA"):
        match = _TELEGRAM.search(text, max(0, at - 10), at + 37)
        if match and begins_word(text, match.start()):
            yield Span(match.start(), match.end(), "telegram-token", match[0])


_TELEGRAM = re.compile(r"\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])")
_DISCORD = re.compile(r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}(?![A-Za-z0-9_-])")

UNPREFIXED = (("telegram-token", _TELEGRAM), ("discord-token", _DISCORD))


def whole_run(text: str, start: int, end: int) -> Span | None:
    """A token without a prefix (Discord's three dotted parts) in a run of `View.runs`."""
    if text.count(".", start, end) < 2:
        return None
    match = _DISCORD.search(text, start, end)
    if match and begins_word(text, match.start()) and plausible_secret.is_random(match[0]):
        return Span(match.start(), match.end(), "discord-token", match[0])
    return None
