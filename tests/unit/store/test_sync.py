"""Any order of pushes and pulls of two or three clones ends in the same union, on real repositories."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitstory.git.fetch_push import Caller, resolve
from gitstory.git.repo import Repo
from gitstory.model import Conversation, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.store.erasure_plan import Wish, forgetting, widened
from gitstory.store.record_merge import weighed
from gitstory.store.store import DATA_REF, NOTES_REF, Batch, StoryStore
from gitstory.store.sync.apply_merge import absorb
from gitstory.store.sync.compute_merge import join
from gitstory.store.sync.pull_push import StoreRemote, pull, push
from gitstory.summary.note_text import note_text
from tests.examples import tries
from tests.gitrepo import GitRepo
from tests.unit.store.values import conversations, stories

WHO = Caller()

TOLD = stories().map(weighed).filter(lambda story: bool(story.links))
"""Stories as they are stored: those that tell nothing are not."""
CLONES = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("write"), CLONES, TOLD, conversations()),
    st.tuples(st.sampled_from(["push", "pull"]), CLONES),
    st.tuples(st.just("forget"), CLONES, st.sampled_from([("codex", "c1"), ("claude-code", "c2")])),
)


def place(repo: Repo) -> StoreRemote:
    return StoreRemote(resolve(repo, "../remote.git", push=True)[0])


def write(repo: Repo, story: Story, talk: object) -> None:
    StoryStore(repo).write(Batch([story], [talk]))  # type: ignore[list-item]


def forget(repo: Repo, key: tuple[str, str]) -> None:
    wish = Wish(conversations=frozenset({key}))
    StoryStore(repo).update(lambda contents: forgetting(contents, widened(contents, wish), note_text))


def told(repo: Repo, ref: str = DATA_REF) -> dict[str, str]:
    """path -> id of all that is stored"""
    rows = repo.run("ls-tree", "-r", ref, check=False).stdout.decode().splitlines()
    return {row.split("\t")[1]: row.split()[2] for row in rows}


@pytest.mark.slow
@settings(max_examples=tries(25), suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=2, max_size=8))
def test_any_order_ends_in_the_same_union(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as base:
        GitRepo.init(Path(base, "remote.git"), "--bare")
        repos = [Repo.open(GitRepo.init(Path(base, f"clone-{number}")).path) for number in range(3)]
        forgotten = set()
        for name, number, *rest in steps:
            repo = repos[number]  # type: ignore[call-overload]
            if name == "write":
                write(repo, *rest)  # type: ignore[arg-type]
            elif name == "forget":
                forget(repo, rest[0])  # type: ignore[arg-type]
                forgotten.add(rest[0])
            else:
                {"push": push, "pull": pull}[name](repo, place(repo), note_text, WHO)  # type: ignore[index]
        before = [told(repo) for repo in repos]
        for _ in range(2):
            for repo in repos:
                pull(repo, place(repo), note_text, WHO, erase=True)  # until now each kept what others forgot
                push(repo, place(repo), note_text, WHO)
        after = [told(repo) for repo in repos]
        assert after[0] == after[1] == after[2]
        whole = {path for each in before for path in each}
        assert forgotten or set(after[0]) == whole
        kept = [(meta.agent, meta.id) for meta in StoryStore(repos[0]).conversations()]
        assert not forgotten & set(kept)
        for repo in repos:
            repo.git("fsck", "--strict", "--no-dangling")
            repo.close()


def test_pushing_news_right_after_a_tombstone_purged_what_the_remote_has(tmp_path: Path) -> None:
    """Where no worker runs, taking a tombstone over purges at once: the remote's notes cannot be built upon."""
    GitRepo.init(tmp_path / "remote.git", "--bare")
    one, two = (Repo.open(GitRepo.init(tmp_path / name).path) for name in ("one", "two"))
    link = Link("codex", "c1", "lines", 1, (TurnLink("t1", 1, "lines", 1),))
    write(one, Story("ab" * 20, (link,)), Conversation("codex", "c1", (Turn("t1", 1, "p"),)))
    push(one, place(one), note_text, WHO)
    forget(two, ("codex", "c9"))
    push(two, place(two), note_text, WHO)
    write(one, Story("cd" * 20, (link,)), Conversation("codex", "c1", (Turn("t1", 1, "p"),)))
    assert push(one, place(one), note_text, WHO).sent
    with Repo.open(tmp_path / "remote.git") as remote:
        assert told(remote) == told(one) and told(remote, NOTES_REF) == told(one, NOTES_REF) != {}
    for repo in (one, two):
        repo.close()


def test_pushing_upon_a_chain_whose_beginning_a_tombstone_purged_here(tmp_path: Path) -> None:
    """Notes that two clones begin alike are one commit; what the other built upon it is fetched without it."""
    GitRepo.init(tmp_path / "remote.git", "--bare")
    one, two = (Repo.open(GitRepo.init(tmp_path / name).path) for name in ("one", "two"))
    talk = Conversation("codex", "c1", ())

    def link(*turns: str) -> Link:
        return Link("codex", "c1", "lines", 0, tuple(TurnLink(turn, 0, "lines", 0) for turn in turns))

    removed = (Range(3, 3, "codex", "c1", "t1"),)
    write(one, Story("ab" * 20, (link("t1"),), (FileStory("a.py", 0, 0, (), removed),)), talk)
    push(one, place(one), note_text, WHO)
    forget(two, ("claude-code", "c2"))
    push(two, place(two), note_text, WHO)
    write(two, Story("ab" * 20, (link("t3", "t1", "t2"),)), talk)
    push(two, place(two), note_text, WHO)
    write(one, Story("cd" * 20, (link("t1"),)), talk)
    push(one, place(one), note_text, WHO)
    for repo in (one, two):
        push(repo, place(repo), note_text, WHO)
        repo.git("fsck", "--strict", "--no-dangling")
    assert told(one) == told(two)
    for repo in (one, two):
        repo.close()


@settings(max_examples=tries(25), suppress_health_check=list(HealthCheck))
@given(one=st.tuples(TOLD, conversations()), two=st.tuples(TOLD, conversations()))
def test_joining_goes_both_ways_and_once_is_enough(one: tuple[Story, object], two: tuple[Story, object]) -> None:
    with tempfile.TemporaryDirectory() as base:
        left, right = (Repo.open(GitRepo.init(Path(base, name)).path) for name in ("left", "right"))
        write(left, *one)
        write(right, *two)
        for here, there in ((left, right), (right, left)):
            here.git("fetch", "-q", str(there.git_dir), f"{DATA_REF}:refs/there")
        trees = [repo.git("rev-parse", "refs/there^{tree}").decode().strip() for repo in (left, right)]
        for repo, tree in zip((left, right), trees, strict=True):
            absorb(repo, tree, note_text)
            ours = repo.git("rev-parse", f"{DATA_REF}^{{tree}}").decode().strip()
            assert join(repo, ours, tree).changes == {}
        assert told(left) == told(right)
        assert left.ref(DATA_REF) == right.ref(DATA_REF)
        left.close()
        right.close()
