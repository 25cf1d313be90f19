"""Rewrites that no hook tells of, and repositories that are not one whole checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.store.store import Batch, StoryStore
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.rewrites.stage import BASE, NOON, Stage, enable, told

HEAD = "line number 1 of the base"
TAIL = "line number 20 of the base"
ONE = "the first turn wrote this line"
TWO = "the second turn wrote this line"
OWN = "a person typed this line, and nobody else"


class Two(Stage):
    """Two commits of two turns and one of a person; `owned` is text -> turn."""

    owned: dict[str, str]


def make_two(stage: Stage) -> Two:
    stage.__class__ = Two
    assert isinstance(stage, Two)
    stage.owned = {ONE: stage.turn("Mark the head")}
    stage.put("base.txt", HEAD, ONE)
    stage.commit("head")
    stage.owned[TWO] = stage.turn("Mark the tail")
    stage.put("base.txt", TAIL, TWO)
    stage.commit("tail")
    stage.typed("base.txt", "line number 10 of the base", OWN)
    stage.commit("by hand")
    stage.settle()
    return stage


@pytest.fixture
def two(stage: Stage) -> Two:
    return make_two(stage)


@pytest.fixture
def two_live(live: Stage) -> Two:
    return make_two(live)


# -- the whole history, by programs that call no hook


def filtered(stage: Stage, *args: str) -> None:
    stage.git("filter-branch", *args, "--", "main", FILTER_BRANCH_SQUELCH_WARNING="1")
    stage.git("update-ref", "-d", "refs/original/refs/heads/main")
    stage.git("reflog", "expire", "--expire=now", "--all")
    stage.git("gc", "-q", "--prune=now")


def test_every_message_rewritten(two: Two) -> None:
    old = two.head()
    filtered(two, "--msg-filter", "sed 's/^/rewritten: /'")
    assert two.head() != old
    assert two.owners("base.txt") == two.owned
    assert two.turns("HEAD^") == {two.owned[TWO]}
    assert two.links("HEAD") == {}
    assert "0 stories carried" in told(two.path, "heal", "--all").out


def test_a_file_taken_out_of_all_history(two: Two) -> None:
    filtered(two, "--index-filter", "git rm -q --cached --ignore-unmatch README.md")
    assert two.owners("base.txt") == two.owned
    assert two.turns("HEAD^") == {two.owned[TWO]}


def test_heal_finds_what_the_worker_was_never_run_for(two: Two, tmp_path: Path) -> None:
    """Exported and imported into another repository, to which the stories were fetched."""
    stream = two.repo.git("fast-export", "--no-data", "main", "--", check=False)
    assert stream
    other = GitRepo.init(tmp_path / "other")
    exported = two.repo.git("fast-export", "main").replace("\ncommitter Dev One", "\ncommitter Some Server")
    other.git("fast-import", "--quiet", input=exported.encode())
    other.git("reset", "-q", "--hard", "main")
    other.git("fetch", "-q", str(two.path), "refs/story/data:refs/story/data")
    assert other.git("rev-parse", "main") != two.head()
    assert "2 stories carried" in told(other.path, "heal").out
    assert two.owners("base.txt", where=other.path) == two.owned
    assert two.links("HEAD", other.path) == {}
    assert two.carried("HEAD^", other.path) == {two.head("HEAD^")}


# -- parts of a repository


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_shallow_clone_is_right_or_says_nothing(two: Two, tmp_path: Path, depth: int) -> None:
    where = tmp_path / "shallow"
    two.repo.git("clone", "-q", f"--depth={depth}", f"file://{two.path}", str(where))
    GitRepo(where).git("fetch", "-q", "origin", "refs/story/data:refs/story/data")
    found = two.owners("base.txt", where=where)
    assert found.items() <= two.owned.items()
    assert (TWO in found) or depth == 1
    assert two.links("HEAD", where) == {} or depth == 1


def test_heal_stores_nothing_for_the_edge_of_a_shallow_clone(two: Two, tmp_path: Path) -> None:
    """There, git takes every line of every file for added; a story that says so would be wrong in a whole clone."""
    where = tmp_path / "shallow"
    two.repo.git("clone", "-q", "--depth=1", f"file://{two.path}", str(where))
    clone = GitRepo(where)
    clone.git("fetch", "-q", "origin", "refs/story/data:refs/story/data")
    before = clone.git("rev-parse", "refs/story/data")
    enable(clone)
    assert "0 stories carried" in told(where, "heal", "--all").out
    assert clone.git("rev-parse", "refs/story/data") == before
    assert two.owners("base.txt", where=where).items() <= two.owned.items()
    clone.git("fetch", "-q", "--unshallow")
    assert two.links("HEAD", where) == {}
    assert two.owners("base.txt", where=where) == two.owned


def test_a_partial_clone(two: Two, tmp_path: Path) -> None:
    two.git("merge", "-q", "--ff-only", "HEAD")
    two.git("commit", "-q", "--amend", "-m", "by hand, amended")
    two.git("config", "uploadpack.allowFilter", "true")
    two.git("config", "uploadpack.allowAnySHA1InWant", "true")
    where = tmp_path / "partial"
    two.repo.git("clone", "-q", "--filter=blob:none", f"file://{two.path}", str(where))
    clone = GitRepo(where)
    # The stories themselves are wanted whole.
    clone.git("fetch", "-q", "--no-filter", "origin", "refs/story/data:refs/story/data")
    assert "Mark the tail" in told(where, "show", "HEAD^").out
    assert two.owners("base.txt", where=where) == two.owned
    assert two.turns("HEAD^", where) == {two.owned[TWO]}
    assert "no conversation is recorded" in told(where, "show").out


def test_a_bare_repository_is_read(two: Two, tmp_path: Path) -> None:
    where = tmp_path / "bare.git"
    two.repo.git("clone", "-q", "--bare", str(two.path), str(where))
    GitRepo(where).git("fetch", "-q", str(two.path), "refs/story/data:refs/story/data")
    assert two.turns("main^", where) == {two.owned[TWO]}
    assert two.owners("base.txt", "main", where) == two.owned
    assert "Mark the tail" in told(where, "why", "main:base.txt:23").out


def test_a_squash_in_a_bare_repository(two: Two, tmp_path: Path) -> None:
    where = tmp_path / "bare.git"
    two.repo.git("clone", "-q", "--bare", str(two.path), str(where))
    bare = GitRepo(where)
    bare.git("fetch", "-q", str(two.path), "refs/story/data:refs/story/data")
    tree, root = bare.git("rev-parse", "main^{tree}"), bare.git("rev-list", "--max-parents=0", "main")
    bare.time = two.time + 100
    squash = bare.git("commit-tree", tree, "-p", root, "-m", "all of it")
    bare.git("update-ref", "refs/heads/main", squash)
    assert two.owners("base.txt", "main", where) == two.owned
    assert "1 story carried" in told(where, "heal").out


def test_a_submodule_has_its_own_story(tmp_path: Path, home: Path) -> None:
    origin = GitRepo.init(tmp_path / "library")
    origin.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    outer = GitRepo.init(tmp_path / "outer")
    outer.commit("base", {"outer.txt": BASE}, at=NOON - 1000)
    outer.git("submodule", "add", "-q", str(origin.path), "library")
    outer.commit("library", at=NOON - 900)
    inner = GitRepo(outer.path / "library")
    enable(outer)
    enable(inner)
    session = ClaudeSession(home, outer.path, NOON)
    turn = session.prompt("Change both")
    session.edit("library/base.txt", f"{HEAD}\n", f"{HEAD}\n{ONE}\n")
    session.edit("outer.txt", f"{TAIL}\n", f"{TAIL}\n{TWO}\n")
    inner.commit("inner", at=session.time + 10)
    outer.commit("outer, with the library", at=session.time + 20)
    told(inner.path, "drain")
    told(outer.path, "drain")
    session.path.unlink()
    inner.time = outer.time = session.time + 100
    inner.git("commit", "-q", "--amend", "-m", "inner, amended")
    outer.git("commit", "-q", "-a", "--amend", "-m", "outer, amended")
    told(inner.path, "drain")
    told(outer.path, "drain")
    for repo, name, text in ((inner, "base.txt", ONE), (outer, "outer.txt", TWO)):
        found = [json.loads(line) for line in told(repo.path, "blame", "--json", "--", name).out.splitlines()]
        assert {line["text"]: line["turn"] for line in found if line["turn"]} == {text: turn}
    files = json.loads(told(outer.path, "show", "--json").out)["files"]
    assert [file["path"] for file in files] == ["outer.txt"]


def test_several_worktrees_share_one_store(stage: Stage, tmp_path: Path) -> None:
    trees = [tmp_path / f"tree{n}" for n in range(3)]
    turns: dict[str, str] = {}
    for n, tree in enumerate(trees):
        stage.git("worktree", "add", "-q", "-b", f"side{n}", str(tree))
        session = ClaudeSession(stage.home, tree, stage.time)
        text = f"written in the linked worktree number {n}"
        turns[text] = session.prompt(f"Change tree {n}")
        session.edit(
            "base.txt", f"line number {5 * n + 1} of the base\n", f"line number {5 * n + 1} of the base\n{text}\n"
        )
        stage.time = session.time
        GitRepo(tree).commit(f"tree {n}", at=stage.time + 10)
    stage.settle()
    for n, tree in enumerate(trees):
        linked = GitRepo(tree)
        linked.time = stage.time + 100 + n
        linked.git("commit", "-q", "--amend", "-m", f"tree {n}, amended")
    stage.time += 200
    for n in range(3):
        stage.git("cherry-pick", f"side{n}")
    told(trees[0], "drain")
    assert stage.owners("base.txt") == turns
    assert stage.owners("base.txt", where=trees[1]) == dict([list(turns.items())[1]])
    stage.git("worktree", "remove", "--force", str(trees[2]))
    stage.git("reset", "-q", "--soft", "HEAD~3")
    stage.commit("all three")
    stage.drain()
    assert stage.owners("base.txt") == turns


@pytest.mark.parametrize("gone", [False, True], ids=["transcripts", "store-only"])
def test_a_sha_256_repository(tmp_path: Path, home: Path, gone: bool) -> None:
    stage = Stage(tmp_path / "long", home, gone=gone, args=("--object-format=sha256",))
    two = make_two(stage)
    assert len(two.head()) == 64
    two.git("commit", "-q", "--amend", "-m", "amended")
    two.git("rebase", "-q", "-i", "HEAD~3", todo="".join(f"{w} {two.head(r)}\n" for w, r in _melted()))
    two.drain()
    assert two.owners("base.txt") == two.owned
    assert two.turns("HEAD^") == set(two.owned.values())


def _melted() -> list[tuple[str, str]]:
    return [("pick", "HEAD~2"), ("fixup", "HEAD~1"), ("pick", "HEAD")]


# -- stored ranges


@pytest.mark.parametrize("moved", [-1, 1, 2])
def test_a_stored_range_whose_lines_moved_names_nobody(two_live: Two, moved: int) -> None:
    """A record that says the wrong lines (its commit was made anew under it, or it is forged) is not believed."""
    commit = two_live.head("HEAD^")
    with Repo.open(two_live.path) as repo:
        store = StoryStore(repo)
        story = store.story(commit)
        assert story is not None
        [file] = story.files
        [one] = file.ranges
        off = replace(one, start=one.start + moved, end=one.end + moved)
        store.write(Batch(stories=[replace(story, files=(replace(file, ranges=(off,)),))]))
    found = two_live.owners("base.txt")
    assert found == {ONE: two_live.owned[ONE]}
    with pytest.raises(AssertionError):
        told(two_live.path, "why", "no-such-file:1")


def test_a_range_of_a_commit_made_anew_resolves(two: Two) -> None:
    """The same change below other lines: the stored range is of other numbers than the new commit's."""
    before = two.show("HEAD^")["files"][0]["ranges"]
    two.git("checkout", "-q", "-b", "upstream", "HEAD~3")
    path = two.path / "base.txt"
    path.write_text("".join(f"upstream line {n} on top of all\n" for n in range(7)) + path.read_text())
    two.commit("on top")
    two.git("checkout", "-q", "main")
    two.git("rebase", "-q", "upstream")
    two.drain()
    after = two.show("HEAD^")["files"][0]["ranges"]
    assert [one["start"] + 7 for one in before] == [one["start"] for one in after]
    assert two.owners("base.txt") == two.owned
