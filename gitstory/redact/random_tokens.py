# ruff: noqa: E501
"""Tokens of services that no table has: random characters behind a short prefix, or alone where a value is expected.

A run of `View.runs` is taken apart at its dots, dashes and underscores: up to four short parts are the prefix, the
rest must look drawn by a generator. What the prefix, the words before, or the place (a path, a file's name, a class)
say to be an id, a checksum or a name is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from gitstory.redact import id_context, prefixed_base64_rows, randomness_score
from gitstory.redact.plausible_secret import is_placeholder, unusual
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View
from gitstory.redact.token_body_kind import HEX, LEAST, MOST, PART, UNLIKELY, kind_of
from gitstory.redact.value_boundaries import Edges, is_comment

_TIMED = re.compile(r"0[12][0-9a-f]{6}-[0-9a-f]{4}-7", re.I)
"""Version 7, for ids in the order of time."""
_HAS_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_HEADS, _LONGEST_HEAD, _SHORT_HEAD = 4, 14, 4
_LEAST_BLOB, _LONGEST_BLOB = 40, 400
_CREDENTIAL_WORDS = frozenset(
    """
    access admin api apikey app at auth bearer bot client cs dev deploy key keys live oauth pat personal pk prd priv private prod
    production rk rt sandbox sec secret service sk srv svc test testing tk tkn tok token usr webhook wh whsec
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Parts of prefixes that say that a token follows."""
_SURE = frozenset({"api", "key", "pat", "pk", "rk", "secret", "sk", "token"})
_SURE_ENDS = ("key", "secret", "token")
_SURE_LAST = _SURE | {"prv", "sec", "srv", "svc", "tkn", "tok"}
_IDS = frozenset(
    """
    toolu srvtoolu msg call req chatcmpl resp run thread asst file gen ses prt evt cus sub in pi ch price prod acct item fc rs ws
    rsn step task job conv conversation trace span id uid user org proj project team hash sha digest
    commit tree rev ref build chunk module index main vendor bundle style styles css js img image icon font data asset
    assets page node cache v vs part cmpl ctc mcp batch ft model snapshot event request response message sha1 sha256 sha384 sha512 md5 checksum etag integrity fingerprint fp fco blake exec tool ic agent prompt retained rollout linux darwin windows macos ubuntu window worker task tab row cell group old new temp tmp backup pack lib release branch feature fix pr response read write obj object
    thumb upload file folder dir doc docs layer container network volume tx txn block nonce h hex digest commits tag
    """.split()  # noqa: SIM905 - read as prose, not as a column
)


class Token(NamedTuple):
    """Where in its run a token is; `headed` by a prefix that has a word in it, and whether its body is hexadecimal."""

    start: int
    end: int
    head: str
    kind: str


@lru_cache(maxsize=1 << 14)
def token(run: str) -> Token | None:
    """The token in a run, wherever it stands; its place is judged by `find`."""
    end = len(run.rstrip("._-"))
    start = len(run) - len(run.lstrip("._-"))
    if _FILE.search(run, start, end) or _ID.match(run, start, end):
        return None
    parts = list(PART.finditer(run, start, end))[: _HEADS + 1]
    names = list(takewhile(_is_name, (part[0].lower() for part in parts)))
    sure = bool(names) and (names[0] in _SURE or names[-1] in _SURE_LAST)
    if not (sure or (names and names[0].endswith(_SURE_ENDS))) and _say_id(names):
        return None
    if run.count("-") > 3 and (uuid := _HAS_UUID.search(run, start, end)) is not None:
        if uuid.end() < end and run[uuid.end()] in "_-" and kind_of(run[uuid.end() + 1 : end]) == "mixed":
            return Token(start, end, run[start : uuid.start()], "mixed")
        whole = uuid.end() == end and not _TIMED.match(uuid[0])
        return Token(start, end, run[start : uuid.start()], "uuid") if whole else None
    if _GROUPS.fullmatch(run, start, end) is not None:
        return Token(start, end, "", "groups") if _is_grouped(run[start:end]) else None
    if (small := _SMALL_GROUPS.fullmatch(run, start, end)) is not None and _are_drawn_groups(small["groups"]):
        return Token(start, end, "", "groups")
    drawn = None
    sure = bool(names) and names[0].endswith(_SURE_ENDS)
    for part in parts:
        kind = (
            kind_of(run[part.start() : end])
            or kind_of(part[0])
            or (_alike(part[0]) if sure and part is not parts[0] else None)
        )
        if kind == "hex" and part is parts[0] and any(kind_of(one[0]) == "mixed" for one in parts[1:]):
            kind = "mixed"
        if kind is not None:
            drawn = Token(start, end, run[start : part.start()], kind)
        if part.end() - part.start() > _LONGEST_HEAD:
            break
    return drawn


def _say_id(names: list[str]) -> bool:
    """Whether one of the parts of a prefix says that an id follows; "prod" only where it is not the environment."""
    return any(name in _IDS and not (at and name == "prod") for at, name in enumerate(names))


def _alike(body: str) -> str | None:
    """ "one" for small letters and digits that only a prefix which says "secret" makes a token."""
    mixed = body.isalnum() and body.islower() and len(body) >= LEAST and sum(map(str.isdigit, body)) >= 3
    return "one" if mixed and unusual(body) >= 0.25 and not is_placeholder(body) else None


def _is_name(part: str) -> bool:
    return (part.isalpha() and len(part) <= _LONGEST_HEAD) or part in _IDS


_GROUPS = re.compile(r"(?:[A-Z0-9]{1,3}-)?(?:[A-Z0-9]{4,12}-){3,8}[A-Z0-9]{4,12}")


_SMALL_GROUPS = re.compile(
    r"(?:[a-z]{2,6}[-_])?(?P<groups>(?:[a-z0-9]{4}-){3,7}[a-z0-9]{4}|(?:[a-z0-9]{5,10}-){2,7}[a-z0-9]{5,10})"
)


def _are_drawn_groups(value: str) -> bool:
    """Whether groups of small letters and digits are as wide as each other and no words, names or parts of an id."""
    groups = value.split("-")
    plain = "".join(groups)
    mixed = sum(not group.isalpha() and not group.isdigit() for group in groups)
    alike = len(set(map(len, groups))) == 1
    return alike and mixed * 2 >= len(groups) and not HEX.match(plain) and randomness_score.odds(value) >= UNLIKELY


def _is_grouped(value: str) -> bool:
    """Whether groups of capitals and digits are a key as programs are sold with, and no cipher's name or hexadecimal id."""
    groups = value.split("-")
    mixed = sum(not group.isalpha() and not group.isdigit() for group in groups)
    plain = "".join(groups)
    return mixed * 2 >= len(groups) and len(plain) >= 20 and not HEX.match(plain) and unusual(plain) >= 0.45


_FILE = re.compile(r"\.[a-z][a-z0-9]{0,4}\Z|\.(?:[a-z]{2,5}\.[a-z]{2,5}|jsonl|patch|sqlite)\Z")


_HEADED = re.compile(r"(?:[a-z]{2,12}\d?|[A-Z]{2,12}|[a-z]\d)[_.-]")
"""A prefix as services choose it, which the beginning of a random number seldom looks like."""

_ID = re.compile(r"0[0-9A-HJKMNP-TV-Z]{25}\Z|tmp[a-z0-9_]{8}\Z|(?:[A-Z]{1,5}_)?kwDO|MD(?:Q|E[0-9A-Z])")
"""Ids in the order of time (ULID), names of temporary files, ids of GitHub's objects."""


def is_named(value: str) -> bool:
    """Whether the first part of a value says that it is an id, a checksum or a name."""
    if _ID.match(value):
        return True
    return _say_id([part.lower() for part in PART.findall(value)[:2]])


def is_drawn(value: str) -> bool:
    """Whether a value beside a name that may mean secret is as random as a token: no id, checksum or name."""
    return (
        " " not in value
        and _B64_SIGNS.sub("", value).isalnum()
        and kind_of(_B64_SIGNS.sub("", value)) in ("mixed", "one", "letters")
    )


_BEFORE = Edges(["", *" \t\n\r\"'`=(:<>,\x00[{|;+*^!-"])
_ASANA = re.compile(r"\d/\d{10,20}(?:/\d{10,20})?:\Z")
_AFTER = Edges(["", *"\x1b \t\n\r\"'`;,)<>&|\\\x00]:}.!?*^$~%"])
_BEFORE_PART = Edges([*_AFTER, "/"])
MORE = frozenset("+/")


_ESCAPE = re.compile(
    r"(?<=[\[;])\d{1,3}m|(?<=%)[0-9A-F]{2}|(?<=\\)(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt])|(?<=\^)[IM]"
)
_UUID_TAIL = re.compile(r":[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![A-Za-z0-9_-])")
_TAIL = re.compile(r"(?:[:$!~][A-Za-z0-9+/_-]{16,200}={0,2}){1,3}(?![A-Za-z0-9+/=_-])")
"""What goes on behind a token: `ID:SECRET`, `PREFIX$ENVIRONMENT$SECRET`."""


def begin(text: str, start: int) -> int:
    """Where the run that starts at `start` goes on behind the rest of an escape sequence that leads it."""
    if text[start - 1 : start] in _LEADS and (lead := _ESCAPE.match(text, start)) is not None:
        return lead.end()
    return start


_LEADS = frozenset("\\%[;^")


def find(text: str, start: int, end: int, *, escaped: bool = False) -> Span | None:
    """The token in the run `text[start:end]` that no table knows; `escaped` where an escape sequence leads it."""
    if text[end : end + 1] in MORE or text[start - 1 : start] in MORE:
        return _whole(text, start, end, escaped) or _in_address(text, start, end) or _part(text, start, end)
    drawn = token(text[start:end])
    if text[end : end + 1] == ":" and (own := _UUID_TAIL.match(text, end)) is not None:
        whole = text[start : own.end()]
        named = text[start - 1 : start] not in _BEFORE or randomness_score.odds(text[start:end]) < UNLIKELY
        return None if named or id_context.is_id(text, start) else Span(start, own.end(), "token", whole, rank=4)
    if drawn is None or (not drawn.head and text.startswith(PUBLIC, start)):
        return None
    first, last = start + drawn.start, start + drawn.end
    tail = _TAIL.match(text, last)
    last = tail.end() if tail is not None else last
    if drawn.kind in ("mixed", "letters") and text.startswith("=", last) and tail is None:
        last += 2 if text.startswith("==", last) else 1
    if (
        drawn.kind == "hex"
        and text[first - 1 : first] == ":"
        and (ids := _ASANA.search(text, max(0, first - 48), first))
    ):
        return Span(ids.start(), last, "asana-token", text[ids.start() : last], rank=2)
    if not (escaped and drawn.start == 0) and text[start - 1 : start] not in _BEFORE and not is_comment(text, start):
        return None
    after = end if last == start + drawn.end else last
    if text[after : after + 1] not in _AFTER:
        return None
    heads = [part[0].lower() for part in PART.finditer(drawn.head)]
    if not _is_token(drawn.kind, heads, drawn.end - drawn.start) or id_context.is_id(
        text, first, headed=_HEADED.match(drawn.head) is not None
    ):
        return None
    if not heads and in_block(text, first, last):
        return None
    if drawn.kind == "hex" and text[start - 1 : start] in ("<", "/") and not _are_secret_heads(heads):
        return None  # the name of a tag
    first = id_context.with_id(text, first)
    return Span(first, last, "token", text[first:last], rank=4)


_ABOVE = re.compile(r"(?:[A-Za-z0-9+/]{40}|-----)[\"' ,]{0,3}(?:\r?\n|\\{1,8}(?:r\\{1,8})?n)[ \t>|+*\"'-]{0,12}\Z")
_BELOW = re.compile(r"[\"' ,]{0,3}(?:\r?\n|\\{1,8}(?:r\\{1,8})?n)[ \t>|+*\"'-]{0,12}(?:[A-Za-z0-9+/]{40}|-----)")


def in_block(text: str, first: int, last: int) -> bool:
    """Whether it is a line of base64 between others: a certificate, a picture, a public key."""
    if _BELOW.match(text, last) or _ABOVE.search(text, max(0, first - 72), first) or _is_led_row(text, first):
        return True
    return last - first >= _LEAST_BLOB and prefixed_base64_rows.is_one_of_many(text, first, last)


def _is_led_row(text: str, first: int) -> bool:
    """Whether the line before is base64 or the beginning of a block as well, behind the same words of a log."""
    start = text.rfind("\n", max(0, first - 60), first) + 1
    lead = text[start:first]
    if not start or len(lead) < 8 or "=" in lead or lead.rstrip()[-1:] == ":":
        return False
    above = text[max(0, start - 200) : start - 1].rpartition("\n")[2]
    return _ROW.fullmatch(above, len(lead)) is not None and _DIGITS.sub("0", above[: len(lead)]) == _DIGITS.sub(
        "0", lead
    )


_ROW = re.compile(r"[A-Za-z0-9+/]{40,80}|-----BEGIN [A-Z ]{4,40}-----")
_DIGITS = re.compile(r"\d")


def _are_secret_heads(heads: list[str]) -> bool:
    return not _CREDENTIAL_WORDS.isdisjoint(heads) or any(head.endswith(_SURE_ENDS) for head in heads)


def _is_token(kind: str, heads: list[str], size: int) -> bool:
    if not heads:
        return (kind == "mixed" and size >= 24) or (kind == "one" and size >= 35) or kind in ("glued", "groups")
    secret = _are_secret_heads(heads)
    if kind == "uuid":
        short = 1 < len(heads[0]) <= _SHORT_HEAD
        return secret or (len(heads[0]) > 1 and heads[0].isalpha() and (short or unusual(heads[0]) >= 0.3))
    if kind == "hex":
        return secret or (size >= 32 and not heads[0].isdigit())
    return kind != "letters" or size >= 24


_OPENING = re.compile(
    r"hook|ping|push|feed|trigger|invite|callback|token|secret|key|invit|magic|reset|verif|auth|login|sso|share|session|unsubscribe|/[st]/|bot|live|stream|rtmp|catch|incoming|private|access|confirm|download/s|sign|pair|join",
    re.I,
)
_OBJECT_ID = 40
"""Digits of an id of git."""
_NO_ADDRESS = re.compile(r"[\s\"'<>?\x00]")


def _in_address(text: str, start: int, end: int) -> Span | None:
    """A part of an address that lets in who knows it, by the words before."""
    if text[start - 1 : start] != "/" or text[end : end + 1] not in _BEFORE_PART:
        return None
    drawn = token(text[start:end])
    kinds = ("mixed", "groups", "glued") if drawn is None or drawn.head else ("mixed", "groups", "glued", "one", "hex")
    if (
        drawn is None
        or drawn.kind not in kinds
        or (drawn.kind == "hex" and end - start == _OBJECT_ID)
        or (not drawn.head and drawn.end - drawn.start < LEAST)
    ):
        return None
    before = text[max(0, start - 240) : start].rpartition("://")
    if not before[1] or _NO_ADDRESS.search(before[2]) or not _OPENING.search(before[2]):
        return None
    return Span(start + drawn.start, start + drawn.end, "token", text[start + drawn.start : start + drawn.end], rank=4)


_VALUE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_.~:=-"
_PATH = re.compile(r"(?i:sha\d{1,3}[-:])|[./~]|[A-Za-z]:|[\w.-]+@|.*(?:://|//|/\.)|.*\.[a-z]{1,5}\Z")
"""What begins as a path or an address does, or ends as a file's name."""


def _part(text: str, start: int, end: int) -> Span | None:
    """A part of a value of several that slashes divide, of which each is random or short."""
    head = text[start - 80 if start > 80 else 0 : start]
    first = start - len(head) + len(head.rstrip(_VALUE))
    tail = text[end : end + 80]
    last = end + len(tail) - len(tail.lstrip(_VALUE))
    value = text[first:last].strip("=:")
    if text[first - 1 : first] not in _QUOTED or text[last : last + 1] not in _AFTER or _PATH.match(value):
        return None
    if value.startswith(PUBLIC):
        return None
    parts = [part for part in re.split("[/:=]", value) if part]
    if not 2 <= len(parts) <= 5 or not all(len(part) <= _LONGEST_HEAD or kind_of(part) for part in parts):
        return None
    if (drawn := token(text[start:end])) is None or drawn.kind not in ("mixed", "one") or id_context.is_id(text, first):
        return None
    if parts[0][-1] not in "_-" and in_block(text, first, last):
        return None
    return Span(start, last, "token", text[start:last], rank=4)


_QUOTED = Edges(["", *" \t\n\"'`=(:>,\x00[|"])


def blobs(view: View) -> Iterator[Span]:
    """Base64 whose signs stand so close that no run of `View.runs` is in it."""
    text, solid, at = view.text, view.solid, 0
    needle = b"w" * _LEAST_BLOB
    while (at := solid.find(needle, at)) >= 0:
        end = at + _LEAST_BLOB
        rest = solid[end : end + _LONGEST_BLOB]
        end += len(rest) - len(rest.lstrip(b"w"))
        first = at + (text[at] in "nrt" and text[at - 1 : at] == "\\")
        sign = text.find("+", first, end)
        sign = sign if sign >= 0 else text.find("/", first, end)
        if sign >= 0 and end - first <= _LONGEST_BLOB + 4 and (whole := _whole(text, sign, sign, False)) is not None:
            yield whole
        at = end


def _whole(text: str, start: int, last: int, escaped: bool) -> Span | None:
    """The base64 that a run is part of, where it is no longer than a token."""
    head = "" if escaped else text[max(0, start - MOST) : start]
    first = start - (len(head) - len(head.rstrip(_BASE64)))
    first += _ESCAPED in (text[first - 1 : first + 1], text[first - 1 : first + 1].replace("r", "n"))
    blob = _BLOB.match(text, first)
    if blob is None or blob.end() < last or not (blob[0].count("+") or blob[0].count("/")):
        return None
    value = blob[0]
    before, after = text[first - 1 : first], text[blob.end() : blob.end() + 1]
    begins = escaped or before in _BEFORE or text[first - 2 : first] in ("\\n", "\\r", "\\t")
    if not begins or after not in _AFTER or value.startswith(PUBLIC):
        return None
    if text.startswith("base64,", first - 7) or _SIGNED_THOUGHT.match(value):
        return None
    body = _B64_SIGNS.sub("", value)
    heads = [part.lower() for part in re.findall(r"[A-Za-z0-9]+", value[:20])[:2]]
    headed = "_" in value[:20] or "-" in value[:20]
    if not _LEAST_BLOB <= len(value) <= _LONGEST_BLOB and not (headed and _are_secret_heads(heads)):
        return None
    if len(value) - len(body) > 3 + len(value) // 12 or not _IDS.isdisjoint(heads[:1]):
        return None
    if id_context.is_id(text, first, headed=_HEADED.match(value) is not None):
        return None
    if (kind := kind_of(body)) != "mixed" and not (kind == "letters" and randomness_score.odds(body) > len(body)):
        return None
    if in_block(text, first, blob.end()):
        return None
    return Span(first, blob.end(), "token", value, rank=4)


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{24,399}+={0,2}+(?![A-Za-z0-9+/=_-])")
_ESCAPED = "\\n"
_B64_SIGNS = re.compile(r"[+/=_-]")
PUBLIC = (
    "AAAA",
    "MII",
    "MFkw",
    "MHYw",
    "MCow",
    "/",
    "eyJhbGci",
    "eyJ0eXAi",
    "eyJ2ZXJzaW9u",
    "iVBOR",
    "ew",
    "R0lGOD",
    "H4sI",
    "UEsDB",
    "PD94",
    "PHN2",
)
_SIGNED_THOUGHT = re.compile(r"E[A-Za-z0-9+/]{2,3}CkYI")
"""How the signature of a model's thoughts begins, which its provider alone can read."""
