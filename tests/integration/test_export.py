"""Stories as Agent Trace records and git-ai's notes, and both read again where nothing else is known."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from gitstory.git.repo import Repo
from gitstory.import_export.export_for_other_tools import write_notes
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links, story

NOON = 1_780_000_000
OWN = "11111111-aaaa-4bbb-8ccc-000000000001"
BOTH = (["--agent-trace"], ["--git-ai"])


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"a b.py": "the first line of it all\n"}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, OWN)
    session.prompt("Say when the heron lands")
    session.write("a b.py", "the first line of it all\nheron_lands_at = 'seven'\nheron_leaves_at = 'nine'\n")
    session.write("c.py", "nobody_saw_the_heron = True\n")
    repo.commit("heron", at=NOON + 100)
    git_story(repo.path, "drain")
    return repo


def trace(project: GitRepo, *args: str) -> dict[str, Any]:
    (line,) = git_story(project.path, "export", "--agent-trace", *args).stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_agent_trace_has_the_keys_of_the_specification_and_no_others(project: GitRepo) -> None:
    told = trace(project)
    assert list(told) == ["version", "id", "timestamp", "vcs", "tool", "files", "metadata"]
    assert told["version"] == "0.1.0"
    assert str(uuid.UUID(told["id"])) == told["id"]
    assert told["timestamp"] == "2026-05-28T20:28:20Z"
    assert told["vcs"] == {"type": "git", "revision": project.git("rev-parse", "HEAD")}
    assert told["tool"].keys() == {"name", "version"}
    assert list(told["metadata"]) == ["dev.gitstory"]
    writer = {"type": "ai", "model_id": "anthropic/claude-test-1"}
    assert told["files"] == [
        {"path": "a b.py", "conversations": [{"contributor": writer, "ranges": [{"start_line": 2, "end_line": 3}]}]},
        {"path": "c.py", "conversations": [{"contributor": writer, "ranges": [{"start_line": 1, "end_line": 1}]}]},
    ]
    assert trace(project) == told
    assert "heron" not in json.dumps(told)


def test_a_range_and_a_file(project: GitRepo) -> None:
    project.commit("nobody's", {"d.py": "x\n"}, at=NOON + 200)
    assert len(git_story(project.path, "export", "--agent-trace", "HEAD~2..HEAD").stdout.splitlines()) == 1
    assert git_story(project.path, "export", "--agent-trace", "HEAD").stdout == ""
    printed = git_story(project.path, "export", "--agent-trace", "HEAD~").stdout
    assert git_story(project.path, "export", "--agent-trace", "HEAD~", "-o", "out.jsonl").stdout == ""
    assert (project.path / "out.jsonl").read_text() == printed


@pytest.mark.parametrize("args", [[], ["--agent-trace", "--write"], ["--git-ai", "--write", "-o", "x"]])
def test_what_cannot_be_meant_is_refused(project: GitRepo, args: list[str]) -> None:
    assert git_story(project.path, "export", *args, check=False).returncode == 2
    assert project.git("for-each-ref", "refs/notes/ai") == ""


def lost(project: GitRepo) -> None:
    """A clone that has no story of its own."""
    for ref in project.git("for-each-ref", "--format=%(refname)", "refs/story", "refs/notes/story").split():
        project.git("update-ref", "-d", ref)


def told_by(project: GitRepo, tool: str) -> list[tuple[str, int, int]]:
    (one,) = story(project.path)["conversations"]
    assert (one["agent"], one["id"], one["evidence"], one["recorded_by"]) == ("claude-code", OWN, "files", tool)
    return [(f["path"], r["start"], r["end"]) for f in story(project.path)["files"] for r in f["ranges"]]


def test_git_ai_notes_are_read_again(project: GitRepo, home: Path) -> None:
    printed = git_story(project.path, "export", "--git-ai").stdout
    assert project.git("for-each-ref", "refs/notes/ai") == ""
    assert git_story(project.path, "export", "--git-ai", "--write").stdout == "1 note written to refs/notes/ai\n"
    text = project.git("notes", "--ref=ai", "show")
    assert printed == f"commit {project.git('rev-parse', 'HEAD')}\n{text}\n\n"
    head, _, body = text.partition("\n---\n")
    assert head.splitlines()[0] == '"a b.py"'
    assert json.loads(body)["schema_version"] == "authorship/3.0.0"
    lost(project)
    assert told_by(project, "git-ai") == [("a b.py", 2, 3), ("c.py", 1, 1)]


def test_a_note_that_is_there_stays_and_so_does_the_history_of_the_ref(project: GitRepo) -> None:
    project.git("config", "core.logAllRefUpdates", "always")
    project.git("notes", "--ref=ai", "add", "-m", "theirs", "HEAD~")
    before = project.git("rev-parse", "refs/notes/ai")
    assert git_story(project.path, "export", "--git-ai", "--write", "HEAD~1..HEAD").returncode == 0
    assert project.git("rev-parse", "refs/notes/ai^") == before
    assert len(project.git("reflog", "refs/notes/ai").splitlines()) == 2
    assert project.git("notes", "--ref=ai", "show", "HEAD~") == "theirs"
    project.git("notes", "--ref=ai", "add", "-f", "-m", "theirs too", "HEAD")
    here = project.git("rev-parse", "refs/notes/ai")
    said = git_story(project.path, "export", "--git-ai", "--write").stdout
    assert said == "0 notes written to refs/notes/ai, 1 commit had one\n"
    assert project.git("rev-parse", "refs/notes/ai") == here
    project.git("fsck", "--strict")


def test_a_note_that_comes_between_stays(project: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitstory.git import refs

    head, real = project.git("rev-parse", "HEAD"), refs.swap
    once = [lambda: project.git("notes", "--ref=ai", "add", "-m", "quicker")]

    def swap(*args: Any, **more: Any) -> str | None:
        while once:
            once.pop()()
        return real(*args, **more)

    monkeypatch.setattr(refs, "swap", swap)
    with Repo.open(project.path) as repo:
        assert write_notes(repo, {head: "ours\n"}) == []
    assert project.git("notes", "--ref=ai", "show") == "quicker"


def committed(project: GitRepo, name: str, record: object) -> None:
    project.commit("trace", {f".agent-trace/{name}": json.dumps(record)}, at=NOON + 500)
    project.git("branch", "-f", "traces")
    lost(project)


def test_agent_trace_is_read_again(project: GitRepo) -> None:
    head = project.git("rev-parse", "HEAD")
    committed(project, f"{head}.json", trace(project))
    (one,) = story(project.path, "HEAD~")["conversations"]
    assert (one["agent"], one["id"], one["evidence"], one["lines"]) == ("claude-code", OWN, "files", 3)
    assert (one["recorded_by"], one["recorded_in"]) == ("agent-trace", f".agent-trace/{head}.json")
    assert git_story(project.path, "import", "agent-trace").stdout == "1 story taken over from agent-trace\n"
    # Another tool's word is not passed on as ours.
    for form in BOTH:
        assert git_story(project.path, "export", *form, "HEAD~").stdout == ""


@pytest.mark.parametrize("version", ["0.1", "1.0", "0.1.0"])
def test_a_record_of_another_tool(project: GitRepo, version: str) -> None:
    head = project.git("rev-parse", "HEAD")
    said = {
        "version": version,
        "vcs": {"type": "git", "revision": head},
        "tool": {"name": "cursor"},
        "files": [
            {
                "path": "c.py",
                "conversations": [
                    {
                        "url": "https://x.example/conversations/12345?a=b",
                        "contributor": {"type": "ai"},
                        "ranges": [{"start_line": 1, "end_line": 9}],
                    },
                    {
                        "url": "https://x.example/conversations/678",
                        "contributor": {"type": "human"},
                        "ranges": [{"start_line": 1, "end_line": 1}],
                    },
                ],
            }
        ],
    }
    committed(project, f"{head[:8]}-x.json", said)
    (one,) = story(project.path, "HEAD~")["conversations"]
    assert (one["agent"], one["id"], one["lines"]) == ("cursor", "12345", 1)


def test_records_of_other_commits_and_the_log_of_edits_say_nothing(project: GitRepo) -> None:
    head = project.git("rev-parse", "HEAD")
    said = trace(project)
    said["vcs"]["revision"] = project.git("rev-parse", "HEAD~")
    project.write(".agent-trace/traces.jsonl", json.dumps(trace(project)))
    committed(project, f"{head}.json", said)
    assert links(project.path, "HEAD~") == {}
    assert links(project.path, "HEAD~2") == {}


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"version":"9","files":[]}', "[" * 100_000, " " * (5 << 20)])
def test_a_broken_record_is_counted(project: GitRepo, text: str) -> None:
    head = project.git("rev-parse", "HEAD")
    project.commit("trace", {f".agent-trace/{head}.json": text}, at=NOON + 500)
    lost(project)
    done = git_story(project.path, "show", "HEAD~")
    assert "1 record of other tools could not be read: 1 of Agent Trace" in done.stderr


@pytest.mark.parametrize("form", BOTH)
def test_nothing_to_export_is_said(project: GitRepo, tmp_path: Path, form: list[str]) -> None:
    for more in ([], ["-o", str(tmp_path / "out")]):
        done = git_story(project.path, "export", *form, "HEAD~1", *more)
        assert done.stdout == "" and "nothing to export: no story of gitstory's own in HEAD~1" in done.stderr
    assert not (tmp_path / "out").exists()
