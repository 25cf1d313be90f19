"""The rules of the index one by one: what is read again, kept, rolled back and forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from gitstory.git.new_objects import NewObjects, edit_tree, store
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Decision, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.store.record_index import ancestors, carried_stories, line_counts, rows, schema, update
from gitstory.store.record_index.carried_stories import Computed
from gitstory.store.record_index.index import RecordIndex, forget_erased
from gitstory.store.record_paths import META, Tombstone, commit_path, conversation_path
from gitstory.store.records import encode_meta, encode_story, meta_of
from gitstory.store.snapshot import Contents
from tests.gitrepo import GitRepo

Files = dict[bytes, bytes]
COMMIT, OTHER, THIRD = "a" * 40, "ab" + "b" * 38, "c" * 40
ONE, TWO, AMP = ("codex", "c1"), ("codex", "c2"), ("amp", "c1")


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        opened.home.mkdir(parents=True)
        yield opened


def contents(repo: Repo, *parts: Files) -> Contents:
    new_objects = NewObjects(repo.object_format)
    tree = edit_tree(repo.objects, None, {path: data for part in parts for path, data in part.items()}, new_objects)
    store(repo, new_objects)
    return Contents(repo, tree)


def a_story(commit: str, *keys: tuple[str, str], path: str = "src/a.py") -> Story:
    links = tuple(Link(*key, "lines", 2, (TurnLink("t1", 1, "lines", 2), TurnLink("t2", 2, "files"))) for key in keys)
    pieces = tuple(Range(1 + number, 1 + number, *key, "t1") for number, key in enumerate(keys))
    return Story(commit, links, (FileStory(path, 2, 0, pieces[:1], pieces[1:]),), author="me")


def stories(*some: Story) -> Files:
    return {commit_path(one.commit): encode_story(one) for one in some}


def talk(key: tuple[str, str], started: float | None = None, updated: float | None = None) -> Files:
    meta = meta_of(Conversation(*key, (Turn("t1", 1, "p"),), started=started, updated=updated))
    return {conversation_path(*key) + b"/" + META: encode_meta(meta)}


def stones(*tombstones: Tombstone) -> Files:
    return {one.path: b"{}\n" for one in tombstones}


def facts(index: RecordIndex) -> dict[str, object]:
    keys = [ONE, TWO, AMP]
    return {
        "commits": index.commits(),
        "blobs": index.blobs([COMMIT, OTHER, THIRD, "d" * 40]),
        "ended": index.ended(),
        "commits of": index.commits_of(keys),
        "explained": [index.explained([key]) for key in keys],
        "lines": [index.lines_of((*key, turn)) for key in keys for turn in ("t1", "t2")],
        "at": [index.conversations_at(path) for path in ("src/a.py", "b.txt")],
        "ending": [index.paths_ending([suffix]) for suffix in (b".py", b".txt", b"")],
        "authors": [index.author(commit) for commit in (COMMIT, OTHER, THIRD)],
        "decided": index.decided(),
        "naming": [index.stories_naming([key]) for key in keys],
        "names": sorted(index.db.execute("SELECT agent, name FROM names")),
        "paths": sorted(index.db.execute("SELECT path, suffix FROM paths")),
    }


def fresh(there: Contents) -> dict[str, object]:
    db = schema.in_memory()
    update.update(db, there)
    return facts(RecordIndex(db))


def test_what_stories_and_conversations_say(opened: Repo) -> None:
    untied = replace(a_story(OTHER, TWO, path="b.txt"), decisions=(Decision("x", "y", False, 1.0),))
    there = contents(
        opened, stories(a_story(COMMIT, ONE, AMP), untied), {commit_path(THIRD): b"torn"},
        talk(ONE, 1.0, 2.0), talk(TWO, 3.0), talk(AMP),
    )  # fmt: skip
    assert fresh(there) == {
        "commits": [COMMIT, OTHER, THIRD],
        "blobs": {one: opened.git("rev-parse", f"{there.root}:{commit_path(one).decode()}").decode().strip()
                  for one in (COMMIT, OTHER)},
        "ended": {ONE: 2.0, TWO: 3.0, AMP: 0.0},
        "commits of": {ONE: [COMMIT], TWO: [OTHER], AMP: [COMMIT]},
        "explained": [{COMMIT}, {OTHER}, {COMMIT}],
        "lines": [{COMMIT: 2}, {}, {OTHER: 2}, {}, {COMMIT: 2}, {}],
        "at": [{ONE, AMP}, {TWO}],
        "ending": [["src/a.py"], ["b.txt"], []],
        "authors": ["me", "me", ""],
        "decided": [OTHER],
        "naming": [[COMMIT], [OTHER], [COMMIT]],
        "names": sorted([ONE, TWO, AMP, ("x", "y")]),
        "paths": [(b"b.txt", b".txt"), (b"src/a.py", b".py")],
    }  # fmt: skip


def test_stories_alone_in_memory() -> None:
    untied = replace(a_story(OTHER, TWO), decisions=(Decision("x", "y", True, 1.0), Decision(*ONE, False, 1.0)))
    index = RecordIndex.of_stories([a_story(COMMIT, ONE, AMP), untied])
    assert (index.commits(), index.decided(), index.author(COMMIT)) == ([COMMIT, OTHER], [OTHER], "me")
    assert index.commits_of([ONE, TWO]) == {ONE: [COMMIT], TWO: [OTHER]} and index.explained([ONE, TWO]) == {
        COMMIT,
        OTHER,
    }
    assert index.conversations_at("src/a.py") == {ONE, TWO, AMP} and not index.is_lasting
    assert index.count_stories() == 2 and index.blobs([COMMIT]) == {COMMIT: ""}


BASE = stories(a_story(COMMIT, ONE, AMP), a_story(OTHER, TWO, path="b.txt")) | talk(ONE, 1.0) | talk(TWO) | talk(AMP)


@pytest.mark.parametrize(
    "stone",
    [
        Tombstone("conversation", ONE),
        Tombstone("conversation", AMP),
        Tombstone("turn", (*ONE, "t1")),
        Tombstone("turn", (*TWO, "t1")),
        Tombstone("commit", (COMMIT,)),
        Tombstone("commit", (OTHER,)),
        Tombstone("commit", (THIRD,)),
    ],
)
def test_records_that_a_tombstone_names_are_read_again(opened: Repo, stone: Tombstone) -> None:
    """Though they are the same bytes: another program may have left them."""
    RecordIndex.of(contents(opened, BASE)).close()
    after = contents(opened, BASE, stones(stone))
    index = RecordIndex.of(after)
    assert index.is_lasting and facts(index) == fresh(after)
    kept = {row[0] for row in index.db.execute("SELECT name FROM tombstones")}
    assert kept == {stone.name}
    index.close()
    without = RecordIndex.of(contents(opened, BASE))  # the store was put back: nothing of the index can be kept
    assert facts(without) == fresh(contents(opened, BASE))
    assert without.db.execute("SELECT count(*) FROM tombstones").fetchone()[0] == 0
    without.close()


def test_carried_stories_go_with_a_new_tombstone_and_with_many_changes(
    opened: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(there: Contents) -> RecordIndex:
        index = RecordIndex.of(there)
        carried_stories.save(index, there.root or "", {THIRD: Computed(None, frozenset({b"x.py"}), {b"x.py": b".py"})})
        assert carried_stories.load(index, [THIRD, COMMIT]) == {THIRD: None}
        return index

    base = contents(opened, BASE)
    keep(base).close()
    index = RecordIndex.of(contents(opened, BASE, stones(Tombstone("commit", ("d" * 40,)))))
    assert carried_stories.load(index, [THIRD]) == {}
    index.close()
    keep(base).close()
    monkeypatch.setattr(rows, "MOST_TOUCHED", 1)
    index = RecordIndex.of(contents(opened, BASE, stories(a_story(THIRD, ONE))))
    assert carried_stories.load(index, [THIRD]) == {THIRD: None}, "one change can be looked at"
    index.close()
    index = RecordIndex.of(contents(opened, talk(ONE)))
    assert carried_stories.load(index, [THIRD]) == {} and index.db.execute("SELECT * FROM touched").fetchall() == []
    index.close()


def test_what_was_computed_for_another_state_is_not_kept(opened: Repo) -> None:
    there = contents(opened, BASE)
    index = RecordIndex.of(there)
    story = Computed(a_story(THIRD, ONE), frozenset({b"x"}), {})
    carried_stories.save(index, "another", {THIRD: story})
    assert carried_stories.load(index, [THIRD]) == {} and not index.db.in_transaction
    carried_stories.save(index, there.root or "", {THIRD: story})
    assert carried_stories.load(index, [THIRD]) == {THIRD: story.story} and not index.db.in_transaction
    odd = Computed(replace(a_story(OTHER, ONE), author="\udce9"), frozenset(), {})
    carried_stories.save(index, there.root or "", {OTHER: odd})
    assert carried_stories.load(index, [OTHER]) == {} and not index.db.in_transaction
    index.db.execute("UPDATE carried SET story = 'torn'")
    assert carried_stories.load(index, [THIRD]) == {}


def test_changed_stories_are_remembered_where_carried_ones_may_depend_on_them(opened: Repo) -> None:
    there = contents(opened, BASE)
    index = RecordIndex.of(there)
    assert index.db.execute("SELECT * FROM touched").fetchall() == []
    carried_stories.save(index, there.root or "", {THIRD: Computed(None, frozenset(), {})})
    index.close()
    changed = stories(a_story(COMMIT, TWO), a_story("d" * 40, ONE))
    gone = {path: data for path, data in BASE.items() if path != commit_path(OTHER)}
    index = RecordIndex.of(contents(opened, gone, changed))
    assert dict(index.db.execute("SELECT oid, was FROM touched")) == {COMMIT: 1, OTHER: 1, "d" * 40: 0}
    index.close()
    index = RecordIndex.of(contents(opened, gone, stories(a_story(COMMIT, TWO), a_story("d" * 40, TWO))))
    assert dict(index.db.execute("SELECT oid, was FROM touched"))["d" * 40] == 1
    index.close()


def test_lines_that_were_counted_are_kept_for_the_story_there_is(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_counts, "_AT_ONCE", 2)
    there = contents(opened, BASE, stories(a_story(THIRD, ONE)))
    index = RecordIndex.of(there)
    blobs = index.blobs([COMMIT, OTHER, THIRD])
    line_counts.save(index, blobs, {commit: commit[:2].encode() for commit in blobs})
    assert line_counts.load(index, [COMMIT, THIRD, OTHER, "d" * 40]) == {COMMIT: b"aa", OTHER: b"ab", THIRD: b"cc"}
    assert not index.db.in_transaction
    line_counts.save(index, {COMMIT: "another story"}, {COMMIT: b"new"})
    assert line_counts.load(index, [COMMIT]) == {COMMIT: b"aa"}
    line_counts.save(index, blobs, {COMMIT: b"new"})
    assert line_counts.load(index, iter([COMMIT])) == {COMMIT: b"new"}
    with pytest.raises(KeyError):
        line_counts.save(index, {}, {COMMIT: b"lost"})
    assert not index.db.in_transaction
    index.close()
    index = RecordIndex.of(contents(opened, BASE, stories(a_story(COMMIT, TWO))))
    assert line_counts.load(index, [COMMIT, OTHER]) == {OTHER: b"ab"}
    index.db.execute("DROP TABLE counted")
    assert line_counts.load(index, [COMMIT]) == {}
    index.close()


def test_ancestors_of_the_latest_bases_are_kept(opened: Repo) -> None:
    index = RecordIndex.of(contents(opened, BASE))
    assert (ancestors.bases(index), ancestors.ancestors_of(index, COMMIT)) == ([], set())
    ancestors.save(index, "one", {COMMIT, OTHER})
    ancestors.save(index, "two", {COMMIT})
    assert ancestors.bases(index) == ["two", "one"] and not index.db.in_transaction
    assert ancestors.ancestors_of(index, "one") == {COMMIT, OTHER}
    assert ancestors.ancestors_among(index, "one", [COMMIT, THIRD]) == {COMMIT}
    assert ancestors.ancestors_among(index, "two", [COMMIT, OTHER]) == {COMMIT}
    ancestors.save(index, "one", {OTHER})
    assert ancestors.bases(index) == ["one", "two"] and ancestors.ancestors_of(index, "one") == {OTHER}
    ancestors.save(index, "three", set())
    assert ancestors.bases(index) == ["three", "one"] and ancestors.ancestors_of(index, "two") == set()
    assert index.db.execute("SELECT DISTINCT oid FROM behind").fetchall() == [(OTHER,)]
    ancestors.save(index, "four", {None})  # type: ignore[arg-type]
    assert ancestors.bases(index) == ["three", "one"] and not index.db.in_transaction
    index.db.execute("DROP TABLE bases")
    assert ancestors.bases(index) == [] and ancestors.ancestors_among(index, "one", [OTHER]) == set()
    assert ancestors.ancestors_of(index, "one") == set()
    index.close()


# --- the file ---


def test_a_step_that_fails_changes_nothing_and_the_next_run_goes_on(
    opened: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = contents(opened, BASE)
    db = schema.connect(opened.home)
    real = rows.IndexRows.conversations_in

    def full(self: rows.IndexRows, folder: bytes, oid: str | None) -> None:
        real(self, folder, oid)
        raise sqlite3.OperationalError("no space")

    monkeypatch.setattr(rows.IndexRows, "conversations_in", full)
    with pytest.raises(sqlite3.OperationalError, match="no space"):
        update.update(db, there)
    assert not db.in_transaction and RecordIndex(db).ended() == {} and RecordIndex(db).commits() == [COMMIT, OTHER]
    assert update.fact(db, "tree") == "" and update.fact(db, "goal") == there.root
    monkeypatch.setattr(rows.IndexRows, "conversations_in", real)
    update.update(db, there)
    assert facts(RecordIndex(db)) == fresh(there) and update.fact(db, "tree") == there.root
    update.update(db, Contents(opened, None))
    assert update.fact(db, "tree") == "-" and RecordIndex(db).commits() == []
    db.close()


def test_others_that_keep_changing_the_index_are_not_fought_for_ever(
    opened: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def disturbed(self: object) -> None:
        runs.append(1)
        raise update.Interrupted("again")

    monkeypatch.setattr(update._Updater, "run", disturbed)
    with pytest.raises(update.Interrupted, match="others keep changing the index"):
        update.update(schema.in_memory(), contents(opened, BASE))
    assert len(runs) == 20


def test_an_update_ends_where_another_process_has_another_goal(opened: Repo) -> None:
    there = contents(opened, BASE)
    db = schema.in_memory()
    updater = update._Updater(db, there, there.root or "")
    updater._in_transaction(updater._begin, goal=False)
    updater._in_transaction(lambda: None)
    db.execute("UPDATE facts SET value = 'another' WHERE name = 'goal'")
    with pytest.raises(update.Interrupted, match="another state"):
        updater._in_transaction(lambda: None)
    assert not db.in_transaction


def test_what_is_erased_leaves_nothing_of_carried_stories(opened: Repo) -> None:
    there = contents(opened, BASE)
    forget_erased(there)
    assert not (opened.home / schema.NAME).exists(), "where there is no index none is made"
    index = RecordIndex.of(there)
    carried_stories.save(
        index, there.root or "", {THIRD: Computed(a_story(THIRD, ONE), frozenset({b"x"}), {b"x": b""})}
    )
    index.db.execute("INSERT INTO touched VALUES ('x', 0)")
    index.close()
    forget_erased(there)
    with sqlite3.connect(opened.home / schema.NAME) as db:
        for table in ("carried", "carried_files", "touched"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
    db.close()


def test_a_busy_index_is_removed_when_things_were_erased(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    there = contents(opened, BASE)
    RecordIndex.of(there).close()
    monkeypatch.setattr(RecordIndex, "of", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("busy")))
    forget_erased(there)
    assert not list(opened.home.glob("record.db*"))


def test_a_file_of_another_version_is_made_anew_and_one_that_is_busy_is_not(
    opened: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = contents(opened, BASE)
    with sqlite3.connect(opened.home / schema.NAME) as db:
        db.execute("CREATE TABLE left_over (x)")
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    db.close()
    index = RecordIndex.of(there)
    assert index.is_lasting and facts(index) == fresh(there)
    assert "left_over" not in {row[0] for row in index.db.execute("SELECT name FROM sqlite_master")}
    assert index.db.execute("PRAGMA secure_delete").fetchone()[0] == 1
    assert index.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    index.close()
    for wait in ("_WAIT", "_WAIT_TO_BEGIN"):
        monkeypatch.setattr(schema, wait, 0)
    holder = sqlite3.connect(opened.home / schema.NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    index = RecordIndex.of(contents(opened, talk(ONE)))
    assert not index.is_lasting and index.ended() == {ONE: 0.0}
    holder.execute("ROLLBACK")
    holder.close()
    assert (opened.home / schema.NAME).exists()


def test_conversations_beside_others_and_the_latest(opened: Repo) -> None:
    keys = [("codex", name) for name in ("a", "c", "e")] + [("amp", "c"), ("amp", "g")]
    there = contents(opened, *(talk(key, float(number)) for number, key in enumerate(keys)))
    index = RecordIndex.of(there)
    assert index.beside([("codex", "c")]) == {("codex", "a"), ("codex", "c"), ("amp", "c"), ("codex", "e")}
    assert {name for _, name in index.beside([("x", "d")])} == {"c", "e"}
    assert index.beside([("x", "0")]) == {("codex", "a")} and index.beside([("x", "z")]) == {("amp", "g")}
    assert index.latest(2) == ({("amp", "g"): 4.0, ("amp", "c"): 3.0}, 5)
    assert index.latest(9, "codex", 1.0) == ({("codex", "e"): 2.0, ("codex", "c"): 1.0}, 2)
    assert index.called("c") == [("amp", "c"), ("codex", "c")] and index.called("amp:c") == [("amp", "c")]
    assert index.called("") == index.called("codex:") == []
    assert index.agents() == {"amp", "codex"} and index.ended_of([("codex", "e"), ("x", "y")]) == {("codex", "e"): 2.0}
    assert (index.count_conversations(), index.count_stories()) == (5, 0)
    index.close()


def test_of_tombstones_whose_keys_are_given_nothing_is_looked_for(opened: Repo) -> None:
    records = (stories(a_story(COMMIT, ONE, AMP), a_story(OTHER, TWO), a_story(THIRD, AMP)), talk(ONE), talk(TWO))
    buried = [
        Tombstone("conversation", ONE), Tombstone("turn", (*TWO, "t1")), Tombstone("turn", ("codex", "", "t1")),
        Tombstone("commit", (THIRD,)), Tombstone("redacted", TWO), Tombstone("content", ("c" * 64,)),
    ]  # fmt: skip
    there = contents(opened, *records, stones(*buried))
    for given in ([], buried[:1], buried[-1:], buried):
        db = schema.in_memory()
        update.update(db, contents(opened, *records))
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        update.update(db, there, given)
        looked_for = [
            one for one in asked if one.startswith(("SELECT id, agent, name", "SELECT DISTINCT story, agent"))
        ]
        assert facts(RecordIndex(db)) == fresh(there)
        assert bool(looked_for) is (given != buried)
