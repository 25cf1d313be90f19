"""What is stored of people's words, subagents, plans and to-dos, and that older records are still read."""

from __future__ import annotations

import json

from gitstory.model import Call, Edit, Mark, Reference, Say, Think, Turn
from gitstory.recording.trim_conversation import Keep, distill
from gitstory.redact.conversation_strings import rebuild, strings
from gitstory.store.records import decode_meta, decode_turn, encode_meta, encode_turn, meta_of
from tests.unit.attribution.builders import conversation

TASK = "Look at every reader.\n" + "Report the fields.\n" * 300
PLAN = "# Plan\n" + "1. Do a step\n" * 500
TURN = Turn(
    "1" * 20,
    1,
    "/plan-it a cache",
    kind="answer",
    reply_to=Reference("0" * 20, 3),
    added_to="2" * 20,
    expanded="Plan this: a cache",
    steps=(
        Call("Task", "call-1", json.dumps({"description": "look", "prompt": TASK})),
        Mark("subagent", "look", agent="helper", call="call-1", task=TASK),
        Think("the field is called kind", agent="helper"),
        Say("I found it", agent="helper"),
        Call("ExitPlanMode", "call-2", json.dumps({"plan": PLAN}), plan=PLAN),
        Mark("said", "Disk", occasion="question", question="Which store?", option="Disk: a file", call="call-3"),
        Call("Edit", "call-4", edits=(Edit("a.py"),), todo="Write the cache"),
    ),
)


def kept(keep: Keep) -> Turn:
    [turn] = distill(conversation(TURN), keep, lambda path: path).turns
    return turn


def test_every_field_survives_the_store() -> None:
    slim = kept(Keep())
    assert decode_turn(encode_turn(slim), TURN.id) == slim
    assert (slim.kind, slim.reply_to, slim.added_to) == ("answer", Reference("0" * 20, 3), "2" * 20)
    assert slim.expanded == "Plan this: a cache"


def test_records_of_earlier_versions_are_read() -> None:
    mark = b'{"type":"mark","kind":"said","text":"no"}'
    turn = decode_turn(b'{"schema":"gitstory.turn/1","id":"1","index":1,"prompt":"p","steps":[%s]}' % mark, "1")
    assert turn is not None
    assert (turn.kind, turn.reply_to, turn.added_to, turn.expanded) == ("", None, "", "")
    assert [mark.text for mark in turn.words] == ["no"]
    meta = decode_meta(encode_meta(meta_of(conversation(TURN))))
    assert meta is not None
    assert not meta.from_plan


def test_a_task_and_a_plan_are_whole_and_stored_once() -> None:
    data = encode_turn(kept(Keep())).decode()
    turn = decode_turn(data.encode(), TURN.id)
    assert turn is not None
    spawned, mark, *_ = turn.steps
    assert isinstance(spawned, Call)
    assert json.loads(spawned.input) == {"description": "look"}
    assert isinstance(mark, Mark)
    assert mark.task == TASK
    assert [call.plan for call in turn.calls] == ["", PLAN, ""]
    assert data.count("1. Do a step") == 500


def test_words_of_subagents_are_not_answers_of_the_agent_and_are_bounded() -> None:
    loud = Turn("1", 1, "p", steps=(Say("word " * 5_000, agent="helper"), Say("word " * 5_000)))
    [turn] = distill(conversation(loud), Keep(), lambda path: path).turns
    helper, main = turn.steps
    assert isinstance(helper, Say)
    assert isinstance(main, Say)
    assert len(helper.text) < 4_200 < len(main.text)
    assert list(turn.answers) == [main.text]


def test_prompts_alone_keep_the_persons_words_and_nothing_of_the_agents() -> None:
    turn = kept(Keep("prompts"))
    assert [mark.text for mark in turn.words] == ["Disk"]
    assert not turn.expanded
    assert not any(mark.task or mark.question or mark.option for mark in turn.steps if isinstance(mark, Mark))


def test_redaction_sees_the_words_and_leaves_the_names() -> None:
    slim = kept(Keep())
    texts = strings(slim)
    for text in (TASK, PLAN, "I found it", "Disk", "Which store?", "Disk: a file", "Write the cache", slim.expanded):
        assert text in texts
    hidden = rebuild(slim, iter(["x" for _ in texts]))
    assert hidden.reply_to == slim.reply_to
    assert hidden.added_to == slim.added_to
    assert [step.call for step in hidden.steps if isinstance(step, Mark)] == ["call-1", "call-3"]


def test_subagents_never_say_more_than_a_part_of_the_whole() -> None:
    steps = tuple(Think("thought " * 400, agent="helper") for _ in range(50))
    work = tuple(Call("Bash", input="command " * 300) for _ in range(10))
    [turn] = distill(conversation(Turn("1", 1, "p", steps=(*steps, *work))), Keep(), lambda path: path).turns
    thoughts = [step.text for step in turn.steps if isinstance(step, Think)]
    rest = sum(len(call.input) for call in turn.calls)
    assert len(thoughts) == 50, "all are there, in short"
    assert sum(map(len, thoughts)) < 8_000 + 0.2 * rest + 50
