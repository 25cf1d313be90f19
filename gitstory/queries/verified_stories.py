"""Whether recorded ranges match the content of their commit: ranges that do not match are not returned.

A record may have been forged, torn by a merge or moved to a commit it does not fit. The hash of each range is compared
with the commit's content, of a removed range with that of the first parent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.commit_details import CommitInfo, file_changes, is_partial, shallow_edge
from gitstory.git.line_hashes import lines_hash, split_lines
from gitstory.git.repo import Repo
from gitstory.model import EVIDENCE_ORDER, FileStory, Link, Range, Story, TurnLink
from gitstory.store import verified_ranges_cache
from gitstory.store.verified_ranges_cache import VerifiedRanges

Version = tuple[str, str]
"""A file as it was: (`<commit>` or `<commit>^`, path)."""

_Owner = tuple[str, str, str]
"""(agent, conversation, turn)."""


class Checked(Struct, frozen=True):
    """A story without what its commit does not bear out; `false` counts the lines of ranges left out so."""

    story: Story
    false: int = 0


def checked(repo: Repo, commits: Iterable[CommitInfo], stories: Mapping[str, Story]) -> dict[str, Checked]:
    """The stories of `commits`, compared with what git has; ranges found to fit once are not looked at again.

    A partial clone returns them unchecked: it lacks most content, and none is fetched only to check them.
    """
    return checked_stories(repo, {commit.oid: stories[commit.oid] for commit in commits if commit.oid in stories})


def checked_stories(
    repo: Repo, stories: Mapping[str, Story], verified: VerifiedRanges | None = None
) -> dict[str, Checked]:
    """The same for the commits of `stories`, all of which are here; `verified` serves several calls."""
    if not stories or is_partial(repo):
        return {oid: Checked(story) for oid, story in stories.items()}
    if verified is None:
        verified = VerifiedRanges(repo.home)
    unverified: dict[Version, dict[Range, bytes]] = {}
    for story in stories.values():
        for version, piece in _claims(story):
            mark = _mark(version, piece)
            if mark not in verified:
                unverified.setdefault(version, {})[piece] = mark
    false = _misfits(repo, unverified)
    unsure = {version for version in false if false[version] is None}
    wrong = {version: frozenset(pieces) for version, pieces in false.items() if pieces}
    verified.add(
        [
            mark
            for version, pieces in unverified.items()
            for piece, mark in pieces.items()
            if version not in unsure and piece not in wrong.get(version, ())
        ]
    )
    return {oid: _kept(story, wrong) for oid, story in stories.items()}


def _claims(story: Story) -> Iterator[tuple[Version, Range]]:
    for file in story.files:
        for piece in file.ranges:
            yield (story.commit, file.path), piece
        for piece in file.removed:
            yield (f"{story.commit}^", file.path), piece


def _mark(version: Version, piece: Range) -> bytes:
    return verified_ranges_cache.mark(version[0], _name(version[1]), piece.start, piece.end, piece.hash)


def _name(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


# --- content ------------------------------------------------------------------------------------------------------


def _misfits(repo: Repo, unverified: Mapping[Version, Collection[Range]]) -> dict[Version, list[Range] | None]:
    """The ranges of each version whose hash does not fit; None if this clone lacks the content."""
    false: dict[Version, list[Range] | None] = {}
    absent: list[Version] = []
    specs = [b"%s:%s" % (rev.encode(), _name(path)) for rev, path in unverified]
    for version, blob in zip(unverified, repo.objects.blobs(specs), strict=True):
        if not blob:
            absent.append(version)
        else:
            false[version] = _unlike(blob, unverified[version])
    if absent:
        absence = _Absence(repo)
        false |= {version: absence.judged(version, unverified[version]) for version in absent}
    return false


def _unlike(blob: bytes, pieces: Collection[Range]) -> list[Range]:
    lines = split_lines(blob)
    return [
        piece
        for piece in pieces
        if piece.end > len(lines) or lines_hash(lines[piece.start - 1 : piece.end]) != piece.hash
    ]


class _Absence:
    """Why there is no content: the file was renamed, the parent is beyond a shallow clone, or the claim is false."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._moved: dict[str, dict[str, str | None]] = {}

    def judged(self, version: Version, pieces: Collection[Range]) -> list[Range] | None:
        rev, path = version
        oid = rev.removesuffix("^")
        if rev != oid:
            old = self._moves(oid).get(path)
            blob = self._repo.objects.blob(f"{rev}:{old}") if old is not None else None
            if blob:
                return _unlike(blob, pieces)
            if oid in shallow_edge(self._repo):
                return None
        return list(pieces)

    def _moves(self, oid: str) -> dict[str, str | None]:
        """New path -> old path of the commit's renames."""
        if oid not in self._moved:
            self._moved[oid] = {change.path: change.moved_from for change in file_changes(self._repo, oid)}
        return self._moved[oid]


# --- what is left -------------------------------------------------------------------------------------------------


def _kept(story: Story, wrong: Mapping[Version, frozenset[Range]]) -> Checked:
    """The story without the `wrong` ranges, its links claiming no more lines than are left."""
    false = 0
    files: list[FileStory] = []
    for file in story.files:
        ranges = _without(file.ranges, wrong.get((story.commit, file.path)))
        removed = _without(file.removed, wrong.get((f"{story.commit}^", file.path)))
        false += _size(file.ranges) + _size(file.removed) - _size(ranges) - _size(removed)
        files.append(replace(file, ranges=ranges, removed=removed))
    left: dict[_Owner, int] = {}
    for file in files:
        for piece in (*file.ranges, *file.removed):
            owner = (piece.agent, piece.conversation, piece.turn)
            left[owner] = left.get(owner, 0) + piece.end - piece.start + 1
    # A record beyond its bound has lost all its ranges: what was written there is known by the files' names alone.
    cut = not left and not false
    links = tuple(kept for link in story.links if (kept := _link(link, left, cut=cut)) is not None)
    if links == story.links and not false:
        return Checked(story)
    files_with_lines = tuple(file for file in files if file.ranges or file.removed)
    return Checked(replace(story, links=links, files=files_with_lines), false)


def _without(pieces: tuple[Range, ...], wrong: frozenset[Range] | None) -> tuple[Range, ...]:
    return tuple(piece for piece in pieces if piece not in wrong) if wrong else pieces


def _size(pieces: Iterable[Range]) -> int:
    return sum(piece.end - piece.start + 1 for piece in pieces)


def _link(link: Link, left: Mapping[_Owner, int], *, cut: bool) -> Link | None:
    """A link by the lines that are left to it; None where nothing else ties the conversation to the commit."""
    turns = tuple(kept for turn in link.turns if (kept := _turn(link, turn, left, cut=cut)) is not None)
    if turns == link.turns:
        return link
    evidence_kinds = [turn.evidence for turn in turns if turn.evidence != "context"]
    if link.evidence == "manual":
        evidence_kinds.append("manual")
    if not evidence_kinds:
        return None
    return replace(
        link,
        evidence=min(evidence_kinds, key=EVIDENCE_ORDER.index),
        lines=sum(turn.lines for turn in turns),
        turns=turns,
    )


def _turn(link: Link, turn: TurnLink, left: Mapping[_Owner, int], *, cut: bool) -> TurnLink | None:
    if turn.evidence != "lines":
        return turn
    lines = left.get((link.agent, link.conversation, turn.id), 0)
    if not lines:
        return replace(turn, evidence="files", lines=0) if cut else None
    return turn if lines >= turn.lines else replace(turn, lines=lines)
