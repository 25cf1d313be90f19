"""What is shared with strangers: redacted again with the current rules, and without names, places and addresses."""

from __future__ import annotations

import platform
import re
from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from gitstory.git.commit_details import authors, named_in_trailers
from gitstory.git.repo import Repo
from gitstory.model import Conversation
from gitstory.queries import person_name_patterns
from gitstory.recording.recording_setup import RecordingSetup
from gitstory.redact.conversation_strings import rebuild, strings
from gitstory.redact.engine import Redactor, redact_conversation
from gitstory.summary.coauthors import agent_of


def people(repo: Repo) -> frozenset[str]:
    """Who git knows of the newest commits: authors, committers, and people in trailers of messages; no agents."""
    trailers = named_in_trailers(repo)
    return authors(repo) | {name for name, address in trailers if agent_of(address) is None}


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
            patterns = person_name_patterns.patterns(sorted(everyone), recording.emails, keeping.users)
            rules = tuple(("person", pattern) for pattern in patterns)
            own = {platform.node(), platform.node().partition(".")[0]}
            settings = replace(
                settings,
                rules=(*settings.rules, *rules),
                emails=True,
                homes=True,
                hosts=True,
                machines=tuple(
                    sorted(
                        name
                        for name in own
                        if len(name) >= person_name_patterns.LEAST and name.lower() not in person_name_patterns.WORDS
                    )
                ),
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


def _folders(places: Iterable[str]) -> list[str]:
    folders = {place.rstrip("/\\") for place in places} - {"", "~"}
    return sorted((place for place in folders if len(place) >= person_name_patterns.LEAST), key=len, reverse=True)


def _below(folder: str) -> str:
    return re.escape(folder) + r"(?:([/\\])(?=[\w.@-])|(?![\w-]))"


def _relative(text: str, folders: Sequence[str]) -> str:
    for folder in folders:
        if folder in text:
            text = re.sub(_below(folder), lambda match: "" if match[1] else ".", text)
    return text
