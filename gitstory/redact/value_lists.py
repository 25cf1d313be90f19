# ruff: noqa: E501
"""Several values behind one name: lists of strings, and the bytes of a key as numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gitstory.redact import id_context, plausible_secret
from gitstory.redact.spans import Span

_LIST = re.compile(
    r"""\\{0,8}["'`]?[ \t]{0,4}(?:=>|[:=]){1,2}[ \t]{0,4}(?:[\w.]{1,20})?[(\[{](?:\s|\\{1,8}n){0,8}(?=\\{0,8}["'`])"""
)
_ITEM = re.compile(r"""\\{0,8}["'`](?P<value>[^\s"'`\\\x00]{6,400})\\{0,8}["'`](?:[\s,]|\\{1,8}n){0,12}""")
_BYTES = re.compile(
    r"""[\w -]{0,24}(?:\[\d{0,4}\])?\\{0,8}["']?[ \t]{0,4}(?::=|[:=])[ \t]{0,4}(?:[\w.]{0,20}[ (]{0,2}(?:\[\]\w{1,10})?)[(\[{]{1,2}\s{0,8}
    (?P<numbers>(?:0x[0-9a-f]{1,2}|\d{1,3})(?:,\s{0,8}(?:0x[0-9a-f]{1,2}|\d{1,3})){15,255})""",
    re.X | re.I,
)
_DASHED = re.compile(r"[^\n\x00\"']{0,40}[\"'](?P<numbers>(?:\\{1,4}x[0-9a-f]{2}){16,256})[\"']", re.I)
_MOST, _DISTINCT, _LINKED = 40, 8, 60
"""Items of a list; different bytes of a key; characters in which a sign says that values follow."""
_STARTS = frozenset("\\\"'`:= -_()[")
_SPREAD = re.compile(r"0x[0-9a-f]{1,2}|\d{1,3}|x[0-9a-f]{2}", re.I)


def values(text: str, end: int, kind: str, accept: Callable[[str, str], bool]) -> Iterator[Span]:
    """Strings or bytes that are listed behind the name that ends at `end`."""
    if text[end : end + 1] not in _STARTS:
        return
    behind = text[end : end + _LINKED]
    if ":" not in behind and "=" not in behind and " is" not in behind and "x" not in behind:
        return
    opening = _LIST.match(text, end)
    if opening is not None:
        yield from _strings(text, opening.end(), kind, accept)
        return
    grouped = _GROUPED.match(text, end)
    if grouped is not None and plausible_secret.unusual(grouped["value"].replace(" ", "").replace("-", "")) >= 0.35:
        yield Span(*grouped.span("value"), "token", grouped["value"], rank=3)
        return
    numbers = _BYTES.match(text, end)
    if numbers is None and "x" in text[end : end + 24]:
        numbers = _DASHED.match(text, end)
    if numbers is not None and len(set(_SPREAD.findall(numbers["numbers"]))) > _DISTINCT:
        yield Span(*numbers.span("numbers"), "private-key", numbers["numbers"], rank=3)


def _strings(text: str, at: int, kind: str, accept: Callable[[str, str], bool]) -> Iterator[Span]:
    for _ in range(_MOST):
        item = _ITEM.match(text, at)
        if item is None:
            return
        if accept(item["value"], kind):
            yield Span(*item.span("value"), "password" if kind == "password" else "token", item["value"], rank=3)
        at = item.end()


_RECOVERY = re.compile(
    r"(?:bitlocker|recovery)[\w ]{0,20}(?:key|password)[\w ]{0,12}\W{1,24}(?P<value>\d{6}(?:-\d{6}){7})", re.I
)
_GROUPED = re.compile(
    r"[ \t]{0,4}(?::|=| is)[ \t]{1,4}\\{0,4}[\"'`*]{0,3}(?P<value>[a-z2-7]{4}(?:[ -][a-z2-7]{4}){3,15})(?![A-Za-z0-9])",
    re.I,
)
"""A key to type in, in groups of four."""
_CODES = re.compile(
    r"(?:backup|recovery|scratch|emergency|rescue|2fa|mfa|two-factor)[ _-]?(?:auth(?:entication)?[ _-])?codes?\b", re.I
)
_CODE = re.compile(
    r"""(?:[\s"'`\[\]{}(),:=*•|>+-]|\\{1,8}+n|\d{1,2}[.)][ ]){1,16}+(?P<value>[A-Za-z0-9]{4,12}+(?:[- ][A-Za-z0-9]{4,12}+){0,3}+)(?![\w.:/-])"""
)


def codes(text: str, at: int) -> Iterator[Span]:
    """The codes that are listed behind "backup codes" at `at`."""
    label = _CODES.match(text, at)
    if label is None:
        key = _RECOVERY.match(text, at)
        if key is not None:
            yield Span(*key.span("value"), "private-key", key["value"], rank=3)
        return
    place = label.end()
    for _ in range(_MOST):
        code = _CODE.match(text, place)
        if code is None or not any(map(str.isdigit, code["value"])) or id_context.is_id(text, code.start("value")):
            return
        yield Span(*code.span("value"), "password", code["value"], rank=3)
        place = code.end()
