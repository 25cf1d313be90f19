"""Work that is done again elsewhere, undone, put aside or melted: cherry-pick, revert, stash, squash, rename."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.integration.rewrites.stage import Stage, told
from tests.integration.rewrites.test_rebase import resolve

HEAD = "line number 1 of the base"
MIDDLE = "line number 10 of the base"
TAIL = "line number 20 of the base"
ONE = "the first turn wrote this line"
TWO = "the second turn wrote this line"
OWN = "a person typed this line, and nobody else"


class Topic(Stage):
    """A branch `topic` of two commits by two turns, and a `main` that has moved on; `main` is checked out."""

    first: str
    second: str
    picks: list[str]


@pytest.fixture
def topic(stage: Stage) -> Topic:
    stage.__class__ = Topic
    assert isinstance(stage, Topic)
    stage.git("checkout", "-q", "-b", "topic")
    stage.first = stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    stage.picks = [stage.commit("head")]
    stage.second = stage.turn("Mark the middle")
    stage.put("base.txt", MIDDLE, TWO)
    stage.picks.append(stage.commit("middle"))
    stage.git("checkout", "-q", "main")
    stage.typed("base.txt", TAIL, OWN)
    stage.commit("by hand")
    stage.settle()
    return stage


def test_picked(topic: Topic) -> None:
    topic.git("cherry-pick", topic.picks[1])
    topic.drain()
    assert topic.owners("base.txt") == {TWO: topic.second}
    assert topic.turns() == {topic.second}
    assert not topic.gone or topic.carried() == {topic.picks[1]}


def test_several_picked_and_then_merged(topic: Topic) -> None:
    topic.git("cherry-pick", *topic.picks)
    topic.drain()
    topic.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    topic.drain()
    assert topic.owners("base.txt") == {ONE: topic.first, TWO: topic.second}
    assert topic.turns() == set()


def conflict(stage: Topic, *args: str) -> None:
    """A pick that stops, because a person wrote at the same place."""
    stage.typed("base.txt", MIDDLE, "a person wrote here first")
    stage.commit("in the way")
    stage.git(*(args or ("cherry-pick", stage.picks[1])), check=False)
    assert "<<<<<<<" in (stage.path / "base.txt").read_text()


def test_picked_with_a_conflict_a_person_resolves(topic: Topic) -> None:
    conflict(topic)
    resolve(topic.path / "base.txt", "and a person found words for both")
    topic.git("add", "base.txt")
    topic.git("cherry-pick", "--continue")
    topic.drain()
    assert topic.owners("base.txt") == {}
    assert topic.turns() == set()


def test_picked_with_a_conflict_where_both_stay(topic: Topic) -> None:
    conflict(topic)
    resolve(topic.path / "base.txt", None)
    topic.git("add", "base.txt")
    topic.git("cherry-pick", "--continue")
    topic.drain()
    assert topic.owners("base.txt") == {TWO: topic.second}


def test_picked_with_a_conflict_a_turn_resolves(topic: Topic) -> None:
    conflict(topic)
    turn = topic.turn("Resolve it")
    text = (topic.path / "base.txt").read_text()
    start, end = text.index("<<<<<<<"), text.index("\n", text.index(">>>>>>>")) + 1
    topic.session.edit("base.txt", text[start:end], "words of the resolving turn\n")
    topic.git("add", "base.txt")
    topic.git("cherry-pick", "--continue")
    topic.drain()
    assert topic.owners("base.txt") == {"words of the resolving turn": turn}


def test_a_pick_skipped(topic: Topic) -> None:
    conflict(topic, "cherry-pick", topic.picks[1], topic.picks[0])
    topic.git("cherry-pick", "--skip")
    topic.drain()
    assert topic.owners("base.txt") == {ONE: topic.first}


def test_a_pick_given_up(topic: Topic) -> None:
    conflict(topic)
    topic.git("cherry-pick", "--abort")
    topic.drain()
    assert topic.owners("base.txt") == {}
    assert topic.links() == {}


def test_a_merge_conflict_a_person_resolves(topic: Topic) -> None:
    conflict(topic, "merge", "-q", "topic")
    resolve(topic.path / "base.txt", "and a person found words for both")
    topic.commit("merge")
    topic.drain()
    assert topic.owners("base.txt") == {ONE: topic.first}
    assert topic.turns() == set()


def test_a_merge_conflict_a_turn_resolves(topic: Topic) -> None:
    conflict(topic, "merge", "-q", "topic")
    turn = topic.turn("Resolve it")
    path = topic.path / "base.txt"
    before = path.read_text()
    resolve(path, "words of the resolving turn")
    after = path.read_text()
    path.write_text(before)
    topic.write("base.txt", after)
    topic.commit("merge")
    topic.drain()
    assert topic.owners("base.txt") == {ONE: topic.first, "words of the resolving turn": turn}


def test_of_a_remote_commit(topic: Topic, tmp_path: Path) -> None:
    """Somebody else's clone picks our commit; with our stories it knows whose lines they are."""
    other = GitRepo.init(tmp_path / "other")
    other.git("fetch", "-q", str(topic.path), "main:refs/remotes/origin/main", "topic:refs/remotes/origin/topic")
    other.git("fetch", "-q", str(topic.path), "refs/story/data:refs/story/data")
    other.git("checkout", "-q", "-b", "main", "refs/remotes/origin/main")
    other.time = topic.time + 100
    other.git("cherry-pick", "refs/remotes/origin/topic")
    assert topic.owners("base.txt", where=other.path) == {TWO: topic.second}
    assert topic.carried(where=other.path) == {topic.picks[1]}


# -- revert


def test_a_revert_names_the_original_and_tells_not_its_story(topic: Topic) -> None:
    topic.git("cherry-pick", topic.picks[1])
    topic.drain()
    original = topic.head()
    topic.git("revert", "--no-edit", original)
    topic.drain()
    assert topic.links() == {}
    assert topic.turns() == set()
    said = told(topic.path, "show").out
    assert f'reverts {original[:10]} "middle"' in said
    assert "Mark the middle" in said
    assert "no conversation is recorded for this commit" in said


def test_a_revert_of_what_nobody_recorded(topic: Topic) -> None:
    original = topic.head()
    topic.git("revert", "--no-edit", original)
    topic.drain()
    said = told(topic.path, "show").out
    assert f'reverts {original[:10]} "by hand" (no conversation is recorded for it)' in said


def test_a_revert_of_a_commit_that_is_not_here(topic: Topic) -> None:
    missing = "0123456789abcdef0123456789abcdef01234567"
    topic.typed("base.txt", TAIL, "some change")
    topic.git("add", "-A")
    topic.git("commit", "-q", "-m", "Revert it", "-m", f"This reverts commit {missing}.")
    topic.drain()
    assert "reverts 0123456789, which is not in this clone" in told(topic.path, "show").out


def test_a_revert_the_agent_made_is_its_own(live: Stage) -> None:
    live.turn("Mark the head")
    live.put("base.txt", HEAD, ONE)
    original = live.commit("head")
    live.drain()
    live.turn("Take it back")
    live.git("revert", "--no-edit", original)
    made = live.head()
    live.session.bash(f"git revert --no-edit {original[:8]}", f'[main {made[:7]}] Revert "head"\n 1 file changed')
    live.drain()
    [one] = live.show()["conversations"]
    assert one["evidence"] == "command"
    assert [turn["prompt"] for turn in one["turns"] if turn["evidence"] == "command"] == ["Take it back"]


def test_a_revert_of_a_revert_gives_nobody_new_lines(topic: Topic) -> None:
    """What a person brings back is no work of the turn's; the commit names the revert, which names the original."""
    topic.git("cherry-pick", topic.picks[1])
    topic.drain()
    topic.git("revert", "--no-edit", "HEAD")
    revert = topic.head()
    topic.drain()
    topic.git("revert", "--no-edit", "HEAD")
    topic.drain()
    assert topic.links() == {}
    assert (TWO, None) in topic.blame("base.txt")
    assert f"reverts {revert[:10]}" in told(topic.path, "show").out


# -- put aside


def test_stashed_and_popped_on_another_branch(stage: Stage) -> None:
    turn = stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    stage.git("stash", "-q")
    stage.git("checkout", "-q", "-b", "elsewhere")
    stage.typed("base.txt", TAIL, OWN)
    stage.commit("by hand")
    stage.drain()
    stage.git("stash", "pop", "-q")
    stage.commit("popped")
    stage.settle()
    assert stage.owners("base.txt") == {ONE: turn}
    assert stage.links("HEAD^") == {}
    stage.git("checkout", "-q", "main")
    stage.git("cherry-pick", "elsewhere")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn}


def test_stashed_and_popped_with_a_conflict(stage: Stage) -> None:
    turn = stage.turn("Mark the head and the tail")
    stage.put("base.txt", HEAD, ONE)
    stage.put("base.txt", TAIL, TWO)
    stage.git("stash", "-q")
    stage.typed("base.txt", HEAD, OWN)
    stage.commit("in the way")
    stage.git("stash", "pop", "-q", check=False)
    resolve(stage.path / "base.txt", None)
    stage.commit("both")
    stage.settle()
    assert stage.owners("base.txt") == {ONE: turn, TWO: turn}


# -- melted


def test_squashed_by_a_merge(topic: Topic) -> None:
    topic.git("merge", "-q", "--squash", "topic")
    topic.commit("topic, in one")
    topic.drain()
    assert topic.owners("base.txt") == {ONE: topic.first, TWO: topic.second}
    assert not topic.gone or topic.carried() == set(topic.picks)


@pytest.fixture
def clone(topic: Topic, tmp_path: Path) -> GitRepo:
    """A clone that has nothing of ours but main and the stories; the branch of the pull request was deleted."""
    made = GitRepo.init(tmp_path / "clone")
    made.git("fetch", "-q", str(topic.path), "refs/story/data:refs/story/data")
    return made


def server(topic: Topic, *args: str, check: bool = True) -> None:
    """What a forge does on its own, under its own name."""
    topic.git("-c", "user.name=Some Server", "-c", "user.email=server@example.com", *args, check=check)


def pulled(topic: Topic, clone: GitRepo) -> Path:
    clone.git("fetch", "-q", str(topic.path), "main:refs/remotes/origin/main")
    clone.git("checkout", "-q", "-b", "main", "refs/remotes/origin/main")
    assert clone.git("cat-file", "-t", topic.picks[0], check=False) == ""
    return clone.path


def test_squashed_on_a_server(topic: Topic, clone: GitRepo) -> None:
    topic.git("merge", "-q", "--squash", "topic")
    body = "* head\n\n* middle\n\n---------\n\nCo-authored-by: Dev One <dev@example.com>"
    server(topic, "commit", "-q", "-m", "Topic (#1)", "-m", body)
    where = pulled(topic, clone)
    assert topic.turns(where=where) == {topic.first, topic.second}
    assert topic.carried(where=where) == set(topic.picks)
    assert topic.owners("base.txt", where=where) == {ONE: topic.first, TWO: topic.second}
    assert "Mark the middle" in told(where, "why", f"base.txt:{_line(where, TWO)}").out
    told(where, "heal")
    assert topic.owners("base.txt", where=where) == {ONE: topic.first, TWO: topic.second}
    assert "0 stories carried" in told(where, "heal").out


def test_rebased_on_a_server(topic: Topic, clone: GitRepo) -> None:
    server(topic, "cherry-pick", *topic.picks)
    where = pulled(topic, clone)
    assert topic.turns("HEAD", where) == {topic.second}
    assert topic.turns("HEAD^", where) == {topic.first}
    assert topic.links("HEAD~2", where) == {}
    assert topic.owners("base.txt", where=where) == {ONE: topic.first, TWO: topic.second}
    assert topic.carried("HEAD", where) == {topic.picks[1]}


def test_squashed_on_a_server_with_changes_of_the_merger(topic: Topic, clone: GitRepo) -> None:
    topic.git("merge", "-q", "--squash", "topic")
    topic.typed("base.txt", "line number 5 of the base", "the merger added a line to the squash")
    server(topic, "commit", "-q", "-a", "-m", "Topic (#1)")
    where = pulled(topic, clone)
    assert topic.owners("base.txt", where=where) == {ONE: topic.first, TWO: topic.second}


def _line(where: Path, text: str) -> int:
    return (where / "base.txt").read_text().splitlines().index(text) + 1


# -- renamed


def test_renamed_then_edited(stage: Stage) -> None:
    turn = stage.turn("Write it")
    lines = [f"statement_{n} = 'written by the first turn'" for n in range(8)]
    stage.write("old.py", "".join(f"{line}\n" for line in lines))
    stage.commit("write")
    stage.settle()
    stage.git("mv", "old.py", "new.py")
    stage.typed("new.py", lines[3], "typed = 'by a person after the move'")
    stage.git("commit", "-q", "-a", "--amend", "-m", "write, elsewhere")
    stage.drain()
    assert stage.owners("new.py") == dict.fromkeys(lines, turn)


def test_renamed_in_a_commit_of_its_own_then_squashed(stage: Stage) -> None:
    turn = stage.turn("Write it")
    lines = [f"statement_{n} = 'written by the first turn'" for n in range(8)]
    stage.write("old.py", "".join(f"{line}\n" for line in lines))
    stage.commit("write")
    stage.settle()
    stage.git("mv", "old.py", "new.py")
    stage.commit("move")
    stage.drain()
    assert stage.owners("new.py") == dict.fromkeys(lines, turn)
    second = stage.turn("Go on")
    stage.put("new.py", lines[7], "and_more = 'written by the second turn'")
    stage.commit("go on")
    stage.settle()
    stage.git("reset", "-q", "--soft", "HEAD~3")
    stage.commit("all of it")
    stage.drain()
    assert stage.owners("new.py") == {
        **dict.fromkeys(lines, turn),
        "and_more = 'written by the second turn'": second,
    }
