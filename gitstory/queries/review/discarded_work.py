"""Work of a range that did not stay: abandoned, reverted, replaced, or never committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gitstory import safe_open
from gitstory.git.commit_details import CommitInfo
from gitstory.git.repo import Repo
from gitstory.model import Edit, Story
from gitstory.queries.committed_abandoned_turns import committed_turns
from gitstory.queries.review.choice_sentences import request_words
from gitstory.queries.review.values import Dropped, Quote
from gitstory.queries.show import reverted
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import StorySource, TurnRef
from gitstory.summary.find_edit import is_agents_own

if TYPE_CHECKING:
    from gitstory.queries.review.brief import ReviewTurn

_SHORTEST_LINE = 12
"""Characters of a line that is looked for in the work tree."""
_LARGEST = 4_000_000


def dropped(
    repo: Repo,
    source: SourceChain,
    commits: Sequence[CommitInfo],
    stories: Mapping[str, Story],
    reviewed: Sequence[ReviewTurn],
) -> tuple[Dropped, ...]:
    """One entry a turn, for the surest reason there is."""
    wrote = _wrote(stories.values())
    back = _reverted(repo, source, commits, stories)
    void = any(item.turn.abandoned for item in reviewed)
    committed = committed_turns(_naming(source, [item.ref for item in reviewed])) if void else set()
    trees = _work_trees(repo)
    entries: list[Dropped] = []
    idle: list[tuple[TurnRef, Dropped]] = []
    for item in reviewed:
        edits = [edit for edit in item.turn.edits if edit.source == "tool" and is_inside(trees, edit.path)]
        files = tuple(dict.fromkeys(edit.path for edit in edits))
        quote = Quote(request_words(item.turn, item.label), item.ref, item.turn.index, "person", item.turn.time)
        if item.turn.abandoned and edits and item.ref not in committed and not on_disk(trees, edits):
            entries.append(Dropped("taken back", quote, files))
        elif item.ref in back:
            entries.append(Dropped("reverted", quote, tuple(sorted(wrote.get(item.ref, ())))))
        elif item.ref in wrote and not item.lines:
            entries.append(Dropped("replaced", quote, tuple(sorted(wrote[item.ref]))))
        elif item.evidence == "context" and any(edit.hunks for edit in edits) and not on_disk(trees, edits):
            idle.append((item.ref, Dropped("not committed", quote, files)))
    landed = _wrote(_naming(source, [ref for ref, _ in idle])) if idle else {}
    entries += [each for ref, each in idle if ref not in landed]
    order = ("taken back", "reverted", "replaced", "not committed")
    return tuple(sorted(entries, key=lambda item: order.index(item.why)))


def _naming(source: SourceChain, turns: Sequence[TurnRef]) -> Iterable[Story]:
    """The recorded stories that name a conversation of any of these turns."""
    keys = {(turn.agent, turn.conversation) for turn in turns}
    return source.store.stories(source.store.index.stories_naming(keys)).values()


def _work_trees(repo: Repo) -> list[Path]:
    """The work trees of the repository that are there, the current one first."""
    if repo.worktree is None:
        return []
    others = [tree for tree in repo.worktrees() if tree != repo.worktree and tree.is_dir()]
    return [repo.worktree, *others]


def is_inside(trees: Sequence[Path], path: str) -> bool:
    """Whether a recorded path is of the repository: a plan in the person's home or a script in `/tmp` is not."""
    if is_agents_own(path) or path.startswith(("~", "../")):
        return False
    return not _is_absolute(path) or any(path.startswith(f"{tree.as_posix()}/") for tree in trees)


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "\\")) or path[1:2] == ":"


def on_disk(trees: Sequence[Path], edits: Sequence[Edit]) -> bool:
    """Whether what the edits made stands in a work tree: it is not committed yet, and not dropped."""
    return any(_stands(tree / edit.path, edit) for tree in trees for edit in edits)


def _stands(path: Path, edit: Edit) -> bool:
    """Whether a distinctive line that an edit added is in the file, or all that it added or took out is so there."""
    if edit.op == "delete":
        return not path.exists()
    lines = [line for hunk in edit.hunks for line in hunk.lines if line[1:].strip()]
    added = {line[1:].strip() for line in lines if line.startswith("+")}
    removed = {line[1:].strip() for line in lines if line.startswith("-")} - added
    there = _lines_of(path) if lines else set()
    long = {line for line in added if len(line) >= _SHORTEST_LINE}
    if long or not there:
        return bool(long & there)
    return bool(added or removed) and added <= there and not removed & there


def _lines_of(path: Path) -> set[str]:
    """The lines of a regular file of the work tree; none where it is not there or too large."""
    try:
        content = safe_open.content(path, _LARGEST)
    except OSError:
        return set()
    return {line.strip() for line in content.decode("utf-8", "replace").splitlines()}


def _wrote(stories: Iterable[Story]) -> dict[TurnRef, set[str]]:
    """turn -> files it added lines to in any commit of the range."""
    files_by_turn: dict[TurnRef, set[str]] = {}
    for story in stories:
        for file in story.files:
            for piece in file.ranges:
                files_by_turn.setdefault(TurnRef(piece.agent, piece.conversation, piece.turn), set()).add(file.path)
    return files_by_turn


def _reverted(
    repo: Repo, source: StorySource, commits: Sequence[CommitInfo], stories: Mapping[str, Story]
) -> set[TurnRef]:
    """The turns that wrote the commits of the range which another one of it reverts."""
    here = {commit.oid for commit in commits}
    gone = {
        reverted_commit.oid
        for commit in commits
        if "This reverts commit" in commit.body
        for reverted_commit in reverted(repo, source, commit)
    }
    gone = {oid for oid in here if any(oid.startswith(name) for name in gone)}
    return {
        TurnRef(link.agent, link.conversation, turn.id)
        for oid in gone
        if oid in stories
        for link in stories[oid].links
        for turn in link.turns
        if turn.evidence == "lines"
    }
