"""Conversations of editors and their programs, from their stores to blame: what a store says was written is committed
by hand, and each line is then found to be its turn's."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import Struct

from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, removed, story
from tests.smallstores import DATA

NOON = 1772445600
"""When the stores' conversations began."""
ADD = "def add(a, b):\n    return a + b\n"
SUBTRACT = "\n\ndef subtract(a, b):\n    return a - b\n"
HAND = "# by hand\n"
NOTES = "# Notes on the calculator\n"
FOUND = "Nothing but the calculator is here.\n"


class Case(Struct, frozen=True):
    """A store of tests/data below the home directory, and what of it is committed: before, after, whose lines."""

    agent: str
    at: str
    conversation: str
    turn: str
    before: dict[str, str]
    after: dict[str, str]
    theirs: dict[str, list[int]]


CURSOR = Case(
    "cursor",
    ".config/Cursor/User",
    "7c1e0001-0000-4000-8000-00000000000a",
    "5b6f0001-0000-4000-8000-000000000001",
    {"calc.py": ADD},
    {"calc.py": HAND + ADD + SUBTRACT, "src/notes.md": "# Notes\n"},
    {"calc.py": [4, 5, 6, 7], "src/notes.md": [1]},
)
PROGRAM = Case(
    "cursor-cli",
    ".cursor",
    "9d2e0001-0000-4000-8000-00000000000a",
    "4f5a0001-0000-4000-8000-000000000001",
    {"calc.py": ADD},
    {"calc.py": ADD + SUBTRACT + HAND, "notes.md": NOTES, "found.md": FOUND},
    {"calc.py": [3, 4, 5, 6], "notes.md": [1], "found.md": [1]},
)
CHAT = Case(
    "copilot-chat",
    ".config/Code/User",
    "3b4c0001-0000-4000-8000-00000000000a",
    "request_3b4c0001-0000-4000-8000-000000000001",
    {"calc.py": ADD, "big.py": "first = 1\nlast = 2\n"},
    {
        "calc.py": ADD + SUBTRACT,
        "big.py": f"first = 1\nTOLERANCE_IN_PIXELS = 12\nlast = 2\n{HAND}",
        "notes.md": NOTES,
        "found.md": FOUND,
    },
    {"calc.py": [3, 4, 5, 6], "big.py": [2], "notes.md": [1], "found.md": [1]},
)


def settled(case: Case, home: Path, project: Path) -> Path:
    """The store in its place, its paths those of the project."""
    store = home / case.at
    shutil.copytree(DATA / case.agent, store)
    for path in [path for path in store.rglob("*") if path.is_file()]:
        text = path.read_text("utf-8").replace("/home/dev/app", str(project))
        if path.suffix == ".sql":
            with closing(sqlite3.connect(path.with_suffix(""))) as connection:
                connection.executescript(text)
            path.unlink()
        else:
            path.write_text(text, "utf-8")
    return store


@pytest.mark.parametrize("case", [CURSOR, PROGRAM, CHAT], ids=lambda case: case.agent)
def test_lines_committed_by_hand_are_their_turns(case: Case, repo: GitRepo, home: Path) -> None:
    repo.commit("base", case.before, at=NOON - 1000)
    settled(case, home, repo.path)
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("work", case.after, at=NOON + 1000)
    git_story(repo.path, "drain")
    assert links(repo.path)[case.conversation] == "lines"
    for path, numbers in case.theirs.items():
        assert lines(repo.path, path) == dict.fromkeys(numbers, case.turn), path
    (told,) = [one for one in story(repo.path)["conversations"] if one["id"] == case.conversation]
    assert told["agent"] == case.agent
    rows = [json.loads(row) for row in git_story(repo.path, "blame", "--json", "--", "calc.py").stdout.splitlines()]
    wrote = [row["line"] for row in rows if row["turn"] == case.turn]
    assert wrote == case.theirs["calc.py"]
    assert {row["agent"] for row in rows if row["line"] in wrote} == {case.agent}


def test_what_kiro_wrote_is_its_turns(repo: GitRepo, home: Path) -> None:
    """The store that its editor and its program share: a text put in the place of another, a file, lines at its end."""
    session, began = "sess_0a1b0005-0000-4000-8000-00000000000e", 1788256800
    repo.commit("base", {"lexer.py": "def lex(text):\n    return text.split()\n"}, at=began - 1000)
    (told,) = DATA.glob(f"kiro/*/{session}")
    store = home / ".kiro" / "sessions" / told.parent.name / session
    store.mkdir(parents=True)
    for path in told.iterdir():
        (store / path.name).write_text(path.read_text("utf-8").replace("/home/dev/work/app", str(repo.path)), "utf-8")
    git_story(repo.path, "enable", "--no-hooks")
    wrote = "    return [word for line in text.split('\\n') for word in line.partition('#')[0].split()]\n"
    notes = (
        "# Lexer\n\nComments go to the end of a line.\n\nNothing nests, and a hash within quotes begins one as well.\n"
    )
    repo.commit("work", {"lexer.py": f"{HAND}def lex(text):\n{wrote}", "docs/lexer.md": notes}, at=began + 3000)
    git_story(repo.path, "drain")
    assert links(repo.path) == {session: "lines"}
    assert lines(repo.path, "lexer.py") == {3: "k2"}
    assert lines(repo.path, "docs/lexer.md") == dict.fromkeys([1, 2, 3, 4, 5], "k2")


def test_what_kiro_wrote_before_1_0_is_its_turns(repo: GitRepo, home: Path) -> None:
    """Whole texts before and after, of actions that a session names; the folder of the actions has any name."""
    session = "5c2d0001-0000-4000-8000-00000000000a"
    base = {"measure.py": "def measure(lines):\n    return lines\n", "helper.py": "assists = True\n"}
    repo.commit("base", base, at=NOON - 1000)
    store = home / ".config" / "Kiro" / "User" / "globalStorage" / "kiro.kiroagent"
    shutil.copytree(DATA / "kiro-ide", store)
    (told,) = (store / "workspace-sessions").iterdir()
    named = base64.b64encode(str(repo.path).encode()).decode()
    told = told.rename(told.with_name(named.replace("+", "-").replace("/", "_").replace("=", "_")))
    for path in [path for path in store.rglob("*") if path.is_file()]:
        path.write_text(path.read_text("utf-8").replace("/home/dev/work/app", str(repo.path)), "utf-8")
    git_story(repo.path, "enable", "--no-hooks")
    measured = f"{HAND}def measure(lines):\n    return [(line, len(line)) for line in lines]\n"
    notes = "# Notes\n\nEvery line comes with its length.\n"
    repo.git("rm", "-q", "helper.py")
    repo.commit("work", {"measure.py": measured, "docs/notes.md": notes}, at=NOON + 1000)
    git_story(repo.path, "drain")
    assert links(repo.path) == {session: "lines"}
    assert lines(repo.path, "measure.py") == {3: "u1"}
    assert lines(repo.path, "docs/notes.md") == dict.fromkeys([1, 2, 3], "u1")
    assert removed(repo.path, "helper.py") == {1: "u2"}
    repo.commit("limit", {"limit.py": "LONGEST_LINE_IN_COLUMNS = 80\n"}, at=NOON + 2000)
    git_story(repo.path, "drain")
    assert lines(repo.path, "limit.py") == {1: "u3"}


def test_a_window_of_several_folders_and_a_path_from_one_of_them(repo: GitRepo, home: Path) -> None:
    """Two checkouts in one window: what was written in the other one is not ours."""
    other = repo.path.parent / "other"
    repo.commit("base", {"calc.py": ADD}, at=NOON - 1000)
    store = settled(CURSOR, home, repo.path)
    (window,) = store.glob("workspaceStorage/0*")
    both = home / "both.code-workspace"
    both.write_text(json.dumps({"folders": [{"path": str(other)}, {"path": str(repo.path)}]}))
    (window / "workspace.json").write_text(json.dumps({"workspace": both.as_uri()}))
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("work", {"calc.py": ADD + SUBTRACT, "src/notes.md": "# Notes\n"}, at=NOON + 1000)
    git_story(repo.path, "drain")
    assert lines(repo.path, "calc.py") == dict.fromkeys([3, 4, 5, 6], CURSOR.turn)


def test_a_conversation_of_another_folder_is_not_ours(repo: GitRepo, home: Path) -> None:
    elsewhere = repo.path.parent / "elsewhere"
    elsewhere.mkdir()
    repo.commit("base", {"calc.py": ADD}, at=NOON - 1000)
    settled(CURSOR, home, elsewhere)
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("work", {"calc.py": ADD + SUBTRACT}, at=NOON + 1000)
    git_story(repo.path, "drain")
    assert links(repo.path) == {}


def test_one_that_tells_no_times_is_listed_by_when_it_was_last_heard_of(repo: GitRepo, home: Path) -> None:
    """A transcript without a database is all that the far side of a remote window has."""
    name = "".join(letter if letter.isalnum() else "-" for letter in str(repo.path)).strip("-")
    transcript = home / ".cursor" / "projects" / name / "agent-transcripts" / "far" / "far.jsonl"
    transcript.parent.mkdir(parents=True)
    asked = {"role": "user", "message": {"content": [{"type": "text", "text": "<user_query>\nHi\n</user_query>"}]}}
    transcript.write_text(json.dumps(asked) + "\n")
    os.utime(transcript, (NOON, NOON))
    git_story(repo.path, "enable", "--no-hooks")
    (row,) = git_story(repo.path, "conversations").stdout.splitlines()
    assert row.split()[:3] == ["far", "Cursor", "2026-03-02"]
    assert row.endswith("Hi")
    told = json.loads(git_story(repo.path, "conversations", "--json").stdout)
    assert (told["started"], told["updated"][:10]) == (None, "2026-03-02")


def test_status_has_a_row_for_each_agent_there_and_one_for_all_others(repo: GitRepo, home: Path) -> None:
    settled(CHAT, home, repo.path)
    said = git_story(repo.path, "status").stdout.splitlines()
    (row,) = [row for row in said if row.startswith("Copilot Chat  ")]
    assert "from this repository" in row
    (absent,) = [row for row in said if row.startswith("not found")]
    assert "Cursor CLI" in absent
    assert "Copilot Chat" not in absent
    assert not any(row.startswith("Cursor") for row in said)
