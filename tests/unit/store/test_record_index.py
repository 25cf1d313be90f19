"""The index says what reading the whole record says, whatever happened to the record and to the index's file."""

from __future__ import annotations

import hashlib
import random
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Decision, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.store.record_index import carried_stories, schema
from gitstory.store.record_index.carried_stories import Computed
from gitstory.store.record_index.index import RecordIndex, forget_erased
from gitstory.store.record_paths import Tombstone
from gitstory.store.snapshot import Contents
from gitstory.store.store import Batch, StoryStore
from gitstory.summary.short_ids import short_ids
from tests.beside import begun, ended
from tests.gitrepo import GitRepo

ROOT = Path(__file__).resolve().parents[3]
CHOSEN = ((3, None, None), (2, "codex", None), (4, None, 3.0), (0, "amp", 2.0))
PATHS = ("a.py", "src/b.py", "src/b.txt", "no suffix", "caf\udce9.py")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo.init(tmp_path / "repo")
    (made.path / ".git" / "gitstory").mkdir()
    return made


def oid(number: int) -> str:
    return hashlib.sha1(b"%d" % number).hexdigest()


def story(chance: random.Random, number: int) -> Story:
    names = [f"c{chance.randrange(8)}" for _ in range(chance.randrange(3))]
    links = [
        Link("codex", name, "lines", 2, (TurnLink(f"{name}-t1", 1, chance.choice(["lines", "files"]), 2),))
        for name in dict.fromkeys(names)
    ]
    files = [
        FileStory(path, 2, 0, tuple(Range(1, 2, "codex", name, f"{name}-t1", "0" * 16) for name in names))
        for path in chance.sample(PATHS, 2)
    ]
    decisions = (Decision("codex", "c9", chance.random() < 0.5, 1.0),) if chance.random() < 0.3 else ()
    return Story(oid(number), tuple(links), tuple(files), decisions=decisions, author=f"{number % 3:016x}")


def conversation(chance: random.Random, number: int) -> Conversation:
    name = f"c{number}" if number < 8 else f"{'x' * 300}{number}"
    turns = (Turn(f"{name}-t1", 1, f"prompt {chance.random()}"),)
    return Conversation("codex" if number % 2 else "amp", name, turns, updated=chance.choice([None, float(number)]))


def batch(chance: random.Random) -> Batch:
    kind = chance.random()
    if kind < 0.15:
        stones = [Tombstone("conversation", ("codex", f"c{chance.randrange(8)}"))]
        stones += [Tombstone("turn", ("codex", f"c{chance.randrange(8)}", "t1"))]
        return Batch(tombstones=[*stones, Tombstone("commit", (oid(chance.randrange(40)),))])
    if kind < 0.3:
        return Batch(drop=[oid(chance.randrange(40))], drop_conversations=[("codex", f"c{chance.randrange(8)}")])
    numbers = [chance.randrange(40) for _ in range(3)]
    conversations = [conversation(chance, chance.randrange(10)) for _ in range(2)]
    return Batch([story(chance, number) for number in set(numbers)], conversations)


def facts(index: RecordIndex) -> dict[str, object]:
    keys = [(agent, f"c{number}") for agent in ("codex", "amp") for number in range(10)]
    return {
        "commits": index.commits(),
        "ended": index.ended(),
        "counts": (index.count_stories(), index.count_conversations()),
        "linked": index.commits_of(keys),
        "paths": {path: index.conversations_at(path) for path in PATHS},
        "ending": sorted(index.paths_ending([b".py"])),
        "explained": [index.explained([key]) for key in keys],
        "lines": [index.lines_of((*key, f"{key[1]}-t1")) for key in keys],
        "decided": sorted(index.decided()),
        "naming": index.stories_naming(keys),
        "latest": [index.latest(*chosen) for chosen in CHOSEN],
        "short": {key: short_ids({key, *index.beside([key])})[key] for key in index.ended()},
        "ended of": index.ended_of(keys),
        "agents": index.agents(),
        "called": [index.called(name) for name in ("c1", "codex:c", "x", "amp:x", "codex:", "nothing")],
    }


def by_reading(contents: Contents) -> dict[str, object]:
    """The same from all stories and conversations."""
    stories = {one.commit: one for one in contents.stories(contents.commits())}
    metas = list(contents.metas())
    keys = [(agent, f"c{number}") for agent in ("codex", "amp") for number in range(10)]
    ranges = [
        (commit, file.path, one) for commit, each in stories.items() for file in each.files for one in file.ranges
    ]

    def turns(key: tuple[str, str]) -> dict[str, int]:
        found = ((one.commit, turn) for one in stories.values() for link in one.links for turn in link.turns
                 if (link.agent, link.conversation) == key)  # fmt: skip
        return {commit: turn.lines for commit, turn in found if turn.evidence == "lines"}

    def linked(key: tuple[str, str]) -> list[str]:
        return sorted(
            one.commit for one in stories.values() if any((x.agent, x.conversation) == key for x in one.links)
        )

    def called(name: str) -> list[tuple[str, str]]:
        found = {(meta.agent, meta.id): name.removeprefix(f"{meta.agent}:") for meta in metas}
        return sorted(key for key, part in found.items() if part and key[1].startswith(part))

    ended = {(meta.agent, meta.id): meta.updated or meta.started or 0.0 for meta in metas}

    def latest(most: int, agent: str | None, since: float | None) -> tuple[dict[tuple[str, str], float], int]:
        chosen = {key: time for key, time in ended.items() if agent in (None, key[0]) and time >= (since or 0.0)}
        first = sorted(chosen, key=lambda key: (-chosen[key], key))[:most]
        return {key: chosen[key] for key in first}, len(chosen)

    within = [(commit, (one.agent, one.conversation)) for commit, _, one in ranges]
    return {
        "commits": sorted(contents.commits()),
        "ended": ended,
        "latest": [latest(*chosen) for chosen in CHOSEN],
        "short": short_ids(ended),
        "ended of": {key: ended[key] for key in keys if key in ended},
        "agents": {agent for agent, _ in ended},
        "counts": (len(contents.commits()), len(metas)),
        "linked": {key: linked(key) for key in keys},
        "paths": {name: {(one.agent, one.conversation) for _, path, one in ranges if path == name} for name in PATHS},
        "ending": sorted({path for _, path, _ in ranges if path.endswith(".py")}),
        "explained": [set(turns(key)) for key in keys],
        "lines": [turns(key) for key in keys],
        "decided": sorted(one.commit for one in stories.values() if any(not each.linked for each in one.decisions)),
        "naming": sorted({commit for key in keys for commit in linked(key)} | {c for c, key in within if key in keys}),
        "called": [called(name) for name in ("c1", "codex:c", "x", "amp:x", "codex:", "nothing")],
    }


@pytest.mark.parametrize("seed", range(4))
def test_it_follows_every_change(repo: GitRepo, seed: int) -> None:
    chance = random.Random(seed)
    roots = []
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        for _ in range(25):
            store.write(batch(chance))
            roots.append(store.contents.root)
            assert facts(store.index) == by_reading(store.contents)
        for root in (roots[5], None, roots[-1], roots[12]):  # a store that was reset, and one that was put back
            contents = Contents(opened, root)
            index = RecordIndex.of(contents)
            assert facts(index) == by_reading(contents)
            index.close()
        assert (repo.path / ".git" / "gitstory" / schema.NAME).stat().st_mode & 0o777 == 0o600


def filled(opened: Repo, count: int = 12) -> StoryStore:
    chance = random.Random(7)
    store = StoryStore(opened)
    store.write(Batch([story(chance, n) for n in range(count)], [conversation(chance, n) for n in range(10)]))
    return store


@pytest.mark.parametrize("content", [b"", b"no database" * 100, b"SQLite format 3\0" + bytes(4000), None])
def test_a_damaged_file_is_made_anew(repo: GitRepo, content: bytes | None) -> None:
    path = repo.path / ".git" / "gitstory" / schema.NAME
    with Repo.open(repo.path) as opened:
        expected = facts(filled(opened).index)
        if content is None:
            with sqlite3.connect(path) as db:
                db.execute("PRAGMA user_version = 99")
            db.close()
        else:
            path.write_bytes(content)
            for beside in ("-wal", "-shm"):
                path.with_name(path.name + beside).unlink(missing_ok=True)
        assert facts(StoryStore(opened).index) == expected
        assert facts(StoryStore(opened).index) == expected


def test_where_it_cannot_be_written_it_is_in_memory(repo: GitRepo) -> None:
    home = repo.path / ".git" / "gitstory"
    home.rmdir()
    with Repo.open(repo.path) as opened:
        store = filled(opened)
        assert facts(store.index) == by_reading(store.contents)
    assert not home.exists()


def test_another_thread_may_ask(repo: GitRepo) -> None:
    """As requests of `git story ui` do, one after the other."""
    with Repo.open(repo.path) as opened:
        index = filled(opened).index
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(index.commits).result() == index.commits()


def make_index(where: Path) -> None:
    with Repo.open(where) as repo:
        assert StoryStore(repo).index


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
def test_a_run_that_was_killed_is_continued(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        filled(opened, 40)
        fault = f"index.saved@commits/{sorted(map(oid, range(40)))[20][:2]}"
        assert ended(begun(partial(make_index, repo.path), fault=fault)) == -signal.SIGKILL
        path = repo.path / ".git" / "gitstory" / schema.NAME
        with sqlite3.connect(path) as db:
            assert 0 < db.execute("SELECT count(*) FROM stories").fetchone()[0] < 40
        db.close()
        store = StoryStore(opened)
        assert facts(store.index) == by_reading(store.contents)


def test_nothing_that_was_erased_is_left_in_the_file(repo: GitRepo) -> None:
    name = "a-name-to-be-erased"
    folder = repo.path / ".git" / "gitstory"
    with Repo.open(repo.path) as opened:
        store = filled(opened)
        link = Link("codex", name, "lines", 1, (TurnLink(f"{name}-t", 1, "lines", 1),))
        store.write(Batch([Story(oid(77), (link,))], [Conversation("codex", name)]))
        assert store.index.called(name) == [("codex", name)]
        assert any(name.encode() in path.read_bytes() for path in folder.glob("record.db*"))
        store.write(Batch(tombstones=[Tombstone("conversation", ("codex", name))]))
        forget_erased(store.contents)
        assert not any(name.encode() in path.read_bytes() for path in folder.glob("record.db*"))
        assert facts(store.index) == by_reading(store.contents)


def test_a_file_that_cannot_be_brought_up_to_date_is_removed(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    with Repo.open(repo.path) as opened:
        store = filled(opened)
        assert store.index.is_lasting
        store.refresh()
        monkeypatch.setattr(schema, "connect", lambda home: schema.in_memory())  # as where the file stays locked
        assert not store.index.is_lasting
        forget_erased(store.contents)
        assert not list((repo.path / ".git" / "gitstory").glob("record.db*"))


def test_carried_stories_stay_until_a_story_could_change_them(repo: GitRepo) -> None:
    chance = random.Random(1)
    with Repo.open(repo.path) as opened:
        store = filled(opened)

        def keep(commit: int, path: bytes, suffix: bytes | None = None, one: Story | None = None) -> None:
            computed = Computed(one, frozenset({path}), {path: suffix} if suffix is not None else {})
            carried_stories.save(store.index, store.contents.root or "", {oid(commit): computed})

        def left() -> set[int]:
            carried_stories.drop_outdated(store.index, lambda pairs: {pair for pair in pairs if pair[0] == oid(104)})
            return {n for n in range(100, 110) if oid(n) in carried_stories.load(store.index, [oid(n)])}

        keep(100, b"a.py")
        keep(101, b"other.py")
        keep(102, b"new.md", b".md")
        keep(103, b"new.py", b".py")
        keep(104, b"new.py", b".py")  # has a file of that name: nothing was renamed
        keep(105, b"third.md", one=Story(oid(105)))
        assert left() == {100, 101, 102, 103, 104, 105}
        lines = FileStory("a.py", 1, 0, (Range(1, 1, "codex", "c1", "t"),))
        store.write(Batch([Story(oid(60), (), (lines,))]))
        assert left() == {101, 102, 104, 105}
        store.write(Batch([story(chance, 60)]))  # another story for the same commit
        assert 105 not in left() and 101 in left()
        store.write(Batch(tombstones=[Tombstone("commit", (oid(999),))]))
        assert left() == set()
