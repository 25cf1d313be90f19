"""Noting what a person decided about rules."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gitstory.rules.decisions_file import Decided, read_decided, write_decided
from gitstory.rules.rule_files import sources
from gitstory.rules.values import DerivedRule, Status

_MOST_SOURCES = 3


def decide(root: Path, rules: Iterable[DerivedRule], status: Status, text: str = "") -> None:
    """Add decisions to `.gitstory/rules.toml`, each in the place of an earlier one about the same rule."""
    decided = read_decided(root)
    for rule in rules:
        before = decided.get(rule.id)
        named = tuple(sources(rule)[:_MOST_SOURCES]) or (before.sources if before is not None else ())
        decided[rule.id] = Decided(rule.id, status, text or rule.text, rule.scope, named)
    write_decided(root, decided.values())
