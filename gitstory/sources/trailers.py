"""The store as readers see it, with the stories that only commit messages tell: `Story: FILE#turn-N`.

A trailer is a claim that anybody who can commit can make. It leads to a file of the history folder and nowhere else,
and its turn is taken for the author of a line only where that file shows the turn writing this very line in this
file. A record of the commit, kept or carried, is always the better one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from gitstory.git.log import log_of
from gitstory.git.repo import Repo
from gitstory.history_files.references import parse
from gitstory.model import Conversation, Story
from gitstory.sources.carried_over import CarriedStore
from gitstory.store.paths import Tombstone
from gitstory.store.store import Key, Meta

if TYPE_CHECKING:
    from gitstory.sources.trailer_claims import Claim

_MOST = 20
"""Trailers of one commit that are followed."""


class TrailedStore(CarriedStore):
    """Looks at messages only of commits without a story, and only where the repository could have history files."""

    def __init__(self, repo: Repo, *, timeout: float = 60.0) -> None:
        super().__init__(repo, timeout=timeout)
        self._told: dict[str, Story | None] = {}
        self._read: dict[Key, Conversation] = {}

    def story(self, commit: str) -> Story | None:
        return self.stories([commit]).get(commit)

    def stories(self, commits: Iterable[str]) -> dict[str, Story]:
        asked = list(commits)
        known = super().stories(asked)
        return known | self._trailed([commit for commit in asked if commit not in known])

    def conversation(self, agent: str, id: str, turns: Collection[str] | None = None) -> Conversation | None:
        stored = super().conversation(agent, id, turns)
        return stored if stored is not None else self._excerpt((agent, id), turns)

    def excerpts(self, asked: Mapping[Key, Collection[str]]) -> dict[Key, Conversation]:
        stored = super().excerpts(asked)
        read = {key: self._excerpt(key, turns) for key, turns in asked.items() if key not in stored}
        return stored | {key: told for key, told in read.items() if told is not None}

    def meta(self, agent: str, id: str) -> Meta | None:
        stored = super().meta(agent, id)
        read = self._read.get((agent, id)) if stored is None else None
        if read is None:
            return stored
        listed = tuple((turn.id, turn.index) for turn in read.turns)
        return Meta(agent=agent, id=id, title=read.title, models=read.models, turns=listed)

    def _excerpt(self, key: Key, turns: Collection[str] | None) -> Conversation | None:
        from msgspec.structs import replace

        read = self._read.get(key)
        if read is None or turns is None:
            return read
        return replace(read, turns=tuple(turn for turn in read.turns if turn.id in turns))

    def _trailed(self, commits: list[str]) -> dict[str, Story]:
        new = [commit for commit in commits if commit not in self._told]
        if new and _could_have_any(self.repo):
            self._told.update(dict.fromkeys(new))
            self._told.update(self._follow(new))
        return {commit: story for commit in commits if (story := self._told.get(commit)) is not None}

    def _follow(self, commits: list[str]) -> dict[str, Story]:
        claims = {commit: said for commit, values in trailers(self.repo, commits).items() if (said := _claims(values))}
        alive = [one for one in claims if not self.contents.dead(Tombstone("commit", (one,)))]
        if not alive:
            return {}
        from gitstory.sources.trailer_claims import Claims

        found = Claims(self.repo, self._stored)
        stories = {commit: story for commit in alive if (story := found.story(commit, claims[commit])) is not None}
        self._read.update(found.read)
        return stories

    def _stored(self, key: Key) -> tuple[bool, Conversation | None]:
        """Whether a conversation was forgotten, and what is stored of it."""
        dead = self.contents.dead(Tombstone("conversation", key))
        return dead, None if dead else CarriedStore.conversation(self, *key)


def _could_have_any(repo: Repo) -> bool:
    """A team that keeps history files elsewhere says so in `.gitstory/config.toml`, a person in git's settings.

    (Loading all settings would take a reader as long as the rest of its work.)
    """
    if (repo.home / "prepare-commit-msg.on").exists():
        return True
    there = repo.ref("HEAD:.gitstory") is not None if repo.worktree is None else (repo.worktree / ".gitstory").is_dir()
    return there or repo.config("story.history.path") is not None


def trailers(repo: Repo, commits: Iterable[str]) -> dict[str, list[str]]:
    """The values of the `Story` trailers of commits, as git finds them, through one process."""
    found = log_of(repo, commits, ["%(trailers:key=Story,valueonly,unfold)"])
    said = {one.oid: one.fields[0].decode("utf-8", "surrogateescape").split("\n") for one in found}
    return {oid: kept for oid, values in said.items() if (kept := [value for value in values if value])}


def _claims(values: Iterable[str]) -> list[Claim]:
    found = (parse(value) for value in values)
    return list(dict.fromkeys(claim for claim in found if claim is not None))[:_MOST]
