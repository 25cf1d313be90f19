"""`git story why` on real repositories."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gitstory.model import Call, Conversation, Edit, FileStory, Hunk, Say, Story, Turn, TurnLink
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.golden import check
from tests.stories import CALC_3, ID, Told, link, ranged, store


@pytest.fixture
def told(repo: GitRepo) -> Told:
    return Told(repo)


def why(where: Path, target: str, *args: str) -> dict[str, Any]:
    said = story(where, "why", "--json", target, *args)
    assert (said.code, said.err) == (0, "")
    found: dict[str, Any] = json.loads(said.out)
    return found


@pytest.mark.parametrize(
    ("name", "target"),
    [("why-line.txt", "calc.py:6"), ("why-name.txt", "calc.py:divide"), ("why-unknown.txt", "util.py:1-2")],
)
def test_what_it_prints(told: Told, name: str, target: str) -> None:
    said = story(told.repo.path, "why", target)
    assert (said.code, said.err) == (0, "")
    check(name, said.out)


def test_request_reason_edit_and_what_came_after(told: Told) -> None:
    (answer,) = why(told.repo.path, "calc.py:5")["answers"]
    assert answer["recorded"] and answer["conversation"] == ID and answer["turn"]["id"] == "t2"
    assert answer["turn"]["prompt"].startswith("Add a divide function.")
    assert answer["reason"] == {"kind": "said", "text": "Adding `divide` below `add`."}
    assert "+def divide(a, b):" in answer["edit"]["diff"]
    assert [(after["id"], after["correction"]) for after in answer["after"]] == [("t4", False), ("t5", True)]


def test_a_line_nobody_recorded(told: Told) -> None:
    (answer,) = why(told.repo.path, "util.py:1")["answers"]
    assert not answer["recorded"] and answer["has_story"] and answer["commit"] == told.third
    (answer,) = why(told.repo.path, "calc.py:1")["answers"]
    assert not answer["recorded"] and not answer["has_story"] and answer["subject"] == "Add a calculator"


def test_earlier_lives_through_a_rename(told: Told) -> None:
    told.repo.git("mv", "calc.py", "arith.py")
    moved = told.repo.commit("Rename")
    text = CALC_3.replace("raise ZeroDivisionError(a)", "raise ValueError(a)")
    fourth = told.repo.commit("Raise another", {"arith.py": text})
    last = told.repo.commit("And another", {"arith.py": text.replace("ValueError", "TypeError")})
    files = (FileStory("arith.py", 1, 1, (ranged(text, 7, 7, "t3"),)),)
    store(told.repo.path, [Story(commit=fourth, links=(link(TurnLink("t3", 3, "lines", 1)),), files=files)])
    (answer,) = why(told.repo.path, "arith.py:7")["answers"]
    assert answer["commit"] == last
    assert [(life["commit"], life["turn"], life["path"]) for life in answer["lives"]] == [
        (fourth, "t3", "arith.py"),
        (told.third, "t5", "calc.py"),
    ]
    assert moved not in {life["commit"] for life in answer["lives"]}
    assert answer["lives"][1]["lines"] == [{"line": 7, "text": "        raise ZeroDivisionError(a)"}]
    assert "before that, in its place" in story(told.repo.path, "why", "arith.py:7").out


def test_older_revisions_ranges_and_names(told: Told) -> None:
    assert why(told.repo.path, "HEAD~1:calc.py:6")["answers"][0]["turn"]["id"] == "t2"
    found = why(told.repo.path, "calc.py:5-7")
    assert [answer["turn"]["id"] for answer in found["answers"]] == ["t2", "t5"]
    assert (found["start"], found["end"]) == (5, 7)
    named = why(told.repo.path, "HEAD:calc.py:divide")
    assert (named["start"], named["end"], named["rev"]) == (5, 8, "HEAD")
    assert why(told.repo.path, "calc.py:ZeroDivisionError")["start"] == 7


def test_colons_in_names_and_revisions(told: Told) -> None:
    oid = told.repo.commit("fix: odd", {"a:b.py": "one = 1\ntwo = 2\n", "sub/c.py": "three = 3\n"})
    assert why(told.repo.path, "a:b.py:2")["path"] == "a:b.py"
    assert why(told.repo.path, "HEAD:a:b.py:two")["start"] == 2
    assert why(told.repo.path, "HEAD^{/fix: odd}:sub/c.py:1")["answers"][0]["commit"] == oid
    assert why(told.repo.path / "sub", "c.py:1")["path"] == "sub/c.py"
    assert why(told.repo.path / "sub", "../calc.py:6")["path"] == "calc.py"
    assert why(told.repo.path / "sub", "HEAD:calc.py:6")["path"] == "calc.py"
    assert why(told.repo.path / "sub", "HEAD:c.py:1")["path"] == "sub/c.py"
    assert why(told.repo.path, f"{told.repo.path}/calc.py:6")["path"] == "calc.py"


def test_in_a_bare_repository(told: Told) -> None:
    bare = told.repo.path.parent / "bare.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(told.repo.path), str(bare)], check=True)
    assert why(bare, "calc.py:6")["answers"][0]["turn"]["id"] == "t5"
    assert why(bare, "HEAD~1:calc.py:divide")["answers"][0]["turn"]["id"] == "t2"


def test_a_line_not_committed_yet(told: Told) -> None:
    text = (told.repo.path / "calc.py").read_text()
    told.repo.write("calc.py", text.replace("raise ZeroDivisionError(a)", "raise ZeroDivisionError(b)"))
    (answer,) = why(told.repo.path, "calc.py:7")["answers"]
    assert not answer["recorded"] and set(answer["commit"]) == {"0"}
    assert [life["turn"] for life in answer["lives"]] == ["t5"]
    assert "not committed yet" in story(told.repo.path, "why", "calc.py:7").out


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("calc.py:0", "8 lines"),
        ("calc.py:9", "8 lines"),
        ("calc.py:zork", "zork is not in calc.py"),
        ("nope.py:1", "no such file: nope.py"),
        ("HEAD~2:util.py:1", "no such file in HEAD~2: util.py"),
        ("nope:calc.py:1", "unknown revision: nope"),
        ("new.py:1", "not committed yet"),
        ("../outside.py:1", "no such file"),
        ("", "why what?"),
        ("C:\\work\\calc.py:3", "no such file: C:\\work\\calc.py"),
    ],
)
def test_mistakes_are_one_line_and_a_hint(told: Told, target: str, said: str) -> None:
    told.repo.write("new.py", "1\n")
    (told.repo.path.parent / "outside.py").write_text("1\n")
    done = story(told.repo.path, "why", target)
    assert (done.code, done.out) == (1, "")
    assert said in done.err and len(done.err.splitlines()) == 2 and "\nhint: " in done.err


def test_no_commits_and_no_repository(repo: GitRepo) -> None:
    repo.write("a.py", "1\n")
    assert "no commits yet" in story(repo.path, "why", "a.py:1").err
    assert "not a git repository" in story(repo.path.parent, "why", "a.py:1").err


def test_a_file_alone_has_the_history_of_its_reasons(told: Told) -> None:
    told.repo.git("mv", "calc.py", "arith.py")
    moved = told.repo.commit("Rename")
    found = why(told.repo.path, "arith.py")
    assert (found["schema"], found["path"], found["more"]) == ("gitstory.why-file/1", "arith.py", 0)
    rows = {one["commit"]: one for one in found["commits"]}
    assert list(rows) == [moved, told.third, told.second, told.repo.git("rev-list", "--max-parents=0", "HEAD")]
    assert [(turn["turn"], turn["index"], turn["lines"]) for turn in rows[told.third]["turns"]] == [("t5", 5, 2)]
    assert (rows[told.third]["path"], rows[told.second]["turns"][0]["turn"]) == ("calc.py", "t2")
    assert rows[moved]["turns"] == []
    said = story(told.repo.path, "why", "arith.py", "-n", "2").out
    assert "Claude Code 0c9f3a52#5  +2  No, raise ZeroDivisionError instead." in said
    assert "(calc.py)" in said and "and 2 older commits (-n 0 lists all)" in said
    assert [one["commit"] for one in why(told.repo.path, "HEAD~1:calc.py", "-n", "0")["commits"]] == list(rows)[1:]


@pytest.mark.parametrize(
    ("target", "message", "hint"),
    [
        ("sub:1", "sub is a directory", "git story log -- sub"),
        ("sub", "sub is a directory", "git story log -- sub"),
        ("calc.py:5-2", "end before they begin", "calc.py:2-5"),
    ],
)
def test_what_is_no_line(told: Told, target: str, message: str, hint: str) -> None:
    told.repo.commit("More", {"sub/a.txt": "1\n"})
    said = story(told.repo.path, "why", target)
    assert (said.code, said.out) == (1, "")
    assert message in said.err and hint in said.err and len(said.err.splitlines()) == 2


def test_the_conversation_that_wrote_a_plan_file_is_asked_why(told: Told) -> None:
    plan, code = "# Plan\n\n## Sums\n\nAdd `total_of` to sums.py.\n", "def total_of(rows):\n    return sum(rows)\n"
    planned = told.repo.commit("Plan", {"docs/plan.md": plan})
    done = told.repo.commit("Sums", {"sums.py": code})
    writer = Conversation(
        agent="claude-code",
        id="11112222-1111-4222-8333-444455556666",
        turns=(Turn(id="p1", index=1, prompt="Accountants must see one total for all of their rows"),),
    )
    hunk = Hunk(1, 1, tuple(f"+{line}" for line in code.splitlines()))
    call = Call(tool="Write", edits=(Edit(path="/home/dev/work/calc/sums.py", hunks=(hunk,)),))
    worker = Conversation(
        agent="claude-code",
        id="33332222-1111-4222-8333-444455556666",
        turns=(Turn(id="w1", index=1, prompt="/execute docs/plan.md", steps=(call, Say("Done."))),),
    )
    stories = [
        Story(
            commit=planned,
            links=(link(TurnLink("p1", 1, "lines", 5), name=writer.id),),
            files=(FileStory("docs/plan.md", 5, 0, (ranged(plan, 1, 5, "p1", name=writer.id),)),),
        ),
        Story(
            commit=done,
            links=(link(TurnLink("w1", 1, "lines", 2), name=worker.id),),
            files=(FileStory("sums.py", 2, 0, (ranged(code, 1, 2, "w1", name=worker.id),)),),
        ),
    ]
    store(told.repo.path, stories, [writer, worker])
    (answer,) = why(told.repo.path, "sums.py:1")["answers"]
    reasons = [(reason["kind"], reason["source"], reason["text"]) for reason in answer["reasons"]]
    assert ("earlier-request", "11112222#1", "Accountants must see one total for all of their rows") in reasons
