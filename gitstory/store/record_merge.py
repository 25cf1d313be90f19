"""Two stores become one: pure functions, the same result in whatever order stores meet.

Everything is a union, or the greater of two under a total order, so merging is commutative, associative and
idempotent, and a tombstone in either store removes its thing from both. (A tombstone of kind "content" takes back
one text of a turn; with it alone the order of meetings can decide whether an older text of that turn is left.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import pairwise
from typing import TypeVar

from msgspec import structs

from gitstory.model import EVIDENCE_ORDER, FileStory, Link, Range, Story
from gitstory.store.link_overrides import merge_decisions, merge_links
from gitstory.store.record_paths import COMMITS, CONVERSATIONS, META, TOMBSTONES, Tombstone, commit_of, turn_name
from gitstory.store.records import (
    Meta,
    decode_meta,
    decode_story,
    decode_turn,
    encode_meta,
    encode_story,
    first_kept,
    in_order,
    is_taken_back,
    living_title,
)

Files = Mapping[bytes, bytes]
"""path -> content of (a part of) the tree of refs/story/data"""

K = TypeVar("K", str, tuple[str, str])
V = TypeVar("V")


def merge(ours: Files, theirs: Files, tombstones: Collection[str] = ()) -> dict[bytes, bytes]:
    """The union of two trees' files.

    It may be called with only the paths that differ, if the metas of the conversations they belong to come along on
    both sides; then `tombstones` names ("kind/digest") those that both have. Files of a kind not known here are kept.
    """
    dead = frozenset(tombstones)  # no copy where it is one: it may be large, and is given with every record
    if new := buried(ours) | buried(theirs):
        dead |= new
    folders = {_folder(path) for path in (*ours, *theirs)}
    merged: dict[bytes, bytes] = {}
    for folder in sorted(folders - {None}, key=lambda folder: folder or b""):
        assert folder is not None
        merged |= _merge_conversation(folder, _inside(ours, folder), _inside(theirs, folder), dead)
    for path in {*ours, *theirs}:
        if _folder(path) is None:
            data = _merge_file(path, ours.get(path), theirs.get(path), dead)
            if data is not None:
                merged[path] = data
    return merged


def buried(files: Iterable[bytes]) -> frozenset[str]:
    """The names ("kind/digest") of the tombstones among `files`."""
    names = set()
    for path in files:
        parts = path.split(b"/")
        if len(parts) == 4 and parts[0] == TOMBSTONES and parts[3].endswith(b".json"):
            names.add(f"{parts[1].decode('ascii', 'replace')}/{(parts[2] + parts[3][:-5]).decode('ascii', 'replace')}")
    return frozenset(names)


def _folder(path: bytes) -> bytes | None:
    """The folder of the conversation of a path."""
    parts = path.split(b"/")
    return b"/".join(parts[:4]) if len(parts) == 5 and parts[0] == CONVERSATIONS else None


def _inside(files: Files, folder: bytes) -> dict[bytes, bytes]:
    start = folder + b"/"
    return {path[len(start) :]: data for path, data in files.items() if path.startswith(start)}


def _merge_file(path: bytes, first: bytes | None, second: bytes | None, dead: Collection[str]) -> bytes | None:
    parts = path.split(b"/")
    commit = commit_of(parts[1:]) if parts[0] == COMMITS else None
    if commit is None:
        return max(data for data in (first, second) if data is not None)
    if Tombstone("commit", (commit,)).name in dead:
        return None
    stories = [decode_story(data, commit) for data in (first, second) if data is not None]
    readable = [story for story in stories if story is not None]
    if not readable:
        return max(data for data in (first, second) if data is not None)
    return encode_story(scrub_story(merge_stories(readable[0], readable[-1]), dead))


# --- stories ------------------------------------------------------------------------------------------------------


def merge_stories(first: Story, second: Story) -> Story:
    """Merge two records of the same commit."""
    return Story(
        commit=first.commit,
        links=_joined(first.links, second.links, lambda link: (link.agent, link.conversation), merge_links),
        files=_joined(first.files, second.files, lambda file: file.path, _merge_files),
        carried_from=tuple(sorted({*first.carried_from, *second.carried_from})),
        # Only who holds the conversation can close it, and has the newer record when he did.
        open=tuple(sorted({*first.open} & {*second.open})),
        schema=first.schema,
        decisions=merge_decisions(first.decisions, second.decisions),
        author=max(first.author, second.author),
    )


def _merge_files(first: FileStory, second: FileStory) -> FileStory:
    return FileStory(
        path=first.path,
        added=max(first.added, second.added),
        deleted=max(first.deleted, second.deleted),
        ranges=_union(first.ranges, second.ranges),
        removed=_union(first.removed, second.removed),
    )


def _union(first: Iterable[Range], second: Iterable[Range]) -> tuple[Range, ...]:
    return tuple(sorted({*first, *second}, key=structs.astuple))


def settle(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """Ranges without overlaps, in order: where two merged records disagree about a line, the longer range stands.

    The other is left out as a whole, since its hash would not hold for a part.
    """
    if all(one.end < second.start for one, second in pairwise(ranges)):
        return ranges
    starts: list[int] = []
    kept: list[Range] = []
    for piece in sorted(ranges, key=lambda piece: (piece.start - piece.end, bool(piece.drift), structs.astuple(piece))):
        at = bisect_left(starts, piece.start)
        free_before = at == 0 or kept[at - 1].end < piece.start
        if free_before and (at == len(kept) or kept[at].start > piece.end):
            starts.insert(at, piece.start)
            kept.insert(at, piece)
    return tuple(kept)


def _joined(first: Iterable[V], second: Iterable[V], key: Callable[[V], K], both: Callable[[V, V], V]) -> tuple[V, ...]:
    """The union of two lists by key, in the order of the keys, with `both` for those on both sides."""
    by_key: dict[K, V] = {}
    for item in (*first, *second):
        name = key(item)
        by_key[name] = both(by_key[name], item) if name in by_key else item
    return tuple(by_key[name] for name in sorted(by_key))


def scrub_story(story: Story, dead: Collection[str]) -> Story:
    """A story without the names of what is tombstoned."""
    if not dead:
        return story

    def gone(agent: str, conversation: str, turn: str | None = None) -> bool:
        if Tombstone("conversation", (agent, conversation)).name in dead:
            return True
        return turn is not None and Tombstone("turn", (agent, conversation, turn)).name in dead

    def living(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
        return tuple(piece for piece in ranges if not gone(piece.agent, piece.conversation, piece.turn))

    links = tuple(
        structs.replace(link, turns=tuple(t for t in link.turns if not gone(link.agent, link.conversation, t.id)))
        for link in story.links
        if not gone(link.agent, link.conversation)
    )
    files = tuple(
        structs.replace(file, ranges=living(file.ranges), removed=living(file.removed)) for file in story.files
    )
    decisions = tuple(each for each in story.decisions if not gone(each.agent, each.conversation, each.turn))
    return structs.replace(story, links=links, files=files, decisions=decisions)


def weighed(story: Story) -> Story:
    """A story whose links claim no more than the turns in them bear out: for one that may have lost some.

    A link by hand stands for the whole conversation and stays, and so does what stands on another tool's word.
    """
    links = tuple(kept for link in story.links if (kept := _weighed(link)) is not None)
    return story if links == story.links else structs.replace(story, links=links)


def _weighed(link: Link) -> Link | None:
    if link.recorded_by or link.evidence not in ("lines", "command", "files"):
        return link
    evidence_kinds = [turn.evidence for turn in link.turns if turn.evidence != "context"]
    if not evidence_kinds:
        return None
    best = min(evidence_kinds, key=EVIDENCE_ORDER.index)
    lines = sum(turn.lines for turn in link.turns)
    if best == link.evidence and lines in (0, link.lines):
        return link
    return structs.replace(link, evidence=best, lines=lines)


# --- conversations ------------------------------------------------------------------------------------------------


def merge_metas(meta: Meta, second: Meta) -> Meta:
    """Sets united, times widened, the rest from the one updated last; the turns' indices are the greater ones."""
    newest = max(meta, second, key=_age)
    indices = dict(meta.turns)
    for turn, index in second.turns:
        indices[turn] = max(index, indices.get(turn, index))
    first = sorted(meta.places[:1] + second.places[:1])[:1]
    starts = [time for time in (meta.started, second.started) if time is not None]
    return Meta(
        agent=meta.agent,
        id=meta.id,
        title=newest.title,
        places=first_kept((*first, *meta.places, *second.places)),
        models=tuple(sorted({*meta.models, *second.models})),
        started=min(starts) if starts else None,
        updated=newest.updated,
        version=newest.version,
        parent=newest.parent,
        subagent=newest.subagent,
        remotes=tuple(sorted({*meta.remotes, *second.remotes})),
        heads=tuple(sorted({*meta.heads, *second.heads})),
        skipped=newest.skipped,
        turns=in_order(indices.items()),
        times=newest.times,
        from_plan=newest.from_plan,
    )


def _age(meta: Meta) -> tuple[object, ...]:
    """A total order over what `merge_metas` takes from the newest."""
    return (
        meta.updated is not None,
        meta.updated or 0.0,
        meta.title,
        meta.version,
        meta.parent is not None,
        meta.parent or "",
        meta.subagent,
        meta.skipped,
        meta.times,
        meta.from_plan,
    )


def turn_rank(data: bytes, id: str) -> tuple[int, int, bytes]:
    """The order in which one text of a turn beats another: more steps, then longer, then greater bytes."""
    turn = decode_turn(data, id)
    return (-1 if turn is None else len(turn.steps), len(data), data)


def _merge_conversation(folder: bytes, ours: Files, theirs: Files, dead: Collection[str]) -> dict[bytes, bytes]:
    metas = [decode_meta(side[META]) for side in (ours, theirs) if META in side]
    titles = [living_title(meta, dead) for meta in metas if meta is not None]
    if not titles or len({(meta.agent, meta.id) for meta in titles}) > 1:
        # Nothing that we wrote; kept only so that a newer program's record survives an older one's merge.
        whole = {name: max(side[name] for side in (ours, theirs) if name in side) for name in {*ours, *theirs}}
        return {folder + b"/" + name: data for name, data in whole.items()}
    meta = merge_metas(titles[0], titles[-1])
    if Tombstone("conversation", (meta.agent, meta.id)).name in dead:
        return {}
    merged: dict[bytes, bytes] = {}
    kept: list[tuple[str, int]] = []
    for turn, index in meta.turns:
        name = turn_name(turn)
        if Tombstone("turn", (meta.agent, meta.id, turn)).name in dead:
            continue
        texts = [side[name] for side in (ours, theirs) if name in side]
        living = [text for text in texts if not is_taken_back(text, (meta.agent, meta.id, turn), dead)]
        if texts and not living:
            continue
        if living:
            best = max(living, key=lambda text: turn_rank(text, turn))
            merged[folder + b"/" + name] = best
            decoded = decode_turn(best, turn)
            index = decoded.index if decoded is not None else index
        kept.append((turn, index))
    merged[folder + b"/" + META] = encode_meta(structs.replace(meta, turns=in_order(kept)))
    return merged
