"""Which stored conversations a commit could carry lines of, by names alone. Light: readers ask this every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from msgspec import MsgspecError, Struct, msgpack

from gitstory.git import own_files
from gitstory.git.changes import Commit, suffix
from gitstory.git.log import log, seconds
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.store.store import DATA_REF, StoryStore

Key = tuple[str, str]
TurnKey = tuple[str, str, str]

_MOST_MOVED = 40
"""Conversations looked at for files that may have been renamed; more would cost a reader too much."""


class Origins(Struct, frozen=True):
    """What stories say: path -> conversations with lines there, turn -> the commits it explains, with how many lines.

    `authors` maps those commits to the key of their author.
    """

    paths: Mapping[str, frozenset[Key]]
    turns: Mapping[TurnKey, Mapping[str, int]]
    authors: Mapping[str, str]
    decided: frozenset[str] = frozenset()
    """Commits of which a person untied something."""

    def commits(self, keys: Iterable[Key]) -> set[str]:
        """The commits that any of these conversations explains lines of."""
        wanted = set(keys)
        return {commit for turn, commits in self.turns.items() if turn[:2] in wanted for commit in commits}

    def of(self, commit: Commit) -> set[Key]:
        """The conversations with lines in a file that the commit changed."""
        names = {path for change in commit.files for path in (change.path, change.old_path)}
        return {key for path in names for key in self.paths.get(path.decode("utf-8", "surrogateescape"), ())}


def could_carry(repo: Repo, recorded: Origins, commit: Commit) -> set[Key]:
    """The conversations whose lines a commit could hold: of files it changed, and of files that new ones of it may
    have been called before (same suffix, and gone under the old name)."""
    conversations = recorded.of(commit)
    new = {change.path.decode("utf-8", "surrogateescape") for change in commit.files if change.new}
    old = {change.path.decode("utf-8", "surrogateescape") for change in commit.files if any(change.old)}
    suffixes = {suffix(path) for path in new - old}
    likely = [path for path in recorded.paths if suffix(path) in suffixes] if suffixes else []
    if not likely:
        return conversations
    listed = repo.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit.oid, check=False).stdout
    there = {path.decode("utf-8", "surrogateescape") for path in listed.split(b"\0")}
    moved = {key for path in likely if path not in there for key in recorded.paths[path]} - conversations
    return conversations | moved if len(moved) <= _MOST_MOVED else conversations


def apart(repo: Repo, candidates: Iterable[str], commits: Iterable[str]) -> dict[str, float]:
    """Those of the commits `told` that are behind none of `commits`, with the time each was made.

    One that is not here any more was surely made before; its time is minus infinity.
    """
    names = sorted(set(candidates) - set(commits))
    here = [one for one in names if repo.objects.read(one) is not None]
    times_by_commit = dict.fromkeys(set(names) - set(here), float("-inf"))
    if here:
        revisions = [*here, *(f"^{commit}" for commit in commits)]
        times = {record.oid: float(seconds(record.fields[0])) for record in log(repo, ["%ct"], revisions=revisions)}
        times_by_commit.update((one, times[one]) for one in here if one in times)
    return times_by_commit


def origins(stories: Iterable[Story]) -> Origins:
    return _together({story.commit: _part(story) for story in stories})


class _Part(Struct, array_like=True):
    """What one story adds: `blob` is the id of the story that it was made from.

    `turns` maps the three names of a turn, as one text, to its lines.
    """

    blob: str
    author: str
    paths: dict[str, set[Key]]
    turns: dict[str, int]
    decided: bool = False


class _Kept(Struct):
    """Origins as they are kept between runs: each commit's part, to be replaced where its story is another one now."""

    parts: dict[str, _Part] = {}
    buried: int = 0


def _part(story: Story, blob: str = "") -> _Part:
    paths: dict[str, set[Key]] = {}
    for file in story.files:
        keys = {(piece.agent, piece.conversation) for piece in (*file.ranges, *file.removed)}
        paths.setdefault(file.path, set()).update(keys)
    turns = {
        "\0".join((link.agent, link.conversation, turn.id)): turn.lines
        for link in story.links
        for turn in link.turns
        if turn.evidence == "lines"
    }
    return _Part(blob, story.author, paths, turns, any(not one.linked for one in story.decisions))


def _together(parts: Mapping[str, _Part]) -> Origins:
    paths: dict[str, set[Key]] = {}
    turns: dict[str, dict[str, int]] = {}
    for commit, part in parts.items():
        for path, keys in part.paths.items():
            paths.setdefault(path, set()).update(keys)
        for turn, lines in part.turns.items():
            turns.setdefault(turn, {})[commit] = lines
    return Origins(
        {path: frozenset(keys) for path, keys in paths.items()},
        {_turn(name): told for name, told in turns.items()},
        {commit: part.author for commit, part in parts.items()},
        frozenset(commit for commit, part in parts.items() if part.decided),
    )


def _turn(name: str) -> TurnKey:
    agent, conversation, turn = name.split("\0")
    return agent, conversation, turn


def all_origins(repo: Repo, store: StoryStore) -> Origins:
    """What all stories of the store say. Kept beside the other caches, so that only new ones are read."""
    path = repo.home / "cache" / "origins.msgpack"
    stored, buried = stored_stories(repo), len(store.contents.tombstones)
    kept = _Kept()
    with suppress(OSError, MsgspecError, ValueError, RecursionError):
        kept = msgpack.decode(own_files.content(path), type=_Kept)
    if kept.buried != buried:
        kept = _Kept(buried=buried)
    parts = {commit: part for commit, part in kept.parts.items() if stored.get(commit) == part.blob}
    new = sorted(stored.keys() - parts.keys())
    if new or len(parts) < len(kept.parts):
        stories = store.stories(new)
        nothing = Story("")
        parts |= {commit: _part(stories.get(commit, nothing), stored[commit]) for commit in new}
        if repo.home.is_dir():
            with suppress(OSError, UnicodeEncodeError):  # a path that is no UTF-8: nothing is remembered
                own_files.write(path, msgpack.encode(_Kept(parts, buried)))
    return _together(parts)


def stored_stories(repo: Repo) -> dict[str, str]:
    """commit -> blob of every stored story."""
    listed = repo.run("ls-tree", "-r", "-z", f"{DATA_REF}:commits", check=False).stdout
    blobs: dict[str, str] = {}
    for entry in listed.split(b"\0"):
        facts, _, path = entry.partition(b"\t")
        if path.endswith(b".json"):
            blobs[path.replace(b"/", b"").removesuffix(b".json").decode("ascii", "replace")] = facts.split()[2].decode()
    return blobs
