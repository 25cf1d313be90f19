# ruff: noqa: E501
"""Machines of a person, hidden from what is given away: shell prompts, bare host names, addresses of networks."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator

from gitstory.redact import word_lists
from gitstory.redact.domains import domain_at
from gitstory.redact.identity import KNOWN_HOST
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_PROMPT = re.compile(
    r"(?<![\w.@/-])(?P<user>[A-Za-z_][\w.-]{0,31}+)@(?P<host>[A-Za-z0-9][\w.-]{0,62}+)"
    r"(?=:[~/][^\n\x00]{0,200}?[$#%>]| (?:~|/)?[^\s\x00]{0,60}? ?[\])]?[$#%>]|:(?:[~/]|\s|\Z))"
)
_V4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_V6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2,37}+(?:%\w{1,16})?(?![\w:])")
_MAC = re.compile(
    r"(?<![\w:-])(?:[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-])"
)
_VERSION = re.compile(r"(?i)(?:\bv|versions?\W{0,3}|[=~<>^]=?\s?|@|\brelease\s)\Z")
_PUBLIC = frozenset({"1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9"})
_HOST = re.compile(r"(?<![\w./@\\-])[a-z0-9][a-z0-9-]{0,62}+(?:\.[a-z0-9][a-z0-9-]{0,62}+){1,6}+(?![\w(\[-]|\.\w)")
_NAMED = re.compile(r"[0-9-]")
_NETWORKS = frozenset({"com", "corp", "edu", "gov", "internal", "intra", "intranet", "lan", "localdomain", "org"})
_THIRD = frozenset({"au", "ch", "cloud", "cn", "de", "dev", "es", "eu", "fr", "jp", "net", "nl", "se", "uk", "us"})
"""Endings behind which two labels are a host, and those behind which two are rather a name in code."""


def machines(view: View, names: Collection[str] = ()) -> Iterator[Span]:
    """Users and hosts of prompts, hosts by name, and addresses that are of no documentation, loop or public service."""
    text = view.text
    yield from _prompts(view)
    yield from _addresses(view)
    for match in _HOST.finditer(text):
        if _is_host(match[0]):
            yield Span(match.start(), match.end(), "host", match[0], rank=6)
    yield from _bare_hosts(text)
    yield from _spelled_addresses(text)
    for name in names:
        for match in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE):
            domain = domain_at(text, match.start())
            end = match.end() if domain is None else max(match.end(), match.start() + len(domain))
            yield Span(match.start(), end, "host", text[match.start() : end].lower(), rank=6)


_LOGGED_IN = re.compile(r"(?<![\w.-])(?:ssh|scp|sftp|mosh|rsync|ssh-copy-id)(?=[ \t]|://)(?P<rest>[^\n|;&\x00]{0,160})")
_ACCOUNT_AT = re.compile(r"(?<![\w.@-])(?P<user>[A-Za-z_][\w.-]{0,31}+)@(?P<host>[A-Za-z0-9][\w.-]{0,62}+)")
_BARE_HOST = re.compile(r"(?<=[ \t])(?P<host>[a-z][a-z0-9]{0,30}+(?:-[a-z0-9]{1,30}+){0,4}+)(?=:|[ \t]|\Z)")
_STATED_HOST = re.compile(
    r"(?<![\w.-])(?:HOST(?:NAME)?=|COMPUTERNAME=|hostname[ \t]*[:=][ \t]*[\"']?|Host[ ](?=[\w-]+[ \t]*(?:\n|\Z))|HostName[ ])(?P<host>[A-Za-z][\w-]{1,62}+)(?![\w.(])"
)
_ROOT_PROMPT = re.compile(r"(?<![\w.@/:-])(?P<host>[A-Za-z][\w-]{1,40}+):(?:~|/)[\w./-]{0,80}[#$][ ]")
_AT_DOT = re.compile(
    r"(?<![\w.])(?P<local>\w[\w.+-]{0,63}+)[ ]?(?:\(at\)|\[at\]|\{at\}|[ ]at(?=[ ][\w-]+[ ]dot[ ]))[ ]?(?P<domain>[\w-]{1,63}(?:(?:\.|[ ]?[\[({]dot[\])}][ ]?|[ ]dot[ ])[\w-]{2,63}){1,4})",
    re.I,
)


def _bare_hosts(text: str) -> Iterator[Span]:
    """Hosts without a domain: behind `ssh` and the like, in settings, in a prompt of root."""
    for match in _LOGGED_IN.finditer(text):
        for account in _ACCOUNT_AT.finditer(text, *match.span("rest")):
            if account["user"] not in ("git", "hg") and not KNOWN_HOST.match(account["host"]):
                yield Span(*account.span("user"), "user", account["user"], rank=9, literal="[user]")
                yield Span(*account.span("host"), "host", account["host"].lower(), rank=6)
        for host in _BARE_HOST.finditer(text, *match.span("rest")):
            if _NAMED.search(host["host"]):
                yield Span(*host.span("host"), "host", host["host"], rank=6)
    for pattern in (_STATED_HOST, _ROOT_PROMPT):
        for match in pattern.finditer(text):
            if match["host"].lower() not in _NO_HOSTS:
                yield Span(*match.span("host"), "host", match["host"].lower(), rank=6)


_NO_HOSTS = frozenset(
    {"localhost", "host", "hostname", "example", "none", "null", "name", "string", "str", "true", "false"}
)


def _spelled_addresses(text: str) -> Iterator[Span]:
    """Addresses that hide from robots: `name at example dot org`."""
    for match in _AT_DOT.finditer(text):
        domain = _DOTS.sub(".", match["domain"])
        if domain_at(domain, 0) == domain:
            yield Span(match.start(), match.end(), "email", f"{match['local']}@{domain}".lower(), rank=7)


_DOTS = re.compile(r"[ ]?[\[({]dot[\])}][ ]?|[ ]dot[ ]", re.I)


def _prompts(view: View) -> Iterator[Span]:
    for at in view.hits(b"@"):
        for match in _PROMPT.finditer(view.text, max(0, at - 33), min(len(view.text), at + 270)):
            if match.end("user") == at and match["user"] not in ("git", "hg", "npm"):
                yield Span(match.start("user"), at, "user", match["user"], rank=9, literal="[user]")
                yield Span(at + 1, match.end("host"), "host", match["host"].lower(), rank=6)


def _addresses(view: View) -> Iterator[Span]:
    text = view.text
    for match in _V4.finditer(text):
        if not _VERSION.search(text[max(0, match.start() - 12) : match.start()]) and _is_private(match[0]):
            yield Span(match.start(), match.end(), "address", match[0], rank=6)
    for pattern in (_V6, _MAC):
        for match in pattern.finditer(text):
            if pattern is _MAC or _is_private(match[0]):
                yield Span(match.start(), match.end(), "address", match[0].lower(), rank=6)


def _is_private(address: str) -> bool:
    """Whether an address says something of a person's network or of a machine of theirs."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if number.is_loopback or number.is_unspecified or number.is_multicast or address in _PUBLIC:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        example = number in ipaddress.ip_network("2001:db8::/32")
        return not example and (number.is_link_local or number in _LOCAL_V6 or number in _GLOBAL_V6)
    example = any(number in network for network in _EXAMPLES_V4)
    return not example and not address.endswith((".0.0", "255.255"))


_LOCAL_V6, _GLOBAL_V6 = ipaddress.ip_network("fc00::/7"), ipaddress.ip_network("2000::/3")
_EXAMPLES_V4 = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "0.0.0.0/8")))


def _is_host(name: str) -> bool:
    last = name.rpartition(".")[2]
    if last.isdigit() or KNOWN_HOST.match(name) or domain_at(name, 0) != name:
        return False
    if last in _NETWORKS:
        return not name.startswith(("java.", "javax.", "org.", "com."))
    return (name.count(".") >= 2 and last in _THIRD) or (
        last in word_lists.INTERNAL and _NAMED.search(name) is not None
    )
