"""A conversation that only other tools recorded, found through the search index."""

from __future__ import annotations

from collections.abc import Sequence

from gitstory.git.repo import Repo
from gitstory.model import Conversation
from gitstory.queries.manual_links import NoSuchConversation, choose
from gitstory.search.db.schema import DAMAGE, connect_as_it_is
from gitstory.search.db.writer import Key, Writer
from gitstory.search.update import index_path
from gitstory.sources.chain import with_interop


def foreign_conversation(repo: Repo, key: Key, commits: Sequence[str]) -> tuple[Conversation, str]:
    """Return what other tools recorded of it for `commits`, redacted, and the tool that recorded it first.

    Raises `NoSuchConversation` where nothing is, and where our own record or privacy has it otherwise.
    """
    sources, _others = with_interop(repo)
    stories = sources.stories(commits)
    tools = [
        link.recorded_by
        for commit in commits
        if commit in stories
        for link in stories[commit].links
        if (link.agent, link.conversation) == key and link.recorded_by
    ]
    conversation = sources.conversation(*key) if tools else None
    if conversation is None or not conversation.turns:
        raise NoSuchConversation(key[1])
    return conversation, tools[0]


def indexed(repo: Repo, prefix: str) -> tuple[Key, list[str]]:
    """(agent, id) of the one whose id starts so, and the commits it is recorded for, as the index was last brought up.

    Raises `NoSuchConversation` or `Ambiguous`.
    """
    path = index_path(repo)
    try:
        db = connect_as_it_is(path) if path is not None else None
    except DAMAGE:
        db = None
    if db is None:
        raise NoSuchConversation(prefix)
    try:
        writer = Writer(db, str(repo.common_dir))
        key = choose(prefix, writer.claimed())
        return key, writer.commits_of(key)
    except DAMAGE:
        raise NoSuchConversation(prefix) from None
    finally:
        db.close()
