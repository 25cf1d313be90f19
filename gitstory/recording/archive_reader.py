"""The archive as a reader of transcripts: what an agent has deleted is found as if it were still there."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from gitstory.agents.base import Reading, Source
from gitstory.agents.catalog import AGENTS
from gitstory.git.repo import Repo
from gitstory.model import Call, Conversation, Edit, Step, Turn
from gitstory.store import record_paths
from gitstory.store.archive import SUFFIX, Archive, files_in, meta_at, read


class Archived:
    """What is kept of one agent's conversations. Paths are the repository's there, and those of `root` again here.

    It has the agent's name, so that all that is said of the agent counts for it; where the agent's own store still has
    a conversation, the longer version is taken.
    """

    markers: Mapping[str, str] = {}

    def __init__(self, name: str, folder: Path, root: Path | None) -> None:
        self.name = self.label = name
        info = AGENTS.get(name)
        self.secondhand = info is not None and info.secondhand
        self._folder = folder
        self._root = root

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return [self._folder]

    def sources(self, root: Path) -> Iterator[Source]:
        for path in files_in(root):
            try:
                facts = path.stat()
            except OSError:
                continue
            name = record_paths.decode(os.fsencode(path.name.removesuffix(SUFFIX)))
            if name is None and (meta := meta_at(path)) is not None:
                name = meta.id
            stamp = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
            yield Source(self.name, path, stamp, facts.st_size, facts.st_mtime, name)

    def places(self, source: Source) -> tuple[str, ...]:
        return ()

    def folder_of(self, directory: Path) -> str | None:
        return None

    def read(self, source: Source) -> Reading:
        conversation = read(source.path)
        if conversation is None or conversation.agent != self.name:
            return Reading(())
        return Reading((self._placed(conversation),))

    def _placed(self, conversation: Conversation) -> Conversation:
        if self._root is None:
            return conversation
        turns = tuple(_in(turn, self._root) for turn in conversation.turns)
        return replace(conversation, turns=turns, places=(self._root.as_posix(),))


def _in(turn: Turn, root: Path) -> Turn:
    def step(say: Step) -> Step:
        if not isinstance(say, Call) or not say.edits:
            return say
        return replace(say, edits=tuple(edit(each) for each in say.edits))

    def edit(each: Edit) -> Edit:
        moved = (root / each.moved_from).as_posix() if each.moved_from else each.moved_from
        return replace(each, path=(root / each.path).as_posix(), moved_from=moved)

    return replace(turn, steps=tuple(map(step, turn.steps)))


def archived(repo: Repo, ignored: Collection[str]) -> list[Archived]:
    """A reader for each agent of which anything is kept here."""
    archive = Archive(repo.home)
    return [Archived(name, archive.of(name), repo.worktree) for name in archive.agents() if name not in ignored]
