"""Stories that only commit messages name: `Story: FILE#turn-N`.

A trailer is a claim that anybody who can commit can make. It leads to a file of the history folder and nowhere else,
and its turn is taken for the author of a line only where that file shows the turn writing this very line in this
file. A recorded or carried story of the commit takes precedence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gitstory.git.log import log_of
from gitstory.git.repo import Repo
from gitstory.history_files.references import parse
from gitstory.model import Conversation, Story
from gitstory.sources.story_source import Key, meta_of, with_turns
from gitstory.store.record_paths import Tombstone
from gitstory.store.store import Meta, StoryStore

if TYPE_CHECKING:
    from gitstory.sources.story_trailer_checks import Claim

_MOST = 20
"""Trailers of one commit that are followed."""


class TrailerSource:
    """The fallback for commits whose messages name turns, where the repository could have history files."""

    def __init__(self, store: StoryStore) -> None:
        self._store = store
        self._repo = store.repo
        self._stories: dict[str, Story | None] = {}
        self._conversations: dict[Key, Conversation] = {}

    def stories(self, commits: Sequence[str]) -> dict[str, Story]:
        """The stories that trailers of `commits` lead to."""
        new = [commit for commit in commits if commit not in self._stories]
        if new and _could_have_any(self._repo):
            self._stories.update(dict.fromkeys(new))
            self._stories.update(self._follow(new))
        return {commit: story for commit in commits if (story := self._stories.get(commit)) is not None}

    def excerpts(self, turns: Mapping[Key, Collection[str] | None]) -> dict[Key, Conversation]:
        """Conversations as history files have them, of those to which a trailer of a commit read before led."""
        return {
            key: with_turns(self._conversations[key], ids) for key, ids in turns.items() if key in self._conversations
        }

    def meta(self, key: Key) -> Meta | None:
        conversation = self._conversations.get(key)
        return None if conversation is None else meta_of(conversation)

    def _follow(self, commits: list[str]) -> dict[str, Story]:
        claims = {
            commit: parsed for commit, values in trailers(self._repo, commits).items() if (parsed := _claims(values))
        }
        contents = self._store.contents
        alive = [commit for commit in claims if not contents.dead(Tombstone("commit", (commit,)))]
        if not alive:
            return {}
        from gitstory.sources.story_trailer_checks import Claims

        checked = Claims(self._repo, self._stored)
        stories = {commit: story for commit in alive if (story := checked.story(commit, claims[commit])) is not None}
        self._conversations.update(checked.read)
        return stories

    def _stored(self, key: Key) -> tuple[bool, Conversation | None]:
        """Whether a conversation was forgotten, and what is stored of it."""
        dead = self._store.contents.dead(Tombstone("conversation", key))
        return dead, None if dead else self._store.conversation(*key)


def _could_have_any(repo: Repo) -> bool:
    """Whether the repository could have history files, without loading all settings, which would double the time.

    A team that keeps history files elsewhere configures that in `.gitstory/config.toml`, a person in git's settings.
    """
    if (repo.home / "prepare-commit-msg.on").exists():
        return True
    in_head = repo.worktree is None and repo.ref("HEAD:.gitstory") is not None
    on_disk = repo.worktree is not None and (repo.worktree / ".gitstory").is_dir()
    return in_head or on_disk or repo.config("story.history.path") is not None


def trailers(repo: Repo, commits: Iterable[str]) -> dict[str, list[str]]:
    """The values of the `Story` trailers of commits, as git finds them, through one process."""
    records = log_of(repo, commits, ["%(trailers:key=Story,valueonly,unfold)"])
    values = {each.oid: each.fields[0].decode("utf-8", "surrogateescape").split("\n") for each in records}
    return {oid: kept for oid, lines in values.items() if (kept := [line for line in lines if line])}


def _claims(values: Iterable[str]) -> list[Claim]:
    parsed = (parse(value) for value in values)
    return list(dict.fromkeys(claim for claim in parsed if claim is not None))[:_MOST]
