# ruff: noqa: E501
"""Values that stand beside a name which means secret: `KEY=value`, `"key": "value"`, `--password value`, and prose.

A name alone proves nothing (`token: string`, `password = get_password()`), so the value decides: placeholders,
references, code, words, numbers, versions, paths and hashes are left alone.

A little above 400 lines: the expressions serve one loop and are read beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gitstory.redact import (
    multi_word_search,
    password_arguments,
    passwords_in_prose,
    randomness_score,
    secrets_in_tables,
    value_lists,
    word_lists,
)
from gitstory.redact.is_secret_value import accept
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View
from gitstory.redact.value_beside import Value, value_beside

STEMS = (
    b"macaroon", b"pass", b"pw", b"secret", b"token", b"key", b"auth", b"sig=", b"signature=", b"code", b"_pat", b"psk", b"salt", b"pepper", b"login=", b"_session=", b"api_hash", b"reporter_id",
)  # fmt: skip
multi_word_search.register(STEMS)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_BEFORE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_AFTER = re.compile(r"[A-Za-z0-9_-]{0,40}")

_PASSWORDS = (
    "password", "passwd", "passphrase", "passwort", "passord", "passordet", "passcode", "pwd", "pass", "passwrod", "passowrd", "passwrd", "passwod",
)  # fmt: skip
"""Also as they are mistyped."""
_NO_PASSWORDS = frozenset(
    {"bypass", "compass", "encompass", "trespass", "surpass", "overpass", "underpass", "lastpass", "onepass", "multipass",
     "firstpass", "minipass", "minipasses", "nextpass", "trypass", "subpass", "renderpass"}
)  # fmt: skip
_SHORT_PASSWORDS = frozenset({"pw", "psw", "dbpw", "psk", "masterauth", "bindpw", "authtok"})
_TOKENS = (
    "token",
    "macaroon",
    "secret",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "masterkey",
    "accountkey",
)
_OTHERS = frozenset(
    {"credential", "credentials", "creds", "auth", "sig", "signature", "sess", "session", "sessid", "sessionid",
     "phpsessid", "jsessionid", "sharedaccesskey", "sharedaccesssignature", "signingkey", "encryptionkey"}
)  # fmt: skip
_BEFORE_KEY = re.compile(
    r"(?:api|access|secret|private|account|signing|encryption|master|service|auth|licen[sc]e|recovery|activation|product|pairing|setup|wlan|wi-?fi|network|wpa\d?|wallet|symmetric|chacha20|(?:aes|hmac)(?:-?\d{3})?)[ _-]\Z",
    re.I,
)

_BETWEEN = frozenset(" _-")

_SEPARATOR = re.compile(
    r"""(?:[ ]\([\w -]{1,20}\)(?=[ ]?[:=])|[ ]ID(?=[ \t]{0,20}[:=]))?(?P<close>\\{0,32}+["'`]\*{0,3}+|\*{1,3}+)?[\])]{0,2}
    (?: [ \t]{0,20}+
        (?: (?:(?::|as[ ])[ \t]{0,20}+[A-Za-z_][\w.\[\]|<>?]{0,40}+[ \t]{0,20}+(?=={1,3}[ \t]{0,20}+[^\s=]))?
            (?P<op>=>|:=|\?=|={1,3}|!==?|<-|\|\||\?\?|::(?=[ ][^\s:])|:\*{0,3}(?!:|//)|\\?u003[dD]|%3[dDaA])
            [ \t]{0,20}+(?:[|>][+-]?[ \t]{0,4}+(?:\r?\n|\\{1,8}+n)[+>-]?[ \t]{1,20}+|(?:\s|\\{1,8}+n){0,8}+string\(\d{1,4}+\)[ ])?
          | (?P<prompt>\[[^\]\n\x00]{0,20}+\][ \t]{0,20}+:[ \t]{0,20}+)
          | (?P<value>,?(?:\\{1,8}+[rn]|[\s,]){0,20}+[\s\-"'\\]{0,20}+
            (?:value|val|default|content)(?:\\{0,32}+["'])?[ \t]{0,4}[:=][ \t]{0,4})
          | (?P<comma>,[ \t]{0,20}(?=\\{0,32}+["'`]|[A-Za-z0-9+/=_-]{16,200}+(?:\s|\\|\Z)))
          | (?P<tag>>(?:\s{0,8}+<(?:value|data|string|plaintext|!\[CDATA\[)>?)?(?=[^<>\s]{4,8000}+(?:\]\]>)?</)|</(?:key|name)>(?:\\{1,8}+[rn]|[\s>+]){0,20}+<(?:string|value)>)
          | (?P<cell>(?:[|│┃]|\\{1,8}+u250[0-3])[ \t]{0,60}+)
        )
      | (?P<prose>[ \t](?:is|was|to|as)[ \t:]{1,3})
      | (?P<space>[ \t]{1,60}+)
    )""",
    re.X | re.I,
)
_LEADS = frozenset("\\\"'`*]) \t\n\r\v\f\xa0:=?!<-%[,>|│┃")
"""What `_SEPARATOR` begins with."""
_GOES_ON = re.compile(r"[A-Za-z0-9+/_-]{0,20000}={0,2}")
_SHELL, _ODBC = re.compile(r"PWD\b|PASS(?:ED)?:"), re.compile(r"PWD=[^\s/~$\"'`(%.;\\]{6,80}(?![^\s;])")

_LONGEST, _NESTED = 1000, 48
"""Characters of a value, and of one that is the end of another name's value (`token=token=token=`) to judge it by."""


_BLOCK = re.compile(
    r"""\\{0,8}["']?[ \t]{0,4}:[ \t]{0,4}(?:\r?\n|\\{1,8}(?:r\\{1,8})?n)[^\n\x00]{0,48}?\b(?:value|content|secure|plaintext|current)\\{0,8}["']?[:=][ \t]{1,4}(?:["'](?=\S))?"""
)
"""A name whose value is in the first line of a block below it."""
_OPENS = re.compile(r"""\\{0,8}+["'`]?[ \t]{0,4}+[:=]?(?:\\{1,8}+[rn]|\s){0,8}+\{""")
"""A name whose value is an object or a block."""
_FIELD = re.compile(
    r"""(?<![A-Za-z0-9_])(?:parameter)?(?:value|val|default|current|plaintext|data|secret|content)\\{0,8}+["']?[ \t]{0,8}+[:=](?:\\{1,8}+[rn]|\s){0,8}+""",
    re.I,
)
"""The field of a value, in an object or beside a field with its name."""
_FIELDS = ("val", "text", "data", "content", "secret", "default", "current")
_NAMED = re.compile(r"""[ \t]{0,8}\\{0,8}["']?[\w./-]{0,60}\Z""")
_NAMES = ("name", "key", "id", "variable", "header", "label", "property", "field", "title", "param", "env")
"""Before a name that is itself a value: `"name": "`."""
_BEFORE_NAME = re.compile(
    r"""(?:value|val|content|plaintext)\\{0,8}["']?[ \t]{0,8}[:=][ \t]{0,8}\\{0,8}["'](?P<value>[^\s"'\\\x00]{4,1000})\\{0,8}["'](?:\\{1,8}[rn]|\s){0,8},[^{}\x00]{0,120}\Z""",
    re.I,
)


def find(view: View) -> Iterator[Span]:
    """Values of secret names in the text."""
    text, low = view.text, view.low
    done = reach = loose_reach = -1
    columns = secrets_in_tables.Columns(_column)
    places = sorted({at for stem in view.present(STEMS) for at in view.hits_low(stem)})
    for at in places:
        if low.startswith(_TAKERS, at):
            yield from password_arguments.into(text, at)
        if at < done or (low.startswith(b"code", at) and text[at - 1 : at] not in _BEFORE_CODE):
            continue
        end = _AFTER.match(text, at).end()  # type: ignore[union-attr]
        if low[at] == _A and text[end : end + 3].lstrip(" ")[:1] in ("=", ":", "("):
            yield from password_arguments.behind_auth(text, at)
        if text[end : end + 1] == "=" and text.startswith(text[at : end + 1], end + 1):
            continue  # the same name again is all its value
        separator = _SEPARATOR.match(text, end) if text[end : end + 1] in _LEADS else None
        if separator is not None and text.startswith(text[at : separator.end()], separator.end()):
            done = end
            continue
        if separator is not None:
            done = end
        elif text[end : end + 1] not in _FOLLOWS:
            continue
        start = _start(text, at)
        kind = _kind(text, start, at, end)
        if kind is None:
            continue
        place = separator.end() if separator is not None else end
        nested, inner = place < reach, kind in _LOOSE and place < loose_reach
        most = _NESTED if nested or inner else _LONGEST
        value = value_beside(text, start, end, separator, most) if separator is not None else None
        if value is not None and kind in _LOOSE:
            loose_reach = max(loose_reach, value.first + len(value.text))
        elif value is not None:
            reach = max(reach, value.first + len(value.text))
        if kind == "bare":
            kind = "key" if value is not None and _is_section(text, start, value) else "wide"
        if value is not None and accept(value.text, kind, value.quoted, value.weak, value.literal):
            value = value_beside(text, start, end, separator, _LONGEST) or value  # type: ignore[arg-type]
            rule = _rule(kind, text[start:end].lower(), value.text)
            done = value.first + len(value.text)
            if len(value.text) >= _LONGEST:
                done = _GOES_ON.match(text, done).end()  # type: ignore[union-attr]
            yield Span(value.first, done, rule, value.text, rank=2)
        elif not nested and not inner:
            yield from value_lists.values(text, end, kind, _accept_listed)
            if kind not in _LOOSE:
                yield from _elsewhere(text, start, end, separator, kind)
                yield from columns.below(text, start, end)


def _is_section(text: str, start: int, value: Value) -> bool:
    """Whether "key" at `start` has a value like one and stands where keys are secret."""
    likely = accept(value.text, "key", value.quoted, value.weak, value.literal)
    return likely and _SECTION.search(text, max(0, start - 70), start) is not None


_LOOSE = frozenset({"wide", "broad", "bare"})
"""Kinds of names that say little: their values must look drawn."""


def _accept_listed(value: str, kind: str) -> bool:
    return accept(value, kind, True, False, False)


_BEFORE_CODE = frozenset("_-?&")
_A = ord("a")
_TAKERS = (
    b"password-stdin", b"passwd", b"passin", b"passphrase-fd", b"pass insert", b"token ", b"token\n", b"secret set", b"secrets set",
    b"secret create", b"secrets create", b"secrets versions add",
)  # fmt: skip
"""What `password_arguments.into` looks at."""
_FOLLOWS = frozenset(
    [
        '"',
        "'",
        "`",
        ")",
        "]",
        "}",
        "|",
        ";",
        "\\",
        "\n",
        "\r",
        "\t",
        "<",
        "(",
        "[",
        ".",
        "*",
        "?",
        "：",
        "は",
        "是",
        "",
        ",",
    ]
)


def _elsewhere(text: str, start: int, end: int, separator: re.Match[str] | None, kind: str) -> Iterator[Span]:
    """The value where it is not right behind the name: in an object, beside the name's own field, or said."""
    opens = _OPENS.match(text, end) if "{" in text[end : end + 24] else None
    inner = _field(text, opens.end(), 300) if opens is not None else _BLOCK.match(text, end)
    if inner is None and _is_named(text, start):
        inner = _field(text, end, 200)
        before = None if inner or text.find(",", max(0, start - 130), start) < 0 else _before(text, start)
        if before is not None and accept(before["value"], kind, True, False, False):
            name = text[start:end].lower()
            yield Span(*before.span("value"), _rule(kind, name, before["value"]), before["value"], rank=2)
    value = value_beside(text, start, end, inner, _LONGEST) if inner is not None else None
    if value is not None and accept(value.text, kind, value.quoted, value.weak, value.literal):
        rule = _rule(kind, text[start:end].lower(), value.text)
        yield Span(value.first, value.first + len(value.text), rule, value.text, rank=2)
        return
    spaced = (
        kind in _SPACED
        and text[start - 1 : start] == " "
        and _TWO_WORDS.search(text, max(0, start - 13), end) is not None
    )
    if spaced or separator is None or not separator["op"] or text[separator.end() : separator.end() + 1] in _LINE_ENDS:
        password = kind == "password"
        stated = (
            passwords_in_prose.after(text, end, label=_rule(kind, "", ""), direct=password)
            if kind != "session"
            else None
        )
        if stated is not None and (password or len(stated.secret) >= 8):
            yield stated
            return
        if kind == "password" and (stated := passwords_in_prose.before(text, start)) is not None:
            yield stated
            return
    if kind == "password":
        yield from password_arguments.behind_password(text, start, end)


_SPACED = frozenset({"token", "secret", "key"})
_TWO_WORDS = re.compile(
    r"\b(?:auth|api|access|client|app|bearer|wlan|wi-?fi|network|shared|master|secret|my|the|your|our|recovery|encryption|signing|webhook|private|session|license|deploy)[ ](?:token|secret|key)\Z",
    re.I,
)
"""Names as people say them, not as code has them."""
_LINE_ENDS = frozenset("\r\n\\")


def _is_named(text: str, start: int) -> bool:
    """Whether a name at `start` is the value of a field for names."""
    floor = start - 24 if start > 24 else 0
    sign = max(text.rfind(":", floor, start), text.rfind("=", floor, start))
    if sign < 0 or _NAMED.match(text, sign + 1, start) is None:
        return False
    head = text[sign - 40 if sign > 40 else 0 : sign]
    bare = head.rstrip(" \t")
    name = (bare[:-1] if bare[-1:] in ("'", '"') else bare).rstrip("\\")
    return len(head) - len(name) < 18 and name[-8:].lower().endswith(_NAMES)


def _before(text: str, start: int) -> re.Match[str] | None:
    """The value that stands before a field for names at whose value `start` is."""
    floor = start - 400 if start > 400 else 0
    if '"' not in (head := text[floor:start]) and "'" not in head:
        return None
    return _BEFORE_NAME.search(text, floor, start)


def _field(text: str, start: int, most: int) -> re.Match[str] | None:
    """The field of a value within `most` characters and the same braces."""
    stop = start + most
    for brace in "{}\x00":
        at = text.find(brace, start, stop)
        stop = at if at >= 0 else stop
    low = text[start:stop].lower()
    for word in _FIELDS:
        if word in low:
            return _FIELD.search(text, start, stop)
    return None


def _column(name: str) -> str | None:
    """The rule for values of a column of this name, None where it holds no secrets."""
    kind = _kind(name, 0, 0, len(name)) if name else None
    if kind is None and name:
        last = re.search(r"[A-Za-z_-]{2,40}\Z", name)
        kind = _kind(name, _start(name, last.start()), last.start(), len(name)) if last else None
    return None if kind is None or kind in _LOOSE else _rule(str(kind), name.lower(), "")


def _start(text: str, at: int) -> int:
    if not at or text[at - 1] not in _BEFORE:
        return at
    head = text[at - 60 if at > 60 else 0 : at]
    start = at - (len(head) - len(head.rstrip(_BEFORE)))
    if start < at and text[start - 1 : start] == "\\" and text[start] in "nrt":
        start += 1  # the letter of `\\n`, with which a line ends where line ends are written out
    if text[start - 1 : start] in _COLOURS and (colour := _COLOUR.match(text, start, at)) is not None:
        return colour.end()
    return start


_COLOURS = frozenset("[;")
_COLOUR = re.compile(r"\d{0,3}m")
"""The rest of an escape sequence that sets a colour."""


@lru_cache(maxsize=1 << 12)
def _parts(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without those that may follow the telling one."""
    parts = [word.lower() for word in _WORDS.findall(name)]
    while len(parts) > 1 and parts[-1] in word_lists.TAILS:
        parts.pop()
    return tuple(parts)


def _kind(text: str, start: int, at: int, end: int) -> str | None:
    """ "password", "token", "secret", "key", "session" or "ticket" where the whole name says so, else None.

    The name is `text[start:end]`, what tells it begins at `at`.
    """
    parts = _parts(text[start:end])
    if not parts or (end - start >= _RANDOM and randomness_score.odds(text[start:end]) >= _RANDOM):
        return None
    last, before = parts[-1], parts[:-1]
    if (last.endswith(_PASSWORDS) and last not in _NO_PASSWORDS) or last in _SHORT_PASSWORDS or last.endswith("psk"):
        shell = last in ("pass", "pwd") and not before and _SHELL.match(text, start) and text[start - 1 : start] != ";"
        shell = shell and not _ODBC.match(text, start)
        return None if shell else "password"
    if last == "passe":
        return "password" if text[max(0, start - 7) : start].lower() == "mot de " else None
    if last in _WIDER and before:
        return "token" if last == "pat" and before[-1] in word_lists.SERVICES else "wide"
    if last in ("key", "keys"):
        keyed = bool(before and (before[-1] in word_lists.KEYED or before[-1] in word_lists.SERVICES)) or (
            text[at - 1 : at] in _BETWEEN and _BEFORE_KEY.search(text[max(0, at - 16) : at]) is not None
        )
        if not keyed and not before and text[start:end] in _BARE_KEYS:
            return "bare"
        return (
            "key" if keyed else "wide" if before and before[-1] in word_lists.NO_KEYS else "broad" if before else "wide"
        )
    if last in ("salt", "pepper") and before:
        return "broad"
    if before and (kind := _TWO.get((before[-1], last))) is not None:
        return kind
    if last.endswith("token") and before and before[-1] in word_lists.NOT_BEFORE_TOKEN:
        return None
    if last.endswith(_TOKENS) or last in _OTHERS:
        if last in _OTHERS and not last.endswith("key"):
            return "session"
        if last.endswith("token") and before and before[-1] in word_lists.TICKETS:
            return "ticket"
        return "key" if last.endswith("key") else "secret" if last.endswith("secret") else "token"
    if last == "code" and before and before[-1] in _CODES:
        return "session"
    if not _CREDENTIAL_WORDS.isdisjoint(before) or (parts[-1] == "code" and text[start - 1 : start] in ("?", "&")):
        return "wide"
    return None


_RANDOM = 14
"""Characters, and bits, from which what ends like a name is a random string."""
_TWO = {
    ("secret", "id"): "secret", ("auth", "token"): "key", ("sonar", "login"): "token", ("dsonar", "login"): "token", ("api", "hash"): "key", ("token", "hash"): "key", ("reporter", "id"): "key",
}  # fmt: skip
"""The last two words of names; npm's tokens are UUIDs, which are no secrets anywhere else."""
_CODES = frozenset({"device", "authorization", "auth", "invite", "activation", "authcode"})
_BARE_KEYS = frozenset({"key", "Key", "KEY"})
_SECTION = re.compile(
    r"""(?:jwt|crypt\w{0,4}|encrypt(?:ion)?|auth|hmac|sign(?:ing)?|wifi|wi-fi|wireless\S{0,40}|wlan|psk2?|api|fernet|aes|user_?name|user|login)
    \\{0,8}["']?[ \t]{0,4}(?:[:=\])\[({]|=>|[.])[:=>({\[\s\\nr"']{0,24}(?:[\w.@-]{1,40}\\{0,8}["']?,?[\s"'\\]{1,12})?\Z""",
    re.X | re.I,
)
"""What a section or a neighbour is called in which "key" alone is a secret one."""
_WIDER = frozenset({"pat", "bearer"})
_CREDENTIAL_WORDS = frozenset(
    {"secret", "token", "password", "apikey", "passwd", "credential", "credentials", "auth", "oauth"}
)
"""Words of a name that is secret where its value is as random as a token."""


def _rule(kind: str, name: str, value: str) -> str:
    if len(value) == 40 and ("aws" in name or "secretaccesskey" in re.sub(r"[^a-z]", "", name)):
        return "aws-secret-key"
    return {"password": "password", "key": "api-key"}.get(kind, "token")
