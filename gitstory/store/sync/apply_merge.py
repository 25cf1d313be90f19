"""Taking another store into ours: the truth and the notes move together, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec import Struct, structs

from gitstory.fault_points import point
from gitstory.git.new_objects import Existing, NewObjects, edit_tree, read_entries, store
from gitstory.git.notes_tree_paths import note_changes, noted
from gitstory.git.refs import Snapshot, read_refs, rewrite, tree_of
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Story
from gitstory.store.batch_changes import Batch, Changes, Key, note_texts
from gitstory.store.find_records_naming import stories_naming
from gitstory.store.purge_erased import purge_later
from gitstory.store.record_index.index import commits_naming
from gitstory.store.snapshot import Contents
from gitstory.store.store import DATA_REF, MOVED, NOTES_REF, SUBJECTS, StoreTooNew
from gitstory.store.sync import stories_without_note
from gitstory.store.sync.compute_merge import JoinResult, join
from gitstory.store.sync.remote_erasures_to_confirm import Erasing, Waiting
from gitstory.store.sync.tombstone_losses import join_unerased

Note = Callable[[Story, Mapping[Key, Conversation]], str]
"""How a story's note is rendered, given the conversations it names."""


_AT_ONCE = 200
"""Stories whose notes are rendered at once: what they name is read in one go."""


class Absorbed(Struct):
    """What a pull brought; see `join.Joined`. `notes` counts those written again, `waiting` is what was not erased."""

    stories: int = 0
    gone: int = 0
    new_conversations: int = 0
    grown_conversations: int = 0
    turns: int = 0
    buried: int = 0
    refused: int = 0
    notes: int = 0
    waiting: Waiting = Waiting()

    def plus(self, other: Absorbed) -> Absorbed:
        """Both together, for a push that had to take over twice; refused records are the same ones."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in _SUMMED}
        return Absorbed(**sums, refused=max(self.refused, other.refused), waiting=other.waiting)

    @property
    def nothing(self) -> bool:
        return not (self.stories or self.gone or self.new_conversations or self.grown_conversations or self.buried)


_SUMMED = [name for name in Absorbed.__struct_fields__ if name not in ("refused", "waiting")]


def absorb(
    repo: Repo, theirs: str | None, note: Note, *, erasing: Erasing | None = None, timeout: float = 60.0
) -> Absorbed:
    """Merge the tree `theirs` into our store and write the notes that this changes, or that are missing.

    Tombstones of theirs that would erase something of ours are taken only where `erasing` says so.

    Raises what `join` and `git.refs.rewrite` do; then nothing has changed.
    """
    absorbed = Absorbed()

    def build(seen: Snapshot) -> dict[str, Changes]:
        nonlocal absorbed
        ours = tree_of(repo.objects, seen[DATA_REF])
        contents = Contents(repo, ours)
        if contents.newer is not None:
            raise StoreTooNew(contents.newer)
        joined, waiting = JoinResult({}), Waiting()
        if theirs is not None and theirs != ours:
            joined, waiting = join_unerased(repo, contents, theirs, erasing or Erasing())
        merged = _stored(repo, ours, joined.changes)
        notes = tree_of(repo.objects, seen[NOTES_REF])
        texts = _texts(contents, Contents(repo, merged), joined, notes, note)
        absorbed = structs.replace(_notes(joined, len(texts)), waiting=waiting)
        return {DATA_REF: _top(repo, ours, merged), NOTES_REF: note_changes(repo.objects, notes, texts)}

    moved = rewrite(repo, MOVED, build, message=SUBJECTS, timeout=timeout)
    point("sync.united")
    stories_without_note.remember(
        Contents(repo, tree_of(repo.objects, moved[DATA_REF])), tree_of(repo.objects, moved[NOTES_REF])
    )
    if absorbed.buried:
        purge_later(repo)
    return absorbed


def united(repo: Repo, theirs: str | None, note: Note) -> tuple[str | None, str | None]:
    """The trees of the data and the notes that a remote with the tree `theirs` shall have: all that we have, without
    what it has erased. Differs from our own where its tombstones wait."""
    here = read_refs(repo.objects, [DATA_REF, NOTES_REF])
    ours, notes = tree_of(repo.objects, here[DATA_REF]), tree_of(repo.objects, here[NOTES_REF])
    if theirs is None or ours is None:
        return ours, notes
    joined = join(repo, ours, theirs)
    merged = _stored(repo, ours, joined.changes)
    texts = _texts(Contents(repo, ours), Contents(repo, merged), joined, notes, note)
    return merged, _stored(repo, notes, note_changes(repo.objects, notes, texts))


def _stored(repo: Repo, ours: str | None, changes: Changes) -> str | None:
    """The merged tree, stored so that it can be read before a ref names it."""
    if not changes:
        return ours
    new_objects = NewObjects(repo.object_format)
    tree = edit_tree(repo.objects, ours, changes, new_objects)
    store(repo, new_objects)
    return tree


def _top(repo: Repo, ours: str | None, merged: str | None) -> Changes:
    before, after = read_entries(repo.objects, ours), read_entries(repo.objects, merged)
    changes: Changes = {name: None for name in before if name not in after}
    return changes | {name: Existing(oid, mode) for name, (mode, oid) in after.items()}


def _texts(
    ours: Contents, merged: Contents, joined: JoinResult, notes: str | None, note: Note
) -> dict[str, bytes | None]:
    """commit -> its note: of stories that changed, that name what changed, or that have none yet."""
    wanted = joined.stories | stories_without_note.without_note(merged, notes)
    texts: dict[str, str | None] = {}
    commits = sorted(wanted | _naming(ours, merged, joined))
    for start in range(0, len(commits), _AT_ONCE):
        stories = list(merged.stories(commits[start : start + _AT_ONCE]))
        stories = [story for story in stories if story.commit in wanted or _is_about(story, joined.conversations)]
        excerpts = _excerpts(merged, stories)
        texts |= {story.commit: note(story, _named(story, excerpts)) if story.links else None for story in stories}
    empty = {commit for commit, text in texts.items() if text is None}
    there = noted(merged.repo.objects, notes, {*empty, *joined.gone})
    kept = {commit: text for commit, text in texts.items() if text is not None or commit in there}
    return note_texts(merged, Batch(notes=kept, drop=[commit for commit in joined.gone if commit in there]))


def _naming(ours: Contents, merged: Contents, joined: JoinResult) -> set[str]:
    """The commits whose stories name a conversation that changed: known of our own, the others have changed too."""
    if not joined.conversations or ours.root is None:
        return set()
    commits = commits_naming(ours, joined.conversations)
    if commits is not None:
        return commits
    return {story.commit for story in stories_naming(merged, {name for _, name in joined.conversations})}


def _is_about(story: Story, keys: Collection[Key]) -> bool:
    return any((link.agent, link.conversation) in keys for link in story.links)


def _excerpts(contents: Contents, stories: Iterable[Story]) -> dict[Key, Conversation]:
    """The conversations that any of the stories names, with all turns that they name."""
    turns: dict[Key, set[str]] = {}
    for link in (link for story in stories for link in story.links):
        turns.setdefault((link.agent, link.conversation), set()).update(turn.id for turn in link.turns)
    return contents.excerpts(turns)


def _named(story: Story, excerpts: Mapping[Key, Conversation]) -> dict[Key, Conversation]:
    """The conversations that a story names, with the turns that it names."""
    conversations: dict[Key, Conversation] = {}
    for link in story.links:
        conversation = excerpts.get((link.agent, link.conversation))
        if conversation is not None:
            ids = {turn.id for turn in link.turns}
            turns = tuple(turn for turn in conversation.turns if turn.id in ids)
            conversations[conversation.key] = structs.replace(conversation, turns=turns)
    return conversations


def _notes(joined: JoinResult, notes: int) -> Absorbed:
    new = sum(joined.conversations.values())
    return Absorbed(
        stories=len(joined.stories),
        gone=len(joined.gone),
        new_conversations=new,
        grown_conversations=len(joined.conversations) - new,
        turns=joined.turns,
        buried=joined.buried,
        refused=joined.refused,
        notes=notes,
    )


def local_tree(repo: Repo) -> str | None:
    """The tree of our store."""
    return tree_of(repo.objects, read_refs(repo.objects, [DATA_REF])[DATA_REF])
