"""The reasons a file was changed for: each of its commits with the turns that wrote or removed lines of it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from gitstory.git.commit_details import CommitInfo, commit_infos
from gitstory.git.log_selection import commits_of_file
from gitstory.git.repo import Repo
from gitstory.model import Conversation, FileStory, Range, Story, Turn
from gitstory.queries.verified_stories import checked
from gitstory.sources.story_source import Key, StorySource, TurnRef, load, turns_by_ref


class TurnPart(Struct, frozen=True):
    """What one turn did to the file in one commit, in lines; `turn` is None where its text is not stored."""

    ref: TurnRef
    turn: Turn | None
    added: int
    removed: int


class FileCommit(Struct, frozen=True):
    """One commit of the file, the file's path there, and the turns with most lines first.

    `has_story` says whether anything is recorded for the commit.
    """

    commit: CommitInfo
    path: str
    parts: tuple[TurnPart, ...]
    has_story: bool


class FileHistory(Struct, frozen=True):
    """Newest commit first; `more` counts the older ones that were left out."""

    path: str
    rev: str | None
    commits: tuple[FileCommit, ...]
    more: int = 0


def file_history(repo: Repo, source: StorySource, path: str, rev: str | None, limit: int | None) -> FileHistory:
    """The history of a file through renames; `path` is from the top. Raises `UnknownRevision` or `NoCommits`."""
    rows = commits_of_file(repo, path, rev)
    shown = rows[:limit]
    infos = {info.oid: info for info in commit_infos(repo, [oid for oid, _ in shown])}
    verified = checked(repo, list(infos.values()), source.stories(list(infos)))
    stories = {oid: one.story for oid, one in verified.items()}
    lines = {oid: _lines_by_turn(stories.get(oid), name) for oid, name in shown}
    conversations: Mapping[Key, Conversation] = load(source, {ref for counts in lines.values() for ref in counts})
    texts = turns_by_ref(conversations)
    commits = [
        FileCommit(infos[oid], name, tuple(_parts(lines[oid], texts)), oid in stories)
        for oid, name in shown
        if oid in infos
    ]
    return FileHistory(path, rev, tuple(commits), len(rows) - len(shown))


def _lines_by_turn(story: Story | None, path: str) -> dict[TurnRef, tuple[int, int]]:
    """Turn -> lines it added to and removed from a file."""
    counts: dict[TurnRef, tuple[int, int]] = {}
    for file in _files(story, path):
        for ref, size in _sizes(file.ranges):
            added, removed = counts.get(ref, (0, 0))
            counts[ref] = (added + size, removed)
        for ref, size in _sizes(file.removed):
            added, removed = counts.get(ref, (0, 0))
            counts[ref] = (added, removed + size)
    return counts


def _files(story: Story | None, path: str) -> list[FileStory]:
    return [] if story is None else [file for file in story.files if file.path == path]


def _sizes(ranges: Iterable[Range]) -> list[tuple[TurnRef, int]]:
    return [(TurnRef(one.agent, one.conversation, one.turn), one.end - one.start + 1) for one in ranges]


def _parts(counts: Mapping[TurnRef, tuple[int, int]], texts: Mapping[TurnRef, Turn]) -> list[TurnPart]:
    parts = [TurnPart(ref, texts.get(ref), added, removed) for ref, (added, removed) in counts.items()]
    return sorted(parts, key=lambda part: (-part.added - part.removed, part.ref.turn))
