"""What is shared with strangers: redacted again with the current rules, and without names, places and addresses."""

from __future__ import annotations

import platform
import re
from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.model import Conversation
from gitstory.recording.context import RecordingSetup
from gitstory.redact.engine import Redactor, redact_conversation
from gitstory.redact.walk import rebuild, strings
from gitstory.redact.words import COMMON

_LEAST = 3
"""Characters of a name below which it would rather be a word."""
_LONGEST = 100
_WORDS = COMMON | {"bot", "new", "not", "one", "our", "team", "the", "two", "you"}
"""Parts of names that stand for no person."""
_ALSO_WORDS = frozenset(
    """
    amber april art august bill carol chase chip christian dash dawn dean drew ernest faith frank gene grace grant guy
    hope ivy jack jay joy june lane lily mark max may miles norm page pat pierce ray reed rich rob rose sandy sky skip
    summer sue tab victor wade ward will wren
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""First names that names in code are made up of: `max_length`."""


class Anonymous:
    """Makes conversations and texts of one page safe; the same name has the same marker in all of them.

    With `people`, who they are, e-mail addresses, home directories, host names that are not well known and where the
    repository lies are hidden whatever the settings say; without, the settings alone decide.
    """

    def __init__(self, repo: Repo, recording: RecordingSetup, names: Collection[str], *, people: bool = True) -> None:
        keeping = recording.keeping
        settings = keeping.redact
        self._places: tuple[str, ...] = ()
        if people:
            everyone = {*names, *recording.names}
            patterns = [_pattern(name) for name in distinctive_names(everyone)]
            patterns += [address for name in {*everyone, *recording.emails} for address in handles(name)]
            rules = tuple(("person", pattern) for pattern in patterns)
            own = {platform.node(), platform.node().partition(".")[0]}
            settings = replace(
                settings,
                rules=(*settings.rules, *rules),
                emails=True,
                homes=True,
                hosts=True,
                machines=tuple(sorted(name for name in own if len(name) >= _LEAST and name.lower() not in _WORDS)),
            )
            top = repo.worktree
            self._places = () if top is None else (str(top), str(top.resolve()))
        self._people = people
        self._redactor = Redactor(settings, keeping.home, keeping.users)

    def text(self, text: str) -> str:
        return self._redactor.text(_relative(text, _folders(self._places)))

    def conversation(self, conversation: Conversation) -> Conversation:
        """`one` redacted again; paths below the repository and where it took place become relative. Raises
        `RedactionFailed`."""
        if self._people:
            folders = _folders((*self._places, *conversation.places))
            conversation = replace(conversation, places=(), remotes=())
            conversation = rebuild(conversation, iter([_relative(text, folders) for text in strings(conversation)]))
        return redact_conversation(conversation, self._redactor)


def distinctive_names(names: Iterable[str]) -> list[str]:
    """Names worth hiding, the longest first: whole ones, and the words of them that are no common words."""
    texts: set[str] = set()
    for name in names:
        texts |= {name.strip(), *(word for word in re.split(r"[\s,.]+", name) if word.isalpha())}
    worth = {name for name in texts if _LEAST <= len(name) <= _LONGEST and name.lower() not in _WORDS}
    return sorted(worth, key=lambda name: (-len(name), name))


def handles(name: str) -> list[str]:
    """Patterns of what a person is called elsewhere: `asmith`, `alice.smith`, and an address with its name in it."""
    local, sign, domain = name.strip().partition("@")
    if sign:
        whole = rf"(?i)(?<![\w.+-]){re.escape(local)}(?:@|%40|\\u0040){re.escape(domain)}(?![\w-])"
        is_known = local.lower() in _WORDS or len(local) < 4 or not local.isascii()
        return [whole] if is_known else [whole, rf"(?i)(?<![\w.-]){re.escape(local)}(?![\w-])"]
    parts = [part for part in re.split(r"[\s,.]+", name.strip().lower()) if part.isalpha()]
    if len(parts) < 2 or len(parts[0]) + len(parts[-1]) < 5:
        return []
    first, last = parts[0], parts[-1]
    return [
        rf"(?i)(?<![a-z0-9])(?:{re.escape(first)}[._-]?{re.escape(last)}|{re.escape(last)}[._-]?{re.escape(first)})(?![a-z])",
        rf"(?i)(?<![a-z0-9]){re.escape(first[0])}[._-]?{re.escape(last)}(?![a-z])",
        rf"(?i)(?<=[/\\@~:]){re.escape(first)}(?![\w-])",
        *([] if first in _ALSO_WORDS else [rf"(?i)(?<=[_-]){re.escape(first)}(?![a-z])"]),
        *([] if first in _ALSO_WORDS else [rf"(?i)(?<![a-z]){re.escape(first)}(?=[@_-])"]),
    ]


def _pattern(name: str) -> str:
    pattern = r"\s".join(re.escape(word) for word in name.split())
    loose = "(?i)" if " " in name else ""
    return rf"{loose}(?<![\w-]){pattern}(?![\w-])"


def _folders(places: Iterable[str]) -> list[str]:
    folders = {place.rstrip("/\\") for place in places} - {"", "~"}
    return sorted((place for place in folders if len(place) >= _LEAST), key=len, reverse=True)


def _below(folder: str) -> str:
    return re.escape(folder) + r"(?:([/\\])(?=[\w.@-])|(?![\w-]))"


def _relative(text: str, folders: Sequence[str]) -> str:
    for folder in folders:
        if folder in text:
            text = re.sub(_below(folder), lambda match: "" if match[1] else ".", text)
    return text
