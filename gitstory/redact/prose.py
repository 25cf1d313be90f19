# ruff: noqa: E501
"""Passwords that a sentence names: "the password is now X", "Passwort: X", "login with ada / X", in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gitstory.redact import needles, plausible
from gitstory.redact.spans import Span
from gitstory.redact.view import View

STEMS = (
    b"kennwort", b"wachtwoord", b"contrase?a", b"senha", b"has?o", b"cred", b"heslo", b"parol", b"l?senord", b"kh?u", b"kata sandi",
    b"adgangsk", b"salasana", b"jelsz", b"lozink", b"geslo", b"?ifre", b"sifre", b"clave", b"identifiant", b"zugangsd", b"anmelded",
    b"parool", b"slapta?od", b"palavra", b"zaporka", b"lykilor",
)  # fmt: skip
needles.register(STEMS)
"""In lower case, with "?" for what is not ASCII: words that hold no "pass" or "pw", which `assign` looks for.
Each costs a search over all text, so only these."""

_LABEL = re.compile(
    r"kennwort|wachtwoord|contraseñas?|senha|hasł[oa]|cred(?:ential|enciale|enziali)?s?|hesl[oa]|parol[aăe]|lösenord(?:et)?|khẩu|kata[ ]sandi(?:nya)?|adgangskoden?"
    r"|salasana|jelsz[óo]|lozinka|geslo|[şs]ifre(?:si|niz|n)?|clave(?:[ ](?:de[ ](?:acceso|api)|secreta))?|identifiants?|zugangsdaten|anmeldedaten|parool|slaptažodis"
    r"|palavra-passe|zaporka|lykilorð",
    re.I,
)
_WIDE = re.compile(
    r"парол[ьяюі]|гасло|лозинк[аи]|รหัสผ่าน|رمز[ ]عبور|গোপনশব্দ|密[码碼]|口令|パスワード|暗証番号|비밀번호|암호|كلمة[ ](?:المرور|السر)|पासवर्ड|κωδικός(?:[ ]πρόσβασης)?|סיסמ[הא]",
    re.I,
)
"""Labels in other scripts."""
_QUOTES = "\"'`*_「『“”«»„‘’"
_OPEN = rf"[ \t]{{0,20}}+\\{{0,8}}[{_QUOTES}]{{0,5}}[ \t]{{0,20}}+"
_OF = (
    r"(?:[ \t]{1,20}+(?:for|of|on|to|in|at|from|de|du|da|do|des|del|della|der|des|von|für|zum|för|till?|od|pro|dla|от|для|к|до|pour|para"
    r"|van|voor|di|della|til|for[ ]the)[ \t]{1,20}+[^\n.,;:=|\"'`\x00]{1,40}?)?"
)
_VERB = (
    r"(?:(?:was|has[ ]been)[ ](?:changed|set|reset)[ ]to|(?:should|will|must)[ ]be|is|was|are|be|been|to|as|becomes|ist|lautet|war|est|sera|es|será|era|e|é|è|será|är|er|on|to[ ]jest|jest|je|adalah|là|=|:=|—|–"
    r")(?!\w)"
)
_LINK = re.compile(
    rf"""\\{{0,8}}[{_QUOTES}]{{0,5}}(?:
        {_OF}[ \t]{{0,20}}+[:：=—–]{_OPEN}(?:\r?\n[ \t]{{0,20}}+)?
      | {_OF}[ \t]{{1,20}}+(?:now[ \t]{{1,20}}+)?{_VERB}(?:[ \t]{{1,20}}+(?:now|again|just|simply|jetzt|nun|ahora|agora)\b)?[ \t]{{0,20}}+:?{_OPEN}
      | [ \t]{{1,20}}+-[ \t]{{1,20}}+{_OPEN}
      | [ \t]{{0,20}}+(?:は|是|为|為|は、|는|은|이|가){_OPEN}
      | (?P<direct>[ \t]{{1,3}}{_OPEN})
    )""".replace(" \\t", "\\x20\\t"),
    re.X,
)
_BEGINS = frozenset(f"\\ \t:：=—–は是为為는은이가{_QUOTES}")
"""What `_LINK` begins with."""
_VALUE = re.compile(r"[^\s\"'`<>|,;(){}\[\]「」『』“”«»：\\\x00]{6,64}")
_PAIR = re.compile(
    r"(?:[ \t]{0,20}+(?::|are|is|sind|sont|son|=)|[ \t]{1,20}+(?:with|as|mit|avec))[ \t]{0,20}+[`*\"']{0,3}[\w.@+-]{2,60}[`*\"']{0,3}[ \t]{0,20}"
    r"(?:[ ]/[ ]|:|[ ]and[ ])[ \t]{0,20}+[`*\"']{0,3}"
)
_SIGNS = ".,!?:;。、！？*_"
_POLITE = ("です", "입니다", "だ")
_CODE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_TECHNICAL = re.compile(
    r"(?:sha-?\d+|md5|utf-?\d+|base\d+|argon2\w*|bcrypt\w*|scrypt\w*|pbkdf2\w*|oauth\d\w*|http\d?|python\d*|v?\d+\w{0,2}|[a-z]{1,3}\d"
    r"|\d+(?:st|nd|rd|th|px|ms|kb|mb|gb|x|%|min|sec|h|d|s)|user\d+|test\d+|step\d+|line\d+|php\d+|es\d+|win\d+|(?:[a-z]+[-_])+v?\d{1,2})\Z",
    re.I,
)


def after(text: str, end: int, *, label: str, direct: bool = True) -> Span | None:
    """The password behind a label that ends at `end`, where the words between say that one follows.

    With `direct` also one that follows at once ("password X").
    """
    if text[end : end + 1] not in _BEGINS:
        return None
    link = _LINK.match(text, end)
    if link is None or (link["direct"] is not None and not direct):
        return None
    found = _VALUE.match(text, link.end())
    if found is None or text[found.end() : found.end() + 1] in ("(", "["):
        return None
    value = _believed(found[0], strict=link["direct"] is not None)
    return Span(found.start(), found.start() + len(value), label, value, rank=3) if value else None


@lru_cache(maxsize=1 << 12)
def _believed(word: str, *, strict: bool) -> str:
    """The password at the beginning of `word`, empty where it is none."""
    value = _without_punctuation(word)
    return value if value and not _CODE.match(value) and is_made_up(value, strict=strict) else ""


def _without_punctuation(value: str) -> str:
    """The value without what ends the sentence."""
    value = value.rstrip(_SIGNS)
    for ending in _POLITE:
        if value.endswith(ending):
            return value.removesuffix(ending)
    return value


def pair(text: str, end: int) -> Span | None:
    """The password of "NAME / PASSWORD" or "NAME:PASSWORD" behind "credentials:", "login with" and the like."""
    link = _PAIR.match(text, end)
    found = _VALUE.match(text, link.end()) if link else None
    if found is None:
        return None
    value = _without_punctuation(found[0])
    if not is_made_up(value, strict=False) or "/" in value:
        return None
    return Span(found.start(), found.start() + len(value), "password", value, rank=3)


def find(view: View) -> Iterator[Span]:
    """Passwords behind labels that are not English; the English ones come from `assign`."""
    text = view.text
    for stem in STEMS:
        for at in view.hits_low(stem):
            label = _LABEL.match(text, at)
            if label is not None and not text[label.end() : label.end() + 1].isalpha() and _begins(text, at):
                span = after(text, label.end(), label="password") or pair(text, label.end())
                if span is not None:
                    yield span
    for start, end in _wide(view):
        for label in _WIDE.finditer(text, start, end):
            span = after(text, label.end(), label="password")
            if span is not None:
                yield span


def _begins(text: str, at: int) -> bool:
    """Whether a word begins at `at`, also behind a line end that is written out."""
    before = text[at - 1 : at]
    return not before.isalpha() or text[at - 2 : at] in ("\\n", "\\r", "\\t") or text.startswith("khẩu", at)


def _wide(view: View) -> Iterator[tuple[int, int]]:
    """Stretches of characters outside ASCII, of two and more."""
    if not view.text.isascii():
        for found in _STRETCH.finditer(view.raw):
            yield found.span()


_STRETCH = re.compile(rb"\?\?[? ]*+")


_ASCII = re.compile("[A-Za-z0-9]")


def is_made_up(value: str, *, strict: bool) -> bool:
    """Whether it is no word: letters with digits or signs among them, as people and generators make passwords."""
    if len(value) < 6 or value[0] in "/.~$%-&?=#@<" or _ASCII.search(value) is None:
        return False
    if plausible.is_plain(value) or plausible.is_placeholder(value) or _TECHNICAL.match(value):
        return False
    if "://" in value or "(" in value or value.count("/") > 1 or "::" in value:
        return False
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    signs = sum(char in "!#$%^&*?~+@" for char in value)
    if strict:
        return letters >= 3 and digits >= 1 and (signs > 0 or _mixed(value)) and "_" not in value
    if not digits:
        return (signs > 0 and letters >= 4 and not value.endswith("?")) or plausible.is_random(value, 12)
    return (letters >= 3 and ("_" not in value or digits >= 3)) or plausible.is_random(value, 10)


def _mixed(value: str) -> bool:
    """Capitals not only at the beginning of words, or several digits."""
    return sum(map(str.isdigit, value)) >= 2 or plausible.is_random(value, 8)
