"""Requests for upkeep that people make after the work: "update the docs", "run the tests". Pure; English only.

One of them is about the task at hand. Where several conversations ask for the same, agents are to do it unasked.
"""

from __future__ import annotations

from gitstory.rules.imperative import Clause

_OBJECTS = {
    "update": frozenset("doc docs documentation readme readme.md changelog changelog.md".split()),  # noqa: SIM905
    "write": frozenset("tests docs documentation".split()),  # noqa: SIM905
    "add": frozenset("tests docs documentation".split()),  # noqa: SIM905
    "run": frozenset("tests test linter lint formatter typecheck".split()),  # noqa: SIM905
}
"""What is kept up after a change, by the verb that asks for it."""
_BETWEEN = frozenset("also the our your my all any unit main root general project relevant".split())  # noqa: SIM905
_AFTER = frozenset(
    """to with for after before and or as at in about so on of if when where since based too again accordingly please
    now first by from""".split()  # noqa: SIM905
)
"""What can follow the object; any other word goes on with it ("update the docs page")."""
_MOST_BETWEEN = 3


def chore(clause: Clause) -> str | None:
    """The upkeep that a clause asks for, up to its object ("Update the docs."); None where it asks for something else.

    What follows the object says what this task is about, and is left out.
    """
    if clause.negative or clause.subject or clause.takes_back or clause.condition:
        return None
    verb, *rest = clause.words
    objects = _OBJECTS.get(verb.lower(), frozenset())
    kept: list[str] = []
    for at, word in enumerate(rest[: _MOST_BETWEEN + 1], 1):
        plain = word.strip("@`*.,;:!?")
        if plain.lower() in objects:
            if word[-1] not in ".,;:!?" and rest[at : at + 1] and not _goes_on(rest[at]):
                return None
            named = [*(each for each in kept if each.lower() != "also"), plain]
            return " ".join([verb.capitalize(), *named]) + "."
        if plain.lower() not in _BETWEEN:
            return None
        kept.append(plain)
    return None


def _goes_on(word: str) -> bool:
    """Whether a word behind the object begins something else: where, why, or what is named with an `@`."""
    return word.startswith(("@", "(", "-", "–", "—")) or word.strip(".,;:!?").lower() in _AFTER
