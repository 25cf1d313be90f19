"""From linked commits to the store: read the conversations, distil, redact, write all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from gitstory.attribution.linking_steps import STORING, Task, Tasks, Unwatched, plain
from gitstory.attribution.merge_versions import unite
from gitstory.attribution.private_turns import Private
from gitstory.fault_points import point
from gitstory.linking.collect_traces import Gathered
from gitstory.linking.repo_match import Here
from gitstory.linking.visiting_conversations import is_visiting, part_here
from gitstory.model import Call, Conversation, Mark, Say, Step, Story, Think, Turn
from gitstory.recording.trim_conversation import Keep, distill
from gitstory.redact.settings import Settings as RedactSettings
from gitstory.store.batch_changes import Batch
from gitstory.store.store import StoryStore
from gitstory.summary.note_text import note_text
from gitstory.summary.turn_kinds import with_kinds

if TYPE_CHECKING:
    from gitstory.redact.engine import Redactor

Key = tuple[str, str]


class Keeping(Struct, frozen=True):
    """How conversations are made ready for the store."""

    keep: Keep
    redact: RedactSettings
    home: Path
    users: tuple[str, ...] = ()
    private: Private = Private()
    notes: bool = True
    """Whether commits get notes; a person may have trailers in messages instead."""


def redactor(how: Keeping) -> Redactor:
    """A redactor for one conversation, as recording uses it."""
    # Commands that only read transcripts do without the engine, whose patterns take long to compile.
    from gitstory.redact.engine import Redactor

    return Redactor(how.redact, how.home, how.users)


WITHHELD = "(withheld: redaction failed)"
"""Shown in the place of a text that could not be redacted."""


def redacted_texts(how: Keeping, texts: Sequence[str]) -> list[str]:
    """The texts of one conversation redacted, to be shown; each is `WITHHELD` where the engine fails."""
    if not any(texts):
        return list(texts)
    try:
        return redactor(how).texts(list(texts))
    except Exception:  # noqa: BLE001 - whatever it was, nothing unredacted may be shown
        return [WITHHELD if text else "" for text in texts]


class Recorder:
    """Writes stories with the conversations they name. Raises `RedactionFailed` before anything is written."""

    def __init__(
        self,
        store: StoryStore,
        gathered: Gathered,
        at: Here,
        roots: Mapping[Key, str],
        how: Keeping,
        tasks: Tasks | None = None,
    ) -> None:
        self._store = store
        self._gathered = gathered
        self._at = at
        self._roots = roots
        self._how = how
        self._tasks = tasks or Unwatched()

    def record(self, stories: Sequence[Story]) -> None:
        """Store `stories` and all turns so far of the conversations they link, and write their notes."""
        wanted = evident_turns(stories)
        if wanted:
            self._tasks.stage(STORING)  # settings that cannot be used are no conversation's fault
            self._redactor  # noqa: B018
        kept = {
            key: conversation for key in sorted(wanted) if (conversation := self.prepare(key, wanted[key])) is not None
        }
        kept |= self._planned(kept)
        self._tasks.stage(STORING)
        conversations = kept | self._stored(wanted - kept.keys())
        point("record.prepared")
        noted = self._how.notes
        notes = {story.commit: note_text(story, conversations) if story.links and noted else None for story in stories}
        self._store.write(Batch(stories=stories, conversations=tuple(kept.values()), notes=notes))

    def _planned(self, kept: Mapping[Key, Conversation]) -> dict[Key, Conversation]:
        """The conversations that made the plans which those of `kept` carry out: the reason of the work is in them."""
        conversations: dict[Key, Conversation] = {}
        waiting = list(kept.values())
        while waiting:
            conversation = waiting.pop()
            key = (conversation.agent, conversation.parent or "")
            if (
                conversation.from_plan
                and key not in kept
                and key not in conversations
                and (lines := self.prepare(key)) is not None
            ):
                conversations[key] = lines
                waiting.append(lines)
        return conversations

    def _stored(self, keys: Iterable[Key]) -> dict[Key, Conversation]:
        """What the store has of conversations whose files are gone."""
        return {
            key: conversation for key in sorted(keys) if (conversation := self._store.conversation(*key)) is not None
        }

    def prepare(self, key: Key, turns: Collection[str] | None = None, *, chosen: bool = False) -> Conversation | None:
        """A conversation distilled and redacted, with its subagents' work; None where its files are gone.

        Of one that only visited this repository no more than `turns` (see `visiting_conversations`), unless a person
        has `chosen` it.
        """
        self._tasks.begin(Task(agent=key[0], id=plain(key[1]), size=self._size(key)))
        slim = self.distilled(key, turns, chosen=chosen)
        if slim is None:
            return None
        from gitstory.redact.engine import redact_conversation

        conversation = redact_conversation(slim, self._redactor)
        return self._store.contents.as_kept(conversation)

    @cached_property
    def _redactor(self) -> Redactor:
        return redactor(self._how)

    def _size(self, key: Key) -> int:
        """The bytes of the transcripts, as far as they hold no other conversations."""
        return sum(source.size for _, source in self._gathered.sources.get(key, ()))

    def distilled(self, key: Key, turns: Collection[str] | None = None, *, chosen: bool = False) -> Conversation | None:
        """The same with all secrets still in it: for the person's own eyes, never for the store."""
        whole = self._whole(key)
        if whole is None:
            return None
        if not chosen and is_visiting(whole, self._at, moved=key in self._roots):
            whole = part_here(whole, self._at, turns)
        return with_kinds(distill(whole, self._how.keep, partial(_within, self._at, self._roots.get(key))))

    def _whole(self, key: Key) -> Conversation | None:
        conversation = unite(self._gathered.conversations(key))
        if conversation is None:
            return None
        for child in self._gathered.children.get(key, ()):
            if (spawned := unite(self._gathered.conversations(child))) is not None:
                conversation = with_subagent(conversation, spawned)
        return self._how.private.visible(conversation)


def evident_turns(stories: Iterable[Story]) -> dict[Key, set[str]]:
    """Conversation -> its turns that hold evidence for any of `stories`, and all that a person linked."""
    texts: dict[Key, set[str]] = {}
    for link in (link for story in stories for link in story.links):
        turns = texts.setdefault((link.agent, link.conversation), set())
        turns.update(turn.id for turn in link.turns if turn.evidence != "context" or link.evidence == "manual")
    return texts


def _within(at: Here, guessed: str | None, path: str) -> str | None:
    place = at.locate(path, guessed)
    return place[1] if place else None


def with_subagent(parent: Conversation, child: Conversation) -> Conversation:
    """The parent with the child's steps: behind the call that started it where that is known, else where it began."""
    if not parent.turns:
        return parent
    turns = list(parent.turns)
    for place, task in enumerate(child.turns):
        time = task.time if place and task.time is not None else child.started
        number, at, call = (None if place else _spawning(turns, child.id)) or _by_time(parent, turns, child, time)
        about = task.prompt if place else child.title or task.prompt
        steps = turns[number].steps
        mark = Mark("subagent", about, time, call=call, agent=child.id, task=task.prompt)
        turns[number] = replace(turns[number], steps=(*steps[:at], mark, *_own(task, child.id), *steps[at:]))
    return replace(parent, turns=tuple(turns))


def _own(task: Turn, agent: str) -> Iterator[Step]:
    """What a subagent did and said for a task, under its name; its own subagents keep theirs."""
    for step in task.steps:
        if isinstance(step, Say | Think | Call):
            yield replace(step, agent=step.agent or agent)
        elif step.kind in ("subagent", "said"):
            yield step


def _spawning(turns: Sequence[Turn], child: str) -> tuple[int, int, str] | None:
    """(turn, place behind it among the steps, id) of the call that started a subagent; None where none says so."""
    for number, turn in enumerate(turns):
        for at, step in enumerate(turn.steps):
            if isinstance(step, Call) and step.spawned == child:
                return number, at + 1, step.id
    return None


def _by_time(
    parent: Conversation, turns: Sequence[Turn], child: Conversation, time: float | None
) -> tuple[int, int, str]:
    """The place at which a subagent began, by the clock: in the turn that was running, before what came later."""
    began = max(time or 0.0, child.started or 0.0)
    number = _running(parent, began)
    steps = turns[number].steps
    later = (at for at, step in enumerate(steps) if step.time is not None and step.time > began)
    return number, next(later, len(steps)) if began else len(steps), ""


def _running(parent: Conversation, time: float) -> int:
    """The number of the turn that began last before `time`, the first where none did."""
    begun = [(turn.time or 0.0, number) for number, turn in enumerate(parent.turns) if (turn.time or 0.0) <= time]
    return max(begun, default=(0.0, 0))[1]
