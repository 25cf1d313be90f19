"""Lines of the work tree that are not committed yet: which turn wrote them, from the agents' stores as they are now.

The same replay that links commits is asked about a commit that does not exist: the file as it stands in the work tree,
on top of HEAD. Nothing of it is stored, and nothing is read unless a file has such lines.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from gitstory.git.blame import BlameLine
from gitstory.git.line_hashes import split_lines
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Story
from gitstory.sources.story_source import Key, StorySource, TurnRef

if TYPE_CHECKING:  # these load the whole of linking, which most readers never need
    from gitstory.git.changed_files import Commit
    from gitstory.linking.collect_traces import Gathered
    from gitstory.recording.live_conversations import Live
    from gitstory.store.records import Meta

_PENDING_FOR = 45 * 86400.0
"""Most seconds between an edit and the last write of its file."""
_LOOKED_BACK = 200
"""Commits of the file that are asked whether they took an edit's lines already."""
_NEW = "work tree"
"""The made-up blob id of the file as it stands."""


class UncommittedSource:
    """A `StorySource` that also knows the conversations of lines not committed yet; `owners` is a `blame.Pending`."""

    def __init__(self, repo: Repo, source: StorySource) -> None:
        self._repo = repo
        self._source = source
        self._live: Live | None = None
        self._turns: dict[Key, set[str]] = {}
        self._read: dict[Key, Conversation | None] = {}

    # --- what a StorySource offers ---

    def story(self, commit: str, /) -> Story | None:
        return self._source.story(commit)

    def stories(self, commits: Iterable[str], /) -> Mapping[str, Story]:
        return self._source.stories(commits)

    def meta(self, agent: str, id: str, /) -> Meta | None:
        return self._source.meta(agent, id)

    def conversation(self, agent: str, id: str, /, turns: Collection[str] | None = None) -> Conversation | None:
        """As stored; turns that wrote uncommitted lines, or are not stored, as their agent has them (redacted)."""
        stored = self._source.conversation(agent, id, turns)
        live = self._fresh((agent, id))
        if live is None:
            return stored
        from msgspec.structs import replace

        stored_turns = {} if stored is None else {turn.id: turn for turn in stored.turns}
        fresh = {turn.id: turn for turn in live.turns if turns is None or turn.id in turns}
        kept = {id_: turn for id_, turn in stored_turns.items() if id_ not in self._turns[agent, id]}
        merged = sorted({**fresh, **kept}.values(), key=lambda turn: turn.index)
        return replace(live if stored is None else stored, turns=tuple(merged))

    def excerpts(self, wanted: Mapping[Key, Collection[str]], /) -> Mapping[Key, Conversation]:
        stored = self._source.excerpts({key: turns for key, turns in wanted.items() if key not in self._turns})
        mine = {key: self.conversation(*key, sorted(turns)) for key, turns in wanted.items() if key in self._turns}
        return {**stored, **{key: lines for key, lines in mine.items() if lines is not None}}

    def _fresh(self, key: Key) -> Conversation | None:
        if self._live is None or key not in self._turns:
            return None
        if key not in self._read:
            self._read[key] = self._live.conversation(key)
        return self._read[key]

    # --- lines ---

    def owners(self, lines: Sequence[BlameLine]) -> dict[int, TurnRef]:
        """Line number -> turn, for those of the uncommitted `lines` of one file that some turn wrote."""
        if not lines or self._repo.worktree is None or not self._repo.home.is_dir():
            return {}
        path = lines[0].path
        on_disk = self._repo.worktree / os.fsdecode(path)
        try:
            content, modified = on_disk.read_bytes(), on_disk.stat().st_mtime
        except OSError:
            return {}
        texts = split_lines(content)
        refs = self._replayed(path, content, modified)
        same = {
            line.line: refs[line.line]
            for line in lines
            if line.line in refs and _plain(texts[line.line - 1]) == _plain(line.text)
        }
        for ref in same.values():
            self._turns.setdefault(ref.key, set()).add(ref.turn)
        return same

    def _replayed(self, path: bytes, content: bytes, modified: float) -> dict[int, TurnRef]:
        """Every line of the file that the replay knows a turn for."""
        from gitstory.linking.linker import may_explain
        from gitstory.recording.live_conversations import Live
        from gitstory.store.store import StoryStore

        since = min(time.time(), modified) - _PENDING_FOR
        paths = _names(self._repo, path)
        matters = may_explain([_unmade(self._repo, paths, ())])
        with Live(self._repo, StoryStore(self._repo), since=since, matters=matters) as live:
            self._live = live
            gathered = _touching(live.gathered, paths)
            if not gathered.traces:
                return {}
            first = min(edit.time for trace in gathered.traces for edit in trace.edits)
            history = _history(self._repo, paths, first)
            live.linker.give(_NEW, content)
            commit = _unmade(self._repo, paths, history)
            [linked] = live.linker.link([commit], gathered, history=history)
        return {
            number: TurnRef(piece.agent, piece.conversation, piece.turn)
            for file in linked.story.files
            for piece in file.ranges
            for number in range(piece.start, piece.end + 1)
        }


def _plain(line: bytes) -> bytes:
    return line.removesuffix(b"\r")


def _names(repo: Repo, path: bytes) -> list[bytes]:
    """The file's path, and the one it has in HEAD where it was renamed since."""
    if repo.objects.blob(b"HEAD:" + path) is not None:
        return [path]
    listed = repo.run("diff", "--no-ext-diff", "--name-status", "-z", "--find-renames", "HEAD", check=False).stdout
    fields = iter(listed.split(b"\0"))
    for status in fields:
        old = next(fields, b"")
        if status[:1] in (b"R", b"C") and next(fields, b"") == path:
            return [path, old]
    return [path]


def _touching(gathered: Gathered, paths: Sequence[bytes]) -> Gathered:
    """Only the conversations that edited a file of such a name."""
    from msgspec.structs import replace

    names = tuple("/" + path.decode("utf-8", "surrogateescape") for path in paths)
    traces = [trace for trace in gathered.traces if any(f"/{edit.path}".endswith(names) for edit in trace.edits)]
    return replace(gathered, traces=traces)


def _history(repo: Repo, paths: Sequence[bytes], first: float) -> list[Commit]:
    """The commits that changed the file since the first edit at hand, as one line of descent, newest first."""
    from msgspec.structs import replace

    from gitstory.git.changed_files import read_commits

    limits = [f"--since=@{max(int(first), 0)}", f"--max-count={_LOOKED_BACK}"]
    listed = repo.git("rev-list", *limits, "HEAD", "--", *paths).decode().split()
    # And the one before these, for what the file held when the first edit was made.
    before = f"{listed[-1]}^@" if listed else "HEAD"
    listed += repo.git("rev-list", "--max-count=1", before, "--", *paths).decode().split()
    commits = read_commits(repo, list(dict.fromkeys(listed)), walk=False) if listed else []
    kept = [
        replace(commit, files=tuple(f for f in commit.files if f.path in paths or f.old_path in paths))
        for commit in commits
    ]
    return [*(replace(one, parents=(older.oid,)) for one, older in pairwise(kept)), *kept[-1:]]


def _unmade(repo: Repo, paths: Sequence[bytes], history: Sequence[Commit]) -> Commit:
    """The commit that would be made of the file now."""
    from gitstory.git.changed_files import ChangedFile, Commit

    head = repo.resolve("HEAD")
    old = repo.objects.read(b"HEAD:" + paths[-1])
    now = int(time.time()) + 1
    return Commit(
        oid="0" * len(head),
        parents=(head, *(one.oid for one in history[:1] if one.oid != head)),
        author_name="",
        author_email="",
        author_time=now,
        committer_email="",
        committer_time=now,
        tree="",
        subject="",
        files=(ChangedFile(paths[0], paths[-1], (old[0] if old is not None else None,), _NEW),),
    )
