# ruff: noqa: E501
"""What stands beside a random string: words that call it an id or a checksum, and the id that belongs to it."""

from __future__ import annotations

import re

from gitstory.redact import randomness_score

_ID_BEFORE = re.compile(
    r"(?P<word>id|uuid|guid|fingerprint|etag|version|hash|digest|names?|checksum|integrity|revision|commit|sha\d*|md5|challenge|nonce|cursor|signature|pubkey|public.?key|class|h1|watch\?v|etag.{0,4}w/|worktree|workspace|branch|container|pod|instance|volume|slug|ticket|session|request|turn|run)s?\]?\\{0,8}[\"'`)]?[ \t]{0,3}[:= (][ \t]{0,3}\\{0,8}[\"'`\[(]{0,2}\Z"
)


_NO_ID = re.compile(
    r"(?<![a-z])(?:sa|pa|unpa|val|inval|vo|avo|d|h|la|r|b|forb|gr|rap|sol|hybr|am)id\Z|return\Z|conversion\Z|for[ ]instance\Z"
)
"""Words that only end as those do: `return "..."`, `it said "..."`."""
_RUNS = re.compile(r"(?<![a-z])run[ ]{1,3}\Z")


_PUBLIC_MEMBER = re.compile(
    r"[\"'](?:n|x|y|jti|x5t(?:#s256)?)\\{0,8}[\"'][ \t]{0,3}:[ \t]{0,3}\\{0,8}[\"']{0,2}[._-]{0,3}\Z"
)
"""Before a number of a public key in JSON, which has no prefix; in lower case, as is `_ID_BEFORE`."""
_OF_KEYS = ("kty", "crv", '"kid', '"jti', '"alg')
"""Members of a key or a token in JSON, one of which stands beside such a number."""


def is_id(text: str, first: int, *, headed: bool = False) -> bool:
    """Whether what stands before `first` says that an id, a checksum or a name follows; `headed` by a prefix or not."""
    before = text[first - 32 if first > 32 else 0 : first].lower()
    if before.endswith("base64,"):
        return True
    named = _ID_BEFORE.search(before)
    if named is not None and _NO_ID.search(before, 0, named.end("word")) is None and _RUNS.search(before) is None:
        return True
    if _PUBLIC_MEMBER.search(before) is None:
        return False
    around = text[max(0, first - 400) : first + 600]
    return "kty" in around if headed else any(sign in around for sign in _OF_KEYS)


_OWN_ID = re.compile(r"(?<![A-Za-z0-9._/-])(?:\d{6,20}\||(?P<id>[A-Za-z0-9]{4,12}(?:\.[A-Za-z0-9]{4,12})?):)\Z")
_BITS_ID = 4


def with_id(text: str, first: int) -> int:
    """Where a token begins with the drawn id or the number that a colon or a bar divides from it."""
    if text[first - 1 : first] not in ("|", ":") or (own := _OWN_ID.search(text, max(0, first - 28), first)) is None:
        return first
    if own["id"] is None or (any(map(str.isdigit, own["id"])) and randomness_score.odds(own["id"]) >= _BITS_ID):
        return own.start()
    return first
