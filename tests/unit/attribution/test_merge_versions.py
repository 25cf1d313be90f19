from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gitstory.attribution import merge_versions as unite_module
from gitstory.attribution.conversation_trace import TraceTurn, trace
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.merge_traces import join
from gitstory.attribution.merge_versions import unite, unite_traces
from gitstory.model import Call, Conversation, Turn
from tests.unit.attribution.builders import conversation, turn, write


def made(*numbers: int, place: str = "/home/dev/work/project") -> Conversation:
    turns = [turn(n, write(f"f{n}.py", f"content of {n}\n", n * 10.0), prompt=f"prompt {n}") for n in numbers]
    return conversation(*turns, place=place)


def prompts(one: Conversation | None) -> list[str]:
    return [] if one is None else [turn.prompt for turn in one.turns]


def ordinals(one: Conversation) -> Conversation:
    return replace(one, turns=tuple(replace(turn, id=str(n), index=n) for n, turn in enumerate(one.turns, 1)))


def test_halves_are_put_together_in_order_of_time() -> None:
    whole = unite([made(1, 4), made(2, 3, 5)])
    assert prompts(whole) == [f"prompt {n}" for n in (1, 2, 3, 4, 5)]
    assert whole is not None
    assert [turn.index for turn in whole.turns] == [1, 2, 3, 4, 5]


def test_the_order_of_versions_changes_nothing() -> None:
    halves = [made(1, 4), made(2, 3, 5), made(4, 6)]
    assert prompts(unite(halves)) == prompts(unite(halves[::-1])) == [f"prompt {n}" for n in range(1, 7)]


def test_a_copy_adds_nothing_and_keeps_the_place_of_the_longer_one() -> None:
    whole = made(1, 2)
    assert unite([made(1, place="/elsewhere"), whole]) == whole


def test_a_turn_that_went_on_in_another_file_has_the_calls_of_both() -> None:
    one, two = made(1), made(1)
    later = Call("Edit", id="later", edits=(write("more.py", "more\n", 99.0),), time=99.0)
    two = replace(two, turns=(replace(two.turns[0], steps=(later,)),))
    whole = unite([one, two])
    assert whole is not None
    assert [call.id for call in whole.turns[0].calls] == ["c1-0", "later"]


def test_ordinals_of_halves_go_on_counting() -> None:
    whole = unite([ordinals(made(1, 2)), ordinals(made(3))])
    assert prompts(whole) == ["prompt 1", "prompt 2", "prompt 3"]
    assert whole is not None
    assert [turn.id for turn in whole.turns] == ["1", "2", "3"]


def test_ordinals_of_an_older_state_are_not_mixed_in() -> None:
    """A turn was removed in the meantime: those behind it count differently in the two."""
    assert prompts(unite([ordinals(made(1, 2, 3)), ordinals(made(1, 3))])) == ["prompt 1", "prompt 2", "prompt 3"]


def test_redacted_prompts_are_no_other_turns() -> None:
    kept = ordinals(made(1, 2))
    hidden: tuple[Turn, ...] = tuple(replace(turn, prompt="[redacted]") for turn in kept.turns)
    assert prompts(unite([kept, replace(kept, turns=hidden)])) == ["prompt 1", "prompt 2"]


def test_traces_of_halves_have_every_edit_once() -> None:
    lines = Lines()
    [whole] = join(trace(one, lines) for one in (made(1, 4), made(2, 3), made(1, 2, 3)))
    assert [turn.index for turn in whole.turns] == [1, 2, 3, 4]
    written = [(edit.path.rpartition("/")[2], whole.turns[edit.turn].index) for edit in whole.edits]
    assert sorted(written) == [("f1.py", 1), ("f2.py", 2), ("f3.py", 3), ("f4.py", 4)]


@pytest.mark.parametrize("kind", ["conversation", "trace"])
def test_a_thousand_versions_cost_in_proportion(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named = 0
    name = unite_module._name

    def counting(turn: Turn | TraceTurn) -> tuple[str, float]:
        nonlocal named
        named += 1
        return name(turn)

    monkeypatch.setattr(unite_module, "_name", counting)
    costs = []
    for count in (400, 1200):
        named = 0
        versions = [made(number) for number in range(1, count + 1)]
        if kind == "trace":
            whole: object = unite_traces([trace(one, Lines(b"0" * 32), None) for one in versions])
        else:
            whole = unite(versions)
        assert [turn.index for turn in whole.turns] == list(range(1, count + 1))  # type: ignore[attr-defined]
        costs.append(named)
    assert costs[1] < 6 * costs[0]  # nine times as much if each version were compared with all


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)))
def test_each_new_turn_stands_behind_the_last_that_is_no_later(times: list[int], fresh: list[int]) -> None:
    found = list(times)
    for time, at in zip(fresh, unite_module._places(times, fresh), strict=True):
        before = [place for place, one in enumerate(found) if one <= time]
        assert at == (before[-1] + 1 if before else 0)
        found.insert(at, time)


@pytest.mark.parametrize(("width", "count"), [(15, 2), (16, 1), (17, 1)])
def test_a_long_id_names_the_same_turn_whenever_it_was(width: int, count: int) -> None:
    early, late = Turn("t" * width, 1, "early", time=1.0), Turn("t" * width, 1, "late", time=9.0)
    whole = unite([conversation(early), conversation(late)])
    assert whole is not None and len(whole.turns) == count
    assert [turn.id for turn in whole.turns] == (["1", "2"] if count == 2 else ["t" * width])
    [traced] = join([trace(conversation(early), Lines()), trace(conversation(late), Lines())])
    assert len(traced.turns) == count
    assert [turn.id for turn in traced.turns] == (["1", "2"] if count == 2 else ["t" * width])


def test_traces_of_another_state_with_ordinals_are_not_mixed_in() -> None:
    lines = Lines()
    [whole] = join(trace(one, lines) for one in (ordinals(made(1, 2, 3)), ordinals(made(1, 3))))
    assert [turn.index for turn in whole.turns] == [1, 2, 3]
    # Of two fresh turns one ordinal is enough.
    mixed = ordinals(made(1, 4, 5))
    mixed = replace(mixed, turns=(*mixed.turns[:2], replace(mixed.turns[2], id="native-" * 4)))
    [whole] = join(trace(one, lines) for one in (ordinals(made(1, 2, 3, 6)), mixed))
    assert len(whole.turns) == 4
    united = unite([ordinals(made(1, 2, 3, 6)), mixed])
    assert united is not None and len(united.turns) == 4


def test_halves_are_told_by_all_that_either_knows() -> None:
    one = replace(
        made(2, place="/b"), title="", models=("m2",), remotes=("r2",), heads=("h2",), started=20.0, updated=25.0
    )
    two = replace(
        made(1, place="/a"), title="title", models=("m1",), remotes=("r1",), heads=("h1",), started=10.0, skipped=3
    )
    whole = unite([one, two])
    assert whole is not None
    assert (whole.title, whole.places, whole.models) == ("title", ("/a", "/b"), ("m1", "m2"))
    assert (whole.remotes, whole.heads, whole.started, whole.updated, whole.skipped) == (
        ("r1", "r2"), ("h1", "h2"), 10.0, 25.0, 3
    )  # fmt: skip
    assert unite([]) is None
