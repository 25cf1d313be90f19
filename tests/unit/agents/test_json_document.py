from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.agents.stores.json_document import document, listed


def messages(count: int) -> list[dict[str, Any]]:
    return [
        {
            "role": "user" if number % 2 == 0 else "assistant",
            "ts": number,
            "content": [
                {"type": "text", "text": f'say "it" {number} {{a}} ],"x":'},
                {"type": "tool_use", "id": str(number), "input": {"path": f"p{number}", "content": "f()\\n[1]"}},
            ],
        }
        for number in range(count)
    ]


WHOLE = messages(7)
LIST = json.dumps(WHOLE)
OBJECT = json.dumps({"v": 1, "messages": WHOLE, "env": {"trees": [{"uri": "file:///x"}]}})
PRETTY = json.dumps({"v": 1, "messages": WHOLE, "env": {"trees": [{"uri": "file:///x"}]}}, indent=2)


def kept(found: list[Any] | None) -> list[int]:
    """The numbers of the messages that are whole."""
    return [one["ts"] for one in found or [] if one in WHOLE]


def test_what_is_whole_is_read_as_it_is() -> None:
    assert listed(LIST.encode()) == (WHOLE, 0)
    assert document(OBJECT.encode()) == (json.loads(OBJECT), 0)


@pytest.mark.parametrize(
    "damaged",
    [LIST + "]", LIST[:-1], LIST + LIST[-60:], "\ufeff" + LIST[:-1], LIST.replace("]}, {", "]} {", 1)],
    ids=["a stray bracket", "without the last one", "an older tail", "a byte order mark", "without a comma"],
)
def test_damage_around_the_messages_costs_none(damaged: str) -> None:
    found, lost = listed(damaged.encode())
    assert (found, lost) == (WHOLE, 1)


def test_of_what_was_cut_off_the_beginning_is_kept() -> None:
    found, lost = listed(LIST[:-40].encode())
    assert kept(found) == [0, 1, 2, 3, 4, 5]
    assert found is not None
    assert found[6]["content"] == [*WHOLE[6]["content"][:1], {"type": "tool_use", "id": "6", "input": {}}]
    assert lost == 1


def test_what_stands_behind_the_messages_is_read_although_they_end_in_damage() -> None:
    at = OBJECT.rindex('"path"')
    found, lost = document((OBJECT[:at] + OBJECT[at + 1 :]).encode())
    assert found is not None
    assert (kept(found["messages"]), found["env"], lost) == ([0, 1, 2, 3, 4, 5], {"trees": [{"uri": "file:///x"}]}, 1)


@pytest.mark.parametrize("whole", [LIST, OBJECT, PRETTY], ids=["list", "object", "pretty"])
def test_a_stray_bracket_anywhere_costs_two_messages_at_most(whole: str) -> None:
    for at in range(whole.index("[") + 1, whole.rindex('"content"')):
        damaged = (whole[:at] + "]" + whole[at:]).encode()
        elements, _ = listed(damaged) if whole == LIST else document(damaged)
        assert len(kept(elements if isinstance(elements, list) else (elements or {})["messages"])) >= 5, at


@given(st.sampled_from([LIST, OBJECT, PRETTY]), st.data())
def test_one_byte_costs_its_message_and_never_makes_another(whole: str, data: st.DataObject) -> None:
    start, end = whole.index("[") + 1, whole.rindex('"content"')
    at = data.draw(st.integers(start, end))
    how = data.draw(st.sampled_from(["", *'{}[],:"x', "\0" * 64]))
    damaged = whole[:at] + how + whole[at + (not how) :]
    try:
        json.loads(damaged)
        return  # the damage is within a text
    except ValueError:
        pass
    if whole == LIST:
        found, lost = listed(damaged.encode())
    else:
        told, lost = document(damaged.encode())
        found = None if told is None else told.get("messages")
    assert lost > 0
    assert len(kept(found)) >= len(WHOLE) - 2
    # Nothing of one message is told as another's, and no part of one as a message.
    assert all(one.keys() <= {"role", "ts", "content"} for one in found or [])
    assert kept(found) == sorted(kept(found))


@given(st.text(alphabet='{}[],:"\\ab1 \n', max_size=80))
def test_it_never_raises(text: str) -> None:
    document(text.encode())
    listed(text.encode())


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' + "[{" * 50_000, '"' * 10_000])
def test_it_ends_on_what_is_deep_or_endless(text: str) -> None:
    document(text.encode())
    listed(text.encode())
