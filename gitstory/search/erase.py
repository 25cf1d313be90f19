"""Takes what was erased from the record out of an index, down to its bytes, and leaves the rest.

Words of a turn that goes stay in parts of FTS5's index until these are merged, so all parts are merged into one. SQLite
overwrites what it frees (`secure_delete`), and the log beside the file is emptied. That takes a fortieth of the time in
which an index is made anew, which remains the way wherever it is not certain what has to go.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.interop.other_tools_refs import CLAIMS
from gitstory.search.db import vocabulary
from gitstory.search.db.schema import DAMAGE, FOREIGN, connect_as_it_is
from gitstory.search.db.writer import REMOVED, Key, Writer
from gitstory.search.update import index_path, name_of
from gitstory.store import record_paths
from gitstory.store.record_paths import Tombstone
from gitstory.store.snapshot import Contents
from gitstory.store.store import StoryStore

TOMBSTONES = "tombstones"
"""The fact which tombstones an index was made with: how many there were, and the id of their tree."""
_WAIT = 2.0


def erase_index(repo: Repo, store: StoryStore) -> bool:
    """Take what is erased out of a repository's own index; False where the file has to be deleted instead."""
    path = index_path(repo)
    if path is None or not path.exists():
        return False
    try:
        with single_flight(path.with_suffix(".lock"), timeout=_WAIT) as got:
            db = connect_as_it_is(path) if got else None
            if db is None:
                return False
            with closing(db):
                db.execute("PRAGMA secure_delete = ON")
                return erase(Writer(db, name_of(repo)), store)
    except (*DAMAGE, OSError):
        return False


def tombstones_of(contents: Contents) -> str:
    tree = contents.top.get(record_paths.TOMBSTONES)
    return f"{len(contents.tombstones)} {tree[1]}" if tree is not None else "0 "


def erase(writer: Writer, store: StoryStore) -> bool:
    """Take out what the tombstones of today erase; what may come in again is read by the next update. The caller holds
    the index's lock.

    False where the index has to be made anew: somebody reads the log beside it, it holds other tools' records, most of
    it would go, tombstones are gone, or ids in it are not those that tombstones name.
    """
    contents = store.contents
    now, before = tombstones_of(contents), writer.fact(TOMBSTONES)
    if before == now:
        return True
    if before is None or int(before.partition(" ")[0]) > int(now.partition(" ")[0]):
        return False
    if not _take_out(writer, contents):
        return False
    if writer.fact(REMOVED):
        vocabulary.drop(writer.db)
        writer.db.commit()
        writer.db.execute("INSERT INTO words (words) VALUES ('optimize')")
        writer.db.commit()
        if writer.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            return False
    # Only now: a run that is killed before does all of it again.
    writer.tell(TOMBSTONES, now)
    writer.tell(REMOVED, "")
    writer.db.commit()
    return True


def _take_out(writer: Writer, contents: Contents) -> bool:
    """Remove erased conversations, and those of which a part was erased or changed."""
    db = writer.db
    if writer.objects(CLAIMS) or db.execute("SELECT 1 FROM turns WHERE origin & ? LIMIT 1", (FOREIGN,)).fetchone():
        return False
    changed = _changed(writer, contents)
    erased = _erased(writer, contents)
    if changed is None or erased is None:
        return False
    [(count,)] = db.execute("SELECT count(*) FROM conversations WHERE repo = ?", (writer.repo,))
    gone = erased | changed
    if 2 * len(gone) > count > 1:
        return False
    for key in gone:
        writer.erase(key, landings=contents.dead(Tombstone("conversation", key)))
        writer.took(record_paths.conversation_path(*key), None)
    for name, (_stamp, keys) in writer.sources().items():
        if any((agent, ident) in gone or (agent, parent) in gone for agent, ident, parent in keys):
            writer.unseen(name)
    return True


def _erased(writer: Writer, contents: Contents) -> set[Key] | None:
    """The conversations that tombstones name, as a whole, by a turn or by what was redacted of them."""
    keys = writer.db.execute("SELECT id, agent, name FROM conversations WHERE repo = ?", (writer.repo,)).fetchall()
    by_turns = any(name.startswith(("turn/", "redacted/")) for name in contents.tombstones)
    erased: set[Key] = set()
    for number, agent, name in keys:
        turns = writer.db.execute("SELECT name FROM turns WHERE conversation = ?", (number,)) if by_turns else ()
        ids = [turn for (turn,) in turns]
        if not all(map(_is_as_written, (name, *ids))):
            return None
        if _names(contents, (agent, name), ids):
            erased.add((agent, name))
    return erased


def _names(contents: Contents, key: Key, turns: Collection[str]) -> bool:
    return contents.dead(Tombstone("conversation", key), Tombstone("redacted", key)) or any(
        contents.dead(
            Tombstone("turn", (*key, turn)), Tombstone("turn", (key[0], "", turn)), Tombstone("redacted", (*key, turn))
        )
        for turn in turns
    )


def _is_as_written(name: str) -> bool:
    """Whether an id is in the index as it is in the record: others were changed so that SQLite takes them."""
    return name.isascii() and " " not in name


def _changed(writer: Writer, contents: Contents) -> set[Key] | None:
    """The conversations whose folder is another one or gone; the stories of such commits are taken out here."""
    changed: set[Key] = set()
    now = listed(contents, record_paths.CONVERSATIONS, 3)
    for path, oid in writer.objects(record_paths.CONVERSATIONS).items():
        if now.get(path) != oid:
            agent, name = (record_paths.decode(part) for part in path.split(b"/")[2:4])
            if agent is None or name is None:
                return None
            changed.add((agent, name))
    now = listed(contents, record_paths.COMMITS, 2)
    for path, oid in writer.objects(record_paths.COMMITS).items():
        commit = record_paths.commit_of(path.split(b"/")[1:]) if now.get(path) != oid else None
        if commit is not None:
            writer.land(commit, None)
            writer.took(path, None)
    return changed


def listed(contents: Contents, folder: bytes, depth: int) -> dict[bytes, str]:
    """Path -> object id of what is `depth` levels below a folder of the store, without opening it."""
    entry = contents.top.get(folder)
    folders = [(folder, entry[1])] if entry is not None else []
    for _ in range(depth):
        folders = [
            (path + b"/" + name, oid) for path, tree in folders for name, _mode, oid in contents.repo.objects.tree(tree)
        ]
    return dict(folders)
