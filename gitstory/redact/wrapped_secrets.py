r"""Secrets that a terminal, a box or a mail program broke over several lines.

Two steps: a token whose shape is only whole once the lines are joined, and the rest of a secret that was found up to
the end of its line. A gap is what lies between the two parts: the line end (or `\n` written out), indentation, a
diff's or a quotation's sign, the sides of a box.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from gitstory.redact import multi_word_search, plausible_secret, random_tokens, randomness_score, token_formats
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import LONG, View
from gitstory.redact.token_body_kind import LEAST

_TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+/=:$%@-"
_SET = r"[A-Za-z0-9_.+/=:$%@-]"
_LEAD = r"[ \t]*+(?:[│┃|>+#*-][ \t]*+)?"
_GAP = re.compile(rf"\r?\n{_LEAD}(?={_SET})")
_BOX = re.compile(rf"[│┃|]\r?\n{_LEAD}(?={_SET})")
_SIDE = re.compile(rf"[ \t]{{0,200}}[│┃|]\r?\n{_LEAD}(?={_SET})")
_SPELT = re.compile(rf"\\{{1,4}}(?:r\\{{1,4}})?n{_LEAD}(?={_SET})")
_LINE_END = re.compile(
    rb"\n(?:(?<=w\n) {0,40}w{10}|(?<=w{11}\n) {0,40}w{6}|(?<=w{14}\n) {0,40}w{3}|(?<=w{18}\n) {0,40}w)"
)
"""In `View.kinds`: line ends whose two sides may make up `LONG` characters; the less behind it the more before it."""
_WRITTEN = re.compile(
    rb"\\(?:w {0,40}w{10}"
    rb"|(?<=w{10}\\)w|(?<=w{10}\\w\\)w|(?<=w{10}\\\\)w|(?<=w{10}\\\\\\)w|(?<=w{10}\\{4})w|(?<=w{10}\\\\w\\\\)w)"
)
"""In `View.solid`: line ends that are written out, one side of which is half as long as a token."""
_DOTTED = re.compile(r"(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_.-]*+\Z")
"""Where the three dotted parts of Discord's tokens may begin."""
_LONGEST = 6000


class Gap(NamedTuple):
    """`text[start:end]` separates two runs of token characters."""

    start: int
    end: int


def gaps(view: View) -> list[Gap]:
    """Line ends across which a token may go on: together the two runs are as long as a token."""
    text, kinds = view.text, view.solid
    places = {one.start() for one in _LINE_END.finditer(kinds)}
    if b"\r" in view.raw:
        places |= {at for at in view.hits(b"\r\n") if at and text[at - 1] in _TOKEN}
    gaps_ = [Gap(at, gap.end()) for at in places if (gap := _GAP.match(text, at))]
    sides = [b"|\n"] * (b"|" in view.raw) + [b"?\n"] * ("│" in text or "┃" in text)
    for side in sides:
        for at in view.hits(side):
            if text[at] in "|│┃" and (gap := _BOX.match(text, at)):
                gaps_.append(Gap(at - _blanks(text, at), gap.end()))
    for candidate in _WRITTEN.finditer(kinds) if b"\\n" in view.raw else ():
        at = candidate.start()
        if text[at + 1] != "n":
            continue
        start = at if text[at - 1 : at] in _TOKEN else at - _slashes(text, at)
        if start and _is_long(kinds, start, at + 2) and (gap := _SPELT.match(text, start)):
            gaps_.append(Gap(start, gap.end()))
    for sign in _JOINS:
        for at in view.hits(sign):
            if at and text[at - 1] in _TOKEN and (gap := _JOIN.match(text, at)):
                gaps_.append(Gap(at, gap.end()))
    return sorted(set(gaps_))


_JOINS = (b"\\\n", b'" +', b"' +", b'"\n', b"'\n")
multi_word_search.register(_JOINS)
_JOIN = re.compile(rf"""\\\r?\n[ \t]{{0,40}}(?={_SET})|["'](?:[ ]\+(?:[ ]|\s{{1,40}})|\n[ \t]{{0,40}})["'](?={_SET})""")
"""A line that goes on below, and two strings that are put together."""


def _is_long(kinds: bytes, start: int, end: int) -> bool:
    """Whether the runs before `start` and behind `end` and what leads its line make up a token, quickly."""
    before = kinds[max(0, start - LONG) : start]
    length = len(before) - len(before.rstrip(b"w"))
    if not length:
        return False
    after = kinds[end : end + 80].lstrip(b" ")
    return length + len(after) - len(after.lstrip(b"w")) >= LONG


def _gap_at(text: str, at: int) -> Gap | None:
    """The gap that begins at `at`, however short the runs on its sides are."""
    first = text[at : at + 1]
    if first in ("\n", "\r"):
        gap = _GAP.match(text, at)
    elif first == "\\":
        gap = _SPELT.match(text, at)
    else:
        gap = _SIDE.match(text, at) if first else None
    return Gap(at, gap.end()) if gap else None


def _slashes(text: str, at: int) -> int:
    head = text[max(0, at - 7) : at].removesuffix("\\r")
    return at - max(0, at - 7) - len(head.rstrip("\\"))


def _blanks(text: str, at: int) -> int:
    head = text[max(0, at - 200) : at]
    return len(head) - len(head.rstrip(" \t"))


def _tail(text: str, end: int) -> int:
    """How many token characters end at `end`."""
    head = text[max(0, end - 400) : end]
    return len(head) - len(head.rstrip(_TOKEN))


def _head(text: str, start: int) -> int:
    run = text[start : start + 400]
    return len(run) - len(run.lstrip(_TOKEN))


def find(text: str, between: list[Gap]) -> Iterator[Span]:
    """Tokens that are whole only when joined; one span a line, the first one counted."""
    ended, left = -1, _PATIENCE * len(text) + 50_000
    for gap in between:
        if gap.start < ended:
            continue
        signed = Gap(gap.start, gap.end - 1) if text[gap.end - 1] in "+-" and text[gap.end] not in "+-" else None
        for gap_ in (gap, signed) if signed else (gap,):
            spans, cost, reached = _broken(text, gap_)
            left -= cost
            yield from spans
            if spans or left < 0:
                ended = max(spans[-1].end if spans else 0, reached if left < 0 else 0)
                break


_PATIENCE = 4
"""How often a text's characters may be joined anew; from then on what was joined once is not begun in its middle."""


def _broken(text: str, gap: Gap) -> tuple[list[Span], int, int]:
    """What is whole only across `gap`, what it cost to see that, and where the last run that was joined begins."""
    before, after = _tail(text, gap.start), _head(text, gap.end)
    if before + after < LONG or before < 2:
        return [], 0, 0
    start = gap.start - before
    if before >= LONG and text[start : gap.start] == text[start] * before:
        return [], 0, 0
    prefixed = _holds_prefix(text[start : gap.start], text[gap.end : gap.end + min(after, 40)])
    dotted = before + after >= 40 and (
        (text.count(".", start, gap.end + after) > 1 and _DOTTED.search(text, start, gap.start) is not None)
        or text.find(":AA", start, gap.end + 9) > 0
    )
    unlisted = text[gap.end].isalnum() and _may_be_unlisted(text[start : gap.start], text[gap.end : gap.end + after])
    if not prefixed and not dotted and not unlisted:
        return [], 0, 0
    joined, pieces = _join(text, start, gap)
    spans = [*_shaped(joined, pieces)] if prefixed else []
    cost = len(joined) + 20 * len(pieces)
    spans += _unprefixed(joined, pieces)
    if unlisted and not spans:
        spans += _unlisted(joined, pieces)
    return spans, cost, pieces[-2][0]


_HEADED = re.compile(
    r"(?:.*[^A-Za-z0-9_.-])?(?P<token>[A-Za-z][A-Za-z0-9]{1,11}(?:[_-][a-z0-9]{2,8}){0,2}[_.-][A-Za-z0-9_-]{4,200})"
)
_BODY = re.compile(r"[A-Za-z0-9]{4,}")


@lru_cache(maxsize=1 << 12)
def _may_be_unlisted(before: str, after: str) -> bool:
    """Whether a token that no table has can be broken here: a prefix and drawn characters, and more of them below."""
    headed = _HEADED.fullmatch(before[-200:])
    if headed is None or _BODY.match(after) is None:
        return False
    last = re.split("[_.-]", headed["token"])[-1]
    first = after[: _BODY.match(after).end()]  # type: ignore[union-attr]
    return _is_part(last) and _is_part(first)


def _is_part(word: str) -> bool:
    """Whether a word looks like a piece of a random string, by its digits or by its letters."""
    mixed = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    return mixed or randomness_score.odds(word) >= _BITS_PART


_BITS_PART = 8


def _unlisted(joined: str, pieces: list[tuple[int, int]]) -> Iterator[Span]:
    """A random string behind a prefix that is broken once or more."""
    width = pieces[1][1]
    start = width - len(_HEADED.fullmatch(joined[max(0, width - 200) : width])["token"])  # type: ignore[index]
    run = _RUN.match(joined, start)
    if run is None or (drawn := random_tokens.token(run[0])) is None or not drawn.head or drawn.kind == "uuid":
        return
    if start + drawn.end > width and drawn.end - len(drawn.head) >= LEAST:
        yield from _place(run, "token", pieces)


_RUN = re.compile(r"[A-Za-z0-9_.-]{20,400}")


@lru_cache(maxsize=1 << 14)
def _holds_prefix(before: str, after: str) -> bool:
    """Whether a token could begin in the two, joined; the same lines come again and again."""
    return token_formats.after_sign().search(f" {before}{after}") is not None


def _unprefixed(joined: str, pieces: list[tuple[int, int]]) -> Iterator[Span]:
    for rule, pattern in token_formats.UNPREFIXED:
        match = pattern.search(joined)
        if match and match.end() > pieces[1][1] > match.start() and plausible_secret.is_random(match[0]):
            yield from _place(match, rule, pieces)


_OFFSET = itemgetter(1)


def _join(text: str, start: int, first: Gap) -> tuple[str, list[tuple[int, int]]]:
    """The runs from `start` on as one, and for each run its place: (start in the text, start in the joined)."""
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    at, length = start, 0
    while length < _LONGEST:
        end = at + _head(text, at)
        pieces.append((at, length))
        parts.append(text[at:end])
        length += end - at
        gap = first if end == first.start else _gap_at(text, end)
        if gap is None:
            break
        at = gap.end
    pieces.append((-1, length))
    return "".join(parts), pieces


def _shaped(joined: str, pieces: list[tuple[int, int]]) -> Iterator[Span]:
    for shape, match in _tokens(joined):
        first_end = pieces[bisect_right(pieces, match.start(), key=_OFFSET)][1]
        if match.end() > first_end and shape.pattern.fullmatch(joined[match.start() : first_end]) is None:
            yield from _place(match, shape.rule, pieces)


@lru_cache(maxsize=1 << 8)
def _tokens(joined: str) -> tuple[tuple[token_formats.Shape, re.Match[str]], ...]:
    """The tokens by shape in joined runs, not overlapping; the same lines come again and again."""
    tokens, at = [], 0
    while (hit := token_formats.any_prefix().search(joined, at)) is not None:
        shape_and_match = token_formats.at_prefix(joined, hit.start(), hit[0])
        if shape_and_match is None:
            at = hit.start() + 1
            continue
        tokens.append(shape_and_match)
        at = shape_and_match[1].end()
    return tuple(tokens)


def _place(match: re.Match[str], rule: str, pieces: list[tuple[int, int]]) -> Iterator[Span]:
    more = False
    first = bisect_right(pieces, match.start(), key=_OFFSET) - 1
    last = bisect_left(pieces, match.end(), first, key=_OFFSET)
    for (place, offset), (_, after) in itertools.pairwise(pieces[first : last + 1]):
        start, end = max(offset, match.start()), min(after, match.end())
        if start < end and match[0][start - match.start() : end - match.start()].strip("._=-"):
            yield Span(place + start - offset, place + end - offset, rule, match[0], more=more)
            more = True


def continue_spans(text: str, spans: list[Span]) -> Iterator[Span]:
    """What of a found secret stands at the beginning of the following lines."""
    crossed = set[int]()
    for span in spans:
        if span.literal is not None or span.end - span.start < 12 or span.rule in ("email", "host", "private-key"):
            continue
        gap, width = _gap_at(text, span.end), 0
        while gap is not None and width < _LONGEST and gap.start not in crossed:
            run = _head(text, gap.end)
            if not _continues(text[gap.end : gap.end + run], text[span.start : span.end]):
                break
            crossed.add(gap.start)
            yield Span(gap.end, gap.end + run, span.rule, span.secret, span.rank, more=True)
            width += run
            gap = _gap_at(text, gap.end + run)


@lru_cache(maxsize=1 << 10)
def _continues(run: str, first: str) -> bool:
    """Whether a run looks like the same random string going on: digits among letters, or letters that form no word."""
    if len(run) < 3 or not any(map(str.isalnum, run)) or plausible_secret.is_plain(run):
        return False
    if plausible_secret.is_hex(run) and len(run) >= 8:
        return any(map(str.isdigit, run)) and any(map(str.isalpha, run))
    if plausible_secret.is_hex(first):
        return plausible_secret.is_hex(run)
    if len(run) >= 16:
        return plausible_secret.is_random(run)
    digits = any(map(str.isdigit, run)) and any(map(str.isalpha, run)) and not run.startswith(("-", "/", "."))
    return (digits and "_" not in run and plausible_secret.unusual(run) >= 0.3) or (
        len(run) >= 5 and plausible_secret.unusual(run) >= 0.6 and not run.islower() and not run.isupper()
    )
