"""Turns with labels made by hand (`bench/turns.tsv`), found again in the corpora that the labels name."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.checkpoints import versions
from corpus.gitcmd import blobs, git
from gitstory.agents.base import Reader
from gitstory.agents.claude_code import AGENT as CLAUDE
from gitstory.agents.codex import AGENT as CODEX
from gitstory.agents.opencode import AGENT as OPENCODE
from gitstory.agents.specstory import HISTORY, SpecStory
from gitstory.model import Conversation, Turn

READERS: Mapping[str, tuple[Reader, str]] = {
    "claude-code": (CLAUDE, "{}.jsonl"),
    "codex": (CODEX, "sessions/2026/01/01/rollout-2026-01-01T00-00-00-{}.jsonl"),
    "opencode": (OPENCODE, "{}.json"),
}
"""Reader of each agent, and where it expects the transcript of a session below its folder."""


@dataclass(frozen=True)
class Labelled:
    set: str
    corpus: str
    kind: str
    conversation: Conversation
    turn: Turn
    before: Turn | None


def git_directory(folder: Path, name: str) -> Path | None:
    base = folder / name.replace("/", "+")
    places = (base / "repo", base / "repo/.git", base, base / ".git")
    return next((one for one in places if (one / "HEAD").exists()), None)


def conversations(repo: Path, agent: str, wanted: set[str]) -> Iterator[Conversation]:
    """The longest version of each conversation of a repository that has labels."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if agent == "specstory":
            yield from _histories(repo, folder)
            return
        reader, place = READERS[agent]
        for session, copies in versions(repo):
            if session in wanted:
                path = folder / session / place.format(session)
                path.parent.mkdir(parents=True)
                path.write_bytes(max((copy.data for copy in copies), key=len))
                yield from _read(reader, path if agent == "claude-code" else folder / session)


def _histories(repo: Path, folder: Path) -> Iterator[Conversation]:
    """The conversations of `.specstory/history` in the newest commit, without the files that a snapshot lacks."""
    rows = git(repo, "ls-tree", "-r", "-z", "HEAD", "--", ".specstory").split("\0")
    names = {name: fields.split(" ")[2] for fields, _, name in (row.partition("\t") for row in rows) if name}
    contents = dict(blobs(repo, sorted(set(names.values()))))
    for name, oid in names.items():
        content = contents.get(oid)
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for root in sorted(folder.rglob(HISTORY)):
        yield from _read(SpecStory(), root)


def _read(reader: Reader, root: Path) -> Iterator[Conversation]:
    for source in reader.sources(root):
        yield from reader.read(source).conversations


def labelled(folder: Path, rows: Sequence[Mapping[str, str]]) -> tuple[list[Labelled], int]:
    """(the labelled turns that the corpora have, how many they lack)."""
    groups: dict[tuple[str, str], list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row["corpus"], row["agent"]].append(row)
    found: list[Labelled] = []
    for (corpus, agent), group in groups.items():
        repo = git_directory(folder, corpus)
        wanted = {row["conversation"] for row in group}
        known = {} if repo is None else {one.id: one for one in conversations(repo, agent, wanted)}
        found += _found(group, known)
    return found, len(rows) - len(found)


def _found(rows: Iterable[Mapping[str, str]], known: Mapping[str, Conversation]) -> Iterator[Labelled]:
    for row in rows:
        conversation = known.get(row["conversation"])
        turns = conversation.turns if conversation is not None else ()
        at = next((n for n, turn in enumerate(turns) if turn.id == row["turn"]), None)
        if conversation is not None and at is not None and prompt_hash(turns[at].prompt) == row["prompt"]:
            before = turns[at - 1] if at else None
            yield Labelled(row["set"], row["corpus"], row["kind"], conversation, turns[at], before)


def prompt_hash(prompt: str) -> str:
    return hashlib.sha256(prompt.encode()).hexdigest()[:16]
