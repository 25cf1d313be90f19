# ruff: noqa: E501
"""Passwords that a sentence names: "the password is now X", "Passwort: X", "login with ada / X", in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gitstory.redact import multi_word_search, plausible_secret
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

STEMS = (
    b"kennwort", b"wachtwoord", b"contrase", b"senha", b"has?o", b"haslo", b"cred", b"heslo", b"parol", b"l?senord", b"kh?u", b"kata sandi",
    b"sandinya", b"kata laluan", b"adgangsk", b"kodeord", b"salasana", b"salas?na", b"jelsz", b"lozink", b"geslo", b"?ifre", b"sifre", b"clave",
    b"identifiant", b"zugangsd", b"anmelded", b"inloggeg", b"parool", b"slapta", b"palavra", b"zaporka", b"lykilor", b"wagwoord", b"pasahitza",
    b"fjal?kalim", b"pasword", b"paswd", b"geheimnis", b"psw", b"ww:", b"ww is", b"mdp", b"chave", b"chiave", b"klucz", b"nyckel", b"n?gle", b"schl?ssel", b"schluessel",
    b"sleutel", b"anahtar", b"cl? ", b"pasw", b"pssw", b"zugang", b"connexion", b" code", b"toegang", b"dostep", b"dost?p", b"inlog", b"logowan",
)  # fmt: skip
multi_word_search.register(STEMS)
"""In lower case, with "?" for what is not ASCII: words that hold no "pass" or "pw", which `assign` looks for.
All of them are looked for in one pass (`needles`)."""

_API = r"(?:[ ](?:de[ ]la[ ]|de[ ]l'|de[ ]|da[ ]|do[ ]|di[ ]|d'|till[ ])?(?:api|acc[eè]s|secret[ao]?|segreta|secr[eè]te|privada|privata|priv[eé]e|tajny)\b)"
_LABEL = re.compile(
    r"kennwort|wachtwoord|contrase(?:ñ|n|ny)as?|senha|has[lł][oa]|cred(?:ential|enciale|enziali|enciai)?s?|hesl[oa]|parola[ ]d'ordine|parol[aăe](?:m|n|si|sı|niz)?|lösenord(?:et)?|khẩu|kata[ ]sandi(?:nya)?|sandinya|kata[ ]laluan"
    r"|adgangskoden?|kodeordet|kodeord|salasana|salasõna|jelsz[óo]|lozinka|geslo|[şs]ifre(?:si|niz|n|m|miz)?|identifiants?|zugangsdaten|anmeldedaten|inloggegevens"
    rf"|parool|slapta[žz]odis|palavra-passe|zaporka|lykilorð|wagwoord|pasahitza|fjalëkalimi|pas{{1,3}}w{{1,2}}[oa]?r{{0,2}}d|ps{{1,2}}w{{1,2}}[oa]?r{{0,2}}d|paswd|psw|ww|mdp|zugang|connexion|(?:(?<=access)|(?<=secret)|(?<=security)|(?<=unlock)|(?<=door)|(?<=gate)|(?<=alarm)|(?<=entry))[ ]code|toegang|dost[eę]p|inlog|dane[ ]logowania|clave(?:{_API})?"
    rf"|(?P<key>(?:client|api|app)[- ]geheimnis|geheimnis|(?:chave|chiave|klucz|nyckel|nøgle|clé){_API}|(?:(?<=api-)|(?<=geheime[ ])|(?<=geheimer[ ])|(?<=geheimen[ ])|(?<=privater[ ])|(?<=private[ ]))(?:schlüssel|schluessel|sleutel|nyckel|nøgle)|(?<=api )(?:anahtarı?|schlüssel|sleutel))",
    re.I,
)
_WIDE = re.compile(
    r"парол[ьяюіа]|гасло|лозинк[аи]|(?P<key>ключ(?:[ ](?:API|доступа|шифрования))?|密[钥鑰鍵]|キー|키)|รหัสผ่าน|رمز[ ]عبور|গোপনশব্দ|পাসওয়ার্ড|密[码碼]|口令|通行碼|パスワード|パスコード|暗証番号|합言葉"
    r"|비밀번호|비번|패스워드|암호|كلمة[ ](?:المرور|السر)|گذرواژه|पासवर्ड|κωδικός(?:[ ]πρόσβασης)?|συνθηματικό|סיסמ[הא]|գաղտնաբառ[ըի]?|პაროლი|құпиясөз|கடவுச்சொல்",
    re.I,
)
"""Labels in other scripts."""
_QUOTES = "\"'`*_「『“”«»„‘’‹›"
_OPEN = rf"[ \t]{{0,20}}+\\{{0,8}}[{_QUOTES}]{{0,5}}[ \t]{{0,20}}+"
_OF = (
    r"(?:[ \t]{1,20}+(?:for|of|on|to|in|at|from|you|we|they|that|which|de|du|da|do|des|del|della|der|des|von|für|zum|för|till?|od|pro|dla|k|ke|ku|do|na|от|для|к|до|в|pour|para"
    r"|van|voor|di|della|til|for[ ]the)[ \t]{1,20}+[^\n.,;:=|\"'`\x00]{1,40}?)?"
)
_VERB = (
    r"(?:(?:was|has[ ]been)[ ](?:changed|set|reset)[ ]to|(?:should|will|must)[ ]be|is|was|are|be|been|to|as|becomes|ist|lautet|war|est|sera|es|és|será|era|e|é|è|será|är|er|on|to[ ]jest|to|jest|je|adalah|ialah|là|este|är|yra|este|este|є|е|это|είναι|هي|هو|היא|הוא|है|là|dir|eshte|është|da"
    r"|=|:=|—|–|->|=>|~>|→|⇒"
    r")(?!\w)"
)
_LINK = re.compile(
    rf"""(?:['’]s\b)?+\\{{0,8}}[{_QUOTES}]{{0,5}}(?:
        (?:{_OF}[ \t]{{0,20}}+[:：=—–]|{_OF}[ \t]{{1,20}}+(?:now[ \t]{{1,20}}+)?{_VERB}(?:[ \t]{{1,20}}+(?:now|again|just|simply|jetzt|nun|ahora|agora)\b)?[ \t]{{0,20}}+:?){_OPEN}(?P<line>(?:\r?\n|\\{{1,4}}n){{1,2}}[ \t]{{0,20}}+{_OPEN})?
      | (?:[ \t]{{1,20}}+-|\?)[ \t]{{1,20}}+{_OPEN}
      | (?P<moved>[ \t]{{1,3}}(?:auf|en|para|a|à|naar|na|на|zu|ke|sang|till|til|su|in)[ \t]{{1,3}}{_OPEN})
      | (?P<one>(?:[ \t]{{1,3}}[^\W\d_]{{2,14}}){{1,2}}(?:[ \t]{{0,3}}[:：=]|[ \t]{{1,3}}{_VERB})[ \t]{{0,3}}{_OPEN})
      | (?P<owned>[ \t]{{1,3}}(?:for|of|от|для|к|de|da|do|di|del|della|von|für|van|voor|pour|para|na|k|ke)(?:[ \t]{{1,3}}[^\W\d_]{{1,14}}){{1,3}}[ \t]{{1,3}}{_OPEN})
      | (?P<whose>[ \t]{{1,3}}(?:for|of)[ \t]{{1,3}}{_OPEN})
      | (?P<far>[ \t][^\n.;:=|,"'`\x00()]{{1,70}}:[ \t]{{0,3}}(?:(?:\r?\n|\\{{1,4}}n)[ \t>]{{0,12}}){{0,2}}{_OPEN})
      | [ \t]{{0,20}}+(?:は|是|为|為|は、|는|은|이|가){_OPEN}
      | [ \t]{{1,3}}with[ ](?:the[ ])?value[ ]:?{_OPEN}
      | (?P<typed>[ \t]{{1,3}}(?:type|enter|use|try)(?:[ ]in)?[ ]{_OPEN})
      | (?P<enclosed>[ \t]{{1,3}}\({_OPEN})
      | (?P<direct>[ \t]{{1,3}}{_OPEN})
    )""".replace(" \\t", "\\x20\\t"),
    re.X,
)
_DOUBTFUL = ("direct", "typed", "enclosed", "moved", "one", "whose", "owned", "far")
"""Ways of linking that words have as well, so that the value must look made up."""
_BEGINS = frozenset(f"?\\ \t:：=—–→⇒は是为為는은이가{_QUOTES}")
"""What `_LINK` begins with."""
_VALUE = re.compile(r"[^\s\"'`<>|,;(){}\[\]「」『』“”«»：\\\x00\x1b]{6,64}")
_PAIR = re.compile(
    r"(?:[ \t]{0,20}+(?::|are|is|sind|sont|son|=|-|–)|[ \t]{1,20}+(?:[a-z]{2,8}[ ])?(?:with|as|mit|avec))[ \t]{0,20}+[`*\"']{0,3}[\w.@+-]{2,60}[`*\"']{0,3}[ \t]{0,20}"
    r"(?:[ ]/[ ]|:|[ ]and[ ]|[ ]with[ ](?:the[ ]password[ ])?)[ \t]{0,20}+[`*\"']{0,3}"
)
_SIGNS = ".,!?:;。、！？*_"
_POLITE = ("です", "입니다", "だ")
_CODE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_CHOSEN = re.compile(r"[a-z]\d{3,6}\Z")
"""The end of a password that looks like a name in code, and is none."""
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
    match = _VALUE.match(text, link.end())
    if match is None or text[match.end() : match.end() + 1] in ("(", "["):
        return None
    if link["line"] is not None and (
        match[0].endswith((":", ",", "=")) or text[match.end() : match.end() + 1] not in _ENDS
    ):
        return None
    value = _believed(match[0], strict=any(link[name] for name in _DOUBTFUL))
    return Span(match.start(), match.start() + len(value), label, value, rank=3) if value else None


_ENDS = frozenset(["", *"\r\n\\\"'`*”’»\x00"])
"""What follows a password on a line of its own."""
_FIRST = re.compile(
    r"(?:^|[\s(\"'`“‘«])(?P<value>[^\s\"'`<>|,;(){}\[\]“”‘’«»\\\x00]{6,64})[\"'`”’»]{0,2}[ ](?:as|for|when|if|once|wenn|als|como|come|comme|som|is|was|ist|est|es|è|é)[ ][^\n.;:=|\x00]{0,48}\Z",
    re.I,
)


def before(text: str, start: int) -> Span | None:
    """The password that a sentence names before the label at `start`: "enter X when asked for the password"."""
    match = _FIRST.search(text, max(0, start - 120), start)
    if match is None or match["value"][-1] in ".,:;" or not is_made_up(match["value"], strict=True):
        return None
    return Span(*match.span("value"), "password", match["value"], rank=3)


@lru_cache(maxsize=1 << 12)
def _believed(word: str, *, strict: bool) -> str:
    """The password at the beginning of `word`, empty where it is none."""
    value = _without_punctuation(word)
    return (
        value
        if value and (not _CODE.match(value) or _CHOSEN.search(value)) and is_made_up(value, strict=strict)
        else ""
    )


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
    match = _VALUE.match(text, link.end()) if link else None
    if match is None:
        return None
    value = _without_punctuation(match[0])
    if not is_made_up(value, strict=False) or "/" in value:
        return None
    return Span(match.start(), match.start() + len(value), "password", value, rank=3)


def find(view: View) -> Iterator[Span]:
    """Passwords behind labels that are not English; the English ones come from `assign`."""
    text = view.text
    for stem in view.present(STEMS):
        for at in view.hits_low(stem):
            label = _LABEL.match(text, at)
            if label is not None and not text[label.end() : label.end() + 1].isalpha() and _begins(text, at):
                rule = "api-key" if label["key"] else "password"
                span = after(text, label.end(), label=rule, direct=not label["key"]) or pair(text, label.end())
                if span is not None:
                    yield span
    for start, end in _wide(view):
        for label in _WIDE.finditer(text, start, end):
            rule = "api-key" if label["key"] else "password"
            span = after(text, label.end(), label=rule, direct=not label["key"])
            if span is not None:
                yield span


def _begins(text: str, at: int) -> bool:
    """Whether a word begins at `at`, also behind a line end that is written out."""
    before = text[at - 1 : at]
    return (
        not before.isalpha()
        or text[at - 2 : at] in ("\\n", "\\r", "\\t")
        or text.startswith(("khẩu", "clé", "ww", " code"), at)
    )


def _wide(view: View) -> Iterator[tuple[int, int]]:
    """Stretches of characters outside ASCII, of two and more."""
    if not view.text.isascii():
        for match in _STRETCH.finditer(view.raw):
            yield match.span()


_STRETCH = re.compile(rb"\?\?[? ]*+")


_ASCII = re.compile("[A-Za-z0-9]")


def is_made_up(value: str, *, strict: bool) -> bool:
    """Whether it is no word: letters with digits or signs among them, as people and generators make passwords."""
    if len(value) < 6 or value[0] in "/.~$%-&?=#@<" or _ASCII.search(value) is None:
        return False
    if plausible_secret.is_plain(value) or plausible_secret.is_placeholder(value) or _TECHNICAL.match(value):
        return False
    if "://" in value or "(" in value or value.count("/") > 1 or "::" in value:
        return False
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    signs = sum(char in "!#$%^&*?~+@" for char in value)
    if strict:
        named = (
            "_" in value and not _CHOSEN.search(value.rstrip("!#$%&*?")) and not plausible_secret.is_random(value, 10)
        )
        if not digits:
            return signs > 0 and letters >= 10 and _has_all(value) and value[-1].isalnum()
        return letters >= 3 and digits >= 1 and (signs > 0 or _mixed(value) or _has_all(value)) and not named
    if not digits:
        return (signs > 0 and letters >= 4 and not value.endswith("?")) or plausible_secret.is_random(value, 12)
    return (letters >= 3 and ("_" not in value or digits >= 3)) or plausible_secret.is_random(value, 10)


def _has_all(value: str) -> bool:
    """Capitals inside words, small letters and digits, and letters side by side as words seldom have them."""
    return bool(_TURN.search(value)) and len(value) >= 8 and plausible_secret.unusual(value) >= 0.35


_TURN = re.compile(r"[a-z][A-Z]|[0-9][A-Z]|[A-Z]{2}[a-z]")


def _mixed(value: str) -> bool:
    """Capitals not only at the beginning of words, or several digits."""
    return sum(map(str.isdigit, value)) >= 2 or plausible_secret.is_random(value, 8)
