"""The story of a commit as values: what was read, put together without any I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from gitstory.git.commit_details import CommitInfo
from gitstory.model import Conversation, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.summary.coauthors import Signed, signed
from gitstory.summary.corrections import corrections
from gitstory.summary.turn_labels import turn_label

Key = tuple[str, str]
"""(agent, native conversation id)."""


class TurnView(Struct, frozen=True):
    """One turn of a commit's story. `turn` is None where its text is not stored (any more)."""

    link: TurnLink
    turn: Turn | None = None
    correction: bool = False
    label: str = ""
    """What the turn was about, in one line."""


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
    planned: Turn | None = None
    """The first request of the conversation that made the plan which this one carries out."""


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
    lines that the record claims for a conversation and the content does not support; nothing else here counts them.
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
    story_files = () if story is None else story.files
    views = tuple(
        conversation_view(link, conversations.get((link.agent, link.conversation)), story_files) for link in links
    )
    named = signed(commit, {link.agent for link in links})
    return CommitView(commit, story, views, tuple(files), tuple(reverts), false, named)


def conversation_view(
    link: Link, conversation: Conversation | None, files: Sequence[FileStory] = ()
) -> ConversationView:
    turns = {} if conversation is None else {turn.id: turn for turn in conversation.turns}
    corrected = corrections(list(turns.values()))
    views = [_turn_view(each, turns, each.id in corrected) for each in link.turns]
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


def _turn_view(link: TurnLink, turns: Mapping[str, Turn], correction: bool) -> TurnView:
    turn = turns.get(link.id)
    return TurnView(link, turn, correction, turn_label(turn, turns.values()) if turn is not None else "")


def file_view(file: FileStory) -> FileView:
    """A file as the story alone knows it."""
    return FileView(file.path, file.added, file.deleted, *explained_lines(file))


def explained_lines(file: FileStory | None) -> tuple[int, int]:
    """Lines that turns added and removed, as far as a file's story is known."""
    if file is None:
        return 0, 0
    return _lines(file.ranges), _lines(file.removed)


def _lines(ranges: Sequence[Range]) -> int:
    return sum(each.end - each.start + 1 for each in ranges)
