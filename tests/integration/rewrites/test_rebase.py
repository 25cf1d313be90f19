"""`git rebase` in all its ways: interactive, onto others' work, with merges, stopped, skipped and given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.integration.rewrites.stage import Stage, told

PLACES = [f"line number {n} of the base" for n in (2, 8, 14)]
TEXTS = ["the first turn wrote this line", "the second turn wrote this line", "the third turn wrote this line"]
OWN = "a person typed this line, and nobody else"


class Three(Stage):
    """Three commits of three turns in one file, and a fourth of a person; `owned` is text -> turn."""

    commits: list[str]
    owned: dict[str, str]


@pytest.fixture
def three(stage: Stage) -> Three:
    stage.__class__ = Three
    assert isinstance(stage, Three)
    stage.commits, stage.owned = [], {}
    for n, (place, text) in enumerate(zip(PLACES, TEXTS, strict=True)):
        stage.owned[text] = stage.turn(f"Add line {n}")
        stage.put("base.txt", place, text)
        stage.commits.append(stage.commit(f"line {n}"))
    stage.typed("base.txt", "line number 19 of the base", OWN)
    stage.commits.append(stage.commit("by hand"))
    stage.settle()
    return stage


def interactively(stage: Three, *steps: tuple[str, int], check: bool = True) -> None:
    """Rebase the four commits by `steps`: what to do, and the number of the commit (-1: none)."""
    todo = "".join(f"{what} {stage.commits[n] if n >= 0 else ''}\n" for what, n in steps)
    stage.git("rebase", "-q", "-i", f"{stage.commits[0]}^", todo=todo, check=check)


def subjects(stage: Stage, revs: str) -> dict[str, str]:
    """subject -> commit."""
    rows = stage.repo.git("log", "--format=%s%x09%H", revs).splitlines()
    return dict(row.split("\t") for row in rows)


def test_reordered(three: Three) -> None:
    interactively(three, ("pick", 2), ("pick", 3), ("pick", 0), ("pick", 1))
    three.drain()
    assert three.owners("base.txt") == three.owned
    made = subjects(three, f"{three.commits[0]}^..HEAD")
    for n in range(3):
        assert three.turns(made[f"line {n}"]) == {three.owned[TEXTS[n]]}
    assert three.links(made["by hand"]) == {}


def test_one_dropped(three: Three) -> None:
    interactively(three, ("pick", 0), ("drop", 1), ("pick", 2), ("pick", 3))
    three.drain()
    assert three.owners("base.txt") == {text: three.owned[text] for text in (TEXTS[0], TEXTS[2])}


@pytest.mark.parametrize("how", ["squash", "fixup"])
def test_melted_into_one(three: Three, how: str) -> None:
    interactively(three, ("pick", 0), (how, 1), (how, 2), ("pick", 3))
    three.drain()
    assert three.owners("base.txt") == three.owned
    assert three.turns("HEAD^") == set(three.owned.values())
    assert three.links("HEAD") == {}
    assert not three.gone or set(three.commits[:3]) <= three.carried("HEAD^")


def test_melted_with_a_persons_commit(three: Three) -> None:
    interactively(three, ("pick", 3), ("squash", 0), ("pick", 1), ("pick", 2))
    three.drain()
    assert three.owners("base.txt") == three.owned


def test_reworded(three: Three) -> None:
    interactively(three, ("reword", 0), ("reword", 1), ("pick", 2), ("pick", 3))
    three.drain()
    assert three.owners("base.txt") == three.owned


def test_one_split_in_two_files(stage: Stage) -> None:
    turn = stage.turn("Write two modules")
    stage.write("one.py", "module_one = 'written by the turn'\n")
    stage.write("two.py", "module_two = 'written by the turn'\n")
    both = stage.commit("both")
    stage.settle()
    stage.git("rebase", "-q", "-i", "HEAD^", todo=f"edit {both}\n")
    stage.git("reset", "-q", "HEAD^")
    stage.git("add", "one.py")
    stage.git("commit", "-q", "-m", "one")
    stage.commit("two")
    stage.git("rebase", "--continue")
    stage.drain()
    assert stage.turns("HEAD") == stage.turns("HEAD^") == {turn}
    assert [file["path"] for file in stage.show("HEAD")["files"]] == ["two.py"]
    assert stage.owners("one.py") == {"module_one = 'written by the turn'": turn}


def test_one_split_within_a_file(three: Three) -> None:
    interactively(three, ("pick", 0), ("edit", 1), ("pick", 2), ("pick", 3))
    three.typed("base.txt", "line number 12 of the base", "typed while the rebase had stopped")
    three.git("commit", "-q", "-a", "--amend", "--no-edit")
    three.git("rebase", "--continue")
    three.drain()
    assert three.owners("base.txt") == three.owned


def test_edited_by_a_turn_while_stopped(three: Three) -> None:
    interactively(three, ("pick", 0), ("edit", 1), ("pick", 2), ("pick", 3))
    turn = three.turn("Say it another way")
    three.session.edit("base.txt", TEXTS[1], "the second line, said another way by a fourth turn")
    three.git("commit", "-q", "-a", "--amend", "--no-edit")
    three.git("rebase", "--continue")
    three.drain()
    expected = {**three.owned, "the second line, said another way by a fourth turn": turn}
    del expected[TEXTS[1]]
    assert three.owners("base.txt") == expected


def test_autosquash(three: Three) -> None:
    turn = three.turn("Fix the first line")
    three.put("base.txt", TEXTS[0], "which was fixed by a fourth turn later")
    three.git("commit", "-q", "-a", "--fixup", three.commits[0])
    three.settle()
    three.git("rebase", "-q", "-i", "--autosquash", f"{three.commits[0]}^", GIT_SEQUENCE_EDITOR="true")
    three.drain()
    assert three.owners("base.txt") == {**three.owned, "which was fixed by a fourth turn later": turn}
    made = subjects(three, f"{three.commits[0]}^..HEAD")
    assert three.turns(made["line 0"]) == {three.owned[TEXTS[0]], turn}


def upstream(stage: Stage, name: str = "upstream", start: str = "main") -> None:
    """Somebody's branch that moves all lines down, in two commits joined by a merge."""
    stage.git("checkout", "-q", "-b", name, start)
    path = stage.path / "base.txt"
    path.write_text("upstream put this line on top\nand this one below it\n" + path.read_text())
    stage.commit("on top")
    stage.git("checkout", "-q", "-b", f"{name}-side", "HEAD^")
    stage.repo.write("side.txt", "a side branch of upstream\n")
    stage.commit("aside")
    stage.git("checkout", "-q", name)
    stage.git("merge", "-q", "--no-ff", "-m", "upstream merges", f"{name}-side")
    stage.git("checkout", "-q", "main")


def test_onto_a_branch_with_merges(three: Three) -> None:
    base = f"{three.commits[0]}^"
    upstream(three, start=base)
    three.git("rebase", "-q", "upstream")
    three.drain()
    assert three.owners("base.txt") == three.owned
    assert three.blame("base.txt")[0] == ("upstream put this line on top", None)
    made = subjects(three, "upstream..HEAD")
    for n in range(3):
        assert three.turns(made[f"line {n}"]) == {three.owned[TEXTS[n]]}


def test_with_merges_kept(three: Three) -> None:
    base = f"{three.commits[0]}^"
    upstream(three, start=base)
    turn = three.turn("Work aside")
    three.git("checkout", "-q", "-b", "topic", "HEAD~2")
    three.write("topic.py", "topic_line = 'from the topic branch'\n")
    three.commit("topic")
    three.git("checkout", "-q", "main")
    three.git("merge", "-q", "--no-ff", "-m", "merge the topic", "topic")
    three.settle()
    three.git("rebase", "-q", "--rebase-merges", "upstream")
    three.drain()
    assert len(three.repo.git("rev-list", "--merges", "upstream..HEAD").split()) == 1
    assert three.owners("base.txt") == three.owned
    assert three.owners("topic.py") == {"topic_line = 'from the topic branch'": turn}


def conflicting(stage: Three) -> None:
    """A branch in conflict with the second of the three commits."""
    stage.git("checkout", "-q", "-b", "upstream", f"{stage.commits[0]}^")
    stage.typed("base.txt", PLACES[1], "upstream has other words for this place")
    stage.commit("other words")
    stage.git("checkout", "-q", "main")


def test_given_up(three: Three) -> None:
    conflicting(three)
    three.git("rebase", "-q", "upstream", check=False)
    three.git("rebase", "--abort")
    three.drain()
    assert three.head() == three.commits[3]
    assert three.owners("base.txt") == three.owned
    assert three.links("upstream") == {}


def test_a_commit_skipped(three: Three) -> None:
    conflicting(three)
    three.git("rebase", "-q", "upstream", check=False)
    three.git("rebase", "--skip")
    three.drain()
    assert three.owners("base.txt") == {text: three.owned[text] for text in (TEXTS[0], TEXTS[2])}


def test_a_conflict_resolved_by_a_person(three: Three) -> None:
    conflicting(three)
    three.git("rebase", "-q", "upstream", check=False)
    resolve(three.path / "base.txt", "resolved by hand, with words of a person")
    three.git("add", "base.txt")
    three.git("rebase", "--continue")
    three.drain()
    assert three.owners("base.txt") == {text: three.owned[text] for text in (TEXTS[0], TEXTS[2])}
    assert ("resolved by hand, with words of a person", None) in three.blame("base.txt")


def test_a_conflict_resolved_by_keeping_both(three: Three) -> None:
    conflicting(three)
    three.git("rebase", "-q", "upstream", check=False)
    resolve(three.path / "base.txt", None)
    three.git("add", "base.txt")
    three.git("rebase", "--continue")
    three.drain()
    assert three.owners("base.txt") == three.owned


def test_a_conflict_resolved_by_a_turn(three: Three) -> None:
    conflicting(three)
    three.git("rebase", "-q", "upstream", check=False)
    turn = three.turn("Resolve the conflict")
    path = three.path / "base.txt"
    conflict = path.read_text()
    resolve(path, "both of them, in the words of the resolving turn")
    resolved = path.read_text()
    path.write_text(conflict)
    three.write("base.txt", resolved)
    three.git("add", "base.txt")
    three.git("rebase", "--continue")
    three.drain()
    expected = {text: three.owned[text] for text in (TEXTS[0], TEXTS[2])}
    assert three.owners("base.txt") == {**expected, "both of them, in the words of the resolving turn": turn}


def resolve(path: Path, words: str | None) -> None:
    """Put `words` in the place of the conflict, or keep both sides."""
    kept: list[str] = []
    inside = False
    for line in path.read_text().splitlines():
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            inside = not line.startswith(">>>>>>>")
            if line.startswith(">>>>>>>") and words is not None:
                kept.append(words)
        elif not inside or words is None:
            kept.append(line)
    path.write_text("".join(f"{line}\n" for line in kept))


@pytest.fixture
def shared(three: Three, tmp_path: Path) -> Three:
    """The three commits pushed to a remote, on which somebody else goes on."""
    remote = GitRepo.init(tmp_path / "remote.git", "--bare")
    three.git("remote", "add", "origin", str(remote.path))
    three.git("push", "-q", "origin", f"{three.commits[0]}^:refs/heads/main")
    three.git("fetch", "-q", "origin")
    three.git("branch", "-q", "--set-upstream-to=origin/main", "main")
    other = GitRepo.init(tmp_path / "other")
    other.git("pull", "-q", str(remote.path), "main")
    (other.path / "base.txt").write_text("somebody else put this on top\n" + (other.path / "base.txt").read_text())
    other.commit("on top", at=three.time)
    other.git("push", "-q", str(remote.path), "HEAD:main")
    return three


def test_pull_with_rebase(shared: Three) -> None:
    shared.git("pull", "-q", "--rebase")
    shared.drain()
    assert shared.owners("base.txt") == shared.owned
    assert shared.links(f"HEAD~{len(shared.commits)}") == {}


def test_pull_with_rebase_after_a_failed_pull(shared: Three) -> None:
    shared.typed("base.txt", "line number 6 of the base", "not committed yet, so that the pull is refused")
    shared.git("pull", "-q", "--rebase", check=False)
    shared.drain()
    assert shared.head() == shared.commits[3]
    shared.git("stash", "-q")
    shared.git("pull", "-q", "--rebase")
    shared.git("stash", "pop", "-q")
    shared.drain()
    assert shared.owners("base.txt") == shared.owned
    turn = shared.turn("Go on after the pull")
    shared.put("base.txt", "line number 10 of the base", "and a fourth turn went on")
    shared.commit("go on")
    shared.drain()
    assert shared.owners("base.txt") == {**shared.owned, "and a fourth turn went on": turn}


def test_an_untied_commit_stays_untied_when_it_is_melted(three: Three) -> None:
    [conversation] = three.links(three.commits[1])
    told(three.path, "unlink", three.commits[1], conversation)
    interactively(three, ("pick", 0), ("pick", 2), ("fixup", 3), ("pick", 1))
    three.drain()
    assert three.links("HEAD") == {}
    assert three.owners("base.txt") == {text: three.owned[text] for text in (TEXTS[0], TEXTS[2])}


def test_a_tie_by_hand_outlives_being_melted(three: Three) -> None:
    """Of a conversation that only talked: nothing else ties it to the commit."""
    talk = three.new_session()
    talk.prompt("What would you call this?")
    talk.say("I would call it a line.")
    told(three.path, "link", three.commits[3], talk.id)
    if three.gone:
        talk.path.unlink()
    interactively(three, ("pick", 0), ("pick", 1), ("pick", 2), ("fixup", 3))
    three.drain()
    assert three.links("HEAD")[talk.id] == "manual"
    three.git("rebase", "-q", "-i", "HEAD~2", todo=f"pick {three.head('HEAD~1')}\nsquash {three.head()}\n")
    three.git("commit", "-q", "--amend", "-m", "and said anew")
    three.drain()
    assert three.links("HEAD")[talk.id] == "manual"
    assert three.turns("HEAD") == {three.owned[TEXTS[1]], three.owned[TEXTS[2]]}
    assert three.owners("base.txt") == three.owned
