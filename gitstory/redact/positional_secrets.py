# ruff: noqa: E501
"""Secrets by their place in a call, a command, a dialogue or a file of one program, where no name beside them tells.

A place alone proves little (`connect("db", "app", x)`), so most values must also look made up; see
`passwords_in_prose.is_made_up`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from gitstory.redact import multi_word_search, password_arguments, passwords_in_prose, positional_formats, value_lists
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_Q = positional_formats.QUOTE

_CALL = re.compile(
    r"(?:connect(?:ion)?|ftp(?:_tls)?|mysqli|pdo|sequelize|database|basic_auth|pw_set|create_(?:super)?user|passwordauthentication|wifi\.begin|auth with )(?:\(|[ ](?=[\"']))[ \t]{0,4}(?P<arguments>[^()\n\x00]{6,300})",
    re.I,
)
_CALLS = (b"connect(", b"nnection(", b"ftp(", b"ftp_tls(", b"mysqli(", b"pdo(", b"sequelize(", b"database(", b"basic_auth", b"pw_set(", b"create_superuser(", b"create_user(", b"passwordauthentication(", b"wifi.begin(", b"auth with (")  # fmt: skip
_STRING = re.compile(rf"{_Q}(?P<value>[^\s\"'`\\\x00]{{8,100}}){_Q}")
_NOT_PASSWORD = frozenset("/:@ <{")
"""In what is an address, a file or a template."""

_HOST = re.compile(r"^\$|\.(?![a-z]{1,12}\d{3,6}\Z)")
_HASHED = re.compile(
    rb"\{(?:S?SHA(?:\d{3})?|SMD5|CRYPT|PBKDF2[\w-]{0,12}|BCRYPT|PLAIN|CLEAR|CLEARTEXT|CRAM-MD5|DIGEST-MD5|ARGON2\w{0,3}|BLF-CRYPT|SHA\d{3}-CRYPT)\}[A-Za-z0-9+/=.$!#%^*_~-]{6,200}"
)

_ENTRY = re.compile(r"[ \t][\w.-]{1,32}:(?P<value>[^\s\\\x00]{4,80})")

_WORDS = tuple(dict.fromkeys(word for word, _, _ in positional_formats.PLACES))
multi_word_search.register((*_CALLS, *_WORDS))


_NAMED_FIRST = (b"admin:", b"root:", b"postgres:")
_AFTER_NAME = re.compile(r"(?:[a-z]{4,13}:)(?P<secret>[^\s\"'`<>|,;:(){}\[\]/@\\\x00\x1b]{6,64})(?![@:(\[{/\w])", re.I)
"""A password behind the name of an account that everyone knows."""
_LISTS = (b"backup", b"recovery", b"scratch", b"2fa", b"emergency", b"bitlocker", b"mfa")
_CREDENTIAL = (b"redential", b"authentication(")
multi_word_search.register((*_NAMED_FIRST, *_LISTS, *_CREDENTIAL))


def find(view: View) -> Iterator[Span]:
    """All of the above."""
    text = view.text
    for word in view.present(_NAMED_FIRST):
        for at in view.hits_low(word):
            pair = None if text[at - 1 : at].isalnum() else _AFTER_NAME.match(text, at)
            value = pair["secret"].rstrip(".!?,*_") if pair is not None else ""
            if pair is not None and passwords_in_prose.is_made_up(value, strict=True):
                yield Span(pair.start("secret"), pair.start("secret") + len(value), "password", value, rank=4)
    for word in view.present(_LISTS):
        for at in view.hits_low(word):
            yield from value_lists.codes(text, at)
    for word in view.present(_CREDENTIAL):
        for at in view.hits_low(word):
            yield from password_arguments.behind_credential(text, at - (word == b"redential"))
    for word in view.present(_CALLS):
        for at in view.hits_low(word):
            yield from _arguments(text, max(0, at - 2) if word == b"nnection(" else at)
    for hashed in _HASHED.finditer(view.raw):
        yield Span(hashed.start(), hashed.end(), "password-hash", text[hashed.start() : hashed.end()], rank=2)
    present = frozenset(view.present(_WORDS))
    for word, back, make in positional_formats.PLACES if present else ():
        if word not in present:
            continue
        pattern = _compiled(make)
        for at in view.hits_low(word):
            if not back:
                yield from _groups(pattern.match(text, at))
                continue
            line = 0 if word in positional_formats.OVER_LINES else text.rfind("\n", 0, at) + 1
            match = pattern.search(text, max(0, at - back, line), at + positional_formats.FAR.get(word, 700))
            yield from _groups(match)


@cache
def _compiled(make: Callable[[], re.Pattern[str]]) -> re.Pattern[str]:
    return make()


def _groups(match: re.Match[str] | None) -> Iterator[Span]:
    if match is None:
        return
    for name, value in match.groupdict(default="").items():
        start, end = match.span(name)
        if name == "list":
            for entry in _ENTRY.finditer(match.string, start, end):
                yield Span(entry.start("value"), entry.end("value"), "password", entry["value"], rank=3)
        elif name == "digits" or password_arguments.is_given(value):
            yield Span(start, end, "password", value, rank=3)


def _arguments(text: str, at: int) -> Iterator[Span]:
    """Strings that look made up among those of a call that connects or logs in."""
    called = _CALL.match(text, at)
    if called is None or "," not in called["arguments"]:
        return
    for string in _STRING.finditer(text, *called.span("arguments")):
        value = string["value"]
        if (
            _NOT_PASSWORD.isdisjoint(value)
            and (not _HOST.search(value))
            and passwords_in_prose.is_made_up(value, strict=True)
        ):
            yield Span(string.start("value"), string.end("value"), "password", value, rank=3)
