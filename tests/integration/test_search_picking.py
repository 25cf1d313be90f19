"""The picker of `git story search` on a real terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.terminal import Terminal

ID = "11111111-aaaa-4bbb-8ccc-000000000001"
Open = Callable[..., Terminal]


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Let the retry wait longer after each failure")
    session.write("src/net.py", "def wait_with_jitter(parseConfig):\n    return exponentialBackoff\n")
    session.say("It waits exponentially now.")
    repo.commit("Wait longer", at=session.time + 5)
    git_story(repo.path, "drain")
    session.prompt("Explain the weather 検索機能検索機能 \x1b[31mred\u202e")
    session.say("It rains; a failure of the sun.")
    session.prompt("Fetch my umbrella")
    return repo


@pytest.fixture
def terminal(project: GitRepo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    opened: list[Terminal] = []

    def make(columns: int = 120, rows: int = 24, **env: str) -> Terminal:
        opened.append(Terminal(tmp_path_factory.mktemp("t") / "s", project.path, columns, rows, **env))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_type_choose_and_see(terminal: Open) -> None:
    screen = terminal()
    screen.run("search")
    screen.wait("3 found", "> 2", "Fetch my umbrella")
    screen.keys("-l", "fail")
    seen = screen.wait("2 found", "the request", "-> ", "Wait longer (src/net.py:1-2)")
    assert "> " in next(line for line in seen.splitlines() if "Let the retry" in line)
    screen.keys("Down")
    screen.wait("It rains; a failure of the sun.")
    screen.keys("Enter")
    seen = screen.wait("$", "2. ", "It rains; a failure of the sun.", gone="esc: leave")
    assert "^[[31mred<U+202E>" in seen


def test_a_short_prompt_is_named_by_what_it_answers(project: GitRepo, home: Path, terminal: Open) -> None:
    session = ClaudeSession(home, project.path, NOON + 5000)
    session.prompt("Why are invoices wrong for foreign customers?")
    session.say("Shall I pass the fee through?")
    session.prompt("yes")
    session.say("Passed on as a surcharge.")
    screen = terminal(160)
    screen.run("search", "-i", "surcharge")
    screen.wait("1 found", 'yes → "Shall I pass')


def test_escape_leaves_everything_as_it_was(terminal: Open) -> None:
    screen = terminal()
    screen.keys("-l", "echo be''fore")
    screen.keys("Enter")
    screen.wait("before")
    screen.run("search", "-i", "umbrella")
    screen.wait("search: umbrella", "1 found")
    screen.keys("Escape")
    screen.wait("before", gone="esc: leave")
    screen.keys("-l", "echo $?le''ft")
    screen.keys("Enter")
    screen.wait("0left")


def test_narrow_wide_and_resized(terminal: Open) -> None:
    screen = terminal(40, 10)
    screen.run("search")
    seen = screen.wait("3 found", "Let the retry")
    assert "the request" not in seen, "no room for a preview"
    screen.resize(40, 30)
    screen.wait("the request", "--------")
    screen.resize(130, 20)
    screen.wait("the request", "|", gone="--------")
    screen.resize(18, 5)
    screen.wait("> 2026", gone="the request")
    screen.keys("Escape")
    screen.wait("$", gone="esc: leave")


def test_without_colours(terminal: Open) -> None:
    for env, colored in (({"NO_COLOR": "1"}, False), ({}, True)):
        screen = terminal(**env)
        screen.run("search", "-i", "weather")
        screen.wait("1 found", "Explain the weather", "the request")
        assert ("\x1b[31m" in screen.screen(styled=True) or "\x1b[91m" in screen.screen(styled=True)) is colored
        screen.keys("C-c")
        screen.wait("$", gone="esc: leave")


def test_without_a_terminal(project: GitRepo) -> None:
    done = git_story(project.path, "search", "-i", check=False)
    assert done.returncode == 1 and "not a terminal" in done.stderr
    assert "umbrella" in git_story(project.path, "search").stdout
    assert git_story(project.path, "search", "-i", "--json", check=False).returncode == 2


def test_a_turn_said_after_the_conversation_was_recorded_is_shown(project: GitRepo) -> None:
    assert "It rains" in git_story(project.path, "show", f"{ID}#2").stdout
    assert "no turn 9" in git_story(project.path, "show", f"{ID}#9", check=False).stderr
