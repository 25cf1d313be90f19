"""Rules in the words of a model that the user chose: better wording, the same sources. Pure.

A sentence takes the place of a rule's words if all its sources are of that rule, it is short, and it asks for the same
side: what was forbidden stays forbidden. Rules without such a sentence keep the words that were typed, and so do those
that a person accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from gitstory.language_model import MOST_SENTENCES, Sourced
from gitstory.rules.instructions import instruction_of_rule
from gitstory.rules.rule_files import source_name
from gitstory.rules.values import DerivedRule, Directive
from gitstory.text.wording import one_line

TASK = (
    "Each quotation is what people told a coding agent about how to work; quotations with one meaning stand together. "
    "State each meaning as one imperative sentence of at most 20 words, without adding anything."
)
_MOST_QUOTATIONS = 3
_MOST_WORDS = 30


def batches(rules: Sequence[DerivedRule]) -> Iterator[Sequence[DerivedRule]]:
    """The rules that nobody decided about, as many at a time as a model is asked to word."""
    undecided = [rule for rule in rules if rule.status == "proposed" and rule.directives]
    for start in range(0, len(undecided), MOST_SENTENCES):
        yield undecided[start : start + MOST_SENTENCES]


def quotations(rules: Iterable[DerivedRule]) -> list[Sourced]:
    """What was typed for each rule, the newest first, each with its source."""
    return [
        Sourced(one_line(directive.text), (source_name(directive),))
        for rule in rules
        for directive in _newest(rule.directives)
    ]


def _newest(directives: Sequence[Directive]) -> list[Directive]:
    """One directive for each text, the newest first."""
    by_text = {directive.text: directive for directive in sorted(directives, key=lambda each: each.time or 0.0)}
    return sorted(by_text.values(), key=lambda directive: -(directive.time or 0.0))[:_MOST_QUOTATIONS]


def with_words(rules: Sequence[DerivedRule], sentences: Iterable[Sourced], model: str) -> list[DerivedRule]:
    """`rules`, each with the first sentence that may stand for it."""
    owners = _owners(rules)
    worded: dict[str, str] = {}
    for sentence in sentences:
        named = {owners.get(source) for source in sentence.sources}
        owner = named.pop() if len(named) == 1 else None
        if owner is not None and owner.id not in worded and _may_stand_for(owner, sentence.text):
            worded[owner.id] = sentence.text
    return [replace(rule, text=worded[rule.id], worded_by=model) if rule.id in worded else rule for rule in rules]


def _owners(rules: Iterable[DerivedRule]) -> dict[str, DerivedRule | None]:
    """The rule that each source is of; None for a source of several."""
    owners: dict[str, DerivedRule | None] = {}
    for rule in rules:
        for name in {source_name(directive) for directive in rule.directives}:
            owners[name] = None if name in owners else rule
    return owners


def _may_stand_for(rule: DerivedRule, text: str) -> bool:
    if rule.status != "proposed" or len(text.split()) > _MOST_WORDS:
        return False
    before, after = instruction_of_rule(rule.text), instruction_of_rule(text)
    return before is not None and after is not None and before.positive == after.positive
