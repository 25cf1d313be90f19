"""Which records begin a turn, and what else happens to the conversation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitstory.model import Conversation, Mark, Say, Think
from tests.unit.agents.claude_code_records import SESSION, Transcript, read

COMMAND_FIRST = (
    "<command-name>/{0}</command-name>\n<command-message>{0}</command-message>\n<command-args></command-args>"
)
MESSAGE_FIRST = (
    "<command-message>{0}</command-message>\n<command-name>/{0}</command-name>\n<command-args>a b</command-args>"
)
STDOUT = "<local-command-stdout>done</local-command-stdout>"
NOTICE = "<task-notification>\n<task-id>b1</task-id>\n</task-notification>"
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}


@pytest.fixture
def log() -> Transcript:
    return Transcript()


def prompts(conversation: Conversation) -> list[str]:
    return [turn.prompt for turn in conversation.turns]


def marks(conversation: Conversation) -> list[tuple[int, str, str]]:
    return [(t.index, s.kind, s.text) for t in conversation.turns for s in t.steps if isinstance(s, Mark)]


def enqueue(log: Transcript, text: str) -> None:
    log.plain(type="queue-operation", operation="enqueue", content=text)


def take(log: Transcript, operation: str, **fields: Any) -> None:
    log.plain(type="queue-operation", operation=operation, **fields)


def test_a_turn_is_a_prompt_and_what_follows(log: Transcript, tmp_path: Path) -> None:
    first = log.prompt("fix it")
    log.says({"type": "thinking", "thinking": "hm", "signature": "x"}, "on it")
    log.says({"type": "thinking", "thinking": "", "signature": "x"}, "done", model="claude-haiku-4-5")
    second = log.prompt("thanks", gitBranch="HEAD")
    conversation = read(log.store(tmp_path))
    assert [(t.id, t.index, t.prompt, t.branch) for t in conversation.turns] == [
        (first, 1, "fix it", "main"),
        (second, 2, "thanks", None),
    ]
    turn = conversation.turns[0]
    assert turn.steps == (Think("hm", turn.steps[0].time), Say("on it", turn.steps[1].time), Say("done", turn.ended))
    assert turn.models == ("claude-opus-4-8", "claude-haiku-4-5")
    assert (turn.time, turn.ended) == (conversation.started, conversation.started + 2.0)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ("hidden", {"isMeta": True}),
        ("hidden", {"isSidechain": True}),
        ("hidden", {"isCompactSummary": True}),
        ("hidden", {"origin": {"kind": "task-notification"}}),
        ("hidden", {"origin": {"kind": "coordinator"}}),
        ("hidden", {"promptSource": "system"}),
        ("This session is being continued from a previous conversation that ran out of context. The", {}),
        (NOTICE, {}),
        (NOTICE + "\nRead the output file to retrieve the result: /tmp/x", {}),
        ("<bash-input>git status</bash-input>", {}),
        ("<bash-stdout>clean</bash-stdout><bash-stderr></bash-stderr>", {}),
        ("<system-reminder>be kind</system-reminder>", {}),
        (STDOUT, {}),
        ("/compact", {}),
        ("", {}),
        ([], {}),
        (None, {}),
        (7, {}),
    ],
)
def test_what_the_harness_wrote_is_no_prompt(
    log: Transcript, tmp_path: Path, content: Any, fields: dict[str, Any]
) -> None:
    log.prompt("fix it", origin={"kind": "human"}, promptSource="typed")
    log.prompt(content, **fields)
    log.says("ok")
    assert prompts(read(log.store(tmp_path))) == ["fix it"]


def test_lists_of_text_and_images_are_prompts(log: Transcript, tmp_path: Path) -> None:
    opened = {"type": "text", "text": "<ide_opened_file>The user opened a.py</ide_opened_file>"}
    log.prompt([opened, {"type": "text", "text": "like this"}, IMAGE, IMAGE])
    log.prompt([IMAGE])
    turns = read(log.store(tmp_path)).turns
    assert [(t.prompt, t.images) for t in turns] == [("like this", 2), ("", 1)]


def test_text_beside_a_result_is_a_remark_in_the_turn(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    call = log.call("Bash", {"command": "ls"})
    block = {"type": "tool_result", "tool_use_id": call, "content": "a.py"}
    log.prompt([block, {"type": "text", "text": "and test it"}])
    log.says("ok")
    [turn] = read(log.store(tmp_path)).turns
    assert [call.output for call in turn.calls] == ["a.py"]
    assert [step.text for step in turn.steps if isinstance(step, Mark)] == ["and test it"]


def test_a_teammates_tasks_are_its_prompts(log: Transcript, tmp_path: Path) -> None:
    task = '<teammate-message teammate_id="team-lead">\nHarden the settings.\n</teammate-message>'
    uuid = log.prompt(task, agentName="infra", teamName="hardening")
    log.says("ok")
    assert [(turn.id, turn.prompt) for turn in read(log.store(tmp_path)).turns] == [(uuid, "Harden the settings.")]


def test_a_teammates_report_is_no_prompt_of_the_lead(log: Transcript, tmp_path: Path) -> None:
    log.prompt("harden it")
    log.prompt('<teammate-message teammate_id="infra" color="green">\ndone\n</teammate-message>', teamName="hardening")
    assert prompts(read(log.store(tmp_path))) == ["harden it"]


@pytest.mark.parametrize("content", [None, "and test it"], ids=["removed without content", "removed with content"])
def test_a_queued_prompt_without_a_record_becomes_a_turn(log: Transcript, tmp_path: Path, content: str | None) -> None:
    log.prompt("fix it")
    call = log.call("Bash", {"command": "ls"})
    enqueue(log, "and test it")
    take(log, "remove", **({"content": content} if content else {}))
    log.result(call, "a.py", {"stdout": "a.py", "stderr": ""})
    log.says("both done")
    turns = read(log.store(tmp_path)).turns
    assert [(t.id, t.prompt, list(t.answers)) for t in turns[1:]] == [("2", "and test it", ["both done"])]
    assert [c.output for c in turns[0].calls] == ["a.py"]


def test_a_queued_prompt_at_the_end_of_the_file_is_not_lost(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    enqueue(log, "and test it")
    take(log, "remove")
    assert prompts(read(log.store(tmp_path))) == ["fix it", "and test it"]


def test_a_queued_prompt_with_its_attachment_is_one_turn(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    call = log.call("Bash", {"command": "ls"})
    enqueue(log, "and test it")
    take(log, "remove", content="and test it")
    log.result(call)
    attachment = {"type": "queued_command", "prompt": "and test it", "commandMode": "prompt"}
    uuid = log.tree("attachment", attachment={**attachment, "origin": {"kind": "human"}})
    log.says("both done")
    log.tree("attachment", attachment={**attachment, "prompt": NOTICE, "commandMode": "task-notification"})
    assert [(t.id, t.prompt) for t in read(log.store(tmp_path)).turns[1:]] == [(uuid, "and test it")]


def test_what_stands_before_a_late_attachment_was_done_for_the_turn_before(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    enqueue(log, "and test it")
    take(log, "remove")
    log.says("on to it")
    uuid = log.tree("attachment", attachment={"type": "queued_command", "prompt": "and test it"})
    log.says("done")
    turns = read(log.store(tmp_path)).turns
    assert [list(t.answers) for t in turns] == [["on to it"], ["done"]]
    assert (turns[1].id, turns[1].prompt) == (uuid, "and test it")


def test_a_dequeued_prompt_comes_once(log: Transcript, tmp_path: Path) -> None:
    enqueue(log, "fix it")
    take(log, "dequeue")
    log.prompt("fix it")
    log.says("ok")
    enqueue(log, "one")
    enqueue(log, NOTICE)
    take(log, "dequeue")
    log.prompt("one", promptSource="queued")
    take(log, "remove")
    log.says("ok")
    assert prompts(read(log.store(tmp_path))) == ["fix it", "one"]


def test_a_queued_prompt_taken_back_is_discarded(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    enqueue(log, "no wait")
    take(log, "popAll", content="no wait")
    for text in ("/model", NOTICE, '{"type":"note"}', "really this"):
        enqueue(log, text)
        take(log, "remove")
    log.says("ok")
    assert prompts(read(log.store(tmp_path))) == ["fix it", "really this"]


def test_a_command_with_a_prompt_behind_it_is_a_prompt(log: Transcript, tmp_path: Path) -> None:
    log.prompt(MESSAGE_FIRST.format("review"))
    log.prompt("You are a reviewer ...", isMeta=True)
    log.says("ok")
    log.prompt(COMMAND_FIRST.format("mine"))
    log.prompt("Do as follows ...", isMeta=True)
    log.says("ok")
    reminder = {"type": "text", "text": "<system-reminder>be kind</system-reminder>"}
    log.prompt([reminder, {"type": "text", "text": MESSAGE_FIRST.format("again")}])
    assert prompts(read(log.store(tmp_path))) == ["/review a b", "/mine", "/again a b"]


@pytest.mark.parametrize(
    "name", ["clear", "compact", "model", "cost", "help", "login", "exit", "resume", "config", "mcp"]
)
def test_a_command_of_the_program_is_none(log: Transcript, tmp_path: Path, name: str) -> None:
    log.prompt("<local-command-caveat>Caveat: ...</local-command-caveat>", isMeta=True)
    log.prompt(COMMAND_FIRST.format(name))
    log.prompt(STDOUT)
    log.prompt(COMMAND_FIRST.format("some-new-command"))
    log.prompt(STDOUT)
    log.prompt("fix it")
    log.says("ok")
    assert prompts(read(log.store(tmp_path))) == ["fix it"]


def test_interruption_compaction_and_a_persons_edit_leave_marks(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    log.tree("attachment", attachment={"type": "edited_text_file", "filename": "/w/a.py", "snippet": "1 x"})
    log.prompt("[Request interrupted by user for tool use]")
    before = log.last
    log.tree(
        "system", subtype="compact_boundary", parent=None, logicalParentUuid=before, compactMetadata={"trigger": "auto"}
    )
    log.prompt("This session is being continued ...", isCompactSummary=True)
    log.prompt("go on")
    log.says("ok")
    conversation = read(log.store(tmp_path))
    assert marks(conversation) == [(1, "human-edit", "/w/a.py"), (1, "interrupted", ""), (1, "compacted", "auto")]
    assert [t.abandoned for t in conversation.turns] == [False, False]


def test_a_rewind_abandons_the_turns_it_left(log: Transcript, tmp_path: Path) -> None:
    log.prompt("start")
    kept = log.says("started")
    log.prompt("wrong way")
    log.edit("/w/a.py", "a", "b", "a\n")
    log.prompt("further")
    log.says("hm")
    log.prompt("right way", parent=kept)
    log.says("yes")
    conversation = read(log.store(tmp_path))
    assert [t.abandoned for t in conversation.turns] == [False, True, True, False]
    assert marks(conversation) == [(4, "rewound", "")]


@pytest.mark.parametrize("late", [False, True])
def test_a_rewind_to_the_beginning(log: Transcript, tmp_path: Path, late: bool) -> None:
    """The prompt after it names no parent. A record of its own says that this is meant, shortly before or after."""
    begin = {"leafUuid": "00000000-0000-0000-0000-000000000000", "explicit": True}
    log.prompt("wrong way", parent=None)
    log.says("done")
    log.plain(type="last-prompt", lastPrompt="wrong way", leafUuid=log.last)
    log.prompt("further")
    log.says("done")
    if not late:
        log.plain(type="last-prompt", **begin)
    log.prompt("right way", parent=None)
    if late:
        log.plain(type="last-prompt", **begin)
    log.says("yes")
    log.prompt("go on")
    log.says("ok")
    conversation = read(log.store(tmp_path))
    assert [t.abandoned for t in conversation.turns] == [True, True, False, False]
    assert marks(conversation) == [(3, "rewound", "")]


def test_a_prompt_without_a_parent_takes_back_nothing(log: Transcript, tmp_path: Path) -> None:
    log.prompt("start", parent=None)
    log.says("done")
    log.plain(type="last-prompt", lastPrompt="start", leafUuid=log.last, explicit=True)
    log.prompt("another start", parent=None)
    log.says("done")
    assert [t.abandoned for t in read(log.store(tmp_path)).turns] == [False, False]


def test_two_programs_in_one_session_abandon_nothing(log: Transcript, tmp_path: Path) -> None:
    log.prompt("start")
    kept = log.says("started")
    log.prompt("one")
    one = log.says("1")
    log.prompt("two", parent=kept)
    two = log.says("2")
    log.says("1 still", parent=one)
    log.says("2 still", parent=two)
    assert [t.abandoned for t in read(log.store(tmp_path)).turns] == [False, False, False]


def test_parallel_results_and_unknown_parents_abandon_nothing(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    first = log.call("Bash", {"command": "a"})
    base = log.last
    second = log.call("Bash", {"command": "b"})
    other = log.last
    block = {"type": "tool_result", "tool_use_id": first, "content": "1"}
    log.prompt([block, {"type": "text", "text": "by the way"}], parent=base)
    log.result(second, "2", parent=other)
    log.says("ok")
    log.prompt("next", parent="00000000-not-there")
    log.says("ok")
    log.prompt("root", parent=None)
    log.says("ok")
    turns = read(log.store(tmp_path)).turns
    assert [(t.prompt, t.abandoned) for t in turns] == [
        ("fix it", False), ("next", False), ("root", False)
    ]  # fmt: skip


def test_titles_places_and_version(log: Transcript, tmp_path: Path) -> None:
    log.plain(type="summary", summary="Of another file", leafUuid="elsewhere")
    log.prompt("fix it", version="2.0.1")
    log.plain(type="summary", summary="Fixing it", leafUuid=log.last)
    path = log.store(tmp_path)
    assert read(path).title == "Fixing it"
    log.plain(type="ai-title", aiTitle="A first title")
    log.plain(type="ai-title", aiTitle="Fixing")
    log.says("ok", cwd="/home/dev/work/app/sub", version="2.1.0")
    conversation = read(log.store(tmp_path))
    assert conversation.title == "Fixing"
    assert conversation.places == ("/home/dev/work/app", "/home/dev/work/app/sub")
    assert (conversation.version, conversation.models) == ("2.1.0", ("claude-opus-4-8",))


def test_error_texts_of_the_program_are_no_answers(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    log.says("API Error: 529", model="<synthetic>", isApiErrorMessage=True)
    (turn,) = read(log.store(tmp_path)).turns
    assert (turn.steps, turn.models) == ((), ())


def test_a_copied_record_counts_once(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it")
    log.says("ok")
    log.records += log.records
    (turn,) = read(log.store(tmp_path)).turns
    assert list(turn.answers) == ["ok"]


def test_what_precedes_the_first_prompt_goes_nowhere(log: Transcript, tmp_path: Path) -> None:
    log.says("left over")
    log.bash("ls", "a")
    log.prompt("fix it")
    (turn,) = read(log.store(tmp_path)).turns
    assert turn.steps == ()


@pytest.mark.parametrize(
    ("sessions", "name", "ident", "parent"),
    [
        ([SESSION], "any-name", SESSION, None),
        (["old", SESSION], SESSION, SESSION, "old"),
        (["old", "new"], "any-name", "new", "old"),
        (["old", "new"], "old", "old", None),
    ],
)
def test_which_conversation_a_file_holds(
    tmp_path: Path, sessions: list[str], name: str, ident: str, parent: str | None
) -> None:
    log = Transcript()
    for session in sessions:
        log.prompt("fix it", sessionId=session)
    conversation = read(log.store(tmp_path, name))
    assert (conversation.id, conversation.parent) == (ident, parent)


def test_a_fork_names_where_it_came_from(log: Transcript, tmp_path: Path) -> None:
    log.prompt("fix it", forkedFrom={"sessionId": "origin", "messageUuid": "m"})
    assert read(log.store(tmp_path)).parent == "origin"


def compact(log: Transcript, logical: str | None, **metadata: Any) -> str:
    """A summary; its uuid."""
    log.tree(
        "system",
        subtype="compact_boundary",
        parent=None,
        logicalParentUuid=logical,
        compactMetadata={"trigger": "manual", **metadata},
    )
    return log.prompt("This session is being continued. Summary: ...", isCompactSummary=True)


def three_turns(log: Transcript) -> list[str]:
    """The last record of each of three turns."""
    ends = []
    for n in (1, 2, 3):
        log.prompt(f"request {n}")
        ends.append(log.says(f"answer {n}"))
    return ends


def test_a_summary_that_names_a_copy_of_old_records_takes_nothing_back(log: Transcript, tmp_path: Path) -> None:
    """A second /compact of one process repeats the old records and hangs the boundary on the last copy."""
    three_turns(log)
    log.records += log.records[:2]
    hook = log.tree("system", subtype="stop_hook_summary", parent=log.records[1]["uuid"])
    compact(log, hook)
    log.prompt("request 4")
    log.says("answer 4")
    assert [t.abandoned for t in read(log.store(tmp_path)).turns] == [False] * 4


@pytest.mark.parametrize("way", ["summary", "segment", "messages"])
def test_a_summary_of_what_followed_a_message_takes_nothing_back(log: Transcript, tmp_path: Path, way: str) -> None:
    """`/rewind`, "summarize from here": the first turn is kept, and the conversation goes on behind it."""
    ends = three_turns(log)
    first = log.records[0]["uuid"]
    segment = {"headUuid": first, "anchorUuid": ends[0], "tailUuid": ends[0]}
    messages = {"anchorUuid": ends[0], "uuids": [first, ends[0]], "allUuids": [first, ends[0]]}
    kept = {"segment": {"preservedSegment": segment}, "messages": {"preservedMessages": messages}}
    summary = compact(log, ends[0], **kept.get(way, {}))
    log.prompt("request 4", parent=summary if way == "summary" else ends[0])
    log.says("answer 4")
    assert [t.abandoned for t in read(log.store(tmp_path)).turns] == [False] * 4


def test_a_prompt_that_is_hung_on_a_row_before_an_older_summary_takes_nothing_back(
    log: Transcript, tmp_path: Path
) -> None:
    """After a second /compact of one process the next row names a parent from before the first one."""
    ends = three_turns(log)
    compact(log, ends[2])
    log.prompt("request 4")
    end = log.says("answer 4")
    compact(log, end)
    log.prompt("request 5", parent=ends[0])
    log.says("answer 5")
    assert [t.abandoned for t in read(log.store(tmp_path)).turns] == [False] * 5


def test_a_rewind_behind_a_summary_still_takes_back(log: Transcript, tmp_path: Path) -> None:
    ends = three_turns(log)
    compact(log, ends[2])
    log.prompt("request 4")
    kept = log.says("answer 4")
    log.prompt("request 5")
    log.says("answer 5")
    log.prompt("request 6", parent=kept)
    log.says("answer 6")
    assert [t.abandoned for t in read(log.store(tmp_path)).turns] == [False, False, False, False, True, False]


def test_a_rewind_before_a_summary_still_takes_back(log: Transcript, tmp_path: Path) -> None:
    ends = three_turns(log)
    log.prompt("request 4", parent=ends[0])
    end = log.says("answer 4")
    compact(log, end)
    log.prompt("request 5")
    log.says("answer 5")
    assert [t.abandoned for t in read(log.store(tmp_path)).turns] == [False, True, True, False, False]


REJECTED = "The user doesn't want to proceed with this tool use. To tell you how to proceed, the user said:\n"


@pytest.mark.parametrize(
    ("tool", "said", "fields", "words"),
    [
        ("Write", f"{REJECTED}Use lower case", {}, "Use lower case"),
        (
            "ExitPlanMode",
            f"{REJECTED}Smaller steps\n\nNote: The user's next message may add to it",
            {},
            "Smaller steps",
        ),
        ("EnterPlanMode", "The user declined", {"user_feedback": "Just do it"}, "Just do it"),
        ("Write", "The user doesn't want to proceed with this tool use.", {}, ""),
    ],
)
def test_words_typed_at_a_refusal_are_the_persons(
    log: Transcript, tmp_path: Path, tool: str, said: str, fields: dict[str, Any], words: str
) -> None:
    log.prompt("Add a helper")
    log.result(log.call(tool, {}), said, f"Error: {said}", error=True, **fields)
    log.says("ok")
    assert marks(read(log.store(tmp_path))) == [(1, "said", words)] * bool(words)


def test_answers_to_the_agents_questions_are_the_persons(log: Transcript, tmp_path: Path) -> None:
    log.prompt("Add a cache")
    asked = [{"question": "Which store?", "options": [{"label": "Redis"}]}, {"question": "How large?", "options": []}]
    call = log.call("AskUserQuestion", {"questions": asked})
    answers = {"Which store?": "Disk, we have no servers", "How large?": "1 GB"}
    log.result(call, "User has answered your questions", {"questions": asked, "answers": answers})
    log.result(
        log.call("Bash", {"command": "ask"}),
        "the user said:\nhi",
        {"stdout": "the user said:\nhi", "answers": {"a": "b"}},
    )
    assert marks(read(log.store(tmp_path))) == [(1, "said", "Disk, we have no servers"), (1, "said", "1 GB")]
