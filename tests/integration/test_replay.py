"""`git story backfill --from entire`: transcripts that Entire keeps in the repository link its commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, story

NOW = 1_780_000_000
ULID = "01HZXW5G7Q0ABCDEFGHJKMNPQR"
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
WROTE = "def the_heron_lands_here():\n    return 'at noon every day of spring'\n"


@pytest.fixture
def session(repo: GitRepo, home: Path) -> ClaudeSession:
    """Somebody else's: the checkout it names is not here."""
    repo.commit("zero", {"README.md": "birds\n"}, at=NOW)
    return ClaudeSession(home, repo.path, NOW + 10)


def checkpoint(
    repo: GitRepo,
    files: dict[str, str],
    ref: str = "refs/heads/entire/checkpoints/v1",
    by: str = "Entire <cli@example.com>",
) -> None:
    """One more commit of a ref of Entire's."""
    before = repo.git("for-each-ref", "--format=%(objectname)", ref)
    stream = f"commit {ref}\ncommitter {by} {NOW} +0000\ndata 10\nCheckpoint\n"
    stream += f"from {before}\n" if before else ""
    for path, text in files.items():
        quoted = json.dumps(path) if "\t" in path else path
        stream += f"M 100644 inline {quoted}\ndata {len(text.encode())}\n{text}\n"
    repo.git("fast-import", "--quiet", input=stream.encode())


def kept(session: ClaudeSession, folder: str, **more: object) -> dict[str, str]:
    told = {"session_id": session.id, "agent": "Claude Code", **more}
    return {f"{folder}metadata.json": json.dumps(told), f"{folder}full.jsonl": session.path.read_text()}


def gone(session: ClaudeSession) -> None:
    """The transcript is no longer where its agent keeps it."""
    session.path.unlink()


def left(repo: GitRepo) -> list[str]:
    return sorted(path.name for path in (repo.path / ".git" / "gitstory").rglob("*.jsonl"))


@pytest.mark.parametrize(
    ("ref", "folder"),
    [
        ("refs/heads/entire/checkpoints/v1", "01/23456789ab/0/"),
        ("refs/remotes/origin/entire/checkpoints/v1", "01/23456789ab/0/"),
        ("refs/heads/entire/checkpoints/v1", "01/23456789ab/"),
        (f"refs/entire/checkpoints/QR/{ULID}", "0/"),
    ],
)
def test_commits_of_anybody_are_linked_by_their_lines(
    repo: GitRepo, session: ClaudeSession, ref: str, folder: str
) -> None:
    turn = session.prompt(f"let the heron land, use {SECRET}")
    session.write("heron.py", WROTE)
    repo.git("config", "user.email", "other@example.com")
    repo.git("config", "user.name", "Other Person")
    repo.commit("Heron", {}, at=session.time + 5)
    repo.git("config", "user.email", "me@example.com")
    repo.git("config", "user.name", "Me Myself")
    checkpoint(repo, kept(session, folder), ref)
    gone(session)
    assert "linked to 0" in git_story(repo.path, "backfill").stdout
    done = git_story(repo.path, "backfill", "--from", "entire")
    assert "1 of 2 commits linked to 1 conversation" in done.stdout
    assert links(repo.path) == {session.id: "lines"}
    assert lines(repo.path, "heron.py") == {1: turn, 2: turn}
    (one,) = story(repo.path)["conversations"]
    assert "recorded_by" not in one
    assert one["turns"][0]["prompt"].startswith("let the heron land")
    assert SECRET not in repo.git("log", "-p", "refs/story/data", "refs/notes/story")
    assert left(repo) == []


def test_a_conversation_is_linked_to_commits_of_its_own_person(repo: GitRepo, session: ClaudeSession) -> None:
    """Somebody else's commit that holds the same lines is not its doing."""
    session.prompt("let the heron land")
    session.write("heron.py", WROTE)
    session.write("stork.py", WROTE.replace("heron", "stork"))
    (repo.path / "stork.py").unlink()
    repo.git("config", "user.name", "Other Person")
    repo.git("config", "user.email", "other@example.com")
    first = repo.commit("Heron", at=session.time + 5)
    repo.git("config", "user.name", "Third Person")
    repo.git("config", "user.email", "third@example.com")
    second = repo.commit("Stork", {"stork.py": WROTE.replace("heron", "stork")}, at=session.time + 10)
    checkpoint(repo, kept(session, "01/23456789ab/0/"), by="Other Person <home@example.com>")
    gone(session)
    git_story(repo.path, "backfill", "--from", "entire")
    assert links(repo.path, first) == {session.id: "lines"}
    assert links(repo.path, second) == {}


def exported(text: str) -> str:
    """A session of OpenCode as `opencode export` prints it: one prompt, one file."""
    name, folder = "ses_0a1b2c3d4e5f6a7b8c9d0e1f2a", "/home/dev/birds"
    wrote = {"status": "completed", "input": {"filePath": f"{folder}/heron.py", "content": text}, "output": "Wrote"}
    steps = [{"type": "tool", "id": "prt_3", "tool": "write", "callID": "c1", "state": {**wrote, "title": "heron.py"}}]
    asked = {"id": "msg_1", "role": "user", "sessionID": name, "time": {"created": (NOW + 10) * 1000}}
    answered = {**asked, "id": "msg_2", "role": "assistant", "time": {"created": (NOW + 11) * 1000}}
    messages = [
        {"info": asked, "parts": [{"type": "text", "id": "prt_1", "text": "let the heron land"}]},
        {"info": answered, "parts": steps},
    ]
    return json.dumps({"info": {"id": name, "directory": folder, "title": "Heron"}, "messages": messages}, indent=2)


def test_exports_of_opencode_are_read_the_longest_copy(repo: GitRepo) -> None:
    repo.commit("zero", {"README.md": "birds\n"}, at=NOW)
    repo.commit("Heron", {"heron.py": WROTE}, at=NOW + 20)
    name = "ses_0a1b2c3d4e5f6a7b8c9d0e1f2a"
    told = json.dumps({"session_id": name, "agent": "OpenCode"})
    for number, text in enumerate(("x = 1\n", WROTE, "y = 2\n")):
        folder = f"0{number}/23456789ab/0/"
        checkpoint(repo, {f"{folder}metadata.json": told, f"{folder}full.jsonl": exported(text)})
    done = git_story(repo.path, "backfill", "--from", "entire")
    assert "1 of 2 commits linked to 1 conversation" in done.stdout and "left out" not in done.stdout + done.stderr
    assert links(repo.path) == {name: "lines"}
    assert story(repo.path)["conversations"][0]["agent"] == "opencode"


def test_copies_are_put_together(repo: GitRepo, session: ClaudeSession) -> None:
    """The second checkpoint keeps only what came after the first."""
    first = session.prompt("let the heron land")
    session.write("heron.py", WROTE)
    checkpoint(repo, kept(session, "01/23456789ab/0/"))
    before = session.path.read_text()
    second = session.prompt("and the stork")
    session.write("stork.py", WROTE.replace("heron", "stork"))
    repo.commit("Birds", {}, at=session.time + 5)
    session.path.write_text(session.path.read_text().removeprefix(before))
    checkpoint(repo, kept(session, "02/23456789ab/0/"))
    gone(session)
    git_story(repo.path, "backfill", "--from", "entire")
    assert lines(repo.path, "heron.py") == {1: first, 2: first}
    assert lines(repo.path, "stork.py") == {1: second, 2: second}


def test_a_checkout_that_was_elsewhere(repo: GitRepo, session: ClaudeSession) -> None:
    turn = session.prompt("let the heron land")
    session.write("birds/heron.py", WROTE)
    repo.commit("Heron", {}, at=session.time + 5)
    text = session.path.read_text().replace(str(repo.path), "/home/other/src/birds-of-spring")
    session.path.write_text(text)
    checkpoint(repo, kept(session, "01/23456789ab/0/"))
    gone(session)
    git_story(repo.path, "backfill", "--from", "entire")
    assert lines(repo.path, "birds/heron.py") == {1: turn, 2: turn}


def test_what_shares_no_line_is_not_linked(repo: GitRepo, session: ClaudeSession) -> None:
    session.prompt("let the heron land")
    session.write("heron.py", WROTE)
    checkpoint(repo, kept(session, "01/23456789ab/0/", files_touched=["heron.py"]))
    gone(session)
    said = "Heron\n\nEntire-Checkpoint: 0123456789ab"
    repo.commit(said, {"heron.py": "what_a_person_wrote = True\nand_more_of_it = 'by hand'\n"}, at=session.time + 5)
    assert "0 of 2 commits" in git_story(repo.path, "backfill", "--from", "entire").stdout


def test_nothing_is_stored_by_a_dry_run(repo: GitRepo, session: ClaudeSession) -> None:
    session.prompt("let the heron land")
    session.write("heron.py", WROTE)
    repo.commit("Heron", {}, at=session.time + 5)
    checkpoint(repo, kept(session, "01/23456789ab/0/"))
    gone(session)
    assert "1 of 2 commits would be linked" in git_story(repo.path, "backfill", "--from", "entire", "--dry-run").stdout
    assert repo.git("for-each-ref", "refs/story/data") == ""
    assert left(repo) == []


def test_entires_own_commits_are_no_code(repo: GitRepo, session: ClaudeSession) -> None:
    session.prompt("let the heron land")
    session.write("heron.py", WROTE)
    repo.commit("Heron", {}, at=session.time + 5)
    checkpoint(repo, kept(session, "01/23456789ab/0/"))
    gone(session)
    assert "1 of 2 commits" in git_story(repo.path, "backfill", "--all", "--from", "entire").stdout


def test_a_conversation_that_was_forgotten_stays_out(repo: GitRepo, session: ClaudeSession) -> None:
    session.prompt("let the heron land")
    session.write("heron.py", WROTE)
    repo.commit("Heron", {}, at=session.time + 5)
    checkpoint(repo, kept(session, "01/23456789ab/0/"))
    gone(session)
    git_story(repo.path, "backfill", "--from", "entire")
    git_story(repo.path, "forget", session.id, "--yes")
    assert "0 of 2 commits" in git_story(repo.path, "backfill", "--from", "entire").stdout
    assert links(repo.path) == {} or all("recorded_by" in one for one in story(repo.path)["conversations"])


def test_the_remains_of_a_run_that_was_killed_go(repo: GitRepo, session: ClaudeSession) -> None:
    checkpoint(repo, kept_of_nobody("01/23456789ab/0/"))
    remains = repo.path / ".git" / "gitstory" / "replayed" / "codex" / "old.jsonl"
    remains.parent.mkdir(parents=True)
    remains.write_text("old\n")
    git_story(repo.path, "backfill", "--from", "entire")
    assert not remains.exists()


def kept_of_nobody(folder: str, session: object = "s-0001", text: str = "{}\n") -> dict[str, str]:
    return {f"{folder}metadata.json": json.dumps({"session_id": session}), f"{folder}full.jsonl": text}


@pytest.mark.parametrize(
    "files",
    [
        kept_of_nobody("01/23456789ab/0/", "../../../../outside"),
        kept_of_nobody("01/23456789ab/0/", "a\0b"),
        kept_of_nobody("01/23456789ab/0/", ["s"]),
        kept_of_nobody("01/23456789ab/0/", "s-0001", '{"sessionId":"x","message":' + "[" * 100_000),
        {"01/23456789ab/0/full.jsonl": '{"sessionId":"x","message":1}\n'},
        {"01/23456789ab/0/full.jsonl": "x", "01/23456789ab/0/metadata.json": "{"},
        {"full.jsonl/x": "x", "01/full.jsonl": "x", "01/23456789ab/\tfull.jsonl": "x"},
    ],
)
def test_records_that_cannot_be_read_do_no_harm(repo: GitRepo, files: dict[str, str]) -> None:
    repo.commit("zero", {"README.md": "birds\n"}, at=NOW)
    checkpoint(repo, files)
    done = git_story(repo.path, "backfill", "--from", "entire")
    assert "0 of 1 commit" in done.stdout
    assert not (repo.path.parent / "outside.jsonl").exists()
    assert left(repo) == []


def test_without_checkpoints_it_says_how_to_get_them(repo: GitRepo) -> None:
    repo.commit("zero", {"README.md": "birds\n"})
    done = git_story(repo.path, "backfill", "--from", "entire", check=False)
    assert done.returncode == 1
    assert "no checkpoints of Entire" in done.stderr
    assert "git fetch origin entire/checkpoints/v1" in done.stderr


def test_it_is_offered(repo: GitRepo, session: ClaudeSession) -> None:
    assert "--from entire" not in git_story(repo.path, "stats").stdout
    assert "importable" not in json.loads(git_story(repo.path, "stats", "--json").stdout)
    session.prompt("let the heron land")
    checkpoint(repo, kept(session, "01/23456789ab/0/"))
    checkpoint(repo, kept(session, "02/23456789ab/0/"))
    checkpoint(repo, kept(session, "0/"), f"refs/entire/checkpoints/QR/{ULID}")
    for command in (("stats",), ("import", "entire", "--dry-run"), ("enable", "--no-hooks")):
        assert "transcripts of 3 checkpoints" in git_story(repo.path, *command).stdout
        assert "git story backfill --all --from entire" in git_story(repo.path, *command).stdout
    assert json.loads(git_story(repo.path, "stats", "--json").stdout)["importable"] == {"entire": 3}
