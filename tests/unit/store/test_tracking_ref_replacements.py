"""What stands for a remote's last seen state once something was erased here, and what of its erasures waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gitstory.git.new_objects import NewObjects, commit_bytes, edit_tree, store
from gitstory.git.refs import swap
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn, TurnLink
from gitstory.store.erasure_plan import anywhere
from gitstory.store.record_paths import META, Tombstone, commit_path, conversation_path
from gitstory.store.records import encode_meta, encode_story, encode_turn, meta_of, taken_back, title_taken_back
from gitstory.store.snapshot import Contents
from gitstory.store.sync import tombstone_losses
from gitstory.store.sync.compute_merge import JoinResult, join
from gitstory.store.sync.remote_erasures_to_confirm import Erasing, Waiting
from gitstory.store.sync.tombstone_losses import join_unerased, losses, losses_by
from gitstory.store.tracking_ref_replacements import (
    SUBJECT,
    base_of,
    base_ref,
    lacks_tombstones,
    replace_tracking,
    tombstones_of,
)
from tests.gitrepo import GitRepo

Files = dict[bytes, bytes]
DATA, NOTES = "refs/story/data", "refs/notes/story"
SEEN, SEEN_NOTES = "refs/story-remotes/origin/data", "refs/story-remotes/origin/notes"
COMMIT, OTHER = "a" * 40, "b" * 40
ONE, TWO = ("codex", "c1"), ("codex", "c2")
FORMAT = {b"format.json": b'{"schema":"gitstory.store/1"}\n'}
TURNS = (Turn("t1", 1, "first", steps=(Say("a"),)), Turn("t2", 2, "second"))


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        yield opened


def tree(repo: Repo, *parts: Files) -> str:
    new_objects = NewObjects(repo.object_format)
    made = edit_tree(repo.objects, None, {path: data for part in parts for path, data in part.items()}, new_objects)
    store(repo, new_objects)
    assert made is not None
    return made


def commit(repo: Repo, tree_id: str, parent: str | None = None, subject: str = "Notes by gitstory: x") -> str:
    new_objects = NewObjects(repo.object_format)
    made = new_objects.add("commit", commit_bytes(tree_id, subject, parent))
    store(repo, new_objects)
    return made


def put(repo: Repo, **refs: str) -> None:
    names = {"data": DATA, "notes": NOTES, "seen": SEEN, "seen_notes": SEEN_NOTES}
    swap(repo, {names[name]: (None, oid) for name, oid in refs.items()})


def stones(*tombstones: Tombstone) -> Files:
    return {one.path: b'{"schema":"gitstory.tombstone/1"}\n' for one in tombstones}


def story(oid: str = COMMIT, key: tuple[str, str] = ONE, *turns: str) -> Files:
    link = Link(*key, "lines", 1, tuple(TurnLink(turn, 1, "lines", 1) for turn in turns or ("t1",)))
    return {commit_path(oid): encode_story(Story(oid, (link,)))}


def talk(key: tuple[str, str] = ONE, title: str = "title") -> Files:
    folder = conversation_path(*key)
    files = {folder + b"/t-%s.json" % turn.id.encode(): encode_turn(turn) for turn in TURNS}
    return files | {folder + b"/" + META: encode_meta(meta_of(Conversation(*key, TURNS, title)))}


def paths(repo: Repo, rev: str) -> list[str]:
    return repo.git("ls-tree", "-r", "--name-only", rev).decode().split()


STONE = stones(Tombstone("commit", (OTHER,)))


# --- bases ---


def test_where_a_base_is_kept() -> None:
    assert base_ref(SEEN) == "refs/story-base/origin/data"


def test_a_state_without_what_was_erased_stays(opened: Repo) -> None:
    clean = commit(opened, tree(opened, FORMAT, STONE, story()))
    notes = commit(opened, tree(opened, {b"aa": b"note"}))
    put(opened, data=clean, notes=notes, seen=clean, seen_notes=notes)
    assert sorted(replace_tracking(opened)) == [SEEN, SEEN_NOTES]
    assert opened.ref(SEEN) == clean and base_of(opened, SEEN) is None


def test_a_state_that_has_what_was_erased_is_replaced_by_what_is_left_of_it(opened: Repo) -> None:
    theirs = commit(opened, tree(opened, FORMAT, story(), story("ab" * 20), story(OTHER)))
    put(opened, data=commit(opened, tree(opened, FORMAT, STONE, story(), story("cd" * 20))), seen=theirs)
    assert replace_tracking(opened) == []
    assert opened.ref(SEEN) is None
    base = base_of(opened, SEEN)
    assert base is not None and (base.of, opened.ref(base_ref(SEEN))) == (theirs, base.commit)
    assert base.data == opened.git("cat-file", "commit", theirs)
    left = [path for path in paths(opened, base.commit) if not path.endswith(".known")]
    assert left == [commit_path(COMMIT).decode(), "format.json"]
    marks = [path for path in paths(opened, base.commit) if path.endswith(".known")]
    assert marks == [".known", "commits/.known"], "a folder that neither has is never taken for one of the remote's"
    folder = opened.git("rev-parse", f"{base.commit}:commits/aa").decode()
    assert folder == opened.git("rev-parse", f"{theirs}:commits/aa").decode()
    # What is erased later leaves the base too.
    now = commit(opened, tree(opened, FORMAT, STONE))
    swap(opened, {DATA: (opened.ref(DATA), now)})
    assert replace_tracking(opened) == []
    smaller = base_of(opened, SEEN)
    assert smaller is not None and paths(opened, smaller.commit) == [".known", "format.json"]
    assert (smaller.of, smaller.data) == (theirs, base.data)
    assert replace_tracking(opened) == [] and base_of(opened, SEEN) == smaller


def test_nothing_stands_for_a_state_of_which_nothing_is_left(opened: Repo) -> None:
    put(opened, data=commit(opened, tree(opened, STONE)), seen=commit(opened, tree(opened, story())))
    assert replace_tracking(opened) == []
    assert (opened.ref(SEEN), base_of(opened, SEEN)) == (None, None)


def test_a_state_is_kept_only_if_its_chain_is_clean_from_its_beginning(opened: Repo) -> None:
    mine = tree(opened, FORMAT, STONE)
    begun = commit(opened, tree(opened, FORMAT, story(OTHER)))
    put(opened, data=commit(opened, mine), seen=commit(opened, mine, begun))
    assert replace_tracking(opened) == []


def test_notes_are_kept_only_if_they_are_those_that_are_here(opened: Repo) -> None:
    clean, notes = commit(opened, tree(opened, FORMAT, STONE)), tree(opened, {b"aa": b"note"})
    put(opened, data=clean, seen=clean, notes=commit(opened, notes), seen_notes=commit(opened, notes, clean))
    assert replace_tracking(opened) == [SEEN]
    assert base_of(opened, SEEN_NOTES) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"tree %s\nauthor Dev <d@example.com> 1 +0000\ncommitter Dev <d@example.com> 1 +0000\n\nNotes by gitstory: x\n",
        commit_bytes("%s", "a text of somebody"),
        commit_bytes("%s", "Notes by gitstory: " + "x" * 100),
        commit_bytes("%s", "Notes by gitstory: x").replace(b"\n\n", b"\nencoding x\n\n"),
    ],
)
def test_a_commit_that_others_made_is_not_kept_in_a_base(opened: Repo, data: bytes) -> None:
    new_objects = NewObjects(opened.object_format)
    theirs = new_objects.add("commit", data.replace(b"%s", tree(opened, FORMAT, story(OTHER)).encode()))
    store(opened, new_objects)
    put(opened, data=commit(opened, tree(opened, FORMAT, STONE)), seen=theirs)
    assert replace_tracking(opened) == [] and base_of(opened, SEEN) is None


def test_what_is_no_base_is_none(opened: Repo) -> None:
    swap(opened, {base_ref(SEEN): (None, commit(opened, tree(opened, FORMAT), subject="other"))})
    assert base_of(opened, SEEN) is None
    plain = commit(opened, tree(opened, FORMAT), subject=SUBJECT.decode())
    swap(opened, {base_ref(SEEN): (opened.ref(base_ref(SEEN)), plain)})
    assert base_of(opened, SEEN) is None


def test_whether_one_side_has_what_was_erased_on_the_other(opened: Repo) -> None:
    none, one, both = (
        tree(opened, FORMAT, *some) for some in ([], [STONE], [STONE, stones(Tombstone("turn", ("x",)))])
    )
    lacking = {
        (a, b): lacks_tombstones(opened, (none, one, both)[a], (none, one, both)[b]) for a in range(3) for b in range(3)
    }
    assert {pair for pair, is_so in lacking.items() if is_so} == {(0, 1), (0, 2), (1, 2)}
    assert lacks_tombstones(opened, None, one) and not lacks_tombstones(opened, None, none)
    assert tombstones_of(opened, none) is None and tombstones_of(opened, one) != tombstones_of(opened, both)


# --- erasures that wait ---

SECRET = Tombstone("conversation", ONE)


def mine(opened: Repo, *parts: Files) -> Contents:
    return Contents(opened, tree(opened, FORMAT, *(parts or (story(), story(OTHER, TWO), talk(), talk(TWO, "other")))))


@pytest.mark.parametrize(
    ("stone", "stories", "conversations", "turns", "titles"),
    [
        (SECRET, [COMMIT], [(ONE, "title")], 0, 0),
        (Tombstone("commit", (COMMIT,)), [COMMIT], [], 0, 0),
        (Tombstone("turn", (*ONE, "t1")), [COMMIT], [], 1, 0),
        (Tombstone("turn", (*ONE, "t2")), [], [], 1, 0),
        (anywhere("codex", "t2"), [], [], 2, 0),
        (Tombstone("redacted", (*TWO, "t1")), [], [], 1, 0),
        (taken_back(encode_turn(TURNS[0])), [], [], 2, 0),
        (Tombstone("redacted", TWO), [], [], 0, 1),
        (title_taken_back("other"), [], [], 0, 1),
        (Tombstone("commit", ("c" * 40,)), [], [], 0, 0),
        (Tombstone("turn", (*ONE, "t9")), [], [], 0, 0),
    ],
)
def test_what_a_tombstone_would_erase(
    opened: Repo, stone: Tombstone, stories: list[str], conversations: list[object], turns: int, titles: int
) -> None:
    ours = mine(opened)
    theirs = tree(opened, FORMAT, stones(stone))
    for lost in (losses(ours, frozenset({stone.name})), losses_by(ours, theirs, frozenset({stone.name}))):
        assert (lost.stories, lost.conversations, lost.turns, lost.titles) == (stories, conversations, turns, titles)
        assert lost.names == ({stone.name} if stories or conversations or turns or titles else set())


def test_where_a_tombstone_is_of_no_record_that_differs_all_are_read(opened: Repo) -> None:
    """Whoever erased it left the record there."""
    ours = mine(opened)
    theirs = tree(opened, FORMAT, story(), story(OTHER, TWO), talk(), talk(TWO, "other"), stones(SECRET))
    assert losses_by(ours, theirs, frozenset({SECRET.name})).conversations == [(ONE, "title")]


def test_turns_and_titles_of_a_conversation_that_goes_are_not_counted(opened: Repo) -> None:
    both = SECRET, Tombstone("turn", (*ONE, "t1")), Tombstone("redacted", ONE)
    lost = losses(mine(opened), frozenset(one.name for one in both))
    assert (lost.conversations, lost.turns, lost.titles) == ([(ONE, "title")], 0, 0)
    assert lost.names == {one.name for one in both}


def unerased(opened: Repo, theirs: str, erasing: Erasing) -> tuple[JoinResult, Waiting]:
    return join_unerased(opened, mine(opened), theirs, erasing)


def test_an_erasure_waits_where_it_was_not_accepted_and_others_are_taken(opened: Repo) -> None:
    harmless = Tombstone("commit", ("c" * 40,))
    theirs = tree(opened, FORMAT, story("d" * 40), stones(SECRET, harmless))
    joined, waiting = unerased(opened, theirs, Erasing())
    wanted = Waiting(frozenset({SECRET.name}), stories=1, conversations=1)
    assert waiting == wanted and bool(waiting) and not Waiting(stories=1)
    assert (joined.new_tombstones, joined.withheld, joined.stories) == ({harmless.name}, {SECRET.name}, {"d" * 40})
    # The next time it is known to wait, and what waits besides is added.
    more = Tombstone("turn", (*TWO, "t1")), Tombstone("redacted", TWO)
    again, still = unerased(opened, theirs, Erasing(waiting=wanted))
    assert still == wanted and again.changes == joined.changes
    theirs = tree(opened, FORMAT, stones(SECRET, *more))
    _, both = unerased(opened, theirs, Erasing(waiting=wanted))
    names = frozenset({SECRET.name, *(one.name for one in more)})
    assert both == Waiting(names, stories=2, conversations=1, turns=1, titles=1)


def test_what_waited_and_is_gone_there_is_counted_anew(opened: Repo) -> None:
    theirs = tree(opened, FORMAT, story("d" * 40))
    joined, waiting = unerased(opened, theirs, Erasing(waiting=Waiting(frozenset({SECRET.name}), 1, 1)))
    assert waiting == Waiting() and joined.stories == {"d" * 40}


def test_an_erasure_that_was_accepted_erases(opened: Repo) -> None:
    theirs = tree(opened, FORMAT, stones(SECRET))
    joined, waiting = unerased(opened, theirs, Erasing(accepted=True))
    assert waiting == Waiting() and joined.new_tombstones == {SECRET.name}
    assert joined.changes == join(opened, mine(opened).root, theirs).changes


@pytest.mark.parametrize(
    "stone",
    [
        SECRET,
        Tombstone("redacted", ONE),
        title_taken_back("title"),
        Tombstone("turn", (*ONE, "t1")),
        Tombstone("redacted", (*ONE, "t2")),
        anywhere("codex", "t1"),
        Tombstone("commit", (COMMIT,)),
    ],
)
def test_only_what_differs_is_read_where_the_tombstone_belongs_to_it(
    opened: Repo, monkeypatch: pytest.MonkeyPatch, stone: Tombstone
) -> None:
    monkeypatch.setattr(tombstone_losses, "losses", lambda ours, names: pytest.fail("everything is read"))
    theirs = tree(opened, FORMAT, story(OTHER, TWO), talk(TWO, "other"), stones(stone))
    assert losses_by(mine(opened), theirs, frozenset({stone.name})).names == {stone.name}
