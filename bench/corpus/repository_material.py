"""What a write-up may quote of a conversation whose transcript is in a repository: read from there, without commits.

Keys of `bench/tell` name conversations in clones with stories. Most conversations that SpecStory wrote led to no commit
that can be proved, and some that Entire keeps did not either: those are read from the repository itself.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from corpus.checkpoints import versions
from corpus.gitcmd import git
from corpus.labelled_turns import READERS, conversations, git_directory
from corpus.sniff import agent_of
from gitstory.model import Call, Conversation, Turn
from gitstory.summary.corrections import corrections
from gitstory.summary.turn_labels import labels
from gitstory.tell.quotable_material import copies
from gitstory.tell.values import LoggedTurn, Material


@cache
def all_conversations(repo: Path) -> tuple[Conversation, ...]:
    """The conversations of a repository, in SpecStory's files and on Entire's branch."""
    found = list(conversations(repo, "specstory", set()))
    ids: dict[str, set[str]] = {}
    for session, kept in versions(repo):
        ids.setdefault(agent_of(max((copy.data for copy in kept), key=len)), set()).add(session)
    for agent, sessions in ids.items():
        if agent in READERS:
            found += conversations(repo, agent, sessions)
    return tuple(found)


def checkout(repo: Path, turns: tuple[Turn, ...]) -> str:
    """The directory in which the repository was when the turns edited its files; "" where that cannot be seen."""
    listing = git(repo, "log", "--format=", "--no-renames", "--name-only", "HEAD")
    known = set(listing.split("\n"))
    counted: Counter[str] = Counter()
    for path in {edit.path for turn in turns for edit in turn.edits if edit.path.startswith("/") or ":" in edit.path}:
        parts = path.split("/")
        own = next((at for at in range(1, len(parts)) if "/".join(parts[at:]) in known), None)
        if own is not None:
            counted["/".join(parts[:own]) + "/"] += 1
    return counted.most_common(1)[0][0] if counted else ""


def relative(turn: Turn, place: str) -> Turn:
    """The turn with the paths of its edits below `place`, as recording makes them."""
    steps = [
        replace(step, edits=tuple(replace(edit, path=edit.path.removeprefix(place)) for edit in step.edits))
        if isinstance(step, Call) and step.edits
        else step
        for step in turn.steps
    ]
    return replace(turn, steps=tuple(steps))


def repository_material(folder: Path, name: str, conversation: str) -> Material | None:
    """The material of the longest conversation whose id begins with `conversation`; None where there is none."""
    repo = git_directory(folder, name)
    if repo is None:
        return None
    named = [each for each in all_conversations(repo) if each.id.startswith(conversation)]
    if not named:
        return None
    whole = max(named, key=lambda each: sum(len(turn.steps) for turn in each.turns))
    place = checkout(repo, whole.turns)
    whole = replace(whole, turns=tuple(relative(turn, place) for turn in whole.turns))
    corrected, called, copied = corrections(whole.turns), labels(whole.turns), copies(whole.turns)
    turns = tuple(
        LoggedTurn((whole.agent, whole.id), turn, (), turn.id in corrected, called[turn.id])
        for turn in whole.turns
        if turn.id not in copied
    )
    return Material(conversation, (), (replace(whole, turns=()),), turns)
