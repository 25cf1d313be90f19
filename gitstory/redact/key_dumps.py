"""Private keys byte by byte: as arrays in code, as dumps in hexadecimal, decimal and octal numbers, row by row.

Numbers that stand beside each other in one notation are read as bytes, whatever stands around the rows. They are
hidden where the bytes are those of a private key or spell a secret, and where what stands before names a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gitstory.redact import multi_word_search
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View, places


class Notation(NamedTuple):
    """What to search for in `_SHAPES` (`0x` in the text), what a row of numbers is, and in which base they are."""

    sign: bytes
    row: re.Pattern[str]
    base: int


def _rows_of(item: str, between: str, least: int = 4) -> str:
    return rf"{item}(?:{between}{item}){{{least - 1},6000}}"


_HEX = "[0-9a-fA-F]"
_BYTE, _WORD, _HALF = (rf"(?<!{_HEX}){_HEX}{{{size}}}(?!{_HEX})" for size in (2, 8, 4))
_NOTATIONS = (
    Notation(b"0x", re.compile(_rows_of(rf"(?:\(byte\)[ ]?)?0x{_HEX}{{1,2}}(?!{_HEX})", "[,;]?[ ]{0,3}")), 16),
    Notation(b"hh hh hh hh hh hh hh hh", re.compile(_rows_of(_BYTE, "[ ]{1,2}")), 16),
    Notation(b"hh:hh:hh:hh:hh:hh:hh:hh", re.compile(_rows_of(_BYTE, ":")), 16),
    Notation(b"hhhhhhhh hhhhhhhh hhhhhhhh", re.compile(_rows_of(_WORD, "[ ]{1,2}", 3)), 16),
    Notation(b"hhhh hhhh hhhh hhhh hhhh hhhh", re.compile(_rows_of(_HALF, "[ ]{1,2}")), 16),
    Notation(b"h" * 32, re.compile(rf"(?<![0-9a-zA-Z])(?:n|0?[xX])?{_HEX}{{32,9600}}(?![0-9a-zA-Z])"), 16),
    Notation(b"\\xhh\\xhh\\xhh\\xhh", re.compile(rf"(?:\\{{1,4}}x{_HEX}{{2}}){{4,6000}}"), 16),
    Notation(b"\\\\xhh\\\\xhh\\\\xhh", re.compile(rf"(?:\\{{1,4}}x{_HEX}{{2}}){{4,6000}}"), 16),
    Notation(b"\\hhh\\hhh\\hhh\\hhh", re.compile(r"(?:\\{1,4}[0-3][0-7]{2}){4,6000}"), 8),
    Notation(b"", re.compile(_rows_of(r"(?<![\d.])-?\d{1,3}(?:u8)?(?![\d.])", "(?:[ ]{1,3}|[,;][ ]{0,3})", 8)), 10),
)
"""Decimal numbers are searched for behind an opening bracket."""
multi_word_search.register((b"0x",))
_SHAPES = bytes(ord("h") if chr(code) in "0123456789abcdefABCDEF" else code for code in range(256))
_BRACKET = re.compile(rb"[\[{(](?=[ ]?-?\d|\r?\n|\\)")
"""With the first digit, or the line end behind it."""
_DECIMALS = bytes(
    ord("d") if chr(code) in "0123456789" else ord("s") if chr(code) in " ,;-u" else ord(".") for code in range(256)
)
_EIGHT = re.compile(rb"ds{1,4}(?:d{1,3}s{1,4}){6}d")
"""In the text translated by `_DECIMALS`: eight numbers in a row, without which there is no array of them."""
_DIGITS = re.compile(rf"{_HEX}+")
_NUMBER = re.compile(r"(?<![0-9a-z])-?\d+")
_NUMBERS = re.compile(
    r"(?:\\{1,8}[nr]){0,2}\s{0,12}(?:\d{1,6}[|:\t→])?[ ]{0,12}\d{1,3}(?:u8)?(?:[ ]{1,3}|[,;][ ]{0,3})"
    r"-?\d{1,3}(?:u8)?[ ,;]"
)
"""How an array of decimal numbers begins."""
_FAR, _NEAR, _MOST_ROWS, _LONGEST = 160, 8, 900, 48_000
"""How far behind and before a place its row may begin; rows, and characters of them, at most."""
_PRIVATE = re.compile(
    r"30(?:82[0-9a-f]{4}|81[0-9a-f]{2}|[2-7][0-9a-f])(?:02010[0-3](?=02|04|30)|30[0-9a-f]{2}06092a864886f70d0105)"
    r"|6f70656e7373682d6b65792d7631"
)
"""PKCS#1, SEC 1 and PKCS#8, PKCS#8 with a password, OpenSSH's header."""
_PACKET, _SHORTEST_PACKET = re.compile(r"9[4-7][0-9a-f]{2,8}04[3-9][0-9a-f]{7}"), 64
"""OpenPGP's packet of a secret key, and its bytes; so little says little of ids, which are shorter."""
_NAMED = re.compile(
    r"(?:key|secret|seed|priv|psk|salt)\w{0,12}[\"'\])]{0,3}[ \t]{0,3}(?:[:=][^\n=:]{0,24}|\([^\n()]{0,24})\Z", re.I
)
_PRINTED_BEFORE = re.compile(r"OCTET STRING[ ]{1,8}\[HEX DUMP\]:\Z|ciphertext[\"'\\]{1,6}:[ \\\"']{1,6}\Z")
"""Before what openssl prints of a private key, and before the key in the file of a wallet."""
_PUBLIC = re.compile(r"pub|modulus|finger|serial|signature|issuer|cert|cache|map", re.I)


def find(view: View, plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    """`plain` finds secrets in what the bytes spell."""
    shapes = view.raw.translate(_SHAPES)
    for notation in _NOTATIONS:
        done = 0
        for at in _places(view, shapes, notation):
            if at < done:
                continue
            rows = list(_rows(view.text, at, notation))
            done = rows[-1].end() if rows else at + 1
            yield from _judged(view.text, rows, notation, plain)
    yield from _literals(view, plain)


def _places(view: View, shapes: bytes, notation: Notation) -> Iterator[int]:
    if notation.sign == b"0x":
        yield from view.hits(notation.sign)
    elif notation.sign:
        yield from places(shapes, notation.sign)
    else:
        yield from _brackets(view)


def _brackets(view: View) -> Iterator[int]:
    """Where numbers begin behind a bracket that has eight of them in a row not far behind it."""
    done = 0
    for numbers in _EIGHT.finditer(view.raw.translate(_DECIMALS)):
        first = max(done, numbers.start() - _FAR - _NEAR)
        done = max(done, numbers.end() + 2 * _NEAR)
        for bracket in _BRACKET.finditer(view.raw, first, done):
            if _NUMBERS.match(view.text, bracket.end()):
                yield bracket.end()


def _rows(text: str, at: int, notation: Notation) -> Iterator[re.Match[str]]:
    """The rows of numbers from `at` on, each in the line below the one before."""
    row = _row(text, max(0, at - _NEAR), at, notation)
    for _ in range(_MOST_ROWS):
        if row is None or row.start() - at > _LONGEST:
            return
        yield row
        end = row.end()
        row = _row(text, end, end, notation)
        if row is None or (notation.base == 10 and row.start() - end > 24):
            return


def _row(text: str, first: int, at: int, notation: Notation) -> re.Match[str] | None:
    """The row that begins at `first` or not far behind `at`, as long as it is."""
    begun = notation.row.search(text, first, at + _FAR)
    return notation.row.match(text, begun.start()) if begun is not None else None


def _judged(
    text: str, rows: list[re.Match[str]], notation: Notation, plain: Callable[[str], list[Span]]
) -> Iterator[Span]:
    data = b"".join(_bytes(row[0], notation) for row in rows)
    if len(data) < 16:
        return
    if notation.sign.startswith(b"hhhh hhhh") and _PRIVATE.match(_swapped(data[:32]).hex()):
        data = _swapped(data)
    if all(text[row.start() - 1 : row.start()] == ":" for row in rows):
        recorded = b"".join(_bytes(row[0], notation)[_RECORD:] for row in rows)
        data = recorded if _PRIVATE.match(recorded[:32].hex()) else data
    named = len(set(data)) >= 10 and notation.base != 8 and len(rows) <= 8 and _is_named(text, rows[0].start())
    printed = (
        len(data) >= 30 and _PRINTED_BEFORE.search(text, max(0, rows[0].start() - 60), rows[0].start()) is not None
    )
    if not printed and not (named and len(_DIGITS.findall(rows[0][0])) >= 16) and not _is_secret(data, plain):
        return
    for number, row in enumerate(rows):
        yield Span(row.start(), row.end(), "private-key", data[:40].hex(), rank=2, more=number > 0)


def _is_named(text: str, start: int) -> bool:
    head = text[max(0, start - 70) : start]
    named = _NAMED.search(head)
    return named is not None and _PUBLIC.search(head, max(0, named.start() - 16)) is None


def _is_secret(data: bytes, plain: Callable[[str], list[Span]]) -> bool:
    begin = data[:32].hex()
    if _PRIVATE.match(begin) or (len(data) >= _SHORTEST_PACKET and _PACKET.match(begin)):
        return True
    if b"PRIVATE KEY" in data or data.startswith(b"openssh-key-v1"):
        return True
    if not all(32 <= byte < 127 or byte in b"\r\n\t" for byte in data):
        return False
    spans = plain(data.decode("ascii"))
    return any(span.literal is None and span.rule not in ("email", "host") for span in spans)


_RECORD = 4
"""Bytes that lead each row of a file for programming chips: its length, address and kind, behind a colon."""


def _swapped(data: bytes) -> bytes:
    """As words of two bytes show them on most machines."""
    return bytes(data[at ^ 1] for at in range(len(data) // 2 * 2))


def _literals(view: View, plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    """Strings of bytes in code, in which printable ones stand as they are."""
    text, done = view.text, 0
    for at in view.hits(b"\\x"):
        if at < done:
            continue
        done = at + 1
        head = text[max(0, at - 300) : at]
        quote = max(head.rfind("b'"), head.rfind('b"')) + 1
        if not quote or "\n" in head[quote:]:
            continue
        start = at - len(head) + quote + 1
        end = _closing(text, head[quote], start)
        if end - start < 24:
            continue
        done = end
        if _is_secret(_unescaped(text[start:end]), plain):
            yield Span(start, end, "private-key", text[start:end][:400], rank=2)


def _closing(text: str, quote: str, start: int) -> int:
    """Where the literal from `start` on is closed, -1 where it is not."""
    end = text.find(quote, start, start + _LONGEST)
    while end > 0 and text[end - 1] == "\\":
        end = text.find(quote, end + 1, start + _LONGEST)
    return end


_ESCAPE = re.compile(rf"\\{{1,4}}(?:x({_HEX}{{2}})|(.))", re.S)


def _unescaped(literal: str) -> bytes:
    """The bytes of the inside of a literal, whose backslashes may be doubled."""
    signs = {"n": "\n", "r": "\r", "t": "\t"}
    text = _ESCAPE.sub(lambda sign: chr(int(sign[1], 16)) if sign[1] else signs.get(sign[2], sign[2]), literal)
    return text.encode("latin-1", "replace")


def _bytes(row: str, notation: Notation) -> bytes:
    if notation.base == 10:
        return bytes(number & 255 for number in map(int, _NUMBER.findall(row)) if -129 < number < 256)
    if notation.base == 8:
        return bytes(int(one[-3:], 8) for one in re.findall(r"[0-7]{3}", row))
    digits = row.replace("(byte)", "").replace("0x", " ").replace("0X", " ").replace("\\", " ").replace("x", " ")
    parts = _DIGITS.findall(digits)
    joined = "".join(part if len(part) % 2 == 0 else "0" + part for part in parts)
    return bytes.fromhex(joined)
