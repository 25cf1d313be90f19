"""The page of rules: what stands beside each."""

from __future__ import annotations

from gitstory.render.page.links import ServerLinks
from gitstory.render.page.rules_view import _rule
from gitstory.rules.grouping import rules
from gitstory.rules.values import Directive


def test_a_line_written_by_hand_is_shown_with_its_place() -> None:
    terms = frozenset({"push", "main"})
    line = Directive("never push to main", "Never push to main.", "never", "", "", 0, 0.0, terms, place="CLAUDE.md:12")
    [rule] = rules([line])
    shown = _rule(rule, "", ServerLinks())
    assert (shown["facts"], shown["stated_in"]) == ("written into a rule file by hand", "")
    [source] = shown["sources"]
    assert source["name"] == "CLAUDE.md:12" and "CLAUDE.md#" in source["link"]
