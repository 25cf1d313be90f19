"""The first moments of the program: Ctrl-C while modules load, and locales without UTF-8."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and locales of POSIX")

INTERRUPT = """
import os, signal, sys

class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started with it ignored
sys.meta_path.insert(0, Interrupted())
from gitstory.start import main
sys.argv[1:] = ["--version"]
sys.exit(main())
"""


@pytest.mark.parametrize("name", ["click", "gitstory.cli.main", "gitstory.cli.lazy_group", "gitstory.errors"])
def test_an_interrupt_while_modules_load_is_silent(tmp_path: Path, name: str) -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPT.format(name=name)], cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_an_interrupt_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    ignored = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    code = INTERRUPT.format(name="click").replace("signal.signal(signal.SIGINT, signal.default_int_handler)", ignored)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0 and done.stdout.startswith(b"git-story")


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "POSIX"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_names_that_are_not_ascii_in_a_locale_without_them(
    repo: GitRepo, home: Path, tmp_path: Path, locale: dict[str, str]
) -> None:
    project = GitRepo.init(tmp_path / "projet-été")
    project.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(project.path, "enable", "--no-hooks", **locale)
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Écris la clé")
    session.write("clé.py", "cle = 'une ligne assez longue'\n")
    project.commit("la clé", at=session.time + 5)
    git_story(project.path, "drain", **locale)
    for args in (["show"], ["why", "clé.py:1"], ["blame", "clé.py"], ["conversations"], ["log"], ["search", "cle"]):
        assert "cris la cl" in git_story(project.path, *args, **locale).stdout, args
    for args in (["status"], ["history", "write"], ["config", "set", "history.path", "été"]):
        git_story(project.path, *args, **locale)
    assert git_story(project.path, "config", "get", "history.path", **locale).stdout == "été\n"
