"""Small stores of our own making: every generation of the format, and what may happen to a conversation."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from gitstory.agents.codex import AGENT
from gitstory.agents.codex.store import source
from gitstory.model import Call, Conversation, Edit, Hunk, Mark, Say, Think, Turn

STORE = Path(__file__).resolve().parents[2] / "data" / "codex"
WORK = "/home/dev/work/app"


def ident(number: int) -> str:
    return f"019b8000-0000-7000-8000-{number:012d}"


def read(number: int) -> Conversation:
    (path,) = STORE.rglob(f"*{ident(number)}.jsonl")
    (conversation,) = AGENT.read(source(path)).conversations
    return conversation


def call(turn: Turn, name: str) -> Call:
    return next(step for step in turn.calls if step.id == name)


class TestStore:
    def test_roots_follow_codex_home(self) -> None:
        assert AGENT.roots({}, Path("/home/dev")) == [
            Path("/home/dev/.codex/sessions"),
            Path("/home/dev/.codex/archived_sessions"),
        ]
        assert AGENT.roots({"CODEX_HOME": "/x"}, Path("/home/dev"))[0] == Path("/x/sessions")
        assert AGENT.roots({"CODEX_HOME": ""}, Path("/home/dev"))[0] == Path("/home/dev/.codex/sessions")

    def test_sources_come_newest_first_with_their_ids(self) -> None:
        assert [found.id for found in AGENT.sources(STORE / "sessions")] == [ident(2), ident(1), ident(4)]
        assert [found.id for found in AGENT.sources(STORE)] == [ident(2), ident(1), ident(4), ident(3)]

    def test_a_root_that_is_not_there_holds_nothing(self, tmp_path: Path) -> None:
        assert list(AGENT.sources(tmp_path / "none")) == []

    def test_other_files_are_left_alone_and_a_packed_twin_is_not_told_twice(self, tmp_path: Path) -> None:
        for name in ("rollout-a.jsonl", "rollout-a.jsonl.zst", "rollout-b.jsonl.zst", "notes.jsonl", "rollout-c.txt"):
            (tmp_path / name).write_bytes(b"")
        assert [found.path.name for found in AGENT.sources(tmp_path)] == ["rollout-b.jsonl.zst", "rollout-a.jsonl"]

    def test_the_stamp_changes_when_something_is_appended(self, tmp_path: Path) -> None:
        path = tmp_path / "rollout-a.jsonl"
        path.write_bytes(b"{}\n")
        before = source(path).stamp
        path.write_bytes(b"{}\n{}\n")
        assert source(path).stamp != before

    def test_places_come_from_the_head_in_every_generation(self) -> None:
        for found in AGENT.sources(STORE):
            assert AGENT.places(found) == (WORK,)

    def test_places_of_what_is_no_rollout_are_none(self, tmp_path: Path) -> None:
        for number, content in enumerate((b"", b"\xff\xfe{", b'{"type":"session_meta","payload":7}\n')):
            path = tmp_path / f"rollout-{number}.jsonl"
            path.write_bytes(content)
            assert AGENT.places(source(path)) == ()

    def test_codex_has_no_folder_per_project(self) -> None:
        assert AGENT.folder_of(Path("/w")) is None

    def test_a_packed_file_nobody_can_unpack_is_counted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gitstory.agents.codex.store.DECODERS", ())
        path = tmp_path / f"rollout-2026-01-02T10-00-00-{ident(7)}.jsonl.zst"
        path.write_bytes(b"(\xb5/\xfd")
        (conversation,) = AGENT.read(source(path)).conversations
        assert (conversation.id, conversation.turns, conversation.skipped) == (ident(7), (), 1)
        assert AGENT.places(source(path)) == ()

    def test_a_packed_file_is_read_where_something_can_unpack_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import gzip

        monkeypatch.setattr("gitstory.agents.codex.store.DECODERS", ("no_such_module", "gzip"))
        (plain,) = STORE.rglob(f"*{ident(1)}.jsonl")
        path = tmp_path / f"{plain.name}.zst"
        path.write_bytes(gzip.compress(plain.read_bytes()))
        assert AGENT.places(source(path)) == (WORK,)
        assert AGENT.read(source(path)).conversations[0].turns == read(1).turns
        path.write_bytes(path.read_bytes()[:-200])
        assert AGENT.read(source(path)).conversations[0].skipped == 1


class TestLegacy:
    def test_the_head_says_what_the_conversation_is(self) -> None:
        conversation = read(1)
        assert conversation.key == ("codex", ident(1))
        assert conversation.title == "Parser split"
        assert conversation.places == (WORK, f"{WORK}/web")
        assert conversation.models == ("gpt-5.5", "gpt-5.6")
        assert conversation.remotes == ("https://example.com/app.git",)
        assert conversation.heads == ("a" * 40,)
        assert conversation.version == "0.142.0"
        assert conversation.started == 1767348000.0
        assert (conversation.parent, conversation.subagent, conversation.skipped) == (None, False, 0)
        assert {turn.branch for turn in conversation.turns} == {"topic"}

    def test_prompts_are_what_a_person_typed_and_steering_is_a_turn(self) -> None:
        turns = read(1).turns
        assert [(turn.id, turn.index, turn.prompt) for turn in turns] == [
            ("1", 1, "Split the parser out of main.py"),
            ("2", 2, "and keep the tests green"),
            ("3", 3, "commit it"),
            ("4", 4, "try a faster way"),
            ("5", 5, "make the page blue"),
        ]
        assert [turn.images for turn in turns] == [0, 0, 0, 0, 1]

    def test_what_events_and_records_both_tell_is_there_once(self) -> None:
        first = read(1).turns[0]
        assert [step for step in first.steps if not isinstance(step, Call)] == [
            Think("**Looking around**", 1767348008.0),
            Say("I will look first.", 1767348010.0),
        ]
        assert [list(turn.answers) for turn in read(1).turns] == [
            ["I will look first."],
            ["Done."],
            ["Done."],
            [],
            ["Blue it is."],
        ]

    def test_edits_are_those_of_the_patch_event_once(self) -> None:
        made = call(read(1).turns[0], "call_2")
        time = made.edits[0].time
        assert made.edits == (
            Edit(f"{WORK}/main.py", hunks=(Hunk(7, 7, (" ", "-import sys", "+import parser", " ")),), time=time),
            Edit(f"{WORK}/parser.py", "create", after="def parse():\n    return 1\n", time=time),
            Edit(f"{WORK}/old.py", "delete", before="gone = True\n", time=time),
            Edit(
                f"{WORK}/b.py",
                "rename",
                hunks=(Hunk(1, 1, ("-x = 1", "+x = 2")),),
                moved_from=f"{WORK}/a.py",
                time=time,
            ),
        )
        assert made.input == "Update File: main.py\nAdd File: parser.py\nDelete File: old.py"
        assert made.output == "Success.\n"

    def test_a_failed_patch_leaves_no_edit(self) -> None:
        failed = call(read(1).turns[1], "call_3")
        assert failed.failed
        assert failed.edits == ()

    def test_a_patch_without_an_event_is_read_from_what_the_agent_sent(self) -> None:
        made = call(read(1).turns[1], "call_4")
        assert [(edit.path, edit.op, edit.moved_from) for edit in made.edits] == [
            (f"{WORK}/main.py", "modify", None),
            (f"{WORK}/lib/d.py", "rename", f"{WORK}/lib/c.py"),
        ]
        assert made.edits[1].hunks == (Hunk(0, 0, ("-        pass", "+        return 2")),)

    def test_a_commit_told_while_waiting_belongs_to_the_call_that_made_it(self) -> None:
        third = read(1).turns[2]
        assert call(third, "call_5").commits == ("1234abc",)
        assert call(third, "call_6").commits == ()
        assert call(third, "call_6").output.startswith("[topic 1234abc] Split")

    def test_marks_tell_of_compaction_interruption_and_rollback(self) -> None:
        marks = [[step.kind for step in turn.steps if isinstance(step, Mark)] for turn in read(1).turns]
        assert marks == [[], [], ["compacted"], ["interrupted", "rewound"], []]
        assert [turn.abandoned for turn in read(1).turns] == [False, False, False, True, False]

    def test_shell_commands_tell_what_they_wrote_even_when_they_end_badly(self) -> None:
        fourth = read(1).turns[3]
        assert [(edit.path, edit.after, edit.source) for edit in fourth.edits] == [
            (f"{WORK}/lib/fast.py", "fast = True\n", "shell"),
            (f"{WORK}/half.py", "half = True\n", "shell"),
        ]
        assert [made.failed for made in fourth.calls] == [False, True]


class TestOffspring:
    def test_a_fork_names_its_parent_and_keeps_the_ids_of_copied_turns(self) -> None:
        fork, origin = read(2), read(1)
        assert (fork.id, fork.parent, fork.subagent) == (ident(2), ident(1), False)
        assert [turn.prompt for turn in fork.turns[:2]] == [turn.prompt for turn in origin.turns[:2]]
        assert [turn.id for turn in fork.turns[:2]] == [turn.id for turn in origin.turns[:2]]
        assert fork.turns[0].steps == origin.turns[0].steps
        assert fork.turns[2].prompt == "another way instead"

    def test_a_subagent_names_who_spawned_it(self) -> None:
        assert (read(3).parent, read(3).subagent) == (ident(1), True)


class TestPaginated:
    def test_turn_ids_are_those_of_the_prompts_records(self) -> None:
        assert [(turn.id, turn.prompt, turn.images) for turn in read(3).turns] == [
            (ident(311), "Review parser.py", 0),
            (ident(312), "also the docs", 1),
        ]

    def test_answers_and_thoughts_are_there_once(self) -> None:
        first = read(3).turns[0]
        assert [type(step) for step in first.steps] == [Think, Say, Call]

    def test_an_intercepted_patch_is_one_edit_with_its_lines(self) -> None:
        made = call(read(3).turns[0], "call_31")
        assert [(edit.path, edit.hunks) for edit in made.edits] == [
            (f"{WORK}/parser.py", (Hunk(2, 2, ("-    return 1", "+    return 2")),))
        ]
        assert made.input == "apply_patch <<'EOF'\nUpdate File: parser.py\nEOF"
        assert made.output == "Success.\n"

    def test_calls_that_only_events_tell_of_are_kept(self) -> None:
        listed, typed, asked = read(3).turns[1].calls
        assert (listed.tool, listed.input, listed.cwd) == ("exec_command", "ls docs", f"{WORK}/my docs")
        assert (asked.tool, asked.failed, asked.output) == ("mcp__files__find", True, "none")
        assert (typed.tool, typed.edits) == ("user_shell", ())


class TestBare:
    def test_reads_the_oldest_files(self) -> None:
        conversation = read(4)
        assert (conversation.id, conversation.heads, conversation.places) == (ident(4), ("b" * 40,), (WORK,))
        assert [(turn.id, turn.prompt) for turn in conversation.turns] == [("1", "add a readme"), ("msg_9", "thanks")]

    def test_shells_arguments_are_unwrapped(self) -> None:
        patched, failed, looked = read(4).turns[0].calls
        assert patched.edits == (Edit(f"{WORK}/README.md", "create", "shell", after="# App\n"),)
        assert (failed.input, failed.failed, failed.output) == ("git commit -qam x; git log -1", True, "boom\n")
        assert (looked.input, looked.cwd) == ("pwd", f"{WORK}/src")


def rows(*payloads: tuple[str, dict[str, object]]) -> bytes:
    lines = ({"type": kind, "payload": payload} for kind, payload in payloads)
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def read_rows(folder: Path, *payloads: tuple[str, dict[str, object]]) -> Conversation:
    path = folder / "rollout-a.jsonl"
    path.write_bytes(rows(("session_meta", {"id": "a", "cwd": "/w"}), *payloads))
    (conversation,) = AGENT.read(source(path)).conversations
    return conversation


def event(kind: str, **payload: object) -> tuple[str, dict[str, object]]:
    return "event_msg", {"type": kind, **payload}


def done(kind: str, **item: object) -> tuple[str, dict[str, object]]:
    return event("item_completed", turn_id="t", item={"type": kind, **item})


def record(kind: str, **payload: object) -> tuple[str, dict[str, object]]:
    return "response_item", {"type": kind, **payload}


def spoken(role: str, text: str) -> tuple[str, dict[str, object]]:
    return record(
        "message", role=role, content=[{"type": "input_text" if role == "user" else "output_text", "text": text}]
    )


class TestMixed:
    def test_both_event_streams_at_once_tell_everything_once(self, tmp_path: Path) -> None:
        changes = {"/w/a": {"type": "add", "content": "1\n"}}
        conversation = read_rows(
            tmp_path,
            spoken("user", "go"),
            event("user_message", message="go"),
            done("UserMessage", id="u1", content=[{"type": "text", "text": "go"}]),
            event("agent_message", message="yes"),
            done("AgentMessage", id="m1", content=[{"type": "Text", "text": "yes"}]),
            spoken("assistant", "yes"),
            record("custom_tool_call", name="apply_patch", call_id="c", input="*** Begin Patch\n*** Add File: a\n+1\n"),
            event("patch_apply_end", call_id="c", success=True, changes=changes),
            done("FileChange", id="c", status="completed", changes=changes),
            record("custom_tool_call_output", call_id="c", output="Success."),
            event("agent_message", message="yes"),
            spoken("assistant", "yes"),
        )
        (turn,) = conversation.turns
        assert (turn.id, turn.prompt) == ("u1", "go")
        assert list(turn.answers) == ["yes", "yes"]
        assert [edit.after for edit in turn.edits] == ["1\n"]

    def test_the_same_prompt_twice_is_two_turns(self, tmp_path: Path) -> None:
        twice = (spoken("user", "again"), event("user_message", message="again")) * 2
        assert [turn.prompt for turn in read_rows(tmp_path, *twice).turns] == ["again", "again"]

    def test_call_ids_that_are_used_again_name_the_latest_call(self, tmp_path: Path) -> None:
        ran = [
            part
            for number in (1, 2)
            for part in (
                event("user_message", message=f"go {number}"),
                record("function_call", name="shell", call_id="call_0", arguments='{"command":["echo"]}'),
                record("function_call_output", call_id="call_0", output=f"out {number}"),
            )
        ]
        turns = read_rows(tmp_path, *ran).turns
        assert [[call.output for call in turn.calls] for turn in turns] == [["out 1"], ["out 2"]]

    def test_a_rollback_counts_the_agents_turns_not_the_steering_in_them(self, tmp_path: Path) -> None:
        conversation = read_rows(
            tmp_path,
            event("task_started", turn_id="t1"),
            event("user_message", message="one"),
            event("task_started", turn_id="t2"),
            event("user_message", message="two"),
            event("user_message", message="and more"),
            event("thread_rolled_back", num_turns=1),
            event("task_started", turn_id="t3"),
            event("user_message", message="three"),
        )
        assert [turn.abandoned for turn in conversation.turns] == [False, True, True, False]

    @pytest.mark.parametrize("status", ["failed", "declined"])
    def test_a_refused_file_change_leaves_no_edit(self, tmp_path: Path, status: str) -> None:
        changes = {"/w/a": {"type": "add", "content": "1\n"}}
        conversation = read_rows(
            tmp_path,
            event("user_message", message="go"),
            record("custom_tool_call", name="apply_patch", call_id="c", input="*** Begin Patch\n*** Add File: a\n+1\n"),
            done("FileChange", id="c", status=status, changes=changes),
            record("custom_tool_call_output", call_id="c", output="patch rejected by user"),
        )
        assert [(call.failed, call.edits) for call in conversation.turns[0].calls] == [(True, ())]

    @pytest.mark.parametrize("told", ["event", "item", "output"])
    def test_a_patch_applied_by_half_keeps_what_was_changed(self, tmp_path: Path, told: str) -> None:
        added, failed = "*** Add File: a\n+1", "*** Update File: b\n@@\n-x\n+y"
        patch = f"*** Begin Patch\n{added}\n{failed}\n*** End Patch"
        changes = {"/w/b": {"type": "update", "unified_diff": ""}, "/w/a": {"type": "add", "content": "1\n"}}
        error = "Failed to find expected lines in b:\nx"
        said = {
            "event": [event("patch_apply_end", call_id="c", success=False, stderr=error, changes=changes)],
            "item": [done("FileChange", id="c", status="failed", stderr=error, changes=changes)],
            "output": [],
        }[told]
        conversation = read_rows(
            tmp_path,
            event("user_message", message="go"),
            record("custom_tool_call", name="apply_patch", call_id="c", input=patch),
            *said,
            record("custom_tool_call_output", call_id="c", output=f"Exit code: 1\nOutput:\n{error}"),
        )
        [made] = conversation.turns[0].calls
        assert made.failed
        assert [(edit.path, edit.after) for edit in made.edits] == [("/w/a", "1\n")]

    @pytest.mark.parametrize(
        ("output", "lines"), [("aborted by user after 9.1s", 1), ("exec command rejected by user", 0)]
    )
    def test_a_command_that_was_stopped_keeps_what_it_wrote_before(
        self, tmp_path: Path, output: str, lines: int
    ) -> None:
        asked = '{"cmd": "cat > a <<E\\n1\\nE\\nsleep 99; echo 2 > b"}'
        conversation = read_rows(
            tmp_path,
            event("user_message", message="go"),
            record("function_call", name="exec_command", call_id="c", arguments=asked),
            record("function_call_output", call_id="c", output=output),
        )
        [made] = conversation.turns[0].calls
        assert [(edit.path, edit.after) for edit in made.edits] == [("/w/a", "1\n")] * lines

    def test_a_patch_nobody_answered_yet_is_no_edit(self, tmp_path: Path) -> None:
        conversation = read_rows(
            tmp_path,
            event("user_message", message="go"),
            record("custom_tool_call", name="apply_patch", call_id="c", input="*** Begin Patch\n*** Add File: a\n+1\n"),
        )
        assert [call.edits for call in conversation.turns[0].calls] == [()]

    def test_steps_before_any_prompt_are_kept(self, tmp_path: Path) -> None:
        conversation = read_rows(tmp_path, spoken("assistant", "Hello."), event("user_message", message="hi"))
        assert [(turn.id, turn.prompt) for turn in conversation.turns] == [("1", ""), ("2", "hi")]
