"""Redaction after the fact: by hand (`git story redact`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.cli import Said
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.everything import traces_of

NOON = 1_780_000_000
NAME = "Project Heron"
MARKER = "[redacted:by-hand:1]"


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"README.md": "# project\n"}, at=NOON - 1000)
    git_story(repo, "enable", "--no-hooks")
    return repo


def git_story(project: GitRepo, *args: str, code: int = 0) -> Said:
    said = run(project.path, *args)
    assert said.code == code, (said.out, said.err)
    return said


def talk(project: GitRepo, home: Path) -> ClaudeSession:
    """NAME in a prompt, an answer, a call's input (as JSON) and output, and a changed file that is not committed."""
    session = ClaudeSession(home, project.path, NOON, "11111111-aaaa-4bbb-8ccc-000000000001")
    session.prompt(f"Write the parser for {NAME}, please")
    session.say(f"{NAME} needs a parser.")
    session.write("parser.py", "def parse(text):\n    return text.split()\n")
    session.bash(f"grep -r '{NAME}' .", f"./notes: {NAME}")
    session.write("scratch.txt", f"thoughts\n{NAME} is late\n")
    (project.path / "scratch.txt").unlink()
    project.commit("Add a parser", at=NOON + 100)
    git_story(project, "drain")
    return session


def test_it_is_replaced_everywhere(project: GitRepo, home: Path) -> None:
    talk(project, home)
    assert traces_of(project, NAME)
    said = git_story(project, "redact", "--literal", "--yes", NAME)
    assert "in 1 turn of 1 conversation and 1 note will be redacted" in said.out
    assert traces_of(project, NAME) == []
    assert f"Write the parser for {MARKER}, please" in git_story(project, "show", "--full").out
    assert MARKER in project.git("notes", "--ref=story", "show", "HEAD")
    assert json.loads(git_story(project, "show", "--json").out)["conversations"][0]["evidence"] == "lines"


@pytest.mark.parametrize("again", ["drain", "backfill", "link", "redact"])
def test_the_transcript_does_not_bring_it_back(project: GitRepo, home: Path, again: str) -> None:
    session = talk(project, home)
    git_story(project, "redact", "--literal", "--yes", NAME)
    session.say(f"Late words on {NAME}")
    second = session.prompt("Now test it")
    session.write("test_parser.py", "from parser import parse\nassert parse('a b') == ['a', 'b']\n")
    project.commit("Test it", at=NOON + 200)
    git_story(project, "drain")
    if again == "backfill":
        git_story(project, "backfill", "--all")
    elif again == "link":
        git_story(project, "link", "HEAD~1", session.id)
    elif again == "redact":
        git_story(project, "redact", "--yes", "parser")
    assert traces_of(project, NAME) == []
    assert MARKER in git_story(project, "show", "--full", "HEAD~1").out
    found = json.loads(git_story(project, "show", "--json").out)["conversations"][0]["turns"]
    assert [turn["id"] for turn in found if turn["evidence"] == "lines"] == [second]


def test_a_regular_expression_and_its_group(project: GitRepo, home: Path) -> None:
    talk(project, home)
    git_story(project, "redact", "--yes", r"Project (?P<secret>\w+)")
    assert traces_of(project, "Heron") == []
    assert f"Project {MARKER}" in git_story(project, "show", "--full").out


def test_equal_texts_get_equal_markers_and_markers_stay(project: GitRepo, home: Path) -> None:
    talk(project, home)
    git_story(project, "redact", "--yes", "Heron|Project")
    shown = git_story(project, "show", "--full").out
    assert "[redacted:by-hand:1] [redacted:by-hand:2]" in shown and "[redacted:by-hand:3]" not in shown
    git_story(project, "redact", "--yes", "redacted|please")
    said = json.loads(git_story(project, "show", "--json").out)["conversations"][0]["turns"][0]["prompt"]
    assert said == "Write the parser for [redacted:by-hand:1] [redacted:by-hand:2], [redacted:by-hand:3]"


def test_quotes_are_found_as_json_writes_them(project: GitRepo, home: Path) -> None:
    session = talk(project, home)
    session.prompt('Say "blue \\ heron" twice')
    session.write("blue.txt", 'She said "blue \\ heron" again\n')
    project.commit("blue", at=NOON + 200)
    git_story(project, "drain")
    git_story(project, "redact", "--yes", "--literal", 'blue \\ heron" ')
    assert traces_of(project, 'blue \\ heron" ') == []


def test_titles(project: GitRepo, home: Path) -> None:
    session = talk(project, home)
    title = json.dumps({"type": "ai-title", "aiTitle": f"A parser for {NAME}", "sessionId": session.id}) + "\n"
    with session.path.open("a") as file:
        file.write(title)
    git_story(project, "backfill", "--all")
    git_story(project, "redact", "--literal", "--yes", NAME)
    git_story(project, "backfill", "--all")
    assert traces_of(project, NAME) == []
    assert f"A parser for {MARKER}" in git_story(project, "show").out


def test_dry_run_and_nothing_to_do(project: GitRepo, home: Path) -> None:
    talk(project, home)
    before = project.git("for-each-ref")
    assert "would be redacted" in git_story(project, "redact", "--dry-run", "Heron").out
    assert "0 matches" in git_story(project, "redact", "--yes", "nowhere-to-be-found").out
    assert "hint: add --yes" in git_story(project, "redact", "Heron", code=1).err
    assert project.git("for-each-ref") == before


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("(",), "error: redaction rule 'by-hand':"),
        (("(a+)+$",), "a repeat inside a repeat"),
        (("x*",), "matches the empty text"),
        (("--literal", " a"), "a text of fewer than 3 characters"),
    ],
)
def test_patterns_that_cannot_be_used(project: GitRepo, args: tuple[str, ...], said: str) -> None:
    assert said in git_story(project, "redact", "--yes", *args, code=1).err
