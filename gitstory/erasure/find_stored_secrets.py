"""Scan stored data with the current redaction rules: what they would hide, and what it would become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.model import Call, Conversation, Say, Think, Turn
from gitstory.redact import conversation_strings, withhold
from gitstory.redact.engine import Redactor
from gitstory.store.batch_changes import Key

_AROUND = 32
"""Characters shown on either side of a marker."""


class StoredFinding(Struct, frozen=True):
    """One place where a rule finds something. `context` has markers where secrets are.

    `turn` and `index` are None in what belongs to the whole conversation; `part` is "title", "prompt", "answer",
    "thinking" or "call"; "about" for places and the like; "note" with `commit` for a note.
    """

    rule: str
    part: str
    context: str
    agent: str | None = None
    conversation: str | None = None
    turn: str | None = None
    index: int | None = None
    commit: str | None = None


class Scanned(Struct, frozen=True):
    """A conversation as the rules would leave it, and what they found."""

    conversation: Conversation
    findings: tuple[StoredFinding, ...]


def scan(conversation: Conversation, redactor: Redactor) -> Scanned:
    """One conversation with one redactor. The same texts as when it was recorded are looked at."""
    kept = withhold.rules(redactor.settings).apply(conversation)
    findings = list(_withheld(conversation, kept, redactor))
    parts = list(_parts(kept))
    texts = [text for _, _, found in parts for text in found]
    cleaned = redactor.texts(texts)
    at = 0
    for turn, part, pieces in parts:
        for old, new in zip(pieces, cleaned[at : at + len(pieces)], strict=True):
            if old != new:
                findings += [
                    _finding(conversation.key, turn, part, rule, shown) for rule, shown in _shown(old, redactor)
                ]
        at += len(pieces)
    if not findings:
        return Scanned(conversation, ())
    rebuilt = conversation_strings.rebuild(kept, iter(redactor.texts(list(conversation_strings.strings(kept)))))
    assert isinstance(rebuilt, Conversation)
    return Scanned(rebuilt, tuple(findings))


def scan_note(commit: str, text: str, redactor: Redactor) -> tuple[str, list[StoredFinding]]:
    """A note as the rules would leave it, and what they found."""
    cleaned = redactor.text(text)
    keys = _shown(text, redactor) if cleaned != text else []
    return cleaned, [StoredFinding(rule, "note", shown, commit=commit) for rule, shown in keys]


def _finding(key: Key, turn: Turn | None, part: str, rule: str, shown: str) -> StoredFinding:
    where = (turn.id, turn.index) if turn is not None else (None, None)
    return StoredFinding(rule, part, shown, *key, *where)


def _withheld(conversation: Conversation, kept: Conversation, redactor: Redactor) -> Iterator[StoredFinding]:
    """Calls of which less would be kept today, whatever their output says."""
    for turn, left in zip(conversation.turns, kept.turns, strict=True):
        for step, rest in zip(turn.steps, left.steps, strict=True):
            if isinstance(step, Call) and step != rest:
                shown = redactor.text(f"{step.tool} {step.input[:80]}")
                yield _finding(conversation.key, turn, "call", "withheld", " ".join(shown.split()))


def _parts(conversation: Conversation) -> Iterator[tuple[Turn | None, str, list[str]]]:
    yield None, "title", [conversation.title]
    yield None, "about", list(conversation_strings.strings(replace(conversation, title="", turns=())))
    for turn in conversation.turns:
        yield turn, "prompt", [turn.prompt]
        for step in turn.steps:
            part = "answer" if isinstance(step, Say) else "thinking" if isinstance(step, Think) else "call"
            yield turn, part, list(conversation_strings.strings(step))
        yield turn, "about", list(conversation_strings.strings(replace(turn, prompt="", steps=())))


def _shown(text: str, redactor: Redactor) -> list[tuple[str, str]]:
    """(rule, the marker with a little of the cleaned text around it) of each find in `text`."""
    cleaned, findings = redactor.redact(text)
    shown: list[tuple[str, str]] = []
    shift = 0
    for finding in sorted(findings, key=lambda finding: finding.start):
        start = finding.start + shift
        end = start + len(finding.marker)
        shift += len(finding.marker) - (finding.end - finding.start)
        shown.append((finding.rule, " ".join(cleaned[max(0, start - _AROUND) : end + _AROUND].split())))
    return shown


def by_rule(findings: Sequence[StoredFinding]) -> dict[str, int]:
    """How often each rule found something."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    return dict(sorted(counts.items()))
