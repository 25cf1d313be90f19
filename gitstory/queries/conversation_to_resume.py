"""Which conversation a person wants to resume, and how its agent does that."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from gitstory.agents.catalog import AGENTS
from gitstory.agents.resume_command import resume_command
from gitstory.errors import GitStoryError
from gitstory.git.commit_details import commit_info
from gitstory.git.repo import Repo, UnknownRevision
from gitstory.model import Conversation, Story, is_called
from gitstory.queries.blame import blame_view
from gitstory.queries.line_target import NoTarget, find_target
from gitstory.queries.manual_links import NoSuchConversation, choose
from gitstory.sources.story_source import Key, StorySource

_LEAST = 4
"""Characters of an id below which a word is rather a file or a revision."""


class Nothing(GitStoryError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"no conversation is recorded for {what}", hint="`git story conversations` lists those that could be meant"
        )


class Continuation(Struct, frozen=True):
    """`command` continues it in its agent, in the directory `place`; None where that cannot be done, and `why` says so.

    `turns` counts those known; `local` says whether the agent still has it on this machine.
    """

    agent: str
    id: str
    title: str = ""
    turns: int = 0
    local: bool = False
    place: str | None = None
    command: tuple[str, ...] | None = None
    why: str = ""


def named_conversation(repo: Repo, source: StorySource, keys: Iterable[Key], text: str, here: Path) -> Key:
    """The conversation that an id (its beginning, also behind `agent:`), FILE:LINE or a revision names.

    Raises GitStoryError: nothing known by that name, or several.
    """
    known_keys = list(keys)
    if len(text) >= _LEAST and any(is_called(key, text) for key in known_keys):
        return choose(text, known_keys)
    if ":" in text:
        try:
            return _of_line(repo, source, text, here)
        except NoTarget:
            if text.partition(":")[0] in AGENTS:
                raise NoSuchConversation(text) from None
            raise
    return _of_commit(repo, source, text)


def _of_line(repo: Repo, source: StorySource, text: str, here: Path) -> Key:
    from gitstory.git.blame import blame

    target = find_target(repo, text, here)
    rev = [] if target.rev is None else [target.rev]
    seen = blame([f"-L{target.start},{target.end}", *rev, "--", target.path], repo)
    owners = [owner.key for owner in blame_view(repo, source, seen, texts=False).owners if owner is not None]
    if not owners:
        raise Nothing(text)
    return max(owners, key=owners.count)


def _of_commit(repo: Repo, source: StorySource, text: str) -> Key:
    try:
        commit = commit_info(repo, text)
    except UnknownRevision as error:
        raise GitStoryError(
            f"no conversation, line or commit is called {text}",
            hint="name a conversation (`git story conversations`), FILE:LINE or a revision",
        ) from error
    key = leading(source.story(commit.oid))
    if key is None:
        raise Nothing(text)
    return key


def leading(story: Story | None) -> Key | None:
    """The conversation that did most of a commit."""
    links = story.links if story is not None else ()
    best = max(links, key=lambda link: link.lines, default=None)
    return (best.agent, best.conversation) if best is not None else None


def continuation(key: Key, stored: Conversation | None, local: Conversation | None) -> Continuation:
    """Pure but for looking whether the directory is still there. `local` is as its agent has it now."""
    conversation = local or stored
    title = conversation.title if conversation is not None else ""
    turns = len(conversation.turns) if conversation is not None else 0
    if local is None:
        return Continuation(*key, title, turns, why="its agent does not have it on this machine (any more)")
    place = next((one for one in local.places if Path(one).is_dir()), None)
    command = resume_command(*key)
    why = ""
    if command is None:
        why = "this agent has no command for it; open it in the agent itself"
    elif place is None:
        command, why = None, "the directory it took place in is gone"
    return Continuation(*key, title, turns, True, place, command, why)
