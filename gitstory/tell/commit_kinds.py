"""What a commit is to those who read a changelog, by the first words of its subject. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from gitstory.git.commit_details import CommitInfo
from gitstory.tell.quotation_extracts import closing
from gitstory.tell.values import Cited, LoggedTurn, Material
from gitstory.text.wording import one_line, shorten

Heading = Literal["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
HEADINGS: tuple[Heading, ...] = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")

_TYPED = re.compile(r"(?P<type>[A-Za-z]{2,14})(?:\([^()]{1,60}\))?(?P<bang>!?):\s+(?P<rest>\S.*)")
_TYPES: dict[str, Heading] = {
    "feat": "Added",
    "feature": "Added",
    "add": "Added",
    "fix": "Fixed",
    "bugfix": "Fixed",
    "hotfix": "Fixed",
    "perf": "Changed",
    "refactor": "Changed",
    "change": "Changed",
    "revert": "Changed",
    "security": "Security",
    "sec": "Security",
    "remove": "Removed",
    "deprecate": "Deprecated",
}
_INTERNAL = frozenset(
    "docs doc test tests chore ci build style wip release debug merge bump initial version format lint typo".split()  # noqa: SIM905
)
_VERBS: dict[Heading, str] = {
    "Security": "secure secures secured harden hardens hardened",
    "Added": "add adds added introduce introduces introduced implement implements implemented support supports"
    " create creates created allow allows enable enables enabled",
    "Fixed": "fix fixes fixed repair repairs correct corrects corrected prevent prevents resolve resolves resolved"
    " handle handles avoid avoids",
    "Removed": "remove removes removed drop drops dropped delete deletes deleted",
    "Deprecated": "deprecate deprecates deprecated",
}
_HEADING_OF = {verb: heading for heading, verbs in _VERBS.items() for verb in verbs.split()}
_TRACKED = re.compile(r" ?\(#(\d{1,7})\)\Z")
_BREAKING = re.compile(r"^BREAKING[ -]CHANGE: (\S.*)", re.MULTILINE)
_SAME = 30
_LONGEST = 160


class ChangelogEntry(Struct, frozen=True):
    """One commit as a reader of a changelog sees it. `heading` None: nothing that a user notices.

    `words` is the subject without its type, or what the agent said it did where the subject only repeats a prompt.
    """

    commit: CommitInfo
    heading: Heading | None
    words: Cited
    breaking: str = ""
    request: str = ""


def entries(material: Material) -> list[ChangelogEntry]:
    """The commits of the range in order, without merges."""
    return [_entry(material, commit) for commit in material.history if len(commit.parents) < 2]


def _entry(material: Material, commit: CommitInfo) -> ChangelogEntry:
    turns = [logged for logged in material.turns if commit.oid in logged.commits]
    subject = _TRACKED.sub("", one_line(commit.subject))
    number = _TRACKED.search(one_line(commit.subject))
    words = _instead(subject, turns)
    typed = _TYPED.match(subject)
    breaking = _BREAKING.search(commit.body)
    heading = heading_of(words.text if words is not None else subject)
    if words is None:
        words = Cited(shorten(typed["rest"] if typed is not None else subject, _LONGEST), commit.oid[:10], "person")
    alarm = breaking[1] if breaking is not None else words.text if typed is not None and typed["bang"] else ""
    return ChangelogEntry(commit, heading, words, shorten(alarm, _LONGEST), number[1] if number is not None else "")


def _instead(subject: str, turns: Sequence[LoggedTurn]) -> Cited | None:
    """What the agent says it did, where a commit's subject is the beginning of a prompt."""
    for logged in turns:
        if one_line(logged.turn.prompt)[:_SAME].lower() == subject[:_SAME].lower():
            done = closing(logged)
            return (
                Cited(shorten(done.text, _LONGEST), done.source, done.speaker, done.time) if done is not None else None
            )
    return None


def heading_of(subject: str) -> Heading | None:
    """The section of a changelog a subject belongs to; None for what users do not notice."""
    typed = _TYPED.match(subject)
    if typed is not None:
        name = typed["type"].lower()
        if name in _INTERNAL:
            return None
        if name in _TYPES:
            return _TYPES[name]
        return heading_of(typed["rest"])
    first = next(iter(re.findall(r"[a-z]+", subject[:40].lower())), "")
    if first in _INTERNAL:
        return None
    return _HEADING_OF.get(first, "Changed")
