"""The page of rules: what stands beside each."""

from __future__ import annotations

from gitstory.render.page.links import ServerLinks
from gitstory.render.page.rules_view import _rule
from gitstory.rules.group_directives import rules
from gitstory.rules.values import Directive


def test_a_line_written_by_hand_is_shown_with_its_place() -> None:
    terms = frozenset({"push", "main"})
    line = Directive("never push to main", "Never push to main.", "never", "", "", 0, 0.0, terms, place="CLAUDE.md:12")
    [rule] = rules([line])
    shown = _rule(rule, "", ServerLinks())
    assert (shown["facts"], shown["stated_in"]) == ("written into a rule file by hand", "")
    [source] = shown["sources"]
    assert source["name"] == "CLAUDE.md:12" and "CLAUDE.md#" in source["link"]


def test_code_in_a_rule_is_shown_as_code_and_edited_as_typed() -> None:
    terms = frozenset({"plans"})
    said = Directive("never delete `plans/`", "Never delete `plans/`.", "never", "claude-code", "a", 1, 0.0, terms)
    [rule] = rules([said])
    shown = _rule(rule, "", ServerLinks())
    assert (str(shown["html"]), shown["text"]) == ("Never delete <code>plans/</code>.", "Never delete `plans/`.")
    assert shown["facts"] == "1 conversation · said once"
