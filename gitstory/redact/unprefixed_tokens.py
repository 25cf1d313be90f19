# ruff: noqa: E501
"""Tokens without a prefix of their own that has a name here: a sign in the middle or at the end, or only their look.

Runs are those of `View.runs`: at least twenty letters, digits, dots, dashes and underscores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gitstory.redact import id_context, plausible_secret
from gitstory.redact.spans import Span

_B = "[A-Za-z0-9]"
_SIGNED = re.compile(
    rf"""(?<![A-Za-z0-9])(?:
      (?P<mailchimp_key>[0-9a-f]{{32}}-us\d{{1,2}})
    | (?P<new_relic_licence_key>[0-9a-f]{{30,36}}(?:NRAL|FFFFNRAL))
    | (?P<maxmind_key>{_B}{{6}}_{_B}{{29}}_mmk)
    | (?P<terraform_token>{_B}{{14}}\.atlasv1\.[A-Za-z0-9_-]{{60,80}})
    | (?P<dropbox_token>[a-z0-9]{{11}}A{{10}}[A-Za-z0-9_-]{{43}})
    | (?P<rapidapi_key>[A-Za-z0-9]{{10}}msh[A-Za-z0-9]{{15}}p1[A-Za-z0-9]{{6}}jsn[A-Za-z0-9]{{12}})
    | (?P<ngrok_token>2{_B}{{26}}_{_B}{{20,22}})
    )(?![A-Za-z0-9_-])""",
    re.X,
)
_SIGNS = ("NRAL", "AAAAAAAAAA", "jsn", "-us", "_mmk", ".atlasv1.")
"""What all of those hold, except ngrok's."""
_AZURE = re.compile(r"AzFu|AzSe|ACDb|AIoT|ASbE|APIm|JQQJ99")
"""What Azure writes into the keys of its services so that they can be known."""
_AZURE_KEY = re.compile(r"[A-Za-z0-9+/_-]{50,90}={0,2}")
_AZURE_SECRET = re.compile(r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}")
_PAT = re.compile(r"pat\W{1,8}\Z", re.I)
_BASE32 = re.compile(r"[a-z2-7]+")
_RANCHER = re.compile(r"token-[a-z0-9]{5}:\Z")
_LOOKING = re.compile(
    rf"(?P<head>[A-Za-z][A-Za-z0-9]{{1,9}}(?:[_-][A-Za-z0-9]{{2,9}}){{0,2}}[_-]|[a-z]{{2,4}}\.)(?P<body>{_B}{{24,200}})"
    r"(?:[._-][A-Za-z0-9_-]{16,200}){0,2}(?![A-Za-z0-9])"
)
_HEX_TOKEN = re.compile(
    r"(?P<head>[a-z]{2,8}(?:_[a-z]{2,6}){0,2}_)(?P<body>[0-9a-f]{32}(?:[0-9a-f]{8}){0,4})(?![A-Za-z0-9])"
)
_PARTS = re.compile(r"\d{0,10}[._-]")
_IDS = frozenset(
    """
    toolu srvtoolu msg call req chatcmpl resp run thread asst file gen ses prt evt cus sub in pi ch price prod acct item fc rs ws
    rsn step task job conv conversation session trace span id uid user org proj project team hash sha md digest blob
    commit tree rev ref build chunk module index main vendor bundle style styles css js img image icon font data asset
    assets page node key cache v vs part cmpl ctc mcp batch ft model snapshot event request response message sha1 sha256 sha512 md5 checksum etag integrity fingerprint blake obj object
    thumb upload file folder dir doc docs layer container network volume tx txn block nonce h hex digest commits tag
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""What stands before ids that are no secrets: those of agents and their providers, of builds and of objects."""


def has_sign(run: str) -> bool:
    """Whether `find` can find anything in such a run, which is no plain word, wherever it stands."""
    if _may_be_signed(run) and _SIGNED.search(run):
        return True
    heads = (_LOOKING.match(run, at) or _HEX_TOKEN.match(run, at) for at in _starts(run, 0, len(run)))
    return any(found is not None and _IDS.isdisjoint(_PARTS.split(found["head"].lower())) for found in heads)


def _may_be_signed(run: str) -> bool:
    return any(sign in run for sign in _SIGNS) or ("2" in run and "_" in run[27:])


def find(text: str, start: int, end: int) -> Iterator[Span]:
    """Tokens in the run `text[start:end]`."""
    run = text[start:end]
    plain = run.isalnum()
    if _may_be_signed(run):
        for match in _SIGNED.finditer(run):
            yield Span(start + match.start(), start + match.end(), str(match.lastgroup).replace("_", "-"), match[0])
    for at in () if plain else _starts(text, start, end):
        yield from _by_look(text, at, end)
    if _AZURE.search(text, start, end):
        whole = _AZURE_KEY.match(text, _back(text, start))
        if whole is not None and plausible_secret.is_random(whole[0]):
            yield Span(whole.start(), whole.end(), "azure-key", whole[0])
    if text[start - 1 : start] == "~" and text[start - 2 : start - 1] == "Q":
        secret = _AZURE_SECRET.match(text, max(0, start - 6))
        if secret is not None:
            yield Span(secret.start(), secret.end(), "azure-client-secret", secret[0])
    if end - start == 52 and _PAT.search(text, max(0, start - 12), start) and _BASE32.fullmatch(text, start, end):
        yield Span(start, end, "azure-devops-token", text[start:end])
    if text[start - 1 : start] == ":" and end - start >= 50 and _RANCHER.search(text, max(0, start - 12), start):
        yield Span(start - 12, end, "rancher-token", text[start:end])


def _back(text: str, start: int) -> int:
    head = text[max(0, start - 90) : start]
    return start - len(head) + len(head.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def _starts(text: str, start: int, end: int) -> list[int]:
    """Where words begin in a run: at its start and behind its first dots."""
    starts = [start]
    while len(starts) < 5 and (dot := text.find(".", starts[-1], end)) >= 0:
        starts.append(dot + 1)
    return starts


def _by_look(text: str, at: int, end: int) -> Iterator[Span]:
    """A random string behind a short prefix at `at`, unless the prefix or what stands before says that it is an id."""
    for pattern, is_secret in ((_LOOKING, _is_drawn), (_HEX_TOKEN, _is_mixed)):
        match = pattern.match(text, at, end)
        if match is None or not _IDS.isdisjoint(_PARTS.split(match["head"].lower())) or not is_secret(match["body"]):
            continue
        first = at + _is_written_end(text, at)
        if not id_context.is_id(text, first):
            yield Span(first, match.end(), "token", text[first : match.end()], rank=3)


def _is_written_end(text: str, at: int) -> bool:
    """Whether the first letter belongs to a line end that is written out."""
    return text[at - 1 : at] == "\\" and text[at] in "nrt"


def _is_mixed(body: str) -> bool:
    return len(set(body)) > 8


@lru_cache(maxsize=1 << 12)
def _is_drawn(body: str) -> bool:
    """Whether capitals, small letters and digits are as mixed as a generator makes them."""
    small, capital, digits = (sum(map(kind, body)) for kind in (str.islower, str.isupper, str.isdigit))
    return (
        min(small, capital) * 6 >= len(body)
        and digits * 16 >= len(body)
        and not plausible_secret.is_placeholder(body)
        and plausible_secret.is_random(body)
    )
