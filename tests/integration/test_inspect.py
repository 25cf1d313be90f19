"""`git story inspect`: the raw store, masked unless asked otherwise."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from gitstory.agents import registry
from gitstory.agents.base import Reading, Source
from gitstory.queries import raw_store_pieces
from gitstory.queries.raw_agent_store import pieces, search
from gitstory.testing.whole_agent_store import print_of
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import NOON
from tests.smallstores import DATA, built

SECRET = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"[:36]


@pytest.fixture
def store(repo: GitRepo, home: Path) -> ClaudeSession:
    session = ClaudeSession(home, repo.path, NOON, "1111aaaa-0000-4bbb-8ccc-000000000001")
    session.prompt(f"Use {SECRET} for the \x1b[31mupload")
    session.say("Done, uploaded.")
    return session


def rows(where: Path, *args: str) -> list[dict[str, object]]:
    return [json.loads(row) for row in git_story(where, "inspect", "claude-code", "--json", *args).stdout.splitlines()]


def test_files_then_their_records_then_one_of_them(repo: GitRepo, store: ClaudeSession, home: Path) -> None:
    before = print_of(home)
    [file] = rows(repo.path)
    assert file["key"] == f"{store.path.parent.name}/{store.path.name}"
    assert file["size"] == store.path.stat().st_size
    records = rows(repo.path, "--", str(file["key"]))
    assert [one["about"] for one in records] == ["user", "assistant"]
    value = git_story(repo.path, "inspect", "claude-code", f"--key={records[1]['key']}").stdout
    assert json.loads(value)["message"]["content"][0]["text"] == "Done, uploaded."
    assert value.startswith('{\n  "parentUuid"')
    assert f"({records[1]['about']})" in git_story(repo.path, "inspect", "claude-code", "--", str(file["key"])).stdout
    assert print_of(home) == before
    assert not (repo.path / ".git" / "gitstory").exists()


def test_secrets_and_escapes_are_masked_unless_raw(repo: GitRepo, store: ClaudeSession) -> None:
    [hit] = rows(repo.path, "--search", "upload")[:1]
    for args in (
        [f"--key={hit['key']}"],
        ["--search", "upload"],
        ["--search", "upload", "--json"],
        ["--search", SECRET[8:]],
    ):
        said = git_story(repo.path, "inspect", "claude-code", *args).stdout
        assert SECRET not in said
        assert SECRET[8:] not in said
        assert "\x1b[31m" not in said
    raw = git_story(repo.path, "inspect", "claude-code", f"--key={hit['key']}", "--raw").stdout
    assert raw.encode() == store.path.read_bytes().splitlines()[0]


def test_what_is_not_there_is_said_so(repo: GitRepo, store: ClaudeSession) -> None:
    for args, said in (
        (("claude-code", "--key", "nothing:1"), "nothing is called nothing:1 in the store of claude-code"),
        (("claude-code", "nothing"), "nothing is called nothing"),
        (("codex",), "no store of Codex was found"),
        (("nobody",), "unknown agent 'nobody'"),
    ):
        done = git_story(repo.path, "inspect", *args, check=False)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert git_story(repo.path, "inspect", "claude-code", "a", "--key", "b", check=False).returncode == 2


class Anything:
    """A reader whose store holds files of every kind."""

    name, label = "anything", "Anything"
    markers: Mapping[str, str] = {}

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return [home]

    def sources(self, root: Path) -> Iterator[Source]:
        for path in sorted(root.iterdir()):
            yield Source(self.name, path, (0,), 0, 0.0)

    def places(self, source: Source) -> tuple[str, ...]:
        return ()

    def folder_of(self, directory: Path) -> str | None:
        return None

    def read(self, source: Source) -> Reading:
        return Reading(())


def test_every_kind_of_file_falls_into_pieces(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state.vscdb") as base:
        base.execute("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)")
        base.execute("INSERT INTO ItemTable VALUES ('chat/one', ?)", (b'{"text":"a needle"}',))
        base.execute("CREATE TABLE message (id TEXT, body TEXT, blob BLOB)")
        base.execute("INSERT INTO message VALUES ('m1', 'hello', x'ff00')")
    base.close()
    (tmp_path / "a.json").write_text('{"one": {"text": "needle"}, "two": [1, 2]}')
    (tmp_path / "b.md").write_text("before\n# First\n```\n# no heading\n```\n## Second needle\ntext\n")
    (tmp_path / "c.txt").write_text("whole")
    (tmp_path / "d.json").write_text("{torn")
    found = {entry.key: entry for entry in raw_store_pieces.entries(Anything(), tmp_path)}
    assert list(found) == [
        "a.json:one",
        "a.json:two",
        "b.md:0",
        "b.md:1",
        "b.md:2",
        "c.txt",
        "d.json",
        "state.vscdb:ItemTable/chat/one",
        "state.vscdb:message/1",
    ]
    assert found["b.md:2"].about == "Second needle"
    assert found["state.vscdb:ItemTable/chat/one"].size == 19
    values = {key: raw_store_pieces.value(Anything(), tmp_path, key) for key in found}
    assert values["a.json:two"] == b"[1,2]"
    assert values["state.vscdb:ItemTable/chat/one"] == b'{"text":"a needle"}'
    assert json.loads(values["state.vscdb:message/1"]) == {"id": "m1", "body": "hello", "blob": "[2 bytes]"}
    assert raw_store_pieces.value(Anything(), tmp_path, "c.txt") == b"whole"
    hits = list(search(Anything(), [tmp_path], "NEEDLE", lambda text: text))
    assert [hit.entry.key for hit in hits] == ["a.json:one", "b.md:2", "state.vscdb:ItemTable/chat/one"]
    assert [entry.key for entry in pieces(Anything(), [tmp_path], "b.md")] == ["b.md:0", "b.md:1", "b.md:2"]


def test_every_reader_of_ours_can_be_inspected(tmp_path: Path) -> None:
    for reader in registry.agents():
        assert list(raw_store_pieces.entries(reader, tmp_path / "nothing")) == []


def test_keys_of_a_database_and_no_credentials(repo: GitRepo, home: Path) -> None:
    built("cursor", home / ".config")
    (home / ".config" / "Cursor").mkdir()
    (home / ".config" / "cursor").rename(home / ".config" / "Cursor" / "User")

    def say(*args: str) -> list[dict[str, object]]:
        return [
            json.loads(row) for row in git_story(repo.path, "inspect", "cursor", "--json", *args).stdout.splitlines()
        ]

    database = "globalStorage/state.vscdb"
    keys = [str(one["key"]).removeprefix(f"{database}:") for one in say("--", database)]
    assert "cursorDiskKV/composerData:7c1e0001-0000-4000-8000-00000000000a" in keys
    assert "not-a-real-token" in (DATA / "cursor" / f"{database}.sql").read_text()
    assert not [key for key in keys if "cursorAuth" in key]
    assert say("--search", "not-a-real-token") == []
    for key in (f"{database}:ItemTable/cursorAuth/accessToken", database):
        assert git_story(repo.path, "inspect", "cursor", "--raw", "--key", key, check=False).returncode == 1
    [hit] = say("--search", "Renaming")
    told = git_story(repo.path, "inspect", "cursor", "--key", str(hit["key"])).stdout
    assert json.loads(told)["text"] == "Renaming."
