"""The store of stories: what is recorded in `refs/story/data`, and the notes derived from it.

docs/storage.md describes every byte. Writes are all or nothing, by compare-and-swap; reads see one state until
`refresh` or a write of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gitstory.errors import GitStoryError
from gitstory.git.notes_tree_paths import find_note, list_notes, note_changes
from gitstory.git.refs import Snapshot, rewrite, tree_of
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Story
from gitstory.store import record_paths
from gitstory.store.batch_changes import Batch, Changes, Key, data_changes, note_texts
from gitstory.store.record_merge import scrub_story
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import Meta
from gitstory.store.snapshot import Contents

if TYPE_CHECKING:
    from gitstory.store.record_index.index import RecordIndex

__all__ = ["DATA_REF", "NOTES_REF", "Batch", "Contents", "Key", "Meta", "StoreTooNew", "StoryStore", "Tombstone"]

DATA_REF = record_paths.DATA_REF
NOTES_REF = "refs/notes/story"

SUBJECTS = {
    NOTES_REF: "Notes by gitstory: the story of each commit, to be read",
    DATA_REF: "Notes by gitstory: stories and conversations, the data",
}
"""Of the commits of the two refs, here and at a remote: `git log --all` and graphs of programs show them."""

MOVED = (NOTES_REF, DATA_REF)
"""The order in which they move. The records are last: if the machine stops between the two, the write is repeated,
which corrects both. In the other order, notes would still show what had been forgotten."""


class StoreTooNew(GitStoryError):
    def __init__(self, schema: str) -> None:
        super().__init__(
            f"the stories here were written by a newer gitstory (format {schema}); nothing was changed",
            hint="upgrade gitstory: reading works as far as this version understands, writing does not",
        )


class StoryStore:
    """Stories and conversations of one repository."""

    def __init__(self, repo: Repo, *, timeout: float = 60.0) -> None:
        self.repo = repo
        self.timeout = timeout
        self._contents: Contents | None = None
        self._index: RecordIndex | None = None

    @property
    def index(self) -> RecordIndex:
        """What can be asked about all of the state that is read now without reading all of it."""
        if self._index is None:
            from gitstory.store.record_index.index import RecordIndex

            self._index = RecordIndex.of(self.contents)
        return self._index

    @property
    def contents(self) -> Contents:
        """The state that is read now."""
        if self._contents is None:
            git_object = self.repo.objects.read(f"{DATA_REF}^{{tree}}")
            self._contents = Contents(
                self.repo, git_object[0] if git_object is not None and git_object[1] == "tree" else None
            )
        return self._contents

    @property
    def refused(self) -> int:
        """How many records were torn, forged, too big or of an unknown kind, in what was read of this state."""
        return self.contents.refused

    def refresh(self) -> None:
        """See what others have written since."""
        self._contents = None
        if self._index is not None:
            self._index.close()
            self._index = None

    def story(self, commit: str) -> Story | None:
        """The story of a commit (full id)."""
        return self.contents.story(commit)

    def stories(self, commits: Iterable[str]) -> dict[str, Story]:
        """The stories there are of these commits."""
        return {story.commit: story for story in list(self.contents.stories(commits))}

    def commits(self) -> list[str]:
        """The ids of all commits that have a record."""
        return self.contents.commits()

    def conversation(self, agent: str, id: str, turns: Collection[str] | None = None) -> Conversation | None:
        """A stored conversation with all its turns, or with those of the ids given; see `meta` for their list."""
        return self.contents.conversation(agent, id, turns)

    def excerpts(
        self, wanted: Mapping[Key, Collection[str] | None], known_folders: Mapping[Key, str] | None = None
    ) -> dict[Key, Conversation]:
        """The stored conversations among `wanted`, each with only the turns (by id) asked for; None means all.

        `known_folders`: see `Contents.excerpts`."""
        return self.contents.excerpts(wanted, known_folders)

    def meta(self, agent: str, id: str) -> Meta | None:
        """A stored conversation without its turns, but with the (id, index) of each."""
        return self.contents.meta(agent, id)

    def conversations(self) -> Iterator[Meta]:
        """Every stored conversation, without its turns."""
        return self.contents.metas()

    def find(self, prefix: str) -> list[Key]:
        """The conversations whose native id starts so, also behind `AGENT:`."""
        return self.index.called(prefix)

    def note(self, commit: str) -> str | None:
        """The text of a commit's note."""
        tree = self.repo.objects.read(f"{NOTES_REF}^{{tree}}")
        blob = find_note(self.repo.objects, tree[0] if tree is not None else None, commit)
        data = self.repo.objects.blob(blob) if blob is not None else None
        return data.decode("utf-8", "replace") if data is not None else None

    def without_note(self) -> list[str]:
        """The commits with a story but without a note, which another program removed."""
        noted = set(self.noted())
        return [commit for commit in self.commits() if commit not in noted]

    def noted(self) -> list[str]:
        """The ids of all commits that have a note."""
        tree = self.repo.objects.read(f"{NOTES_REF}^{{tree}}")
        return [oid for oid, _blob in list_notes(self.repo.objects, tree[0] if tree is not None else None)]

    def naming(self, tombstones: Collection[Tombstone]) -> list[str]:
        """The commits with stories that name what these tombstones erase: their notes must be rendered again."""
        names = frozenset(tombstone.name for tombstone in tombstones)
        return [commit for commit, story in self.stories(self.commits()).items() if scrub_story(story, names) != story]

    def write(self, batch: Batch) -> None:
        """Write it all, or raise and leave the store as it was. See `update`."""
        self.update(lambda _contents: batch)

    def update(self, build: Callable[[Contents], Batch]) -> None:
        """Write what `build` makes of the state that is stored now; it is called again when others come between.

        Raises `StoreTooNew`, `git.refs.RefBusy` or `git.refs.RefRefused`.
        """
        try:
            rewrite(self.repo, MOVED, lambda seen: self._changes(seen, build), message=SUBJECTS, timeout=self.timeout)
        finally:
            self.refresh()

    def _changes(self, seen: Snapshot, build: Callable[[Contents], Batch]) -> dict[str, Changes]:
        contents = Contents(self.repo, tree_of(self.repo.objects, seen[DATA_REF]))
        if contents.newer is not None:
            raise StoreTooNew(contents.newer)
        batch = build(contents)
        tree = tree_of(self.repo.objects, seen[NOTES_REF])
        notes = note_changes(self.repo.objects, tree, note_texts(contents, batch))
        return {DATA_REF: data_changes(contents, batch), NOTES_REF: notes}
