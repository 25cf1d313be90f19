r"""Tokens that are spelled out: `g h p _ ...`, `&#103;&#104;`, `\x67\x68`, `%67%68`, full-width letters, UTF-16.

What is spelled is put together and searched like any other text; all of its spelling is hidden where that holds a
secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View, stretches

_ENTITIES = re.compile(r"&#(?:\d{2,3}|x[0-9a-fA-F]{2});(?:&#(?:\d{2,3}|x[0-9a-fA-F]{2});){15,4000}")
_BYTES = (
    (re.compile(rb"\\(?=x[0-9a-fA-F]{2})"), re.compile(r"\\x[0-9a-fA-F]{2}(?:\\{1,4}x[0-9a-fA-F]{2}){15,4000}")),
    (re.compile(rb"\\(?=u00[0-9a-fA-F]{2})"), re.compile(r"\\u00[0-9a-fA-F]{2}(?:\\{1,4}u00[0-9a-fA-F]{2}){15,4000}")),
    (re.compile(rb"%(?=[0-9a-fA-F]{2}%)"), re.compile(r"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2}){15,4000}")),
    (re.compile(rb"=(?=[0-9A-F]{2}=)"), re.compile(r"=[0-9A-F]{2}(?:=[0-9A-F]{2}){15,4000}")),
)
"""Bytes in hexadecimal, as programs, addresses and mails write them, each with how it begins: a search for one
character, which is quick."""
_ENTITY = re.compile(r"&#(x?[0-9a-fA-F]+);")
_PAIR = re.compile(r"([0-9a-fA-F]{2})(?![0-9a-fA-F])")
_APART = re.compile(
    r"(?<![^\s\x00\"'`(=:])[!-~](?:([ \x00\u200b\u2060\ufeff])[!-~])(?:\1[!-~]){14,400}(?![!-~](?<![\"'`)>]))"
)
"""Single characters, each followed by the same blank."""
_ALTERNATING = b"w " * 8
"""In `View.kinds`."""
_INSIDE = re.compile("[!-~]{2,80}(?:[\u200b\u200c\u200d\u2060\ufeff\u00ad][!-~]{1,80}){1,80}")
"""A word with characters in it that cannot be seen."""
_HIDDEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_OUTSIDE = 16
"""So many characters outside ASCII in a row."""
_FULL_WIDTH = re.compile("[！-～]{16,400}")


def find(view: View, plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    """`plain` finds secrets in what is spelled."""
    for start, end, spelled in _runs(view):
        secrets = [span for span in plain(spelled) if span.literal is None and span.rule not in ("email", "host")]
        if secrets:
            best = min(secrets, key=lambda span: span.rank)
            yield Span(start, end, best.rule, best.secret, rank=best.rank)


def _runs(view: View) -> Iterator[tuple[int, int, str]]:
    text = view.text
    for run in _ENTITIES.finditer(text) if b"&#" in view.raw else ():
        yield run.start(), run.end(), "".join(map(_entity, _ENTITY.findall(run[0])))
    for begin, pattern in _BYTES:
        for run in pattern.finditer(text) if begin.search(view.raw) else ():
            yield run.start(), run.end(), _hexadecimal(run[0])
    at = view.kinds.find(_ALTERNATING)
    while at >= 0:
        apart = next(filter(None, (_APART.match(text, start) for start in range(at, at + 5))), None)
        if apart is not None:
            yield apart.start(), apart.end(), apart[0][::2]
        at = view.kinds.find(_ALTERNATING, apart.end() if apart is not None else at + len(_ALTERNATING))
    if not text.isascii():
        for outside in stretches(view.raw, _OUTSIDE, b"?"):
            for run in _FULL_WIDTH.finditer(text, *outside):
                yield run.start(), run.end(), "".join(chr(ord(char) - 0xFEE0) for char in run[0])
        if any(char in text for char in _INVISIBLE):
            for run in _with_hidden(text):
                yield run.start(), run.end(), _HIDDEN.sub("", run[0])


def _with_hidden(text: str) -> Iterator[re.Match[str]]:
    done = 0
    for hidden in _HIDDEN.finditer(text):
        at = hidden.start()
        head = text[max(done, at - 80) : at]
        run = _INSIDE.match(text, at - len(head) + len(_NOT_SHOWN.match(head)[0])) if at >= done else None  # type: ignore[index]
        if run is not None:
            done = run.end()
            yield run


_NOT_SHOWN = re.compile(r"(?s:.*[^!-~])?")
"""Up to the last character that is no part of a word."""


def _entity(number: str) -> str:
    value = int(number[1:], 16) if number.startswith("x") else int(number) if number.isdigit() else 0
    return chr(value) if 31 < value < 127 else "\x00"


def _hexadecimal(run: str) -> str:
    return "".join(chr(int(pair, 16)) if 0x1F < int(pair, 16) < 0x7F else "\x00" for pair in _PAIR.findall(run))
