"""The page of rules: each with its sources, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.links import Links
from gitstory.render.page.markdown_html import coded
from gitstory.rules.repository_rules import RuleList
from gitstory.rules.rule_files import NAMES, RuleFileChange
from gitstory.rules.values import DerivedRule, Directive
from gitstory.summary.short_ids import turn_name
from gitstory.text.console import neutralise_line
from gitstory.text.wording import count, day, often, shorten

_WHY = (("refusal", "a tool call was refused"), ("rewrote", "new lines were corrected"), ("corrects", "a correction"))
_POSSIBLE = "Perhaps meant for good"
_NOTES = {
    _POSSIBLE: "Forbidden in a correction; nothing says that it is for good. Nothing is written before you accept it."
}
_MOST_SOURCES = 6
_MOST_LINES = 2_000


def rules_page(listed: RuleList, outcome: str, frame: Frame, json: str) -> str:
    """`outcome` is what was decided just now."""
    links = frame.links
    groups = [
        ("Proposed", [rule for rule in listed.rules if rule.status == "proposed"]),
        ("Accepted", [rule for rule in listed.rules if rule.status == "accepted"]),
        (_POSSIBLE, list(listed.possible)),
        ("Stated in a document already", [rule for rule, _ in listed.stated]),
        ("Rejected", list(listed.rejected)),
    ]
    places = {rule.id: place for rule, place in listed.stated}
    return framed(
        frame,
        "rules.html",
        "Rules",
        tab="rules",
        json=json,
        groups=[
            (title, _NOTES.get(title, ""), [_rule(rule, places.get(rule.id, ""), links) for rule in rules])
            for title, rules in groups
        ],
        any=any(rules for _, rules in groups),
        read=count(listed.read, "conversation"),
        more=listed.more,
        outcome=neutralise_line(outcome),
        targets=list(NAMES.items()),
    )


def _rule(rule: DerivedRule, place: str, links: Links) -> dict[str, Any]:
    facts = [count(rule.conversations, "conversation"), f"said {often(len(rule.statements))}"]
    if not rule.statements:
        facts = ["written into a rule file by hand"] if rule.directives else []
    if rule.scope:
        facts.append(f"in {neutralise_line(rule.scope)}")
    return {
        "id": rule.id,
        "text": neutralise_line(rule.text),
        "html": coded(neutralise_line(rule.text)),
        "status": rule.status,
        "facts": " · ".join(facts),
        "stated_in": neutralise_line(place or rule.stated_in) if place or rule.statements else "",
        "sources": list(_sources(rule.directives, links)),
    }


def _sources(directives: Sequence[Directive], links: Links) -> Iterator[dict[str, str]]:
    """The last of them first; words that are the same as those above are not repeated."""
    above = ""
    for directive in [*reversed(directives)][:_MOST_SOURCES]:
        source = _source(directive, links)
        yield source | {"text": "" if source["text"] == above else source["text"]}
        above = source["text"]


def _source(directive: Directive, links: Links) -> dict[str, str]:
    if directive.place:
        path, _, line = directive.place.rpartition(":")
        where = {"name": neutralise_line(directive.place), "link": links.file(path, line=int(line))}
    else:
        where = {
            "name": neutralise_line(turn_name(directive.conversation, directive.turn)),
            "link": links.conversation(directive.agent, directive.conversation, directive.turn),
        }
    return where | {
        "text": coded(shorten(neutralise_line(directive.text), 300)),
        "day": day(directive.time),
        "why": next((words for name, words in _WHY if getattr(directive, name)), ""),
    }


def rules_written_page(changes: Sequence[RuleFileChange], target: str, accepted: int, frame: Frame) -> str:
    """What writing the rules would change."""
    return framed(
        frame,
        "rules_write.html",
        "Write rules",
        tab="rules",
        target=target,
        accepted=accepted,
        path=neutralise_line(NAMES.get(target, target)),
        diff=[line for change in changes if change.changed for line in _diff(change)][:_MOST_LINES],
    )


def _diff(change: RuleFileChange) -> Iterator[tuple[str, str, str]]:
    for line in change.diff().splitlines():
        if line.startswith(("---", "+++", "@@")):
            yield "gap", "", neutralise_line(line)
        else:
            yield {"+": "add", "-": "del"}.get(line[:1], "same"), line[:1].strip(), neutralise_line(line[1:])
