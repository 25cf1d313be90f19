"""Makes permanent what other tools' records say: their claims as stories of our own, still marked as theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from gitstory.git.commit_details import commit_ids
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Story
from gitstory.sources.chain import SourceChain, with_interop, with_trailers
from gitstory.store.batch_changes import Batch
from gitstory.store.store import Key
from gitstory.summary.note_text import note_text

_CHUNK = 200
_SAFE = re.compile(r"[A-Za-z0-9][\w.-]{0,199}\Z", re.ASCII)


def take_over(
    repo: Repo, tool: str, revisions: Sequence[str], *, everything: bool = False, dry_run: bool = False
) -> list[str]:
    """Store what `tool` says of those commits that nothing is recorded for; returns them, newest first.

    Raises `UnknownRevision`, `NoCommits` or, before anything of a chunk is written, `RedactionFailed`.
    """
    from gitstory.recording.recorder import redactor
    from gitstory.recording.recording_setup import setup

    how = setup(repo).keeping
    own_redactor = redactor(how)
    taken: list[str] = []
    oids = commit_ids(repo, revisions, everything=everything)
    for start in range(0, len(oids), _CHUNK):
        sources, _others = with_interop(repo)
        chunk = oids[start : start + _CHUNK]
        own = with_trailers(repo).stories(chunk)
        others = sources.stories([oid for oid in chunk if oid not in own])
        stories = [kept for story in others.values() if (kept := _kept(story, tool, own_redactor.text)).links]
        taken += [story.commit for story in stories]
        if stories and not dry_run:
            conversations = _conversations(sources, stories)
            notes = {one.commit: note_text(one, conversations) for one in stories} if how.notes else {}
            sources.store.write(Batch(stories=stories, conversations=tuple(conversations.values()), notes=notes))
    return taken


def _kept(story: Story, tool: str, redact: Callable[[str], str]) -> Story:
    """The part of a story that stands on the word of `tool`; an id that could be a secret names nothing."""
    links = tuple(link for link in story.links if link.recorded_by == tool and _nameable(link, redact))
    keys = {(link.agent, link.conversation) for link in links}
    files = tuple(
        replace(file, ranges=kept)
        for file in story.files
        if (kept := tuple(one for one in file.ranges if (one.agent, one.conversation) in keys))
    )
    return replace(story, links=links, files=files)


def _nameable(link: Link, redact: Callable[[str], str]) -> bool:
    ident = link.conversation
    return bool(_SAFE.match(ident) and _SAFE.match(link.agent)) and redact(ident) == ident


def _conversations(sources: SourceChain, stories: Sequence[Story]) -> dict[Key, Conversation]:
    keys = {(link.agent, link.conversation) for story in stories for link in story.links}
    conversations = {
        key: conversation for key in sorted(keys) if (conversation := sources.conversation(*key)) is not None
    }
    return {key: one for key, one in conversations.items() if one.turns}
