"""Cursor's databases: own small stores, those of other versions, writers at work, and the shared fixtures."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.cursor import Cursor, global_database, tools
from gitstory.agents.cursor.edits import chunks, compared, edits_of_call, streamed
from gitstory.model import Conversation, Edit, Hunk, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import built

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "cursor-ide"
shared = pytest.mark.real_files(FIXTURES)

MAIN, CHILD, OLD = (f"7c1e0001-0000-4000-8000-00000000000{one}" for one in "abc")
TAB, INLINE = (f"7c1e0001-0000-4000-8000-00000000000{one}" for one in "de")
APP = "/home/dev/app"


def read(root: Path, agent: Cursor | None = None) -> dict[str, Conversation]:
    agent = agent or Cursor()
    return {one.id: one for source in agent.sources(root) for one in agent.read(source).conversations}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return built("cursor", tmp_path)


def put(store: Path, key: str, value: Any) -> None:
    with closing(sqlite3.connect(store / "globalStorage" / "state.vscdb")) as connection, connection:
        connection.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, json.dumps(value)))


def test_it_conforms(store: Path, tmp_path: Path) -> None:
    conformance(Cursor(), store, tmp_path / "work", Expect(5, 6, 5, 0), readings=tries(100))


def test_edits_with_whole_texts_refusals_and_commits(store: Path) -> None:
    first, second = read(store)[MAIN].turns
    changed, created = first.edits
    assert (changed.path, changed.op) == (f"{APP}/calc.py", "modify")
    assert changed.before == "def add(a, b):\n    return a + b\n"
    assert (changed.after or "").endswith("def subtract(a, b):\n    return a - b\n")
    assert (created.path, created.op, created.after) == (f"{APP}/src/notes.md", "create", "# Notes\n")
    assert [call.failed for call in first.calls] == [False, False, True, False, False]
    assert [commit for call in first.calls for commit in call.commits] == ["3c9728b"]
    assert (first.tokens, first.models, first.time, first.ended) == (
        Tokens(900, 60),
        ("lab-1",),
        1772445600.0,
        1772445611.0,
    )
    assert (second.prompt, second.images) == ("Thank you", 1)


def test_what_cursor_wrote_in_the_persons_place_begins_no_turn(store: Path) -> None:
    prompts = [turn.prompt for turn in read(store)[MAIN].turns]
    assert prompts == ["Add subtract to calc.py", "Thank you"]


def test_a_subagents_conversation_names_the_one_that_started_it(store: Path) -> None:
    found = read(store)
    assert (found[CHILD].parent, found[CHILD].subagent) == (MAIN, True)
    marks = [step.text for step in found[MAIN].turns[0].steps if isinstance(step, Mark)]
    assert marks == ["Look around"]


def test_edits_of_2025_and_times_told_by_the_clock_of_the_request(store: Path) -> None:
    one = read(store)[OLD]
    (turn,) = one.turns
    assert list(turn.edits) == [
        Edit(f"{APP}/calc.py", replacements=(Replacement("a", "b"),), time=1750000003.5),
        Edit(f"{APP}/calc.py", hunks=(Hunk(1, 1, (" b", "-c", "+d")),)),
        Edit(f"{APP}/old.py", "delete"),
    ]
    assert (turn.models, one.version, one.times) == (("lab-0",), "composer 3", "recorded")


def test_conversations_of_2024_lie_in_their_windows_database(store: Path) -> None:
    found = read(store)
    assert [turn.prompt for turn in found[INLINE].turns] == ["Explain calc.py"]
    assert (found[TAB].title, list(found[TAB].turns[0].answers)) == ("What is this", ["A calculator."])
    assert (found[TAB].times, found[TAB].places, found[TAB].models) == ("bounds", (APP,), ("lab-chat",))


def test_places_of_the_record_of_the_newer_index_and_of_the_window_that_names_it(store: Path) -> None:
    agent = Cursor()
    places = {source.id: agent.places(source) for source in agent.sources(store)}
    assert places == dict.fromkeys((MAIN, CHILD, OLD, INLINE, TAB), (APP,))


def test_a_workspace_of_several_folders_and_a_worktree(store: Path) -> None:
    window = store / "workspaceStorage" / "several"
    window.mkdir()
    (store / "two.code-workspace").write_text(
        '{ // of two\n "folders": [{"path": "one"}, {"uri": "file:///home/dev/two"},], }'
    )
    (window / "workspace.json").write_text(json.dumps({"workspace": (store / "two.code-workspace").as_uri()}))
    call = {"name": "search_replace", "status": "completed", "params": '{"relativeWorkspacePath":"two/a.py"}'}
    call["rawArgs"] = '{"old_string":"1","new_string":"2"}'
    put(store, "bubbleId:m:b1", {"type": 2, "toolFormerData": call})
    headers = {"fullConversationHeadersOnly": [{"bubbleId": "b1", "type": 2}], "createdAt": 1772445600000}
    put(store, "composerData:m", {**headers, "workspaceIdentifier": {"id": "several", "configPath": {}}})
    tree = "/home/dev/.cursor/worktrees/app/x1"
    put(
        store,
        "composerData:w",
        {**headers, "gitWorktree": {"worktreePath": tree}, "trackedGitRepos": [{"repoPath": APP}]},
    )
    found = read(store)
    assert found["m"].places == (f"{store.as_posix()}/one", "/home/dev/two")
    assert [edit.path for turn in found["m"].turns for edit in turn.edits] == ["/home/dev/two/a.py"]
    assert found["w"].places == (tree, APP)


def test_the_listing_opens_no_message(store: Path) -> None:
    with closing(sqlite3.connect(store / "globalStorage" / "state.vscdb")) as connection:
        plan = " ".join(
            str(row) for row in connection.execute(f"EXPLAIN QUERY PLAN {global_database._BUBBLES}", ("a", "b"))
        )
    assert "USING COVERING INDEX" in plan and "SCAN cursorDiskKV" not in plan


def test_one_that_goes_on_is_read_again_and_no_other(store: Path) -> None:
    agent = Cursor()
    before = {source.id: source.stamp for source in agent.sources(store)}
    put(store, f"bubbleId:{OLD}:of", {"type": 2, "text": "written anew"})
    after = {source.id: source.stamp for source in agent.sources(store)}
    assert [one for one in before if before[one] != after[one]] == [OLD]


def test_one_that_goes_on_is_as_new_as_its_last_message_though_its_record_says_otherwise(store: Path) -> None:
    put(store, f"bubbleId:{OLD}:later", {"type": 2, "text": "today"})
    modified = {source.id: source.modified for source in Cursor().sources(store)}
    assert modified[OLD] >= modified[MAIN] == 1772445621.0


def test_reading_beside_an_editor_that_writes(store: Path) -> None:
    path = store / "globalStorage" / "state.vscdb"
    with closing(sqlite3.connect(path, timeout=0)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        with writer:
            told = json.dumps({"type": 1, "text": "More"})
            writer.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (f"bubbleId:{OLD}:more", told))
            headers = {"fullConversationHeadersOnly": [{"bubbleId": "ou", "type": 1}, {"bubbleId": "more", "type": 1}]}
            writer.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (f"composerData:{OLD}", json.dumps(headers)))
            assert len(read(store)[OLD].turns) == 1
        assert [turn.prompt for turn in read(store)[OLD].turns] == ["Rename it", "More"]
        files = {one.name for one in path.parent.iterdir()}
    assert files == {"state.vscdb", "state.vscdb-wal", "state.vscdb-shm"}


def test_versions_to_come_are_read_as_far_as_they_are_understood(store: Path) -> None:
    headers = [{"bubbleId": "n1", "type": 1}, {"bubbleId": "n2", "type": 9}, {"bubbleId": "n3", "type": 2}]
    put(store, "composerData:new", {"_v": 99, "fullConversationHeadersOnly": headers, "createdAt": 1772445600000})
    put(store, "bubbleId:new:n1", {"_v": 9, "type": 1, "text": "Hello"})
    put(store, "bubbleId:new:n2", {"_v": 9, "type": 9})
    put(store, "bubbleId:new:n3", {"_v": 9, "type": 2, "text": "Hi", "toolFormerData": {"name": "warp", "result": 3}})
    one = read(store)["new"]
    assert (one.version, one.skipped, [turn.prompt for turn in one.turns]) == ("composer 99", 1, ["Hello"])
    assert list(one.turns[0].answers) == ["Hi"]


def test_transcripts_tell_what_no_database_does(store: Path, tmp_path: Path) -> None:
    projects = tmp_path / ".cursor" / "projects"
    folder = projects / "home-dev-app" / "agent-transcripts"
    row = json.dumps(
        {"role": "user", "message": {"content": [{"type": "text", "text": "<user_query>\nHi\n</user_query>"}]}}
    )
    for name in (MAIN, "remote", "of-the-program"):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.jsonl").write_text(row + "\n")
    program = tmp_path / ".cursor" / "chats" / "0" / "of-the-program"
    program.mkdir(parents=True)
    (program / "store.db").touch()
    agent = Cursor()
    assert set(read(projects, agent)) == {MAIN, "remote"}
    assert MAIN in read(store, agent)
    found = read(projects, agent)
    assert set(found) == {"remote"}
    assert found["remote"].turns[0].prompt == "Hi"
    (source,) = agent.sources(projects)
    assert source.folder == agent.folder_of(Path(APP)) == "home-dev-app"


def test_where_the_editor_keeps_its_stores(tmp_path: Path) -> None:
    roots = Cursor().roots({"APPDATA": str(tmp_path / "Roaming"), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}, tmp_path)
    assert roots == [
        tmp_path / "xdg" / "Cursor" / "User",
        tmp_path / ".config" / "Cursor" / "User",
        tmp_path / "Library" / "Application Support" / "Cursor" / "User",
        tmp_path / "Roaming" / "Cursor" / "User",
        tmp_path / ".cursor" / "projects",
    ]


def test_a_windows_path_stays_absolute() -> None:
    told = {"name": "delete_file", "status": "completed", "params": {"relativeWorkspacePath": "c:\\work\\app\\a.py"}}
    made = tools.call(told, ["c:/work/app"], None, lambda key: None)
    assert made is not None and [edit.path for edit in made.edits] == ["c:/work/app/a.py"]


def test_content_that_cursor_threw_away_leaves_the_comparison_it_made() -> None:
    lines = [
        {"type": "unchanged", "content": "a", "originalLineNumber": 1, "modifiedLineNumber": 1},
        {"type": "removed", "content": "b", "originalLineNumber": 2},
        {"type": "added", "content": "c", "modifiedLineNumber": 2},
        {"type": "unchanged", "content": "d", "originalLineNumber": 3, "modifiedLineNumber": 3},
        {"type": "added", "content": "e", "modifiedLineNumber": 4},
    ]
    assert compared(lines) == (Hunk(2, 2, ("-b", "+c")), Hunk(3, 4, ("+e",)))
    told: dict[str, Any] = {"name": "edit_file_v2", "status": "completed", "params": '{"relativeWorkspacePath":"/a"}'}
    told |= {
        "additionalData": {"precomputedDiff": {"lines": lines}},
        "result": '{"afterContentId":"composer.content.0"}',
    }
    made = tools.call(told, [], None, lambda key: None)
    assert made is not None and made.edits == (Edit("/a", hunks=compared(lines)),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a\nb\n", Edit("/f", after="a\nb\n")),
        ("@@ -1,1 +1,1 @@\n-a\n+b", Edit("/f", hunks=(Hunk(1, 1, ("-a", "+b")),))),
        (" a\n-b\n+c", Edit("/f", hunks=(Hunk(0, 0, (" a", "-b", "+c")),))),
        ("a\n// ... existing code ...\nb", Edit("/f")),
    ],
)
def test_streamed_content_is_a_file_a_patch_or_a_sketch(content: str, expected: Edit) -> None:
    assert streamed(content, "/f", None, None) == (expected,)


def test_chunks_need_where_they_stand() -> None:
    placed = {"diffString": "+a", "oldStart": 0, "oldLines": 0, "newStart": 1, "newLines": 1}
    assert chunks([{"diffString": "+a"}, placed]) == (Hunk(0, 1, ("+a",)),)


@pytest.mark.parametrize("tool", ["StrReplace", "search_replace", "MultiEdit"])
def test_tools_by_all_their_names(tool: str) -> None:
    given = {"edits": [{"old_string": "a", "new_string": "b", "replace_all": True}]}
    assert edits_of_call(tool, given, "/f", None, None) == (Edit("/f", replacements=(Replacement("a", "b", True),)),)


FOUND = {
    "syn-global-v3.19-contentref.state.vscdb": (1, 1, 1, 0),
    "gogolabs-global-rebuilt.state.vscdb": (1, 2, 0, 0),
    "gogolabs-workspace-rebuilt.state.vscdb": (0, 0, 0, 0),
}


@shared
@pytest.mark.parametrize(("name", "expected"), FOUND.items())
def test_the_fixtures(name: str, expected: tuple[int, ...]) -> None:
    told = findings(read(FIXTURES / name).values())
    assert (told.conversations, told.prompts, told.edits_with_text, told.skipped) == expected


@shared
def test_the_transcript_fixture(tmp_path: Path) -> None:
    folder = tmp_path / "home-dev-shows" / "agent-transcripts" / "t1"
    folder.mkdir(parents=True)
    (folder / "t1.jsonl").write_bytes((FIXTURES / "gitai-agent-transcript.jsonl").read_bytes())
    told = findings(read(tmp_path).values())
    assert (told.conversations, told.prompts, told.edits_with_text, told.calls, told.skipped) == (1, 1, 1, 10, 0)
