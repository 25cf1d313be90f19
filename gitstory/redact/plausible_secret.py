"""Whether a value can be a secret at all: tells random strings from words, names, placeholders and code.

Bare entropy does not separate `kT9vQz2w` from `getUserById` on short strings, so letters are judged by their pairs:
English and identifiers keep to some 200 pairs of letters for nine pairs in ten, random letters for three in ten
(counted over the Python standard library's sources).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from gitstory.redact import randomness_score

_FOLLOWERS = (
    "a:bcdgilmnprstuv b:aejluy c:aehiklortu d:adeiosu e:acdefglmnprstvxy f:aefiloru g:eisu h:aeio i:abcdefglmnoprstvz "
    "j:e k:e l:adefilostuy m:abeiops n:acdefgiostu o:bcdflmnoprstuw p:aeiloprtuy q:u r:acdegimnorstuy s:acehiopstuy "
    "t:acehilorstuy u:elmnprst v:ae w:aehir x:ct y:pst z:e"
)
_PAIRS = frozenset(
    first + second for first, seconds in (one.split(":") for one in _FOLLOWERS.split()) for second in seconds
)

_PLACEHOLDER = re.compile(
    r"your|example|sample|placeholder|change.?(?:me|it|this)|replace|insert|dummy|redacted|masked|hidden|removed|"
    r"omitted|x{4,}|(?<![A-Za-z0-9])xxx|xxx(?![A-Za-z0-9])|\.\.\.|\*\*\*|…|todo|fixme|goes.?here|my.?(?:secret|password|token|api)|not.?a.?real|"
    r"s[ou]me.?(?:secret|password|token|key|value)|super.?secret|top.?secret|lorem|foobar|"
    r"os\.environ|process\.env|getenv|secrets\.|env\.|vault:|<[a-z _-]+>",
)
_WEAK = frozenset(
    """
    test tests testing foo bar baz qux fake mock demo secret password passwd passphrase pass pwd pw token key apikey api
    auth access refresh bearer basic client private public admin root user username guest default none null nil true
    false yes no empty unset undefined string str bytes int number bool boolean object optional required enabled
    disabled value abc abcd postgres mysql redis mongo rabbitmq minio sa invalid valid wrong
    correct bad good new old hello world my the a an is in db dev prod local localhost
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
_LONGEST_WEAK = max(map(len, _WEAK))
_REFERENCE = re.compile(
    r"""\$\(|\$[a-z_]\w*$|%[a-z_]\w*%$|\{\{|\{[\w.\[\]!:]*\}$|%[sdvrq]$|<[^>]*>?$|"""
    r"""\[[^\]]*\]?$|&\w+$|!\w|\\[nrt"']|\*+$|[•.#x-]+$"""
)
"""At the beginning; in lower case, as are the two others."""
_REFERENCE_INSIDE = re.compile(r"[$%@]\{|%\([a-z_]+\)s|\[redacted:")
_HEX = re.compile(r"(?:0x)?[0-9a-f]+\Z|(?:0x)?[0-9A-F]+\Z")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.I)
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.|-|/)[A-Za-z_$][\w$]*)*[!?]?\Z")
_LETTERS = re.compile(r"[A-Za-z]+")
_DIGITS = re.compile(r"\d+")
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ][\d:.,+Z-]*)?\Z|[\d.,:/_+-]++\Z|"
    r"v?\d++\.\d++(?:\.[\w.]++|(?:\.\d++)*+[-+][\w.]++)?\Z"
)
_FILE = re.compile(
    r"(?:\.{0,2}|~|[A-Za-z]:)[/\\]|.*\.(?:py|js|ts|tsx|go|rs|rb|java|json|ya?ml|toml|txt|md|pem|crt|html?)\Z"
)


_PADDED = re.compile(r"[A-Za-z0-9+/]{40,90}={1,2}")
"""Base64, which may begin with a slash."""


def entropy(value: str) -> float:
    """Shannon entropy in bits a character."""
    total = len(value)
    counts = [value.count(char) for char in set(value)]
    return -sum(n / total * math.log2(n / total) for n in counts) if total else 0.0


def unusual(value: str) -> float:
    """Share, from 0 to 1, of neighbouring letters that words and names seldom have side by side."""
    pairs = [run[i : i + 2] for run in _LETTERS.findall(value.lower()) for i in range(len(run) - 1)]
    return sum(pair not in _PAIRS for pair in pairs) / len(pairs) if pairs else 0.5


JUDGED = 512
"""Characters of a value by which it is judged, so that no value costs more than its share."""
_RECENT = 1 << 13


def is_placeholder(value: str) -> bool:
    """Documentation stand-ins, references to variables, values already replaced."""
    return _is_placeholder(value[:JUDGED])


@lru_cache(maxsize=_RECENT)
def _is_placeholder(value: str) -> bool:
    low = value.lower()
    return bool(
        len(set(value)) <= 3
        or _REFERENCE.match(low)
        or _REFERENCE_INSIDE.search(low)
        or _says_stand_in(value, low)
        or is_weak(value[:64])
    )


def _says_stand_in(value: str, low: str) -> bool:
    """Whether a word in it says so; a short one comes by chance in what is drawn (`QyOur7`)."""
    word = _PLACEHOLDER.search(low)
    if word is None:
        return False
    by_chance = word[0].isalpha() and len(word[0]) <= _BY_CHANCE and "xx" not in word[0]
    return not (by_chance and len(value) >= 16 and randomness_score.odds(value) >= _DRAWN)


_BY_CHANCE = 6


def is_weak(value: str) -> bool:
    """Whether the value is made up of weak words, digits and signs alone, in whatever way it comes apart."""
    low, size = value.lower(), len(value)
    reached = [True] + [False] * size
    for at in (at for at in range(size) if reached[at]):
        if low[at].isdigit() or not low[at].isalnum():
            reached[at + 1] = True
        else:
            for end in range(at + 1, min(at + _LONGEST_WEAK, size) + 1):
                reached[end] = reached[end] or low[at:end] in _WEAK
    return reached[size] and size > 0


def is_blank(value: str) -> bool:
    """For tokens whose shape already says what they are: only fillings such as xxxx or 0000 are harmless."""
    return len(set(value)) <= 4 or "xxxxxx" in value.lower() or "[redacted:" in value or "..." in value


def is_hex(value: str) -> bool:
    return bool(_HEX.match(value) or _UUID.match(value))


def is_plain(value: str) -> bool:
    """Dates, versions, numbers and file names: never secrets, however mixed."""
    if _DATE.match(value) or value.startswith(("http://", "https://")):
        return True
    return _FILE.match(value) is not None and _PADDED.fullmatch(value) is None and not _is_base64(value)


def _is_base64(value: str) -> bool:
    """Whether what begins like a path is base64: its parts are no names."""
    if _SLASHED.fullmatch(value) is None:
        return False
    bits = [randomness_score.odds(part) for part in value.split("/") if part]
    return sum(bits) >= _DRAWN and min(bits) >= -1


_SLASHED = re.compile(r"/[A-Za-z0-9+/]{20,400}={0,2}")
_DRAWN = 22


def is_random(value: str, least: int = 16) -> bool:
    """Whether the value looks drawn by a generator: several kinds of characters, changing often, not spelling words."""
    return len(value) >= least and _is_random(value[:JUDGED])


_SURE = 10
"""Bits of `randomness_score.odds` from which a value that is no constant is drawn."""


@lru_cache(maxsize=_RECENT)
def _is_random(value: str) -> bool:
    if is_plain(value):
        return False
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if (
        value.isalnum()
        and randomness_score.odds(value) >= _SURE
        and not value.isupper()
        and (digits or not value.islower())
    ):
        return True
    if not letters or entropy(value) < min(3.6, math.log2(len(value)) * 0.8):
        return False
    runs = len(_DIGITS.findall(value))
    strange = unusual(value)
    if not digits:
        return strange >= (0.5 if len(value) < 16 else 0.45) and not value.islower() and not value.isupper()
    if runs >= 4 and runs * 10 >= len(value) and strange >= 0.2:
        return True
    return strange >= 0.35 if runs >= 2 else strange >= 0.45


_CHOSEN = re.compile(r"[a-z]\d{3,6}\Z")
_CHOSEN_BARE = re.compile(r"[a-z]\d{4,6}\Z")
"""How a password of words ends that a person made up, and a name in code seldom."""


def is_password(value: str, quoted: bool) -> bool:
    """Whether a value given for something called a password can be one that a person or a generator chose."""
    return len(value) >= 6 and _is_password(value if len(value) <= JUDGED else value[:JUDGED], quoted)


@lru_cache(maxsize=_RECENT)
def _is_password(value: str, quoted: bool) -> bool:
    if is_plain(value) or value.isdigit():
        return False
    if not quoted and value.endswith((")", "]", "}", ":", "(", ",")):
        return False
    mixed = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    if _NAME.match(value) and not (any(map(str.isdigit, value)) and "_" not in value and "." not in value):
        return is_random(value, 12) or bool((_CHOSEN if quoted else _CHOSEN_BARE).search(value))
    return mixed >= 2 and " " not in value.strip()
