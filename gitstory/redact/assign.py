"""Values that stand beside a name which means secret: `KEY=value`, `"key": "value"`, `--password value`, and prose.

A name alone proves nothing (`token: string`, `password = get_password()`), so the value decides: placeholders,
references, code, words, numbers, versions, paths and hashes are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gitstory.redact import plausible, words
from gitstory.redact.spans import Span
from gitstory.redact.view import View, hits

STEMS = (b"pass", b"pwd", b"secret", b"token", b"key", b"auth", b"sig=", b"signature=")

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_BEFORE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_AFTER = re.compile(r"[A-Za-z0-9_-]{0,40}")

_PASSWORDS = ("password", "passwd", "passphrase", "passwort", "passcode", "pwd")
_SHORT_PASSWORDS = frozenset(
    {"pass", "dbpass", "userpass", "rootpass", "smtppass", "mysqlpass", "pgpass", "mypass", "adminpass", "pw", "psw"}
)
_TOKENS = ("token", "secret", "apikey", "accesskey", "secretkey", "privatekey", "authkey", "masterkey", "accountkey")
_OTHERS = frozenset(
    {"credential", "credentials", "creds", "auth", "sig", "signature", "sess", "session", "sessid", "sessionid",
     "phpsessid", "jsessionid", "sharedaccesskey", "sharedaccesssignature", "signingkey", "encryptionkey"}
)  # fmt: skip
_BEFORE_KEY = re.compile(
    r"(?:api|access|secret|private|account|signing|encryption|master|service|auth|license)[ _-]\Z", re.I
)

_SEPARATOR = re.compile(
    r"""(?P<close>\\{0,32}+["'`])?[\])]{0,2}[ \t]{0,20}+
    (?: (?::[ \t]{0,20}+[A-Za-z_][\w.\[\]|<>?]{0,40}+[ \t]{0,20}+(?=={1,3}[ \t]{0,20}+[^\s=]))?
        (?P<op>=>|:=|\?=|={1,3}|!==?|<-|:(?!:|//)|\\?u003[dD]|%3[dDaA])
        [ \t]{0,20}+
      | (?P<prompt>\[[^\]\n\x00]{0,20}+\][ \t]{0,20}+:[ \t]{0,20}+)
      | (?P<value>,?(?:\\{1,8}+[rn]|[\s,]){0,20}+[\s\-"'\\]{0,20}+
        (?:value|val|default|content)(?:\\{0,32}+["'])?[ \t]{0,4}[:=][ \t]{0,4})
      | (?P<comma>,[ \t]{0,4}(?=\\{0,32}+["'`]))
      | (?P<tag>>(?=[^<>\s]{4,200}+</))
      | (?P<prose>[ \t](?:is|was|to|as)[ \t:]{1,3})
      | (?P<space>[ \t]{1,4})
    )""",
    re.X | re.I,
)
_OPEN = re.compile(r"""(?:[bBfFrRuU@$]{1,2}(?=["']))?(\\{0,32}+(?:"{3}|'{3}|["'`]))""")
_BARE = re.compile(r"""[^\s"'`,;<>|&(){}\[\]\\\x00]{4,1000}""")
_BARE_ENV = re.compile(r"""[^\s"'`<>\\\x00;&|]{4,1000}""")
_BARE_URL = re.compile(r"""[^\s"'`<>\\\x00;&|,(){}\[\]#]{4,1000}""")
_SHELL = re.compile(r"PWD\b|PASS(?:ED)?:")
_ENV_START = re.compile(r"(?:^|\n|\\n|\x00)[ \t+>-]*(?:export[ \t]+|set[ \t]+|ENV[ \t]+|-[ \t]+|-e[ \t]+)?\Z")

_LONGEST, _NESTED = 1000, 48
"""Characters of a value, and of one that is the end of another name's value (`token=token=token=`) to judge it by."""


class Value(NamedTuple):
    """A value that begins at `first`: whether it is quoted, named weakly, and to be taken as it is."""

    first: int
    text: str
    quoted: bool
    weak: bool
    literal: bool


def find(view: View) -> Iterator[Span]:
    """Values of secret names in the text."""
    text = view.text
    done = reach = -1
    places = sorted({at for stem in STEMS for at in hits(view.low, stem)})
    for at in places:
        if at < done:
            continue
        end = _AFTER.match(text, at).end()  # type: ignore[union-attr]
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            continue
        done = end
        kind = _kind(text, at, end)
        most = _NESTED if separator.end() < reach else _LONGEST
        found = _value(text, at, end, separator, most) if kind is not None else None
        if kind is None or found is None:
            continue
        reach = max(reach, found.first + len(found.text))
        if _accept(found.text, kind, found.quoted, found.weak, found.literal):
            found = _value(text, at, end, separator, _LONGEST) or found
            rule = _rule(kind, text[_start(text, at) : end].lower(), found.text)
            done = found.first + len(found.text)
            yield Span(found.first, done, rule, found.text, rank=2)


def _start(text: str, at: int) -> int:
    head = text[max(0, at - 60) : at]
    return at - (len(head) - len(head.rstrip(_BEFORE)))


@lru_cache(maxsize=1 << 12)
def _parts(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without those that may follow the telling one."""
    parts = [word.lower() for word in _WORDS.findall(name)]
    while len(parts) > 1 and parts[-1] in words.TAILS:
        parts.pop()
    return tuple(parts)


def _kind(text: str, at: int, end: int) -> str | None:
    """ "password", "token" or "key" where the whole name says so, else None."""
    start = _start(text, at)
    parts = _parts(text[start:end])
    if not parts:
        return None
    last, before = parts[-1], parts[:-1]
    if last.endswith(_PASSWORDS) or last in _SHORT_PASSWORDS:
        return None if last in ("pass", "pwd") and not before and _SHELL.match(text, start) else "password"
    if last in ("key", "keys"):
        known = bool(before and before[-1] in words.KEYED) or bool(_BEFORE_KEY.search(text[max(0, at - 14) : at]))
        return "key" if known else None
    if last == "token" and before and before[-1] == "auth":
        return "key"  # npm's are UUIDs, which are no secrets anywhere else
    if last.endswith("token") and before and before[-1] in words.NOT_BEFORE_TOKEN:
        return None
    if last.endswith(_TOKENS) or last in _OTHERS:
        return "key" if last.endswith("key") else "token"
    return None


def _value(text: str, at: int, end: int, separator: re.Match[str], most: int) -> Value | None:
    start = _start(text, at)
    flag = text[start : start + 1] == "-" or text[max(0, start - 2) : start] in ("--", " -")
    weak = bool(separator["prose"] or separator["comma"] or (separator["space"] and not flag))
    opened = _OPEN.match(text, separator.end())
    if opened:
        first, quote = opened.end(), opened[1]
        last = text.find(quote, first, first + 2000)
        value = text[first:last]
        if last < 0 or "\n" in value or "\x00" in value:
            return None
    elif separator["comma"]:
        return None
    else:
        found = _bare(text, start, separator, most)
        if found is None:
            return None
        first, value = separator.end(), found
    shouting = text[start:end].isupper()
    return Value(first, value, bool(opened), weak, shouting or flag or bool(separator["tag"]))


def _bare(text: str, start: int, separator: re.Match[str], most: int) -> str | None:
    if text[max(0, start - 1) : start] in ("?", "&"):
        pattern = _BARE_URL
    elif separator[0] == "=" and _env(text, start, separator.start()):
        pattern = _BARE_ENV
    else:
        pattern = _BARE
    found = pattern.match(text, separator.end(), separator.end() + most)
    if found is None:
        return None
    after = text[found.end() : found.end() + 1]
    if pattern is _BARE and after in ("(", "[", "{"):
        return None
    return found[0].rstrip(".,:!?") if pattern is not _BARE_ENV else found[0]


def _env(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is assigned to as in a shell or an `.env` file, where the whole word is the value."""
    if not _ENV_START.search(text[max(0, start - 12) : start]):
        return False
    before = text[max(0, start - 7) : start]
    return text[start:end].isupper() or not before or before.endswith(("\n", "\x00", "export "))


@lru_cache(maxsize=1 << 13)
def _accept(value: str, kind: str, quoted: bool, weak: bool, literal: bool) -> bool:
    """Whether this value is given away by its name: strict for bare words in code, lenient for `.env` and flags."""
    value = re.sub(r"(?<!\\)\\++[nrt]?\Z", "", value)
    if len(value) < 6 or "{" in value or plausible.is_placeholder(value) or plausible.is_plain(value):
        return False
    if weak:
        return plausible.is_random(value, 10) and any(map(str.isdigit, value)) and not plausible.is_hex(value)
    if kind == "password":
        if literal and not quoted:
            if " " in value or value.isdigit() or value[-1] in "([{," or (value.islower() and value.isalpha()):
                return False
            return not re.search(r"[(\[]", value) or plausible.is_random(value, 8)
        return plausible.is_password(value, quoted)
    if " " in value:
        return False
    if plausible.is_hex(value):
        return len(value) >= 32 and (kind == "key" or "-" not in value)
    return plausible.is_random(value, 12 if quoted or literal else 16)


def _rule(kind: str, name: str, value: str) -> str:
    if len(value) == 40 and ("aws" in name or "secretaccesskey" in re.sub(r"[^a-z]", "", name)):
        return "aws-secret-key"
    return {"password": "password", "key": "api-key", "token": "token"}[kind]
