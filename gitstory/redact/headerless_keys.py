# ruff: noqa: E501
"""Private keys that no BEGIN line announces: their base64 alone, JWK, OpenVPN, and what openssl prints of them.

The first bytes say what it is: ASN.1 of PKCS#1, PKCS#8 and SEC 1, and OpenSSH's own header, which begin every such key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from gitstory.redact import multi_word_search, prefixed_base64_rows
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View, stretches

_BEGINNINGS = (
    "MII",
    "MIG",
    "MIH",
    "MC4CAQAwBQYDK2V",
    "MHcCAQEE",
    "b3BlbnNzaC1rZXktdjEA",
    "LS0tLS1CRUdJTi",
    "lQ",
    "lI",
    "lF",
)
_SIGN = r"(?:[A-Za-z0-9+/]|\\{1,8}/)"
"""A character of base64; some programs write a slash with a backslash before it."""
_BEGINNING = re.compile(
    r"""MI[IJ]S{2}[AQgw]IBA(?:AK|DAN)|MI[GH]S{1,2}S?(?:IBAAKB|AgEAM[BF]|AgEBB[CDE]|CAQEE)|M[A-I]S{1,2}AgEAMB
    |MI[IJKL]S{2}[AQgw]IBAzCC|MI[A-Z]S{1,12}BgkqhkiG9w0BBQ[0w]|MC4CAQAwBQYDK2V|MHcCAQEE|b3BlbnNzaC1rZXktdjEA|l[QIF]S{1,2}B[EFGH]S{40}|LS0tLS1CRUdJTi(?P<head>S{20,46})""".replace(
        "S", _SIGN
    ),
    re.X,
)
"""RSA and DSA, PKCS#8, EC, encrypted PKCS#8, Ed25519, SEC 1, OpenSSH, and a PEM file that was encoded as a whole."""
_RUN = re.compile(rf"{_SIGN}{{16,20000}}={{0,2}}")
_ADDRESS_RUN = re.compile(r"[A-Za-z0-9_-]{40,20000}")
"""As base64 is written for addresses."""
_GOES_ON = re.compile(
    r"""(?:\r?\n[ \t]*(?:\d{1,6}(?:→|[ \t]?[|:│]|\t|[ \t]{2,}))?[ \t>|│*#"'`-]{0,12}|\\{1,8}n\\{0,8}",(?:\r?\n|\\{1,8}n)?[ \t]{0,40}\\{0,8}"|["', \t]{0,6}\\{1,8}(?:r\\{1,8})?n["' \t]{0,6}(?:\d{1,6}(?:→|\\{1,8}t|[ ]?[|:│])[ ]{0,2})?|[ ])
    (?P<row>(?:[A-Za-z0-9+/]|\\{1,8}/){4,200}={0,2}|[A-Za-z0-9+/]{2,3}={1,2})(?=[\s"'`\\,;)│|<]|\Z)""",
    re.X,
)
_JWK = re.compile(
    r"\\{0,8}[\"'](?:d|p|q|dp|dq|qi|k)\\{0,8}[\"'][ \t]{0,4}:[ \t]{0,4}\\{0,8}[\"'](?P<value>[A-Za-z0-9_-]{16,1400})\\{0,8}[\"']"
)
_PRINTED = re.compile(
    r"priv(?:ate-?exponent)?:?[ \t]*(?:\\{1,8}n|\r?\n)(?P<body>(?>[^\n\x00a-zA-Z]{0,30}(?:[0-9a-f]{2}:){3,20}[0-9a-f]{0,2}[ \t]*(?:\\{1,8}n|\r?\n|\Z)){1,60})",
    re.I,
)
_SEED = re.compile(
    r"""(?:mnemonic|phrase|seed)[\w \t]{0,20}+\\{0,4}["'`]?[ \t]{0,3}+[:=]?[ \t]{0,3}+(?:(?:\r?\n|\\n)[+>]?)?[ \t]{0,4}+\\{0,4}["'`]?
    (?P<words>(?:[a-z]{3,8}+(?:[ ]|,[ ]?)){11,23}+[a-z]{3,8}+)""",
    re.X | re.I,
)
"""Twelve to twenty-four words from which a wallet's keys are made."""
_PROSE = frozenset(
    {
        "and",
        "are",
        "but",
        "for",
        "from",
        "have",
        "into",
        "not",
        "that",
        "the",
        "then",
        "they",
        "this",
        "was",
        "which",
        "with",
    }
)
"""Words that no such phrase has."""
_PAIRS = re.compile(r"(?:[0-9a-f]{2}:){3,20}(?:[0-9a-f]{2})?")
_HEX_ROW = re.compile(r"[0-9a-f]{32}")
multi_word_search.register(
    (
        b"IBAAK",
        b"MHcCAQEE",
        b"BEGIN OpenVPN Static key",
        b"END OpenVPN Static key",
        b"mnemonic",
        b"phrase",
        b"seed ",
        b"priv",
        b'kty"',
        b"Private-Lines: ",
        b"/u3+7Q",
        b"$ANSIBLE_VAULT;",
        b"lQ",
        b"IBAzCC",
        b"<tls-",
    )
)
_LONGEST = 20_000


_BROKEN = (b"lQ", b"lI", b"lF", b"MI")
"""Beginnings that a sign may follow so soon that no run of `View.runs` begins with them."""


def find(view: View) -> Iterator[Span]:
    text = view.text
    for word, back in ((b"IBAAK", 6), (b"IBAzCC", 6), (b"MHcCAQEE", 0), *((word, 0) for word in _BROKEN)):
        for at in view.hits(word):
            yield from in_run(text, max(0, at - back))
    if view.has(b"PRIVATE KEY"):
        above = 0
        for end in _END.finditer(text):
            yield from _above(text, end.start(), above)
            above = end.end()
    yield from _jwks(view)
    for at in view.hits(b"BEGIN OpenVPN Static key"):
        yield from _rows(text, text.find("V1-----", at), _HEX_ROW)
    for at in view.hits(b"END OpenVPN Static key"):
        yield from _rows_above(text, at)
    yield from _exponents(view)
    for at in view.hits(b"$ANSIBLE_VAULT;"):
        yield from _vault(text, at)
    for lines in view.hits(b"Private-Lines: "):
        if (written := _PUTTY.match(text, lines)) is not None:
            yield from _body(text, written.end())
    for at in view.hits(b"/u3+7Q"):
        yield from _body(text, at)
    for at in view.hits_low(b"<tls-"):
        if text.startswith(("crypt", "auth"), at + 5):
            yield from _rows(text, at, _HEX_ROW)
    for at in view.hits(b"["):
        numbers = _BYTES.match(text, at) if text[at + 1 : at + 2].isdigit() else None
        if numbers is not None and _are_bytes(numbers["numbers"]):
            yield Span(*numbers.span("numbers"), "private-key", numbers["numbers"])
    for stem in (b"mnemonic", b"phrase", b"seed "):
        for at in view.hits_low(stem):
            yield from _seed_words(text, at)
    for at in view.hits_low(b"priv"):
        printed = _PRINTED.match(text, at)
        for row in _PAIRS.finditer(text, *printed.span("body")) if printed else ():
            yield Span(row.start(), row.end(), "private-key", row[0])


def _vault(text: str, at: int) -> Iterator[Span]:
    """The rows of a file that Ansible encrypted, up to the first line that is none."""
    end = at + 60
    for row in _VAULT_ROW.finditer(text, at + 15, at + 40_000):
        if row.start() - end > 120:
            return
        yield Span(*row.span(), "private-key", text[at : at + 60], more=end > at + 60)
        end = row.end()


_VAULT_ROW = re.compile(r"(?<![0-9a-zA-Z])n?(?:[0-9a-f]{80}|[0-9a-f]{2,78}(?=\s|\\|\Z|\"))")
_PUTTY = re.compile(r"Private-Lines: \d{1,3}\\{1,8}(?:r\\{1,8})?n")
_BYTES = re.compile(r"\[ ?(?P<numbers>\d{1,3}(?:,[ ]?\d{1,3}){63}) ?\]")
"""The 64 bytes of a key pair, as wallets write them."""


def _are_bytes(numbers: str) -> bool:
    values = list(map(int, numbers.split(",")))
    return max(values) < 256 and len(set(values)) >= 40


def _jwks(view: View) -> Iterator[Span]:
    """The private parts of keys in JSON; what several names have around them is searched once."""
    text, done = view.text, 0
    for at in view.hits(b'kty"'):
        start, stop = _object(text, at)
        if stop <= done or (at + 4500 < done and text[stop : stop + 1] != "}"):
            continue
        for part in _JWK.finditer(text, max(start, done - 1500), stop):
            yield Span(*part.span("value"), "private-key", part["value"])
        done = stop


def _seed_words(text: str, at: int) -> Iterator[Span]:
    match = _SEED.match(text, at)
    if match is not None and _PROSE.isdisjoint(re.split(r"\W+", match["words"].lower())):
        yield Span(*match.span("words"), "private-key", match["words"])


def in_run(text: str, start: int, *, escaped: bool = False) -> Iterator[Span]:
    """The key whose base64 begins at `start`, if one does; `escaped` where an escape sequence leads it."""
    if not text.startswith(_BEGINNINGS, start):
        return
    match = _BEGINNING.match(text, start)
    if match is None or not (escaped or _begins(text, start)) or (match["head"] and not _is_private(match[0])):
        return
    yield from _body(text, start)


def _above(text: str, end: int, above: int) -> Iterator[Span]:
    """The rows between `above` and an END line where line ends are written out; `pem` does the rest."""
    least = max(0, end - 6000, above)
    floor = max(text.rfind('"', least, end), text.rfind("\n", least, end), least - 1) + 1
    piece = text[floor:end]
    if "BEGIN" in piece:
        return
    at, more = floor, False
    for gap in _WRITTEN.finditer(piece):
        row, place = text[at : floor + gap.start()], at
        at = floor + gap.end()
        if _ROW.fullmatch(row):
            yield Span(place, place + len(row), "private-key", row, more=more)
            more = True


_END = re.compile(r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY")
_WRITTEN = re.compile(r"\\{1,8}(?:r\\{1,8})?n")
_ROW = re.compile(r"[A-Za-z0-9+/]{4,120}={0,2}")


def _begins(text: str, at: int) -> bool:
    """Whether base64 begins here, and is no part of a longer run."""
    before = text[at - 1 : at]
    if before == "+":
        above = text[at - 2 : at - 1]
        return not (above.isalnum() or above in ("/", "=")) or text.startswith("\\n", at - 3)  # the sign of a diff
    return not (before.isalnum() or before == "/") or (before in ("n", "r") and text[at - 2 : at - 1] == "\\")


def _is_private(head: str) -> bool:
    try:
        return b"PRIV" in base64.b64decode(head[: len(head) // 4 * 4])
    except binascii.Error:
        return False


def _body(text: str, start: int) -> Iterator[Span]:
    """The rows of base64 from `start` on, each a span; all share the first one as the secret."""
    first = _RUN.match(text, start)
    if first is None:
        return
    in_address = _ADDRESS_RUN.match(text, start)
    if in_address is not None and in_address.end() > first.end() and "-----" not in in_address[0]:
        yield Span(start, in_address.end(), "private-key", in_address[0])
        return
    yield Span(start, first.end(), "private-key", first[0])
    width, at, place = first.end() - start, first.end(), start
    led = prefixed_base64_rows.is_led(text, start)
    while at - start < _LONGEST and text[at - 1] != "=":
        below = prefixed_base64_rows.following(text, place, at) if led else None
        following = _GOES_ON.match(text, at) if below is None else None
        if below is not None:
            row, place, at = text[slice(*below)], *below
        elif following is not None:
            row, place, at = following["row"], following.start("row"), following.end()
        elif (behind := prefixed_base64_rows.following(text, place, at)) is not None:
            row, place, at = text[slice(*behind)], *behind
        else:
            return
        if len(row) in (width + 1, width + 2) and row.startswith("+" * (len(row) - width)):
            place += len(row) - width  # the sign of a diff
            row = text[place:at]
        if len(row) > width or (len(row) < 16 and row.isalpha() and row.islower()):
            return
        yield Span(place, place + len(row), "private-key", first[0], more=True)
        if len(row) < width:
            return


def _rows(text: str, at: int, row: re.Pattern[str]) -> Iterator[Span]:
    stop = min((end for mark in ("-----END", "</tls-") if (end := text.find(mark, at, at + 4000)) > 0), default=0)
    more = False
    for match in row.finditer(text, at, stop if stop > 0 else at + 1200):
        yield Span(match.start(), match.end(), "private-key", text[at : at + 40], more=more)
        more = True


def _rows_above(text: str, end: int) -> Iterator[Span]:
    """The rows of a static key whose BEGIN line was cut off."""
    floor = max(0, end - 1200)
    if text.find("BEGIN OpenVPN", floor, end) >= 0:
        return
    more = False
    for match in _HEX_ROW.finditer(text, floor, end):
        yield Span(match.start(), match.end(), "private-key", match[0], more=more)
        more = True


def _exponents(view: View) -> Iterator[Span]:
    """Private numbers of RSA in decimal digits, as programs that explain or attack keys print them."""
    for start, end in stretches(view.kinds, _LEAST_DIGITS):
        if view.text[start:end].isdigit() and _EXPONENT.search(view.text, max(0, start - 24), start):
            yield Span(start, end, "private-key", view.text[start:end])


_LEAST_DIGITS = 100
_EXPONENT = re.compile(
    r"(?<![A-Za-z0-9])(?:d|p|q|d[pq]|phi|private.?exponent|prime[12]?)[\"'\\]{0,6}[ \t]{0,4}[:=][ \t]{0,4}[\"'\\]{0,6}\Z",
    re.I,
)


def _object(text: str, at: int) -> tuple[int, int]:
    """The braces around `at`."""
    start = text.rfind("{", max(0, at - 4000), at)
    end = text.find("}", at, at + 6000)
    return (start if start >= 0 else max(0, at - 200)), (end if end >= 0 else min(len(text), at + 6000))
