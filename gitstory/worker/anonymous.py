"""What is shared with strangers: redacted once more by the rules of today, and without names, places and addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.model import Conversation
from gitstory.redact.engine import Redactor, redact_conversation
from gitstory.redact.walk import rebuild, strings
from gitstory.redact.words import COMMON
from gitstory.worker.setup import Setup

_LEAST = 3
"""Characters of a name below which it would rather be a word."""
_LONGEST = 100
_WORDS = COMMON | {"bot", "new", "not", "one", "our", "team", "the", "two", "you"}
"""Parts of names that stand for no person."""


class Anonymous:
    """Makes conversations and texts of one page safe; the same name has the same marker in all of them.

    With `people`, who they are, e-mail addresses, home directories, host names that are not well known and where the
    repository lies are hidden whatever the settings say; without, the settings alone decide.
    """

    def __init__(self, repo: Repo, made: Setup, names: Collection[str], *, people: bool = True) -> None:
        keeping = made.keeping
        settings = keeping.redact
        self._places: tuple[str, ...] = ()
        if people:
            rules = tuple(("person", _pattern(name)) for name in told_apart((*names, *made.names)))
            settings = replace(settings, rules=(*settings.rules, *rules), emails=True, homes=True, hosts=True)
            top = repo.worktree
            self._places = () if top is None else (str(top), str(top.resolve()))
        self._people = people
        self._redactor = Redactor(settings, keeping.home, keeping.users)

    def text(self, text: str) -> str:
        return self._redactor.text(_relative(text, _folders(self._places)))

    def conversation(self, one: Conversation) -> Conversation:
        """`one` redacted anew; paths below the repository and where it took place become relative. Raises
        `RedactionFailed`."""
        if self._people:
            folders = _folders((*self._places, *one.places))
            one = replace(one, places=(), remotes=())
            one = rebuild(one, iter([_relative(text, folders) for text in strings(one)]))
        return redact_conversation(one, self._redactor)


def told_apart(names: Iterable[str]) -> list[str]:
    """Names worth hiding, the longest first: whole ones, and the words of them that are no common words."""
    found: set[str] = set()
    for name in names:
        found |= {name.strip(), *(word for word in re.split(r"[\s,.]+", name) if word.isalpha())}
    worth = {name for name in found if _LEAST <= len(name) <= _LONGEST and name.lower() not in _WORDS}
    return sorted(worth, key=lambda name: (-len(name), name))


def _pattern(name: str) -> str:
    said = r"\s".join(re.escape(word) for word in name.split())
    loose = "(?i)" if " " in name else ""
    return rf"{loose}(?<![\w-]){said}(?![\w-])"


def _folders(places: Iterable[str]) -> list[str]:
    found = {place.rstrip("/\\") for place in places} - {"", "~"}
    return sorted((place for place in found if len(place) >= _LEAST), key=len, reverse=True)


def _below(folder: str) -> str:
    return re.escape(folder) + r"(?:([/\\])(?=[\w.@-])|(?![\w-]))"


def _relative(text: str, folders: Sequence[str]) -> str:
    for folder in folders:
        if folder in text:
            text = re.sub(_below(folder), lambda found: "" if found[1] else ".", text)
    return text
