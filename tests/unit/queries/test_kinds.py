"""The kind of a turn's prompt, the message it answers, and the evidence for corrections."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Call, Conversation, Edit, Hunk, Mark, Reference, Say, Turn, TurnKind
from gitstory.summary.correction_model import likelihood
from gitstory.summary.corrections import is_correction, is_shown_correction, rewritten
from gitstory.summary.turn_kinds import kind_of, with_kinds


def changing(path: str, *lines: str) -> Call:
    return Call("Edit", edits=(Edit(path, hunks=(Hunk(1, 1, lines),)),))


WORKED = Turn(
    "1",
    1,
    "Add a cache",
    steps=(
        changing("src/cache.py", "+cache = Redis()", "+limit = 10"),
        Say("I added it with Redis."),
    ),
)


def after(prompt: str, before: Turn | None = WORKED, *steps: Call) -> TurnKind:
    return kind_of(Turn("2", 2, prompt, steps=steps), before)


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("yes", "answer"),
        ("yes please, and name them well", "answer"),
        ("2", "answer"),
        ("option 2", "answer"),
        ("let's go with the first one", "answer"),
        ("lgtm", "answer"),
        ("да", "answer"),
        ("continue", "continuation"),
        ("ok, go on", "continuation"),
        ("pick up where we left off", "continuation"),
        ("why does it use Redis?", "question"),
        ("what is the limit for", "question"),
        ("can you explain the limit", "question"),
        ("can you add a metric for misses?", "request"),
        ("Add a metric for misses", "request"),
        ("commit this", "request"),
        ("no, use the disk", "correction"),
        ("this is not what I asked for", "correction"),
        ("", "automated"),
        ("<task-notification>done</task-notification>", "automated"),
    ],
)
def test_the_kind_of_a_prompt(prompt: str, kind: TurnKind) -> None:
    assert after(prompt) == kind


def test_nothing_is_answered_or_corrected_without_something_before() -> None:
    assert after("no, use the disk", None) == "request"
    assert after("2", None) == "request"
    assert after("no, use the disk", Turn("1", 1, "hello")) == "request"


def test_the_stored_kind_counts() -> None:
    assert kind_of(Turn("2", 2, "no, wrong", kind="request"), WORKED) == "request"


def test_a_complaint_corrects_where_the_turn_changes_the_same_place() -> None:
    prompt = "the cache is empty after a restart of the server, which I tried twice with the settings of the guide"
    near = changing("src/store.py", "-a = one", "+a = two")
    assert after(prompt, WORKED, near) == "correction"
    assert after("the docs of the cache are next", WORKED, changing("docs/guide.md", "+text of it")) == "request"


def test_rewritten_lines_need_fewer_words_but_some() -> None:
    rewriting = changing("src/cache.py", "-cache = Redis()", "+cache = Disk()")
    assert rewritten(Turn("2", 2, "", steps=(rewriting,)), WORKED) == (1, 1)
    assert after("maybe the disk rather, it is quicker", WORKED, rewriting) == "correction"
    other = Turn("2", 2, "maybe the disk rather, it is quicker", steps=(changing("src/cache.py", "-other = line"),))
    assert is_shown_correction(replace(other, steps=(rewriting,)), WORKED)
    assert not is_shown_correction(other, WORKED)
    assert likelihood(replace(other, steps=(rewriting,)), WORKED) > likelihood(other, WORKED)
    assert after("Support eviction by age", WORKED, rewriting) == "request"


def test_lines_of_another_file_are_not_rewritten() -> None:
    elsewhere = changing("src/other.py", "-cache = Redis()", "+cache = Disk()")
    assert rewritten(Turn("2", 2, "", steps=(elsewhere,)), WORKED) == (0, 1)


@pytest.mark.parametrize(
    ("prompt", "correction"),
    [
        ("Use tabs", True),
        ("what is it?", False),
        ("ok, continue", False),
        ("yes, push it", False),
        ("/clear", False),
    ],
)
def test_what_follows_an_interruption(prompt: str, correction: bool) -> None:
    stopped = Turn("1", 1, "do it", steps=(Say("I use spaces"), Mark("interrupted")))
    assert is_correction(Turn("2", 2, prompt), stopped) is correction


def test_findings_of_reviewers_that_are_pasted_are_requests() -> None:
    finding = "The error is not shown to the user. Low Severity. Consider returning it."
    assert after(finding, WORKED, changing("src/cache.py", "-limit = 10")) == "request"


def test_an_answer_refers_to_the_message_and_a_request_to_none() -> None:
    helper = Say("The subagent's report", agent="h")
    first = Turn("a", 1, "Add it", steps=(Say("Which one?"), helper))
    told = with_kinds(Conversation("codex", "c", (first, Turn("b", 2, "the second"), Turn("c", 3, "Now write docs"))))
    assert [turn.kind for turn in told.turns] == ["request", "answer", "request"]
    assert [turn.reply_to for turn in told.turns] == [None, Reference("a", 0), None]


def test_prompts_of_a_subagent_are_automated() -> None:
    told = with_kinds(Conversation("codex", "c", (Turn("a", 1, "Look into it"),), subagent=True, parent="p"))
    assert [turn.kind for turn in told.turns] == ["automated"]
