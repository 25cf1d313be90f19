"""Which stories have no note: looked for in what changed since all had one, not in all that is stored.

`<git-common-dir>/gitstory/noted` has the ids of the trees for which that was last known. Without it, or where these
trees are gone, all stories are compared with all notes. A story without links has no note, and counts as done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec

from gitstory import __version__
from gitstory.git import safe_own_files
from gitstory.git.new_objects import TREE, all_entries, read_entries
from gitstory.git.notes_tree_paths import noted
from gitstory.git.repo import DamagedObject, Objects, Repo
from gitstory.store import record_paths
from gitstory.store.record_paths import COMMITS, Tombstone
from gitstory.store.snapshot import Contents

NAME = "noted"
Trees = tuple[str, str]
"""Ids of the tree of all stories and of the tree of all notes, "" where there is none."""


class _Checked(msgspec.Struct, frozen=True):
    """`program`: another version may read more stories, and so note more."""

    stories: str
    notes: str
    program: str


def without_note(contents: Contents, notes: str | None) -> set[str]:
    """The commits with a story in `contents`, but without a note in the tree `notes` of all notes."""
    objects = contents.repo.objects
    now = _trees(contents, notes)
    before = _load(contents.repo)
    if before == now:
        return set()
    candidates = None if before is None else _changed(objects, before, now)
    if candidates is None:
        missing = set(contents.commits()) - _all_noted(contents.repo, notes)
    else:
        missing = candidates - noted(objects, notes, candidates)
    return {commit for commit in missing if not contents.dead(Tombstone("commit", (commit,)))}


def remember(contents: Contents, notes: str | None) -> None:
    """Keep that all stories of `contents` that have a note have it in the tree `notes`."""
    repo, (stories, tree) = contents.repo, _trees(contents, notes)
    if repo.home.is_dir() and _load(repo) != (stories, tree):
        with suppress(OSError):
            safe_own_files.write(repo.home / NAME, msgspec.json.encode(_Checked(stories, tree, __version__)))


def _trees(contents: Contents, notes: str | None) -> Trees:
    mode, oid = contents.top.get(COMMITS, (0, ""))
    return (oid if mode == TREE else ""), notes or ""


def _load(repo: Repo) -> Trees | None:
    try:
        checked = msgspec.json.decode(safe_own_files.content(repo.home / NAME), type=_Checked)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return (checked.stories, checked.notes) if checked.program == __version__ else None


def _all_noted(repo: Repo, notes: str | None) -> set[str]:
    """The commits with a note; one call of git is quicker than to read all folders."""
    listed = repo.git("ls-tree", "-r", "-z", "--name-only", notes) if notes else b""
    return set(listed.replace(b"/", b"").decode("ascii", "replace").split("\0"))


def _changed(objects: Objects, before: Trees, now: Trees) -> set[str] | None:
    """The commits whose story is new or whose note is gone; None where the trees of `before` cannot be read."""
    try:
        new = [record_paths.commit_of(path) for path in _only_in(objects, now[0], before[0], ())]
        gone = [b"".join(path).decode("ascii", "replace") for path in _only_in(objects, before[1], now[1], ())]
    except DamagedObject:
        return None
    return {commit for commit in new if commit is not None} | _with_story(objects, now[0], gone)


def _with_story(objects: Objects, stories: str, commits: list[str]) -> set[str]:
    """Those of `commits` that have a story in the tree `stories`."""
    folders = {name: oid for name, (_, oid) in read_entries(objects, stories or None).items()}
    wanted = {commit for commit in commits if record_paths.is_oid(commit)}
    names: dict[str, set[str | None]] = {}
    for folder in {commit[:2] for commit in wanted}:
        rows = read_entries(objects, folders.get(folder.encode()))
        names[folder] = {record_paths.commit_of((folder.encode(), name)) for name in rows}
    return {commit for commit in wanted if commit in names[commit[:2]]}


def _only_in(objects: Objects, tree: str, other: str, at: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """The paths of files below `tree` that are not in `other`. Raises `DamagedObject` where a tree is not here."""
    if tree == other:
        return
    here, there = all_entries(objects, tree or None), all_entries(objects, other or None)
    for name, (mode, oid) in here.items():
        there_mode, there_oid = there.get(name, (0, ""))
        if mode == TREE:
            yield from _only_in(objects, oid, there_oid if there_mode == TREE else "", (*at, name))
        elif there_mode in (0, TREE):
            yield (*at, name)
