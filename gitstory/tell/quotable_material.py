"""What a write-up may quote, gathered from the stories of commits or from one conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from gitstory.errors import GitStoryError
from gitstory.git.commit_details import CommitInfo
from gitstory.git.repo import Repo, UnknownRevision
from gitstory.model import Turn
from gitstory.queries.share import SharedPage, shared
from gitstory.queries.show import selected
from gitstory.sources.chain import SourceChain
from gitstory.summary.turn_labels import labels
from gitstory.tell.values import LoggedTurn, Material
from gitstory.text.wording import one_line

_TRAILER = re.compile(r"\s[A-Z][a-z]+-[A-Z][a-z]+: \S+\Z")
"""A trailer that git takes for part of the subject, since no empty line stands before it."""


class NothingToTell(GitStoryError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"no person wrote a prompt in the conversations of {name}",
            hint="`git story conversations` lists those of this repository, `git story log` the commits with stories",
        )


def material(repo: Repo, sources: SourceChain, name: str, clean: Callable[[str], str]) -> Material:
    """The exchanges of a revision, a range or a conversation; `clean` redacts what git knows of the commits.

    Raises `NothingToTell` where no person said anything, and what `shared` raises.
    """
    page = shared(repo, sources, name)
    turns = tuple(_turns(page))
    if not any(logged.by_person for logged in turns):
        raise NothingToTell(name)
    commits = tuple(_clean(commit, clean) for commit in page.commits)
    history = _history(repo, name, clean) or commits
    return Material(name, commits, tuple(part.conversation for part in page.conversations), turns, history=history)


def _history(repo: Repo, name: str, clean: Callable[[str], str]) -> tuple[CommitInfo, ...]:
    """All commits of a revision or range, the oldest first; none for a conversation."""
    try:
        return tuple(_clean(commit, clean) for commit in selected(repo, name))[::-1]
    except UnknownRevision:
        return ()


def _turns(page: SharedPage) -> Iterable[LoggedTurn]:
    for part in page.conversations:
        named = labels([each.turn for each in part.turns])
        copied = copies([each.turn for each in part.turns])
        for each in sorted(part.turns, key=lambda each: each.turn.index):
            if each.turn.id in copied:
                continue
            yield LoggedTurn(part.conversation.key, each.turn, each.commits, each.correction, named[each.turn.id])


_SHORTEST_PART = 40
"""Characters of a part of a prompt that is not taken for a prompt of its own."""


def copies(turns: Sequence[Turn]) -> frozenset[str]:
    """The ids of turns without steps and time that only repeat the prompt of another turn, or a part of it.

    Some tools keep a list of prompts beside the transcript, and cut prompts of several sections into several.
    """
    worked = [one_line(turn.prompt) for turn in turns if turn.steps or turn.time is not None]
    listed = [(turn.id, one_line(turn.prompt)) for turn in turns if not turn.steps and turn.time is None]
    return frozenset(id_ for id_, prompt in listed if any(_repeats(prompt, other) for other in worked))


def _repeats(prompt: str, other: str) -> bool:
    return prompt == other or (len(prompt) >= _SHORTEST_PART and prompt in other)


def _clean(commit: CommitInfo, clean: Callable[[str], str]) -> CommitInfo:
    return replace(commit, subject=clean(_TRAILER.sub("", commit.subject)), body=clean(commit.body))
