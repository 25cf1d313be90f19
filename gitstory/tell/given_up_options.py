"""What a sentence says is given up, turned down or replaced, by few and plain words of English. Pure."""

from __future__ import annotations

import re

from gitstory.tell.design_wishes import replaced_value
from gitstory.tell.quotation_extracts import plain_words

_SWAP = re.compile(
    r"""\A(?:[^:.;—–]{1,80}(?::|\s[—–])\s)?(?:i\s(?:have\s)?|we\s(?:have\s)?|the\s(?:fix|change|solution)\s(?:was|is)\s(?:to\s)?
      |the\s\w{2,12}\s(?:fix|change)\sis\s|(?:the\s(?:plan|change|patch|fix)|this)\s)?
    (?: (?:replac(?:e[ds]?|ing)|swapp(?:ed|ing))\s(?P<first>`[^`]{1,90}`|[^.;:]{2,110}?)\s
        (?:with|for|in\sfavou?r\sof|by)\s
      | dropp(?:ed|es|ing)\s(?P<third>[^.;:,]{2,110}?)\s(?:for|in\sfavou?r\sof)\s
      | turn(?:ed|ing)\s(?P<turned>[^.;:]{2,110}?)\sinto\s
      | (?:switch|mov|migrat|chang)(?:ed|ing)\s[^.;:]{0,40}?\bfrom\s(?P<second>[^.;:]{2,110}?)\s(?:over\s)?to\s
    )[^.;:]{2,160}""",
    re.VERBOSE | re.IGNORECASE,
)
_ASIDE = re.compile(r"\s?\([^()]{0,200}\)")
_GIVEN_UP = re.compile(
    r"\b(?:instead\sof|rather\sthan|as\sopposed\sto|over)\s(?P<old>(?:[^.;,:()—–]|[.:](?=\w)){2,100}?)"
    r"(?=\s(?:because|since|so|to\savoid|to\skeep|which|as\sit|due\sto|when|for|avoids?|keeps?|makes?|prevents?|lets?|means|gives?)\b"
    r"|[.:](?!\w)|[;,()—–]|\s-\s|\Z)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"(?:\A|,\s|\bso\s|\band\s|\bplease\s|\bi\s|\bwe\s)(?:do\snot|don'?t|never|stop)\s(?:(?:want|need)\s(?:to\s)?)?"
    r"(?P<old>(?!think\b|know\b|see\b|forget\b|like\b)(?:[^.;,:()—–]|\.(?=\w)){3,90})",
    re.IGNORECASE,
)
_DISLIKED = re.compile(
    r"\bi\s(?:really\s)?(?:do\snot|don'?t)\slike\s(?:that\s)?(?P<old>(?:[^.;,:()—–]|\.(?=\w)){3,90})"
    r"|\bnot\s(?P<only>(?:only|just)\s(?!that\b|because\b|the\scase\b)[^.;,:()—–]{3,80}?)(?=\sbut\b|\sand\b|[.;,:()—–]|\Z)"
    r"|\bno\s(?P<needless>(?!one\b|longer\b|changes?\b)[^.;,:()—–]{3,60}?)\s(?:is\s|are\s)?(?:needed|required|necessary)\b",
    re.IGNORECASE,
)
_WILL_NOT = re.compile(
    r"\A(?P<old>[^.,;:]{4,80}?)\s(?:won'?t|will\snot|does\snot|doesn'?t|cannot|can'?t)\swork\b", re.IGNORECASE
)
_NOT_THIS = re.compile(
    r",\s(?:and\s)?not\s(?:in\s|by\s|on\s|with\s)?(?P<last>(?!only\b|just\b|yet\b|sure\b|even\b|that\b|because\b|to\b|so\b|a\sbug\b|all\b|necessarily\b|part\sof\b|(?:in\s)?scope\b|(?:an?\s)?(?:bug|regression|issue|problem)\b)(?:[^.;,:()—–]|[.:](?=\w)){2,60}?)"
    r"(?=\s(?:because|since|so|which|when)\b|[.:](?!\w)|[;,()—–]|\Z)"
    r"|\bnot\s(?P<first>[^.;,:()—–]{3,60}?)\sbut\s(?:rather\s)?(?:a|an|the|by|with|in|on|through|via)\s",
    re.IGNORECASE,
)
_LESS_GOOD = re.compile(
    r"\b(?:better|simpler|safer|cleaner|cheaper|clearer|more\s\w{4,12})\s(?:\w{3,10}\s){0,2}?than\s(?P<than>(?:[^.;,:()—–]|\.(?=\w)){2,60}?)"
    r"(?=\s(?:because|since|so|which|for|here)\b|\.(?!\w)|[;,:()—–]|\Z)"
    r"|\bunlike\s(?P<unlike>[^.;,:()—–]{3,60}?)(?=,|\Z)"
    r"|(?:\A|,\s(?:so\s)?|[—–]\s)(?P<needless>(?:an?|the|another)\s[^.;,:()—–]{3,60}?)\s(?:isn't|is\snot|aren't)\s(?:needed|necessary|required)\b",
    re.IGNORECASE,
)
_DROPPED_FOR = re.compile(
    r"(?:\A|[;,—–]\s)(?P<old>[^.;,:()—–]{2,50}?)\s(?:was\s|is\s|were\s)?(?:dropped|removed|replaced)\s(?:in\sfavou?r\sof|by)\s",
    re.IGNORECASE,
)
_INSTEAD_ASIDE = re.compile(r"\((?:instead\sof|rather\sthan)\s(?P<old>[^()]{3,80})\)", re.IGNORECASE)
_WITH_REMOVAL = re.compile(r"\((?:removed|replaced|dropped|deleted)\s(?P<old>[^()]{3,80})\)", re.IGNORECASE)
_IN_PLACE_OF = re.compile(
    r"replac(?:es?|ing)\s(?P<old>(?:[^.;,:()—–]|\.(?=\w)){2,60}?)"
    r"(?=\s(?:with|by|setup|so|because)\b|\.(?!\w)|[;,:()—–]|\Z)",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:switch|mov|migrat|chang|convert)\w{0,4}\s[^.;:]{0,60}?\bfrom\s(?P<old>[^.;,:()—–]{2,60}?)\sto\s",
    re.IGNORECASE,
)
_PREFERS = re.compile(r"\b(?:prefer|chose|choose|pick|favou?r|opt(?:ed)?)\w{0,4}\b", re.IGNORECASE)
_OVER = re.compile(r"\A(?:the|a|an|time|all|and|again|it|them|there|here|to|in|on|\d)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"(?:each|it|them|this|that|these|those|one|all|here|there|me|you|us|the\s(?:other|rest|latter|former))(?:\s\w+ly)?|.{1,60}\s(?:yet|anymore)",
    re.IGNORECASE,
)
"""What only points at something named before, and what is not so yet: no alternatives."""
_REMOVE = re.compile(
    r"\b(?:remove|drop|delete|get\srid\sof)\s(?:everything\sabout\s|all\s(?:of\s)?)?(?P<old>(?:the|this|that|these|those|all|any|my|our)\s[^.;,:()—–]{2,60}?)"
    r"(?=\s(?:and|but|because|since|so|as|from|on|in)\b|[.;,:()—–]|\Z)",
    re.IGNORECASE,
)


def removed(words: str) -> list[str]:
    """What a person wants to be removed, in their own words."""
    return [plain_words(match["old"]).strip(" ?!") for match in _REMOVE.finditer(words)][:2]


def given_up(words: str) -> list[str]:
    """What a sentence says was not taken, in its own words: `a lock` of "use a queue instead of a lock"."""
    aside = [match["old"] for match in (*_WITH_REMOVAL.finditer(words), *_INSTEAD_ASIDE.finditer(words))]
    whole, words = plain_words(words), _ASIDE.sub("", words)
    results: list[str] = []
    if swap := _SWAP.match(words):
        results.append(swap["first"] or swap["second"] or swap["third"] or swap["turned"])
    for match in _GIVEN_UP.finditer(words):
        if match[0][:4].lower() == "over" and (_OVER.match(match["old"]) or not _PREFERS.search(words)):
            continue
        results.append(match["old"])
    results += [
        match["old"]
        for match in (_WILL_NOT.match(words), _IN_PLACE_OF.search(words), _FROM.search(words))
        if match is not None
    ]
    results += [match["old"] for match in _REFUSED.finditer(words)]
    results += [match["old"] or match["only"] or match["needless"] for match in _DISLIKED.finditer(words)]
    results += [match["last"] or match["first"] for match in _NOT_THIS.finditer(words)]
    results += [match["than"] or match["unlike"] or match["needless"] for match in _LESS_GOOD.finditer(words)]
    results += [match["old"] for match in _DROPPED_FOR.finditer(words)]
    results += [*aside, *replaced_value(words)]
    named = [_as_it_stands(plain_words(each).strip(" ?!"), whole) for each in dict.fromkeys(results)]
    kept = [each for each in named if each and _POINTS.fullmatch(each) is None]
    return [each for each in kept if not any(other != each and other in each for other in kept)][:2]


def _as_it_stands(words: str, whole: str) -> str:
    """The beginning of `words` that stands in `whole`, from which brackets had been left out; "" for none."""
    while words and words not in whole:
        words = words.rpartition(" ")[0]
    return words


def states_swap(words: str) -> bool:
    """Whether a sentence says that one thing took the place of another."""
    return _SWAP.match(words) is not None


def names_removal(words: str) -> bool:
    """Whether a bracket names what was removed or replaced: "one table (removed both caches)"."""
    return _WITH_REMOVAL.search(words) is not None


def names_what_is_not(words: str) -> bool:
    """Whether a sentence names, behind what is so, what is not: "in the store, not in the session"."""
    return _NOT_THIS.search(words) is not None
