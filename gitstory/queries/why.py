"""The answer to "why is this here": the request, the reasoning, the edit, what followed, what stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.blame import Blame, BlamedCommit, BlameLine, blame, lines_of
from gitstory.git.commit_details import path_text
from gitstory.git.log import text_of
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Turn
from gitstory.queries.blame import Pending, blame_view
from gitstory.queries.line_history import BlamedLines, EarlierVersion, earlier_versions
from gitstory.queries.line_target import Target
from gitstory.queries.reasons.find import find_reasons
from gitstory.queries.reasons.values import Reason
from gitstory.sources.story_source import StorySource, TurnRef
from gitstory.summary.corrections import is_shown_correction
from gitstory.summary.find_edit import MadeEdit, find_edit, same_file

if TYPE_CHECKING:
    from gitstory.queries.commit_behind_line import CommitWords

_MOST_ANSWERS = 6
_MOST_AFTER = 5
_MOST_VERSIONS = 10
_AROUND = 3


class After(Struct, frozen=True):
    """A later turn of the same conversation that concerns the lines' file."""

    turn: Turn
    correction: bool
    edited: bool


class Answer(Struct, frozen=True):
    """Why some of the lines asked for are there. `lines` were written together: one commit, one turn (or none).

    `has_story` says whether anything is recorded for the commit. `turn` is None where the owner is unknown, a person,
    or a turn whose text is not stored any more.
    """

    lines: tuple[BlameLine, ...]
    commit: BlamedCommit
    has_story: bool
    owner: TurnRef | None = None
    conversation: Conversation | None = None
    turn: Turn | None = None
    edit: MadeEdit | None = None
    after: tuple[After, ...] = ()
    versions: tuple[EarlierVersion, ...] = ()
    recorded_by: str = ""
    """The tool on whose word alone the owner is named."""
    reasons: tuple[Reason, ...] = ()
    """All that may say why, the best first."""
    words: CommitWords | None = None
    """What git says, where no turn is known."""


class WhyView(Struct, frozen=True):
    """Answers in the order of the lines; `more` counts further ones that were left out."""

    target: Target
    answers: tuple[Answer, ...]
    more: int = 0


def why(
    repo: Repo,
    source: StorySource,
    target: Target,
    options: Sequence[str] = (),
    *,
    pending: Pending | None = None,
    whole: Blame | None = None,
    versions: int = _MOST_VERSIONS,
) -> WhyView:
    """Blame the target's lines and explain each group of them, with at most `versions` earlier versions.

    `options` are further options of `git blame`; `whole` is a blame of the whole file as the target names it, where
    there is one already.
    """
    groups = _groups(repo, source, target, options, pending, whole)
    steps = _steps(groups, versions)
    answers = [
        replace(
            _answer(repo, source, groups.blamed, key, groups.lines[key], groups.near.get(key, []), steps),
            recorded_by=groups.recorders.get(key, ""),
        )
        for key in groups.chosen
    ]
    return WhyView(target, tuple(answers), len(groups.lines) - len(groups.chosen))


def versions_before(
    repo: Repo, source: StorySource, target: Target, *, pending: Pending | None, whole: Blame, versions: int
) -> tuple[tuple[EarlierVersion, ...], ...]:
    """For each answer of `why`, in the same order, the earlier versions of its lines alone."""
    groups = _groups(repo, source, target, (), pending, whole)
    steps = _steps(groups, versions)
    return tuple(
        earlier_versions(repo, source, BlamedLines(groups.blamed, tuple(groups.lines[key])), steps)
        for key in groups.chosen
    )


GroupKey = tuple[str, TurnRef | None]
"""(commit, turn that wrote the lines)."""


class LineGroups(Struct, frozen=True):
    """The lines asked for by what wrote them, with lines around them; `chosen` are those with an answer, in order."""

    blamed: Blame
    lines: dict[GroupKey, list[BlameLine]]
    near: dict[GroupKey, list[BlameLine]]
    recorders: dict[GroupKey, str]
    chosen: tuple[GroupKey, ...]


def _steps(groups: LineGroups, versions: int) -> int:
    return versions if len(groups.chosen) == 1 else min(versions, 3)


def _groups(
    repo: Repo,
    source: StorySource,
    target: Target,
    options: Sequence[str],
    pending: Pending | None,
    whole: Blame | None,
) -> LineGroups:
    first = max(target.start - _AROUND, 1)
    rev = [] if target.rev is None else [target.rev]
    last = target.end + _AROUND
    if whole is None:
        blamed = blame([*options, f"-L{first},{last}", *rev, "--", target.path], repo)
    else:
        blamed = lines_of(whole, first, last)
    view = blame_view(repo, source, blamed, pending=pending, texts=False)
    groups: dict[GroupKey, list[BlameLine]] = {}
    near: dict[GroupKey, list[BlameLine]] = {}
    for line, owner in zip(blamed.lines, view.owners, strict=True):
        where = groups if target.start <= line.line <= target.end else near
        where.setdefault((line.commit, owner), []).append(line)
    by = {
        (line.commit, owner): view.recorded_by(at)
        for at, (line, owner) in enumerate(zip(blamed.lines, view.owners, strict=True))
    }
    longest = sorted(groups, key=lambda key: -len(groups[key]))[:_MOST_ANSWERS]
    return LineGroups(blamed, groups, near, by, tuple(key for key in groups if key in longest))


def _answer(
    repo: Repo,
    source: StorySource,
    blamed: Blame,
    key: tuple[str, TurnRef | None],
    lines: list[BlameLine],
    near: list[BlameLine],
    steps: int,
) -> Answer:
    oid, owner = key
    commit = blamed.commits[oid]
    has_story = not commit.uncommitted and source.story(oid) is not None
    earlier = earlier_versions(repo, source, BlamedLines(blamed, tuple(lines)), steps)
    conversation = None if owner is None else source.conversation(owner.agent, owner.conversation)
    turn = _turn(conversation, owner)
    if conversation is None or owner is None or turn is None:
        from gitstory.queries.commit_behind_line import commit_words

        story = source.story(oid) if has_story else None
        words = commit_words(repo, source, blamed, lines, story)
        return Answer(tuple(lines), commit, has_story, owner, conversation, versions=earlier, words=words)
    path = path_text(lines[0].path)
    edit = find_edit(turn, path, [text_of(line.text) for line in lines], [text_of(line.text) for line in near])
    after = later_turns(conversation, turn, path)
    texts, around = [text_of(line.text) for line in lines], [text_of(line.text) for line in near]
    reasons = find_reasons(repo, source, conversation, turn, edit, path, texts, around, oid)
    return Answer(tuple(lines), commit, has_story, owner, conversation, turn, edit, after, earlier, reasons=reasons)


def _turn(conversation: Conversation | None, owner: TurnRef | None) -> Turn | None:
    if conversation is None or owner is None:
        return None
    return next((turn for turn in conversation.turns if turn.id == owner.turn), None)


def later_turns(conversation: Conversation, turn: Turn, path: str) -> tuple[After, ...]:
    """Turns behind `turn` that edited `path`, or that correct `turn` or one of those; the first few."""
    followed: list[After] = []
    before, concerned = turn, True
    for later in sorted(conversation.turns, key=lambda each: each.index):
        if later.index <= turn.index or len(followed) == _MOST_AFTER:
            continue
        edited = any(same_file(edit.path, path) for edit in later.edits)
        correction = later.index == before.index + 1 and is_shown_correction(later, before)
        concerned = edited or (correction and concerned)
        if concerned:
            followed.append(After(later, correction, edited))
        before = later
    return tuple(followed)
