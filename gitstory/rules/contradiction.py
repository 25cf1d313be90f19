"""Whether one directive revokes another. Pure."""

from __future__ import annotations

from gitstory.rules.content_words import content_terms, likeness, stem
from gitstory.rules.instruction_verbs import ALTERNATIVES
from gitstory.rules.values import Directive

_OPPOSITE = 0.6
_GROUPS = tuple(frozenset(stem(name) for name in group) for group in ALTERNATIVES)


def contradicts(newer: Directive, older: Directive) -> bool:
    """Whether both cannot be followed: use of the same thing wanted and unwanted, one choice instead of another."""
    if _sides_cross(newer, older):
        return True
    if newer.positive != older.positive:
        return _alike(newer, older) or _names_unwanted(newer, older)
    return newer.positive and newer.form != "allow" != older.form and _other_choice(newer.terms, older.terms)


def _sides_cross(newer: Directive, older: Directive) -> bool:
    if newer.wanted and newer.wanted == older.unwanted:
        return True
    return bool(newer.unwanted) and newer.unwanted == older.wanted


def _alike(newer: Directive, older: Directive) -> bool:
    """Whether both are about the same; what follows a comma may be the reason."""
    if likeness(newer.terms, older.terms) >= _OPPOSITE:
        return True
    heads = [content_terms(directive.rule.partition(",")[0]) for directive in (newer, older)]
    return len(heads[0] & heads[1]) > 1 and likeness(*heads) >= _OPPOSITE


def _names_unwanted(newer: Directive, older: Directive) -> bool:
    """ "Never use X" and "always use X": one word is all they say."""
    return bool(newer.terms) and newer.terms == older.terms


def _other_choice(newer: frozenset[str], older: frozenset[str]) -> bool:
    """Whether they differ in one word only, and these are two names of which a project uses one, or two numbers."""
    ours, theirs = newer - older, older - newer
    if not ours or not theirs:
        return False
    if any(ours & group and theirs & group and not (newer & older & group) for group in _GROUPS):
        return len(ours) <= 2 and len(theirs) <= 2
    numbers = [word for word in (*ours, *theirs) if word.isdigit()]
    return len(ours) == len(theirs) == 1 and len(numbers) == 2 and bool(newer & older)
