"""Subagents with conversations of their own, put into their parent's."""

from __future__ import annotations

from gitstory.model import Call, Conversation, Mark, Say, Think, Turn
from gitstory.recording.recorder import with_subagent


def child(ident: str, started: float, *turns: Turn) -> Conversation:
    return Conversation("opencode", ident, turns, started=started, parent="p", subagent=True)


def parent(*steps: Say | Call) -> Conversation:
    return Conversation("opencode", "p", (Turn("t", 1, "Do it", time=0.0, steps=steps),), started=0.0)


def kinds(one: Conversation) -> list[str]:
    return [getattr(step, "agent", None) or type(step).__name__ for step in one.turns[0].steps]


def test_parallel_subagents_stand_behind_their_calls_with_their_words() -> None:
    told = parent(Say("Two"), Call("task", "1", spawned="a"), Call("task", "2", spawned="b"), Say("Both done"))
    for name in "ba":
        steps = (Think(f"thought {name}"), Say(f"reason {name}"), Call("edit", f"e{name}"))
        told = with_subagent(told, child(name, 1.0, Turn("c", 1, f"Task {name}\nwhole", steps=steps)))
    assert kinds(told) == ["Say", "Call", *"aaaa", "Call", *"bbbb", "Say"]
    marks = [step for step in told.turns[0].steps if isinstance(step, Mark)]
    assert [(mark.call, mark.task) for mark in marks] == [("1", "Task a\nwhole"), ("2", "Task b\nwhole")]
    assert list(told.turns[0].answers) == ["Two", "Both done"]


def test_without_the_call_the_clock_decides() -> None:
    told = parent(Say("First", time=1.0), Say("Last", time=9.0))
    told = with_subagent(told, child("a", 5.0, Turn("c", 1, "Task", time=5.0, steps=(Call("edit", "e", time=6.0),))))
    assert kinds(told) == ["Say", "a", "a", "Say"]


def test_names_of_nested_subagents_stay() -> None:
    steps = (Mark("subagent", "inner", agent="inner", call="x"), Say("from inside", agent="inner"))
    told = with_subagent(parent(Call("task", "1", spawned="a")), child("a", 1.0, Turn("c", 1, "Task", steps=steps)))
    assert kinds(told) == ["Call", "a", "inner", "inner"]
