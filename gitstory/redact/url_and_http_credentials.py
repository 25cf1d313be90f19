# ruff: noqa: E501
"""Credentials by their place: in URIs and DSNs, in HTTP headers and cookies, and behind flags of known commands."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from gitstory.redact import multi_word_search, password_arguments, passwords_in_prose, plausible_secret, word_lists
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_USERINFO = re.compile(
    r"""(?P<user>[^\s/@:"'<>`\\\x00]{0,100}+):(?P<pass>[^\s"'<>`\\/\x00]{1,300})@(?=[\w\[$%{(<*-])"""
)
_LOOSE = re.compile(
    r"""[^\s/@:"'<>`\\\x00]{0,100}+:(?P<pass>[^\s@"'<>`\\\x00]{1,200}+(?:@[^\s@"'<>`\\\x00]{0,100}+){0,3}?)@[\w.-]{1,100}+(?::\d{1,5}+)?(?=[/?\s"']|$)"""
)
_TOKEN_USER = re.compile(r"""(?P<user>[^\s/@:"'<>`\\\x00]{16,300}+)@(?=[\w.-]{1,100}\.)""")
_DATABASE = re.compile(r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|mssql|sqlserver)(?:\+\w+)?\Z")
_AUTHORIZATION = re.compile(
    r"""authorization(?:\\*["'`])?\]?[ \t]*[:=,][ \t]*\\*["'`]?[bf]?["']?
    (?:(?P<scheme>bearer|basic|token|apikey|api-key|digest|negotiate|key|ssws|splunk|genie-?key)[ \t]+)?
    (?P<value>[A-Za-z0-9+/=._~:%-]{8,8000})""",
    re.X | re.I,
)
_BEARER = re.compile(r"bearer[ \t]+(?P<value>[A-Za-z0-9+/=._~!#$%^*-]{10,8000})", re.I)
_COOKIE = re.compile(
    r"""(?:set-)?cookies?(?:\\*["'`])?\]?(?:[ \t]*[:=,][ \t]*(?:\\*["']value\\*["'][ \t]*:[ \t]*)?|[ \t]+(?=\\*["']))\\*["'`]?(?P<pairs>[^\n"'\\\x00]{8,8000})""",
    re.I,
)
_COOKIES = re.compile(r"cookies?\\{0,8}[\"']?[ \t]{0,4}[=:][ \t]{0,4}\{(?P<pairs>[^{}\n\x00]{8,4000})\}")
_QUOTED_PAIR = re.compile(r"[\"'][ \t]{0,4}:[ \t]{0,4}\\{0,8}[\"'](?P<value>[^\s\"'\\]{10,4000})")
_PAIR = re.compile(r"(?P<name>[\w.-]{1,80})=(?P<value>[^;\s,]{8,4000})")
_SESSION = re.compile(r"sess|sid|auth|token|jwt|csrf|xsrf|login|remember|connect", re.I)
_USER_FLAG = re.compile(
    r"""(?:-[a-zA-Z]{0,3}u|-a|-A|--user|--proxy-user|-U)[ =]?(?P<q>\\*["'])?(?P<user>[\w.@+/\\-]{1,100})[:%](?P<pass>[^\s"'\\\x00]{3,300})"""
)
_P_FLAG = re.compile(r"""-(?:p|a|P|w|N|k|bc|b|c|A|X|s)[ =]?(?P<q>\\*["'])?(?P<pass>(?!-)[^\s"'\\\x00|&;]{4,300})""")
_COMMAND = re.compile(
    r"(?:\b|(?<=\\n))(?:ssh-keygen|security|psexec\w{0,4}|runas|signtool|osslsigncode|jenkins-cli\.jar|fly|beeline|yt-dlp|boundary|kinit|kadmin|ldappasswd|mkstore|notarytool|altool|airflow|db2|rclone|mongoimport|mongoexport|cbq|nxc|crackmapexec|netexec|xfreerdp|hydra|medusa|vncviewer|pg_dump|impdp|expdp|sqlldr|rpcclient|smbget|gpg2?|age|wg|nmcli|iwctl|wpa_cli|pdftk|qpdf|aria2c|wget|rsync|sftp|ftp|lftp|tnftp|ncftp\w{0,3}|certutil|pk12util|(?:un)?zip|7za?|twine|nuget|dotnet|az|rar|unrar|htpasswd|https?|mysql(?:dump|admin)?|mariadb(?:-dump)?|sshpass|(?:docker|podman|buildah|skopeo|helm|oc|az|npm|cf|nerdctl)\b[^\n|;&]{0,80}?"
    r"\blogin|redis-cli|mongo(?:sh|dump|restore)?|sqlcmd|lftp|useradd|usermod|rdesktop|svn|smbmap|evil-winrm|ldap\w+|snmp\w+|ipmitool|rabbitmqadmin|mosquitto_\w+|cqlsh|bcp|isql|plink|pscp|curl|smbclient|keytool|openssl)\b",
)
_ACCOUNT = re.compile(r"[ \t]-{1,2}(?:u|U|l|user|username|login|account|email|h|host)[ =]{1,4}[^\s-]")
"""Who a password is for, before it on the line of a command that is not known."""
_CURL_COOKIE = re.compile(r"""-b[ =]?\\*["']?(?P<pairs>[\w.-]{1,60}=[^\n"'\\\x00]{8,4000})""")
_HTTPIE = re.compile(r"\bhttps?(?:[ \t]+(?:-\S+|GET|POST|PUT|DELETE|PATCH)){0,4}\Z")
_NETRC = re.compile(r"\blogin[ \t]+\S{1,100}\s+password[ \t]+(?P<pass>[^\s\x00]{4,200})", re.I)
_GO_DSN = re.compile(r"[\w.-]{1,64}:([^\s:@/\"'`]{3,200})@(?:tcp|unix|udp)\(")
_ORACLE = re.compile(r"thin:[\w.$-]{1,64}/([^\s@/\"'`]{3,100})@")
_BARE_PROXY = re.compile(r"(?<![\w/@.-])[\w.-]{2,64}:([^\s:@/\"'`,]{8,100})@[\w-]+(?:\.[\w-]+)*:\d{2,5}\b")

_HOOK = re.compile(
    r"""(?:hooks\.slack(?:-gov)?\.com)\\?/(?:services|workflows|triggers)\\?/(?P<slack>[A-Za-z0-9/\\]{20,200})
    |(?:(?:[a-z]{2,8}\.)?discord(?:app)?\.com)/api/(?:v\d{1,2}/)?webhooks/(?P<discord_token>\d{15,22}/[A-Za-z0-9_-]{50,90})
    |[\w-]{1,60}\.(?:webhook\.)?office\.com/webhook(?:b2)?/(?P<teams>[0-9a-f@-]{60,90}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})
    |(?:hooks\.zapier\.com/hooks/[a-z]{1,10}/\d{1,12}/|hook\.(?:[a-z0-9]{2,8}\.)?(?:make|integromat)\.com/
      |maker\.ifttt\.com/trigger/[\w-]{1,60}/(?:json/)?with/key/|events\.pagerduty\.com/integration/
      |[\w.-]{3,100}/hooks/(?=[a-z0-9]{26}(?![A-Za-z0-9])))(?P<secret>[A-Za-z0-9_-]{6,80})""",
    re.X,
)
"""Addresses that let everyone in who knows them."""
_HOOK_RULES = {"slack": "slack-webhook", "discord_token": "discord-webhook", "teams": "teams-webhook"}

_FLAG = re.compile(
    rb" -(?:[a-zA-Z]{1,3}u[ =]|hmac|[uUpaPwNkbScAXs]|-from-literal|storepass|-secret-string|-user|-proxy-user)"
)
_PASSWORD = range(9, 102)
"""How far before the `@` the colon of `user:password@host:port` is."""
_PORT = re.compile(r"[\w-]{1,63}+(?:\.[\w-]{1,63}+){0,9}+:\d")


def find(view: View) -> Iterator[Span]:
    """All of the above."""
    yield from _uris(view)
    yield from _dsns(view)
    yield from _authorization(view)
    yield from _schemes(view)
    yield from _cookies(view)
    yield from _flags(view)
    yield from _netrc(view)


def is_stand_in(value: str) -> bool:
    return (
        value.lower() in word_lists.DEFAULTS
        or plausible_secret.is_placeholder(value)
        or "{" in value
        or value[:1] in "$%<[("
    )


def _uris(view: View) -> Iterator[Span]:
    text = view.text
    for at in view.hits(b"://"):
        hook = _HOOK.match(text, at + 3)
        if hook is not None:
            name = next(name for name in ("slack", "discord_token", "teams", "secret") if hook[name])
            if not is_stand_in(hook[name]):
                yield Span(*hook.span(name), _HOOK_RULES.get(name, "webhook"), hook[name])
        match = _USERINFO.match(text, at + 3)
        if match is None and _DATABASE.search(text[max(0, at - 20) : at].lower()):
            match = _LOOSE.match(text, at + 3)
        if match is not None:
            if not is_stand_in(match["pass"]):
                yield Span(match.start("pass"), match.end("pass"), "uri-password", match["pass"], rank=1)
            continue
        lone = _TOKEN_USER.match(text, at + 3)
        if lone is not None and (plausible_secret.is_hex(lone["user"]) or plausible_secret.is_random(lone["user"])):
            yield Span(lone.start("user"), lone.end("user"), "uri-credential", lone["user"], rank=1)


multi_word_search.register((b"authorization", b"bearer ", b"cookie", b"login", b"thin:"))
_CALLS = ("tcp(", "unix(", "udp(")


def _dsns(view: View) -> Iterator[Span]:
    text, thin, colons = view.text, view.has(b"thin:"), b":" in view.raw
    called = any(b"@" + call.encode() in view.raw for call in _CALLS)
    for at in view.hits(b"@") if colons else ():
        if called and text.startswith(_CALLS, at + 1):
            match = _GO_DSN.search(text, max(0, at - 280), at + 6)
            rule = "dsn-password"
        elif thin and "thin:" in text[max(0, at - 180) : at]:
            match, rule = _ORACLE.search(text, max(0, at - 180), at + 1), "dsn-password"
        elif (
            at - text.rfind(":", max(0, at - 101), at) in _PASSWORD
            and _PORT.match(text, at + 1)
            and "://" not in text[max(0, at - 165) : at]
        ):
            match, rule = _BARE_PROXY.search(text, max(0, at - 165), at + 100), "uri-password"
        else:
            continue
        if match and not is_stand_in(match[1]) and (rule == "dsn-password" or plausible_secret.is_random(match[1], 8)):
            yield Span(match.start(1), match.end(1), rule, match[1], rank=1)


def _authorization(view: View) -> Iterator[Span]:
    text = view.text
    for at in view.hits_low(b"authorization"):
        match = None if text[at - 1 : at].isalnum() else _AUTHORIZATION.match(text, at)
        if match is None or is_stand_in(match["value"]) or match["value"].startswith("AWS4-"):
            continue
        value = match["value"]
        named = (match["scheme"] or "").lower()
        if named == "basic" and not _is_basic(value) and not plausible_secret.is_random(value):
            continue
        if (
            named == "basic"
            or plausible_secret.is_random(value, 10)
            or (plausible_secret.is_hex(value) and len(value) >= 16)
        ):
            yield Span(match.start("value"), match.end("value"), "authorization", value, rank=2)


def _schemes(view: View) -> Iterator[Span]:
    text = view.text
    for at in view.hits_low(b"bearer "):
        match = _BEARER.match(text, at)
        if match and not is_stand_in(match["value"]) and _is_bearer(match["value"].rstrip(".!*")):
            yield Span(match.start("value"), match.end("value"), "authorization", match["value"], rank=2)


def _is_bearer(value: str) -> bool:
    return plausible_secret.is_random(value, 16) or passwords_in_prose.is_made_up(value, strict=True)


def _is_basic(value: str) -> bool:
    """RFC 7617: base64 of `user:password`."""
    try:
        plain = base64.b64decode(
            value + "=" * (-len(value) % 4), altchars=b"-_" if "-" in value or "_" in value else None
        )
        user, colon, password = plain.decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return False
    return bool(colon) and (user + password).isprintable() and not is_stand_in(password)


def _cookies(view: View) -> Iterator[Span]:
    text, low, done = view.text, view.low, 0
    for at in view.hits_low(b"cookie"):
        if at < done:
            continue
        match = _COOKIE.match(text, at - 4 if low.startswith(b"set-", max(0, at - 4)) else at)
        done = match.end() if match else done
        yield from _pairs(text, match)
        listed = _COOKIES.match(text, at)
        for pair in _QUOTED_PAIR.finditer(text, listed.start("pairs"), listed.end("pairs")) if listed else ():
            if plausible_secret.is_random(pair["value"], 10) or (
                plausible_secret.is_hex(pair["value"]) and len(pair["value"]) >= 16
            ):
                yield Span(*pair.span("value"), "cookie", pair["value"], rank=2)


def _pairs(text: str, match: re.Match[str] | None) -> Iterator[Span]:
    """The random values of `name=value; name=value`."""
    for pair in _PAIR.finditer(text, match.start("pairs"), match.end("pairs")) if match else ():
        value = pair["value"]
        least = 10 if _SESSION.search(pair["name"]) else 20
        is_known = plausible_secret.is_random(value, least) or (plausible_secret.is_hex(value) and len(value) >= 16)
        if is_known and not is_stand_in(value):
            yield Span(pair.start("value"), pair.end("value"), "cookie", value, rank=2)


def _netrc(view: View) -> Iterator[Span]:
    """`machine HOST login NAME password SECRET`, as .netrc has it on one line or several."""
    for words_for_it in _LOG_IN:
        for at in view.hits_low(words_for_it):
            if (labelled := passwords_in_prose.pair(view.text, at + len(words_for_it))) is not None:
                yield labelled
    for at in view.hits_low(b"login"):
        yield from password_arguments.behind_login(view.text, at)
        if (span := passwords_in_prose.pair(view.text, at + 5)) is not None:
            yield span
        yield from _positional(view.text, at)
        match = _NETRC.match(view.text, at)
        if match and not is_stand_in(match["pass"]) and plausible_secret.is_password(match["pass"], quoted=True):
            yield Span(match.start("pass"), match.end("pass"), "password", match["pass"], rank=2)


_LOG_IN = (b"log in", b"logged in", b"sign in", b"signed in")
multi_word_search.register(_LOG_IN)
_WORDS_AFTER = re.compile(
    r"login[ \t]{1,4}(?:-\S{1,40}[ \t]{1,4}){0,3}[\w.@:/+-]{2,80}[ \t]{1,4}[\"']?(?P<pass>[^\s\"'\\\x00|&;<>]{6,200})",
    re.I,
)


def _positional(text: str, at: int) -> Iterator[Span]:
    """`PROGRAM login NAME PASSWORD` at `at`, where "login" is."""
    match = _WORDS_AFTER.match(text, at)
    if match and not is_stand_in(match["pass"]) and passwords_in_prose.is_made_up(match["pass"], strict=True):
        yield Span(*match.span("pass"), "password", match["pass"], rank=3)


def _flags(view: View) -> Iterator[Span]:
    text = view.text
    for flag in _FLAG.finditer(view.raw):
        at = flag.start()
        letter = text[at + 2]
        if letter == "h":
            yield from password_arguments.behind_flag(text, at + 1)
            continue
        if letter == "S" or text.startswith(("--f", "--s", "st"), at + 1 + (letter == "s")):
            yield from password_arguments.behind_flag(text, at + 1)
            continue
        if letter == "b":
            yield from _pairs(text, _CURL_COOKIE.match(text, at + 1))
            continue
        match = _USER_FLAG.match(text, at + 1) if letter == "A" else None
        if (
            match is not None
            or letter in "uU-"
            or flag[0][-2:-1] == b"u"
            or (letter == "a" and _HTTPIE.search(text, max(0, at - 60), at))
        ):
            match = _USER_FLAG.match(text, at + 1)
            if match and not is_stand_in(match["pass"]) and not match["pass"].isdigit():
                yield Span(match.start("pass"), match.end("pass"), "flag-password", match["pass"], rank=2)
        else:
            match = _P_FLAG.match(text, at + 1)
            if (
                match is None
                or is_stand_in(match["pass"])
                or not plausible_secret.is_password(match["pass"], quoted=True)
            ):
                continue
            line = max(text.rfind("\n", 0, at), at - 300, 0)
            named = (
                letter in "pPw"
                and passwords_in_prose.is_made_up(match["pass"], strict=True)
                and _ACCOUNT.search(text, line, at)
            )
            if named or _COMMAND.search(text, line, at):
                yield Span(match.start("pass"), match.end("pass"), "flag-password", match["pass"], rank=2)
