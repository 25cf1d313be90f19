"""`history.path` is a setting: commits, readers of a clone without a record, checks and counts go by it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from gitstory.store.record_paths import is_history
from tests.gitrepo import GitRepo
from tests.integration.hooked import ID, enable, friendlier, make_program, make_project
from tests.integration.story_of import git_story, lines, links

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")

NAME = f"2026-05-28_20-26Z_add-the-greeting_{ID}.md"


@pytest.fixture(params=[".gitstory/history", "docs/talks", "my talks/über uns", "a#b", "./here/"])
def folder(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(repo: GitRepo, tmp_path: Path, home: Path, folder: str) -> GitRepo:
    program = make_program(tmp_path)
    repo.write(".gitstory/config.toml", f"[history]\npath = {json.dumps(folder)}\n")
    make_project(repo, program, "story.link.mode", "both")
    repo.git("config", "story.history.commit", "true")
    enable(repo, program)
    friendlier(repo, home)
    return repo


def percent(where: Path) -> Any:
    return json.loads(git_story(where, "check", "--json", "HEAD~2..HEAD").stdout)


def test_the_whole_life_with_another_folder(project: GitRepo, tmp_path: Path, home: Path, folder: str) -> None:
    path = (Path(folder) / NAME).as_posix()
    changed = project.git("show", "-z", "--format=", "--name-only", "HEAD").split("\0")
    assert sorted(filter(None, changed)) == sorted(["hello.py", path])
    assert project.git("log", "-1", "--format=%(trailers:key=Story,valueonly)").strip().endswith("#turn-2")
    assert project.git("status", "--porcelain", "--untracked-files=all") == ""
    assert links(project.path) == {ID: "lines"}
    checked = percent(project.path)
    totals = git_story(project.path, "stats", "--json").stdout
    # Another person's clone, which has neither record nor transcripts.
    for transcript in (home / ".claude").rglob("*.jsonl"):
        transcript.unlink()
    project.git("clone", "-q", str(project.path), str(tmp_path / "clone"))
    clone = tmp_path / "clone"
    assert links(clone) == {ID: "lines"}
    assert lines(clone, "hello.py") == {2: "turn-2"}
    assert (checked["coverage"], checked["added"]) == (100, 2) and percent(clone)["added"] == 2
    assert NAME not in git_story(clone, "stats").stdout
    assert f"{NAME} |" not in git_story(project.path, "show").stdout
    assert NAME not in totals


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f".gitstory/history/{NAME}", True),
        (".gitstory/history/anything.md", True),
        (f"docs/my talks/{NAME}", True),
        (NAME, True),
        (f"x{NAME}", False),
        ("docs/2026-05-28_20-26Z_notes.md", False),
        ("2026-05-28_20-26Z-title.md", False),
        ("README.md", False),
        (f"{NAME}/code.py", False),
    ],
)
def test_a_history_file_is_known_by_its_name(path: str, expected: bool) -> None:
    assert is_history(path) is expected
