"""`git story show` on real repositories."""

from __future__ import annotations

import json
import subprocess

import pytest
from msgspec.structs import replace

from gitstory.model import Conversation, FileStory, Story, Turn, TurnLink
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.golden import check
from tests.stories import AGENT, ID, Told, link, store


@pytest.fixture
def told(repo: GitRepo) -> Told:
    return Told(repo)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("show.txt", ()),
        ("show-second.txt", ("HEAD~1",)),
        ("show-empty.txt", ("HEAD~2",)),
        ("show-full.txt", ("--full",)),
        ("show.md", ("--markdown",)),
        ("show-note.txt", ("--notes-text",)),
        ("show-range.txt", ("HEAD~2..HEAD",)),
        ("show.json", ("--json", "HEAD~2..HEAD")),
    ],
)
def test_what_it_prints(told: Told, name: str, args: tuple[str, ...]) -> None:
    said = story(told.repo.path, "show", *args)
    assert (said.code, said.err) == (0, "")
    check(name, said.out)


def test_json_is_the_contract(told: Told) -> None:
    found = json.loads(story(told.repo.path, "show", "--json").out)
    assert list(found) == ["schema", "commit", "subject", "conversations", "files", "carried_from"]
    assert found["commit"] == told.third and found["schema"] == "gitstory.story/1"
    one = found["conversations"][0]
    assert list(one) == ["agent", "id", "title", "models", "evidence", "lines", "turns"]
    assert list(one["turns"][0]) == ["id", "index", "time", "prompt", "evidence"]
    assert one["turns"][-1]["time"] == "2025-11-20T00:57:20Z"
    assert found["files"][0]["ranges"] == [{"start": 6, "end": 7, "conversation": ID, "turn": "t5"}]


def test_json_of_a_commit_without_a_story_has_empty_lists(told: Told) -> None:
    found = json.loads(story(told.repo.path, "show", "--json", told.first).out)
    assert (found["conversations"], found["files"], found["carried_from"]) == ([], [], [])
    assert found["subject"] == "Add a calculator"


def test_a_subdirectory_and_a_bare_clone_say_the_same(told: Told) -> None:
    here = story(told.repo.path, "show").out
    (told.repo.path / "deep" / "er").mkdir(parents=True)
    assert story(told.repo.path / "deep" / "er", "show").out == here
    bare = told.repo.path.parent / "bare.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(told.repo.path), str(bare)], check=True)
    assert story(bare, "show").out == here


def test_colour_only_where_asked(told: Told) -> None:
    assert "\x1b" not in story(told.repo.path, "show").out
    coloured = story(told.repo.path, "--color=always", "show")
    assert "\x1b[33mcommit" in coloured.out


def test_a_forgotten_conversation_is_said_to_be(told: Told) -> None:
    oid = told.repo.commit("More", {"c.py": "1\n"})
    gone = link(TurnLink("t9", 9, "lines", 1), lines=1, name="not-here")
    store(told.repo.path, [Story(commit=oid, links=(gone,), files=(FileStory("c.py", 1),))])
    said = story(told.repo.path, "show")
    assert said.code == 0 and "not stored" in said.out
    assert json.loads(story(told.repo.path, "show", "--json").out)["conversations"][0]["turns"][0]["prompt"] is None


def test_hostile_text_is_harmless(told: Told) -> None:
    prompt = "\x1b]0;title\x07```\n# Heading\n[link](http://evil.example) @everyone\n\u202egnp.exe"
    oid = told.repo.commit("Su\x1b[31mbject `x` <b>", {"c.py": "1\n"})
    turn = Turn(id="h1", index=1, prompt=prompt)
    hostile = Conversation(agent=AGENT, id="hostile", title="# [t](http://evil.example)\x1b[2J", turns=(turn,))
    linked = Story(commit=oid, links=(link(TurnLink("h1", 1, "lines", 1), lines=1, name="hostile"),))
    store(told.repo.path, [linked], [hostile])
    for args in ((), ("--full",), ("--markdown",), ("--notes-text",)):
        out = story(told.repo.path, "show", *args).out
        assert "\x1b" not in out and "\u202e" not in out and "\x07" not in out
    lines = story(told.repo.path, "show", "--markdown").out.splitlines()
    fence = next(line for line in lines if line.startswith("````"))
    start = lines.index(fence)
    end = lines.index("````", start + 1)
    assert start < lines.index("# Heading") < end
    assert not [line for line in lines[:start] + lines[end:] if "](http" in line and "`" not in line]
    assert json.loads(story(told.repo.path, "show", "--json").out)["conversations"][0]["turns"][0]["prompt"] == prompt


def test_a_merge_and_a_root_commit(told: Told) -> None:
    told.repo.git("checkout", "-q", "-b", "side", "HEAD~1")
    told.repo.commit("Side", {"side.py": "1\n"})
    told.repo.git("merge", "-q", "--no-edit", "main")
    said = story(told.repo.path, "show")
    assert said.code == 0 and "Merge:  " in said.out and "no conversation is recorded" in said.out
    assert story(told.repo.path, "show", told.first).code == 0


def test_carried_and_open_stories_say_so(told: Told) -> None:
    changed = replace(told.stories[told.third], carried_from=("ab" * 20,), open=(ID,))
    store(told.repo.path, [changed])
    out = story(told.repo.path, "show").out
    assert "carried over from ababababab" in out and "still at work" in out
    assert json.loads(story(told.repo.path, "show", "--json").out)["carried_from"] == ["ab" * 20]


@pytest.mark.parametrize("rev", ["nope", "--", "HEAD~99", "nope..HEAD", "HEAD:calc.py"])
def test_an_unknown_revision_is_one_line_and_a_hint(told: Told, rev: str) -> None:
    said = story(told.repo.path, "show", "--", rev)
    assert said.code == 1 and said.out == ""
    assert len(said.err.splitlines()) == 2 and said.err.startswith("error: ") and "\nhint: " in said.err


def test_no_commits_and_no_repository(repo: GitRepo) -> None:
    said = story(repo.path, "show")
    assert said.code == 1 and "no commits yet" in said.err
    said = story(repo.path.parent, "show")
    assert said.code == 1 and "not a git repository" in said.err and "hint:" in said.err


def test_formats_exclude_each_other(told: Told) -> None:
    assert story(told.repo.path, "show", "--json", "--markdown").code == 2


def test_paths_that_are_no_utf8(repo: GitRepo) -> None:
    name = b"caf\xe9.py"
    path = repo.path / name.decode("utf-8", "surrogateescape")
    path.write_bytes(b"x = 1\n")
    oid = repo.commit("Odd name")
    text = name.decode("utf-8", "surrogateescape")
    store(repo.path, [Story(commit=oid, links=(link(evidence="manual"),), files=(FileStory(text, 1),))])
    assert json.loads(story(repo.path, "show", "--json").out)["files"][0]["path"] == "caf�.py"
    assert "1 line in caf�.py is not attributed" in story(repo.path, "show").out
