"""Other tools' records, read in place: notes and branches made by real git."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gitstory.interop.formats.git_ai import session_key
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, story

KEY = session_key("claude", "c1")
CHECKPOINT = "0123456789ab"
FOREIGN = os.environ.get("GITSTORY_FOREIGN")
"""Read before a test's surroundings are made clean."""


def note(ranges: str) -> str:
    body = {"sessions": {KEY: {"agent_id": {"tool": "claude", "id": "c1", "model": "m"}}}, "prompts": {}}
    return f"a.py\n  {KEY}::t_01 {ranges}\n---\n{json.dumps(body)}"


@pytest.fixture
def noted(repo: GitRepo) -> GitRepo:
    repo.commit("one", {"a.py": "old\n"})
    repo.commit("two", {"a.py": "old\nnew\nnewer\n"})
    repo.git("notes", "--ref=ai", "add", "-m", note("1-2,40-999999999"))
    return repo


def test_lines_the_commit_added_and_no_others(noted: GitRepo) -> None:
    (one,) = story(noted.path)["conversations"]
    assert (one["agent"], one["id"], one["evidence"], one["lines"]) == ("claude-code", "c1", "files", 1)
    assert (one["recorded_by"], one["recorded_in"]) == ("git-ai", "refs/notes/ai")
    (file,) = story(noted.path)["files"]
    assert file["ranges"] == [{"start": 2, "end": 2, "conversation": "c1", "turn": None}]
    assert "git-ai attributes 1 of 2 added lines to it" in git_story(noted.path, "show").stdout


def test_blame_and_why_name_the_tool(noted: GitRepo) -> None:
    rows = [json.loads(row) for row in git_story(noted.path, "blame", "--json", "a.py").stdout.splitlines()]
    assert [(row["conversation"], row["turn"], row.get("recorded_by")) for row in rows] == [
        (None, None, None),
        ("c1", None, "git-ai"),
        (None, None, None),
    ]
    assert "story-recorded-by git-ai\n" in git_story(noted.path, "blame", "--porcelain", "a.py").stdout
    (answer,) = json.loads(git_story(noted.path, "why", "--json", "a.py:2").stdout)["answers"]
    assert (answer["agent"], answer["turn"], answer["recorded_by"]) == ("claude-code", None, "git-ai")
    assert "git-ai says Claude Code wrote this" in git_story(noted.path, "why", "a.py:2").stdout


def test_log_tells_it_and_check_does_not(noted: GitRepo) -> None:
    told = [json.loads(row) for row in git_story(noted.path, "log", "--json").stdout.splitlines()]
    assert [one["subject"] for one in told] == ["two"]
    assert git_story(noted.path, "check", "HEAD~1..HEAD", "--min-coverage", "40", check=False).returncode != 0


def test_a_broken_note_is_counted(noted: GitRepo) -> None:
    noted.git("notes", "--ref=ai", "add", "-f", "-m", "a.py\n  x 1\n---\n{")
    done = git_story(noted.path, "show", "--json")
    assert json.loads(done.stdout)["conversations"] == []
    assert "1 record of other tools could not be read: 1 of git-ai" in done.stderr


def entire(repo: GitRepo, secret: str) -> None:
    """A branch with one checkpoint."""
    here = repo.git("symbolic-ref", "--short", "HEAD")
    repo.git("checkout", "-q", "--orphan", "entire/checkpoints/v1")
    repo.git("rm", "-rfq", ".")
    folder = f"{CHECKPOINT[:2]}/{CHECKPOINT[2:]}"
    told = {"session_id": "e1", "agent": "Codex", "files_touched": ["a.py"]}
    repo.commit(
        "checkpoint",
        {
            f"{folder}/metadata.json": "{}",
            f"{folder}/0/metadata.json": json.dumps(told),
            f"{folder}/0/prompt.txt": secret,
        },
    )
    repo.git("checkout", "-q", here)


@pytest.mark.parametrize(("where", "evidence"), [("trailer", "files"), ("body", "time")])
def test_a_checkpoint(repo: GitRepo, where: str, evidence: str) -> None:
    repo.commit("zero", {"b.py": "x\n"})
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    entire(repo, f"use {token} for it")
    tail = "" if where == "trailer" else "\n\n---------\n\nmore words"
    repo.commit(f"one\n\nEntire-Checkpoint: {CHECKPOINT}{tail}", {"a.py": "new\n"})
    (one,) = story(repo.path)["conversations"]
    assert (one["agent"], one["id"], one["evidence"], one["recorded_in"]) == ("codex", "e1", evidence, where)
    assert one["turns"][0]["prompt"].startswith("use ")
    assert token not in json.dumps(one)


def test_own_record_wins_and_nothing_is_heard_without_refs(repo: GitRepo) -> None:
    repo.commit("one", {"a.py": "x\n"})
    assert story(repo.path)["conversations"] == []


def test_import_keeps_it_as_the_tools_word(noted: GitRepo) -> None:
    before = story(noted.path)
    assert "1 story would be taken" in git_story(noted.path, "import", "git-ai", "--dry-run").stdout
    assert git_story(noted.path, "import", "entire").stdout == "0 stories taken over from entire\n"
    assert git_story(noted.path, "import", "git-ai").stdout == "1 story taken over from git-ai\n"
    noted.git("update-ref", "-d", "refs/notes/ai")
    assert story(noted.path) == before
    assert git_story(noted.path, "import", "git-ai").stdout == "0 stories taken over from git-ai\n"


def test_import_redacts_prompts(repo: GitRepo) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    repo.commit("zero", {"b.py": "x\n"})
    entire(repo, f"use {token} for it")
    repo.commit(f"one\n\nEntire-Checkpoint: {CHECKPOINT}", {"a.py": "new\n"})
    git_story(repo.path, "import", "entire")
    repo.git("branch", "-D", "entire/checkpoints/v1")
    (one,) = story(repo.path)["conversations"]
    assert one["recorded_by"] == "entire"
    assert one["turns"][0]["prompt"].startswith("use ")
    assert token not in repo.git("log", "-p", "refs/story/data", "refs/notes/story")


MEMENTO = "# Git Memento Session\n\n- Provider: Codex\n- Session ID: m1\n- Session Title: t\n\n- Session ID: forged\n"


@pytest.mark.parametrize(
    ("ref", "text", "tool"),
    [
        ("prompt-story", '{"v": 1, "sessions": [{"tool": "codex", "id": "m1"}]}', "git-prompt-story"),
        ("commits", '{"v": 1, "sessions": [{"tool": "codex", "id": "m1"}]}', "git-prompt-story"),
        ("commits", MEMENTO, "git-memento"),
        ("commits", MEMENTO.replace("Session\n\n", "Session Summary\n\n- Session Kind: Summary\n"), "git-memento"),
        ("commits", f"<!-- git-memento-session:start -->\n- Session Kind: Full\n\n{MEMENTO}", "git-memento"),
    ],
)
def test_notes_that_name_a_conversation(repo: GitRepo, ref: str, text: str, tool: str) -> None:
    repo.commit("one", {"a.py": "x\n"})
    repo.git("notes", f"--ref={ref}", "add", "-m", text)
    (one,) = story(repo.path)["conversations"]
    assert (one["agent"], one["id"], one["evidence"]) == ("codex", "m1", "time")
    assert (one["recorded_by"], one["recorded_in"]) == (tool, f"refs/notes/{ref}")


@pytest.mark.parametrize(("tool", "ref"), [("agent-note", "agentnote"), ("whogitit", "whogitit")])
def test_notes_with_prompts(repo: GitRepo, tool: str, ref: str) -> None:
    """Shown, searched and imported; lines only where the tool names some."""
    lines = [{"line_number": n, "content": "x", "source": {"type": kind}} for n, kind in ((1, "AI"), (2, "Human"))]
    said: dict[str, Any] = {
        "agent-note": {
            "v": 1,
            "session_id": "m1",
            "interactions": [{"prompt": "let the heron land"}],
            "files": [{"path": "a.py", "by_ai": True}],
        },
        "whogitit": {
            "version": 3,
            "session": {"session_id": "m1", "model": {"id": "m"}},
            "prompts": [{"index": 0, "text": "let the heron land", "timestamp": "2026-01-30T14:23:45Z"}],
            "files": [{"path": "a.py", "lines": lines}],
        },
    }[tool]
    repo.commit("one", {"a.py": "x\ny\n"})
    repo.git("notes", f"--ref={ref}", "add", "-m", json.dumps(said))
    (one,) = story(repo.path)["conversations"]
    assert (one["agent"], one["id"], one["evidence"]) == ("claude-code", "m1", "files")
    assert (one["recorded_by"], one["recorded_in"]) == (tool, f"refs/notes/{ref}")
    assert [turn["prompt"] for turn in one["turns"]] == ["let the heron land"]
    assert one["lines"] == (1 if tool == "whogitit" else 0)
    assert "let the heron land" in git_story(repo.path, "search", "heron").stdout
    assert git_story(repo.path, "import", tool).stdout == f"1 story taken over from {tool}\n"


def test_a_session_that_copilot_names_in_a_trailer(repo: GitRepo) -> None:
    ident = "f7464a0d-9862-430e-9f24-468ecbea0458"
    repo.commit(f"one\n\nCo-authored-by: Copilot <copilot@github.com>\nCopilot-Session: {ident}", {"a.py": "x\n"})
    (one,) = story(repo.path)["conversations"]
    assert (one["agent"], one["id"], one["evidence"]) == ("copilot-cli", ident, "time")
    assert one["recorded_by"] == "copilot-session"


def test_vs_codes_copilot_took_part(repo: GitRepo) -> None:
    repo.commit("one\n\nCo-authored-by: Copilot <copilot@github.com>", {"a.py": "x\n"})
    assert story(repo.path)["took_part"] == [{"agent": "copilot", "model": None, "by": "message"}]


def test_a_note_of_a_person_says_nothing(repo: GitRepo) -> None:
    repo.commit("one", {"a.py": "x\n"})
    repo.git("notes", "add", "-m", "Reviewed-by: somebody")
    done = git_story(repo.path, "show", "--json")
    assert (json.loads(done.stdout)["conversations"], done.stderr) == ([], "")


# --- the tools' own repositories ---


def mirror(name: str) -> Path:
    folder = Path(FOREIGN or "") / name / "repo"
    if not FOREIGN or not folder.is_dir():
        pytest.skip("GITSTORY_FOREIGN does not name a folder with this repository")
    return folder


def reachable(where: Path) -> set[str]:
    own = [f"--exclude=refs/{name}" for name in ("story/*", "notes/*", "gitstory/*", "stash")]
    return set(git(where, "rev-list", *own, "--all").split())


def told(where: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in git_story(where, "log", "--json", "--all").stdout.splitlines()]


def git(where: Path, *args: str, input: bytes | None = None) -> str:
    return subprocess.run(["git", *args], cwd=where, input=input, capture_output=True, check=True).stdout.decode(
        "utf-8", "replace"
    )


@pytest.mark.foreign
def test_git_ai_itself() -> None:
    where = mirror("git-ai-project+git-ai")
    rows = [row.split() for row in git(where, "ls-tree", "-r", "refs/notes/ai").splitlines()]
    here = reachable(where)
    naming: set[str] = set()
    for row in rows:
        commit = row[3].replace("/", "")
        if commit in here:
            body = json.loads(("\n" + git(where, "cat-file", "blob", row[2])).partition("\n---\n")[2])
            if body.get("prompts") or body.get("sessions"):
                naming.add(commit)
    by = {one["commit"] for one in told(where) if any(c.get("recorded_by") == "git-ai" for c in one["conversations"])}
    assert len(naming) > 1000
    assert by == naming


def noted_with(where: Path, ref: str, mark: str) -> set[str]:
    rows = [row.split() for row in git(where, "ls-tree", "-r", ref).splitlines()]
    here = reachable(where)
    found = {row[3].replace("/", ""): row[2] for row in rows}
    return {one for one, blob in found.items() if one in here and mark in git(where, "cat-file", "blob", blob)}


@pytest.mark.parametrize(
    ("name", "refs", "mark", "tool"),
    [
        ("QuesmaOrg+git-prompt-story", ("refs/notes/prompt-story", "refs/notes/commits"), '"id":', "git-prompt-story"),
        ("mandel-macaque+memento", ("refs/notes/commits",), "- Session ID:", "git-memento"),
        ("wasabeef+AgentNote", ("refs/notes/agentnote",), '"session_id":', "agent-note"),
    ],
)
@pytest.mark.foreign
def test_notes_of_the_tools_themselves(name: str, refs: tuple[str, ...], mark: str, tool: str) -> None:
    where = mirror(name)
    expected = {one for ref in refs for one in noted_with(where, ref, mark)}
    by = {one["commit"] for one in told(where) if any(c.get("recorded_by") == tool for c in one["conversations"])}
    assert len(expected) > 5
    assert by == expected


@pytest.mark.foreign
def test_entire_itself() -> None:
    where = mirror("entireio+cli")
    asked = git(where, "log", "--all", "--format=%H %(trailers:key=Entire-Checkpoint,valueonly,separator=%x20)")
    rows = [row.split() for row in asked.splitlines()]
    there = set(git(where, "ls-tree", "-r", "--name-only", "refs/heads/entire/checkpoints/v1").splitlines())
    here = reachable(where)
    expected = {
        oid for oid, *ids in rows if oid in here and any(f"{one[:2]}/{one[2:]}/0/metadata.json" in there for one in ids)
    }
    by = {
        one["commit"]
        for one in told(where)
        if any((c.get("recorded_by"), c.get("recorded_in")) == ("entire", "trailer") for c in one["conversations"])
    }
    assert len(expected) > 100
    assert by == expected
