from __future__ import annotations

from msgspec.structs import replace

from gitstory.attribution.conversation_trace import Trace, trace
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.merge_traces import join
from tests.unit.attribution.builders import conversation, turn, write


def made(name: str, *numbers: int, at: int = 0) -> Trace:
    turns = [turn(n, write(f"f{n}.py", f"content of {n}\n", at + n * 10)) for n in numbers]
    return trace(conversation(*turns, name=name), Lines())


def work(traces: list[Trace]) -> dict[str, list[str]]:
    return {one.conversation: [edit.path.rpartition("/")[2] for edit in one.edits] for one in traces}


def test_a_fork_repeats_turns_but_not_their_work() -> None:
    original, fork = made("origin", 1, 2), replace(made("fork", 1, 2, 3), started=25.0)
    assert work(join([fork, original])) == {"origin": ["f1.py", "f2.py"], "fork": ["f3.py"]}


def test_a_fork_with_ordinals_is_known_by_place_and_time() -> None:
    def plain(one: Trace) -> Trace:
        return replace(one, turns=tuple(replace(turn, id=str(turn.index)) for turn in one.turns))

    original, fork = plain(made("origin", 1, 2)), replace(plain(made("fork", 1, 2, 3)), parent="origin")
    stranger = plain(made("stranger", 1, at=5))
    assert work(join([fork, stranger, original])) == {
        "origin": ["f1.py", "f2.py"],
        "fork": ["f3.py"],
        "stranger": ["f1.py"],
    }


def test_a_subagents_work_is_the_turns_that_started_it() -> None:
    parent = made("parent", 1, 2)
    child = replace(made("child", 5, at=-35), subagent=True, parent="parent")
    [joined] = join([child, parent])
    assert [edit.turn for edit in joined.edits if edit.path.endswith("f5.py")] == [0]


def test_a_subagent_without_a_known_parent_stands_for_itself() -> None:
    child = replace(made("child", 5), subagent=True, parent="nobody")
    assert work(join([child])) == {"child": ["f5.py"]}


def test_the_longer_of_two_copies_counts() -> None:
    assert work(join([made("one", 1), made("one", 1, 2)])) == {"one": ["f1.py", "f2.py"]}


def test_a_subagents_later_task_is_the_turns_that_gave_it() -> None:
    parent = made("parent", 1, 2, 3)
    child = replace(made("child", 6, 7, 8, at=-45), subagent=True, parent="parent")
    [joined] = join([child, parent])
    assert [edit.turn for edit in joined.edits if edit.path[-4:] in ("6.py", "7.py", "8.py")] == [0, 1, 2]
