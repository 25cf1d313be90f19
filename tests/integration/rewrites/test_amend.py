"""`git commit --amend`, and what else makes one commit from one commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.rewrites.stage import Stage, told

HEAD = "line number 1 of the base"
TAIL = "line number 20 of the base"
ONE = "the first turn wrote this line"
TWO = "the second turn wrote this line"
OWN = "a person typed this line"


@pytest.fixture
def written(stage: Stage) -> tuple[Stage, str, str]:
    """A commit with a line of a turn and one of a person; (stage, turn, commit)."""
    turn = stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    stage.typed("base.txt", TAIL, OWN)
    commit = stage.commit("mark")
    stage.settle()
    return stage, turn, commit


def test_message_only(written: tuple[Stage, str, str]) -> None:
    stage, turn, commit = written
    stage.git("commit", "-q", "--amend", "-m", "mark the head, said better")
    stage.drain()
    assert stage.head() != commit
    assert stage.owners("base.txt") == {ONE: turn}
    assert stage.links() != {}
    assert not stage.gone or stage.carried() == {commit}


def test_again_and_again_between_two_runs_of_the_worker(written: tuple[Stage, str, str]) -> None:
    stage, turn, _ = written
    for n in range(4):
        stage.typed("base.txt", TAIL, f"{OWN}, again for the {n}th time")
        stage.git("commit", "-q", "-a", "--amend", "-m", f"mark {n}")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn}


def test_again_and_again_with_a_turn_in_between(written: tuple[Stage, str, str]) -> None:
    stage, turn, _ = written
    turns = {ONE: turn}
    for n in range(3):
        text = f"{TWO}, number {n} of them"
        turns[text] = stage.turn(f"And mark it again, {n}")
        stage.put("base.txt", f"line number {5 + n} of the base", text)
        stage.git("commit", "-q", "-a", "--amend", "-m", f"mark {n}")
        stage.settle()
    assert stage.owners("base.txt") == turns


def test_with_a_partially_staged_file(written: tuple[Stage, str, str]) -> None:
    stage, turn, _ = written
    second = stage.turn("Mark two places")
    stage.put("base.txt", "line number 5 of the base", TWO)
    stage.put("base.txt", "line number 15 of the base", "the second turn wrote this one as well")
    path = stage.path / "base.txt"
    whole = path.read_text()
    path.write_text(whole.replace("the second turn wrote this one as well\n", ""))
    stage.git("add", "base.txt")
    path.write_text(whole)
    stage.git("commit", "-q", "--amend", "-m", "mark, and one of two")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn, TWO: second}
    stage.commit("the other of two")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn, TWO: second, "the second turn wrote this one as well": second}


def test_a_line_taken_out_by_the_amend_is_gone(written: tuple[Stage, str, str]) -> None:
    stage, turn, _ = written
    path = stage.path / "base.txt"
    path.write_text(path.read_text().replace(f"{ONE}\n", ""))
    stage.git("commit", "-q", "-a", "--amend", "-m", "mark nothing")
    stage.drain()
    assert stage.owners("base.txt") == {}
    assert turn not in stage.turns()


def test_a_line_changed_by_the_amend_is_the_persons(written: tuple[Stage, str, str]) -> None:
    stage, _, _ = written
    path = stage.path / "base.txt"
    path.write_text(path.read_text().replace(ONE, "completely other words, by a person"))
    stage.git("commit", "-q", "-a", "--amend", "-m", "mark by hand")
    stage.drain()
    assert stage.owners("base.txt") == {}


@pytest.mark.parametrize("option", ["-C", "-c"])
def test_reset_and_commit_with_the_old_message(written: tuple[Stage, str, str], option: str) -> None:
    stage, turn, commit = written
    stage.git("reset", "-q", "--soft", "HEAD^")
    stage.git("commit", "-q", option, commit)
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn}


def test_reset_softly_and_commit_two_as_one(written: tuple[Stage, str, str]) -> None:
    stage, turn, _ = written
    second = stage.turn("Mark the tail")
    stage.put("base.txt", TAIL, TWO)
    stage.commit("tail")
    stage.settle()
    stage.git("reset", "-q", "--soft", "HEAD~2")
    stage.commit("both")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn, TWO: second}
    assert not stage.gone or len(stage.carried()) == 2


def test_a_hook_that_rewrites_the_subject(stage: Stage) -> None:
    hook = stage.path / ".git" / "hooks" / "commit-msg"
    hook.write_text('#!/bin/sh\nsed -i "1s/^/ABC-123: /" "$1"\n')
    hook.chmod(0o755)
    turn = stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    stage.commit("mark")
    stage.settle()
    stage.git("commit", "-q", "--amend", "-m", "mark again")
    stage.drain()
    assert stage.show()["subject"] == "ABC-123: mark again"
    assert stage.owners("base.txt") == {ONE: turn}


def test_one_transcript_deleted_the_other_not(live: Stage) -> None:
    stage = live
    first = stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    stage.commit("head")
    stage.drain()
    gone, stage.session = stage.session, stage.new_session()
    second = stage.turn("Mark the tail")
    stage.put("base.txt", TAIL, TWO)
    stage.commit("tail")
    stage.drain()
    gone.path.unlink()
    stage.git("reset", "-q", "--soft", "HEAD~2")
    stage.commit("both")
    stage.drain()
    assert stage.links() == {gone.id: "lines", stage.session.id: "lines"}
    assert stage.owners("base.txt") == {ONE: first, TWO: second}


def test_a_transcript_cut_down_by_its_agent(live: Stage) -> None:
    stage = live
    first = stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    stage.commit("head")
    stage.drain()
    stage.session.path.write_text("")
    second = stage.turn("Mark the tail")
    stage.put("base.txt", TAIL, TWO)
    stage.commit("tail")
    stage.drain()
    stage.git("reset", "-q", "--soft", "HEAD~2")
    stage.commit("both")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: first, TWO: second}


def test_who_committed_outlives_the_amend(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = stage.turn("Mark it and commit")
    stage.put("base.txt", HEAD, ONE)
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", stage.session.id)
    stage.commit("mark")
    monkeypatch.delenv("CLAUDE_CODE_SESSION_ID")
    session = stage.session.id
    stage.settle()
    stage.git("commit", "-q", "--amend", "-m", "mark it well")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn}
    assert stage.links() == {session: "lines"}


def test_a_file_known_by_name_only_outlives_the_amend(stage: Stage) -> None:
    stage.turn("Rename it everywhere")
    path = stage.path / "base.txt"
    path.write_text(path.read_text().replace("base", "ground"))
    stage.session.bash("sed -i 's/base/ground/' base.txt", "")
    session = stage.session.id
    stage.commit("rename")
    stage.settle()
    assert stage.links() == {session: "files"}
    stage.git("commit", "-q", "--amend", "-m", "rename the base")
    stage.drain()
    assert stage.links() == {session: "files"}
    assert stage.owners("base.txt") == {}


def test_what_a_person_decided_outlives_every_amend(stage: Stage) -> None:
    stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    commit = stage.commit("mark")
    stage.drain()
    told(stage.path, "unlink", commit, stage.session.id)
    stage.settle()
    assert stage.links() == {}
    for n in range(3):
        stage.git("commit", "-q", "--amend", "-m", f"mark {n}")
    stage.drain()
    assert stage.links() == {}
    assert stage.owners("base.txt") == {}


def test_a_pruned_reflog(written: tuple[Stage, str, str], home: Path) -> None:
    stage, turn, commit = written
    stage.git("commit", "-q", "--amend", "-m", "mark again")
    stage.git("reflog", "expire", "--expire=now", "--all")
    stage.git("gc", "-q", "--prune=now")
    assert stage.repo.git("cat-file", "-t", commit, check=False) == ""
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn}
    stage.git("commit", "-q", "--amend", "-m", "and again")
    stage.git("reflog", "expire", "--expire=now", "--all")
    stage.git("gc", "-q", "--prune=now")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn}


def test_while_the_worker_runs(tmp_path: Path, home: Path) -> None:
    """The hooks start workers behind our back, one a rewrite, while we go on."""
    stage = Stage(tmp_path / "repo", home, gone=False, worker=True)
    turn = stage.turn("Mark the head")
    stage.put("base.txt", HEAD, ONE)
    stage.commit("mark")
    for n in range(5):
        stage.git("commit", "-q", "--amend", "-m", f"mark {n}")
    stage.drain()
    assert stage.owners("base.txt") == {ONE: turn}
    assert len(stage.links()) == 1
