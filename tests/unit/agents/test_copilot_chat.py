"""Copilot Chat in VS Code: own small stores in every format, and the shared fixtures where they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.copilot_chat import AGENT, store, tools
from gitstory.model import Conversation, Edit, Hunk, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "copilot-chat"
shared = pytest.mark.real_files(FIXTURES)

STORE = DATA / "copilot-chat"
AGENTIC, ASKED, EVENTS, EMPTY = (f"3b4c0001-0000-4000-8000-00000000000{one}" for one in "abce")
APP = "/home/dev/app"
RETURN = "    return a + b\n"
SUBTRACT = "\n\ndef subtract(a, b):\n    return a - b\n"


def read(root: Path = STORE) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(3, 4, 6, 0), readings=tries(150))


def test_a_log_of_changes_is_replayed() -> None:
    one = read()[AGENTIC]
    assert (one.title, one.version, one.places) == ("Subtract", "session 3", (APP,))
    first, second = one.turns
    assert list(first.answers) == ["I will edit it.", "Done."]
    assert (second.prompt, second.abandoned) == ("Undo that", True)


def test_edits_failures_and_commits() -> None:
    turn = read()[AGENTIC].turns[0]
    replaced, sketched, created, by_subagent = turn.edits
    assert replaced == Edit(f"{APP}/calc.py", replacements=(Replacement(RETURN, RETURN + SUBTRACT),), time=1772445602.0)
    assert sketched == Edit(f"{APP}/big.py", hunks=(Hunk(0, 0, ("+TOLERANCE_IN_PIXELS = 12",)),), time=1772445604.0)
    assert (created.path, created.op, created.after) == (f"{APP}/notes.md", "create", "# Notes on the calculator\n")
    assert (by_subagent.path, by_subagent.hunks) == (
        f"{APP}/found.md",
        (Hunk(0, 0, ("+Nothing but the calculator is here.",)),),
    )
    assert [call.failed for call in turn.calls] == [False, True, False, False, False, False, False]
    assert [commit for call in turn.calls for commit in call.commits] == ["3c9728b"]
    assert [step.text for step in turn.steps if isinstance(step, Mark)] == ["Look around"]


def test_the_model_that_was_chosen_tokens_and_times() -> None:
    turn = read()[AGENTIC].turns[0]
    assert (turn.models, turn.tokens, turn.images) == (("Lab One",), Tokens(900, 60), 1)
    assert (turn.time, turn.ended) == (1772445600.0, 1772445610.0)


def test_a_response_broken_off_tells_what_was_written_without_a_call() -> None:
    one = read()[ASKED]
    (turn,) = one.turns
    assert (turn.prompt, list(turn.answers)) == ("Change hello to bye", ["Changing hello.py."])
    assert [(edit.path, edit.hunks) for edit in turn.edits] == [
        (f"{APP}/hello.py", (Hunk(0, 0, ("+print('bye')",)),)),
    ]
    assert [step.kind for step in turn.steps if isinstance(step, Mark)] == ["interrupted"]


def test_events_are_read_where_there_is_no_session_of_that_name(tmp_path: Path) -> None:
    one = read()[EVENTS]
    (turn,) = one.turns
    (edit,) = turn.edits
    assert (edit.path, edit.hunks, edit.time) == (
        f"{APP}/main.py",
        (Hunk(0, 0, ("+# Start", " print(1)")),),
        1772449202.0,
    )
    assert [call.failed for call in turn.calls] == [False, True]
    assert one.version == "transcript 0.47.0"
    shutil.copytree(STORE, tmp_path / "User")
    (folder,) = (tmp_path / "User").glob("workspaceStorage/*/chatSessions")
    (folder / f"{EVENTS}.json").write_text('{"version":3,"requests":[]}')
    assert EVENTS not in read(tmp_path / "User")


def test_the_document_a_log_was_made_of_is_left_aside(tmp_path: Path) -> None:
    shutil.copytree(STORE, tmp_path / "User")
    (folder,) = (tmp_path / "User").glob("workspaceStorage/*/chatSessions")
    (folder / f"{AGENTIC}.json").write_text('{"version":3,"requests":[]}')
    assert len(read(tmp_path / "User")[AGENTIC].turns) == 2


def test_a_session_nothing_was_asked_in_is_none() -> None:
    assert EMPTY not in read()


def test_an_export_is_named_by_its_first_request(tmp_path: Path) -> None:
    request = {"requestId": "request_7f00", "message": "Hi", "response": [{"value": "Hello"}]}
    (tmp_path / "chat.json").write_text(json.dumps({"requests": [request]}))
    (one,) = read(tmp_path).values()
    assert (one.id, one.turns[0].prompt, one.times) == ("7f00", "Hi", "bounds")


@pytest.mark.parametrize(
    ("entries", "expected", "skipped"),
    [
        ([{"kind": 2, "k": ["requests"], "v": [1, 2], "i": 1}], {"requests": [0, 1, 2]}, 0),
        ([{"kind": 1, "k": ["requests", 2], "v": 5}], {"requests": [0, None, 5]}, 0),
        ([{"kind": 3, "k": ["requests"]}], {}, 0),
        ([{"kind": 3, "k": ["requests", 0]}], {"requests": []}, 0),
        ([{"kind": 2, "k": ["more"], "v": ["x"]}], {"requests": [0], "more": ["x"]}, 0),
        ([{"kind": 1, "k": ["a", "b", "c"], "v": 1}], {"requests": [0]}, 1),
        ([{"kind": 1, "k": ["requests", 10**9], "v": 1}], {"requests": [0]}, 1),
        ([{"kind": 1, "k": ["requests", True], "v": 1}], {"requests": [0]}, 1),
        ([{"kind": 7, "k": ["a"], "v": 1}, {"kind": 1}], {"requests": [0]}, 2),
    ],
)
def test_each_kind_of_change(tmp_path: Path, entries: list[Any], expected: Any, skipped: int) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in [{"kind": 0, "v": {"requests": [0]}}, *entries]))
    assert store.session(path) == (expected, skipped)


def test_a_log_without_its_beginning_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"kind":1,"k":["a"],"v":1}\n')
    assert store.session(tmp_path / "s.jsonl") == (None, 2)
    assert [one.skipped for one in read(tmp_path).values()] == [1]


@pytest.mark.parametrize("confirmed", [False, {"type": 0}, {"type": 5}])
def test_a_call_the_person_denied_changed_nothing(confirmed: Any) -> None:
    made = tools.requested_call({"name": "run_in_terminal", "arguments": '{"command":"echo x > f"}'}, APP, None)
    tools.answered(made, "", {"isConfirmed": confirmed})
    assert (made.failed, made.edits) == (True, ())


def test_what_the_person_made_of_a_command_counts() -> None:
    made = tools.requested_call({"name": "run_in_terminal", "arguments": '{"command":"echo x > f"}'}, APP, None)
    line = {"original": "echo x > f", "userEdited": "echo y > g"}
    tools.answered(made, "", {"toolSpecificData": {"commandLine": line}})
    assert [(edit.path, edit.after) for edit in made.edits] == [(f"{APP}/g", "y\n")]


def test_replacements_in_several_files() -> None:
    listed = [{"filePath": f"/{name}", "oldString": name, "newString": name * 2} for name in "aba"]
    made = tools.requested_call(
        {"name": "multi_replace_string_in_file", "arguments": json.dumps({"replacements": listed})}, None, None
    )
    tools.answered(made, "ok", {})
    assert [(edit.path, len(edit.replacements)) for edit in made.edits] == [("/a", 2), ("/b", 1)]


def test_where_sessions_are_kept(tmp_path: Path) -> None:
    user = tmp_path / ".config" / "Code - Insiders" / "User"
    user.mkdir(parents=True)
    found = AGENT.roots({}, tmp_path)
    assert found[0] == tmp_path / ".config" / "Code" / "User"
    assert user in found


FOUND = {
    "gitai-v3-doc.json": (1, 3, 1, 0),
    "gitai-empty-then-patched.jsonl": (1, 1, 0, 0),
    "dealenx-export-canceled.json": (1, 2, 0, 0),
    "zacharyluz-export-edits.json": (1, 8, 12, 0),
}


@shared
@pytest.mark.parametrize(("name", "expected"), FOUND.items())
def test_the_fixtures(name: str, expected: tuple[int, ...], tmp_path: Path) -> None:
    shutil.copy(FIXTURES / name, tmp_path / name)
    told = findings(read(tmp_path).values())
    assert (told.conversations, told.prompts, told.edits_with_text, told.skipped) == expected


@shared
def test_the_fixture_of_events(tmp_path: Path) -> None:
    folder = tmp_path / "workspaceStorage" / "w" / "GitHub.copilot-chat" / "transcripts"
    folder.mkdir(parents=True)
    shutil.copy(FIXTURES / "gitai-transcript-eventstream.jsonl", folder / "5fcddc54.jsonl")
    told = findings(read(tmp_path).values())
    assert (told.conversations, told.prompts, told.edits_with_text, told.skipped) == (1, 1, 1, 0)


SPANS = """
CREATE TABLE spans (span_id TEXT PRIMARY KEY, parent_span_id TEXT, operation_name TEXT, start_time_ms INTEGER,
    end_time_ms INTEGER, status_code INTEGER, response_model TEXT, input_tokens INTEGER, output_tokens INTEGER,
    cached_tokens INTEGER, tool_name TEXT, tool_call_id TEXT, chat_session_id TEXT);
CREATE TABLE span_attributes (span_id TEXT, key TEXT, value TEXT);
INSERT INTO spans (span_id, operation_name, start_time_ms, end_time_ms, status_code, chat_session_id)
    VALUES ('a', 'invoke_agent', 1772445600000, 1772445605000, 0, 's1'),
           ('b', 'chat', 1772445601000, 1772445602000, 0, 's1'),
           ('c', 'something_new', 1772445603000, 1772445603000, 0, 's1');
UPDATE spans SET parent_span_id = 'a', response_model = 'm-1', input_tokens = 100, output_tokens = 20,
    cached_tokens = 40 WHERE span_id = 'b';
INSERT INTO span_attributes VALUES ('a', 'copilot_chat.user_request', 'Add a subtraction'),
    ('a', 'copilot_chat.repo.remote_url', 'https://example.com/app'),
    ('b', 'gen_ai.output.messages', '[{"role":"assistant","parts":[{"type":"text","content":"Added."}]}]');
"""


def test_traces_are_read_of_sessions_that_are_in_no_file(tmp_path: Path) -> None:
    import sqlite3

    folder = tmp_path / "globalStorage/github.copilot-chat"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "agent-traces.db") as made:
        made.executescript(SPANS)
    made.close()
    (one,) = read(tmp_path).values()
    (turn,) = one.turns
    assert (one.id, one.version, one.models, one.skipped) == ("s1", "traces", ("m-1",), 1)
    assert (turn.prompt, list(turn.answers), turn.tokens) == ("Add a subtraction", ["Added."], Tokens(100, 20, 40))
    assert one.remotes == ("https://example.com/app",)
    (tmp_path / "workspaceStorage/w/chatSessions").mkdir(parents=True)
    shutil.copy(next(STORE.rglob("*.json*")), tmp_path / "workspaceStorage/w/chatSessions/s1.json")
    assert [source.path.suffix for source in AGENT.sources(tmp_path) if source.id == "s1"] == [".json"]


@shared
def test_the_fixture_of_traces(tmp_path: Path) -> None:
    folder = tmp_path / "globalStorage/github.copilot-chat"
    folder.mkdir(parents=True)
    shutil.copy(FIXTURES / "gitai-agent-traces.db", folder / "agent-traces.db")
    found = read(tmp_path).values()
    assert [(len(one.turns), sum(len(list(turn.edits)) for turn in one.turns), one.skipped) for one in found] == [
        (1, 1, 0),
        (1, 1, 0),
    ]
