# ruff: noqa: E501
"""Commands, calls, dialogues and files of single programs, and where in them the secret stands (`positional_secrets`)."""

from __future__ import annotations

import re
from collections.abc import Callable

QUOTE = r"\\{0,8}[\"'`]"
_WORD = r"[^\s\"'`\\\x00|;&<>]"

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
    rf"(?:key|secret|cipher|aes|hmac|seed|priv|salsa|chacha)[^\n\x00]{{0,90}}?(?:decodestring|buffer\.from|parsehex|unhexlify|hex2bin|hexstring|base64string|b64decode)\([ ]?b?{QUOTE}"
    rf"(?P<secret>[0-9a-f]{{32,256}}|[A-Za-z0-9+/_-]{{42,180}}={{0,2}}){QUOTE}",
    re.I,
)
_NUMBERS = (b"privateexponent", b"prime1", b"prime2", b"exponent1", b"exponent2", b"coefficient")
_NUMBER = re.compile(
    rf"[a-z]{{5,15}}[12]?\\{{0,8}}[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}{QUOTE}?(?P<secret>[A-Za-z0-9+/]{{40,1400}}={{0,2}})",
    re.I,
)
"""The private numbers of an RSA key, each on a line with its name."""

_BUNDLE = re.compile(
    rf"(?:p12|pfx|pkcs12|keystore)[\w.-]{{0,24}}\\{{0,8}}[\"'`]?[ \t]{{0,4}}[:=][ \t]{{0,4}}{QUOTE}?(?P<secret>MI[A-Za-z0-9+/]{{60,20000}}={{0,2}})",
    re.I,
)
"""A certificate with its key, in base64."""

PLACES: tuple[tuple[bytes, int, Callable[[], re.Pattern[str]]], ...] = (
    (
        b"/user:",
        300,
        lambda: re.compile(
            rf"net[ \t]use[ \t]+(?:\S{{1,100}}[ \t]+){{1,2}}(?P<secret>{_WORD}{{6,60}})[ \t]+/user:", re.I
        ),
    ),
    (
        b"freerdp ",
        0,
        lambda: re.compile(
            rf"freerdp[ \t][^\n\x00]{{0,120}}?/u(?:ser)?:\S{{1,60}}[ \t]+(?:/\S{{1,60}}[ \t]+){{0,4}}/p(?:ass(?:word)?)?:{QUOTE}?(?P<secret>{_WORD}{{6,60}})",
            re.I,
        ),
    ),
    (
        b"snmp-server community",
        0,
        lambda: re.compile(r"snmp-server[ ]community[ ](?!public|private)(?P<secret>[^\s\\\x00]{6,40})[ ]+r[ow]", re.I),
    ),
    (b"wifi:", 0, lambda: re.compile(r"wifi:(?:[^;\n\x00]{0,60};){0,4}P:(?P<secret>[^;\s\x00]{6,64});", re.I)),
    (
        b"wpa_passphrase ",
        0,
        lambda: re.compile(rf"wpa_passphrase[ \t]+\S{{1,40}}[ \t]+{QUOTE}?(?P<secret>{_WORD}{{8,64}})"),
    ),
    (
        b"sqlplus ",
        0,
        lambda: re.compile(
            rf"sqlplus[ \t]+(?:-\S+[ \t]+){{0,3}}{QUOTE}?[\w$.]{{1,40}}/(?P<secret>[^\s/@\"'\x00]{{6,60}})@?"
        ),
    ),
    (b"expdp ", 0, lambda: re.compile(rf"expdp[ \t]+{QUOTE}?[\w$.]{{1,40}}/(?P<secret>[^\s/@\"'\x00]{{6,60}})@?")),
    (b"setuser ", 0, lambda: re.compile(r"setuser[ ]\S{1,60}[ ][^\n\x00]{0,80}?>(?P<secret>[^\s\\\x00]{6,100})", re.I)),
    (b"xauth ", 0, lambda: re.compile(rf"xauth[ \t]{{1,4}}{QUOTE}(?P<secret>[^\"'`\\\n\x00]{{6,64}}){QUOTE}", re.I)),
    (
        b"fromhex(",
        70,
        lambda: re.compile(
            rf"(?:aes|chacha20|cipher|hmac|key|account|secret)[^\n\x00]{{0,40}}?fromhex\({QUOTE}(?P<secret>[0-9a-f]{{32,128}}){QUOTE}",
            re.I,
        ),
    ),
    (
        b" -hp",
        60,
        lambda: re.compile(rf"\b(?:un)?rar[ \t]+(?:[a-z][ \t]+)?(?:-\S+[ \t]+){{0,3}}-hp(?P<secret>{_WORD}{{6,60}})"),
    ),
    (
        b"lftp ",
        0,
        lambda: re.compile(
            rf"lftp[ \t]+(?:-e[ \t]+{QUOTE}[^\"'\n]{{0,80}}{QUOTE}[ \t]+)?-u[ \t]+{QUOTE}?[\w.@-]{{1,60}},(?P<secret>{_WORD}{{6,60}})"
        ),
    ),
    (b"kinit ", 0, lambda: re.compile(rf"kinit[ \t][^\n\x00]{{0,60}}<<<[ \t]*{QUOTE}?(?P<secret>{_WORD}{{6,60}})")),
    (
        b"| passwd",
        200,
        lambda: re.compile(
            rf"printf[ \t]+{QUOTE}[^\"'\n\x00]{{1,20}}(?:\n[^\"'\n\x00]{{0,20}}){{0,3}}{QUOTE}[ \t]+{QUOTE}?(?P<secret>{_WORD}{{6,60}}){QUOTE}?[ \t]+{QUOTE}?(?P<again>{_WORD}{{6,60}}){QUOTE}?[ \t]*\|[ ]passwd"
        ),
    ),
    (
        b"crypt(",
        0,
        lambda: re.compile(rf"crypt\([ ]?{QUOTE}(?P<secret>[^\"'\\\n\x00]{{6,60}}){QUOTE},[ ]?gen_salt", re.I),
    ),
    (b"key content", 0, lambda: re.compile(r"key[ ]content[ \t]{1,20}:[ ](?P<secret>[^\n\r\\\x00]{8,63})", re.I)),
    (
        b"reg_sz",
        60,
        lambda: re.compile(
            r"(?:password|passwd|pwd|secret|token|autologonpassword)[\w]{0,12}[ \t]{1,12}reg_sz[ \t]{1,12}(?P<secret>[^\n\r\\\x00]{6,100})",
            re.I,
        ),
    ),
    (
        b"samlresponse",
        0,
        lambda: re.compile(
            r"samlresponse\\{0,8}[\"']?[ \t]*[=:][ \t]*\\{0,8}[\"']?(?P<secret>[A-Za-z0-9+/%=]{80,40000})", re.I
        ),
    ),
    (
        b'-p"',
        0,
        lambda: re.compile(
            rf"-p\\{{0,8}}\"[ \t]{{0,3}},[ \t]{{0,3}}\\{{0,8}}\"(?P<secret>{_WORD}{{6,60}})\\{{0,8}}\"", re.I
        ),
    ),
    (b"private-", 30, lambda: re.compile(r"/(?:[\w%.-]{1,80}/)?private-(?P<secret>[0-9a-f]{32})(?=/)")),
    (
        b"chpasswd",
        0,
        lambda: re.compile(
            r"chpasswd:\s{0,8}(?:\\[nr])?\s{0,8}(?:expire:[^\n]{0,10}\s{1,8})?list:[ ]\|(?P<list>(?:(?:\n|\\n)[ \t]{1,12}[\w.-]{1,32}:[^\s\\\x00]{4,80}){1,20})"
        ),
    ),
    (b"psk ", 0, lambda: re.compile(rf"psk[ \t]{{1,4}}{QUOTE}(?P<secret>[^\"'`\\\n\x00]{{6,64}}){QUOTE}", re.I)),
    (
        b"auth plain ",
        0,
        lambda: re.compile(r"auth plain (?P<secret>[A-Za-z0-9+/]{10,400}={0,2})(?![A-Za-z0-9+/=])", re.I),
    ),
    (
        b"oathtool ",
        0,
        lambda: re.compile(
            rf"oathtool[ \t][^\n\x00]{{0,60}}?(?:-b|--base32|--totp|--hotp)(?:[ \t]+-\S+){{0,3}}[ \t]+{QUOTE}?(?P<secret>[A-Z2-7a-f0-9]{{16,128}}={{0,6}})"
        ),
    ),
    (
        b"digest username",
        0,
        lambda: re.compile(
            rf"digest username[^\n\x00]{{0,400}}?response=(?:{QUOTE})?(?P<secret>[0-9a-f]{{32,64}})", re.I
        ),
    ),
    (
        b"iv =",
        130,
        lambda: re.compile(
            r"salt=[0-9A-F]{16}(?:[\s>]|\\n){1,24}key=(?P<secret>[0-9A-F]{32,64})(?:[\s>]|\\n){1,24}(?:iv\s?=(?P<again>[0-9A-F]{32}))?",
            re.I,
        ),
    ),
    (b"mk dump:", 0, lambda: re.compile(r"mk dump:\s{1,4}(?P<secret>[0-9a-f]{2}(?:[ ][0-9a-f]{2}){15,63})", re.I)),
    (
        b"::",
        0,
        lambda: re.compile(
            r"(?<=(?P<secret>[0-9a-f]{32}:[0-9a-f]{32})):::|(?<=\w)::[\w.-]{0,40}:[0-9a-f]{16}:(?P<again>[0-9a-f]{32}:[0-9a-f]{32,600})",
            re.I,
        ),
    ),
    (b"wpa*0", 0, lambda: re.compile(r"(?P<secret>wpa\*0\d(?:\*[0-9a-f]{12,500}){2,8})", re.I)),
    (b"0x0100", 0, lambda: re.compile(r"0x0100(?P<secret>[0-9a-f]{48,88})(?![0-9a-f])", re.I)),
    (b"0x0200", 0, lambda: re.compile(r"0x0200(?P<secret>[0-9a-f]{136})(?![0-9a-f])", re.I)),
    (b"enc[pkcs7,", 0, lambda: re.compile(r"enc\[pkcs7,(?P<secret>[A-Za-z0-9+/=]{40,600})", re.I)),
    (b"enc[aes256_gcm", 0, lambda: re.compile(r"enc\[aes256_gcm,data:(?P<secret>[A-Za-z0-9+/=]{4,600})", re.I)),
    (b"pbkdf2", 0, lambda: _HASH),
    (b"scrypt:", 0, lambda: _HASH),
    (b"argon2$", 0, lambda: _HASH),
    (b"sha1:", 0, lambda: re.compile(r"(?P<secret>sha1:[0-9a-f]{8,16}:[0-9a-f]{40})(?![0-9a-f])", re.I)),
    (b"bcrypt_sha256$", 0, lambda: _HASH),
    (
        b"scram-sha-",
        0,
        lambda: re.compile(
            r"(?P<secret>scram-sha-(?:1|256|512)\$\d{3,7}:[A-Za-z0-9+/=]{12,100}\$[A-Za-z0-9+/=]{20,100}:[A-Za-z0-9+/=]{20,100})",
            re.I,
        ),
    ),
    (
        b" auth ",
        0,
        lambda: re.compile(
            rf" auth (?:md5|sha)(?:-?\d{{3}})?[ ](?P<secret>{_WORD}{{6,60}})(?:[ ]priv[ ](?:des|3des|aes)(?:[ ]?\d{{3}})?[ ](?P<again>{_WORD}{{6,60}}))?",
            re.I,
        ),
    ),
    (
        b"totp(",
        0,
        lambda: re.compile(rf"totp\([ ]?{QUOTE}?(?P<secret>[A-Z2-7]{{16,128}}={{0,6}})(?![A-Za-z0-9])", re.I),
    ),
    (b"hexkey:", 0, lambda: re.compile(r"hexkey:(?P<secret>[0-9a-f]{32,256})", re.I)),
    (
        b"secvaluedata",
        0,
        lambda: re.compile(
            rf"secvaluedata[ \t:=>,]{{1,6}}(?:Data\()?{QUOTE}(?P<secret>[^\"'`\\\n\x00]{{6,100}}){QUOTE}", re.I
        ),
    ),
    *((word, 100, lambda: _DECODED) for word in _DECODERS),
    *((word, 0, lambda: _NUMBER) for word in _NUMBERS),
    (b"client_random ", 0, lambda: re.compile(r"client_random [0-9a-f]{64} (?P<secret>[0-9a-f]{96})", re.I)),
    (
        b"_traffic_secret",
        0,
        lambda: re.compile(r"_traffic_secret(?:_0)? [0-9a-f]{64} (?P<secret>[0-9a-f]{64,96})", re.I),
    ),
    (b"exporter_secret ", 0, lambda: re.compile(r"exporter_secret [0-9a-f]{64} (?P<secret>[0-9a-f]{64,96})", re.I)),
    (b"master-key: ", 0, lambda: re.compile(r"master-key: (?P<secret>[0-9a-f]{64,96})", re.I)),
    (b"(private-key", 0, lambda: re.compile(r"\(private-key[^\n\x00]{0,600}?\(d #(?P<secret>[0-9a-f]{32,600})", re.I)),
    (
        b"security_credentials",
        0,
        lambda: re.compile(
            rf"security_credentials{QUOTE}?,[ ]?{QUOTE}(?P<secret>[^\"'`\\\n\x00]{{6,100}}){QUOTE}", re.I
        ),
    ),
    (
        b"securestring",
        200,
        lambda: re.compile(
            rf"{QUOTE}(?P<secret>[^\"'`\\\n\x00]{{6,100}}){QUOTE}[ ]?\|[ ]?convertto-securestring", re.I
        ),
    ),
    (
        b"ntlm",
        0,
        lambda: re.compile(r"ntlm[ \t]{0,8}:[ \t]{0,4}(?:[0-9a-f]{32}:)?(?P<secret>[0-9a-f]{32})(?![0-9a-f])", re.I),
    ),
    (
        b'" -> "',
        200,
        lambda: re.compile(
            r"(?:password|passwd|secret|token|_key)\w{0,20}[ ]{1,20}=[ ]\\{0,8}\"[^\"\n\x00]{0,200}\"[ ]->[ ]\\{0,8}\"(?P<secret>[^\"\\\n\x00]{6,200})",
            re.I,
        ),
    ),
    (
        b"form-data; name=",
        0,
        lambda: re.compile(
            rf"form-data; name={QUOTE}[\w.-]{{0,30}}?(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key){QUOTE}(?:(?:\\{{1,8}}[rn]|\r|\^M\$?){{0,2}}(?:\n|\\{{1,8}}n)[ \t+>|-]{{0,4}}){{1,2}}(?P<secret>[^\s\\^\x00]{{6,400}})",
            re.I,
        ),
    ),
    (b": eap ", 0, lambda: re.compile(rf": eap[ ]{QUOTE}(?P<secret>[^\"'`\\\n\x00]{{6,100}}){QUOTE}", re.I)),
    (
        b"openssl enc",
        0,
        lambda: re.compile(r"openssl enc[^\n\x00]{0,160}?[ ]-K[ ](?P<secret>[0-9a-f]{32,64})(?![0-9a-f])", re.I),
    ),
    (
        b"recovery key",
        0,
        lambda: re.compile(r"recovery key:?(?:\s|\\{1,8}[rn]){0,8}(?P<digits>\d{6}(?:-\d{6}){7})", re.I),
    ),
    (b"impdp ", 0, lambda: re.compile(rf"impdp[ \t]+{QUOTE}?[\w$.]{{1,40}}/(?P<secret>[^\s/@\"'\x00]{{6,60}})@?")),
    (
        b"rman target",
        0,
        lambda: re.compile(rf"rman target[ =]{QUOTE}?[\w$.]{{1,40}}/(?P<secret>[^\s/@\"'\x00]{{6,60}})@?"),
    ),
    (b"userid=", 0, lambda: re.compile(rf"userid={QUOTE}?[\w$.]{{1,40}}/(?P<secret>[^\s/@\"'\x00]{{6,60}})@", re.I)),
    (
        b"schtasks ",
        0,
        lambda: re.compile(rf"schtasks[ ]/create[ ][^\n\x00]{{0,200}}?/rp[ ]{QUOTE}?(?P<secret>{_WORD}{{6,60}})", re.I),
    ),
    (
        b"signtool ",
        0,
        lambda: re.compile(rf"signtool[ ]sign[ ][^\n\x00]{{0,200}}?/p[ ]{QUOTE}?(?P<secret>{_WORD}{{6,60}})", re.I),
    ),
    (
        b"qpdf ",
        0,
        lambda: re.compile(
            rf"qpdf[ ](?:-\S+[ ]){{0,3}}--encrypt[ ]{QUOTE}?(?P<secret>{_WORD}{{6,60}}){QUOTE}?[ ]{QUOTE}?(?P<again>{_WORD}{{6,60}}){QUOTE}?[ ](?:40|128|256)\b"
        ),
    ),
    (
        b"ipmitool ",
        0,
        lambda: re.compile(
            rf"ipmitool[ ][^\n\x00]{{0,160}}?user[ ]set[ ]password[ ]\d{{1,3}}[ ]{QUOTE}?(?P<secret>{_WORD}{{6,60}})"
        ),
    ),
    (
        b"ejabberdctl ",
        0,
        lambda: re.compile(
            rf"ejabberdctl[ ](?:register|change_password)[ ]\S{{1,60}}[ ]\S{{1,100}}[ ]{QUOTE}?(?P<secret>{_WORD}{{6,60}})"
        ),
    ),
    (
        b"http-basic.",
        0,
        lambda: re.compile(
            rf"http-basic\.[\w.-]{{1,80}}[ ]{QUOTE}?[\w.@-]{{1,60}}{QUOTE}?[ ]{QUOTE}?(?P<secret>{_WORD}{{6,300}})"
        ),
    ),
    (b":_authtoken ", 0, lambda: re.compile(rf":_authtoken[ ]{QUOTE}?(?P<secret>{_WORD}{{16,300}})", re.I)),
    (
        b"wandb login",
        0,
        lambda: re.compile(rf"wandb login[ ](?:-\S+[ ]){{0,3}}{QUOTE}?(?P<secret>[0-9a-f]{{40}}|{_WORD}{{40,120}})"),
    ),
    (
        b"-oauth",
        0,
        lambda: re.compile(
            rf"-oauth{QUOTE}[ ]?:(?:\s|\\{{1,8}}n){{0,8}}\{{(?:\s|\\{{1,8}}n){{0,8}}{QUOTE}[\w.-]{{3,80}}{QUOTE}[ ]?:[ ]?{QUOTE}(?P<secret>[A-Za-z0-9_-]{{20,255}}){QUOTE}"
        ),
    ),
    (
        b"proceed to installation:",
        0,
        lambda: re.compile(
            r"proceed to installation:(?:\s|\\{1,8}[rn]|[>|+#│*0-9:→-]){1,60}?(?P<secret>[0-9a-f]{32})(?![0-9a-f])"
        ),
    ),
    (
        b"secret create",
        160,
        lambda: re.compile(
            rf"(?:echo|printf)[ ](?:-\w[ ])?(?:{QUOTE}%s(?:\\n)?{QUOTE}[ ])?{QUOTE}?(?P<secret>{_WORD}{{6,200}}){QUOTE}?[ ]\|[ ](?:docker|podman)[ ]secret create"
        ),
    ),
    (b"anaconda.org/t/", 0, lambda: re.compile(r"anaconda\.org/t/(?P<secret>[\w-]{20,80})")),
    (b"/api/push/", 0, lambda: re.compile(r"/api/push/(?P<secret>[A-Za-z0-9]{10,40})(?![\w/-])")),
    (
        b"auth-user-pass",
        0,
        lambda: re.compile(
            r"auth-user-pass[^\n\\\x00]{0,20}(?:\n|\\{1,8}n)(?:[^\n\\\x00]{0,40}<auth-user-pass>(?:\n|\\{1,8}n))?[^\n\\\x00]{1,60}(?:\n|\\{1,8}n)(?:[ \t+>|#│-]{0,8}|[ ]{0,6}\d{1,5}(?:[\t:→]|[ ]*│[ ]))(?P<secret>[^\s\\\"'<>\x00]{6,100})"
        ),
    ),
    (b"p12", 0, lambda: _BUNDLE),
    (b"pfx", 0, lambda: _BUNDLE),
    (b"pkcs12", 0, lambda: _BUNDLE),
    (b"keystore", 0, lambda: _BUNDLE),
    (
        b"/key/swarm/psk",
        0,
        lambda: re.compile(
            r"/key/swarm/psk/1\.0\.0/[^0-9a-f\x00]{1,60}?/base16/[^\x00/]{1,60}?(?P<secret>[0-9a-f]{64})(?![0-9a-f])"
        ),
    ),
    (b") 0x", 4, lambda: re.compile(r"\(\d{1,3}\) 0x(?P<secret>[0-9a-f]{64})(?![0-9a-f])")),
    (b'0x${"', 0, lambda: re.compile(r"0x\$\{\"(?P<secret>[0-9a-f]{64})\"")),
    (
        b"cborhex",
        200,
        lambda: re.compile(
            rf"signingkey[^\n\x00]{{0,200}}?cborhex{QUOTE}:[ ]?{QUOTE}(?P<secret>[0-9a-f]{{64,260}})", re.I
        ),
    ),
    (
        b"# master key",
        120,
        lambda: re.compile(
            r"0x[0-9a-f]{1,4}:[ ](?P<secret>[0-9a-f]{2}(?:[ ][0-9a-f]{2}){15,63})[ ]{1,4}# master key", re.I
        ),
    ),
    (b"appid=", 1, lambda: re.compile(r"[?&]appid=(?P<secret>[0-9a-f]{32})(?![0-9a-f])", re.I)),
)
"""What to search for in lower case, how far before it a pattern may begin, and the pattern, which is made when the word is
first met: all of them take 60 ms."""
OVER_LINES = frozenset({b"| passwd", b"iv ="})
FAR = {b"samlresponse": 40_000, b"p12": 20_200, b"pfx": 20_200, b"pkcs12": 20_200, b"keystore": 20_200}
"""How far values go that are longer than the others'."""
