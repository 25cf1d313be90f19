"""Agents that a commit itself says took part: co-author lines and the names agents commit under. Pure.

Such a line names no conversation and no line of a file, and anybody can write one: it is shown as such, and makes
no link, no blamed line and no share. Only well-known addresses count, no names, but for Aider's `NAME (aider)`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Literal

from msgspec import Struct

from gitstory.agents.catalog import AGENTS, SIGNERS
from gitstory.git.commit_details import CommitInfo

Where = Literal["message", "author", "committer"]

_MOST = 50
"""Lines of a message that are looked at: the last ones."""
_LONGEST = 60
"""Characters of a model's name."""

_SIGNER_OF = {address: signer for signer, addresses in SIGNERS.items() for address in addresses}
_ONLY_IN_IMPORTS = {"copilot": ("copilot-agent",)}
"""Agents that no reader has, but other tools' records name."""

_LINE = re.compile(r"(?:co-authored-by|assisted-by):[ \t]*+([^<>]{0,200}+)<([^<>\s]{3,100})>[ \t]*+\Z", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{1,30}+\+")
_MODELS = {
    "aider": re.compile(r"\Aaider \((.+)\)\Z", re.IGNORECASE),
    "claude": re.compile(r"\AClaude ([A-Z][a-z]+ \d[\d.]*)(?: \(.*\))?\Z"),
    "crush": re.compile(r"\A(.+?) via Crush\b"),
}


class Signed(Struct, frozen=True):
    """`agent` took part, by what the commit's message or the name it was made under says; `model` "" if not given."""

    agent: str
    model: str
    where: Where


def signed(commit: CommitInfo, known_agents: Collection[str] = ()) -> tuple[Signed, ...]:
    """The agents a commit says took part, each once, but for those that a conversation is known of (`known` agents)."""
    by_agent: dict[str, Signed] = {}
    for signer in (*_by_message(commit.body), *_by_name(commit)):
        if not {signer.agent, *_agents_of(signer.agent)} & set(known_agents):
            by_agent.setdefault(signer.agent, signer)
    return tuple(by_agent.values())


def _agents_of(signer: str) -> tuple[str, ...]:
    """The agents whose conversations are a signer's."""
    return (*(info.name for info in AGENTS.values() if info.signer == signer), *_ONLY_IN_IMPORTS.get(signer, ()))


def _by_message(body: str) -> Iterator[Signed]:
    """From the last paragraph, where git looks for trailers."""
    for line in body.rstrip().rpartition("\n\n")[2].splitlines()[-_MOST:]:
        match = _LINE.match(line)
        agent = agent_of(match[2]) if match is not None else None
        if match is not None and agent is not None:
            yield Signed(agent, _model(agent, match[1].strip()), "message")


def _by_name(commit: CommitInfo) -> Iterator[Signed]:
    if agent := agent_of(commit.email):
        yield Signed(agent, _model(agent, commit.author), "author")
    if commit.author.endswith(" (aider)"):
        yield Signed("aider", "", "author")
    elif commit.committer.endswith(" (aider)"):
        yield Signed("aider", "", "committer")


def agent_of(address: str) -> str | None:
    """The agent that commits are signed with the address by."""
    plain = address.lower()
    if plain.endswith("@users.noreply.github.com"):
        plain = _NUMBER.sub("", plain, count=1)
    return _SIGNER_OF.get(plain)


def _model(agent: str, name: str) -> str:
    pattern = _MODELS.get(agent)
    match = pattern.match(name) if pattern is not None else None
    return match[1].strip()[:_LONGEST] if match is not None else ""
