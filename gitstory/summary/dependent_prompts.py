"""What a prompt asks for by itself, and what it leaves to the messages before it. Pure; words decide, few and plain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from gitstory.model import Turn
from gitstory.text.late_pattern import late_pattern

_WORD = late_pattern(r"[^\W_][\w'’.-]*[\w]|[^\W_]")
_COMMAND = late_pattern(r"(?<!\s)\s*+/[A-Za-z][\w:.-]*(?:\s|\Z)")
_COMMANDS = late_pattern(r"(?<!\S)/[A-Za-z][\w:.-]*(?!\S)")
"""Commands wherever they stand; no paths."""
_EMPTY_WORDS = frozenset(
    """a about actually add address after again agree agreed all alright also an and another any anything are as at be
    been before begin but by can carry change changed changes check clean coderabbit comment comments commit commits
    committed complete continue cool could create did do does doing don't done else everything execute existing
    feedback few finding findings finish first fix fixed fixes following for from full further get git give go going
    good got great had has have he hello help here hey hi how i i'd i'll i'm i've if implement in into is issue
    issues it it's item items its just keep let let's lets lgtm like lint list log look looks main make me merge
    more my need needed needs new next nice no not now of off oh ok okay on one ones only open option options or
    other our out outstanding over perfect phase plan please pls point points pr proceed proposal proposed pull push
    ready rebase recommend recommendation recommendations recommended remaining request resolve resume retry review
    right run same second see should show so some something sorry sounds start status step steps still stop suggest
    suggested suggestion suggestions sure task tasks test tests than thank thanks that that's the them then there
    these they thing things think third this those through to todo together too try two up update us use used want
    was we well were what when where which while will wip with work working works would write wrong yeah yep yes yet
    you your""".split()  # noqa: SIM905
)
_POINTING = late_pattern(
    r"\b(?:it|its|that|this|these|those|them|they|both|all|same|one|ones|option|options|first|second|third|last|above|"
    r"recommended|proposed|suggested|suggestion|recommendation|recommendations|suggestions|findings|issues|comments)\b",
    re.IGNORECASE,
)
_NAMED = late_pattern(r"\b[A-Z]{2}[A-Z0-9]*+-\d++[a-z]?\b|(?<![\w#])#\d++\b")
_LIST = r"(?:\d{1,2}|[A-F])(?!\.{0,8}\w)(?:\s*+(?:,|&|\+|and|or|-|–|to|through)++\s*+#?(?:\d{1,2}|[A-F])(?!\.{0,8}\w))*"
_NUMBERED = late_pattern(
    r"\b(?i:options?|items?|issues?|points?|steps?|numbers?|nos?\.?|findings?|questions?|suggestions?|fix(?:es)?|tasks?"
    r"|choices?|approach(?:es)?|plans?|todos?|comments?|changes?)\s*+(?::\s*+)?#?"
    rf"({_LIST})"
    rf"|\b(?i:only|do|try|implement|with|take)\s*+#?({_LIST})"
    r"(?=\s*+(?:\Z|[^\w\s]|(?i:and|then|please|first|but|only|now|too|as|for|instead|also|if|so|before|after)\b))"
)
"""Words that name items; behind a verb alone nothing may be counted: "with 2 digits"."""
_BARE = late_pattern(
    r"\s*(?:(?:yes|ok|okay|sure|let's|lets|do|go|with|yeah|yep|the)[\s,:.]++)*#?"
    r"((?:\d{1,2}|[a-f])(?:(?:,|&|\+|and|\s)++(?:\d{1,2}|[a-f])\b)*)[\s).!,:-]*+"
    r"(?:\Z|please|then|and\b|but\b|only\b)",
    re.IGNORECASE,
)
_SPAN = late_pattern(r"(\d{1,2})\s*(?:-|–|to|through)\s*(\d{1,2})")
_SINGLE = late_pattern(r"\d{1,2}|[A-Za-z]\b")
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "former": "1", "latter": "2"}
_GOES_ON = late_pattern(
    r"\s*(?:(?:ok(?:ay)?|yes|yeah|yep|please|now|sorry|great|perfect|good|cool|alright)[\s,.!]{1,3}){0,3}"
    r"(?:continue|go on|go ahead|keep (?:going|on)|proceed|resume|carry on|try again|retry|push on|pick up|next)\b",
    re.IGNORECASE,
)
_AGAIN = late_pattern(r"\b(?:try|retry|run|do)\s(?:it\s|that\s)?again(?:\s(?:now|please))?\W*\Z", re.IGNORECASE)
"""How a prompt ends that has the same done again."""
_AGREES = late_pattern(
    r"\s*(?:yes|yeah|yep|yup|sure|ok(?:ay)?|correct|right|exactly|agreed|sounds good|perfect|great|cool|lgtm|no|nope"
    r"|please do|do it|let'?s)\b",
    re.IGNORECASE,
)
_OF_THE_AGENT = late_pattern(
    r"\byour?\s(?:\w+\s){0,2}(?:plan|proposals?|suggest\w*|recommend\w*|list|todos?|analysis|review|findings|report"
    r"|approach|said|mentioned|listed|proposed|found|identified|described)\b|\b(?:other|two|three|both) things\b",
    re.IGNORECASE,
)
_OF_ITS_OWN = late_pattern(
    r"\s*(?:ok(?:ay)?|great|cool|perfect|right)\b[\s,.!]{1,3}(?:(?:and|but|so|now)\s)?"
    r"(?:can|could|how|what|why|when|where|who|should|is|are|does|do|did)\b(?=[^.!\n]{1,200}\?)",
    re.IGNORECASE,
)
"""A question of its own behind a word that only takes note: "okay, can we fix the parser now?"."""
_DOES_IT = late_pattern(
    r"\s*(?:(?:ok(?:ay)?|yes|yeah|yep|please|now|great|perfect|good|cool|so|then|and|(?:can|could) you|let'?s)"
    r"[\s,.!]{1,3}){0,3}"
    r"(?:implement|do|build|make|add|apply|try|use|fix|change|create|ship|write|start)\s"
    r"(?:(?:it|them|both)\b|(?:this|that|these|those)(?=\W*\Z|\s?[,.;!]|\s(?:if|and|then|please|now|too|as|in|with)\b))",
    re.IGNORECASE,
)
"""Asks for what was talked about: "implement it if it is easy, then open a pull request"."""
_SETTLES = late_pattern(
    r"\s*(?:the\s)?[\w-]{1,30}(?:\s[\w-]{1,30})?\s(?:is|are|sounds?|looks?|works?|would\sbe)\s"
    r"(?:just\s|totally\s|perfectly\s)?(?:fine|good|ok(?:ay)?|great|perfect|best|enough)\W*\Z",
    re.IGNORECASE,
)
"""Names one of the things that were offered: "public is fine"."""
_REFUSES = late_pattern(
    r"\s*(?:(?:ok(?:ay)?|hm+|well|sorry|wait|oh)[\s,.!]{1,3}){0,2}(?:no(?:pe)?\b(?!\s(?:problem|worries|need|rush))|don'?t\b"
    r"|do not\b|stop\b|not\s(?:like\s)?(?:that|this|what|quite)\b|never\s?mind)",
    re.IGNORECASE,
)
_SHORT, _MIDDLE = 8, 20
_MOST_BESIDE = 4
"""Words that say something beside "implement it"."""
_LONGEST_ATTACHING = 2_000
_LOOKED_AT = 2_000
"""Characters of a prompt's beginning whose words count."""


def words(text: str) -> list[str]:
    """The words of a prompt's beginning, in lower case."""
    return [word.lower() for word in _WORD.findall(text[:_LOOKED_AT])]


def content_words(text: str) -> list[str]:
    """Those of its words that say what it is about, rather than that something be done."""
    return [word for word in words(text) if word not in _EMPTY_WORDS and not word.isdigit()]


def is_command(prompt: str) -> bool:
    """Whether a prompt is a slash command."""
    return _COMMAND.match(prompt) is not None


def only_attaches(prompt: str) -> bool:
    """Whether a prompt names files and says nothing else: `@plan.md`."""
    names = prompt[:_LONGEST_ATTACHING].split()
    return bool(names) and all(len(name) > 1 and name.startswith("@") for name in names)


@lru_cache(maxsize=16)
def says_little(prompt: str) -> bool:
    """Whether a prompt can only be understood with what was said before it: `yes, do 2 and 5`, `/execute-phase 14`."""
    if only_attaches(prompt):
        return True
    if is_command(prompt):
        return _count_content(prompt) < 4
    if next(islice(_WORD.finditer(prompt[:_LOOKED_AT]), _MIDDLE, None), None) is not None:
        return False
    count, content = len(words(prompt)), _count_content(prompt)
    if _SETTLES.match(prompt) is not None or (_DOES_IT.match(prompt) is not None and content <= _MOST_BESIDE):
        return True
    if _GOES_ON.match(prompt) is not None and content <= 3:
        return True
    if _AGAIN.search(prompt) is not None and content <= _MOST_BESIDE and count <= _SHORT + _MOST_BESIDE:
        return True
    pointing = _POINTING.search(prompt) is not None or bool(references(prompt))
    if count <= _SHORT:
        return content < (3 if pointing else 2)
    return content < (3 if pointing else 1)


def _count_content(prompt: str) -> int:
    return len(content_words(_COMMANDS.sub("", prompt)))


def answers(prompt: str, message: str) -> bool:
    """Whether a prompt replies to the agent's message: to its question, or to what it listed."""
    if _OF_THE_AGENT.search(prompt[:400]) is not None:
        return True
    agrees = _AGREES.match(prompt[:80]) is not None and _OF_ITS_OWN.match(prompt[:400]) is None
    return agrees and "?" in message[-400:]


def refuses(prompt: str) -> bool:
    """Whether a prompt turns down what the agent proposed."""
    return _REFUSES.match(prompt[:200]) is not None


def leans(turn: Turn) -> bool:
    """Whether a turn carries on what an earlier one began, by its kind where that is known and by its words."""
    if turn.kind in ("continuation", "automated") or not turn.prompt.strip():
        return True
    short = len(words(turn.prompt)) <= _SHORT
    return says_little(turn.prompt) or (short and turn.kind in ("answer", "correction"))


def references(prompt: str) -> Sequence[str]:
    """The list items a prompt names, in lower case: `2`, `5`, `b`, `low-02`."""
    head = prompt[:600]
    names = [name.lower() for name in _NAMED.findall(head)]
    if len(words(head)) <= 2 * _MIDDLE:
        spans = ["".join(pair) for pair in _NUMBERED.findall(head)]
        bare = _BARE.match(head)
        for span in [*spans, *([bare[1]] if bare is not None else [])]:
            names += _numbers(span)
        names += [_ORDINALS[word] for word in words(head)[:12] if word in _ORDINALS]
    return list(dict.fromkeys(names))


def _numbers(span: str) -> list[str]:
    between = _SPAN.search(span)
    if between is not None and 0 < int(between[2]) - int(between[1]) < 20:
        return [str(number) for number in range(int(between[1]), int(between[2]) + 1)]
    return [name.lower() for name in _SINGLE.findall(span.replace("and", ",").replace("or", ","))]
