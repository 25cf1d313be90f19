"""What another store adds to ours: reads both, decides by `store.record_merge`, writes nothing.

Their records are data from strangers: each is decoded, bounded and compared with the place it is stored at before it
counts; what fails is counted and left there. Records that a newer gitstory wrote are kept unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.new_objects import FILE, TREE, Existing, object_id, tree_bytes
from gitstory.git.repo import Repo, TooBig
from gitstory.store import record_paths
from gitstory.store.batch_changes import Changes, Key
from gitstory.store.record_merge import buried, merge
from gitstory.store.records import (
    COMMIT_SCHEMA,
    CONVERSATION_SCHEMA,
    META_BOUND,
    STORE_SCHEMA,
    STORY_BOUND,
    TOMBSTONE_SCHEMA,
    TURN_BOUND,
    TURN_SCHEMA,
    Meta,
    decode_meta,
    decode_story,
    decode_turn,
    format_of,
    schema_of,
)
from gitstory.store.snapshot import Contents
from gitstory.store.sync.differing_folders import Differ, Pair, Path, TooMuch

_TOMBSTONE = re.compile(rb"tombstones/[a-z][a-z0-9-]{0,31}/[0-9a-f]{2}/[0-9a-f]{62}\.json\Z")
_SCHEMA = re.compile(r"gitstory\.[a-z.]+/[0-9]+\Z")
_TOMBSTONE_BOUND = 1024
_DEEPEST = 6
_PATHS = (record_paths.FORMAT, record_paths.COMMITS, record_paths.CONVERSATIONS, record_paths.TOMBSTONES)

_IN_MEMORY = 1 << 30
"""Bytes of one conversation, or of so many stories, that are held at once."""

_AT_ONCE = 200
"""Stories read in one go."""

Valid = Callable[[bytes], bool]


class NotAStore(GitStoryError):
    def __init__(self) -> None:
        super().__init__(
            "what lies there under the name of the stories was not written by gitstory; nothing was changed",
            hint="`git story config unset story.ref` goes back to refs/story/data, or name another ref",
        )


class StoreThereTooNew(GitStoryError):
    def __init__(self, schema: str) -> None:
        super().__init__(
            f"the remote's stories were written by a newer gitstory (format {schema}); nothing was changed",
            hint="upgrade gitstory, then try again",
        )


class JoinResult(Struct):
    """What becomes of our tree (`changes`), and what that means.

    `stories` are the commits whose record changed, `gone` those whose record went, `conversations` what changed of
    each (True: it is new here), `turns` how many texts came. `new_tombstones` ("kind/digest") came from them,
    `withheld` are those of theirs that ours does not take. `refused` records of theirs were torn, forged or too big.
    """

    changes: Changes
    stories: set[str] = set()
    gone: set[str] = set()
    conversations: dict[Key, bool] = {}
    turns: int = 0
    new_tombstones: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    refused: int = 0

    @property
    def buried(self) -> int:
        return len(self.new_tombstones)


def join(repo: Repo, ours: str | None, theirs: str, *, withhold: frozenset[str] = frozenset()) -> JoinResult:
    """Our tree united with theirs, but for the tombstones named in `withhold`.

    Raises `NotAStore`, `StoreThereTooNew` or `differ.TooMuch`.
    """
    return _Join(repo, ours, theirs, withhold).run()


def check_format(repo: Repo, tree: str | None) -> None:
    """Raises `NotAStore` or `StoreThereTooNew` where `tree` holds no stories that this version can take over."""
    _check_schema(Contents(repo, tree).blob(record_paths.FORMAT, META_BOUND))


def _check_schema(data: bytes | None) -> None:
    schema = format_of(data) if data is not None else ""
    if not schema.startswith("gitstory.store/"):
        raise NotAStore
    if schema != STORE_SCHEMA:
        raise StoreThereTooNew(schema)


class _Join:
    def __init__(self, repo: Repo, ours: str | None, theirs: str, withhold: frozenset[str]) -> None:
        self._repo = repo
        self._withhold = withhold
        self._differ = Differ(repo)
        self._own = self._differ.entries(ours, trusted=True)
        self._other = self._differ.entries(theirs, trusted=False)
        self._dead = Contents(repo, ours).tombstones
        self._result = JoinResult({}, set(), set(), {})
        self._whole = False
        self._at_hand: dict[str, bytes | None] = {}

    def run(self) -> JoinResult:
        self._check_format()
        self._tombstones()
        self._stories()
        self._conversations()
        self._unknown()
        self._result.refused += self._differ.refused
        return self._result

    def _pair(self, name: bytes) -> Pair:
        mine, its = self._own.get(name), self._other.get(name)
        if its is not None and its[0] != TREE:
            self._result.refused += 1
        return Pair(
            mine[1] if mine and mine[0] == TREE else None,
            its[1] if its and its[0] == TREE else None,
        )

    def _check_format(self) -> None:
        there = self._other.get(record_paths.FORMAT)
        _check_schema(self._read(there[1], META_BOUND) if there is not None else None)
        if there is not None and record_paths.FORMAT not in self._own:
            self._result.changes[record_paths.FORMAT] = Existing(there[1])

    # --- by kind ---

    def _tombstones(self) -> None:
        for path, pair in self._differ.walk((record_paths.TOMBSTONES,), self._pair(record_paths.TOMBSTONES), 4):
            whole = b"/".join(path)
            data = self._theirs(pair, _TOMBSTONE_BOUND, lambda data: _schema(data, TOMBSTONE_SCHEMA))
            if data is None or not _TOMBSTONE.match(whole):
                self._result.refused += data is not None
            elif pair.ours is None and pair.theirs is not None:
                self._tombstone(whole, pair.theirs)
        self._dead |= self._result.new_tombstones
        # What they buried may be in what only we have.
        self._whole = self._result.buried > 0

    def _tombstone(self, path: bytes, oid: str) -> None:
        names = buried([path])
        if names <= self._withhold:
            self._result.withheld |= names
        else:
            self._result.changes[path] = Existing(oid)
            self._result.new_tombstones |= names

    def _stories(self) -> None:
        width = 64 if self._repo.object_format == "sha256" else 40
        pair = self._pair(record_paths.COMMITS)
        for path, each in self._read_ahead(self._differ.walk((record_paths.COMMITS,), pair, 3, whole=self._whole)):
            commit = record_paths.commit_of(path[1:])
            if commit is None or len(commit) != width:
                self._result.refused += each.theirs is not None
                continue
            data = self._theirs(each, STORY_BOUND, lambda data, commit=commit: _is_story(data, commit))  # type: ignore[misc]
            # A record of which only what was taken back was told is left nowhere, as where that was done.
            files = {b"/".join(path): (each, data)}
            changes = self._merged(files, lambda merged, commit=commit: _is_empty_story(merged, commit))  # type: ignore[misc]
            self._result.changes |= changes
            for change in changes.values():
                (self._result.gone if change is None else self._result.stories).add(commit)

    def _conversations(self) -> None:
        pair = self._pair(record_paths.CONVERSATIONS)
        for path, each in self._differ.walk((record_paths.CONVERSATIONS,), pair, 4, kind=TREE, whole=self._whole):
            self._conversation(path, each)

    def _conversation(self, path: Path, pair: Pair) -> None:
        folder = b"/".join(path)
        pairs = dict(self._differ.walk(path, pair, 5, whole=True))
        name = (*path, record_paths.META)
        if name not in pairs:  # the same on both sides, and yet the merge has to know it
            meta = self._differ.entries(pair.ours, trusted=True).get(record_paths.META)
            pairs[name] = Pair(meta and meta[1], meta and meta[1])
        self._load(pairs.values())
        key = self._key(folder, pairs[name])
        if key is None and not self._kept_unread(pairs[name]):
            self._result.refused += pairs[name].theirs is not None
            return
        files: dict[bytes, tuple[Pair, bytes | None]] = {}
        for each, there in pairs.items():
            data = self._theirs(there, TURN_BOUND, lambda data, each=each: _is_part(data, folder, each[-1]))  # type: ignore[misc]
            files[b"/".join(each)] = (there, data)
        changes = self._merged(files)
        self._result.changes |= self._as_folder(folder, pair, changes)
        if changes and key is not None:
            self._result.conversations[key] = pairs[name].ours is None
            self._result.turns += sum(
                1 for at, to in changes.items() if to is not None and not at.endswith(record_paths.META)
            )

    def _as_folder(self, folder: bytes, pair: Pair, changes: Changes) -> Changes:
        """The `changes` of a conversation's files, or their folder where that is new here and all of it is taken: of a
        first pull, paths of files would take most of the memory."""
        files = {path.rpartition(b"/")[2]: change for path, change in changes.items()}
        entries = {name: (FILE, change.id) for name, change in files.items() if isinstance(change, Existing)}
        if not changes or pair.ours is not None or pair.theirs is None or len(entries) < len(files):
            return changes
        is_theirs = object_id(self._repo.object_format, "tree", tree_bytes(entries)) == pair.theirs
        return {folder: Existing(pair.theirs, TREE)} if is_theirs else changes

    def _key(self, folder: bytes, meta: Pair) -> Key | None:
        """(agent, id) of a conversation by whichever meta is sound; None where neither is."""
        for oid in (meta.ours, meta.theirs):
            key = _placed(self._read(oid, META_BOUND) if oid is not None else None, folder)
            if key is not None:
                return (key.agent, key.id)
        return None

    def _kept_unread(self, meta: Pair) -> bool:
        data = self._read(meta.theirs, META_BOUND) if meta.theirs is not None and meta.ours is None else None
        return data is not None and _newer(schema_of(data), CONVERSATION_SCHEMA)

    def _unknown(self) -> None:
        """Folders that a newer gitstory of the same format added: theirs come along, ours stay."""
        for name, (mode, oid) in self._other.items():
            mine = self._own.get(name)
            if name in _PATHS or mine == (mode, oid):
                continue
            if mode != TREE or (mine is not None and mine[0] != TREE):
                self._result.refused += 1
                continue
            pair = Pair(mine and mine[1], oid)
            for path, each in self._differ.walk((name,), pair, _DEEPEST, exact=False):
                data = self._theirs(each, TURN_BOUND, lambda data: _SCHEMA.match(schema_of(data)) is not None)
                self._result.changes |= self._merged({b"/".join(path): (each, data)})

    # --- below ---

    def _merged(self, files: dict[bytes, tuple[Pair, bytes | None]], empty: Valid = lambda _data: False) -> Changes:
        """What the merge of these files (with their content on the other side) changes of ours.

        What is `empty` and was so on neither side is left out.
        """
        ours = {path: self._ours(pair) for path, (pair, _data) in files.items()}
        mine = {path: data for path, data in ours.items() if data is not None}
        its = {path: data for path, (_pair, data) in files.items() if data is not None}
        merged = merge(mine, its, self._dead)
        changes: Changes = {}
        for path, (pair, data) in files.items():
            merged_file = merged.get(path)
            if merged_file is not None and merged_file not in (mine.get(path), data) and empty(merged_file):
                # A side that told only of what was taken back counts as none; two that tell nothing are united.
                bare = [one for one in (mine.get(path), data) if one is not None and empty(one)]
                merged_file = merged_file if len(bare) == 2 else bare[0] if bare else None
            if merged_file is None:
                changes |= {path: None} if path in mine else {}
            elif merged_file == mine.get(path):
                continue
            else:
                changes[path] = (
                    Existing(pair.theirs) if merged_file == data and pair.theirs is not None else merged_file
                )
        return changes

    def _ours(self, pair: Pair) -> bytes | None:
        return self._read(pair.ours, TURN_BOUND) if pair.ours is not None else None

    def _theirs(self, pair: Pair, bound: int, valid: Valid) -> bytes | None:
        """The other side's content where it is sound; None and counted where it is not."""
        if pair.theirs is None:
            return None
        data = self._read(pair.theirs, bound)
        if data is None or not valid(data):
            self._result.refused += 1
            return None
        return data

    def _read(self, oid: str, bound: int) -> bytes | None:
        if oid in self._at_hand:
            data = self._at_hand[oid]
            return data if data is not None and len(data) <= bound else None
        try:
            return self._repo.objects.blob(oid, bound)
        except TooBig:
            return None

    def _load(self, pairs: Iterable[Pair]) -> None:
        """Read what is wanted next in one go; asking git for each costs more than reading it."""
        oids = sorted({oid for pair in pairs for oid in (pair.ours, pair.theirs) if oid is not None})
        self._at_hand, size = {}, 0
        for oid, data in zip(oids, self._repo.objects.blobs([o.encode() for o in oids], TURN_BOUND), strict=True):
            self._at_hand[oid] = data
            size += len(data or b"")
            if size > _IN_MEMORY:
                raise TooMuch

    def _read_ahead(self, walked: Iterator[tuple[Path, Pair]]) -> Iterator[tuple[Path, Pair]]:
        while some := list(islice(walked, _AT_ONCE)):
            self._load(pair for _path, pair in some)
            yield from some


def _schema(data: bytes, ours: str) -> bool:
    """Whether a record is of our schema, or of another version of it."""
    schema = schema_of(data)
    return schema == ours or _newer(schema, ours)


def _newer(theirs: str, ours: str) -> bool:
    name, _, version = theirs.partition("/")
    existing, _, own = ours.partition("/")
    return name == existing and version.isascii() and version.isdigit() and int(version) > int(own)


def _is_story(data: bytes, commit: str) -> bool:
    return decode_story(data, commit) is not None or _newer(schema_of(data), COMMIT_SCHEMA)


def _is_empty_story(data: bytes, commit: str) -> bool:
    story = decode_story(data, commit)
    return story is not None and not story.links and not story.decisions


def _is_part(data: bytes, folder: bytes, name: bytes) -> bool:
    """Whether `data` is a sound meta or turn of this conversation's folder, for its name."""
    if name == record_paths.META:
        if len(data) > META_BOUND:
            return False
        return _placed(data, folder) is not None or _newer(schema_of(data), CONVERSATION_SCHEMA)
    if not (name.startswith(b"t-") and name.endswith(b".json")):
        return False
    if _newer(schema_of(data), TURN_SCHEMA):
        return True
    turn = record_paths.decode(name[2:-5])
    if turn is not None:
        return decode_turn(data, turn) is not None
    return any(decode_turn(data, turn) is not None for turn in _hashed(data, name))


def _placed(data: bytes | None, folder: bytes) -> Meta | None:
    """The meta, if it names the conversation of its folder."""
    meta = decode_meta(data) if data is not None else None
    return meta if meta is not None and record_paths.conversation_path(meta.agent, meta.id) == folder else None


def _hashed(data: bytes, name: bytes) -> Iterator[str]:
    """The id a turn under a hashed name says it has, if that is where it belongs."""
    import json

    try:
        hashed_id = json.loads(data)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if isinstance(hashed_id, str) and record_paths.turn_name(hashed_id) == name:
        yield hashed_id
