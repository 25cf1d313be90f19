"""What a person says in the middle of a turn of Claude Code, what subagents say, plans, to-dos and slash commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitstory.model import Call, Mark, Say, Think
from tests.unit.agents.claude_code_records import CWD, SESSION, Transcript, read

REFUSED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the "
    "new_string was NOT written to the file). To tell you how to proceed, the user said:\n"
)
QUESTION: dict[str, Any] = {
    "question": "Which store?",
    "header": "Store",
    "options": [{"label": "Redis", "description": "a server"}, {"label": "Disk", "description": "a file"}],
}


def words(log: Transcript, tmp_path: Path) -> list[Mark]:
    [turn] = read(log.store(tmp_path)).turns
    return list(turn.words)


def asking(*questions: dict[str, Any]) -> tuple[Transcript, str]:
    log = Transcript()
    log.prompt("Add a cache")
    return log, log.call("AskUserQuestion", {"questions": list(questions)})


def test_an_answer_stands_with_its_question_and_option(tmp_path: Path) -> None:
    log, call = asking(QUESTION)
    log.result(call, "User has answered your questions", {"questions": [QUESTION], "answers": {"Which store?": "Disk"}})
    [mark] = words(log, tmp_path)
    assert (mark.text, mark.question, mark.option, mark.occasion) == (
        "Disk",
        "Which store?",
        "Disk: a file",
        "question",
    )
    assert mark.call == call


def test_notes_beside_an_answer_are_the_persons_words(tmp_path: Path) -> None:
    log, call = asking(QUESTION)
    result = {
        "questions": [QUESTION],
        "answers": {"Which store?": "Redis"},
        "annotations": {"Which store?": {"preview": "a picture", "notes": "but only in production"}},
    }
    log.result(call, "Your questions have been answered", result)
    [mark] = words(log, tmp_path)
    assert mark.text == "Redis\nbut only in production"
    assert mark.option == "Redis: a server"


def test_answers_are_found_in_the_sentence_where_nothing_else_holds_them(tmp_path: Path) -> None:
    second = {"question": "How big?", "options": []}
    log, call = asking(QUESTION, second)
    said = 'User has answered your questions: "Which store?"="Disk", "How big?"="about "10" MB". You can now continue.'
    log.result(call, said)
    assert [(mark.question, mark.text) for mark in words(log, tmp_path)] == [
        ("Which store?", "Disk"),
        ("How big?", 'about "10" MB'),
    ]


def test_questions_that_the_person_wants_to_talk_about_are_not_their_words(tmp_path: Path) -> None:
    log, call = asking(QUESTION, {"question": "How big?"})
    text = (
        "The user wants to clarify these questions.\n    This means they may have additional information.\n\n"
        '    Questions asked:\n- "Which store?"\n  Answer: Disk\n- "How big?"\n  (No answer provided)'
    )
    log.result(call, REFUSED + text, f"Error: {REFUSED}{text}", error=True)
    assert [(mark.question, mark.text) for mark in words(log, tmp_path)] == [("Which store?", "Disk")]


def test_the_reason_of_a_refusal_is_kept(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt("Add a helper")
    call = log.call("Write", {"file_path": f"{CWD}/a.py", "content": "x\n"})
    log.result(call, f"{REFUSED}Use lower case", f"Error: {REFUSED}Use lower case", error=True)
    [mark] = words(log, tmp_path)
    assert (mark.text, mark.occasion, mark.call) == ("Use lower case", "refusal", call)


def test_a_plan_is_kept_as_approved_and_what_was_said_to_it(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt("Plan it")
    first = log.call("ExitPlanMode", {"plan": "# One"})
    log.result(first, f"{REFUSED}Shorter", f"Error: {REFUSED}Shorter", error=True)
    second = log.call("ExitPlanMode", {"plan": "# Two"})
    log.result(second, "User has approved your plan", {"plan": "# Two, changed by me", "filePath": "/p.md"})
    [turn] = read(log.store(tmp_path)).turns
    assert [(call.plan, call.failed) for call in turn.calls] == [("# One", True), ("# Two, changed by me", False)]
    assert [(mark.text, mark.occasion) for mark in turn.words] == [("Shorter", "plan")]


def test_a_plan_that_is_only_in_its_file_is_read_from_the_edit(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt("Plan it")
    path = "/home/dev/.claude/plans/calm-otter.md"
    log.write_file(path, "# The plan\n")
    call = log.call("ExitPlanMode", {"allowedPrompts": []})
    log.result(call, "User has approved exiting plan mode", {"plan": None, "filePath": path})
    [turn] = read(log.store(tmp_path)).turns
    assert [call.plan for call in turn.calls] == ["", "# The plan\n"]


def test_a_session_that_carries_out_a_plan_names_the_one_that_made_it(tmp_path: Path) -> None:
    log = Transcript()
    path = "C:\\Users\\dev\\.claude\\projects\\app\\5e551011-0000-4000-8000-00000000000f.jsonl"
    log.prompt("[Request interrupted by user for tool use]")
    log.prompt(f"Implement the following plan:\n\n# Plan\n\nread the full transcript at: {path}", planContent="# Plan")
    conversation = read(log.store(tmp_path))
    assert (conversation.parent, conversation.from_plan) == ("5e551011-0000-4000-8000-00000000000f", True)
    assert len(conversation.turns) == 1


def test_a_path_of_a_transcript_in_other_prompts_says_nothing(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt("read the full transcript at: /home/dev/other.jsonl")
    assert read(log.store(tmp_path)).parent is None


def test_each_edit_names_the_todo_in_progress(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt("Do both")
    log.result(log.call("TodoWrite", {"todos": [{"content": "First", "status": "in_progress"}]}))
    log.write_file(f"{CWD}/a.py", "a\n")
    log.result(log.call("TodoWrite", {"todos": [{"content": "First", "status": "completed"}]}))
    log.write_file(f"{CWD}/b.py", "b\n")
    made = log.call("TaskCreate", {"subject": "Second", "description": "d"})
    log.result(made, "Task #7 created", {"task": {"id": "7", "subject": "Second"}})
    log.result(log.call("TaskUpdate", {"taskId": "7", "status": "in_progress"}))
    log.write_file(f"{CWD}/c.py", "c\n")
    log.result(log.call("TaskUpdate", {"taskId": "7", "status": "completed"}))
    log.write_file(f"{CWD}/d.py", "d\n")
    [turn] = read(log.store(tmp_path)).turns
    assert [call.todo for call in turn.calls if call.edits] == ["First", "", "Second", ""]


def test_a_slash_command_keeps_what_it_stands_for(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt(
        "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>12</command-args>"
    )
    log.prompt([{"type": "text", "text": "Review pull request 12 for leaks"}], isMeta=True)
    log.says("Reviewing.")
    log.prompt([{"type": "text", "text": "Base directory for this skill: /s\n\n# Other"}], isMeta=True)
    [turn] = read(log.store(tmp_path)).turns
    assert (turn.prompt, turn.expanded) == ("/review 12", "Review pull request 12 for leaks")


def test_what_is_typed_while_the_agent_works_names_the_request_it_adds_to(tmp_path: Path) -> None:
    log = Transcript()
    first = log.prompt("Add it")
    log.says("Working.")
    for text in ("also the tests", "and the docs"):
        log.tree("attachment", attachment={"type": "queued_command", "commandMode": "prompt", "prompt": text})
        log.says("Noted.")
    log.prompt("Now something else")
    turns = read(log.store(tmp_path)).turns
    assert [turn.added_to for turn in turns] == ["", first, first, ""]


def test_parallel_subagents_keep_their_own_words_task_and_call(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt("Write both")
    log.says("I will start two.")
    calls = [log.call("Task", {"description": f"d{name}", "prompt": f"Write {name}\nall of it"}) for name in "ab"]
    path = log.store(tmp_path)
    for name, call in zip("ab", calls, strict=True):
        log.result(call, "done", {"agentId": name})
        own = Transcript(f"fad{name}", isSidechain=True, agentId=name)
        own.prompt(f"Write {name}\nall of it")
        own.says({"type": "thinking", "thinking": f"thought {name}"}, f"reason {name}")
        own.write_file(f"{CWD}/{name}.py", f"{name}\n")
        for record in own.records:
            record |= {"uuid": f"{name}{record['uuid'][1:]}", "sessionId": SESSION}
        own.store(tmp_path / SESSION / "subagents", f"agent-{name}")
    log.says("Both are there.")
    path = log.store(tmp_path)
    [turn] = read(path).turns
    for name, call in zip("ab", calls, strict=True):
        [mark] = [step for step in turn.steps if isinstance(step, Mark) and step.agent == name]
        assert (mark.kind, mark.call, mark.task) == ("subagent", call, f"Write {name}\nall of it")
        own_steps = [step for step in turn.steps if isinstance(step, Say | Think | Call) and step.agent == name]
        assert [type(step).__name__ for step in own_steps] == ["Think", "Say", "Call"]
    assert list(turn.answers) == ["I will start two.", "Both are there."]


def test_a_long_command_keeps_its_beginning_and_the_lines_with_the_arguments(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt(
        "<command-message>phase</command-message>\n<command-name>/phase</command-name>\n<command-args>14</command-args>"
    )
    procedure = "Execute a phase.\n" + "Run every plan of it, one by one.\n" * 400 + "The phase is 14.\n"
    log.prompt([{"type": "text", "text": procedure}], isMeta=True)
    [turn] = read(log.store(tmp_path)).turns
    assert turn.expanded.startswith("Execute a phase.")
    assert turn.expanded.endswith("The phase is 14.")
    assert len(turn.expanded) < 1_300


PLAN = "# Cache on disk\n\n## Context\n\nThe cache is lost on restart."
APPLICATION = "<system_instruction>\nYou are working inside an application.\n</system_instruction>\n\n\n"
ATTACHED = (
    "<system_instruction>\nThe user has attached these files. Read them before proceeding.\n"
    "- /tmp/attachments/plan.md\n- /tmp/attachments/notes.md\n</system_instruction>\n\n\n\n"
)


def test_a_prompt_of_an_attached_file_alone_is_the_persons_and_says_what_the_file_says(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt(f"{APPLICATION}{ATTACHED}")
    other = log.call("Read", {"file_path": "/tmp/attachments/other.md"})
    log.result(other, "text", {"type": "text", "file": {"filePath": "/tmp/attachments/other.md", "content": "no"}})
    call = log.call("Read", {"file_path": "/tmp/attachments/plan.md"})
    log.result(call, "text", {"type": "text", "file": {"filePath": "/tmp/attachments/plan.md", "content": PLAN}})
    [turn] = read(log.store(tmp_path)).turns
    assert (turn.prompt, turn.expanded, turn.kind) == ("@plan.md @notes.md", PLAN, "")


def test_words_beside_an_attached_file_are_the_prompt(tmp_path: Path) -> None:
    log = Transcript()
    log.prompt(f"{APPLICATION}{ATTACHED}Fix the build.")
    call = log.call("Read", {"file_path": "/tmp/attachments/plan.md"})
    log.result(call, "text", {"type": "text", "file": {"filePath": "/tmp/attachments/plan.md", "content": PLAN}})
    [turn] = read(log.store(tmp_path)).turns
    assert (turn.prompt, turn.expanded) == ("Fix the build.", PLAN)


def test_the_sentence_that_attaches_files_in_a_persons_prompt_attaches_none(tmp_path: Path) -> None:
    log = Transcript()
    typed = "Why does it say: The user has attached these files. Read them.\n- /tmp/attachments/plan.md"
    log.prompt(typed)
    call = log.call("Read", {"file_path": "/tmp/attachments/plan.md"})
    log.result(call, "text", {"type": "text", "file": {"filePath": "/tmp/attachments/plan.md", "content": PLAN}})
    [turn] = read(log.store(tmp_path)).turns
    assert (turn.prompt, turn.expanded) == (typed, "")


@pytest.mark.parametrize(
    ("name", "prompt", "kept"),
    [
        ("/home/dev/work/app/docs/plan.md", "Implement @docs/plan.md", PLAN),
        ("/home/dev/work/app/src/cache.py", "Explain @src/cache.py", ""),
        ("/home/dev/work/app/docs/other.md", "Implement @docs/plan.md", ""),
    ],
)
def test_a_document_that_a_prompt_mentions_is_kept_and_code_is_not(
    tmp_path: Path, name: str, prompt: str, kept: str
) -> None:
    log = Transcript()
    log.prompt(prompt)
    content = {"type": "text", "file": {"filePath": name, "content": PLAN}}
    log.tree("attachment", attachment={"type": "file", "filename": name, "content": content})
    log.says("Done.")
    [turn] = read(log.store(tmp_path)).turns
    assert turn.expanded == kept
