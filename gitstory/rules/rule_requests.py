"""Sentences that ask for a rule to be written: "create a rule that prevents the agent from ...". Pure."""

from __future__ import annotations

import re

from gitstory.rules.instruction_verbs import BASE_OF

_MAKING = (
    r"\b(?:make|create|add|write|update|improve|record|capture|draft|put|include|modify|change|extend|edit|adjust"
    r"|(?<!do we )(?<!do you )(?<!do i )have)\b"
    r"(?:[^.?!]|\.(?=\w)){0,80}?\brules?\b[^.?!]{0,60}?"
)
_PREVENTS = re.compile(
    _MAKING + r"\b(?:prevents?|stops?|keeps?|forbids?|disallows?)\s(?:(?:you|it|us|cursor|claude|agents?|ai"
    r"|the (?:ai|agent|model|assistant))\s)?(?:from\s)?(?:ever\s)?(?P<rest>\w+ing\s.+)$",
    re.IGNORECASE,
)
_STATES = re.compile(
    _MAKING + r"\b(?:(?:say|specif|stat|ensur|requir|enforc|remind|tell|record)\w{0,4}|makes? sure|(?:the )?expectation"
    r"|saying|stating)\b(?:\s(?:you|the agent|agents?|claude|cursor)\b(?! (?:always|never|must|should)))?(?:\sthat)?"
    r":?\s"
    r"(?P<rest>\S.+)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(_MAKING + r"\b(?:re|about|regarding|against)\s(?P<rest>\w+ing\s.+)$", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:(?:to|first|we|you|that|the agent|agents?|claude|cursor|it)\s){1,3}", re.IGNORECASE)
_CONDITIONAL = re.compile(
    r"^(?P<condition>(?:when|whenever|before|after|if|while)\s(?:[^\s,]{1,40}\s){1,14}?[^\s,]{1,40})"
    r"(?:,\s(?=(?:we|you|to)\s)|\s(?=to (?:first|always|never)\s))(?P<rest>\S.*)$",
    re.IGNORECASE,
)


def requested_rule(sentence: str) -> tuple[str, str] | None:
    """(condition, instruction) of the rule that a sentence asks for, "" where it has no condition; None where it asks
    for none. The instruction is not checked."""
    text = sentence.rstrip("?.! ")
    prevents = _PREVENTS.search(text)
    if prevents is not None:
        first, _, rest = prevents["rest"].partition(" ")
        return "", f"never {BASE_OF.get(first.lower(), first)} {rest}"
    about = _ABOUT.search(text)
    if about is not None:
        first, _, rest = about["rest"].partition(" ")
        base = BASE_OF.get(first.lower())
        if base is not None:
            return "", f"{base} {rest}"
    states = _STATES.search(text)
    if states is not None:
        conditional = _CONDITIONAL.match(states["rest"])
        if conditional is not None:
            return conditional["condition"], _SUBJECT.sub("", conditional["rest"])
        return "", _SUBJECT.sub("", states["rest"])
    return None
