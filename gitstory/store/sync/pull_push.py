"""Pulling stories from a remote and pushing ours there, so that none is lost on either side.

At the remote `refs/story/data` is a chain: each push is a child of what was there. Two parentless commits have
nothing in common for git, and it would send the whole store each time (docs/sharing.md has the figures). So a push is
a fast-forward that needs no force; only one that takes something back begins a new chain, so that what was erased
is reachable no more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.fault_points import point
from gitstory.git import fetch_push
from gitstory.git.fetch_push import Caller, PushRefused, Remote, RemoteDamaged
from gitstory.git.new_objects import NewObjects, commit_bytes, store
from gitstory.git.object_existence import present
from gitstory.git.refs import clear_stale_locks, read_refs, swap, tree_of
from gitstory.git.repo import Repo
from gitstory.git.transfer_negotiation import NONE, Lineage, committed_at, deep_date, is_complete, tips
from gitstory.store.purge_erased import purge_later
from gitstory.store.store import DATA_REF, NOTES_REF, SUBJECTS
from gitstory.store.sync import known_remotes, partial_clones
from gitstory.store.sync.apply_merge import Absorbed, Note, absorb, united
from gitstory.store.sync.incoming_packs import discard, incoming, take_over
from gitstory.store.sync.remote_erasures_to_confirm import Erasing, Waiting
from gitstory.store.tracking_ref_replacements import (
    base_of,
    base_ref,
    lacks_tombstones,
    replace_tracking,
    tombstones_of,
)

TRACKING = "refs/story-remotes"
"""What was last seen of each remote. Not below refs/notes, refs/story or refs/remotes: nothing else fetches or pushes
it, and no fetch of `refs/notes/*` overwrites it."""

ATTEMPTS = 12
"""Times a push is tried when others are quicker."""

SECONDS = 60.0

_RACE = re.compile(r"stale|fetch first|non-fast-forward|lock|expected|already exists|failed to update|incorrect old")
"""What git says when the remote's ref moved in between; where it says so in other words the ids show it."""
_LACKING = re.compile(r"missing necessary objects")
_SPARED = re.compile(r"atomic")


class StoreRemote(Struct, frozen=True):
    """A remote and the name of the stories' ref there. Notes go along only beside refs/story/data."""

    remote: Remote
    ref: str = DATA_REF

    @property
    def refs(self) -> dict[str, str]:
        """ref there -> tracking ref here"""
        data = {self.ref: f"{TRACKING}/{self.remote.track}/data"}
        return data | ({NOTES_REF: f"{TRACKING}/{self.remote.track}/notes"} if self.ref == DATA_REF else {})


class Seen(Struct, frozen=True):
    """What the remote has now, fetched. `tree` is None where it has none, or (`is_known`) one that we had taken over
    before and did not fetch again, because something in it has been erased here."""

    data: str | None = None
    notes: str | None = None
    tree: str | None = None
    is_known: bool = False


class Pushed(Struct, frozen=True):
    """`sent` says whether anything had to be pushed, `tries` how often, `notes` whether the remote has them too."""

    absorbed: Absorbed
    sent: bool
    tries: int = 1
    notes: bool = True


class NotTaken(GitStoryError):
    def __init__(self, place: StoreRemote, refused: PushRefused) -> None:
        super().__init__(
            f"{place.remote.name} does not take {refused.ref}: {refused.reason}",
            hint="share through another remote (`git config story.remote NAME`) "
            "or as a branch (`git config story.ref refs/heads/gitstory`)",
        )


class OthersQuicker(GitStoryError):
    def __init__(self, place: StoreRemote, tries: int) -> None:
        super().__init__(
            f"others pushed stories to {place.remote.name} each of the {tries} times we tried; ours are still here",
            hint="try again in a moment",
        )


def look(repo: Repo, place: StoreRemote, caller: Caller, *, attempts: int = ATTEMPTS) -> Seen:
    """Fetch what the remote has into the tracking refs. Raises `RemoteUnreachable`, or `OthersQuicker`."""
    clear_stale_locks(repo, list(place.refs.values()))
    there = fetch_push.ls_remote(repo, place.remote, list(place.refs), caller)
    here = read_refs(repo.objects, list(place.refs.values()))
    gone = {ours: (old, None) for ref, ours in place.refs.items() if ref not in there and (old := here[ours])}
    if gone:
        swap(repo, gone)
        here |= dict.fromkeys(gone)
    data, notes = there.get(place.ref), there.get(NOTES_REF)
    if data is None:
        return Seen(notes=notes)
    tracked = place.refs[place.ref]
    remembered = known_remotes.load(repo.home).of(place.remote.url)
    if here[tracked] is None and remembered.data == data and not remembered.waiting:
        return Seen(data, notes, is_known=True)
    if any(ref in there and there[ref] != here[ours] for ref, ours in place.refs.items()):
        if not _fetch(repo, place, there, here, caller):
            if attempts <= 1:
                raise OthersQuicker(place, ATTEMPTS)
            return look(repo, place, caller, attempts=attempts - 1)
        point("sync.fetched")
        here = read_refs(repo.objects, list(place.refs.values()))
    return Seen(here[tracked], here.get(place.refs.get(NOTES_REF, "")), tree_of(repo.objects, here[tracked]))


def _fetch(
    repo: Repo, place: StoreRemote, there: Mapping[str, str], here: Mapping[str, str | None], caller: Caller
) -> bool:
    """Fetch what differs from the tracking refs; False where the remote's refs have moved since `there` was read.

    A chain that began anew brings only what the last seen one lacks.
    """
    wanted = {ref: ours for ref, ours in place.refs.items() if ref in there and there[ref] != here[ours]}
    haves = tuple(oid for oid in here.values() if oid is not None)
    parents = {there[ref]: (old,) for ref, ours in wanted.items() if (old := here[ours]) is not None}
    lineage = Lineage(parents, haves) if parents else NONE
    with incoming(repo) as folder:
        fetch_push.fetch(repo, place.remote, [*wanted], haves, caller, folder, lineage)
        packs = take_over(repo, folder)
    point("sync.brought")
    moves = {ours: (here[ours], there[ref]) for ref, ours in wanted.items()}
    if len(present(repo, [there[ref] for ref in wanted])) < len(wanted):
        discard(packs)
        return False
    if not all(old is None or is_complete(repo, tip, old) for old, tip in moves.values()):
        discard(packs)
        raise RemoteDamaged(place.remote, b"error: it did not send all that its stories lead to")
    swap(repo, moves)
    return True


def pull(repo: Repo, place: StoreRemote, note: Note, caller: Caller, *, erase: bool = False) -> Absorbed | None:
    """Unite our stories with the remote's; None where it has none.

    What the remote would erase here is kept, unless the person has accepted that for this remote, or now (`erase`).
    Raises `Unreachable`, or what `absorb` does.
    """
    seen = look(repo, place, caller)
    absorbed = absorb(repo, seen.tree, note, erasing=Erasing(accepted=True) if erase else _erasing(repo, place))
    _to_be_purged(repo, seen)
    _settle(repo, place, seen, absorbed.waiting)
    return absorbed if seen.data is not None else None


def _erasing(repo: Repo, place: StoreRemote) -> Erasing:
    return known_remotes.load(repo.home).of(place.remote.url).erasing


def push(repo: Repo, place: StoreRemote, note: Note, caller: Caller, seen: Seen | None = None) -> Pushed:
    """Unite, then give the remote the union; again if others come between, for a bounded time.

    `seen` is what `look` returned, if the caller has asked already.

    Nothing is ever forced over what we have not taken over before. Raises `Unreachable`, `NotTaken`, `OthersQuicker`,
    or what `absorb` does.
    """
    deadline = time.monotonic() + SECONDS
    with_notes = NOTES_REF in place.refs
    absorbed, sent = Absorbed(), False
    before: Seen | None = None
    for tries in range(1, ATTEMPTS + 1):
        seen = seen or look(repo, place, caller)
        absorbed = absorbed.plus(absorb(repo, seen.tree, note, erasing=_erasing(repo, place)))
        _to_be_purged(repo, seen)
        trees = united(repo, seen.tree, note) if absorbed.waiting else _trees(repo)
        moves = _moves(repo, place, seen, trees, with_notes, purged=bool(absorbed.buried))
        lineage = _lineage(repo, place, moves)
        refused = fetch_push.push(repo, place.remote, moves, caller, lineage=lineage) if moves else []
        if not refused:
            sent = sent or bool(moves)
            point("sync.sent")
            _track(repo, place, moves)
            point("sync.tracked")
            _settle(repo, place, _after(place, seen, moves), absorbed.waiting)
            if seen.data is None and moves and with_notes:
                seen = None
                continue  # the notes come second, so that a remote that takes notes alone is left without any
            return Pushed(absorbed, sent, tries, with_notes)
        if with_notes and not _culprit(refused, place.ref) and _culprit(refused, NOTES_REF):
            with_notes, seen = False, None  # the truth alone will do: whoever pulls makes the notes anew
            continue
        lacking = next((each for each in refused if _LACKING.search(each.reason)), None)
        if lacking is not None:
            raise RemoteDamaged(place.remote, f"error: {lacking.ref}: {lacking.reason}".encode())
        if not _passing(repo, place, seen, before, refused, caller):
            raise NotTaken(place, next((each for each in refused if not _SPARED.search(each.reason)), refused[0]))
        before, seen = seen, None
        if time.monotonic() > deadline:
            break
        _pause(tries)
    raise OthersQuicker(place, tries)


Trees = tuple[str | None, str | None]
"""Of the data and of the notes."""

Moves = Mapping[str, tuple[str, str | None]]
"""ref there -> (the commit it shall have, the one it has)"""


def _trees(repo: Repo) -> Trees:
    here = read_refs(repo.objects, [DATA_REF, NOTES_REF])
    return tree_of(repo.objects, here[DATA_REF]), tree_of(repo.objects, here[NOTES_REF])


def _moves(
    repo: Repo, place: StoreRemote, seen: Seen, trees: Trees, with_notes: bool, *, purged: bool
) -> dict[str, tuple[str, str | None]]:
    """ref there -> (the commit it shall have, the one it has): none where it has all of `trees`.

    `purged`: things were erased here since we looked.
    """
    ours, notes = trees
    if ours is None:
        return {}
    missing = seen.notes is None and ours == seen.tree
    if ours == seen.tree and not (with_notes and notes is not None and missing):
        return {}
    new_objects = NewObjects(repo.object_format)
    moves: dict[str, tuple[str, str | None]] = {}
    date = deep_date(repo)
    # Something was erased: the new chain must not lead to where it still was.
    anew = seen.tree is None or tombstones_of(repo, ours) != tombstones_of(repo, seen.tree)
    if ours != seen.tree:
        last = None if anew else _here(repo, seen.data, purged)
        moves[place.ref] = (_wire(repo, new_objects, ours, last, SUBJECTS[DATA_REF], date), seen.data)
    if with_notes and notes is not None and (missing or (moves and seen.data is not None)):
        last = None if anew else _here(repo, seen.notes, purged)
        if last is None or notes != tree_of(repo.objects, last):
            moves[NOTES_REF] = (_wire(repo, new_objects, notes, last, SUBJECTS[NOTES_REF], date), seen.notes)
    store(repo, new_objects)
    return moves


def _lineage(repo: Repo, place: StoreRemote, moves: Moves) -> Lineage:
    """What the remote has of each new commit: all of the commit that it has now, as far as that is here.

    The history of branches and tags ends at their tips: our commits are from 1970, and git would read all later ones.
    """
    parents: dict[str, tuple[str, ...]] = {}
    commits: list[bytes] = []
    for ref, (new, old) in moves.items():
        base = base_of(repo, place.refs[ref])
        if old is not None and tree_of(repo.objects, old) is not None:
            parents[new] = (old,)
        elif old is not None and base is not None and base.of == old:
            parents |= {new: (base.commit,), old: (base.commit,)}
            commits.append(base.data)
    return Lineage(parents, (), tuple(commits), tips(repo))


def _here(repo: Repo, commit: str | None, purged: bool) -> str | None:
    """`commit` if it can be built upon: a tombstone that came with it may have purged it here a moment ago, or some of
    what it was built upon in its turn, which we had from an earlier push and git did not fetch again."""
    if tree_of(repo.objects, commit) is None or commit is None:
        return None
    whole = not purged or repo.run("rev-list", "--objects", "--quiet", commit, "--", check=False).returncode == 0
    return commit if whole else None


def _wire(repo: Repo, new_objects: NewObjects, tree: str, parent: str | None, subject: str, date: int) -> str:
    """The commit of a chain at a remote; not older than its parent, since git takes later commits for descendants."""
    committed = max(date, committed_at(repo, parent))
    return new_objects.add("commit", commit_bytes(tree, subject, parent, committed))


def _culprit(refused: list[PushRefused], ref: str) -> bool:
    return any(each.ref == ref and not _SPARED.search(each.reason) for each in refused)


def _passing(
    repo: Repo, place: StoreRemote, seen: Seen, before: Seen | None, refused: list[PushRefused], caller: Caller
) -> bool:
    """Whether another push came between: the ids moved, or git says so and it is not the same as the last time."""
    there = fetch_push.ls_remote(repo, place.remote, list(place.refs), caller)
    moved = [each for each in refused if there.get(each.ref) != (seen.data if each.ref == place.ref else seen.notes)]
    if moved:
        return True
    return before != seen and any(_RACE.search(each.reason) for each in refused)


def _after(place: StoreRemote, seen: Seen, moves: Moves) -> Seen:
    return Seen(moves.get(place.ref, (seen.data,))[0], moves.get(NOTES_REF, (seen.notes,))[0])


def _track(repo: Repo, place: StoreRemote, moves: Moves) -> None:
    here = read_refs(repo.objects, list(place.refs.values()))
    new = {place.refs[ref]: (here[place.refs[ref]], to) for ref, (to, _old) in moves.items()}
    changed = {ref: move for ref, move in new.items() if move[0] != move[1]}
    if changed:
        swap(repo, changed)  # where it fails the next command fetches what we have just pushed


def _settle(repo: Repo, place: StoreRemote, seen: Seen, waiting: Waiting) -> None:
    """Remember that we have all that the remote has (but what is `waiting`); keep nothing alive here that was taken
    back."""
    if seen.data is not None and (repo.home.is_dir() or waiting):
        where, name = place.remote.url, place.remote.name
        known_remotes.remember(repo.home, where, data=seen.data, notes=seen.notes or "", waiting=waiting, name=name)
    here = read_refs(repo.objects, [DATA_REF, *place.refs.values()])
    ours, theirs = tree_of(repo.objects, here[DATA_REF]), tree_of(repo.objects, here[place.refs[place.ref]])
    if ours is not None and theirs is not None and lacks_tombstones(repo, theirs, ours):
        replace_tracking(repo)
    elif theirs is not None:
        _drop_bases(repo, place)
    partial_clones.remove(repo, place.remote)
    point("sync.settled")


def _drop_bases(repo: Repo, place: StoreRemote) -> None:
    """Remove the bases that tracking refs have replaced again."""
    bases = read_refs(repo.objects, [base_ref(ref) for ref in place.refs.values()])
    old = {ref: (oid, None) for ref, oid in bases.items() if oid is not None}
    if old:
        swap(repo, old)


def _to_be_purged(repo: Repo, seen: Seen) -> None:
    """Where the remote still has what was forgotten here, fetching brought its bytes: the worker's next run purges."""
    ours = tree_of(repo.objects, read_refs(repo.objects, [DATA_REF])[DATA_REF])
    if ours is not None and seen.tree is not None and lacks_tombstones(repo, seen.tree, ours):
        purge_later(repo)


def _pause(tries: int) -> None:
    import random

    time.sleep(random.uniform(0.2, 1.0) * min(2.0, 0.05 * 2 ** min(tries, 6)))
