"""Rules out of directives: equal ones together, the newest before those it contradicts, the surest first. Pure.

A directive that asks for more than the task at hand by its own words ("always", "never", "from now on") is a rule
where it was said once. Any other is one only where it was said in several conversations, at a refused tool call, or
where a rule file says the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from gitstory.recording.live_conversations import Key
from gitstory.rules.content_words import likeness, overlap
from gitstory.rules.contradiction import contradicts
from gitstory.rules.folder_of_rule import scope_of
from gitstory.rules.values import DerivedRule, Directive, Form

_BY_FORM: dict[Form, float] = {
    "always": 3.0,
    "never": 3.0,
    "everywhere": 3.0,
    "prefer": 1.5,
    "forbid": 1.5,
    "ensure": 0.75,
    "chore": -1.75,
    "end": 1.5,
    "allow": -20.0,
}
_WEAK = -4.0
_CONVERSATION, _MOST_FOR_CONVERSATIONS = 1.5, 7.5
_REPEATED, _MOST_FOR_REPEATS = 0.25, 0.75
_REFUSED, _CORRECTED, _REWROTE = 1.5, 0.5, 0.25
_STATED = 2.25
_FEWEST_PASTED = 6
"""Words of a sentence that nobody types twice alike."""
_MOST_AT_ONCE = 20
"""Words of a rule that was said once: longer ones are about the task that they were said in."""
_STARTED_AGAIN = 600
"""Seconds within which the same words at the same place are of a conversation that was begun anew."""
_SHARED_TURNS = 3
"""Turns whose words two conversations share if one was made from the other."""
LEAST = 3.0
"""Score of a rule that is proposed."""
LEAST_POSSIBLE = 2.0
"""Score of a wish that may be meant for good, though nothing says so: a person has to decide."""
_ALIKE, _ALIKE_WEAK, _CONTAINED = 0.5, 0.75, 0.8


Stated = Callable[[Directive], tuple[str, ...]]
"""The lines of rule files that ask for what a directive asks for."""


def rules(directives: Iterable[Directive], stated: Stated = lambda _: (), least: float = LEAST) -> list[DerivedRule]:
    """The rules that `directives` amount to, the surest first; none whose score is below `least`."""
    ordered = sorted(directives, key=lambda directive: (directive.time or 0.0, directive.conversation, directive.turn))
    groups = _grouped(without_repeated(ordered))
    derived = [_rule(group, replaced, stated) for group, replaced in _without_replaced(groups)]
    derived = [rule for rule in derived if rule.score >= least and not _is_long_and_new(rule)]
    return sorted(derived, key=lambda rule: (-rule.score, -(rule.times[-1] if rule.times else 0.0), rule.id))


def _is_long_and_new(rule: DerivedRule) -> bool:
    return rule.conversations == 1 and not rule.places and len(rule.text.split()) > _MOST_AT_ONCE


def without_repeated(ordered: Sequence[Directive]) -> list[Directive]:
    """`ordered` (oldest first) without what a conversation has from the one that it is a copy or a continuation of.

    Agents copy all prompts into the file of a conversation that is resumed or forked: what was said once would count as
    said in both. Two conversations that share the words of several turns are taken for such a pair.

    A long sentence that is the same to the letter in other conversations was not typed there: it is of a program, of a
    command with a text of its own, or pasted. It counts for nothing, except where a fork may have brought it: in one
    other conversation, at the same place.
    """
    origin_of: dict[str, Directive] = {}
    shared: dict[tuple[Key, Key], set[int]] = {}
    for directive in ordered:
        first = origin_of.setdefault(_plain(directive.text), directive)
        if first.key != directive.key:
            shared.setdefault((first.key, directive.key), set()).add(directive.turn)
    copied = {pair for pair, turns in shared.items() if len(turns) >= _SHARED_TURNS}
    pasted = _pasted(ordered)
    return [
        each
        for each in ordered
        if each.text not in pasted
        and ((origin := origin_of[_plain(each.text)]).key == each.key or not _is_copy(origin, each, copied))
    ]


def _is_copy(origin: Directive, each: Directive, copied: Container[tuple[Key, Key]]) -> bool:
    if (origin.key, each.key) in copied:
        return True
    long = len(each.text.split()) >= _FEWEST_PASTED
    return origin.turn == each.turn and (long or _at_once(origin, each))


def _plain(text: str) -> str:
    return text.rstrip(" .!").lower()


def _at_once(first: Directive, second: Directive) -> bool:
    return first.time is not None and second.time is not None and abs(second.time - first.time) < _STARTED_AGAIN


def _pasted(directives: Iterable[Directive]) -> set[str]:
    """The long sentences that several conversations have to the letter, other than two that have it at one place."""
    places: dict[str, dict[Key, int]] = {}
    for each in directives:
        if not each.place and len(each.text.split()) >= _FEWEST_PASTED:
            places.setdefault(each.text, {}).setdefault(each.key, each.turn)
    return {text for text, turns in places.items() if len(turns) > 2 or len(set(turns.values())) > 1}


def _grouped(directives: Iterable[Directive]) -> list[list[Directive]]:
    """Directives that ask for the same together; only those that share a word are compared."""
    groups: list[list[Directive]] = []
    by_word: dict[str, set[int]] = {}
    for directive in directives:
        words = directive.terms | {directive.wanted, directive.unwanted} - {""}
        near = sorted({at for word in words for at in by_word.get(word, ())}, reverse=True)
        at = next((at for at in near if any(same(directive, other) for other in groups[at])), None)
        if at is None:
            at = len(groups)
            groups.append([])
        groups[at].append(directive)
        for word in words:
            by_word.setdefault(word, set()).add(at)
    return groups


def same(directive: Directive, other: Directive) -> bool:
    """Whether two directives ask for the same."""
    if directive.unwanted and other.unwanted and directive.wanted and other.wanted:
        return directive.unwanted == other.unwanted and directive.wanted == other.wanted
    if directive.weak or other.weak:
        return likeness(directive.terms, other.terms) >= _ALIKE_WEAK
    if contradicts(directive, other) or directive.positive != other.positive:
        return False
    if (directive.form == "allow") != (other.form == "allow"):
        return False
    if (
        directive.wanted
        and other.wanted
        and directive.wanted == other.wanted
        and not (directive.unwanted and other.unwanted)
    ):
        return True
    shared = len(directive.terms & other.terms)
    if likeness(directive.terms, other.terms) >= _ALIKE and shared >= 2:
        return True
    return shared >= 3 and overlap(directive.terms, other.terms) >= _CONTAINED


def _without_replaced(groups: Sequence[list[Directive]]) -> Iterable[tuple[list[Directive], tuple[Directive, ...]]]:
    """Each group that no newer one contradicts, with the directives that it replaces."""
    replaced: dict[int, list[Directive]] = {}
    gone: set[int] = set()
    by_age = sorted(range(len(groups)), key=lambda at: groups[at][-1].time or 0.0)
    standing = [at for at in by_age if _standing(groups[at])]
    ages = {at: age for age, at in enumerate(by_age)}
    for at in standing:
        for newer in standing:
            if ages[newer] > ages[at] and contradicts(groups[newer][-1], groups[at][-1]):
                replaced.setdefault(newer, []).extend([*groups[at], *replaced.get(at, ())])
                gone.add(at)
                break
    for at, group in enumerate(groups):
        if at not in gone:
            yield group, tuple(sorted(replaced.get(at, ()), key=lambda directive: directive.time or 0.0))


def _standing(group: Sequence[Directive]) -> bool:
    return score(group) >= LEAST or any(
        directive.form in ("always", "never", "everywhere", "prefer", "end", "allow") for directive in group
    )


def score(directives: Sequence[Directive]) -> float:
    """How sure it is that directives are more than the task at hand."""
    conversations = len({directive.key for directive in directives})
    form = max(_WEAK if directive.weak else _BY_FORM[directive.form] for directive in directives)
    further = min((conversations - 1) * _CONVERSATION, _MOST_FOR_CONVERSATIONS)
    repeats = min((len(directives) - conversations) * _REPEATED, _MOST_FOR_REPEATS)
    refused = _REFUSED if any(directive.refusal for directive in directives) else 0.0
    corrected = _CORRECTED if any(directive.corrects for directive in directives) else 0.0
    rewrote = _REWROTE if any(directive.rewrote for directive in directives) else 0.0
    return form + further + repeats + refused + corrected + rewrote


def _rule(group: list[Directive], replaced: tuple[Directive, ...], stated: Stated) -> DerivedRule:
    often = Counter(term for directive in group for term in directive.terms)
    best = max(group, key=lambda directive: _quality(directive, often, len(group)))
    sure = score(group)
    places = _places(group, stated) if sure >= LEAST - _STATED else ()
    sure += _STATED if places else 0.0
    return DerivedRule(rule_id(best.rule), best.rule, tuple(group), sure, scope_of(group), replaced, places=places)


def _places(group: Sequence[Directive], stated: Stated) -> tuple[str, ...]:
    """The lines of rule files that a rule was read from or that ask for the same."""
    return tuple(
        dict.fromkeys(place for directive in group for place in (directive.place, *stated(directive)) if place)
    )


def _quality(directive: Directive, often: Mapping[str, int], size: int) -> tuple[bool, float, bool, bool, float, float]:
    """What makes the words of one directive better than another's: first how it asks, then that it says what all of the
    group say and nothing else, last how new it is. `often` counts the directives of the group that have a term."""
    shared = sum(often[term] * 2 > size for term in directive.terms)
    return (
        not directive.weak,
        _BY_FORM[directive.form],
        bool(directive.wanted and directive.unwanted),
        len(directive.terms) > 1,
        round(shared / max(len(directive.terms), 1), 1),
        directive.time or 0.0,
    )


def rule_id(text: str) -> str:
    """Eight hexadecimal digits that stand for a rule's words."""
    plain = " ".join("".join(char if char.isalnum() else " " for char in text.lower()).split())
    return hashlib.sha256(plain.encode()).hexdigest()[:8]
