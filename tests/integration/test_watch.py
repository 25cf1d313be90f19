"""`git story watch`: a real watcher beside agents that write."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.terminal import Terminal
from tests.watcher import Watching, histories, until

ID = "aaaaaaaa-1111-4222-8333-000000000001"
OTHER = "bbbbbbbb-1111-4222-8333-000000000002"


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": "one\n"})
    git_story(repo.path, "enable", "--no-hooks")
    return repo


@pytest.fixture
def session(project: GitRepo, home: Path) -> ClaudeSession:
    one = ClaudeSession(home, project.path, int(time.time()) - 100, ID)
    one.prompt("The very first thing")
    one.say("Here it is.")
    return one


@pytest.fixture
def watching(project: GitRepo, session: ClaudeSession) -> Iterator[Watching]:
    one = Watching(project.path)
    try:
        one.wait("watching ")
        until(lambda: "The very first thing" in histories(project.path), one.output)
        yield one
    finally:
        one.end()


def test_turns_are_saved_as_they_end(project: GitRepo, session: ClaudeSession, watching: Watching) -> None:
    session.prompt("And a second one")
    session.write("module.py", "x = 1\n")
    session.say("Done with the marmalade.")
    said = watching.wait("turn 2")
    assert "Claude Code  turn 2" in said and f"_{ID}.md" in said
    assert "marmalade" in histories(project.path)
    until(lambda: "marmalade" in git_story(project.path, "search", "marmalade").stdout)
    assert watching.end() == 0


def test_nothing_is_written_while_a_turn_goes_on(
    project: GitRepo, session: ClaudeSession, watching: Watching, home: Path
) -> None:
    session.prompt("A long one")
    session.write("module.py", "x = 1\n")
    other = ClaudeSession(home, project.path, session.time, OTHER)  # the watcher does see what happens meanwhile
    other.prompt("Something else")
    other.say("Yes.")
    until(lambda: "Something else" in histories(project.path), watching.output)
    assert "A long one" not in histories(project.path)
    session.say("Now it is over.")
    until(lambda: "A long one" in histories(project.path), watching.output)


def test_half_a_line_is_no_turn(project: GitRepo, session: ClaudeSession, watching: Watching, home: Path) -> None:
    session.prompt("Written in two pieces")
    session.say("The answer in two pieces.")
    data = session.path.read_bytes()
    session.path.write_bytes(data[:-20])
    other = ClaudeSession(home, project.path, session.time, OTHER)
    other.prompt("Something else")
    other.say("Yes.")
    until(lambda: "Something else" in histories(project.path), watching.output)
    assert "two pieces" not in histories(project.path)
    with session.path.open("ab") as file:
        file.write(data[-20:])
    until(lambda: "The answer in two pieces" in histories(project.path), watching.output)


def test_files_and_folders_that_come_and_go(
    project: GitRepo, session: ClaudeSession, watching: Watching, home: Path
) -> None:
    shutil.rmtree(session.path.parent)
    again = ClaudeSession(home, project.path, session.time, OTHER)
    again.prompt("After the folder was made anew")
    again.say("Good.")
    until(lambda: "made anew" in histories(project.path), watching.output)
    shutil.rmtree(home / ".claude")
    third = ClaudeSession(home, project.path, session.time, ID)
    third.prompt("After the whole store was made anew")
    third.say("Better.")
    until(lambda: "whole store" in histories(project.path), watching.output)


def test_a_rotated_file(project: GitRepo, session: ClaudeSession, watching: Watching) -> None:
    session.path.rename(session.path.with_suffix(".old"))
    session.prompt("Said into a new file")
    session.say("Heard.")
    until(lambda: "Said into a new file" in histories(project.path), watching.output)


def test_an_agent_that_was_not_there_before(project: GitRepo, watching: Watching, home: Path) -> None:
    folder = home / ".codex/sessions/2026/01/02"
    folder.mkdir(parents=True)
    source = next(Path(__file__).parents[1].glob("data/codex/sessions/2026/01/02/*000000000001.jsonl"))
    text = source.read_text().replace("/home/dev/work/app", str(project.path))
    assert str(project.path) in text
    (folder / source.name).write_text(text)
    until(lambda: "019b8000-0000-7000-8000-000000000001" in histories(project.path), watching.output)


def test_off_and_private(project: GitRepo, session: ClaudeSession, watching: Watching) -> None:
    git_story(project.path, "off")
    session.time = int(time.time())
    session.prompt("Said while it was off")
    session.say("Hidden.")
    watching.wait("recording is off here")
    git_story(project.path, "on")
    session.time = int(time.time()) + 5
    session.prompt("Said afterwards")
    session.say("Seen.")
    until(lambda: "Said afterwards" in histories(project.path), watching.output)
    session.prompt("#private Not for anybody")
    session.say("Hidden.")
    until(lambda: "Not for anybody" not in histories(project.path), watching.output)
    assert "while it was off" not in histories(project.path)


def test_only_the_index_where_autosave_is_off(project: GitRepo, session: ClaudeSession) -> None:
    project.git("config", "story.history.autosave", "false")
    one = Watching(project.path)
    try:
        one.wait("watching ")
        session.prompt("Only to be found")
        session.say("In the index.")
        one.wait("search index")
        assert not (project.path / ".gitstory").exists()
    finally:
        assert one.end(signal.SIGINT) == 130


def test_one_for_each_repository(project: GitRepo, watching: Watching) -> None:
    second = git_story(project.path, "watch", check=False)
    assert second.returncode == 1 and "a watcher runs in this repository already" in second.stderr
    assert f"process {watching.process.pid}" in git_story(project.path, "status").stdout
    assert git_story(project.path, "watch", "--stop").stdout == f"ended (process {watching.process.pid})\n"
    assert watching.process.wait(30) == 0
    assert git_story(project.path, "watch", "--stop").stdout == "no watcher runs in this repository\n"
    assert "not running" in git_story(project.path, "status").stdout


def test_in_the_background(project: GitRepo, session: ClaudeSession) -> None:
    said = git_story(project.path, "watch", "--daemon").stdout
    try:
        assert "watching in the background" in said
        assert git_story(project.path, "watch", "--daemon", check=False).returncode == 1
        session.prompt("Heard in the background")
        session.say("Yes.")
        until(lambda: "Heard in the background" in histories(project.path))
    finally:
        assert git_story(project.path, "watch", "--stop").stdout.startswith("ended")


@pytest.mark.parametrize("place", ["files.written", "watch.written", "watch.indexed", "search.done"])
def test_killed_in_the_middle(project: GitRepo, session: ClaudeSession, place: str) -> None:
    one = Watching(project.path, GITSTORY_FAULT=place)
    assert one.end(0) == -signal.SIGKILL  # it has work at once
    left = [path.name for path in (project.path / ".gitstory/history").glob("*") if path.suffix == ".md"]
    assert len(left) <= 1
    until(lambda: "not running" in git_story(project.path, "status").stdout)  # a git that it started may hold its lock
    two = Watching(project.path)
    try:
        two.wait("watching ")
        until(lambda: "Here it is." in histories(project.path), two.output)
        until(lambda: "very first" in git_story(project.path, "search", "very first").stdout)
    finally:
        assert two.end() == 0
    assert not [path for path in (project.path / ".gitstory/history").iterdir() if path.suffix != ".md"]


def test_where_the_system_allows_no_watches(project: GitRepo, session: ClaudeSession) -> None:
    """The real limit, lowered in a namespace of its own."""
    if shutil.which("unshare") is None or os.system("unshare -Ur true 2>/dev/null") != 0:
        pytest.skip("no user namespaces")
    lower = 'echo 2 >/proc/sys/user/max_inotify_watches && exec "$0" "$@"'
    one = Watching(project.path, prefix=("unshare", "-Ur", "sh", "-c", lower))
    try:
        one.wait("looking at files every two seconds: the system allows no more watched directories")
        one.wait("watching ")
        session.prompt("Found by looking")
        session.say("Yes.")
        until(lambda: "Found by looking" in histories(project.path), one.output)
        assert "by looking every two seconds" in git_story(project.path, "status").stdout
    finally:
        one.end()


TABLES = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT NOT NULL, prompt_tokens INTEGER,
  completion_tokens INTEGER, summary_message_id TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE messages (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL, parts TEXT NOT NULL,
  model TEXT, provider TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
"""


class Crush:
    """Crush writing into its database while somebody works: what is new stands in the log beside it."""

    def __init__(self, where: Path) -> None:
        (where / ".crush").mkdir()
        self.db = sqlite3.connect(where / ".crush/crush.db", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA wal_autocheckpoint = 0")
        self.db.executescript(TABLES)
        self.now = int(time.time())
        self.db.execute("INSERT INTO sessions VALUES ('s1', NULL, 'T', 1, 1, NULL, ?, ?)", (self.now, self.now))
        self.count = 0

    def says(self, role: str, text: str) -> None:
        self.count += 1
        at = int(time.time())
        parts = json.dumps([{"type": "text", "data": {"text": text}}, {"type": "finish", "data": {"reason": "stop"}}])
        row = (f"m{self.count}", "s1", role, parts, "lab", "lab", at, at)
        self.db.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self.db.execute("UPDATE sessions SET updated_at = ?", (at,))


def test_a_database_that_is_open(project: GitRepo, watching: Watching) -> None:
    crush = Crush(project.path)
    try:
        crush.says("user", "Asked of a database")
        crush.says("assistant", "Answered by it.")
        until(lambda: "Answered by it." in histories(project.path), watching.output)
        size = (project.path / ".crush/crush.db").stat().st_size
        crush.says("user", "Asked again")
        crush.says("assistant", "Answered from the log alone.")
        until(lambda: "from the log alone" in histories(project.path), watching.output)
        assert (project.path / ".crush/crush.db").stat().st_size == size
    finally:
        crush.db.close()


def test_a_rule_that_cannot_be_used_stops_saving(project: GitRepo, session: ClaudeSession, watching: Watching) -> None:
    project.git("config", "story.redact.rules.broken", "(")
    session.prompt("Not without redaction")
    session.say("No.")
    watching.wait("problem: nothing saved")
    assert "Not without redaction" not in histories(project.path)
    until(lambda: "the watcher: nothing saved" in git_story(project.path, "status").stdout, watching.output)
    project.git("config", "--unset", "story.redact.rules.broken")
    session.prompt("Now with it")
    session.say("Yes.")
    until(lambda: "Now with it" in histories(project.path), watching.output)
    # What the watcher says of itself is written after the files.
    until(lambda: "the watcher:" not in git_story(project.path, "status").stdout, watching.output)


def test_what_was_forgotten_does_not_come_back(project: GitRepo, session: ClaudeSession, watching: Watching) -> None:
    git_story(project.path, "forget", "--yes", ID)
    assert histories(project.path) == ""
    session.prompt("Still going on")
    session.say("But nobody may know.")
    other = ClaudeSession(session.path.parents[3], project.path, session.time, OTHER)
    other.prompt("Something else")
    other.say("Yes.")
    until(lambda: "Something else" in histories(project.path), watching.output)
    assert "Still going on" not in histories(project.path) and "very first" not in histories(project.path)


def test_it_ends_with_its_work_tree(project: GitRepo, home: Path, tmp_path: Path) -> None:
    tree = tmp_path / "linked"
    project.git("worktree", "add", "-q", str(tree))
    one = Watching(tree)
    one.wait("watching ")
    shutil.rmtree(tree)
    session = ClaudeSession(home, project.path, int(time.time()), ID)  # something happens
    session.prompt("After the tree is gone")
    session.say("Yes.")
    until(lambda: one.process.poll() is not None, one.output)
    assert one.end() == 1 and not tree.exists()
    assert "the work tree is gone" in (tmp_path / Path(one._out.name).name).read_text()


def test_on_a_terminal(project: GitRepo, session: ClaudeSession, tmp_path_factory: pytest.TempPathFactory) -> None:
    screen = Terminal(tmp_path_factory.mktemp("t") / "s", project.path, 150, 20)
    try:
        screen.run("watch")
        screen.wait("Claude Code  turn 1  The very first thing", "1 saved; watching ", "Ctrl-C ends it")
        session.prompt("Red \x1b[31mtext\x1b[0m and\nlines")
        session.say("Harmless.")
        seen = screen.wait("turn 2", "2 saved; watching ")
        lines = [line for line in seen.splitlines() if line.strip()]
        assert lines[-1].startswith("2 saved; watching ") and lines[-2].split()[1:4] == ["Claude", "Code", "turn"]
        assert "\x1b[31m" not in screen.screen(styled=True)
        screen.keys("C-c")
        screen.wait("\n$", gone="2 saved; watching ")
        assert "watcher       not running" in git_story(project.path, "status").stdout
    finally:
        screen.close()


def test_a_file_that_is_replaced_whole(project: GitRepo, session: ClaudeSession, watching: Watching) -> None:
    """As agents do that write their whole session anew: beside it, and then a move."""
    other = session.path.with_suffix(".tmp")
    shutil.copy(session.path, other)
    path, session.path = session.path, other
    session.prompt("Written beside it")
    session.say("And moved there.")
    other.replace(path)
    until(lambda: "And moved there." in histories(project.path), watching.output)


def test_disabling_ends_it(project: GitRepo, watching: Watching) -> None:
    assert f"ended the watcher (process {watching.process.pid})" in git_story(project.path, "disable").stdout
    assert watching.process.wait(30) == 0


def test_what_a_killed_writer_left_goes(project: GitRepo, session: ClaudeSession) -> None:
    folder = project.path / ".gitstory/history"
    folder.mkdir(parents=True)
    half, fresh = folder / ".x.md.1a-0123abcd", folder / ".y.md.1a-0123abcd"
    half.write_text("half")
    fresh.write_text("being written")
    os.utime(half, (time.time() - 120,) * 2)
    one = Watching(project.path)
    try:
        until(lambda: "very first" in histories(project.path), one.output)
        assert not half.exists() and fresh.exists()
    finally:
        one.end()


def test_stopped_and_continued(project: GitRepo, session: ClaudeSession, watching: Watching) -> None:
    """As a machine that sleeps; more happens meanwhile than the system remembers."""
    watching.process.send_signal(signal.SIGSTOP)
    noise = session.path.with_name("noise.tmp")
    for number in range(10_000):
        noise.write_text(str(number))
        noise.unlink()
    session.prompt("Said while it slept")
    session.say("It will hear of it.")
    watching.process.send_signal(signal.SIGCONT)
    until(lambda: "Said while it slept" in histories(project.path), watching.output)


def test_a_store_behind_a_link(project: GitRepo, home: Path, tmp_path: Path) -> None:
    """As programs do that keep the home's settings in a repository."""
    (tmp_path / "elsewhere").mkdir()
    (home / ".claude").mkdir()
    (home / ".claude/projects").symlink_to(tmp_path / "elsewhere")
    one = Watching(project.path)
    try:
        one.wait("watching ")
        session = ClaudeSession(home, project.path, int(time.time()) - 100, ID)  # makes a folder behind the link
        session.prompt("Through a link")
        session.say("Heard.")
        until(lambda: "Through a link" in histories(project.path), one.output)
        other = ClaudeSession(home, project.path, session.time, OTHER)
        other.prompt("Another one")
        other.say("Heard too.")
        until(lambda: "Another one" in histories(project.path), one.output)
    finally:
        one.end()


def test_what_a_full_disk_kept_from_others_is_told_again(
    project: GitRepo, session: ClaudeSession, watching: Watching
) -> None:
    told = project.path / ".git/gitstory/watch.json"
    told.unlink()
    session.prompt("Say marmalade")
    session.say("Marmalade.")
    until(told.exists)
    assert f"process {watching.process.pid}" in git_story(project.path, "status").stdout
