"""Redaction after the fact: of what a person names, and of what the current rules find."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from msgspec import Struct

from gitstory.erasure.find_stored_secrets import StoredFinding, scan, scan_note
from gitstory.erasure.forget import take_back
from gitstory.errors import GitStoryError
from gitstory.git.object_purge import Purged
from gitstory.git.repo import Repo
from gitstory.model import Conversation
from gitstory.recording.recorder import Keeping, redactor
from gitstory.redact import conversation_strings
from gitstory.redact.custom_rules import Rule
from gitstory.redact.engine import MARKER, Redactor
from gitstory.redact.settings import Settings
from gitstory.redact.spans import Span, merge
from gitstory.store.archive import Archive
from gitstory.store.erasure_plan import Rewritten, redacting
from gitstory.store.snapshot import Contents
from gitstory.store.store import StoryStore
from gitstory.summary.note_text import note_text

RULE = "by-hand"
_SHORTEST = 3
"""Characters of a literal; a shorter one would tear everything to pieces."""


class Pattern:
    """What a person wants gone: a regular expression (its group `secret`, if it has one) or a literal text."""

    def __init__(self, text: str, *, literal: bool) -> None:
        """Raises GitStoryError for one that cannot be used."""
        self._rule: Rule | None = None
        self._literals: tuple[str, ...] = ()
        if not literal:
            self._rule = Rule(RULE, text)
            return
        if len(text.strip()) < _SHORTEST:
            raise GitStoryError(f"a text of fewer than {_SHORTEST} characters would match everywhere")
        # Tool calls are stored as JSON, in which quotes and backslashes are escaped.
        self._literals = tuple(
            dict.fromkeys((text, *(json.dumps(text, ensure_ascii=one)[1:-1] for one in (False, True))))
        )

    def spans(self, text: str) -> list[Span]:
        """Where it stands, but for markers that are there already."""
        spans = list(self._rule.find(text)) if self._rule is not None else list(self._literal(text))
        if not spans:
            return []
        markers = [one.span() for one in MARKER.finditer(text)]
        return merge(one for one in spans if not any(start < one.end and one.start < end for start, end in markers))

    def _literal(self, text: str) -> Iterator[Span]:
        for literal in self._literals:
            at = text.find(literal)
            while at >= 0:
                yield from _lines(text, at, at + len(literal))
                at = text.find(literal, at + len(literal))

    def redactor(self) -> Redactor:
        """Numbers the markers of one conversation."""
        return Redactor(Settings())

    def change(self, conversation: Conversation) -> Conversation:
        """The conversation with a marker wherever this stands; the same object where it stands nowhere."""
        texts = list(conversation_strings.strings(conversation))
        spans_by_text = [self.spans(text) for text in texts]
        if not any(spans_by_text):
            return conversation
        redactor = self.redactor()
        for text in texts:
            redactor.respect(text)
        cleaned = [redactor.replace(text, spans)[0] for text, spans in zip(texts, spans_by_text, strict=True)]
        rebuilt = conversation_strings.rebuild(conversation, iter(cleaned))
        assert isinstance(rebuilt, Conversation)
        return rebuilt

    def text(self, text: str) -> str:
        spans = self.spans(text)
        redactor = self.redactor()
        redactor.respect(text)
        return redactor.replace(text, spans)[0]

    def count(self, conversation: Conversation) -> int:
        return sum(len(self.spans(text)) for text in conversation_strings.strings(conversation))


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    """A span for each line of a match: line ends stay."""
    secret, more = text[start:end], False
    for part in re.finditer(r"[^\n]+", secret):
        yield Span(start + part.start(), start + part.end(), RULE, secret, rank=-1, more=more)
        more = True


class Preview(Struct, frozen=True):
    """What a redaction would change."""

    matches: int
    conversations: int
    turns: int
    notes: int


def rewritten(store: StoryStore, contents: Contents, pattern: Pattern) -> Rewritten:
    """What is to be written so that the pattern stands nowhere in the store."""
    notes = _notes(store, lambda commit, text: pattern.text(text))
    return redacting(contents, list(contents.conversation_keys()), pattern.change, notes, note_text, freeze=True)


def preview(store: StoryStore, pattern: Pattern) -> Preview:
    """What `redact` would do."""
    contents = store.contents
    plan = rewritten(store, contents, pattern)
    before = (contents.conversation(*key) for key in plan.batch.drop_conversations)
    matches = sum(pattern.count(one) for one in before if one is not None)
    kept = [one for one in Archive(store.repo.home).conversations() if pattern.change(one) != one]
    matches += sum(map(pattern.count, kept))
    turns = sum(old != new for one in kept for old, new in zip(one.turns, pattern.change(one).turns, strict=True))
    return Preview(matches, plan.conversations + len(kept), plan.turns + turns, plan.notes)


def redact(repo: Repo, store: StoryStore, pattern: Pattern, *, rewrite_packs: bool = False) -> Purged:
    """Redact by hand, for good; the caller keeps the worker from running meanwhile."""
    return take_back(
        repo,
        store,
        lambda contents: rewritten(store, contents, pattern).batch,
        lambda text: bool(pattern.spans(text)),
        pattern.change,
        rewrite_packs=rewrite_packs,
    )


def findings(store: StoryStore, how: Keeping) -> Iterator[StoredFinding]:
    """What the rules of today find in all that is stored. Raises `custom.BadRule`."""
    contents = store.contents
    for key in sorted(contents.conversation_keys()):
        conversation = contents.conversation(*key)
        if conversation is not None:
            yield from scan(conversation, redactor(how)).findings
    for archived in Archive(store.repo.home).conversations():
        yield from scan(archived, redactor(how)).findings
    for commit, text in sorted(_all_notes(store).items()):
        yield from scan_note(commit, text, redactor(how))[1]


def fix(repo: Repo, store: StoryStore, how: Keeping, *, rewrite_packs: bool = False) -> Purged:
    """Make the store what it would be, had the rules of today been there from the beginning."""

    def rewrite(contents: Contents) -> Rewritten:
        notes = _notes(store, lambda commit, text: scan_note(commit, text, redactor(how))[0])
        keys = list(contents.conversation_keys())

        def change(conversation: Conversation) -> Conversation:
            return scan(conversation, redactor(how)).conversation

        return redacting(contents, keys, change, notes, note_text, freeze=False)

    return take_back(
        repo,
        store,
        lambda contents: rewrite(contents).batch,
        lambda text: redactor(how).text(text) != text,
        lambda conversation: scan(conversation, redactor(how)).conversation,
        rewrite_packs=rewrite_packs,
    )


def _notes(store: StoryStore, change: Callable[[str, str], str]) -> dict[str, str | None]:
    """The notes that `change` changes."""
    notes: dict[str, str | None] = {}
    for commit, text in _all_notes(store).items():
        if (changed := change(commit, text)) != text:
            notes[commit] = changed
    return notes


def _all_notes(store: StoryStore) -> Mapping[str, str]:
    """The texts of all notes; one that is too big for a note of ours is left out."""
    notes: dict[str, str] = {}
    for commit in store.noted():
        with suppress(GitStoryError):
            text = store.note(commit)
            if text is not None:
                notes[commit] = text
    return notes
