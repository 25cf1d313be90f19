"""Rules see the texts of a record, never its structure: whatever a rule matches, what is stored can be read again."""

from __future__ import annotations

import msgspec
import pytest

from gitstory import model
from gitstory.redact import custom_rules
from gitstory.redact.engine import Redactor, Settings, redact_conversation
from tests.expressions.measured import TooLong, armed, stoppable
from tests.expressions.nasty import units
from tests.unit.test_linear import EXPONENTIAL, LINEAR, POWERS

CALL = model.Call(
    tool="Bash",
    id="toolu_record",
    input="make record",
    output="recorded",
    commits=("c0ffee" * 6 + "abcd",),
    edits=(
        model.Edit("record.py", "create", "shell", after="record\n", hunks=(model.Hunk(1, 1, ("+record", " modify")),)),
        model.Edit("b.py", "rename", moved_from="record.py", replacements=(model.Replacement("record", "x", True),)),
    ),
)
WHOLE = model.Conversation(
    "codex",
    "record-1",
    turns=(
        model.Turn(
            "turn-record",
            1,
            "record",
            steps=(model.Say("modify"), model.Think("tool"), CALL, model.Mark("said", "record")),
        ),
    ),
    title="record",
    places=("/srv/record",),
    parent="record-0",
    heads=("c0ffee" * 6 + "abcd",),
    times="bounds",
)
GUARDED = (
    *EXPONENTIAL,
    *POWERS,
    *LINEAR,
    r"(?>(a|aa)+)b",
    r"(?>(?:a|aa)+c|d)b",
    r"(?:a?){20}a{20}",
    r"(?=(a+)+b)c",
    r"x{0,40}y{0,40}z",
    r"(?i)x-key: *(?P<secret>[a-z0-9]{8,40})",
    r"CORP-[0-9]{6}",
)


@pytest.mark.parametrize(
    "rule", ["(?i)record", "[a-z]+", "(?i)tool|said|say|call|mark|create|rename|bounds|codex", "."]
)
def test_a_rule_that_matches_everything_leaves_a_record_that_can_be_read(rule: str) -> None:
    made = redact_conversation(WHOLE, Redactor(Settings(rules=(("x", rule),))))
    stored = msgspec.json.encode(made)
    again = msgspec.json.decode(stored, type=model.Conversation)
    assert (again.key, again.parent, again.heads, again.times) == (WHOLE.key, WHOLE.parent, WHOLE.heads, WHOLE.times)
    turn, whole = again.turns[0], WHOLE.turns[0]
    assert turn.id == whole.id
    assert [type(step) for step in turn.steps] == [type(step) for step in whole.steps]
    call = next(again.turns[0].calls)
    assert (call.id, call.commits) == (CALL.id, CALL.commits)
    assert [(edit.op, edit.source) for edit in call.edits] == [(edit.op, edit.source) for edit in CALL.edits]
    assert turn.prompt.startswith("[redacted:x:") or rule.startswith("(?i)tool")


@pytest.mark.parametrize("pattern", GUARDED)
def test_an_own_rule_is_refused_or_ends(pattern: str) -> None:
    try:
        compiled, window = custom_rules.compile_safe(pattern, "rule")
    except custom_rules.BadRule:
        return
    armed()
    for head, unit, tail in units(compiled, 40):
        text = (head + unit * (window // len(unit) + 1))[: window - len(tail)] + tail
        try:
            stoppable(lambda text: list(compiled.finditer(text)), text)
        except TooLong:
            pytest.fail(f"{head!r} {unit!r} {tail!r} in a window of {window}")


@pytest.mark.parametrize("pattern", (*EXPONENTIAL[:2], r"(?>(a|aa)+)b"))
def test_patterns_whose_time_doubles_are_refused(pattern: str) -> None:
    with pytest.raises(custom_rules.BadRule):
        custom_rules.compile_safe(pattern, "rule")
