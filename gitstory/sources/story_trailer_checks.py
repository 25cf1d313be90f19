"""What `Story:` trailers claim of a commit, held against the history files they name and the commit's own content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import PurePosixPath

from gitstory import safe_open
from gitstory.attribution.line_ids import weight_of
from gitstory.config.load import load
from gitstory.errors import GitStoryError
from gitstory.git.commit_details import file_changes, line_changes
from gitstory.git.line_hashes import lines_hash, split_lines
from gitstory.git.log import text_of
from gitstory.git.new_objects import Entries, read_entries
from gitstory.git.repo import Repo, TooBig
from gitstory.history_files.folder import HistoryFolder, read_header
from gitstory.history_files.parse import read_history
from gitstory.history_files.references import matching, within
from gitstory.model import EVIDENCE_ORDER, Conversation, Edit, Evidence, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.store.store import Key

Claim = tuple[str, int]
"""(path of a history file or a pattern for it, number of a turn), as `references.parse` returns them."""
_Named = tuple[Conversation, Turn]

_BIGGEST = 16 << 20
"""Bytes of a history file that is read."""
_MIN_WEIGHT = 3
"""Weight (`weight_of`) that neighbouring lines need together: a bracket alone stands anywhere. A quarter of what 2
would let in besides was another turn's or unattributed, by the records of public repositories (docs/cli.md)."""


class Claims:
    """`stored` returns whether a conversation was forgotten, and its stored form; `read` caches history files."""

    def __init__(self, repo: Repo, stored: Callable[[Key], tuple[bool, Conversation | None]]) -> None:
        self._repo = repo
        self._stored = stored
        self._folder = PurePosixPath(load(repo).history_path.replace("\\", "/")).as_posix()
        self._files: dict[str, Conversation | None] = {}
        self.read: dict[Key, Conversation] = {}

    def story(self, commit: str, claims: Sequence[Claim]) -> Story | None:
        """What is left of the claims; None where no named turn is found."""
        named = [
            conversation_and_turn
            for claim in claims
            if (conversation_and_turn := self._named(commit, *claim)) is not None
        ]
        if not named:
            return None
        files = tuple(self._written(commit, named))
        return Story(commit, _links(named, files), files)

    # --- from a trailer to a turn ---

    def _named(self, commit: str, path: str, index: int) -> _Named | None:
        pattern = within(path, self._folder)
        if pattern is None:
            return None  # only files right in the folder: no way leads out of it
        by_key: dict[Key, _Named] = {}
        for name in matching(pattern, self._names(commit)):
            for conversation in self._versions(commit, f"{self._folder}/{name}"):
                turn = next((turn for turn in conversation.turns if turn.index == index), None)
                if turn is not None:
                    by_key.setdefault(conversation.key, (conversation, turn))
                    break
        return next(iter(by_key.values())) if len(by_key) == 1 else None  # of two, nothing says which is meant

    def _names(self, commit: str) -> list[str]:
        """The files of the folder as the commit, the branch and the work tree have it."""
        names: dict[str, None] = {}
        for rev in dict.fromkeys((commit, "HEAD")):
            folder = self._tree(f"{rev}:{self._folder}")
            names |= {name.decode("utf-8", "surrogateescape"): None for name in folder if name.endswith(b".md")}
        with suppress(OSError, GitStoryError):
            if self._repo.worktree is not None:
                on_disk = HistoryFolder(self._repo.worktree, self._folder).folder
                names |= {path.name: None for path in sorted(on_disk.glob("*.md"))}
        return list(names)

    def _tree(self, spec: str) -> Entries:
        try:
            git_object = self._repo.objects.read(spec, _BIGGEST)
        except TooBig:
            return {}
        return (
            read_entries(self._repo.objects, git_object[0])
            if git_object is not None and git_object[1] == "tree"
            else {}
        )

    def _versions(self, commit: str, path: str) -> Iterator[Conversation]:
        """The conversation of a history file: as stored here, then as the commit, the branch and the work tree have
        it."""
        for content in self._contents(commit, path):
            written = self._parsed(content)
            if written is None:
                continue
            forgotten, stored = self._stored(written.key)
            if forgotten:
                return
            if stored is not None:
                yield stored
            elif written.key not in self.read or len(self.read[written.key].turns) < len(written.turns):
                self.read[written.key] = written
            yield written if stored is None else stored

    def _contents(self, commit: str, path: str) -> Iterator[bytes]:
        for rev in dict.fromkeys((commit, "HEAD")):
            try:
                git_object = self._repo.objects.read(f"{rev}:{path}", _BIGGEST)
            except TooBig:
                continue
            if git_object is not None and git_object[1] == "blob":
                yield git_object[2]
        if self._repo.worktree is not None:
            yield from self._on_disk(path)

    def _on_disk(self, path: str) -> Iterator[bytes]:
        assert self._repo.worktree is not None
        try:
            file = HistoryFolder(self._repo.worktree, self._folder).folder / PurePosixPath(path).name
            header = read_header(file)  # None for a link as well
            if header is not None and header.size <= _BIGGEST:
                yield safe_open.content(file)
        except (OSError, GitStoryError):
            return

    def _parsed(self, content: bytes) -> Conversation | None:
        text = text_of(content)
        if text not in self._files:
            self._files[text] = read_history(text)
        return self._files[text]

    # --- from turns to lines ---

    def _written(self, commit: str, named: Sequence[_Named]) -> Iterator[FileStory]:
        """The files of the commit that named turns edited, with the added lines that they are shown to have written."""
        for change in file_changes(self._repo, commit):
            edits = [
                (conversation, turn, edit)
                for conversation, turn in named
                for edit in turn.edits
                if edit.path == change.path
            ]
            blob = self._repo.objects.blob(f"{commit}:{change.path}") if edits and change.added else None
            if not edits:
                continue
            lines = split_lines(blob or b"")
            old = f"{commit}^:{change.moved_from or change.path}".encode("utf-8", "surrogateescape")
            new = f"{commit}:{change.path}".encode("utf-8", "surrogateescape")
            hunks = [(one.new_start, one.new_count) for one in line_changes(self._repo, old, new)] if lines else []
            if not hunks and change.added == len(lines):
                hunks = [(1, len(lines))]
            ranges = _ranges(lines, hunks, edits)
            yield FileStory(change.path, change.added or 0, change.deleted or 0, tuple(ranges))


def _ranges(
    lines: Sequence[bytes], hunks: Sequence[tuple[int, int]], edits: Sequence[tuple[Conversation, Turn, Edit]]
) -> Iterator[Range]:
    """Pure: runs of added lines that one turn wrote, each line of an edit used once.

    A line that several turns wrote is attributed to none: which one's stayed, their edits alone do not say.
    """
    owners: dict[int, _Named] = {}
    wrote = [(conversation, turn, Counter(_wrote(edit))) for conversation, turn, edit in edits]
    turns: dict[str, set[tuple[Key, str]]] = {}
    for conversation, turn, left in wrote:
        for text in left:
            turns.setdefault(text, set()).add((conversation.key, turn.id))
    for conversation, turn, left in wrote:
        for start, size in hunks:
            for number in range(start, start + size):
                text = text_of(lines[number - 1]).removesuffix("\r")
                if number not in owners and left[text] > 0 and len(turns[text]) == 1:
                    left[text] -= 1
                    owners[number] = (conversation, turn)
    # Neighbours of one turn have the same owner and the same distance from their place in the order.
    numbered = ((number - place, number) for place, number in enumerate(sorted(owners)))
    for _, run in groupby(numbered, key=lambda each: (each[0], owners[each[1]][0].key, owners[each[1]][1].id)):
        numbers = [number for _, number in run]
        conversation, turn = owners[numbers[0]]
        mine = lines[numbers[0] - 1 : numbers[-1]]
        if sum(weight_of(text_of(line)) for line in mine) >= _MIN_WEIGHT:
            yield Range(numbers[0], numbers[-1], conversation.agent, conversation.id, turn.id, lines_hash(mine))


def _wrote(edit: Edit) -> Iterator[str]:
    if edit.after is not None:
        yield from edit.after.splitlines()
        return
    for hunk in edit.hunks:
        yield from (line[1:] for line in hunk.lines if line.startswith("+"))
    for pair in edit.replacements:
        yield from pair.new.splitlines()


def _links(named: Sequence[_Named], files: Sequence[FileStory]) -> tuple[Link, ...]:
    """`lines` where content verifies it, `files` where the turn edited one, else no more than the message's word."""
    counts = Counter[tuple[str, str, str]]()
    for file in files:
        for piece in file.ranges:
            counts[piece.agent, piece.conversation, piece.turn] += piece.end - piece.start + 1
    paths = {file.path for file in files}
    turns: dict[Key, dict[str, TurnLink]] = {}
    for conversation, turn in named:
        lines = counts[conversation.agent, conversation.id, turn.id]
        touched = any(edit.path in paths for edit in turn.edits)
        evidence: Evidence = "lines" if lines else "files" if touched else "manual"
        turns.setdefault(conversation.key, {})[turn.id] = TurnLink(turn.id, turn.index, evidence, lines)
    return tuple(_link(key, found) for key, found in turns.items())


def _link(key: Key, turns: Mapping[str, TurnLink]) -> Link:
    ordered = tuple(sorted(turns.values(), key=lambda turn: turn.index))
    best = min((turn.evidence for turn in ordered), key=EVIDENCE_ORDER.index)
    return Link(*key, best, sum(turn.lines for turn in ordered), ordered)
