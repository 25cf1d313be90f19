"""Switching recording off and on, for the repository or for one conversation: two lists in git's configuration."""

from __future__ import annotations

from gitstory.agents.catalog import AGENTS
from gitstory.attribution.private_turns import FOREVER, parse_conversation, parse_period
from gitstory.errors import GitStoryError
from gitstory.git.repo import Repo

PERIODS = "story.capture.privatePeriods"
CONVERSATIONS = "story.capture.privateConversations"

Key = tuple[str, str]
"""(agent, native conversation id)."""


def running(env: dict[str, str]) -> Key | None:
    """The conversation whose agent's shell this is, by the agent's own variables; the innermost agent known first."""
    for agent, info in AGENTS.items():
        for name, kind in info.markers.items():
            if kind == "conversation" and env.get(name):
                return agent, env[name]
    return None


def switch_off(repo: Repo, now: float) -> float:
    """Record nothing from now on; returns since when that is so."""
    starts = [start for start, end in map(parse_period, _read(repo, PERIODS)) if end == FOREVER]
    if starts:
        return min(starts)
    _write(repo, PERIODS, [*_read(repo, PERIODS), f"{int(now)}.."])
    return float(int(now))


def switch_on(repo: Repo, now: float) -> float | None:
    """Record again; returns since when it was off, None where it was not. What happened meanwhile stays private."""
    entries = _read(repo, PERIODS)
    opened = [parse_period(text)[0] for text in entries if text.endswith("..")]
    if not opened:
        return None
    _write(repo, PERIODS, [f"{text}{_end(now)}" if text.endswith("..") else text for text in entries])
    return min(opened)


def conversation_off(repo: Repo, key: Key) -> bool:
    """Record nothing more of a conversation, of what it has said already neither; False where that was so."""
    if "@" in key[1] or not key[1].strip():
        raise GitStoryError(f"not the id of a conversation: {key[1]!r}")
    entries = _read(repo, CONVERSATIONS)
    if any(parse_conversation(text) == (*key, 0.0, FOREVER) for text in entries):
        return False
    _write(repo, CONVERSATIONS, [*entries, "/".join(key)])
    return True


def conversation_on(repo: Repo, key: Key, now: float) -> bool:
    """Record a conversation again, but for what was said until now; False where it was not off."""
    entries = _read(repo, CONVERSATIONS)
    whole = [text for text in entries if parse_conversation(text) == (*key, 0.0, FOREVER)]
    if not whole:
        return False
    rest = [text for text in entries if text not in whole]
    _write(repo, CONVERSATIONS, [*rest, f"{'/'.join(key)}@0..{_end(now)}"])
    return True


def _end(now: float) -> int:
    """The current second still counts as private."""
    return int(now) + 1


def _read(repo: Repo, name: str) -> list[str]:
    """The repository's own entries; a person's global ones are not ours to change."""
    output = repo.run("config", "--local", "-z", "--get-all", name, check=False).stdout
    return [text for text in output.decode("utf-8", "replace").split("\0") if text]


def _write(repo: Repo, name: str, entries: list[str]) -> None:
    """Add before removing, so that whoever stops us in between leaves too much private, not too little."""
    before = _read(repo, name)
    for text in entries:
        if text not in before:
            repo.git("config", "--local", "--add", name, text)
    for text in before:
        if text not in entries:
            repo.git("config", "--local", "--fixed-value", "--unset-all", name, text)
