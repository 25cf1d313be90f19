"""Sentences that decide something, and what they give up, by few and plain words of English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.queries.review.choice_sentences import quotable
from gitstory.summary.answers import is_lead_in
from gitstory.tell.quotes import plain_words
from gitstory.text.blocks import blocks

_WISH = re.compile(
    r"""(?:(?:ok(?:ay)?|no|yes|and|but|also|so|please|well|actually|then|just|maybe|i\sthink)[\s,.:;-]{1,3}){0,3}
    (?: (?:use|keep|prefer|avoid|never|always|stop|drop|skip)\b | (?:do\snot|don'?t)\s
        (?!worry|forget|know|understand|see)
      | let'?s\s(?:not|use|keep|go\swith|drop|stick|avoid|make\sit|handle|treat|leave|move|switch|put|call|name)\b
      | (?:the\sgoal\sis|next\stime|from\snow\son)\b
      | (?:any|all|every)\s[\w\s-]{2,80}?\s(?:should|must)\s
      | (?:i|we)\s(?:would\s)?(?:really\s)?
        (?:don'?t\swant|do\snot\swant|prefer|would\srather|want\s(?:to\skeep|to\suse|it|this|that|them)
          |would\slike\s(?:to\s(?:use|keep|have)|it|this|that))\b
      | (?:we|you|i\sthink\swe|it|this|that|these|those|they|there|the\s\w+|all\s\w+|every\s\w+)\s
        (?:should|must|shouldn'?t|mustn'?t)
        \s?(?:not|never|always|only|be|use|stay|remain|have|live|go|make|keep|do|put|move)\b
      | (?:(?:i\sthink\s)?(?:it'?s|its|it\sis|it\swould\sbe)\s)?better\s(?:not\s)?to\s
      | [^.?!,]{2,60}?\s(?:is|are)\s(?:ok|okay|fine)\b
      | make\s(?:sure|it|them|this|that)\b | only\s\w+ | instead\b | rather\sthan\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_DIRECTS = re.compile(
    r"""(?:(?:ok(?:ay)?|no|and|but|also|so|please|well|actually|then|just|wait|sorry|hm+)[\s,.:;!-]{1,3}){0,3}
    (?:given\s[^.,]{3,80},\s)?
    (?: i\s(?:only\s|just\s|really\s)?(?:want|need|prefer|meant|said|asked|think)\b
      | i'?d\s(?:rather|prefer|like)\b
      | (?:replace|remove|revert|undo|put|move|change|rename|delete|make|add|set|keep|use|stop|leave|try
        |go\sback|bring\sback|switch)\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_OPINION = re.compile(
    r"\bi\s(?:do\snot\s|don'?t\s)?think\s(?:that\s)?(?:we|it|its|it's|this|you)\b[^.?!]{0,40}\b(?:need|should|must|better)\b",
    re.IGNORECASE,
)
_SHOULD = re.compile(r"\b(?:should|must|needs?\sto|instead)\b", re.IGNORECASE)
_SWAP = re.compile(
    r"""\A(?:[^:.;]{1,80}:\s)?(?:i\s(?:have\s)?|we\s(?:have\s)?|the\s(?:fix|change|solution)\s(?:was|is)\s(?:to\s)?)?
    (?: (?:replac|swapp|dropp)(?:ed|ing)\s(?P<first>[^.;:]{2,110}?)\s(?:with|for|in\sfavou?r\sof|by)\s
      | (?:switch|mov|migrat|chang)(?:ed|ing)\s[^.;:]{0,40}?\bfrom\s(?P<second>[^.;:]{2,110}?)\s(?:over\s)?to\s
    )[^.;:]{2,160}""",
    re.VERBOSE | re.IGNORECASE,
)
_FIX = re.compile(r"(?:so\s)?the\s(?:\w{2,12}\s)?(?:fix|solution|change)\s(?:is|was)\s(?:to|in)\b", re.IGNORECASE)
_CAUSE = re.compile(r"\b(?:but|because|since|only|never|not|instead|whereas|while)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s?\([^()]{0,200}\)")
_DONE_INSTEAD = re.compile(
    r"""\A(?:i|we)(?:'ve|\shave)?\s(?:used|kept|made|put|wrote|built|added|left|set|stored)\s
    [^.;]{2,120}?\s(?:instead\sof|rather\sthan)\s[^.;]{2,200}""",
    re.VERBOSE | re.IGNORECASE,
)
_FOR_REASON = re.compile(
    r"\b(?:because|since|so\sthat|to\s(?:avoid|prevent|keep|make|ensure|fix|let|allow|match|reduce|support)|for\sthe|which|that\s[a-z]{2,20}s"
    r"|guarantees?)\b",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"\b(?:instead\sof|rather\sthan|as\sopposed\sto|over)\s(?P<old>[^.;,:()—–]{2,100}?)"
    r"(?=\s(?:because|since|so|to\savoid|to\skeep|which|as\sit|due\sto|when|for)\b|[.;,:()—–]|\s-\s|\Z)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"(?:\A|,\s|\bso\s|\band\s|\bplease\s|\bi\s|\bwe\s)(?:do\snot|don'?t|never|stop)\s(?:want\s(?:to\s)?)?"
    r"(?P<old>(?!think\b|know\b|see\b|forget\b)[^.;,:()—–]{3,90})",
    re.IGNORECASE,
)
_WILL_NOT = re.compile(
    r"\A(?P<old>[^.,;:]{4,80}?)\s(?:won'?t|will\snot|does\snot|doesn'?t|cannot|can'?t)\swork\b", re.IGNORECASE
)
_IN_PLACE_OF = re.compile(
    r"replac(?:e|ing)\s(?P<old>[^.;,:()—–]{2,60}?)(?=\s(?:with|by|setup|so|because)\b|[.;,:()—–]|\Z)", re.IGNORECASE
)
_FROM = re.compile(
    r"\b(?:switch|mov|migrat|chang|convert)\w{0,4}\s[^.;:]{0,60}?\bfrom\s(?P<old>[^.;,:()—–]{2,60}?)\sto\s",
    re.IGNORECASE,
)
_EXCLUDES = re.compile(r"\b(?:only|never|do\snot|don'?t|instead|no\slonger|rather\sthan|not)\b", re.IGNORECASE)
_AGAINST = re.compile(
    r"\b(?:advise\sagainst|poor\sfit|not\sa\sgood\s(?:fit|idea)|(?:would\s?n.t|do\s?n.t)\srecommend|overkill|doesn't\snaturally)\b",
    re.IGNORECASE,
)
_BECAUSE = re.compile(
    r"(?:because|since|too|otherwise|that way|this way|so that|so no need|it'?s too|this was|that is)\b", re.IGNORECASE
)
_PREFERS = re.compile(r"\b(?:prefer|chose|choose|pick|favou?r|opt(?:ed)?)\w{0,4}\b", re.IGNORECASE)
_OVER = re.compile(r"\A(?:the|a|an|time|all|and|again|it|them|there|here|to|in|on|\d)\b", re.IGNORECASE)
_DECIDES = re.compile(
    r"\b(?:decisions?|trade-?offs?|rationale|alternatives?|rejected|design\schoices?|why\snot|not\sdoing|non-?goals?"
    r"|out\sof\sscope)\b",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\b(?:rationale|reason|decision|choice|why|option)\b", re.IGNORECASE)
_LEAST_WORDS = 5
_HEADING = 6
_MOST = 8


def wished(words: str, *, correcting: bool = False) -> bool:
    """Whether a person's sentence says how something is to be, rather than that something be done.

    `correcting`: where it corrects the agent, any direction does, and a short one too.
    """
    asks = words.rstrip().endswith("?")
    if correcting and len(words.split()) > 2:
        directs = _DIRECTS.match(words) or _WISH.match(words) or (not asks and _SHOULD.search(words))
        return directs is not None and directs is not False
    return quotable(words) and (_WISH.match(words) is not None or _OPINION.search(words) is not None)


def excludes(words: str) -> bool:
    """Whether a sentence says that something is not to be, or nothing else."""
    return _EXCLUDES.search(words) is not None


def advises_against(words: str) -> bool:
    """Whether a sentence of an agent turns down what was asked about."""
    return _AGAINST.search(words) is not None and len(words.split()) > 4


def continues_with_reason(words: str) -> bool:
    """Whether a sentence gives the reason of the one before it: "Too much overhead."."""
    return _BECAUSE.match(words) is not None


def is_swap(words: str) -> bool:
    """Whether a sentence says that one thing took another one's place, and why."""
    return _SWAP.match(words) is not None and _FOR_REASON.search(words) is not None and quotable(words)


def is_fix(words: str, before: str) -> bool:
    """Whether a sentence says what the fix is, behind one that says why: "... but B does not. The fix is to ..."."""
    return _FIX.match(words) is not None and _CAUSE.search(before) is not None and quotable(words)


def did_instead(words: str) -> bool:
    """Whether a sentence says what was done and what was not, with the reason: "I used A rather than B since ..."."""
    match = _DONE_INSTEAD.match(words)
    return match is not None and _FOR_REASON.search(words, match.start()) is not None


def gives_reason(words: str) -> bool:
    """Whether a sentence says why."""
    return _FOR_REASON.search(words) is not None or words.lower().startswith("given ")


def given_up(words: str) -> list[str]:
    """What a sentence says was not taken, in its own words: `a lock` of "use a queue instead of a lock"."""
    words = _ASIDE.sub("", words)
    results: list[str] = []
    if swap := _SWAP.match(words):
        results.append(swap["first"] or swap["second"])
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
    return [plain_words(each).strip() for each in dict.fromkeys(results) if each.strip()][:2]


def _announces(heading: str) -> bool:
    return len(heading.split()) <= _HEADING and not is_lead_in(heading) and _DECIDES.search(heading) is not None


def sectioned(text: str) -> Iterator[str]:
    """The items and rows under a heading that announces decisions, alternatives or what is not done."""
    count = 0
    for block in blocks(text):
        if block.shape not in ("item", "row") or block.depth or not any(map(_announces, block.section)):
            continue
        words = plain_words(block.text)
        header = block.shape == "row" and _HEADER.search(words) is not None and len(words.split()) < 9
        if len(words.split()) < _LEAST_WORDS or is_lead_in(words) or header:
            continue
        yield words
        count += 1
        if count == _MOST:
            return
