"""Rules as text for a terminal and as JSON."""

from __future__ import annotations

from typing import Any

from gitstory.rules.repository_rules import RuleList
from gitstory.rules.rule_files import source_name, sources
from gitstory.rules.rule_violations import Violation
from gitstory.rules.values import DerivedRule, Directive
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import count, day, hanging, often, rfc3339

SCHEMA = "gitstory.rules/1"
_MOST_SOURCES = 4
_EVIDENCE = {
    "refusal": "said when a tool call was refused",
    "rewrote": "corrected lines that were just written",
    "corrects": "corrected what was just done",
    "place": "written into a rule file by hand",
}


def rule_object(rule: DerivedRule, stated_in: str = "", *, possible: bool = False) -> dict[str, Any]:
    """`gitstory.rules/1`: one rule with its sources, the newest first; `possible`: a wish that may be one."""
    times = rule.times
    return {
        "schema": SCHEMA,
        "id": rule.id,
        "rule": rule.text,
        "status": rule.status,
        "scope": rule.scope,
        "count": len(rule.statements),
        "conversations": rule.conversations,
        "first": rfc3339(times[0]) if times else None,
        "last": rfc3339(times[-1]) if times else None,
        "score": round(rule.score, 2),
        "sources": [_source(directive) for directive in reversed(rule.directives)],
        "replaces": [_source(directive) for directive in reversed(rule.replaces)],
        "stated_in": stated_in or rule.stated_in,
        **({"worded_by": rule.worded_by} if rule.worded_by else {}),
        **({"possible": True} if possible else {}),
    }


def _source(directive: Directive) -> dict[str, Any]:
    return {
        "agent": directive.agent,
        "conversation": directive.conversation,
        "turn": directive.turn,
        "source": source_name(directive),
        "time": rfc3339(directive.time),
        "text": directive.text,
        "evidence": [name for name in _EVIDENCE if getattr(directive, name)],
    }


def violation_object(violation: Violation) -> dict[str, Any]:
    """`gitstory.rule-violation/1`: one added line, or one file (line 0), that a rule forbids."""
    rule = violation.check.rule
    return {
        "schema": "gitstory.rule-violation/1",
        "path": violation.path,
        "line": violation.line,
        "text": violation.text,
        "forbidden": violation.check.forbidden,
        "rule": rule.text,
        "sources": rule.sources.split(", "),
    }


def violation_line(violation: Violation) -> str:
    """`cli.ts:12: node: Use bun, not node. [4de91640#3]`"""
    rule = violation.check.rule
    place = f"{violation.path}:{violation.line}" if violation.line else violation.path
    return f"{place}: {violation.check.forbidden}: {rule.text} [{rule.sources}]"


def write_rules(listed: RuleList, console: Console, zone: int, *, everything: bool = False) -> None:
    """Write the rules, and in a line each what was left out; times in `zone` (minutes east of UTC)."""
    if not listed.rules:
        console.line(f"no rules in {count(listed.read, 'conversation')}: nothing was asked for again and again")
    for rule in listed.rules:
        write_one(rule, console, zone)
        console.line()
    _write_possible(listed, console)
    _write_left_out(listed, console, everything)


def _write_possible(listed: RuleList, console: Console) -> None:
    """Write the wishes that a person has to decide about, a line each with the newest source."""
    if not listed.possible:
        return
    console.line()
    console.line("perhaps meant for good (`git story rules review` asks about each):")
    for rule in listed.possible:
        source = "".join(f" [{name}]" for name in sources(rule)[:1])
        for line in hanging(f"{rule.id}  {neutralise_line(rule.text)}{source}", max(console.width, 40)):
            console.line(console.paint(line, "dim"))


def write_one(rule: DerivedRule, console: Console, zone: int) -> None:
    """Write one rule with its facts."""
    for line in _rule_lines(rule, console, zone):
        console.line(line)


def _rule_lines(rule: DerivedRule, console: Console, zone: int) -> list[str]:
    width = max(console.width, 40)
    mark = {"accepted": "accepted", "proposed": "", "rejected": "rejected"}[rule.status]
    head = list(hanging(f"{rule.id}  {neutralise_line(rule.text)}", width))
    lines = [console.paint(head[0][:8], "yellow") + head[0][8:], *head[1:]]
    facts = [*([mark] if mark else []), *_facts(rule, zone)]
    indent = " " * 10
    for text in (", ".join(facts), *_quoted(rule), *_replaced(rule, zone)):
        lines += [console.paint(line, "dim") for line in hanging(f"{indent}{neutralise_line(text)}", width)]
    return lines


def _facts(rule: DerivedRule, zone: int) -> list[str]:
    if not rule.directives:
        return ["its conversations are not here"]
    times = rule.times
    days = sorted({day(time, zone) for time in (times[:1] + times[-1:])})
    places = f" in {count(rule.conversations, 'conversation')}" if rule.conversations > 1 else ""
    facts = [f"said {often(len(rule.statements))}{places}"] if rule.statements else []
    facts.append(" to ".join(days))
    if rule.scope:
        facts.append(f"in {rule.scope}/")
    facts += [
        words for name, words in _EVIDENCE.items() if any(getattr(directive, name) for directive in rule.directives)
    ][:1]
    if rule.stated_in and rule.statements:
        facts.append(f"stated in {rule.stated_in}")
    if rule.worded_by:
        facts.append(f"worded by {rule.worded_by}")
    return [fact for fact in facts if fact]


def _quoted(rule: DerivedRule) -> list[str]:
    named = sources(rule)
    more = f" and {len(named) - _MOST_SOURCES} more" if len(named) > _MOST_SOURCES else ""
    newest = rule.directives[-1].text if rule.directives else ""
    quoted = [f"“{newest}”"] if newest and _plain(newest) != _plain(rule.text) else []
    return [*quoted, *([f"from {', '.join(named[:_MOST_SOURCES])}{more}"] if named else [])]


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _replaced(rule: DerivedRule, zone: int) -> list[str]:
    if not rule.replaces:
        return []
    last = rule.replaces[-1]
    when = day(last.time, zone)
    return [f"replaces “{last.rule}” of {source_name(last)}{f' ({when})' if when else ''}"]


def _write_left_out(listed: RuleList, console: Console, everything: bool) -> None:
    if listed.more:
        console.line(console.paint(f"{listed.more:,} more are left out: at most 40 rules and 600 words", "dim"))
    if everything:
        for rule, place in listed.stated:
            console.line(console.paint(f"{rule.id}  {neutralise_line(rule.text)} (stated in {place})", "dim"))
        for rule in listed.rejected:
            console.line(console.paint(f"{rule.id}  {neutralise_line(rule.text)} (rejected)", "dim"))
        return
    left = []
    if listed.stated:
        left.append(f"{count(len(listed.stated), 'rule')} stated in documents of the repository")
    if listed.rejected:
        left.append(f"{len(listed.rejected)} rejected")
    if left:
        console.line(console.paint(f"not shown: {', '.join(left)} (--all shows them)", "dim"))
