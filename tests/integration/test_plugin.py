"""The worked example of docs/adding-an-agent.md: installed as anybody would, it is read, linked and explained."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, story
from tests.integration.test_commits import BASE

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "gitstory-scribe"
SESSION = "5c71be00-0001"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory pip put the example in."""
    pytest.importorskip("hatchling")
    where = tmp_path_factory.mktemp("site")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(where), str(EXAMPLE)],
        check=True,
        env={**os.environ, "PIP_NO_CACHE_DIR": "1"},
    )
    return where


@pytest.fixture
def beside(installed: Path) -> str:
    """PYTHONPATH with gitstory and the plug-in."""
    return os.pathsep.join([str(DOCS.parent), str(installed)])


@pytest.fixture
def worked(repo: GitRepo, home: Path, beside: str) -> GitRepo:
    """A repository in which the example's session took place, committed hours after by hand."""
    repo.commit("base", {"base.txt": BASE}, at=1767261600 - 500)
    store = home / ".scribe" / "sessions"
    store.mkdir(parents=True)
    session = (EXAMPLE / "store" / "sessions" / f"{SESSION}.jsonl").read_text()
    (store / f"{SESSION}.jsonl").write_text(session.replace("/home/dev/work/app", str(repo.path)))
    os.utime(store / f"{SESSION}.jsonl", (1767261600 + 600, 1767261600 + 600))
    git_story(repo.path, "enable", "--no-hooks", PYTHONPATH=beside)
    text = 'def greet(name):\n    return f"Good day to you, {name}"\n'
    repo.commit("greet", {"greet.py": text}, at=1767261600 + 9000)
    git_story(repo.path, "drain", PYTHONPATH=beside)
    return repo


def test_it_passes_its_own_conformance_test(installed: Path, tmp_path: Path, beside: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            f"--basetemp={tmp_path / 'base'}",
            str(EXAMPLE),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": beside},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_listed_and_read(worked: GitRepo, beside: str) -> None:
    found = json.loads(git_story(worked.path, "agents", "--json", PYTHONPATH=beside).stdout)["agents"]
    [scribe] = [one for one in found if one["agent"] == "scribe"]
    assert (scribe["plugin"], scribe["here"], scribe["versions"][0]["version"]) == (True, 1, "3.1")
    whole = json.loads(git_story(worked.path, "show", f"scribe:{SESSION}", "--json", PYTHONPATH=beside).stdout)
    assert whole["tokens"] == {"input": 2000, "output": 70, "cached": 1500}
    assert git_story(worked.path, "inspect", "scribe", PYTHONPATH=beside).stdout.count(SESSION) == 1


def test_without_times_it_is_linked_by_content(worked: GitRepo) -> None:
    assert links(worked.path) == {SESSION: "lines"}
    assert lines(worked.path, "greet.py") == {1: "1", 2: "2"}


def test_without_times_it_is_context_of_nothing(worked: GitRepo, beside: str) -> None:
    """The conversation began before the one commit and ended after the other: when its turns were is not known."""
    home = Path(os.environ["HOME"])
    path = home / ".scribe" / "sessions" / f"{SESSION}.jsonl"
    with path.open("a") as file:
        file.write(
            '{"type":"prompt","text":"What next?"}\n{"type":"edit","path":"next.py","new":"next_step = 1 + 1\\n"}\n'
        )
    later = 1767261600 + 20000
    worked.commit("next", {"next.py": "next_step = 1 + 1\n"}, at=later)
    os.utime(path, (later - 10, later - 10))
    git_story(worked.path, "drain", PYTHONPATH=beside)
    [one] = story(worked.path)["conversations"]
    assert [(turn["id"], turn["evidence"]) for turn in one["turns"]] == [("3", "lines")]


def test_the_evidence_says_that_times_are_bounds(worked: GitRepo, beside: str) -> None:
    said = git_story(worked.path, "explain", PYTHONPATH=beside).stdout
    assert "its agent records no times: between 2026-01-01 10:00 UTC and 2026-01-01 10:10 UTC" in said
    shown = git_story(worked.path, "show", SESSION, PYTHONPATH=beside).stdout
    assert "(its agent records no times)" in shown


def test_the_document_shows_the_code_that_is_tested() -> None:
    text = (DOCS / "adding-an-agent.md").read_text("utf-8")
    blocks = re.findall(r"^```(?:python|toml)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    for name in ("gitstory_scribe.py", "pyproject.toml", "test_scribe.py"):
        assert (EXAMPLE / name).read_text("utf-8") in blocks, f"{name} is not in adding-an-agent.md as it is"
