"""Conversations of agents of the terminal, from their stores to blame: what a store says was written is committed, and
each line is then found to be its turn's."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import Struct

from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links
from tests.integration.test_editors_linked import ADD, FOUND, HAND, NOON, NOTES, SUBTRACT, Case, settled

LABS = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
LATER = 1795193000
"""After all of the runs."""

GEMINI = Case(
    "gemini-cli",
    ".gemini",
    "6e1f0001-0000-4000-8000-00000000000a",
    "6e1f-u1",
    {"calc.py": ADD},
    {"calc.py": ADD + SUBTRACT + HAND, "notes.md": NOTES},
    {"calc.py": [3, 4, 5, 6], "notes.md": [1]},
)
COPILOT = Case(
    "copilot-cli",
    ".copilot/session-state",
    "7b2c0001-0000-4000-8000-00000000000a",
    "7b2c-u1",
    {"calc.py": ADD},
    {"calc.py": HAND + ADD + SUBTRACT, "notes.md": NOTES, "found.md": FOUND},
    {"calc.py": [4, 5, 6, 7], "notes.md": [1], "found.md": [1]},
)
QWEN = Case(
    "qwen",
    ".qwen",
    "9d4f0001-0000-4000-8000-00000000000a",
    "9d4f-u1",
    {"calc.py": ADD},
    {"calc.py": ADD + SUBTRACT + HAND, "notes.md": NOTES, "found.md": FOUND},
    {"calc.py": [3, 4, 5, 6], "notes.md": [1], "found.md": [1]},
)


@pytest.mark.parametrize("case", [GEMINI, COPILOT, QWEN], ids=lambda case: case.agent)
def test_lines_committed_by_hand_are_their_turns(case: Case, repo: GitRepo, home: Path) -> None:
    repo.commit("base", case.before, at=NOON - 1000)
    settled(case, home, repo.path)
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("work", case.after, at=NOON + 1000)
    git_story(repo.path, "drain")
    assert links(repo.path)[case.conversation] == "lines"
    for path, numbers in case.theirs.items():
        assert lines(repo.path, path) == dict.fromkeys(numbers, case.turn), path
    assert blamed(repo.path, "calc.py") == dict.fromkeys(case.theirs["calc.py"], (case.agent, case.turn))


def blamed(cwd: Path, path: str) -> dict[int, tuple[str, str]]:
    """Line -> agent and turn, as `git story blame` tells them."""
    rows = [json.loads(row) for row in git_story(cwd, "blame", "--json", "--", path).stdout.splitlines()]
    return {row["line"]: (row["agent"], row["turn"]) for row in rows if row["turn"] is not None}


def test_a_file_that_a_shell_command_of_gemini_wrote(repo: GitRepo, home: Path) -> None:
    """Git hooks do not run for commits of its shell: the next run of ours finds them."""
    repo.commit("base", {"calc.py": ADD}, at=NOON - 1000)
    settled(GEMINI, home, repo.path)
    git_story(repo.path, "enable")
    repo.write("found.md", FOUND)
    repo.time = NOON + 36
    repo.git("add", "-A")
    repo.git("-c", "core.hooksPath=", "commit", "-q", "-m", "Work")
    assert links(repo.path)[GEMINI.conversation] == "lines"
    assert blamed(repo.path, "found.md") == {1: ("gemini-cli", "6e1f-u3")}


class Lab(Struct, frozen=True):
    """A run of a real program: where its store lies, the commit it made, the conversation and its turns (their ids
    as the store has them, ordinals where it has none); the second turn's edit was never committed."""

    agent: str
    folder: str
    store: str
    commit: str
    conversation: str
    turns: tuple[str, ...]


RUNS = [
    Lab(
        "gemini-cli",
        "gemini-cli/lab-0.61.0",
        ".gemini",
        "f93fe7d",
        "d7b6bf33-fa82-4c4f-bee3-1324d0a18769",
        ("81f8964a-6024-4bc1-9e27-38376ab8ef6f", "8ad7e0b5-0d58-41fa-99d6-b61a2852d94c"),
    ),
    Lab(
        "copilot-cli",
        "copilot-cli/lab-1.0.102",
        ".copilot",
        "47b8925",
        "2256a462-19eb-4e23-ac79-e15f96a11c2d",
        ("6109356a-6656-4796-919e-125ff614ef8a", "5d12b485-bcc7-4f4f-b8d1-5a7b216f5345"),
    ),
    Lab(
        "qwen",
        "qwen/lab-0.15.10",
        ".qwen",
        "601e056",
        "73ad6e68-45b8-46e4-95e1-beba241ae416",
        ("2e5d99b9-be13-4839-ba37-b7908f593a2a", "4c6d83ca-ba3c-4b65-bc22-f0bf5c8cc5a3"),
    ),
    Lab(
        "pi",
        "pi/lab-0.73.1",
        ".pi",
        "cb6fb93",
        "01a1f9a1-7513-7635-b61e-db54b27d0b82",
        ("71b99f59", "5a5f8e63"),
    ),
    Lab(
        "continue",
        "continue/lab-1.5.47",
        ".continue",
        "35c09b7",
        "f2751eb8-b3d5-4ce5-8ec3-5bccf1906251",
        ("1", "2"),
    ),
    Lab(
        "claude-code",
        "claude-code/lab-2.1.197",
        ".claude",
        "9a66a9f",
        "9110c1cc-a279-495d-b041-34e1bd17b718",
        ("a45a951b-e1cd-40e6-a52a-061cb4389379", "84c91c34-9118-436c-9690-1436ba41694f"),
    ),
    Lab(
        "codex",
        "codex/lab-0.169.0",
        ".codex",
        "c0c4d34",
        "01a1f9a0-08f7-7092-b7e1-55f29155118b",
        ("01a1f9a0-0adc-7f31-b815-52f4a39d1b4f", "01a1f9a0-53a8-7de1-8c68-cbb0cb85ff83"),
    ),
    Lab(
        "cline",
        "cline/lab-3.0.65",
        ".cline",
        "7320b6a",
        "1795189766400_qira7",
        ("f947a287-8b78-426f-97f5-b6b5b9e4f58f",),
    ),
    Lab(
        "opencode",
        "opencode/lab-1.18.33",
        ".local/share/opencode",
        "3c9728b",
        "ses_e06600fc0ffeuraSAcowXTwCAU",
        ("msg_1f99ff083001SUVeKerhiTJSHZ",),
    ),
]


@pytest.mark.real_files(LABS)
@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.agent)
def test_the_commits_of_a_real_run(run: Lab, tmp_path: Path, home: Path) -> None:
    """The agent's own commit, and then a person's of what the agent wrote after it had been taken up again."""
    clone = cloned(run.folder, tmp_path)
    move_in(run, home, clone)
    git_story(clone, "enable", "--no-hooks")
    git_story(clone, "backfill", "--all")
    own, *others = GitRepo(clone).git("rev-list", "HEAD").split()
    assert own.startswith(run.commit)
    assert links(clone) == {run.conversation: "lines"}
    assert [links(clone, rev) for rev in others] == [{}] * len(others)
    first, second = run.turns[0], run.turns[-1]
    assert added(clone) == {"calc.py": [3, 4, 5, 6], "notes.md": [1, 2, 3]}
    assert {path: lines(clone, path) for path in added(clone)} == {
        path: dict.fromkeys(numbers, first) for path, numbers in added(clone).items()
    }
    assert blamed(clone, "calc.py") == dict.fromkeys((3, 4, 5, 6), (run.agent, first))
    if second == first:
        return
    text = (clone / "calc.py").read_text().replace("def subtract(a, b):", "def subtract(a, b):  # turn 2")
    GitRepo(clone).commit("mark", {"calc.py": text}, at=LATER)
    git_story(clone, "drain")
    assert added(clone) == {"calc.py": [5]}
    assert lines(clone, "calc.py") == {5: second}
    assert blamed(clone, "calc.py") == {n: (run.agent, second if n == 5 else first) for n in (3, 4, 5, 6)}


@pytest.mark.real_files(LABS)
def test_the_commits_of_a_real_run_of_aider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its history lies in the work tree. It commits each turn itself, and a start of it is another conversation."""
    monkeypatch.setenv("TZ", "UTC")  # its history has the local time, which there was this one
    clone = cloned("aider/lab-0.86.2", tmp_path)
    shutil.copy(LABS / "aider/lab-0.86.2/.aider.chat.history.md", clone)
    git_story(clone, "enable", "--no-hooks")
    git_story(clone, "backfill", "--all")
    second, first, init = GitRepo(clone).git("rev-list", "HEAD").split()
    assert (second[:7], first[:7]) == ("7c5df19", "f316eb9")
    assert [links(clone, rev) for rev in (init, first, second)] == [
        {},
        {"20261120155118-e59eea76": "lines"},
        {"20261120155122-ebecf169": "lines"},
    ]
    assert added(clone, first) == {"calc.py": [3, 4, 5, 6], "notes.md": [1, 2, 3]}
    assert lines(clone, "calc.py", first) == dict.fromkeys((3, 4, 5, 6), "1")
    assert lines(clone, "notes.md", first) == dict.fromkeys((1, 2, 3), "1")
    assert added(clone, second) == {"calc.py": [5]}
    assert lines(clone, "calc.py", second) == {5: "1"}
    rows = [json.loads(row) for row in git_story(clone, "blame", "--json", "--", "calc.py").stdout.splitlines()]
    told = [row["conversation"] for row in rows]
    assert told == [None] * 2 + ["20261120155118-e59eea76"] * 2 + [
        "20261120155122-ebecf169",
        "20261120155118-e59eea76",
    ]


def cloned(folder: str, tmp_path: Path) -> Path:
    """The repository a program was run in."""
    clone, bundle = tmp_path / "ws", LABS / folder / "repo.bundle"
    subprocess.run(["git", "clone", "-q", "-b", "labdev", str(bundle), str(clone)], check=True, capture_output=True)
    return clone


def added(clone: Path, rev: str = "HEAD") -> dict[str, list[int]]:
    """Path -> lines a commit added, as git's plumbing tells them."""
    found: dict[str, list[int]] = {}
    path = ""
    for line in GitRepo(clone).git("diff-tree", "-p", "-U0", "--no-commit-id", rev).splitlines():
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/")
        elif line.startswith("@@ "):
            start, _, count = line.split()[2].removeprefix("+").partition(",")
            found.setdefault(path, []).extend(range(int(start), int(start) + int(count or 1)))
    return found


def move_in(run: Lab, home: Path, clone: Path) -> None:
    """The run's store in the home directory, its paths those of the clone."""
    old = f"/home/dev/work/lab/ws-{run.agent.split('-')[0]}"
    store = home / run.store
    shutil.copytree(LABS / run.folder / Path(run.store).name, store)
    for path in [path for path in store.rglob("*") if path.is_file()]:
        path.chmod(0o644)
        if path.suffix in (".json", ".jsonl", ""):
            path.write_text(path.read_text("utf-8").replace(old, str(clone)), "utf-8")
    for path in store.glob("opencode.db"):
        with closing(sqlite3.connect(path)) as database:
            for table, column in (("session", "directory"), ("message", "data"), ("part", "data")):
                database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (old, str(clone)))
            database.commit()
