"""What remotes are known to have once something was erased here: their last seen states, without what was erased.

A state that still holds what was erased is not kept (`refs/story-remotes/...` goes). Without it git would not know what
the remote has, and the next push would send the whole store. So a base takes its place: a tree of the same paths with
what is in both the remote's state and ours now. Its folders that are in neither state get a file of their own, so that
git never takes them for ones that the remote has.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gitstory.git.new_objects import (
    FILE,
    TREE,
    Entries,
    NewObjects,
    commit_bytes,
    object_id,
    read_entries,
    store,
    tree_bytes,
)
from gitstory.git.object_purge import TRACKING
from gitstory.git.refs import read_refs, swap, tree_of
from gitstory.git.repo import Repo
from gitstory.store import record_paths
from gitstory.store.snapshot import Contents

BASES = "refs/story-base/"
"""Beside `TRACKING`: one ref for each of a remote's refs whose last seen state is not kept here."""

SUBJECT = b"Notes by gitstory: what a remote has, without what was erased here"
_MARK = b".known"
_MARKED = b"gitstory: a part of what a remote has\n"

LOCAL = {"data": "refs/story/data", "notes": "refs/notes/story"}
"""The last part of a tracking ref -> the ref of ours that it corresponds to."""


class Base(Struct, frozen=True):
    """`commit` holds what is left of the remote's commit `of`, whose bytes are `data`."""

    commit: str
    of: str
    data: bytes


def base_ref(tracking: str) -> str:
    """The ref of the base that replaces a tracking ref."""
    return BASES + tracking.removeprefix(TRACKING)


def base_of(repo: Repo, tracking: str) -> Base | None:
    """The base that replaces a tracking ref, if there is one."""
    got = repo.objects.read(base_ref(tracking))
    if got is None or got[1] != "commit":
        return None
    _head, subject, data = got[2].partition(SUBJECT + b"\n\n")
    return Base(got[0], object_id(repo.object_format, "commit", data), data) if subject else None


def replace_tracking(repo: Repo) -> list[str]:
    """Replace each tracking ref that leads to what was erased here by a base; returns those that may stay.

    Bases that are there already lose what was erased since they were made.
    """
    mine = read_refs(repo.objects, list(LOCAL.values()))
    seen = read_refs(repo.objects, _named(repo))
    new_objects = NewObjects(repo.object_format)
    kept: list[str] = []
    moves: dict[str, tuple[str | None, str | None]] = {}
    for ref, commit in seen.items():
        now = mine.get(LOCAL.get(ref.rpartition("/")[2], ""))
        if ref.startswith(TRACKING) and commit is not None and _may_stay(repo, ref, commit, seen, mine):
            kept.append(ref)
        elif ref.startswith(TRACKING):
            base = base_ref(ref)
            moves[ref] = (commit, None)
            if (base_id := _written_base(repo, commit, now, new_objects)) is not None:
                moves[base] = (seen.get(base), base_id)
        elif ref not in moves:
            moves[ref] = (commit, _written_base(repo, commit, now, new_objects))
    moves = {ref: move for ref, move in moves.items() if move[0] != move[1]}
    if moves:
        store(repo, new_objects)
        swap(repo, moves)
    return kept


def _named(repo: Repo) -> list[str]:
    output = repo.git("for-each-ref", "--format=%(refname)", TRACKING, BASES)
    return sorted(output.decode("utf-8", "replace").split(), reverse=True)


def _may_stay(repo: Repo, ref: str, commit: str, seen: dict[str, str | None], mine: dict[str, str | None]) -> bool:
    """Whether a tracking ref leads to nothing that was erased here."""
    track, _, kind = ref.rpartition("/")
    data = seen.get(f"{track}/data")
    ours = tree_of(repo.objects, mine[LOCAL["data"]])
    if kind not in LOCAL or data is None or not _is_clean(repo, data, ours):
        return False
    # Notes say nothing of erasures, so only the very notes that are here are known to be clean.
    return kind == "data" or (_chain(repo, commit) == [commit] and tree_of(repo.objects, commit) == _notes(repo, mine))


def _notes(repo: Repo, mine: dict[str, str | None]) -> str | None:
    return tree_of(repo.objects, mine[LOCAL["notes"]])


def _is_clean(repo: Repo, commit: str, ours: str | None) -> bool:
    """Whether a chain has our tombstones from its beginning: whoever erases begins a new one."""
    ends = {commit, *_chain(repo, commit, "--max-parents=0")}
    return ours is not None and not any(lacks_tombstones(repo, tree_of(repo.objects, one), ours) for one in ends)


def _chain(repo: Repo, commit: str, *which: str) -> list[str]:
    return repo.git("rev-list", "--max-count=100", *which, commit, "--", check=False).decode().split()


def tombstones_of(repo: Repo, tree: str | None) -> object:
    """What identifies the tombstones of a tree of the data."""
    return read_entries(repo.objects, tree).get(record_paths.TOMBSTONES)


def lacks_tombstones(repo: Repo, theirs: str | None, ours: str) -> bool:
    """Whether something was erased here that the other side still has."""
    if tombstones_of(repo, ours) == tombstones_of(repo, theirs):
        return False
    return not Contents(repo, ours).tombstones <= Contents(repo, theirs).tombstones


# --- making a base ---


def _written_base(repo: Repo, commit: str | None, now: str | None, new_objects: NewObjects) -> str | None:
    """The base for what the remote had at `commit`, or the base `commit` made smaller; None where nothing is left."""
    got = repo.objects.read(commit) if commit is not None else None
    tree, left = tree_of(repo.objects, commit), tree_of(repo.objects, now)
    if got is None or tree is None or left is None:
        return None
    _head, subject, data = got[2].partition(SUBJECT + b"\n\n")
    data = data if subject else got[2]
    common = _common(repo, tree, left, new_objects) if _is_plain(data) else None
    if common is None:
        return None
    return new_objects.add("commit", commit_bytes(common, SUBJECT.decode()) + b"\n" + data)


def _is_plain(data: bytes) -> bool:
    """Whether a commit is one that gitstory made, so that its bytes reveal nothing."""
    head, _, message = data.partition(b"\n\n")
    lines = head.split(b"\n")
    rest = [_undated(line) for line in lines if not line.startswith((b"tree ", b"parent "))]
    plain = commit_bytes("", "").partition(b"\n\n")[0].split(b"\n")[1:]
    return rest == plain and len(lines) <= 4 and message.startswith(b"Notes by gitstory: ") and len(message) < 100


def _undated(line: bytes) -> bytes:
    """A line without the time of a commit at a remote, which is that of some commit of the project."""
    before, _, rest = line.rpartition(b" ")
    words, _, date = before.rpartition(b" ")
    return b" ".join((words, b"0", rest)) if line.startswith(b"committer ") and date.isdigit() else line


def _common(repo: Repo, theirs: str, ours: str, new_objects: NewObjects) -> str | None:
    """The tree of what both trees have at the same paths."""
    mine = read_entries(repo.objects, ours)
    entries: Entries = dict(_same(repo, read_entries(repo.objects, theirs), mine, new_objects))
    if not entries:
        return None
    entries[_MARK] = (FILE, new_objects.add("blob", _MARKED))
    return new_objects.add("tree", tree_bytes(entries))


def _same(
    repo: Repo, theirs: Entries, ours: Entries, new_objects: NewObjects
) -> Iterator[tuple[bytes, tuple[int, str]]]:
    for name, entry in theirs.items():
        mine = ours.get(name)
        if mine == entry:
            yield name, entry
        elif mine is not None and mine[0] == entry[0] == TREE:
            inner = _common(repo, entry[1], mine[1], new_objects)
            if inner is not None:
                yield name, (TREE, inner)
