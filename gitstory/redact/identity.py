# ruff: noqa: E501
"""Who and where: home directories, account names in paths, e-mail addresses, and host names where configured."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from gitstory.redact import multi_word_search, word_lists
from gitstory.redact.domains import domain_at
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View
from gitstory.redact.text_without_styling import ends_escape

_WORD = r"[^\W\d_][\w.'-]{0,40}+"
_FULL = rf"(?=[^\W\d_a-zß-ÿ]){_WORD}(?: (?=[^\W\d_a-zß-ÿ]){_WORD}){{1,3}}+"
"""Names as macOS and Windows have them in paths, with blanks: each word begins with a capital."""
_NAME = r"\w[\w.$+@-]{0,63}+"
_POSIX = re.compile(
    rf"(?P<sep>\\{{0,8}}+/)(?:home|Users)(?P=sep)"
    rf"(?P<user>{_FULL}(?=\\{{0,8}}/|[\"'`\r\n,;)>\]]|\Z)|{_NAME}(?:(?:\\{{1,8}}+ |%20)[\w.'-]{{1,40}}+){{0,3}}+)"
)
_WINDOWS = re.compile(
    r"(?P<sep>\\{1,8}+)(?:users|home|documents and settings)(?P=sep)"
    rf"(?P<user>\w[\w.$+@'-]{{0,63}}+(?: [\w.$+@'()-]{{1,40}}+){{1,3}}+(?=(?P=sep)|\")|(?-i:{_FULL})(?=[\"'`\r\n,;)>\]]|\Z)|{_NAME})",
    re.I,
)
_DASHED = re.compile(r"(?:[A-Za-z]-)?-(?:home|Users)-(?P<user>[A-Za-z0-9_]{1,64})(?=-)")
_ENCODED = re.compile(
    r"(?P<sep>%2F|%5C)(?:home|Users)(?P=sep)"
    r"(?P<user>(?:\w|%[89A-F][0-9A-F])(?:[\w.-]|%20|\+|%[89A-F][0-9A-F]){0,63}+)",
    re.I,
)
_SHARE = re.compile(r"\\{2,16}[\w.$-]{1,64}+(?:\\{1,8}+[\w.$-]{1,64}+){0,2}\Z")
"""What leads to a home on another machine or in another system: a server and its shares."""
_WEB = re.compile(r".*\.(?:html?|php|aspx?|jsp|js|css|tsx?|jsx|vue|py|rb|go|json|md|png|svg|jpe?g)\Z", re.I)

_LOCAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-"
_AT = (b"@", b"%40", b"\\u0040", b"&#64;", b"&commat;")
"""How the sign stands in text, in addresses of the web, in JSON, and in HTML."""
_SAFE_LOCAL = re.compile(
    r"(?:no-?reply|do-?not-?reply|noreply.*|git|.*\[bot\]|\d+\+.*|actions|username|you|your.*|user|someone|name|me|"
    r"foo|bar|test|x)\Z",
    re.I,
)
_SAFE_DOMAIN = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|org|net|edu|io|dev))?|test|invalid|localhost|localdomain|users\.noreply\.github\.com|"
    r"noreply\.[\w.-]+|domain\.(?:com|tld)|company\.com|yourdomain\.\w+|email\.com|foo\.com|bar\.com|host\.com|server\.com)\Z",
    re.I,
)

_HOST_PART = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_URI_HOST = re.compile(r"""://(?:[^\s/@"'<>]{0,200}@)?(?P<host>[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z0-9-]+)""")
KNOWN_HOST = re.compile(
    r"(?:.*\.)?(?:github\.com|githubusercontent\.com|gitlab\.com|bitbucket\.org|"
    r"docs\.rs|python\.org|rust-lang\.org|golang\.org|go\.dev|nodejs\.org|mozilla\.org|w3\.org|wikipedia\.org|"
    r"stackoverflow\.com|google\.com|googleapis\.com|microsoft\.com|apple\.com|openai\.com|anthropic\.com|"
    r"claude\.ai|readthedocs\.(?:io|org)|json-schema\.org|schema\.org|example\.(?:com|org|net)|localhost|apache\.org|"
    r"ubuntu\.com|kernel\.org|gnu\.org|ietf\.org|rfc-editor\.org|127\.0\.0\.1|0\.0\.0\.0)\Z",
    re.I,
)


_HOMES = (b"home", b"users", b"documents and settings")
multi_word_search.register((*_HOMES, *_AT[1:]))


class Names:
    """What to hide of one person: their home directory, and their account names where a path component is one."""

    def __init__(self, home: Path | None, users: Collection[str]) -> None:
        self.homes = _spellings(home)
        named = {
            user
            for user in users
            if len(user) >= 3 and user.lower() not in word_lists.COMMON and re.fullmatch(r"[\w.@+-]+", user)
        }
        self.users = tuple(sorted(named))
        choice = "|".join(map(re.escape, sorted(named, key=len, reverse=True)))
        self.component = re.compile(rf"(?<=[/\\~])(?:{choice})(?=[/\\]|[\s\"'`:;,)\]}}]|\Z|\x00)") if named else None

    def find(self, text: str) -> Iterator[Span]:
        for spelling in self.homes:
            yield from _exact_home(text, spelling)
        if self.component is not None and any(user in text for user in self.users):
            for match in self.component.finditer(text):
                yield Span(match.start(), match.end(), "user", match[0], rank=9, literal="[user]")


def _spellings(home: Path | None) -> tuple[str, ...]:
    if home is None or len(str(home)) < 4:
        return ()
    plain = str(home).rstrip("/\\")
    forms = {
        plain,
        plain.replace("\\", "/"),
        plain.replace("\\", "\\\\"),
        plain.replace("/", "%2F"),
        plain.replace("/", "\\/"),
    }
    return tuple(sorted(forms, key=len, reverse=True))


def _exact_home(text: str, spelling: str) -> Iterator[Span]:
    at = text.find(spelling)
    while at >= 0:
        end = at + len(spelling)
        if not text[end : end + 1].replace("_", "a").replace("-", "a").isalnum() and _free(text, at):
            yield Span(at, end, "home", spelling, rank=8, literal="~")
        at = text.find(spelling, end)


def _free(text: str, at: int) -> bool:
    """Whether an absolute path can begin here: not in the middle of a relative one or of a URL's path."""
    before = text[max(0, at - 2) : at]
    if not before or not (before[-1].isalnum() or before[-1] in "~._-/\\@)]}%*") or ends_escape(text, at):
        return True
    return before[-2:] in ("//", "\\n", "\\t", "\\r", "-I", "-L", "=/") or (before[-1] == "/" and before != "//")


def homes(view: View) -> Iterator[Span]:
    """Anyone's home directory in any notation; what follows it in the path stays."""
    for word in _HOMES:
        ended = -1
        for at in view.hits_low(word):
            if at > ended and (span := _home(view.text, at)) is not None:
                ended = span.end
                yield span


def _home(text: str, at: int) -> Span | None:
    """`at` is where a word such as `home` begins."""
    before = text[at - 1 : at]
    if before == "/":
        head = text[max(0, at - 9) : at - 1]
        pattern, first = _POSIX, at - 1 - (len(head) - len(head.rstrip("\\")))
        first = first if _POSIX.match(text, first) else at - 1
        drive = re.search(
            r"(?:/mnt/[a-z]|/cygdrive/[a-z]|/net(?:/[\w-]{1,40})?|/nfs\d?|/Volumes(?:/[\w -]{1,40})?|/[a-zA-Z]|/export|/usr|/var|[a-zA-Z]:)\Z",
            text[max(0, first - 7) : first],
        )
    elif before == "\\":
        first = at - (len(head := text[max(0, at - 9) : at]) - len(head.rstrip("\\")))
        pattern = _WINDOWS
        head = text[max(0, first - 200) : first]
        drive = re.search(r"[A-Za-z]:\Z", head[-2:]) or _SHARE.search(head)
    elif before == "-":
        pattern, first, drive = _DASHED, at - 1, None
        if text[max(0, at - 3) : at] in ("C--", "c--", "D--", "d--"):
            first = at - 3
    elif text[max(0, at - 3) : at].upper() in ("%2F", "%5C"):
        pattern, first = _ENCODED, at - 3
        drive = re.search(r"[A-Za-z]%3[aA]\Z", text[max(0, first - 4) : first])
    else:
        return None
    match = pattern.match(text, first)
    if match is None:
        return None
    user = match["user"].rstrip(".-@+")
    start = first - len(drive[0]) if drive and _begins(text, first - len(drive[0])) else first
    if user.lower() in word_lists.SHARED or _WEB.match(user) or (start == first and not _starts(text, first, pattern)):
        return None
    literal = "-~" if pattern is _DASHED else "~"
    return Span(start, match.start("user") + len(user), "home", user, rank=8, literal=literal)


def _begins(text: str, at: int) -> bool:
    before = text[max(0, at - 2) : at]
    return not before or not (before[-1].isalnum() or before[-1] in "~._-") or ends_escape(text, at)


def _starts(text: str, at: int, pattern: re.Pattern[str]) -> bool:
    """Whether an absolute path begins at `at`, rather than a part of a relative one or of a URL."""
    before = text[max(0, at - 7) : at]
    if pattern is _DASHED:
        return not before or before[-1] in "/\\\"'` \t\n=:(\x00"
    if before.endswith("//"):
        return before.endswith("file://")
    if pattern is not _POSIX:
        return _begins(text, at)
    free = not before or not (before[-1].isalnum() or before[-1] in "~._-/)]}$")
    return free or before[-2:] in ("-I", "-L") or ends_escape(text, at)


def emails(view: View) -> Iterator[Span]:
    """Addresses of people; not robots', not documentation's, not `git@host:path`, versions or file names."""
    for sign in _AT:
        for at in view.hits_low(sign):
            span = _email(view.text, at, at + len(sign))
            if span is not None:
                yield span


def _email(text: str, at: int, end: int) -> Span | None:
    domain = domain_at(text, end) if text[end : end + 1].isalnum() else None
    if domain is None:
        return None
    head = text[at - 65 if at > 65 else 0 : at]
    first = _local(head)
    local = head[first:]
    if local[:1] in _LINE_END and head[first - 1 : first] == "\\":
        local = local[1:]
    local = local.lstrip(".%+-")
    if local[:2].lower() in _ESCAPED and head.endswith(f"%{local}"):
        local = local[2:]
    stop = end + len(domain)
    if not local or local[-1] == "." or _is_nobodys(local, domain) or text[stop : stop + 1] in ("(", "/"):
        return None
    if head[first - 1 : first] in (":", "/") and head[:first].endswith((":", "://")) and "://" in head[:first][-40:]:
        return None
    if _is_file(domain) and not _is_address(text, stop, head[:first]):
        return None
    return Span(at - len(local), stop, "email", f"{local}@{domain}".lower(), rank=7)


_LINE_END = ("n", "r", "t")
_ESCAPED = ("3a", "3c", "20", "22")
"""The digits of `%3A` and the like, which stand before an address and are no part of it."""


@lru_cache(maxsize=1 << 12)
def _is_nobodys(local: str, domain: str) -> bool:
    return bool(_SAFE_LOCAL.match(local) or _SAFE_DOMAIN.match(domain))


def _local(head: str) -> int:
    """Where the part before the `@` begins: letters with accents and of other alphabets too, not of Chinese prose."""
    at = len(head.rstrip(_LOCAL))
    while at and "\u00c0" <= head[at - 1] <= "\u1fff" and head[at - 1].isalnum():
        at = len(head[: at - 1].rstrip(_LOCAL))
    return at


@lru_cache(maxsize=1 << 10)
def _is_file(domain: str) -> bool:
    """Whether the ending is one of files too, as in `package@main.rs`."""
    return domain.rpartition(".")[2].lower() in word_lists.FILES


_ENDS = frozenset(" \t\r\n\x00\"'`>)],;!?|}<\\")


def _is_address(text: str, stop: int, before: str) -> bool:
    """Whether what may be a file stands like an address: between blanks, brackets or quotes, with no path around it."""
    after = text[stop : stop + 2]
    ended = not after or after[0] in _ENDS or (after[0] in ".:" and after[1:] in ("", *_ENDS))
    return ended and not before.endswith(("/", "\\", "."))


def hosts(view: View, names: Collection[str], everything: bool) -> Iterator[Span]:
    """The named hosts anywhere, and with `everything` each host of a URI that is not a well-known public one."""
    for name in names:
        yield from _named(view.text, name.lower())
    if everything:
        for match in _URI_HOST.finditer(view.text):
            if not KNOWN_HOST.match(match["host"]):
                yield Span(match.start("host"), match.end("host"), "host", match["host"].lower(), rank=6)


def _named(text: str, name: str) -> Iterator[Span]:
    """One host wherever it stands as a whole name; for `*.domain` the domain and every host under it."""
    under = name.startswith("*.")
    for match in re.finditer(re.escape(name[2:] if under else name), text, re.I):
        start, end = match.span()
        if text[end : end + 1].isalnum() or text[end : end + 1] in ("_", "-"):
            continue
        if under:
            head = text[max(0, start - 253) : start]
            more = head[len(head.rstrip(_HOST_PART)) :].lstrip(".-")
            start -= len(more) if more.endswith(".") else 0
        if start and (text[start - 1].isalnum() or text[start - 1] in "_-"):
            continue
        yield Span(start, end, "host", text[start:end].lower(), rank=6)
