"""Search in what other tools recorded: what is found, whose word it is, what never gets in, and nothing read twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gitstory.interop.formats.git_ai import session_key
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_foreign import git, mirror, reachable

NOON = 1_780_000_000
OWN = "11111111-aaaa-4bbb-8ccc-000000000001"
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


def note(conversation: str, *prompts: str, tool: str = "claude", ranges: str = "1") -> str:
    key = session_key(tool, conversation)
    said = [{"type": "user", "text": one, "timestamp": f"2026-05-28T20:0{at}:00Z"} for at, one in enumerate(prompts)]
    entry = {"agent_id": {"tool": tool, "id": conversation, "model": "m"}, "messages": said}
    return f"a.py\n  {key} {ranges}\n---\n{json.dumps({'prompts': {key: entry}})}"


def put(repo: GitRepo, text: str, commit: str = "HEAD") -> None:
    repo.git("notes", "--ref=ai", "add", "-f", "-F", "-", commit, input=text.encode())


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    """Two commits of one conversation that git-ai tells of, enabled and with nothing recorded."""
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("one", {"a.py": "heron\n"}, at=NOON)
    put(repo, note("c1", "Count the herons"))
    repo.commit("two", {"a.py": "heron\negret\n"}, at=NOON + 86400)
    put(repo, note("c1", "Count the herons", "Now count the egrets", "egrets only", ranges="2"))
    return repo


def found(project: GitRepo, *args: str, told: str = "") -> list[dict[str, Any]]:
    said = git_story(project.path, "search", "--json", *args, check=False)
    assert said.returncode in (0, 1)
    lines = [line for line in said.stderr.splitlines() if not line.startswith(("warning: no ", "hint: "))]
    assert (told in said.stderr) if told else not lines
    return [json.loads(line) for line in said.stdout.splitlines()]


def prompts(project: GitRepo, *args: str) -> list[str]:
    return sorted(one["turn"]["prompt"] for one in found(project, *args))


def index(project: GitRepo) -> bytes:
    return b"".join(path.read_bytes() for path in (project.path / ".git/gitstory").glob("search*"))


def test_a_hit_says_whose_word_it_is(project: GitRepo) -> None:
    (hit,) = found(project, "herons")
    assert (hit["agent"], hit["conversation"], hit["recorded_by"]) == ("claude-code", "c1", "git-ai")
    assert (hit["turn"]["index"], hit["turn"]["time"], hit["role"]) == (1, "2026-05-28T20:00:00Z", "prompt")
    (commit,) = hit["commits"]
    assert (commit["subject"], commit["evidence"], commit["recorded_by"]) == ("one", "files", "git-ai")
    assert commit["files"] == [{"path": "a.py", "ranges": [{"start": 1, "end": 1}]}]
    said = git_story(project.path, "search", "herons").stdout
    assert "as git-ai recorded it" in said and "one (a.py:1; git-ai says so)" in said


def test_of_many_prompts_only_those_new_to_a_commit_are_tied_to_it(project: GitRepo) -> None:
    hits = found(project, "count", "--commit", "HEAD")
    assert [(one["turn"]["index"], [two["subject"] for two in one["commits"]]) for one in hits] == [(2, ["two"])]
    assert hits[0]["commits"][0]["evidence"] == "context"
    assert "two (git-ai names the conversation)" in git_story(project.path, "search", "egrets only").stdout


@pytest.mark.parametrize(
    ("args", "indexes"),
    [
        (("--agent", "claude-code"), [1, 2]),
        (("--agent", "codex"), []),
        (("--commit", "HEAD~1"), [1]),
        (("--commit", "HEAD~1..HEAD"), [2]),
        (("--since", "2026-05-28T20:00:30Z"), [2]),
        (("--since", "2027-01-01"), []),
        (("--author", "Dev One"), [1, 2]),
        (("--role", "answer"), []),
    ],
)
def test_filters(project: GitRepo, args: tuple[str, ...], indexes: list[int]) -> None:
    assert sorted(one["turn"]["index"] for one in found(project, "count", *args)) == indexes


def test_a_hit_can_be_shown(project: GitRepo) -> None:
    found(project, "egrets")
    said = git_story(project.path, "show", "c1#2").stdout
    assert "Now count the egrets" in said and "as git-ai records it for" in said and "herons" not in said
    whole = json.loads(git_story(project.path, "show", "--json", "c1").stdout)
    assert ([one["index"] for one in whole["turns"]], whole["recorded_by"]) == ([1, 2, 3], "git-ai")


def test_where_gitstory_was_never_enabled(repo: GitRepo) -> None:
    repo.commit("one", {"a.py": "heron\n"})
    put(repo, note("c1", "Count the herons"))
    assert prompts(repo, "herons") == ["Count the herons"]
    assert not (repo.path / ".git/gitstory").exists()


# --- Entire ---


def checkpoint(repo: GitRepo, ident: str, text: str, session: str = "e1") -> None:
    here = repo.git("symbolic-ref", "--short", "HEAD")
    known = repo.git("branch", "--list", "entire/checkpoints/v1")
    repo.git("checkout", "-q", *([] if known else ["--orphan"]), "entire/checkpoints/v1")
    if not known:
        repo.git("rm", "-rfq", ".")
    told = {"session_id": session, "agent": "Codex", "files_touched": ["a.py"]}
    folder = f"{ident[:2]}/{ident[2:]}"
    repo.commit("checkpoint", {f"{folder}/0/metadata.json": json.dumps(told), f"{folder}/0/prompt.txt": text})
    repo.git("checkout", "-q", here)


@pytest.fixture
def checkpoints(repo: GitRepo) -> GitRepo:
    """The second one tells all prompts up to then, the third only those since."""
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("base", {"b.py": "x\n"}, at=NOON)
    for at, said in enumerate(("Count the herons", "Count the herons\n\n---\n\nNow the egrets", "Then the storks")):
        checkpoint(repo, f"0123456789a{at}", said)
        repo.commit(f"work {at}\n\nEntire-Checkpoint: 0123456789a{at}", {"a.py": f"{at}\n"}, at=NOON + (at + 1) * 86400)
    return repo


def subjects(project: GitRepo, *args: str) -> list[tuple[str, list[str]]]:
    return [(one["turn"]["prompt"], [two["subject"] for two in one["commits"]]) for one in found(project, *args)]


def test_checkpoints(checkpoints: GitRepo) -> None:
    assert subjects(checkpoints, "herons") == [("Count the herons", ["work 0"])]
    assert subjects(checkpoints, "egrets") == [("Now the egrets", ["work 1"])]
    (hit,) = found(checkpoints, "storks")
    assert (hit["agent"], hit["conversation"], hit["recorded_by"]) == ("codex", "e1", "entire")
    assert hit["commits"][0]["subject"] == "work 2"
    assert hit["turn"]["time"] == "2026-05-31T20:26:40Z", "no time is recorded: the commit's"
    assert subjects(checkpoints, "the", "--since", "2026-05-30T23:00:00Z") == [("Then the storks", ["work 2"])]


def test_a_hit_is_named_so_that_it_can_be_shown(checkpoints: GitRepo) -> None:
    said = git_story(checkpoints.path, "search", "storks").stdout
    name = said.split()[0]
    assert name.startswith("e1#1-")
    shown = git_story(checkpoints.path, "show", name).stdout
    assert "Then the storks" in shown and "herons" not in shown


def test_log_tells_each_checkpoint_its_own_prompts(checkpoints: GitRepo) -> None:
    rows = [json.loads(row) for row in git_story(checkpoints.path, "log", "--json").stdout.splitlines()]
    told = {row["subject"]: [one["prompt"] for one in row["conversations"][0]["turns"]] for row in rows}
    assert told == {
        "work 0": ["Count the herons"],
        "work 1": ["Count the herons", "Now the egrets"],
        "work 2": ["Then the storks"],
    }
    sure = {row["subject"]: [one["evidence"] for one in row["conversations"][0]["turns"]] for row in rows}
    assert sure == {"work 0": ["files"], "work 1": ["context"] * 2, "work 2": ["files"]}


def test_a_checkpoint_that_comes_later(checkpoints: GitRepo) -> None:
    checkpoints.commit("late\n\nEntire-Checkpoint: ba9876543210", {"a.py": "late\n"})
    assert prompts(checkpoints, "cranes") == []
    checkpoint(checkpoints, "ba9876543210", "Paint the cranes", "e2")
    assert prompts(checkpoints, "cranes") == ["Paint the cranes"]
    checkpoints.git("branch", "-D", "entire/checkpoints/v1")
    assert prompts(checkpoints, "cranes") == []


# --- kept up ---


def lose(repo: GitRepo, spec: str) -> None:
    oid = repo.git("rev-parse", spec)
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()


def test_nothing_is_read_again_while_its_note_stands(project: GitRepo) -> None:
    assert prompts(project, "herons") == ["Count the herons"]
    first = project.git("rev-parse", "HEAD~1")
    lose(project, f"refs/notes/ai:{first}")
    project.commit("three", {"a.py": "heron\negret\nstork\n"})
    put(project, note("c2", "Count the storks", ranges="3"))
    assert prompts(project, "storks") == ["Count the storks"]
    assert prompts(project, "herons") == ["Count the herons"]


def test_what_cannot_be_read_is_said(project: GitRepo) -> None:
    put(project, "a.py\n  x 1\n---\n{")
    assert [one["turn"]["index"] for one in found(project, "herons", told="1 record of git-ai that could")] == [1]


def test_a_note_that_changes_or_goes(project: GitRepo) -> None:
    assert len(prompts(project, "egrets")) == 2
    put(project, note("c1", "Count the herons", "Paint the cranes", ranges="2"))
    assert prompts(project, "egrets") == []
    assert prompts(project, "cranes") == ["Paint the cranes"]
    project.git("notes", "--ref=ai", "remove", "HEAD")
    assert (prompts(project, "cranes"), prompts(project, "herons")) == ([], ["Count the herons"])
    project.git("update-ref", "-d", "refs/notes/ai")
    assert prompts(project, "herons") == []


def test_a_commit_that_comes_after_its_note(project: GitRepo, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    project.git("clone", "-q", "--no-local", "--single-branch", "--depth=1", f"file://{project.path}", str(clone))
    other = GitRepo(clone)
    git_story(clone, "enable", "--no-hooks")
    other.git("fetch", "-q", "origin", "refs/notes/ai:refs/notes/ai")
    assert subjects(other, "herons") == [("Count the herons", ["two"])]
    other.git("fetch", "-q", "--unshallow")
    assert subjects(other, "herons") == [("Count the herons", ["one"])]


# --- beside our own ---


def test_our_own_conversation_is_told_from_our_own_alone(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON, OWN)
    session.prompt("Paint the cranes")
    put(project, note(OWN, "Paint the cranes", "a pelican that only the note tells", ranges="2"))
    (hit,) = found(project, "cranes")
    assert "recorded_by" not in hit
    assert prompts(project, "pelican") == []
    session.path.unlink()
    assert prompts(project, "cranes") == ["Paint the cranes"]
    assert prompts(project, "pelican") == ["a pelican that only the note tells"]
    shutil.rmtree(home / ".claude")
    session = ClaudeSession(home, project.path, NOON, OWN)
    session.prompt("Paint the cranes")
    assert (prompts(project, "pelican"), len(found(project, "cranes"))) == ([], 1)


def test_our_own_story_of_a_commit_wins(project: GitRepo, home: Path) -> None:
    text = "the_heron_lands_at = 'seven'\nthe_heron_leaves_at = 'nine'\n"
    project.commit("three", {"b.py": text}, at=NOON + 100_000)
    put(project, note("c3", "Note the storks"))
    assert subjects(project, "storks") == [("Note the storks", ["three"])]
    session = ClaudeSession(home, project.path, NOON + 99_000, OWN)
    session.prompt("Paint the cranes")
    (project.path / "b.py").unlink()
    session.write("b.py", text)
    git_story(project.path, "backfill", "--all")
    assert subjects(project, "cranes") == [("Paint the cranes", ["three"])]
    assert prompts(project, "storks") == [], "told of no commit any more that is not better known"


def test_what_was_imported_is_told_once(project: GitRepo) -> None:
    before = subjects(project, "herons")
    git_story(project.path, "import", "git-ai")
    assert subjects(project, "herons") == before
    (hit,) = found(project, "herons")
    assert (hit["recorded_by"], hit["commits"][0]["recorded_by"]) == ("git-ai", "git-ai")


def test_what_was_forgotten_does_not_come_back(project: GitRepo) -> None:
    git_story(project.path, "import", "git-ai", "HEAD")
    assert len(prompts(project, "count")) == 2
    git_story(project.path, "forget", "--yes", "c1")
    project.commit("three", {"a.py": "heron\negret\nstork\n"})
    put(project, note("c1", "Count the herons", ranges="3"))
    assert prompts(project, "count") == []
    assert b"heron" not in index(project)


def test_a_forgotten_turn_of_ours_does_not_come_back(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON, OWN)
    session.prompt("Say nothing of the pelican")
    session.write("a.py", "heron\negret\npelican\n")
    project.commit("three", at=NOON + 200)
    git_story(project.path, "drain")
    git_story(project.path, "forget", "--yes", f"{OWN}#1")
    put(project, note(OWN, "Say nothing of the pelican"), "HEAD~1")
    assert prompts(project, "pelican") == []
    assert b"pelican" not in index(project)


def test_secrets_and_what_is_private_stay_out(project: GitRepo) -> None:
    put(project, note("c1", f"Upload the cranes with {TOKEN}", "a pelican #private"))
    assert len(found(project, "cranes")) == 1
    assert prompts(project, "pelican") == []
    assert TOKEN.encode().lower() not in index(project).lower()


def test_an_ignored_agent_stays_out(project: GitRepo) -> None:
    project.git("config", "story.capture.ignoreAgents", "claude-code")
    assert prompts(project, "herons") == []


# --- the tools' own repositories ---


def taken_in(where: Path) -> set[tuple[str, str]]:
    """(conversation, turn) of all that a first search takes in."""
    (where / "gitstory").mkdir()
    git_story(where, "search", "--wait", "--json", "a", check=False)
    with sqlite3.connect(where / "gitstory/search.db") as db:
        return set(db.execute("SELECT c.name, t.name FROM turns t JOIN conversations c ON c.id = t.conversation"))


def copied(name: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mirror(name), tmp_path / "repo"))


@pytest.mark.foreign
def test_git_ai_itself(tmp_path: Path) -> None:
    where = copied("git-ai-project+git-ai", tmp_path)
    here = reachable(where)
    expected: set[str] = set()
    for row in git(where, "ls-tree", "-r", "refs/notes/ai").splitlines():
        oid, path = row.split()[2:4]
        if path.replace("/", "") in here:
            body = json.loads(("\n" + git(where, "cat-file", "blob", oid)).partition("\n---\n")[2])
            for one in body.get("prompts", {}).values():
                if any(said["type"] == "user" and said["text"].strip() for said in one.get("messages") or ()):
                    expected.add(one["agent_id"]["id"])
    assert len(expected) > 100
    assert expected <= {conversation for conversation, _ in taken_in(where)}


@pytest.mark.foreign
def test_entire_itself(tmp_path: Path) -> None:
    where = copied("entireio+cli", tmp_path)
    branch = "refs/heads/entire/checkpoints/v1"
    named = git(where, "log", "--all", "--format=%(trailers:key=Entire-Checkpoint,valueonly)").split()
    there = {row.split("\t")[1] for row in git(where, "ls-tree", "-r", branch).splitlines()}
    expected = set()
    for one in set(named):
        folder = f"{one[:2]}/{one[2:]}"
        for path in (path for path in there if path.startswith(f"{folder}/") and path.endswith("/prompt.txt")):
            if git(where, "cat-file", "blob", f"{branch}:{path}").strip(" \n-"):
                told = json.loads(git(where, "cat-file", "blob", f"{branch}:{path[: -len('prompt.txt')]}metadata.json"))
                expected.add(told["session_id"][-36:])
    assert len(expected) > 100
    assert expected <= {conversation[-36:] for conversation, _ in taken_in(where)}
