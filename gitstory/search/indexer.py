"""What goes into a search index: from the record by object ids, from the agents' stores by stamps."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from msgspec import json as msgjson

from gitstory import __version__
from gitstory.agents.base import Agent, Source
from gitstory.attribution.conversation_trace import trace
from gitstory.attribution.line_ids import Lines
from gitstory.config.load import Config, load, person_file, team_file
from gitstory.fault_points import point
from gitstory.git.repo import Repo
from gitstory.interop.other_tools_refs import CLAIMS, ForeignState, standing
from gitstory.linking.collect_traces import Gathered, read
from gitstory.linking.repo_match import Here, all_sources, here, ours, plausible
from gitstory.linking.repo_mentions import Mentions
from gitstory.recording import remembered_agent_roots
from gitstory.recording.recorder import Recorder, redactor
from gitstory.recording.recording_setup import RecordingSetup, setup
from gitstory.redact.engine import redact_conversation
from gitstory.search.db.schema import LIVE, SEMANTIC, STORED, connect, discard
from gitstory.search.db.writer import Writer
from gitstory.search.erase import TOMBSTONES, erase, listed, tombstones_of
from gitstory.search.fingerprint import Look, signature
from gitstory.search.update import Updated, name_of
from gitstory.store import record_paths
from gitstory.store.store import StoryStore

Key = tuple[str, str]
_MANY = 8
"""Files of one conversation from which it is put into the index once, when all of them were looked at."""
_IN_ORDER = 1000
"""Conversations that are brought in from the oldest to the newest."""
_AT_ONCE = 2.0
"""Seconds of processor time that a kill may cost: each commit makes FTS5 write a part of its index, to be merged."""


def feed(
    repo: Repo,
    path: Path | None,
    limit: float,
    shared: sqlite3.Connection | None = None,
    look: Look | None = None,
) -> Updated:
    """Bring an index up to date with what there is of `repo`; the caller holds the index's lock."""
    recording, store = setup(repo), StoryStore(repo)
    db = shared or connect(path)
    try:
        config = load(repo)
        rules = _rules(recording, config)
        if path is not None and not _without_erased(Writer(db, name_of(repo)), store, rules):
            db.close()
            discard(path)
            db = connect(path)
        writer = Writer(db, name_of(repo))
        writer.tell(SEMANTIC, "yes" if config.semantic else "")
        deadline, look, ignored = time.monotonic() + limit, look or Look({}, {}), config.ignore_agents
        return _Indexer(repo, store, recording, writer, rules, deadline, look, ignored).run()
    finally:
        if shared is None:
            db.close()


def _without_erased(writer: Writer, store: StoryStore, rules: str) -> bool:
    """Take out what was erased since the index was made; False where it has to be made anew."""
    earlier = writer.fact("rules")
    return earlier is None or (earlier == rules and erase(writer, store))


def is_permitted(repo: Repo, db: sqlite3.Connection) -> bool:
    """Whether all that the index holds may still be shown: settings and tombstones are those it was made with."""
    writer = Writer(db, name_of(repo))
    made_with = writer.fact("rules"), writer.fact(TOMBSTONES)
    return made_with == (_rules(setup(repo), load(repo)), tombstones_of(StoryStore(repo).contents))


def _rules(recording: RecordingSetup, config: Config) -> str:
    """Stands for all that decides what may be in the index, beside tombstones."""
    private, how = recording.private, recording.keeping
    parts = (
        __version__,
        recording.enabled,
        sorted({agent.name for agent in recording.context.agents}),
        (private.marker, private.periods, private.conversations),
        (how.keep.detail, how.keep.thinking, how.keep.output, how.users, str(how.home)),
        config.ignore_paths,
        msgjson.encode(how.redact),
    )
    return blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


class _Indexer:
    def __init__(
        self,
        repo: Repo,
        store: StoryStore,
        recording: RecordingSetup,
        writer: Writer,
        rules: str,
        deadline: float,
        look: Look,
        ignored: Collection[str],
    ) -> None:
        self.repo, self.store, self.recording, self.writer, self.rules = repo, store, recording, writer, rules
        self.deadline, self.look, self.ignored = deadline, look, ignored
        self.changed = self.left = 0
        self.problems: list[str] = []
        self._committed = time.process_time()
        self._searched: Mentions | None = None
        self._agents = {agent.name for agent in recording.context.agents}

    def run(self) -> Updated:
        writer = self.writer
        roots = self._roots()
        remembered = self.repo.home / remembered_agent_roots.NAME
        files = [str(each) for each in (person_file(), team_file(self.repo), remembered) if each]
        # Taken before anything is read: what changes meanwhile is seen by the next run.
        before = signature(self.repo, roots, files, self.recording.context.where.env, self.look)
        foreign = standing(self.repo)
        writer.tell("rules", self.rules)
        writer.tell(TOMBSTONES, tombstones_of(self.store.contents))
        self._record()
        if self.recording.enabled:
            self._stores()
        if foreign.digest or writer.fact("foreign"):
            self._foreign(foreign)
        if not self.left:
            writer.tell("foreign", foreign.digest)
            writer.tell("signature", before)
            writer.tell("roots", "\n".join(roots))
            writer.tell("files", "\n".join(files))
            writer.tell("tree", self.store.contents.root or "")
        point("search.done")
        writer.commit(last=True)
        return Updated(self.changed, self.left, problems=tuple(self.problems))

    def _roots(self) -> list[str]:
        where = self.recording.context.where
        roots = (
            root
            for agent in self.recording.context.agents
            for root in (*agent.roots(where.env, where.home), *where.stores.get(agent.name, ()))
        )
        return sorted({str(root) for root in roots})

    def _late(self) -> bool:
        return time.monotonic() > self.deadline

    def _breathe(self) -> None:
        """Keep what is done, now and then."""
        if time.process_time() - self._committed > _AT_ONCE:
            self.writer.commit()
            self._committed = time.process_time()

    # --- the record ---

    def _record(self) -> None:
        root = self.store.contents.root
        if self.writer.fact("tree") == (root or "") and self.writer.fact("signature") is not None:
            return
        now = listed(self.store.contents, record_paths.CONVERSATIONS, 3) | listed(
            self.store.contents, record_paths.COMMITS, 2
        )
        indexed = self.writer.objects(record_paths.CONVERSATIONS) | self.writer.objects(record_paths.COMMITS)
        new = [path for path, oid in now.items() if indexed.get(path) != oid]
        for path in self._newest_first(new):
            if self._late():
                self.left += 1
                continue
            self._take(path, now[path])
            self.writer.took(path, now[path])
            self._breathe()
        for path in indexed.keys() - now.keys():
            self._gone(path)
            self.writer.took(path, None)

    def _newest_first(self, new: Sequence[bytes]) -> list[bytes]:
        """The newest conversations first, so that a run that stops leaves the oldest out, but many at a time in order
        of time: SQLite stores what is in order in less space, and merges it less often. Commits come last."""
        ended = self.store.index.ended_at() if len(new) > _MANY else {}
        ordered = sorted(new, key=lambda path: -ended.get(path, 0.0))
        return [path for at in range(0, len(ordered), _IN_ORDER) for path in reversed(ordered[at : at + _IN_ORDER])]

    def _take(self, path: bytes, oid: str) -> None:
        """Bring in the conversation whose folder, or the story whose record, has the id `oid`: by ids, git need not
        walk to each from the top."""
        outer, _, rest = path.partition(b"/")
        if outer == record_paths.COMMITS:
            commit = record_paths.commit_of(rest.split(b"/"))
            if commit is not None:
                story = dict(self.store.contents.stories_at({commit: oid})).get(commit)
                self.writer.land(commit, story)
            return
        key = self.store.contents.key_of(rest)
        if key is None or key[0] not in self._agents:
            return
        conversation = self.store.excerpts({key: None}, {key: oid}).get(key)
        seen = self.recording.private.visible_stored(conversation) if conversation is not None else None
        if seen is None:
            self.writer.drop(key, STORED)
        else:  # by the rules of today, which may hide more than those it was stored by
            self.changed += self.writer.put(redact_conversation(seen, redactor(self.recording.keeping)), STORED)

    def _gone(self, path: bytes) -> None:
        parts = path.split(b"/")
        if parts[0] == record_paths.COMMITS and (commit := record_paths.commit_of(parts[1:])) is not None:
            self.writer.land(commit, None)
            self.writer.took(CLAIMS + b"/" + commit.encode(), None)  # other tools may be heard of it again
        elif parts[0] == record_paths.CONVERSATIONS:
            agent, name = record_paths.decode(parts[2]), record_paths.decode(parts[3])
            if agent is not None and name is not None:
                self.writer.drop((agent, name), STORED)

    # --- the agents' stores ---

    def _stores(self) -> None:
        context, at = self.recording.context, here(self.repo)
        indexed = self.writer.sources()
        all_of = sorted(
            all_sources(context.agents, context.where, self.look.sources), key=lambda pair: -pair[1].modified
        )
        there: dict[bytes, tuple[Agent, Source]] = {_name(source): (agent, source) for agent, source in all_of}
        gathered = Gathered([], {}, {}, [], {}, {})
        places = _Places(gathered)
        waiting: dict[Key, list[_Seen]] = {}
        recorder = Recorder(self.store, gathered, at, {}, self.recording.keeping)
        for name, (_stamp, keys) in indexed.items():
            if name in there:
                places.add(name, there[name], keys)
        for name, (agent, source) in there.items():
            old = indexed.get(name)
            stamp = repr(source.stamp)
            if old is not None and old[0] == stamp:
                continue
            if self._late():
                self.left += 1
                continue
            keys = self._keys(agent, source, at, gathered)
            places.add(name, (agent, source), keys)
            gone = {(one[0], one[1]) for one in (old[1] if old else [])} - {(one[0], one[1]) for one in keys}
            tops = list(dict.fromkeys([*(_top(one) for one in keys), *gone]))
            many = next((key for key in tops if places.count(key) > _MANY), None)
            if many is not None:
                waiting.setdefault(many, []).append(_Seen(name, stamp, keys, tops))
            else:
                for key in tops:
                    self._put(key, recorder, gathered)
                self.writer.seen(name, stamp, keys)
            gathered.held.clear()
            self._breathe()
        self._put_waiting(waiting, recorder, gathered)
        self.problems += gathered.problems
        for name in indexed.keys() - there.keys():
            for entry in indexed[name][1]:
                self._put(_top(entry), recorder, gathered)
            self.writer.unseen(name)

    def _put_waiting(self, waiting: Mapping[Key, Sequence[_Seen]], recorder: Recorder, gathered: Gathered) -> None:
        """Conversations of many files, once each: all their files are read for it."""
        for seen in waiting.values():
            for key in dict.fromkeys(key for one in seen for key in one.tops):
                self._put(key, recorder, gathered)
            for each in seen:
                self.writer.seen(each.name, each.stamp, each.keys)
            gathered.held.clear()
            self._breathe()

    def _keys(self, agent: Agent, source: Source, at: Here, gathered: Gathered) -> list[list[str]]:
        """[agent, id, id of the one that spawned it or ""] of the conversations of this repository in a source."""
        if source.id is not None and self.recording.private.forgotten(agent.name, source.id, None):
            return []
        if (
            not plausible(agent, source, at, lambda place: Path(place).is_dir())
            and self._mentions(at).of(source) != "yes"
        ):
            return []
        conversations = read(agent, source, gathered.problems)
        gathered.held[source] = conversations
        lines = Lines(b"\0" * 32)
        traces = [trace(one, lines, source.folder) for one in conversations]
        mine = {one.key for one in ours(traces, at, self.recording.context.agents)}
        return [
            [*conversation.key, conversation.parent or "" if conversation.subagent else ""]
            for conversation in conversations
            if conversation.key in mine or conversation.subagent
        ]

    def _mentions(self, at: Here) -> Mentions:
        if self._searched is None:
            self._searched = Mentions(at.roots)
        return self._searched

    # --- other tools ---

    def _foreign(self, now: ForeignState) -> None:
        from gitstory.search.other_tools_indexer import ForeignIndexer
        from gitstory.text.wording import count, recorder_label

        feed = ForeignIndexer(self.repo, self.store, self.recording, self.writer, self.ignored)
        feed.run(now, self._late, self._breathe)
        self.changed += feed.changed
        self.left += feed.left
        self.problems += [
            f"{count(number, 'record')} of {recorder_label(tool)} that could not be read"
            for tool, number in sorted(feed.unreadable.items())
        ]

    def _put(self, key: Key, recorder: Recorder, gathered: Gathered) -> None:
        conversation = recorder.prepare(key)
        if conversation is None:
            self.writer.drop(key, LIVE)
        else:
            self.changed += self.writer.put(conversation, LIVE)


class _Seen(NamedTuple):
    """A source whose conversations are still to be put into the index, `tops` with those that spawned them."""

    name: bytes
    stamp: str
    keys: list[list[str]]
    tops: list[Key]


class _Places:
    """Where conversations are, and which spawned which, noted in `gathered` once each."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self._indexed: set[tuple[Key, bytes]] = set()
        self._children: set[tuple[Key, Key]] = set()

    def add(self, name: bytes, where: tuple[Agent, Source], keys: Iterable[list[str]]) -> None:
        for agent, ident, parent in keys:
            key = (agent, ident)
            places = self._gathered.sources.setdefault(key, [])
            if (key, name) in self._indexed:
                places[:] = [one for one in places if _name(one[1]) != name]
            self._indexed.add((key, name))
            places.append(where)
            if parent and ((agent, parent), key) not in self._children:
                self._children.add(((agent, parent), key))
                self._gathered.children.setdefault((agent, parent), []).append(key)

    def count(self, key: Key) -> int:
        """Of how many files a conversation is, those of subagents included."""
        return len(self._gathered.sources.get(key, ())) + len(self._gathered.children.get(key, ()))


def _top(key: list[str]) -> Key:
    return (key[0], key[2] or key[1])


def _name(source: Source) -> bytes:
    text = f"{source.agent}\0{source.path}\0{source.id or ''}"
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()
