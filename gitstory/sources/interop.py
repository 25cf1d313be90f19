"""The store as readers see it, with what other tools' records say of commits that gitstory's own says nothing of.

A claim stays that tool's claim. Its lines are told only where the commit added them, and even then the evidence is
`files` at best: that the tool names this conversation for them is not borne out by anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from gitstory.git.repo import DamagedObject, Repo
from gitstory.model import Conversation, Story
from gitstory.sources.trailers import TrailedStore
from gitstory.store.paths import Tombstone
from gitstory.store.store import Key, Meta

if TYPE_CHECKING:
    from gitstory.interop.formats.values import Claim
    from gitstory.interop.match_transcripts import Joined, Joining
    from gitstory.interop.story_builder import Hearing
    from gitstory.interop.transcripts import Found

_NAMED = (b"Entire-Checkpoint:", b"Claude-Session:", b"Agent-Logs-Url:", b"Copilot-Session:")
_NOTES = (
    "refs/notes/ai",
    "refs/notes/ai-remote/origin",
    "refs/notes/agentnote",
    "refs/notes/whogitit",
    "refs/notes/prompt-story",
    "refs/notes/commits",
)


class ForeignStore(TrailedStore):
    """Reads of other tools' records only what is asked for; `unreadable` counts records by tool that could not be.

    With `joins`, the turns of a conversation whose transcript is on this machine are told from there.
    """

    def __init__(self, repo: Repo, *, timeout: float = 60.0, joins: bool = False) -> None:
        super().__init__(repo, timeout=timeout)
        self.unreadable: Counter[str] = Counter()
        self._heard: dict[str, Story | None] = {}
        self._said: dict[Key, Claim] = {}
        self._made: dict[Key, Conversation | None] = {}
        self._noted: tuple[str, ...] | None = None
        self._traced: bool | None = None
        self._hearing: Hearing | None = None
        self._joins = joins
        self._sought: set[Key] = set()
        self._transcripts: Found = {}
        self._joining: Joining | None = None

    def stories(self, commits: Iterable[str]) -> dict[str, Story]:
        asked = list(commits)
        known = super().stories(asked)
        return known | self._foreign([commit for commit in asked if commit not in known])

    def claims(self, commits: Iterable[str]) -> dict[str, list[Claim]]:
        """What other tools say of those commits that nothing else is known of; nothing that was forgotten."""
        asked = list(commits)
        known = super().stories(asked)
        return self._said_of([commit for commit in asked if commit not in known])

    def excerpts(self, asked: Mapping[Key, Collection[str]]) -> dict[Key, Conversation]:
        stored = super().excerpts(asked)
        read = {key: self._retold(key, turns) for key, turns in asked.items() if key not in stored}
        return stored | {key: told for key, told in read.items() if told is not None}

    def conversation(self, agent: str, id: str, turns: Collection[str] | None = None) -> Conversation | None:
        stored = super().conversation(agent, id, turns)
        return stored if stored is not None else self._retold((agent, id), turns)

    def meta(self, agent: str, id: str) -> Meta | None:
        stored = super().meta(agent, id)
        claim = self._said.get((agent, id)) if stored is None else None
        if claim is None:
            return stored
        here = self._joining.conversation((agent, id)) if self._joining is not None else None
        if here is not None:
            known = tuple((turn.id, turn.index) for turn in here.turns)
            return Meta(agent=agent, id=id, title=here.title, models=here.models or claim.models, turns=known)
        from gitstory.interop.formats.values import turn_id

        listed = tuple((turn_id(claim, one), one.number) for one in claim.prompts)
        return Meta(agent=agent, id=id, models=claim.models, turns=listed)

    # --- stories ---

    def _foreign(self, commits: list[str]) -> dict[str, Story]:
        new = [commit for commit in commits if commit not in self._heard]
        if new:
            self._heard.update(dict.fromkeys(new))
            if claims := self._said_of(new):
                self._hear(claims)
        return {commit: story for commit in commits if (story := self._heard.get(commit)) is not None}

    def _said_of(self, commits: list[str]) -> dict[str, list[Claim]]:
        alive = [one for one in commits if not self.contents.dead(Tombstone("commit", (one,)))]
        noted, named = self._notes_there(), self._naming(alive)
        if not alive or not (noted or named or self._traces_there()):
            return {}
        return {
            commit: kept
            for commit, found in self.hearing.claims(alive, noted, named).items()
            if (kept := [one for one in found if not self._forgotten(one.key)])
        }

    @property
    def hearing(self) -> Hearing:
        if self._hearing is None:
            from gitstory.interop.story_builder import Hearing

            self._hearing = Hearing(self.repo, self.unreadable)
        return self._hearing

    def _hear(self, claims: Mapping[str, Sequence[Claim]]) -> None:
        from gitstory.interop.formats.values import joined

        recorded = {one.key for found in claims.values() for one in found if self._is_stored(one.key)}
        here = self._join(claims) if self._joins else None
        self._heard.update(self.hearing.stories(claims, recorded, joined=here))
        for one in chain.from_iterable(claims.values()):
            before = self._said.get(one.key)
            self._said[one.key] = one if before is None else joined(before, one)
            self._made.pop(one.key, None)

    def _join(self, claims: Mapping[str, Sequence[Claim]]) -> dict[str, dict[Key, Joined]]:
        from gitstory.interop.transcripts import transcripts

        keys = {one.key for said in claims.values() for one in said}
        self._transcripts |= transcripts(self.repo, keys - self._sought)
        self._sought |= keys
        found = {key: there for key, there in self._transcripts.items() if key in keys}
        if not found:
            return {}
        if self._joining is None:
            from gitstory.interop.match_transcripts import Joining

            self._joining = Joining(self.repo, self)
        return self._joining.of(claims, found)

    def _notes_there(self) -> tuple[str, ...]:
        if self._noted is None:
            read = self.repo.objects.read
            self._noted = tuple(ref for ref in _NOTES if read(f"{ref}^{{tree}}") is not None)
        return self._noted

    def _traces_there(self) -> bool:
        """Whether Agent Trace records could be committed here."""
        if self._traced is None:
            self._traced = self.repo.objects.read("HEAD:.agent-trace") is not None
        return self._traced

    def _naming(self, commits: list[str]) -> dict[str, bytes]:
        """The commits whose message could name a conversation: as git stores them."""
        found: dict[str, bytes] = {}
        for commit in commits:
            try:
                told = self.repo.objects.read(commit)
            except DamagedObject:
                continue
            if told is not None and told[1] == "commit" and any(key in told[2] for key in _NAMED):
                found[commit] = told[2]
        return found

    def _forgotten(self, key: Key) -> bool:
        return self.contents.dead(Tombstone("conversation", key))

    def _is_stored(self, key: Key) -> bool:
        return super().meta(*key) is not None

    # --- conversations ---

    def _retold(self, key: Key, turns: Collection[str] | None) -> Conversation | None:
        if key not in self._said:
            return None
        if key not in self._made:
            from gitstory.interop.story_builder import retold

            here = self._joining.conversation(key) if self._joining is not None else None
            self._made[key] = here or retold(self.repo, self._said[key])
        whole = self._made[key]
        if whole is None or turns is None:
            return whole
        from msgspec.structs import replace

        return replace(whole, turns=tuple(turn for turn in whole.turns if turn.id in turns))
