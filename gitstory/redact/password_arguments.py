# ruff: noqa: E501
"""Passwords that are handed to a program: piped into it, given as an argument, in SQL, or to a function's call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.redact import multi_word_search, passwords_in_prose, plausible_secret, randomness_score, word_lists
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_Q = r"\\{0,8}[\"'`]"
_NOT_Q = r"[^\s\"'`\\\x00]"
_WORD = r"[^\s\"'`\\\x00|;&<>]"
_TAKES = re.compile(
    r"(?:password-stdin|passwd[ \t]+--stdin|passin[ \t]+stdin|passphrase-fd|pass[ \t]+insert|passwd\b|token\b|secrets?[ \t]+(?:set|create|versions[ \t]+add)\b)"
)
"""What stands at "pass", "token" or "secret" of a program that reads a secret from its standard input."""
_PIPED = re.compile(
    rf"(?:echo|printf)(?:[ \t]+(?:-\w{{1,3}}|{_Q}?%s(?:\\{{1,8}}n)?{_Q}?)){{0,2}}[ \t]+(?:{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,300}}){_Q}"
    rf"|(?P<bare>{_WORD}{{4,300}}))[ \t]*\|"
)
_STRING = re.compile(rf"<<<[ \t]*(?:{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,300}}){_Q}|(?P<bare>{_WORD}{{4,300}}))")
_SQL = re.compile(
    rf"identified[ \t]+(?:with[ \t]+{_Q}?[\w]{{1,40}}{_Q}?[ \t]+)?by[ \t]+(?:password[ \t]+)?(?:\\{{0,8}}[\"'](?P<quoted>[^\"'`\\\x00\n]{{4,200}})"
    rf"|(?P<bare>(?=\S{{0,60}}\d)\w[^\s;\"'`\\\x00]{{5,100}}))",
    re.I,
)
_SECURE_STRING = re.compile(
    rf"securestring[ \t]+(?:-\w{{1,12}}[ \t:]{{1,3}}){{0,3}}{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}}){_Q}", re.I
)
_AUTH_PAIR = re.compile(
    rf"auth(?:entication)?[ \t]{{0,3}}(?:[=:][ \t]{{0,3}})?(?:\w{{1,30}}\.)?(?:BasicAuth)?[ \t]{{0,3}}[(\[][ \t]{{0,3}}{_Q}[^\"'`\\\x00\n]{{0,80}}{_Q}"
    rf"[ \t]{{0,3}},[ \t]{{0,3}}{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}}){_Q}",
    re.I,
)
_CREDENTIAL_PAIR = re.compile(
    rf"(?:credentials?|login)(?:\]::new)?\([ \t]{{0,3}}(?:{_Q}[^\"'`\\\x00\n]{{0,80}}{_Q}[ \t]{{0,3}},[ \t]{{0,3}}){{1,3}}"
    rf"{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}}){_Q}",
    re.I,
)
_TYPED = re.compile(
    rf"[\w-]{{0,20}}{_Q}?[\])]{{0,3}}{_Q}?[\])]{{0,2}}[ \t]{{0,3}}(?:\.[ \t]{{0,3}}(?:type|fill|send_?keys|set_?value|set|type_?text|press_?sequentially"
    rf"|input)[ \t]{{0,3}}\(|,|\()[ \t]{{0,3}}{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}}){_Q}[ \t]{{0,3}}\)",
    re.I,
)
"""Behind "password": `.fill("X")`, `").send_keys("X")`, `set("user", "X")`."""
_SETTER = re.compile(
    rf"[\w-]{{0,12}}\([ \t]{{0,3}}{_Q}[^\"'`\\\x00\n]{{0,60}}{_Q}[ \t]{{0,3}},[ \t]{{0,3}}{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}}){_Q}"
)
"""`username_pw_set("user", "X")`"""
_INPUT = re.compile(rf"{_Q}[^<>\n\x00]{{0,120}}?\bvalue={_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}}){_Q}", re.I)
_SENT = re.compile(
    rf"[:?]?[ \t]{{0,20}}+{_Q}?\s{{0,8}}+(?:\\{{1,8}}n)?[ \t]{{0,8}}+(?:send|sendline)[ \t]{{1,8}}+(?:--[ \t]{{1,8}}+)?\(?{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}})",
    re.I,
)
_CISCO = re.compile(
    r"[ \t]{1,20}+(?:[5789][ \t]{1,20}+(?P<bare>[0-9A-F]{8,60}|[$\w./]{20,80})|0[ \t]{1,20}+(?P<quoted>[^\s\\\x00]{6,60}))(?![\w-])"
)
_SQL_SET = re.compile(
    rf"[ \t]{{0,4}}+(?:for[ \t][^\n=;\x00]{{1,80}}=[ \t]{{0,4}}password)?[ \t]{{0,4}}+(?:\(|from|to|is|=)[ \t]{{0,4}}+N?{_Q}(?P<quoted>[^\"'`\\\x00\n]{{4,200}}){_Q}(?:[ \t]{{1,4}}to[ \t]{{1,4}}{_Q}(?P<bare>[^\"'`\\\x00\n]{{4,200}}){_Q})?",
    re.I,
)
_ARGUMENTS = (
    (b"rabbitmqctl ", re.compile(rf"rabbitmqctl[ \t]+(?:-\S+[ \t]+){{0,3}}(?:add_user|change_password)[ \t]+\S{{1,60}}[ \t]+{_Q}?(?P<bare>{_NOT_Q}{{4,200}})")),
    (b":5432:", re.compile(r":5432:[^\s:]{1,60}:[^\s:]{1,60}:(?P<bare>[^\s:\"'\\]{6,200})")),
)  # fmt: skip
"""A beginning to search for, and the command line that it may begin."""
_LOGIN = re.compile(rf"login[ \t]+(?:-\S+[ \t]+){{0,3}}{_Q}?(?P<bare>[A-Za-z0-9][A-Za-z0-9+/=._-]{{15,200}})")
_LOGIN_OF = re.compile(r"\b(?:vault|cargo|bao)[ \t]{1,4}\Z")
_LITERAL = re.compile(
    rf"--(?:from-literal[= ]{_Q}?[\w.-]{{1,80}}=|secret-string[ =]){_Q}?(?P<bare>{_NOT_Q}{{6,300}})|-(?:storepass|hmac)[ \t]+{_Q}?(?P<quoted>{_NOT_Q}{{6,300}})"
)
_BODY = re.compile(
    rf"[ \t]{{1,20}}+(?:set|put|create|add)[ \t]{{1,20}}+[\w-]{{1,80}}[^\n|;&]{{0,120}}?(?:--body|-b|--value)[ =]{_Q}?(?P<bare>{_NOT_Q}{{4,300}})"
)
_CRYPT = re.compile(
    rb"\$(?:krb5\w{2,12}\$\d{1,3}\$[^\s\"'\\]{40,8000}|P\$[./A-Za-z0-9]{31}|H\$[./A-Za-z0-9]{31}|S\$[./A-Za-z0-9]{52}|[89]\$[./A-Za-z0-9_-]{8,24}\$[./A-Za-z0-9_-]{40,48}|14\$[./A-Za-z0-9$]{20,60}|9\$[./A-Za-z0-9-]{16,60}|7\$[./A-Za-z0-9]{20,120}|gy\$[./A-Za-z0-9$]{40,140}|pbkdf2-?\w{0,10}\$\d{1,8}\$[./A-Za-z0-9=+]{8,64}\$[./A-Za-z0-9=+]{20,128}|scrypt\$[\w=,]{4,30}\$[./A-Za-z0-9=+]{8,64}\$[./A-Za-z0-9=+]{20,128}"
    rb"|(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}|2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|(?:1|apr1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|[56]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}"
    rb"|y\$[./A-Za-z0-9]{1,10}\$[./A-Za-z0-9]{10,30}\$[./A-Za-z0-9]{43}|argon2(?:id|i|d)\$v=\d\d\$[a-z0-9=,]{5,40}\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,90})"
)


_HASHED = re.compile(rb"\$[A-Za-z0-9-]{1,16}\$[A-Za-z0-9./+=,$_-]{20,400}")
"""The form in which programs write hashes of passwords: function, parameters, salt and hash between dollar signs."""


_ECHOED = (b"echo ", b"printf ")
_FILTERS = re.compile(
    r"[ \t]{0,3}(?:sudo[ \t]+)?(?:wc|grep|egrep|rg|sed|awk|cut|tr|jq|yq|bc|head|tail|sort|uniq|md5sum|sha\d{0,3}sum|shasum|od|rev|fold|column|nl|less|cat|python3?|node|perl|ruby|bash|sh|git|pbcopy|xclip)\b"
)
"""What is often tried with any text."""


multi_word_search.register((*_ECHOED, b"identified ", b"securestring", *(beginning for beginning, _ in _ARGUMENTS)))


def find(view: View) -> Iterator[Span]:
    """What begins with a name of its own; the rest comes from those who find the names it stands behind."""
    text = view.text
    for at in view.hits_low(b"identified "):
        yield from _value(_SQL.match(text, at), "password")
    for at in view.hits_low(b"securestring"):
        yield from _value(_SECURE_STRING.match(text, at), "password")
    for beginning, line in _ARGUMENTS:
        for at in view.hits(beginning):
            yield from _value(line.match(text, at), "password")
    for word in _ECHOED:
        for at in view.hits(word):
            yield from _echoed(text, at)
    for hashed in _CRYPT.finditer(view.raw):
        yield Span(hashed.start(), hashed.end(), "password-hash", text[hashed.start() : hashed.end()], rank=2)
    for hashed in _HASHED.finditer(view.raw):
        value = text[hashed.start() : hashed.end()]
        if (
            value.count("$") > 2
            and randomness_score.odds(value) >= _SURE
            and not plausible_secret.is_placeholder(value)
        ):
            yield Span(hashed.start(), hashed.end(), "password-hash", value, rank=3)


_SURE = 20


def _echoed(text: str, at: int) -> Iterator[Span]:
    """What looks made up and is piped into a program that is no filter."""
    piped = _PIPED.match(text, at, at + 400)
    if piped is None or _FILTERS.match(text, piped.end()):
        return
    value = piped["quoted"] or piped["bare"]
    if " " not in value and passwords_in_prose.is_made_up(value, strict=True):
        yield from _value(piped, "password")


def into(text: str, at: int) -> Iterator[Span]:
    """What is piped into a program whose line says at `at` that it reads a secret, or handed over with `<<<`."""
    if _TAKES.match(text, at) is None:
        return
    yield from _given_to(text, at, account=text.startswith("passwd", at) and text[at - 2 : at] == "ch")
    if text.startswith("secret", at):
        body = _BODY.match(text, _WORD_END.match(text, at).end())  # type: ignore[union-attr]
        yield from _value(body, "password")


_WORD_END = re.compile(r"\w*")


def _given_to(text: str, at: int, *, account: bool = False) -> Iterator[Span]:
    start = max(text.rfind("\n", 0, at) + 1, at - 400)
    for word in ("echo ", "printf "):
        place = text.rfind(word, start, at)
        piped = _PIPED.match(text, place, at) if place >= 0 else None
        if piped is not None:
            yield from _value(piped, "password", account=account)
            return
    string = text.find("<<<", at, at + 200)
    if string >= 0 and "\n" not in text[at:string]:
        yield from _value(_STRING.match(text, string), "password", account=account)


def behind_login(text: str, at: int) -> Iterator[Span]:
    """`login("user", "X")`, `vault login X` at `at`, where "login" stands."""
    if text.startswith("(", at + 5):
        yield from _value(_CREDENTIAL_PAIR.match(text, at), "password")
    elif _LOGIN_OF.search(text, max(0, at - 12), at):
        yield from _value(_LOGIN.match(text, at), "token")


def behind_flag(text: str, at: int) -> Iterator[Span]:
    """`--from-literal=x=X`, `sudo -S` and the like at `at`."""
    if text.startswith("-S", at):
        if _SUDO.search(text, max(0, at - 40), at):
            yield from _given_to(text, at)
        return
    yield from _value(_LITERAL.match(text, at), "password")


_SUDO = re.compile(r"\bsudo(?:[ \t]+-\w{1,4})*[ \t]+\Z")


def behind_auth(text: str, at: int) -> Iterator[Span]:
    """`auth=("user", "X")` and the like at `at`, where "auth" stands."""
    yield from _value(_AUTH_PAIR.match(text, at), "password")


_SETS = re.compile(
    r"[-+]{0,2}(?:[\w.]{0,40}[._])?(?:set|with|add|use|change|update|reset|create|new|verify|check|alter|auth|hash)_?[A-Z_a-z]|\w{1,30}_set\b|\w{0,40}\.(?:password|passwd|pass)\b",
    re.I,
)


def behind_credential(text: str, at: int) -> Iterator[Span]:
    """`NetworkCredential("user", "X")` at `at`, where "cred" stands."""
    yield from _value(_CREDENTIAL_PAIR.match(text, at), "password")


_SQL_CALL = re.compile(r"=[ \t]{0,3}\Z")
_NOT_TYPED = frozenset(":=?\n\r")
"""Behind what only `_SENT` can follow."""


def behind_password(text: str, start: int, end: int) -> Iterator[Span]:
    """What is typed, sent or set behind a name for passwords, which is `text[start:end]`."""
    if text[end : end + 1].isalnum():
        return
    if (changed := _SQL_SET.match(text, end)) is not None and (
        text[end] == " " or (end - start == 8 and _SQL_CALL.search(text, max(0, start - 4), start))
    ):
        for name in ("quoted", "bare"):
            if changed[name] and is_given(changed[name]) and plausible_secret.is_password(changed[name], quoted=True):
                yield Span(*changed.span(name), "password", changed[name], rank=2)
        return
    called = text[end : end + 1] == "("
    if called and text[start : start + 1] != "." and not _SETS.match(text, start):
        return
    follows = text[end : end + 24].lstrip(" \t")[:1]
    if text[end : end + 1] in (" ", "\t") and follows.isalpha() and follows not in "sS":
        return
    alone = text[end : end + 1] in _NOT_TYPED
    if alone and "send" not in text[end : end + 80].lower():
        return
    for pattern in (_SENT,) if alone else (_TYPED, _SETTER, _INPUT, _SENT, _CISCO):
        match = pattern.match(text, end)
        if match is not None:
            yield from _value(match, "password", careful=pattern is not _INPUT and pattern is not _SENT)
            return


def _value(match: re.Match[str] | None, rule: str, *, account: bool = False, careful: bool = False) -> Iterator[Span]:
    if match is None:
        return
    groups = match.groupdict()
    name = "quoted" if groups.get("quoted") else "bare"
    value, start = str(groups[name]), match.start(name)
    if account:
        start += value.find(":") + 1
        value = value[value.find(":") + 1 :]
    if is_given(value) and (not careful or plausible_secret.is_password(value, quoted=True)):
        yield Span(start, start + len(value), rule, value, rank=2)


def is_given(value: str) -> bool:
    """Whether it is a value and no stand-in, variable or word of a usage text."""
    if (
        len(value) < 4
        or value.lower() in word_lists.DEFAULTS
        or value[:1] in "$%<[({-"
        or "${" in value
        or "{{" in value
    ):
        return False
    return not plausible_secret.is_placeholder(value) and not (
        value.isalpha() and (value.isupper() or value.islower()) and len(value) < 20
    )
