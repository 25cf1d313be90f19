# ruff: noqa: E501
"""What the line before a value says of it: that something secret follows, or that it is an id or a checksum."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.redact.spans import Span
from gitstory.redact.value_boundaries import Edges

_LABELS = re.compile(
    r"pass|pwd|\bpw\b|secret|token|key|auth(?!or)|log[io]n|cred|cipher|psk|wpa|regist|md5|\bsign|\bpin\b|\bcode\b|admin|root|mot de|[ \t\"']-[pPwWN][\"',= \t]",
)
_STRONG = re.compile(
    r"(?:pass(?:word|wd|phrase|wort|code)?|pwd|secret|token|psk|priv(?:ate)?(?:[ _-]?key)?|api[ _-]?key|macaroon(?:hex)?|seed|credentials?|auth|key|_pk)[\w-]{0,12}[^\w\n]{1,3}[^\n]{0,40}\Z",
)
_HARMLESS = re.compile(
    r"sha|commit|digest|hash|checksum|md5|finger|id\b|ids\b|uuid|guid|rev|pub|version|\btag|cache|integrity|object|tree|blob|etag|trace|session|request|foreign|primary|lookup|idempot|nonce|signature|address|contract|key[ ]=[ ]key|tokens|keys\b|kid\b|\bname|block|chunk|wheel|node_modules|gpg|pgp|(?:lock|client|ticket|job|task|page|cursor|continue|sync|upload|change|caller|start)_?tokens?|https?:",
)
_GIVEN = re.compile(
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|psk|priv(?:ate)?[ _-]?key|api[ _-]?key|seed|credential|_pk)\w{0,8}[\"'`\]]{0,3}[ \t]{0,3}[:=]>?[ \t]{0,3}[\"'`]{0,2}\Z",
)
"""All of them in lower case. The name of a secret right before its value, which an id of git or a UUID needs as well."""
_NEAR, _OBJECT_ID = 90, 40
"""Characters before a value in its line; digits of an id of git."""
_HEX = re.compile(
    r"(?:0x)?[0-9a-f]{32,400}\Z|(?:0x)?[0-9A-F]{32,400}\Z|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.I
)
_AFTER = Edges(["", *" \t\r\n\"'`,;)]}<\\|"])


def is_labelled(text: str, first: int) -> bool:
    """Whether the line says before `first` that something secret follows."""
    start = _line(text, first)
    seen = min(start, 1)  # the character before the line, which says whether a word begins there
    return _LABELS.search(text[start - seen : first].lower(), seen) is not None


def hexadecimal(text: str, first: int, end: int) -> Iterator[Span]:
    """The run of hexadecimal digits or the UUID `text[first:end]`, where its line says that it is a secret."""
    run = text[first:end]
    if end - first > 402 or text[end : end + 1] not in _AFTER or _HEX.match(run) is None:
        return
    before = text[_line(text, first) : first].lower()
    if _HARMLESS.search(before) or (("-" in run or len(run) == _OBJECT_ID) and not _GIVEN.search(before)):
        return
    if _STRONG.search(before) and len(set(run)) > 8:
        yield Span(first, end, "token", run, rank=5)


def _line(text: str, first: int) -> int:
    """Where the line of `first` begins, as far as it can tell anything."""
    floor = max(first - _NEAR, 0)
    return max(text.rfind("\n", floor, first), text.rfind("\\n", floor, first), floor)
