"""Making carried stories permanent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gitstory.config.load import load
from gitstory.fault_points import point
from gitstory.git.changed_files import Commit, list_commits, read_commits
from gitstory.git.commit_details import shallow_edge
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Story
from gitstory.rewrites.carry_over import Carrier
from gitstory.store.batch_changes import Batch
from gitstory.store.link_overrides import beside
from gitstory.store.store import StoryStore
from gitstory.summary.note_text import note_text

Key = tuple[str, str]
"""(agent, native conversation id)."""


def heal(repo: Repo, revisions: Sequence[str], *, dry_run: bool = False) -> list[Story]:
    """Find and store the stories that commits without one carry; returns them, oldest first.

    Commits at the edge of a shallow clone are left out: what they add is not known here.
    """
    store = StoryStore(repo)
    recorded = {*store.commits(), *shallow_edge(repo)}
    # Most have a story: what those changed need not be read.
    rest = [oid for oid in list_commits(repo, revisions) if oid not in recorded]
    commits = read_commits(repo, rest, walk=False) if rest else []
    stories = carried(repo, store, commits)
    if stories and not dry_run:
        point("heal.found")
        keep(store, stories, noted=load(repo).link_mode != "trailers")
        point("heal.kept")
    return stories


def carried(
    repo: Repo, store: StoryStore, commits: Sequence[Commit], examined: Callable[[Key], bool] | None = None
) -> list[Story]:
    """The stories of those among `commits` that carry lines of which nothing is recorded yet.

    With `examined` they were made here: see `Carrier.carry`. Nothing is done where the store is empty.
    """
    if not commits or store.contents.root is None:
        return []
    stories = Carrier(repo, store).carry(commits, examined)
    recorded = store.stories([story.commit for story in stories])
    whole = [(recorded.get(story.commit), beside(recorded.get(story.commit), story)) for story in stories]
    return [story for before, story in whole if story != before]


def keep(store: StoryStore, stories: Sequence[Story], *, noted: bool = True) -> None:
    """Store carried stories, with their notes where `noted`; their conversations are stored already."""
    keys = {(one.agent, one.conversation) for story in stories for one in story.links}
    conversations: dict[tuple[str, str], Conversation] = {}
    for key in keys:
        stored = store.conversation(*key)
        if stored is not None:
            conversations[key] = stored
    notes = {story.commit: note_text(story, conversations) for story in stories} if noted else {}
    store.write(Batch(stories=stories, notes=notes))
