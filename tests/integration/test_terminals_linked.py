"""Conversations of agents of the terminal, from their stores to blame: what a store says was written is committed, and
each line is then found to be its turn's."""

from __future__ import annotations

import json
import shutil
import subprocess
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
    """A run of a real program: where its store lies, the conversation and its two turns."""

    agent: str
    folder: str
    store: str
    conversation: str
    turns: tuple[str, str]


RUNS = [
    Lab(
        "gemini-cli",
        "gemini-cli/lab-0.61.0",
        ".gemini",
        "d7b6bf33-fa82-4c4f-bee3-1324d0a18769",
        ("81f8964a-6024-4bc1-9e27-38376ab8ef6f", "8ad7e0b5-0d58-41fa-99d6-b61a2852d94c"),
    ),
    Lab(
        "copilot-cli",
        "copilot-cli/lab-1.0.102",
        ".copilot",
        "2256a462-19eb-4e23-ac79-e15f96a11c2d",
        ("6109356a-6656-4796-919e-125ff614ef8a", "5d12b485-bcc7-4f4f-b8d1-5a7b216f5345"),
    ),
    Lab(
        "qwen",
        "qwen/lab-0.15.10",
        ".qwen",
        "73ad6e68-45b8-46e4-95e1-beba241ae416",
        ("2e5d99b9-be13-4839-ba37-b7908f593a2a", "4c6d83ca-ba3c-4b65-bc22-f0bf5c8cc5a3"),
    ),
]


@pytest.mark.skipif(not LABS.is_dir(), reason="the shared fixtures are not here")
@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.agent)
def test_the_commits_of_a_real_run(run: Lab, tmp_path: Path, home: Path) -> None:
    """The agent's own commit, and then a person's of what the agent wrote after it had been taken up again."""
    clone = tmp_path / "ws"
    bundle = LABS / run.folder / "repo.bundle"
    subprocess.run(["git", "clone", "-q", "-b", "labdev", str(bundle), str(clone)], check=True, capture_output=True)
    move_in(run, home, clone)
    git_story(clone, "enable", "--no-hooks")
    git_story(clone, "backfill", "--all")
    first, second = run.turns
    assert links(clone)[run.conversation] == "lines"
    assert lines(clone, "calc.py") == dict.fromkeys([3, 4, 5, 6], first)
    assert lines(clone, "notes.md") == dict.fromkeys([1, 2, 3], first)
    repo = GitRepo(clone)
    text = (clone / "calc.py").read_text().replace("def subtract(a, b):", "def subtract(a, b):  # turn 2")
    repo.commit("mark", {"calc.py": text}, at=LATER)
    git_story(clone, "drain")
    assert lines(clone, "calc.py") == {5: second}
    assert blamed(clone, "calc.py") == {n: (run.agent, second if n == 5 else first) for n in (3, 4, 5, 6)}


def move_in(run: Lab, home: Path, clone: Path) -> None:
    """The run's store in the home directory, its paths those of the clone."""
    old = f"/home/dev/work/lab/ws-{run.agent.split('-')[0]}"
    shutil.copytree(LABS / run.folder / run.store, home / run.store)
    for path in [path for path in (home / run.store).rglob("*") if path.suffix in (".json", ".jsonl", "")]:
        if path.is_file():
            path.chmod(0o644)
            path.write_text(path.read_text("utf-8").replace(old, str(clone)), "utf-8")
