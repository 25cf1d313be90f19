"""Conversations of so many turns that their folder is read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Say, Turn
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

TURNS = tuple(Turn(id=f"turn/{n}", index=n, prompt=f"Step {n}", steps=(Say(f"Done {n}"),)) for n in range(1, 81))


@pytest.mark.parametrize("number", [3, 80])
def test_all_turns_are_read_and_few_by_their_paths(repo: GitRepo, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("first", {"a.txt": "a\n"})
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        store.write(Batch(conversations=[Conversation(agent="codex", id="long", turns=TURNS[:number])]))
        asked: list[bytes] = []
        blobs = opened.objects.blobs

        def noted(specs: Sequence[bytes], limit: int | None = None) -> Iterator[bytes | None]:
            asked.extend(spec for spec in specs if b"/t-" in spec)
            return blobs(specs, limit)

        monkeypatch.setattr(opened.objects, "blobs", noted)
        read = StoryStore(opened).conversation("codex", "long")
        assert read is not None and read.turns == TURNS[:number]
        assert len(asked) == (3 if number == 3 else 0), "git reads the whole folder for each path"
        chosen = StoryStore(opened).conversation("codex", "long", ["turn/2", "none"])
        assert chosen is not None and [turn.index for turn in chosen.turns] == [2]
