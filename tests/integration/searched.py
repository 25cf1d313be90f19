"""What a search finds, for tests of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story


def found(project: GitRepo, *args: str) -> list[dict[str, Any]]:
    """The hits as `--json` prints them; nothing may have been warned of but filters that match no turn."""
    said = git_story(project.path, "search", "--json", *args, check=False)
    assert said.returncode in (0, 1) and set(map(_kind, said.stderr.splitlines())) <= {"filter"}, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines()]


def _kind(line: str) -> str:
    return "filter" if line.startswith(("warning: no turn ", "warning: no conversation of ", "hint: ")) else line


def numbers(project: GitRepo, *args: str) -> list[int]:
    """The numbers of the turns that were hit."""
    return [one["turn"]["index"] for one in found(project, *args)]


def index(project: GitRepo) -> Path:
    return project.path / ".git/gitstory/search.db"
