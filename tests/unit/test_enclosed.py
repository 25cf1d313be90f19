"""Parts between marks, also where marks are left open."""

from __future__ import annotations

import re

from gitstory.delimited_parts import elements, enclosed, without

TAG = re.compile(r"<([a-z]+)>")


def test_from_each_opening_to_the_next_closing() -> None:
    text = "a <x>one<x></x> b <x>two</x> <x>open"
    found = list(enclosed(text, "<x>", "</x>"))
    assert [one.inside for one in found] == ["one<x>", "two"]
    assert [text[one.start : one.end] for one in found] == ["<x>one<x></x>", "<x>two</x>"]
    assert without(text, iter(found), "-") == "a - b - <x>open"


def test_elements_by_name_and_those_never_closed() -> None:
    text = "<a>1<b>2</b></a><b>3<c>4</b><c>"
    assert [(one.name, one.inside) for one in elements(text, TAG)] == [("a", "1<b>2</b>"), ("b", "3<c>4")]


def test_a_mark_never_closed_is_looked_for_once() -> None:
    class Counted(str):
        finds = 0

        def find(self, *arguments: object) -> int:  # type: ignore[override]
            self.finds += 1
            return super().find(*arguments)  # type: ignore[arg-type]

    text = Counted("<a>" * 500 + "<b>1</b>")
    assert [one.inside for one in elements(text, TAG)] == ["1"]
    assert text.finds == 2
