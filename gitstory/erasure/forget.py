"""Taking things back on this machine: the store, then everything that was derived from it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.fault_points import point
from gitstory.git import safe_own_files
from gitstory.git.object_purge import Purged, before
from gitstory.git.repo import OPT_OUT, Repo
from gitstory.model import Conversation
from gitstory.recording import queue_file, worker_state
from gitstory.search.db.schema import NAME as INDEX_NAME
from gitstory.search.db.schema import discard
from gitstory.search.erase import erase_index
from gitstory.search.repositories import outside
from gitstory.store.archive import Archive
from gitstory.store.batch_changes import Batch, Key
from gitstory.store.erasure_plan import Wish, forgetting, widened
from gitstory.store.purge_erased import purge_erased
from gitstory.store.record_index.index import forget_erased
from gitstory.store.record_index.schema import NAME
from gitstory.store.record_paths import TAKING_BACK
from gitstory.store.snapshot import Contents
from gitstory.store.store import DATA_REF, NOTES_REF, StoryStore
from gitstory.summary.note_text import note_text

_REFS = (DATA_REF, NOTES_REF)
_KEPT = frozenset(
    {"state.json", "hooks.json", "pre-commit.json", "shared.json", "watch.json", "archived.json"}
    | {"archive", "verified", OPT_OUT, TAKING_BACK}
    | {path.name for path in safe_own_files.database_files(Path(NAME))}
)
_INDEX = frozenset(path.name for path in safe_own_files.database_files(Path(INDEX_NAME)))
_KEPT_ENDS = ("lock", ".on")
"""Locks, which others may hold, and marks that say what is switched on here: neither holds a name or a text.
Of the index of the record, only what was erased is removed.

What else is in gitstory's directory may hold names or text, and can be made again.
"""


class Scope(Struct, frozen=True):
    """What a wish comes to: ids of conversations, single turns, commits whose stories go or lose something."""

    wish: Wish
    turns: int
    noted: tuple[str, ...]


def everything(repo: Repo, contents: Contents) -> Wish:
    """All that is stored."""
    archived = {(meta.agent, meta.id) for meta in Archive(repo.home).metas()}
    return Wish(frozenset({*contents.conversation_keys(), *archived}), commits=frozenset(contents.commits()))


def of_commit(repo: Repo, contents: Contents, commit: str, *, story_only: bool) -> Wish:
    """The story of a commit, with the conversations that no other existing commit names."""
    story = contents.story(commit)
    mine = {(link.agent, link.conversation) for link in story.links} if story is not None else set()
    if story_only or not mine:
        return Wish(commits=frozenset({commit}))
    listed = repo.run("rev-list", "--branches", "--tags", "--remotes", "HEAD", check=False).stdout
    living = set(listed.decode("ascii", "replace").split()) - {commit}
    others = contents.stories(one for one in contents.commits() if one in living)
    elsewhere = {(link.agent, link.conversation) for other in others for link in other.links}
    return Wish(frozenset(mine - elsewhere), commits=frozenset({commit}))


def scope(contents: Contents, wish: Wish) -> Scope:
    """What `forget` will do about a wish."""
    whole = widened(contents, wish)
    batch = forgetting(contents, whole, lambda story, conversations: "")
    turns = sum(len(meta.turns) for key in whole.conversations if (meta := contents.meta(*key)) is not None)
    noted = {*(story.commit for story in batch.stories), *batch.drop}
    if whole.commits:
        noted |= whole.commits & set(contents.commits())
    return Scope(whole, turns + len(whole.turns), tuple(sorted(noted)))


def forget(repo: Repo, store: StoryStore, wish: Wish, *, rewrite_packs: bool = False) -> Purged:
    """Forget for good; the caller keeps the worker from running meanwhile. Safe to run again after an interruption."""

    def build(contents: Contents) -> Batch:
        whole = widened(contents, wish)
        batch = forgetting(contents, whole, note_text)
        bare = dict.fromkeys(_bare_notes(store, contents, whole))
        return replace(batch, notes={**bare, **batch.notes})

    whole = widened(store.contents, wish)
    names = {name for _, name in whole.conversations} | {turn for _, _, turn in whole.turns}
    names |= {name for _, name, _ in whole.turns} | whole.commits

    def is_named(text: str) -> bool:
        return any(name in text for name in names)

    return take_back(
        repo, store, build, is_named, lambda conversation: _without(conversation, whole), rewrite_packs=rewrite_packs
    )


def _without(conversation: Conversation, wish: Wish) -> Conversation | None:
    """What is left of an archived conversation."""
    if conversation.key in wish.conversations:
        return None
    gone = {turn for agent, name, turn in wish.turns if (agent, name) == conversation.key}
    return (
        replace(conversation, turns=tuple(turn for turn in conversation.turns if turn.id not in gone))
        if gone
        else conversation
    )


def _bare_notes(store: StoryStore, contents: Contents, wish: Wish) -> Collection[str]:
    """Notes of commits without a story: when all is forgotten, these go too."""
    if not wish.commits:
        return ()
    stored = set(contents.commits())
    if not stored or not stored <= wish.commits:
        return ()
    return [commit for commit in store.noted() if commit not in stored]


def take_back(
    repo: Repo,
    store: StoryStore,
    build: Callable[[Contents], Batch],
    is_named: Callable[[str], bool],
    change: Callable[[Conversation], Conversation | None],
    *,
    rewrite_packs: bool = False,
) -> Purged:
    """Write what `build` makes of the store, then remove every trace of what it left out.

    `change` does the same to a conversation of the archive (None: it goes); that comes first, since a later run cannot
    know any more what it was. `tells`: whether a line of the worker's state names what was erased.
    """
    taken = before(repo, _REFS)
    repo.home.mkdir(mode=0o700, exist_ok=True)
    safe_own_files.make(repo.home / TAKING_BACK)
    point("forget.begun")
    Archive(repo.home).change(change)
    point("forget.unarchived")
    written: list[Batch] = []

    def remembered(contents: Contents) -> Batch:
        written.append(build(contents))
        return written[-1]

    store.update(remembered)
    point("forget.written")
    clean(repo.home, is_named, keep_index=erase_index(repo, store))
    forget_erased(store.contents, written[-1].tombstones)
    discard(outside(repo.common_dir))
    point("forget.cleaned")
    purged = purge_erased(repo, taken)
    point("forget.purged")
    if rewrite_packs and purged.packed:
        repo.close()
        repo.git("gc", "--quiet", "--prune=now")
        purged = purge_erased(repo, taken)
    safe_own_files.remove(repo.home / TAKING_BACK)
    return purged


def resume(repo: Repo) -> None:
    """Finish what a stopped run has left; its subject is no longer known, so everything that could name it is
    deleted."""
    taken = before(repo, _REFS)
    clean(repo.home, lambda text: True)
    discard(outside(repo.common_dir))
    contents = StoryStore(repo).contents  # others may have forgotten what is archived here
    forget_erased(contents)
    Archive(repo.home).change(contents.as_kept)
    purge_erased(repo, taken)
    safe_own_files.remove(repo.home / TAKING_BACK)


def clean(home: Path, is_named: Callable[[str], bool], *, keep_index: bool = False) -> None:
    """Remove what gitstory's own directory keeps beside the store: cache, index, log; and names from its memory.

    `keep_index`: what was erased is no longer in the search index.
    """
    if not home.is_dir():
        return
    state = worker_state.load(home)
    left = replace(
        state,
        open=tuple(one for one in state.open if not any(map(is_named, _words(one)))),
        errors=tuple(error for error in state.errors if not is_named(error)),
    )
    if left != state:
        worker_state.save(home, left)
    kept = _KEPT | _INDEX if keep_index else _KEPT
    for path in sorted(home.iterdir()):
        if path.name in kept or path.name.endswith(_KEPT_ENDS) or path.name.startswith(queue_file.NAME):
            continue
        _remove(path)


def _words(open_story: worker_state.OpenStory) -> list[str]:
    return [open_story.commit, *(path for path, _, _ in open_story.sources), *(name for _, name in open_story.markers)]


def _remove(path: Path) -> None:
    import shutil

    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def histories(repo: Repo, folder: str, keys: Collection[Key]) -> list[str]:
    """Files in the work tree's history folder that are named after one of these conversations."""
    top = repo.worktree
    if top is None or not (top / folder).is_dir():
        return []
    ids = [name for _, name in keys]
    paths = (path for path in (top / folder).rglob("*.md") if any(name in path.name for name in ids))
    return sorted(path.relative_to(top).as_posix() for path in paths)
