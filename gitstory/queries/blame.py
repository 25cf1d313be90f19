"""Which turn wrote each line that `git blame` names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from gitstory.git.blame import Blame, BlameLine
from gitstory.git.commit_details import path_text
from gitstory.git.line_hashes import lines_hash, split_lines
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Range, Story, Turn
from gitstory.sources.story_source import Key, StorySource, TurnRef, load, turns_by_ref
from gitstory.store import verified_ranges_cache
from gitstory.summary.turn_labels import turn_label

Pending = Callable[[Sequence[BlameLine]], Mapping[int, TurnRef]]
"""Lines not committed yet -> the turn each was written by, by line number (nothing for a person's)."""

Where = tuple[str, bytes]
"""(commit, path)."""


class BlameView(Struct, frozen=True):
    """`owners[i]` is the turn that wrote `blame.lines[i]`, None where that is unknown or a person."""

    blame: Blame
    owners: list[TurnRef | None]
    turns: Mapping[TurnRef, Turn]
    conversations: Mapping[Key, Conversation]
    recorders: Mapping[tuple[str, Key], str] = {}
    """(commit, conversation) -> the tool on whose word alone the conversation is named there."""

    def recorded_by(self, at: int) -> str:
        """The tool whose word a line's owner is; "" for what gitstory found itself."""
        owner = self.owners[at] if self.recorders else None
        return self.recorders.get((self.blame.lines[at].commit, owner.key), "") if owner is not None else ""

    def label_of(self, at: int) -> str:
        """What the turn of a line was about, in one line; "" where it is not known."""
        owner, turn = self.owners[at], self.turn_of(at)
        if owner is None or turn is None:
            return ""
        conversation = self.conversations.get(owner.key)
        return turn_label(turn, conversation.turns if conversation is not None else ())

    def turn_of(self, at: int) -> Turn | None:
        owner = self.owners[at]
        return None if owner is None else self.turns.get(owner)


def blame_view(
    repo: Repo, source: StorySource, blame: Blame, *, pending: Pending | None = None, texts: bool = True
) -> BlameView:
    """Join a blame with the stories of its commits; `texts` also loads the turns (else `turns` stays empty)."""
    owners = find_owners(repo, source, blame)
    if pending is not None:
        fresh = pending([line for line in blame.lines if not line.commit.strip("0")])
        owners = [fresh.get(line.line, owner) for line, owner in zip(blame.lines, owners, strict=True)]
    refs = {owner for owner in owners if owner is not None}
    conversations = load(source, refs) if texts else {}
    return BlameView(blame, owners, turns_by_ref(conversations), conversations, _recorders(source, blame))


def _recorders(source: StorySource, blame: Blame) -> dict[tuple[str, Key], str]:
    stories = source.stories([oid for oid in blame.commits if oid.strip("0")])
    return {
        (oid, (link.agent, link.conversation)): link.recorded_by
        for oid, story in stories.items()
        for link in story.links
        if link.recorded_by
    }


def find_owners(repo: Repo, source: StorySource, blame: Blame) -> list[TurnRef | None]:
    """The turn of each line, by (commit, path, line there), where the commit's content bears the record out."""
    stories = source.stories([oid for oid in blame.commits if oid.strip("0")])
    if not stories:
        return [None] * len(blame.lines)
    ranges = _ranges(stories, {(line.commit, line.path) for line in blame.lines})
    hits = [_covering(ranges.get((line.commit, line.path)), line.orig_line) for line in blame.lines]
    unsupported = _unsupported(repo, blame.lines, hits)
    distinct = {id(hit): hit for hit in hits if hit is not None}
    refs = {key: TurnRef(hit.agent, hit.conversation, hit.turn) for key, hit in distinct.items()}
    return [
        None if hit is None or (line.commit, line.path, hit.start) in unsupported else refs[id(hit)]
        for line, hit in zip(blame.lines, hits, strict=True)
    ]


def _ranges(stories: Mapping[str, Story], wanted: set[Where]) -> dict[Where, tuple[list[int], list[Range]]]:
    """For each file of a commit that the blame names: the starts of its ranges, and the ranges, both in order."""
    ranges_by_file: dict[Where, tuple[list[int], list[Range]]] = {}
    names: dict[str, dict[str, bytes]] = {}
    for commit, path in wanted:
        names.setdefault(commit, {})[path_text(path)] = path
    for commit, story in stories.items():
        for file in story.files:
            path_bytes = names.get(commit, {}).get(file.path)
            if path_bytes is not None and file.ranges:
                ranges = sorted(file.ranges, key=lambda r: r.start)
                ranges_by_file[commit, path_bytes] = ([r.start for r in ranges], ranges)
    return ranges_by_file


def _covering(ranges: tuple[list[int], list[Range]] | None, line: int) -> Range | None:
    if ranges is None:
        return None
    at = bisect_right(ranges[0], line) - 1
    if at < 0 or ranges[1][at].end < line:
        return None
    return ranges[1][at]


_FEW = 50
"""Ranges of one file that are looked for by their text."""
Part = tuple[Range, dict[int, bytes]]
"""A range, and those of its lines (number at the commit -> text) that are at hand."""


def _unsupported(repo: Repo, lines: Sequence[BlameLine], hits: Sequence[Range | None]) -> set[tuple[str, bytes, int]]:
    """(commit, path, start) of the ranges whose content hash does not fit the commit.

    A range that is whole in the blame is checked with the text at hand; only what that leaves open is read from the
    object database (parts of ranges, and lines that `-w`, an ignored revision or a text conversion changed), and
    what fits is remembered.
    """
    parts: dict[tuple[str, bytes, int], Part] = {}
    for line, hit in zip(lines, hits, strict=True):
        if hit is not None and hit.hash:
            entry = parts.setdefault((line.commit, line.path, hit.start), (hit, {}))
            entry[1][line.orig_line] = line.text
    verified = verified_ranges_cache.load(repo.home)
    left: dict[Where, list[Part]] = {}
    for (commit, path, _start), part in parts.items():
        if not _whole_fits(part) and _mark(commit, path, part[0]) not in verified:
            left.setdefault((commit, path), []).append(part)
    blobs = repo.objects.blobs([b"%s:%s" % (commit.encode(), path) for commit, path in left])
    unsupported: set[tuple[str, bytes, int]] = set()
    for ((commit, path), unchecked), blob in zip(left.items(), blobs, strict=True):
        unsupported |= {(commit, path, hit.start) for hit in _misfits(blob, unchecked)}
    fitting = [
        _mark(commit, path, hit)
        for (commit, path), unchecked in left.items()
        for hit, _ in unchecked
        if (commit, path, hit.start) not in unsupported
    ]
    verified_ranges_cache.add(repo.home, fitting)
    return unsupported


def _mark(commit: str, path: bytes, hit: Range) -> bytes:
    return verified_ranges_cache.mark(commit, path, hit.start, hit.end, hit.hash)


def _whole_fits(part: Part) -> bool:
    hit, texts = part
    if len(texts) != hit.end - hit.start + 1:
        return False
    return lines_hash([texts[number] for number in range(hit.start, hit.end + 1)]) == hit.hash


def _misfits(blob: bytes | None, parts: Sequence[Part]) -> list[Range]:
    if blob is None:
        return [hit for hit, _ in parts]
    # Finding text is quicker than counting lines, as long as there is little to find.
    few = len(parts) <= _FEW
    open_ = [part[0] for part in parts if not few or not _fits_around(blob, part)]
    lines = split_lines(blob) if open_ else []
    return [hit for hit in open_ if hit.end > len(lines) or lines_hash(lines[hit.start - 1 : hit.end]) != hit.hash]


def _fits_around(blob: bytes, part: Part) -> bool:
    """Whether the hash fits around the place where a known line stands: finding text is quicker than counting lines."""
    hit, texts = part
    number = max(texts, key=lambda n: len(texts[n]))
    row = texts[number] + b"\n"
    at = 0 if blob.startswith(row) else blob.find(b"\n" + row) + 1
    if not at and not blob.startswith(row):
        return False
    first, last = at, at
    for _ in range(number - hit.start):
        if first == 0:
            return False
        first = blob.rfind(b"\n", 0, first - 1) + 1
    for _ in range(hit.end - number + 1):
        last = blob.find(b"\n", last) + 1
        if not last:
            return False
    return lines_hash(split_lines(blob[first:last])) == hit.hash
