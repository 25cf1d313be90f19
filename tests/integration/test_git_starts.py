"""How often a command starts git: each start takes 2 to 5 ms, of which a reader has 100.

A number here may go down. One that goes up needs a reason: most questions can be asked of a process that runs already
(`Repo.objects`), together with another question (`Repo.open(with_tips=True)`), or not at all.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli import story
from tests.gitrepo import GitRepo
from tests.stories import Told

MOST = {
    "enable": 6,
    "status": 4,
    "drain": 3,
    "show": 5,
    "log": 5,
    "blame calc.py": 4,
    "why calc.py:5": 5,
    "search divide": 4,
    "review HEAD~1..": 9,
    "check HEAD~1..": 8,
    "stats": 8,
    "conversations": 3,
    "config list": 2,
}
"""Command -> starts of git, by itself and by its worker, when there is nothing new to be processed or indexed."""


class Starts:
    """The git processes that this process and those forked from it start."""

    def __init__(self, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._log = log
        start = subprocess.Popen.__init__

        def counted(process: subprocess.Popen[bytes], args: list[str], *others: object, **named: object) -> None:
            with log.open("a") as file:
                file.write(" ".join(map(str, args)).replace("\n", " ") + "\n")
            start(process, args, *others, **named)  # type: ignore[call-overload]

        monkeypatch.setattr(subprocess.Popen, "__init__", counted)

    def of(self, where: Path, line: str) -> list[str]:
        """The command lines of what `git story LINE` starts."""
        self._log.write_text("")
        assert story(where, *line.split()).code == 0
        return self._log.read_text().splitlines()


def test_no_command_starts_git_more_often(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Told(repo)
    starts = Starts(tmp_path / "starts", monkeypatch)
    listed = {"enable": starts.of(repo.path, "enable")}
    for line in ("drain", "show", "search divide", "stats"):
        starts.of(repo.path, line)  # what is computed once
    listed |= {line: starts.of(repo.path, line) for line in MOST if line != "enable"}
    counts = {line: len(listed[line]) for line in MOST}
    assert counts == MOST, "\n".join(
        one for line in MOST if counts[line] != MOST[line] for one in (line, *listed[line])
    )
