"""The story of a commit, joined from what git, the story record and the stored turns know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gitstory.git.commit_details import (
    CommitInfo,
    FileChange,
    commit_ids,
    commit_info,
    commit_infos,
    file_changes,
    is_range,
)
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.queries.verified_stories import checked
from gitstory.sources.story_source import StorySource, TurnRef, load
from gitstory.store.record_paths import is_history
from gitstory.summary.commit_story import (
    CommitView,
    ConversationView,
    FileView,
    Reverted,
    explained_lines,
    file_view,
    join,
)

_REVERTS = re.compile(r"^[> ]*This reverts commit ([0-9a-f]{7,64})\b", re.MULTILINE)
_MOST_REVERTED = 5


def selected(repo: Repo, revision: str) -> Iterator[CommitInfo]:
    """The commit a revision names, or those of a range, newest first. Raises `UnknownRevision` or `NoCommits`."""
    if is_range(revision):
        yield from commit_infos(repo, commit_ids(repo, [revision]))
    else:
        yield commit_info(repo, revision)


def story_views(
    repo: Repo, source: StorySource, commits: Sequence[CommitInfo], *, files: bool = False
) -> Iterator[CommitView]:
    """One view a commit, in order.

    `files` also asks git for the sizes of each diff (one process a commit), finds corrections of earlier turns and
    looks up what reverts revert.
    """
    stories = checked(repo, commits, source.stories([commit.oid for commit in commits]))
    for commit in commits:
        verified = stories.get(commit.oid)
        story = verified.story if verified is not None else None
        conversations = load(source, _refs(story), before=files) if story is not None else {}
        file_views = _file_views(repo, commit, story) if files else ()
        reverts = reverted(repo, source, commit) if files else ()
        view = join(commit, story, conversations, file_views, reverts, verified.false if verified is not None else 0)
        yield replace(view, conversations=tuple(with_plan(source, one) for one in view.conversations))


def with_plan(source: StorySource, view: ConversationView) -> ConversationView:
    """`view` with the first request of the conversation whose plan it carries out, where that is stored."""
    conversation = view.conversation
    if conversation is None or not conversation.from_plan or conversation.parent is None:
        return view
    meta = source.meta(conversation.agent, conversation.parent)
    first = meta.turns[0][0] if meta is not None and meta.turns else ""
    result = source.conversation(conversation.agent, conversation.parent, {first}) if first else None
    return replace(view, planned=next(iter(result.turns), None)) if result is not None else view


def _refs(story: Story) -> list[TurnRef]:
    return [TurnRef(link.agent, link.conversation, turn.id) for link in story.links for turn in link.turns]


def reverted_ids(body: str) -> list[str]:
    """The commits a message says it reverts, in git's words (also where a squash quotes several such messages)."""
    return list(dict.fromkeys(_REVERTS.findall(body)))[:_MOST_REVERTED]


def reverted(repo: Repo, source: StorySource, commit: CommitInfo) -> list[Reverted]:
    """What `commit` says it reverts, with the story of each in short."""
    reverted_commits: list[Reverted] = []
    for oid in reverted_ids(commit.body):
        git_object = repo.objects.read(oid)
        if git_object is None or git_object[1] != "commit":
            reverted_commits.append(Reverted(oid))
            continue
        infos = [info for info in commit_infos(repo, [git_object[0]]) if info.oid != commit.oid]
        stories = checked(repo, infos, source.stories([info.oid for info in infos]))
        reverted_commits += [
            _reverted(source, info, stories[info.oid].story if info.oid in stories else None) for info in infos
        ]
    return reverted_commits


def _reverted(source: StorySource, commit: CommitInfo, story: Story | None) -> Reverted:
    if story is None or not story.links:
        return Reverted(commit.oid, commit)
    link = story.links[0]
    proven = [turn for turn in link.turns if turn.evidence != "context"]
    if not proven:
        return Reverted(commit.oid, commit, link)
    most = max(proven, key=lambda turn: turn.lines)
    loaded = load(source, [TurnRef(link.agent, link.conversation, most.id)])
    turns = [turn for one in loaded.values() for turn in one.turns if turn.id == most.id]
    return Reverted(commit.oid, commit, link, turns[0] if turns else None)


def _file_views(repo: Repo, commit: CommitInfo, story: Story | None) -> list[FileView]:
    files = {} if story is None else {file.path: file for file in story.files}
    changes = file_changes(repo, commit.oid)
    if not changes:  # a merge (or a blob is missing): only the story knows which lines are its own
        return [file_view(file) for file in files.values()]
    return [
        FileView(
            change.path,
            change.added,
            change.deleted,
            *explained_lines(files.get(change.path)),
            moved_from=change.moved_from,
        )
        for change in without_histories(changes)
    ]


def without_histories(changes: Sequence[FileChange]) -> tuple[FileChange, ...]:
    """Pure: the files of a commit that are work. History files (`history.commit`) are generated, and are not."""
    return tuple(change for change in changes if not is_history(change.path))
