"""How many of the lines that turns wrote are still in the files of HEAD."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from gitstory.errors import GitStoryError
from gitstory.git.blame import finish, start
from gitstory.git.repo import Repo
from gitstory.queries.blame import find_owners
from gitstory.sources.story_source import StorySource, TurnRef
from gitstory.tell.values import LoggedTurn

_MOST_FILES = 40


def standing(repo: Repo, source: StorySource, turns: Sequence[LoggedTurn]) -> dict[str, tuple[int, int]]:
    """Turn's source -> (lines in HEAD, lines that its commits added), for turns whose lines were looked for."""
    refs = {TurnRef(*logged.key, logged.turn.id): logged.source for logged in turns}
    wrote, by_file = _wrote(source, {oid for logged in turns for oid in logged.commits}, refs)
    files = sorted(by_file, key=lambda path: -by_file[path])[:_MOST_FILES]
    left: Counter[str] = Counter()
    for path in files:
        left.update(refs[owner] for owner in _owners(repo, source, path) if owner in refs)
    if len(by_file) > _MOST_FILES:
        return {}
    return {name: (min(left[name], lines), lines) for name, lines in wrote.items()}


def _wrote(
    source: StorySource, commits: Collection[str], refs: Mapping[TurnRef, str]
) -> tuple[Counter[str], Counter[str]]:
    """(turn's source -> lines it added in `commits`, path -> such lines)."""
    most: Counter[tuple[str, str]] = Counter()
    for story in source.stories(commits).values():
        for file in story.files:
            here: Counter[tuple[str, str]] = Counter()
            for piece in file.ranges:
                name = refs.get(TurnRef(piece.agent, piece.conversation, piece.turn))
                if name is not None:
                    here[name, file.path] += piece.end - piece.start + 1
            most |= here  # a squash has the lines of the commits it was made of again
    by_turn: Counter[str] = Counter()
    by_file: Counter[str] = Counter()
    for (name, path), lines in most.items():
        by_turn[name] += lines
        by_file[path] += lines
    return by_turn, by_file


def _owners(repo: Repo, source: StorySource, path: str) -> list[TurnRef | None]:
    """Whose each line of a file is; none where HEAD has no such file."""
    try:
        blame = finish(start(["HEAD", "--", path], repo, fetching=False))
    except GitStoryError:
        return []
    return list(find_owners(repo, source, blame))
