"""Stories read from other tools' records, for commits that have none of gitstory's own.

A claim stays that tool's claim. Its lines are reported only where the commit added them, and even then the evidence is
`files` at best: nothing verifies that this conversation wrote them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from gitstory.git.repo import DamagedObject
from gitstory.model import Conversation, Story
from gitstory.sources.story_source import Key, StorySource, meta_of, with_turns
from gitstory.store.record_paths import Tombstone
from gitstory.store.store import Meta, StoryStore

if TYPE_CHECKING:
    from gitstory.interop.formats.claims import Claim
    from gitstory.interop.match_transcripts import TranscriptMatch, TranscriptMatcher
    from gitstory.interop.story_builder import StoryBuilder
    from gitstory.interop.transcript_paths import Transcripts

_TRAILERS = (b"Entire-Checkpoint:", b"Claude-Session:", b"Agent-Logs-Url:", b"Copilot-Session:")
_NOTES = (
    "refs/notes/ai",
    "refs/notes/ai-remote/origin",
    "refs/notes/agentnote",
    "refs/notes/whogitit",
    "refs/notes/prompt-story",
    "refs/notes/commits",
)


class InteropSource:
    """The fallback for commits that other tools recorded. `unreadable` counts, by tool, records that are damaged.

    `before` are the sources that take precedence. With `transcripts`, turns of a conversation whose transcript is on
    this machine are read from there.
    """

    def __init__(self, store: StoryStore, before: StorySource, *, transcripts: bool = False) -> None:
        self.unreadable: Counter[str] = Counter()
        self._store = store
        self._repo = store.repo
        self._before = before
        self._stories: dict[str, Story | None] = {}
        self._claims: dict[Key, Claim] = {}
        self._conversations: dict[Key, Conversation | None] = {}
        self._note_refs: tuple[str, ...] | None = None
        self._has_traces: bool | None = None
        self._builder: StoryBuilder | None = None
        self._with_transcripts = transcripts
        self._looked_for: set[Key] = set()
        self._transcripts: Transcripts = {}
        self._matcher: TranscriptMatcher | None = None

    @property
    def builder(self) -> StoryBuilder:
        """What builds stories from claims."""
        if self._builder is None:
            from gitstory.interop.story_builder import StoryBuilder

            self._builder = StoryBuilder(self._repo, self.unreadable)
        return self._builder

    def stories(self, commits: Sequence[str]) -> dict[str, Story]:
        """The stories built from the claims on `commits`, none of which has a story in a source before this one."""
        new = [commit for commit in commits if commit not in self._stories]
        if new:
            self._stories.update(dict.fromkeys(new))
            if claims := self._read_claims(new):
                self._build(claims)
        return {commit: story for commit in commits if (story := self._stories.get(commit)) is not None}

    def claims(self, commits: Iterable[str]) -> dict[str, list[Claim]]:
        """The claims on those of `commits` that have no story in a source before this one; none that was forgotten."""
        wanted = list(commits)
        stories = self._before.stories(wanted)
        return self._read_claims([commit for commit in wanted if commit not in stories])

    def excerpts(self, turns: Mapping[Key, Collection[str] | None]) -> dict[Key, Conversation]:
        """Conversations that a claim names: from their transcripts if those were matched, else with its prompts."""
        read = {key: (self._conversation(key), ids) for key, ids in turns.items() if key in self._claims}
        return {key: with_turns(one, ids) for key, (one, ids) in read.items() if one is not None}

    def _conversation(self, key: Key) -> Conversation | None:
        if key not in self._conversations:
            from gitstory.interop.story_builder import retold

            self._conversations[key] = self._matched(key) or retold(self._repo, self._claims[key])
        return self._conversations[key]

    def meta(self, key: Key) -> Meta | None:
        claim = self._claims.get(key)
        if claim is None:
            return None
        matched = self._matched(key)
        if matched is not None:
            meta = meta_of(matched)
            return Meta(agent=key[0], id=key[1], title=meta.title, models=meta.models or claim.models, turns=meta.turns)
        from gitstory.interop.formats.claims import turn_id

        listed = tuple((turn_id(claim, prompt), prompt.number) for prompt in claim.prompts)
        return Meta(agent=key[0], id=key[1], models=claim.models, turns=listed)

    # --- claims ---

    def _read_claims(self, commits: list[str]) -> dict[str, list[Claim]]:
        alive = [commit for commit in commits if not self._store.contents.dead(Tombstone("commit", (commit,)))]
        notes, messages = self._notes_here(), self._messages(alive)
        if not alive or not (notes or messages or self._traces_here()):
            return {}
        return {
            commit: kept
            for commit, claims in self.builder.claims(alive, notes, messages).items()
            if (kept := [claim for claim in claims if not self._is_forgotten(claim.key)])
        }

    def _notes_here(self) -> tuple[str, ...]:
        if self._note_refs is None:
            read = self._repo.objects.read
            self._note_refs = tuple(ref for ref in _NOTES if read(f"{ref}^{{tree}}") is not None)
        return self._note_refs

    def _traces_here(self) -> bool:
        """Whether Agent Trace records could be committed here."""
        if self._has_traces is None:
            self._has_traces = self._repo.objects.read("HEAD:.agent-trace") is not None
        return self._has_traces

    def _messages(self, commits: list[str]) -> dict[str, bytes]:
        """The raw commits whose messages could name a conversation."""
        messages: dict[str, bytes] = {}
        for commit in commits:
            try:
                read = self._repo.objects.read(commit)
            except DamagedObject:
                continue
            if read is not None and read[1] == "commit" and any(key in read[2] for key in _TRAILERS):
                messages[commit] = read[2]
        return messages

    def _is_forgotten(self, key: Key) -> bool:
        return self._store.contents.dead(Tombstone("conversation", key))

    # --- from claims to stories ---

    def _build(self, claims: Mapping[str, Sequence[Claim]]) -> None:
        from gitstory.interop.formats.claims import joined

        each = list(chain.from_iterable(claims.values()))
        recorded = {claim.key for claim in each if self._before.meta(*claim.key) is not None}
        matched = self._match(claims) if self._with_transcripts else None
        self._stories.update(self.builder.stories(claims, recorded, joined=matched))
        for claim in each:
            earlier = self._claims.get(claim.key)
            self._claims[claim.key] = claim if earlier is None else joined(earlier, claim)
            self._conversations.pop(claim.key, None)

    def _match(self, claims: Mapping[str, Sequence[Claim]]) -> dict[str, dict[Key, TranscriptMatch]]:
        """Commit -> conversation -> what its transcript on this machine adds to the claims."""
        from gitstory.interop.transcript_paths import transcripts

        keys = {claim.key for each in claims.values() for claim in each}
        self._transcripts |= transcripts(self._repo, keys - self._looked_for)
        self._looked_for |= keys
        here = {key: files for key, files in self._transcripts.items() if key in keys}
        if not here:
            return {}
        if self._matcher is None:
            from gitstory.interop.match_transcripts import TranscriptMatcher

            self._matcher = TranscriptMatcher(self._repo, self._store)
        return self._matcher.of(claims, here)

    def _matched(self, key: Key) -> Conversation | None:
        return self._matcher.conversation(key) if self._matcher is not None else None
