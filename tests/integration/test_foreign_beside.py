"""Other tools' records beside our own, beside what was forgotten, and in sizes nobody should meet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitstory.interop.formats.git_ai import session_key
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, story

NOON = 1_780_000_000
OWN = "11111111-aaaa-4bbb-8ccc-000000000001"
SECRET = "the heron lands at seven"


def note(conversation: str, ranges: str, **more: object) -> str:
    key = session_key("claude", conversation)
    entry = {"agent_id": {"tool": "claude", "id": conversation, "model": "m"}, **more}
    kind = "prompts" if more else "sessions"
    return f"a.py\n  {key} {ranges}\n---\n{json.dumps({'schema_version': 'authorship/3.0.0', kind: {key: entry}})}"


def put_note(repo: GitRepo, text: str | bytes) -> None:
    """A note from a file: an argument can only be so long."""
    repo.git("notes", "--ref=ai", "add", "-f", "-F", "-", input=text.encode() if isinstance(text, str) else text)


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"a.py": "the first line of it all\n"}, at=NOON - 1000)
    return repo


def worked(project: GitRepo, home: Path) -> None:
    """A conversation that wrote what the last commit added."""
    session = ClaudeSession(home, project.path, NOON, OWN)
    session.prompt("Say when the heron lands")
    session.write("a.py", "the first line of it all\nheron_lands_at = 'seven'\nheron_leaves_at = 'nine'\n")
    project.commit("heron", at=NOON + 100)


def test_our_own_record_wins(project: GitRepo, home: Path) -> None:
    git_story(project.path, "enable", "--no-hooks")
    worked(project, home)
    put_note(project, note("another", "2-3"))
    git_story(project.path, "drain")
    assert links(project.path) == {OWN: "lines"}
    assert "recorded_by" not in story(project.path)["conversations"][0]
    assert set(lines(project.path, "a.py")) == {2, 3}
    for shown in (["show"], ["log"], ["blame", "a.py"], ["why", "a.py:2"]):
        assert "git-ai" not in git_story(project.path, *shown).stdout
    assert git_story(project.path, "import", "git-ai").stdout == "0 stories taken over from git-ai\n"
    assert links(project.path) == {OWN: "lines"}


def forgotten(project: GitRepo) -> None:
    for shown in (["show"], ["show", "--json"], ["log"], ["why", "a.py:2"], ["blame", "--json", "a.py"]):
        done = git_story(project.path, *shown)
        assert "c1" not in done.stdout
        assert SECRET not in done.stdout
    assert links(project.path) == {}


def test_what_was_forgotten_is_told_by_no_other_tool(project: GitRepo) -> None:
    project.commit("two", {"a.py": "the first line of it all\nnew\n"}, at=NOON)
    put_note(project, note("c1", "2", messages=[{"type": "user", "text": SECRET}]))
    git_story(project.path, "import", "git-ai")
    assert SECRET in git_story(project.path, "show", "--json").stdout
    git_story(project.path, "forget", "--yes", "c1")
    forgotten(project)
    assert git_story(project.path, "import", "git-ai").stdout == "0 stories taken over from git-ai\n"
    forgotten(project)
    assert SECRET not in project.git("log", "-p", "refs/story/data")


def test_our_own_that_was_forgotten_is_not_told_by_git_ai(project: GitRepo, home: Path) -> None:
    git_story(project.path, "enable", "--no-hooks")
    worked(project, home)
    git_story(project.path, "drain")
    put_note(project, note(OWN, "2-3", messages=[{"type": "user", "text": SECRET}]))
    git_story(project.path, "forget", "--yes", OWN)
    assert links(project.path) == {}
    assert SECRET not in git_story(project.path, "show", "--json").stdout
    git_story(project.path, "import", "git-ai")
    assert links(project.path) == {}


def test_a_forgotten_turn_is_not_told_from_a_note(project: GitRepo) -> None:
    project.commit("two", {"a.py": "the first line of it all\nnew\n"}, at=NOON)
    said = [{"type": "user", "text": "harmless"}, {"type": "user", "text": SECRET}]
    put_note(project, note("c1", "2", messages=said))
    git_story(project.path, "import", "git-ai")
    git_story(project.path, "forget", "--yes", "c1#2")
    project.git("update-ref", "-d", "refs/notes/story")
    project.commit("three", {"a.py": "the first line of it all\nnew\nnewer\n"}, at=NOON + 60)
    put_note(project, note("c1", "3", messages=said))
    for rev in ("HEAD", "HEAD~"):
        assert SECRET not in git_story(project.path, "show", "--json", "--full", rev).stdout
    git_story(project.path, "import", "git-ai")
    assert SECRET not in git_story(project.path, "log", "--json").stdout


# --- afterwards, by ourselves ---


def test_backfill_links_by_own_evidence_what_was_imported(project: GitRepo, home: Path) -> None:
    worked(project, home)
    put_note(project, note(OWN, "2-3"))
    git_story(project.path, "import", "git-ai")
    (before,) = story(project.path)["conversations"]
    assert (before["evidence"], before["recorded_by"]) == ("files", "git-ai")
    git_story(project.path, "backfill")
    (after,) = story(project.path)["conversations"]
    assert (after["id"], after["evidence"], "recorded_by" in after) == (OWN, "lines", False)
    told = lines(project.path, "a.py")
    assert set(told) == {2, 3}
    assert all(told.values())
    assert after["turns"][0]["prompt"] == "Say when the heron lands"


def test_backfill_wins_over_another_conversation_that_was_imported(project: GitRepo, home: Path) -> None:
    worked(project, home)
    put_note(project, note("another", "2-3"))
    git_story(project.path, "import", "git-ai")
    assert links(project.path) == {"another": "files"}
    git_story(project.path, "backfill")
    assert links(project.path) == {OWN: "lines"}
    assert {one["conversation"] for file in story(project.path)["files"] for one in file["ranges"]} == {OWN}


def test_backfill_leaves_another_tool_the_lines_it_cannot_explain(project: GitRepo, home: Path) -> None:
    worked(project, home)
    project.write("b.py", "whoever_wrote_this = 'knows'\n")
    project.git("add", "-A")
    project.git("commit", "-q", "--amend", "--no-edit")
    key = session_key("claude", "another")
    put_note(project, note("another", "2-3").replace("---", f"b.py\n  {key} 1\n---", 1))
    git_story(project.path, "import", "git-ai")
    git_story(project.path, "backfill")
    assert links(project.path) == {OWN: "lines", "another": "files"}
    told = {one["id"]: one["lines"] for one in story(project.path)["conversations"]}
    assert told == {OWN: 2, "another": 1}


def test_backfill_keeps_what_was_imported_and_it_cannot_explain(project: GitRepo) -> None:
    project.commit("two", {"a.py": "the first line of it all\nnew\n"}, at=NOON)
    put_note(project, note("c1", "2"))
    git_story(project.path, "import", "git-ai")
    git_story(project.path, "backfill")
    assert links(project.path) == {"c1": "files"}


# --- sizes and damage ---

WHOLE = note("c1", "1").encode()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WHOLE[:-1] + b" " * (30 << 20) + b"}", id="30 MB of white space"),
        pytest.param(b"a.py\n" + b"  x 1,2,3\n" * (3 << 20) + WHOLE[5:], id="30 MB of attestations"),
        pytest.param(b"a.py\n  x " + b"1," * (15 << 20) + b"1\n---\n{}", id="30 MB in a line"),
        pytest.param(b"a.py\n---\n" + b'{"prompts":' * (3 << 20), id="30 MB deep"),
        pytest.param(WHOLE[: len(WHOLE) // 2], id="half"),
        pytest.param(WHOLE[:-1], id="all but the last byte"),
        pytest.param(WHOLE[: WHOLE.index(b"---")], id="no JSON"),
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_read_is_counted(project: GitRepo, text: bytes) -> None:
    put_note(project, text)
    for command in ("show", "log"):
        done = git_story(project.path, command)
        assert "Traceback" not in done.stderr
        assert "1 record of other tools could not be read: 1 of git-ai" in done.stderr
    assert links(project.path) == {}


_PEAK = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "gitstory", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


@pytest.mark.parametrize("size", [15 << 20, 30 << 20])
@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for the peak of a child's memory")
def test_a_huge_note_takes_no_more_than_some_times_what_is_read_of_one(project: GitRepo, size: int) -> None:
    row = f"  {session_key('claude', 'c1')} {','.join('1' for _ in range(200))}\n".encode()
    put_note(project, b"a.py\n" + row * (size // len(row)) + WHOLE[5:])
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, "show"],
        cwd=project.path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        check=True,
    )
    peak = int(done.stdout.splitlines()[-1]) * (1 if sys.platform == "darwin" else 1024)
    assert peak < 300 << 20
