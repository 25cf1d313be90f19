"""The content words of a rule, so that two wordings of one directive can be compared. Pure."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z0-9_$@][\w$@./+'-]*+")
_EMPTY = frozenset(
    """a about after all also always an and any anything are as ask at be because been before being both but by can code
    could do does doing don't each even ever every everything explicitly file files first for from get go going
    good have having how i i'd i'll i'm if in instead into is it it's its just keep know let like lot make making may
    me mind more most much must my need needs never new no not of off on one only or other our out over own please
    possible really right same should so some such sure than that the their them then there they thing things through to
    too try up us use used using very want was way we well what when where whenever wherever which while who will with
    without would you your yourself rather everywhere anywhere time""".split()  # noqa: SIM905
)


_SAME = {"docs": "doc", "documentation": "doc", "readme.md": "readm", "changelog.md": "changelog"}
"""Names of which people use one as well as the other."""


def stem(word: str) -> str:
    """A word without its ending; names with digits, dots or underscores stay as they are."""
    low = word.lower()
    if low in _SAME:
        return _SAME[low]
    if not low.isalpha():
        return low
    for ending, least in (("ing", 6), ("ies", 5), ("ied", 5), ("ed", 5), ("es", 6), ("s", 4)):
        if len(low) >= least and low.endswith(ending) and not low.endswith("ss"):
            root = low[: -len(ending)] + ("y" if ending.startswith("ie") else "")
            if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls":
                root = root[:-1]
            return root.removesuffix("e")
    return low.removesuffix("e") if len(low) > 4 else low


def content_terms(text: str) -> frozenset[str]:
    """The stems of the words that say what a rule is about, and what stands between backticks as it is."""
    quoted = frozenset(part.strip().lower() for part in text.split("`")[1::2] if part.strip())
    candidates = (word.strip(".'-/@") for word in _WORD.findall(text.replace("’", "'")))
    words = (part for word in candidates for part in (word.split("/") if word.replace("/", "").isalpha() else [word]))
    return quoted | frozenset(stem(word) for word in words if word and _is_content(word))


def _is_content(word: str) -> bool:
    return word.lower() not in _EMPTY or (word.isupper() and len(word) == 2)


def overlap(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of the smaller set's terms that are in both: 0 to 1."""
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of all terms of both sets that are in both, 0 to 1; words of any work on code count little."""
    both = _weight(first | second)
    return _weight(first & second) / both if both else 0.0


def _weight(terms: frozenset[str]) -> float:
    return sum(_COMMON if term in _COMMON_TERMS else 1.0 for term in terms)


_COMMON = 0.35
_COMMON_TERMS = frozenset(
    stem(word)
    for word in """issue error problem bug change code fix work task test run add check update need review comment
    commit feature result output start stop show tell write create command logic list implement move remove build line
    function""".split()  # noqa: SIM905
)
