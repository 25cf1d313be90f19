"""Rules out of wishes: equal ones together, the newest before those it contradicts, the surest first. Pure.

A wish that asks for more than the task at hand by its own words ("always", "never", "from now on") is a rule where it
was said once. Any other is one only where it was said in several conversations, or when a tool call was refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from gitstory.rules.contradiction import contradicts
from gitstory.rules.scope import scope_of
from gitstory.rules.terms import likeness, overlap
from gitstory.rules.values import Form, Rule, Wish

_BY_FORM: dict[Form, float] = {
    "always": 3.0,
    "never": 3.0,
    "everywhere": 3.0,
    "prefer": 1.5,
    "forbid": 1.5,
    "ensure": 0.75,
}
_CONVERSATION, _MOST_FOR_CONVERSATIONS = 1.5, 6.0
_REPEATED, _MOST_FOR_REPEATS = 0.25, 0.75
_REFUSED, _CORRECTED, _REWROTE = 1.5, 0.5, 0.25
LEAST = 3.0
"""Score of a rule that is proposed."""
_ALIKE, _CONTAINED = 0.5, 0.8


def rules(wishes: Iterable[Wish]) -> list[Rule]:
    """The rules that `wishes` amount to, the surest first."""
    ordered = sorted(wishes, key=lambda wish: (wish.time or 0.0, wish.conversation, wish.turn))
    groups: list[list[Wish]] = []
    for wish in ordered:
        group = next((group for group in reversed(groups) if any(same(wish, other) for other in group)), None)
        if group is None:
            groups.append([wish])
        else:
            group.append(wish)
    made = [_rule(group) for group in _without_replaced(groups)]
    made = [rule for rule in made if rule.score >= LEAST]
    return sorted(made, key=lambda rule: (-rule.score, -(rule.times[-1] if rule.times else 0.0), rule.id))


def same(one: Wish, other: Wish) -> bool:
    """Whether two wishes ask for the same."""
    if one.unwanted and other.unwanted and one.wanted and other.wanted:
        return one.unwanted == other.unwanted and one.wanted == other.wanted
    if contradicts(one, other) or one.positive != other.positive:
        return False
    if one.wanted and other.wanted and one.wanted == other.wanted and not (one.unwanted and other.unwanted):
        return True
    shared = len(one.terms & other.terms)
    if likeness(one.terms, other.terms) >= _ALIKE and shared >= 2:
        return True
    return shared >= 3 and overlap(one.terms, other.terms) >= _CONTAINED


def _without_replaced(groups: Sequence[list[Wish]]) -> Iterable[tuple[list[Wish], tuple[Wish, ...]]]:
    """Each group that no newer one contradicts, with the wishes that it replaces."""
    replaced: dict[int, list[Wish]] = {}
    gone: set[int] = set()
    by_age = sorted(range(len(groups)), key=lambda at: groups[at][-1].time or 0.0)
    for place, at in enumerate(by_age):
        for newer in by_age[place + 1 :]:
            if _standing(groups[newer]) and contradicts(groups[newer][-1], groups[at][-1]):
                replaced.setdefault(newer, []).extend([*groups[at], *replaced.get(at, ())])
                gone.add(at)
                break
    for at, group in enumerate(groups):
        if at not in gone:
            yield group, tuple(sorted(replaced.get(at, ()), key=lambda wish: wish.time or 0.0))


def _standing(group: Sequence[Wish]) -> bool:
    return score(group) >= LEAST or any(wish.form in ("always", "never", "everywhere", "prefer") for wish in group)


def score(wishes: Sequence[Wish]) -> float:
    """How sure it is that wishes are more than the task at hand."""
    conversations = len({wish.key for wish in wishes})
    form = max(_BY_FORM[wish.form] for wish in wishes)
    further = min((conversations - 1) * _CONVERSATION, _MOST_FOR_CONVERSATIONS)
    repeats = min((len(wishes) - conversations) * _REPEATED, _MOST_FOR_REPEATS)
    refused = _REFUSED if any(wish.refusal for wish in wishes) else 0.0
    corrected = _CORRECTED if any(wish.corrects for wish in wishes) else 0.0
    rewrote = _REWROTE if any(wish.rewrote for wish in wishes) else 0.0
    return form + further + repeats + refused + corrected + rewrote


def _rule(group_and_replaced: tuple[list[Wish], tuple[Wish, ...]]) -> Rule:
    group, replaced = group_and_replaced
    best = max(group, key=lambda wish: (_BY_FORM[wish.form], len(wish.terms) > 1, wish.time or 0.0))
    return Rule(rule_id(best.rule), best.rule, tuple(group), score(group), scope_of(group), replaced)


def rule_id(text: str) -> str:
    """Eight hexadecimal digits that stand for a rule's words."""
    plain = " ".join("".join(char if char.isalnum() else " " for char in text.lower()).split())
    return hashlib.sha256(plain.encode()).hexdigest()[:8]
