# ruff: noqa: E501
"""Secrets by their place in a call, a command, a dialogue or a file of one program, where no name beside them tells.

A place alone proves little (`connect("db", "app", x)`), so most values must also look made up; see `prose.is_made_up`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.redact import multi_word_search, password_arguments, passwords_in_prose, value_lists
from gitstory.redact.searchable_text import View
from gitstory.redact.spans import Span

_Q = r"\\{0,8}[\"'`]"
_WORD = r"[^\s\"'`\\\x00|;&<>]"

_CALL = re.compile(
    r"(?:connect(?:ion)?|ftp(?:_tls)?|mysqli|pdo|sequelize|database|basic_auth|pw_set)(?:\(|[ ](?=[\"']))[ \t]{0,4}(?P<arguments>[^()\n\x00]{6,300})",
    re.I,
)
_CALLS = (b"connect(", b"nnection(", b"ftp(", b"ftp_tls(", b"mysqli(", b"pdo(", b"sequelize(", b"database(", b"basic_auth", b"pw_set(")  # fmt: skip
_STRING = re.compile(rf"{_Q}(?P<value>[^\s\"'`\\\x00]{{8,100}}){_Q}")
_NOT_PASSWORD = frozenset("/:@ <{")
"""In what is an address, a file or a template."""

_HOST = re.compile(r"^\$|\.(?![a-z]{1,12}\d{3,6}\Z)")
_HASHED = re.compile(
    rb"\{(?:S?SHA(?:\d{3})?|SMD5|CRYPT|PBKDF2[\w-]{0,12}|BCRYPT|PLAIN|CLEAR|CLEARTEXT|CRAM-MD5|DIGEST-MD5|ARGON2\w{0,3}|BLF-CRYPT|SHA\d{3}-CRYPT)\}[A-Za-z0-9+/=.$!#%^*_~-]{6,200}"
)

_DERIVED = r"(?P<secret>(?:\w{4,16}|[a-z0-9]{4,10}_sha\d{1,3})(?:\$\$?|:)[\w=,$.:-]{0,40}\$[./A-Za-z0-9=+]{6,64}\$[A-Za-z0-9+/=]{32,160})"
_HASH = re.compile(_DERIVED, re.I)
"""Hashes of passwords as libraries store them, the name of the function first."""

_DECODERS = (
    b"decodestring(",
    b"buffer.from(",
    b"parsehex(",
    b"unhexlify(",
    b"hex2bin(",
    b"hexstring(",
    b"base64string(",
    b"b64decode(",
)
_DECODED = re.compile(
    rf"(?:key|secret|cipher|aes|hmac|seed|priv|salsa|chacha)[^\n\x00]{{0,90}}?(?:decodestring|buffer\.from|parsehex|unhexlify|hex2bin|hexstring|base64string|b64decode)\([ ]?b?{_Q}"
    rf"(?P<secret>[0-9a-f]{{32,256}}|[A-Za-z0-9+/_-]{{42,180}}={{0,2}}){_Q}",
    re.I,
)
_NUMBERS = (b"privateexponent", b"prime1", b"prime2", b"exponent1", b"exponent2", b"coefficient")
_NUMBER = re.compile(
    rf"[a-z]{{5,15}}[12]?\\{{0,8}}[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}{_Q}?(?P<secret>[A-Za-z0-9+/]{{40,1400}}={{0,2}})",
    re.I,
)
"""The private numbers of an RSA key, each on a line with its name."""

_PLACES: tuple[tuple[bytes, int, re.Pattern[str]], ...] = (
    (
        b"/user:",
        300,
        re.compile(rf"net[ \t]use[ \t]+(?:\S{{1,100}}[ \t]+){{1,2}}(?P<secret>{_WORD}{{6,60}})[ \t]+/user:", re.I),
    ),
    (
        b"freerdp ",
        0,
        re.compile(
            rf"freerdp[ \t][^\n\x00]{{0,120}}?/u(?:ser)?:\S{{1,60}}[ \t]+(?:/\S{{1,60}}[ \t]+){{0,4}}/p(?:ass(?:word)?)?:{_Q}?(?P<secret>{_WORD}{{6,60}})",
            re.I,
        ),
    ),
    (
        b"snmp-server community",
        0,
        re.compile(r"snmp-server[ ]community[ ](?!public|private)(?P<secret>[^\s\\\x00]{6,40})[ ]+r[ow]", re.I),
    ),
    (b"wifi:", 0, re.compile(r"wifi:(?:[^;\n\x00]{0,60};){0,4}P:(?P<secret>[^;\s\x00]{6,64});", re.I)),
    (b"wpa_passphrase ", 0, re.compile(rf"wpa_passphrase[ \t]+\S{{1,40}}[ \t]+{_Q}?(?P<secret>{_WORD}{{8,64}})")),
    (
        b"sqlplus ",
        0,
        re.compile(rf"sqlplus[ \t]+(?:-\S+[ \t]+){{0,3}}{_Q}?[\w$.]{{1,40}}/(?P<secret>[^\s/@\"'\x00]{{6,60}})@?"),
    ),
    (b"expdp ", 0, re.compile(rf"expdp[ \t]+{_Q}?[\w$.]{{1,40}}/(?P<secret>[^\s/@\"'\x00]{{6,60}})@?")),
    (b"setuser ", 0, re.compile(r"setuser[ ]\S{1,60}[ ][^\n\x00]{0,80}?>(?P<secret>[^\s\\\x00]{6,100})", re.I)),
    (b"xauth ", 0, re.compile(rf"xauth[ \t]{{1,4}}{_Q}(?P<secret>[^\"'`\\\n\x00]{{6,64}}){_Q}", re.I)),
    (
        b"fromhex(",
        70,
        re.compile(
            rf"(?:aes|chacha20|cipher|hmac|key|account|secret)[^\n\x00]{{0,40}}?fromhex\({_Q}(?P<secret>[0-9a-f]{{32,128}}){_Q}",
            re.I,
        ),
    ),
    (
        b" -hp",
        60,
        re.compile(rf"\b(?:un)?rar[ \t]+(?:[a-z][ \t]+)?(?:-\S+[ \t]+){{0,3}}-hp(?P<secret>{_WORD}{{6,60}})"),
    ),
    (
        b"lftp ",
        0,
        re.compile(
            rf"lftp[ \t]+(?:-e[ \t]+{_Q}[^\"'\n]{{0,80}}{_Q}[ \t]+)?-u[ \t]+{_Q}?[\w.@-]{{1,60}},(?P<secret>{_WORD}{{6,60}})"
        ),
    ),
    (b"kinit ", 0, re.compile(rf"kinit[ \t][^\n\x00]{{0,60}}<<<[ \t]*{_Q}?(?P<secret>{_WORD}{{6,60}})")),
    (
        b"| passwd",
        200,
        re.compile(
            rf"printf[ \t]+{_Q}[^\"'\n\x00]{{1,20}}(?:\n[^\"'\n\x00]{{0,20}}){{0,3}}{_Q}[ \t]+{_Q}?(?P<secret>{_WORD}{{6,60}}){_Q}?[ \t]+{_Q}?(?P<again>{_WORD}{{6,60}}){_Q}?[ \t]*\|[ ]passwd"
        ),
    ),
    (b"crypt(", 0, re.compile(rf"crypt\([ ]?{_Q}(?P<secret>[^\"'\\\n\x00]{{6,60}}){_Q},[ ]?gen_salt", re.I)),
    (b"key content", 0, re.compile(r"key[ ]content[ \t]{1,20}:[ ](?P<secret>[^\n\r\\\x00]{8,63})", re.I)),
    (
        b"reg_sz",
        60,
        re.compile(
            r"(?:password|passwd|pwd|secret|token|autologonpassword)[\w]{0,12}[ \t]{1,12}reg_sz[ \t]{1,12}(?P<secret>[^\n\r\\\x00]{6,100})",
            re.I,
        ),
    ),
    (
        b"samlresponse",
        0,
        re.compile(
            r"samlresponse\\{0,8}[\"']?[ \t]*[=:][ \t]*\\{0,8}[\"']?(?P<secret>[A-Za-z0-9+/%=]{80,40000})", re.I
        ),
    ),
    (
        b'-p"',
        0,
        re.compile(rf"-p\\{{0,8}}\"[ \t]{{0,3}},[ \t]{{0,3}}\\{{0,8}}\"(?P<secret>{_WORD}{{6,60}})\\{{0,8}}\"", re.I),
    ),
    (b"private-", 30, re.compile(r"/(?:[\w%.-]{1,80}/)?private-(?P<secret>[0-9a-f]{32})(?=/)")),
    (
        b"chpasswd",
        0,
        re.compile(
            r"chpasswd:\s{0,8}(?:\\[nr])?\s{0,8}(?:expire:[^\n]{0,10}\s{1,8})?list:[ ]\|(?P<list>(?:(?:\n|\\n)[ \t]{1,12}[\w.-]{1,32}:[^\s\\\x00]{4,80}){1,20})"
        ),
    ),
    (b"psk ", 0, re.compile(rf"psk[ \t]{{1,4}}{_Q}(?P<secret>[^\"'`\\\n\x00]{{6,64}}){_Q}", re.I)),
    (b"auth plain ", 0, re.compile(r"auth plain (?P<secret>[A-Za-z0-9+/]{10,400}={0,2})(?![A-Za-z0-9+/=])", re.I)),
    (
        b"oathtool ",
        0,
        re.compile(
            rf"oathtool[ \t][^\n\x00]{{0,60}}?(?:-b|--base32|--totp|--hotp)(?:[ \t]+-\S+){{0,3}}[ \t]+{_Q}?(?P<secret>[A-Z2-7a-f0-9]{{16,128}}={{0,6}})"
        ),
    ),
    (
        b"digest username",
        0,
        re.compile(rf"digest username[^\n\x00]{{0,400}}?response=(?:{_Q})?(?P<secret>[0-9a-f]{{32,64}})", re.I),
    ),
    (
        b"iv =",
        130,
        re.compile(
            r"salt=[0-9A-F]{16}(?:[\s>]|\\n){1,24}key=(?P<secret>[0-9A-F]{32,64})(?:[\s>]|\\n){1,24}(?:iv\s?=(?P<again>[0-9A-F]{32}))?",
            re.I,
        ),
    ),
    (b"mk dump:", 0, re.compile(r"mk dump:\s{1,4}(?P<secret>[0-9a-f]{2}(?:[ ][0-9a-f]{2}){15,63})", re.I)),
    (
        b"::",
        0,
        re.compile(
            r"(?<=(?P<secret>[0-9a-f]{32}:[0-9a-f]{32})):::|(?<=\w)::[\w.-]{0,40}:[0-9a-f]{16}:(?P<again>[0-9a-f]{32}:[0-9a-f]{32,600})",
            re.I,
        ),
    ),
    (b"wpa*0", 0, re.compile(r"(?P<secret>wpa\*0\d(?:\*[0-9a-f]{12,500}){2,8})", re.I)),
    (b"0x0100", 0, re.compile(r"0x0100(?P<secret>[0-9a-f]{48,88})(?![0-9a-f])", re.I)),
    (b"0x0200", 0, re.compile(r"0x0200(?P<secret>[0-9a-f]{136})(?![0-9a-f])", re.I)),
    (b"enc[pkcs7,", 0, re.compile(r"enc\[pkcs7,(?P<secret>[A-Za-z0-9+/=]{40,600})", re.I)),
    (b"enc[aes256_gcm", 0, re.compile(r"enc\[aes256_gcm,data:(?P<secret>[A-Za-z0-9+/=]{4,600})", re.I)),
    (b"pbkdf2", 0, _HASH),
    (b"scrypt:", 0, _HASH),
    (b"argon2$", 0, _HASH),
    (b"sha1:", 0, re.compile(r"(?P<secret>sha1:[0-9a-f]{8,16}:[0-9a-f]{40})(?![0-9a-f])", re.I)),
    (b"bcrypt_sha256$", 0, _HASH),
    (
        b"scram-sha-",
        0,
        re.compile(
            r"(?P<secret>scram-sha-(?:1|256|512)\$\d{3,7}:[A-Za-z0-9+/=]{12,100}\$[A-Za-z0-9+/=]{20,100}:[A-Za-z0-9+/=]{20,100})",
            re.I,
        ),
    ),
    (
        b" auth ",
        0,
        re.compile(
            rf" auth (?:md5|sha)(?:-?\d{{3}})?[ ](?P<secret>{_WORD}{{6,60}})(?:[ ]priv[ ](?:des|3des|aes)(?:[ ]?\d{{3}})?[ ](?P<again>{_WORD}{{6,60}}))?",
            re.I,
        ),
    ),
    (b"totp(", 0, re.compile(rf"totp\([ ]?{_Q}?(?P<secret>[A-Z2-7]{{16,128}}={{0,6}})(?![A-Za-z0-9])", re.I)),
    (b"hexkey:", 0, re.compile(r"hexkey:(?P<secret>[0-9a-f]{32,256})", re.I)),
    (
        b"secvaluedata",
        0,
        re.compile(rf"secvaluedata[ \t:=>,]{{1,6}}(?:Data\()?{_Q}(?P<secret>[^\"'`\\\n\x00]{{6,100}}){_Q}", re.I),
    ),
    *((word, 100, _DECODED) for word in _DECODERS),
    *((word, 0, _NUMBER) for word in _NUMBERS),
    (b"client_random ", 0, re.compile(r"client_random [0-9a-f]{64} (?P<secret>[0-9a-f]{96})", re.I)),
    (b"_traffic_secret", 0, re.compile(r"_traffic_secret(?:_0)? [0-9a-f]{64} (?P<secret>[0-9a-f]{64,96})", re.I)),
    (b"exporter_secret ", 0, re.compile(r"exporter_secret [0-9a-f]{64} (?P<secret>[0-9a-f]{64,96})", re.I)),
    (b"master-key: ", 0, re.compile(r"master-key: (?P<secret>[0-9a-f]{64,96})", re.I)),
    (b"(private-key", 0, re.compile(r"\(private-key[^\n\x00]{0,600}?\(d #(?P<secret>[0-9a-f]{32,600})", re.I)),
    (b"appid=", 1, re.compile(r"[?&]appid=(?P<secret>[0-9a-f]{32})(?![0-9a-f])", re.I)),
)
"""What to search for in lower case, how far before it a pattern may begin, and the pattern."""
_OVER_LINES = frozenset({b"| passwd", b"iv ="})
_ENTRY = re.compile(r"[ \t][\w.-]{1,32}:(?P<value>[^\s\\\x00]{4,80})")

multi_word_search.register((*_CALLS, *(word for word, _, _ in _PLACES)))


_NAMED_FIRST = (b"admin:", b"root:", b"postgres:")
_AFTER_NAME = re.compile(r"(?:[a-z]{4,13}:)(?P<secret>[^\s\"'`<>|,;:(){}\[\]/@\\\x00\x1b]{6,64})(?![@:(\[{/\w])", re.I)
"""A password behind the name of an account that everyone knows."""
_LISTS = (b"backup", b"recovery", b"scratch", b"2fa", b"emergency", b"bitlocker", b"mfa")
_CREDENTIAL = (b"redential", b"authentication(")
multi_word_search.register((*_NAMED_FIRST, *_LISTS, *_CREDENTIAL))


def find(view: View) -> Iterator[Span]:
    """All of the above."""
    text = view.text
    for word in _NAMED_FIRST:
        for at in view.hits_low(word):
            pair = None if text[at - 1 : at].isalnum() else _AFTER_NAME.match(text, at)
            value = pair["secret"].rstrip(".!?,*_") if pair is not None else ""
            if pair is not None and passwords_in_prose.is_made_up(value, strict=True):
                yield Span(pair.start("secret"), pair.start("secret") + len(value), "password", value, rank=4)
    for word in _LISTS:
        for at in view.hits_low(word):
            yield from value_lists.codes(text, at)
    for word in _CREDENTIAL:
        for at in view.hits_low(word):
            yield from password_arguments.behind_credential(text, at - (word == b"redential"))
    for word in _CALLS:
        for at in view.hits_low(word):
            yield from _arguments(text, max(0, at - 2) if word == b"nnection(" else at)
    for hashed in _HASHED.finditer(view.raw):
        yield Span(hashed.start(), hashed.end(), "password-hash", text[hashed.start() : hashed.end()], rank=2)
    for word, back, pattern in _PLACES:
        for at in view.hits_low(word):
            first = max(0, at - back, text.rfind("\n", 0, at) + 1 if back and word not in _OVER_LINES else 0)
            match = (
                pattern.search(text, first, at + 40_000 if word == b"samlresponse" else at + 700)
                if back
                else pattern.match(text, at)
            )
            yield from _groups(match)


def _groups(match: re.Match[str] | None) -> Iterator[Span]:
    if match is None:
        return
    for name, value in match.groupdict(default="").items():
        start, end = match.span(name)
        if name == "list":
            for entry in _ENTRY.finditer(match.string, start, end):
                yield Span(entry.start("value"), entry.end("value"), "password", entry["value"], rank=3)
        elif password_arguments.is_given(value):
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
