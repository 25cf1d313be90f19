"""The story of a commit, joined from what git, the story record and the stored turns know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from gitstory.git.history import CommitInfo, FileChange, commit_ids, commit_info, commit_infos, file_changes, is_range
from gitstory.git.repo import Repo
from gitstory.model import Conversation, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.queries.borne import checked
from gitstory.queries.corrections import corrections
from gitstory.queries.signed import Signed, signed
from gitstory.queries.source import Key, Source, TurnRef, load
from gitstory.storage.paths import is_history

_REVERTS = re.compile(r"^[> ]*This reverts commit ([0-9a-f]{7,64})\b", re.MULTILINE)
_MOST_REVERTED = 5


class TurnView(Struct, frozen=True):
    """One turn of a commit's story. `turn` is None where its text is not stored (any more)."""

    link: TurnLink
    turn: Turn | None = None
    correction: bool = False


class ConversationView(Struct, frozen=True):
    """One conversation of a commit's story; `conversation` is None where it is not stored (any more)."""

    link: Link
    conversation: Conversation | None = None
    turns: tuple[TurnView, ...] = ()
    added: int = 0
    removed: int = 0
    drifted: int = 0
    """Lines of the commit it wrote, lines it took away, and of the former those that a formatter changed."""
    ended: int = 0
    """Of the lines it wrote, those with other line ends."""


class FileView(Struct, frozen=True):
    """One file of a commit: `added` and `deleted` lines of the diff, of these `explained` and `removed` by turns.

    Counts are None where git counts no lines (a binary file).
    """

    path: str
    added: int | None = 0
    deleted: int | None = 0
    explained: int = 0
    removed: int = 0
    moved_from: str | None = None

    @property
    def unexplained(self) -> int:
        """Added lines that no conversation wrote."""
        return max((self.added or 0) - self.explained, 0)


class Reverted(Struct, frozen=True):
    """A commit that another one says it reverts: `oid` as said there, `commit` None where it is not in this clone.

    `link` is the foremost conversation of its story, `turn` the turn of that one which wrote most of its lines.
    """

    oid: str
    commit: CommitInfo | None = None
    link: Link | None = None
    turn: Turn | None = None


class CommitView(Struct, frozen=True):
    """Everything known of one commit. `story` is None where nothing was recorded; `files` only where asked for.

    `reverts` are the commits whose work it undoes, as its message says; their stories are not its own. `false` counts
    lines that the record claims for a conversation and the content does not bear out; nothing else here tells of them.
    `signed` are agents that the commit says took part and no conversation here is of.
    """

    commit: CommitInfo
    story: Story | None
    conversations: tuple[ConversationView, ...] = ()
    files: tuple[FileView, ...] = ()
    reverts: tuple[Reverted, ...] = ()
    false: int = 0
    signed: tuple[Signed, ...] = ()

    @property
    def added(self) -> int:
        return sum(file.added or 0 for file in self.files)

    @property
    def deleted(self) -> int:
        return sum(file.deleted or 0 for file in self.files)


def selected(repo: Repo, revision: str) -> Iterator[CommitInfo]:
    """The commit a revision names, or those of a range, newest first. Raises `UnknownRevision` or `NoCommits`."""
    if is_range(revision):
        yield from commit_infos(repo, commit_ids(repo, [revision]))
    else:
        yield commit_info(repo, revision)


def story_views(
    repo: Repo, source: Source, commits: Sequence[CommitInfo], *, files: bool = False
) -> Iterator[CommitView]:
    """One view a commit, in order.

    `files` also asks git for the sizes of each diff (one process a commit), finds corrections of earlier turns and
    looks up what reverts revert.
    """
    stories = checked(repo, commits, source.stories([commit.oid for commit in commits]))
    for commit in commits:
        found = stories.get(commit.oid)
        story = found.story if found is not None else None
        conversations = load(source, _refs(story), before=files) if story is not None else {}
        told = _file_views(repo, commit, story) if files else ()
        reverts = reverted(repo, source, commit) if files else ()
        yield join(commit, story, conversations, told, reverts, found.false if found is not None else 0)


def _refs(story: Story) -> list[TurnRef]:
    return [TurnRef(link.agent, link.conversation, turn.id) for link in story.links for turn in link.turns]


def join(
    commit: CommitInfo,
    story: Story | None,
    conversations: Mapping[Key, Conversation],
    files: Sequence[FileView] = (),
    reverts: Sequence[Reverted] = (),
    false: int = 0,
) -> CommitView:
    """Pure: put together what was read."""
    links = () if story is None else story.links
    told = () if story is None else story.files
    views = tuple(conversation_view(link, conversations.get((link.agent, link.conversation)), told) for link in links)
    named = signed(commit, {link.agent for link in links})
    return CommitView(commit, story, views, tuple(files), tuple(reverts), false, named)


def conversation_view(
    link: Link, conversation: Conversation | None, files: Sequence[FileStory] = ()
) -> ConversationView:
    turns = {} if conversation is None else {turn.id: turn for turn in conversation.turns}
    corrected = corrections(list(turns.values()))
    views = [TurnView(each, turns.get(each.id), each.id in corrected) for each in link.turns]
    mine = [r for file in files for r in file.ranges if (r.agent, r.conversation) == (link.agent, link.conversation)]
    gone = [r for file in files for r in file.removed if (r.agent, r.conversation) == (link.agent, link.conversation)]
    return ConversationView(
        link,
        conversation,
        tuple(sorted(views, key=lambda view: view.link.index)),
        added=_lines(mine),
        removed=_lines(gone),
        drifted=_lines([r for r in mine if r.drift == "whitespace"]),
        ended=_lines([r for r in mine if r.drift == "line-endings"]),
    )


def reverted_ids(body: str) -> list[str]:
    """The commits a message says it reverts, in git's words (also where a squash quotes several such messages)."""
    return list(dict.fromkeys(_REVERTS.findall(body)))[:_MOST_REVERTED]


def reverted(repo: Repo, source: Source, commit: CommitInfo) -> list[Reverted]:
    """What `commit` says it reverts, with the story of each in short."""
    found: list[Reverted] = []
    for oid in reverted_ids(commit.body):
        known = repo.objects.read(oid)
        if known is None or known[1] != "commit":
            found.append(Reverted(oid))
            continue
        infos = [one for one in commit_infos(repo, [known[0]]) if one.oid != commit.oid]
        stories = checked(repo, infos, source.stories([one.oid for one in infos]))
        found += [_reverted(source, one, stories[one.oid].story if one.oid in stories else None) for one in infos]
    return found


def _reverted(source: Source, commit: CommitInfo, story: Story | None) -> Reverted:
    if story is None or not story.links:
        return Reverted(commit.oid, commit)
    link = story.links[0]
    telling = [turn for turn in link.turns if turn.evidence != "context"]
    if not telling:
        return Reverted(commit.oid, commit, link)
    most = max(telling, key=lambda turn: turn.lines)
    loaded = load(source, [TurnRef(link.agent, link.conversation, most.id)])
    turns = [turn for one in loaded.values() for turn in one.turns if turn.id == most.id]
    return Reverted(commit.oid, commit, link, turns[0] if turns else None)


def _file_views(repo: Repo, commit: CommitInfo, story: Story | None) -> list[FileView]:
    told = {} if story is None else {file.path: file for file in story.files}
    changes = file_changes(repo, commit.oid)
    if not changes:  # a merge (or a blob is missing): only the story knows which lines are its own
        return [file_view(file) for file in told.values()]
    return [
        FileView(
            change.path,
            change.added,
            change.deleted,
            *_counts(told.get(change.path)),
            moved_from=change.moved_from,
        )
        for change in without_histories(changes)
    ]


def without_histories(changes: Sequence[FileChange]) -> tuple[FileChange, ...]:
    """Pure: the files of a commit that are work. History files (`history.commit`) tell of it, and nobody wrote them."""
    return tuple(change for change in changes if not is_history(change.path))


def file_view(file: FileStory) -> FileView:
    """A file as the story alone knows it."""
    return FileView(file.path, file.added, file.deleted, *_counts(file))


def _counts(file: FileStory | None) -> tuple[int, int]:
    if file is None:
        return 0, 0
    return _lines(file.ranges), _lines(file.removed)


def _lines(ranges: Sequence[Range]) -> int:
    return sum(each.end - each.start + 1 for each in ranges)
