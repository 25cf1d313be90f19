"""Sentences in which an agent says on the way what it will do, which way is better or what it left alone. Pure.

"I'll only raise the limit of the live branch since the other one is fast", "A map is better than a list for this",
"Decision: keep one table", "I left the old names alone because callers use them". English only.
"""

from __future__ import annotations

import re

from gitstory.queries.review.choice_sentences import MOST, quotable

_BUILDS = (
    r"(?:use|keep|put|make|add|apply|bump|pin|soften|replace|split|merge|move|leave|skip|drop|store|go\swith|switch|treat"
    r"|wrap|extract|limit|restrict|target|reuse|build|write|generate|default|fall\sback|mirror|set|inline|remove|convert"
    r"|define|handle|bundle|fork|gate|scope|cap|derive|compute|model|expose|implement|rewrite|rely|pass|persist|serve"
    r"|render|cache|guard|route|group|flag|deliver|record|hold|attach|rename|disable|enable|avoid|raise|lower|refactor|harden|patch|fix\s[^.?!]{3,60}?\sto\s(?:use|keep|read|take))"
)
_LEAST = 3
_BUILDING = (
    r"(?:using|keeping|putting|making|applying|bumping|pinning|replacing|splitting|merging|moving|leaving|skipping|dropping"
    r"|storing|going\swith|switching|treating|wrapping|extracting|limiting|reusing|defaulting|falling\sback|persisting"
    r"|pivoting|opting|settling|sticking|reverting|scoping|capping|driving|rendering|caching|routing|removing|rewriting)"
)
_LEAD = (
    r"(?:\A|[—–:;,.]\s)(?:(?:so|now|then|and|but|instead|for\snow|therefore|here|ok(?:ay)?)[\s,]{1,3}){0,2}"
    r"(?:for\s[^,.;:]{2,40}?\s)?"
)
_INTENDS = re.compile(
    rf"{_LEAD}(?:i'll|i\swill|i'm\sgoing\sto|we'll|let\sme|let's|i'd\srather|i've\sdecided\sto)\s"
    rf"(?:(?:just|only|also|instead|therefore|simply|deliberately)\s){{0,2}}{_BUILDS}\b"
    rf"|{_LEAD}i'm\s(?:(?:now|just|only|also)\s)?{_BUILDING}\b",
    re.IGNORECASE,
)
_DIRECTS = re.compile(rf"\A{_BUILDS}\s", re.IGNORECASE)
_ITEM = re.compile(
    r"[^—–:.]{3,80}(?:\s[—–-]{1,2}|:)\s(?:now\s)?(?:moved|switched|replaced|changed|kept|left|dropped|merged|split|stored|pinned|limited|made)\b",
    re.IGNORECASE,
)
_ONGOING = re.compile(
    rf"\A(?:(?:so|now|then|instead)[\s,]{{1,3}})?(?:(?:just|only|deliberately|instead)\s)?{_BUILDING}\b", re.IGNORECASE
)
_SETTLES = re.compile(
    r"(?:(?:my\s|the\s|final\s)?(?:decision|verdict|choice|call)\s?:|making\sthe\s(?:\w{3,12}\s)?call:"
    r"|i(?:'ve|\shave)?\s(?:decided|chose|opted|settled)\b|(?:great|good|ok(?:ay)?|done)?[\s,!]{0,3}we(?:'ve|\shave)\s(?:now\s)?(?:locked|settled|decided|agreed)\b|(?:pivoting|going|switching|opting)\s(?:to|with|for)\s)",
    re.IGNORECASE,
)
_PRAISES = re.compile(
    r"good\s(?:call|idea|point)\s?[—–-]{1,2}\s?\w|(?:(?:yes|good\scall|great|ok(?:ay)?)[\s,.!—–-]{1,4})?(?:that's|that\sis|this\sis|yours\sis)\s(?:actually\s)?(?:an?|the)\s"
    r"(?:much\s|far\s|really\s)?(?:better|cleaner|simpler|smarter|safer|stronger|right|good|great|solid)\s"
    r"(?:and\s\w+\s)?(?:design|pattern|approach|idea|call|way|plan|choice|solution)\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\bi(?:'d|\sdo|\swould)?\s(?:really\s|actually\s|(?P<only>only\s|just\s))?(?:want|prefer|like)\b(?!\sto\s(?:know|understand|see|ask|make\ssure\syou)\b)",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:is|are|was|be|looks?|seems?)\s(?:an?\s)?(?:much\s|far\s|clearly\s|simply\s)?"
    r"(?:better|simpler|safer|cleaner|cheaper|clearer|more\s(?:reliable|robust|honest|durable|portable))\s"
    r"(?:(?:choice|approach|option|fit|call|design|way|place|idea|match)\s)?(?:(?:here|for\s\w{2,20})\s)?than\s\S",
    re.IGNORECASE,
)
_RIGHT_WAY = re.compile(
    r"\bthe\s(?:(?:right|cleanest|simplest|safest|best|correct|better|cleaner|pragmatic|responsible|most\s\w{4,12})\s"
    r"(?:move|call|answer|path|pattern|home|tool|model|trade-?off|solution)|answer)\s(?:here\s)?(?:is|would\sbe)\b",
    re.IGNORECASE,
)
_UNLIKE = re.compile(r"\Aunlike\s[^,.]{3,80},\s", re.IGNORECASE)
_LEFT_ALONE = re.compile(
    r"(?:\A|[;—–]\s)(?:(?:but|and|so)\s)?i(?:'ve|\shave)?\s(?:also\s|only\s)?(?:(?:deliberately|intentionally|purposely)\s(?!did\b|didn't\b|left\s\w+\sun)\w+"
    r"|left|skipped|avoided|kept|dropped|(?:did\snot|didn't)\s(?:change|add|rename|remove|use|convert|migrate|include|replace|merge|split|make))\b"
    r"(?!\sminimal)",
    re.IGNORECASE,
)
_DELIBERATE = re.compile(r"\b(?:is|are|was|were|stays?|kept|left)\s(?:deliberately|intentionally)\s\w+", re.IGNORECASE)
_NOT_NEEDED = re.compile(
    r"\b(?:(?:is|are)\s(?:\w{2,12}ly\s)?(?:enough|sufficient|overkill|redundant|unnecessary)|(?:isn't|aren't|is\snot|are\snot)\s"
    r"(?:needed|necessary|required|worth))\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"\b(?:instead\sof|rather\sthan|as\sopposed\sto|in\sfavou?r\sof|unlike|no\slonger)\b|[\s,(–—-]not\s(?!only|yet|sure|just|even)\w"
    r"|\binstead\b|\bonly\s(?:[\w`-]+\s){0,4}?(?:as|when|where|if|for|in|on|after)\b|\b(?:directly|manually|by\shand)\b"
    r"|\bremov(?:e|ing)\b.{3,100}\bkeep|\bkeep(?:ing)?\b.{3,100}\bremov",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since\s(?!then|the\slast)|so\s(?!far|much|many|on\b|i\b|you\b|let|now|we\scan\s(?:see|check|test))\w+|to\s(?:avoid|prevent|keep)\b"
    r"|otherwise|which\s(?:means|works|keeps|avoids|lets|makes|gives|allows|removes|handles)|\([^()]{3,80}?\s(?:that|which)\s[^()]{3,120}\)|given\s(?:that|the))\b|\s[—–]\s(?:that's|it's|they're|that|it|this|they|[\w`'./-]{2,40}(?:\s[\w`'./-]{2,20}){0,2}?)\s"
    r"(?:is|are|was|does|do|has|have|would|can|can't|cannot|already|only|creates?|makes?|needs?|keeps?|gives?|means|lets?|avoids?|breaks?)\b",
    re.IGNORECASE,
)
_WEIGHED = re.compile(
    r"\b(?:instead\sof|rather\sthan|because|so\s(?:that|it|we)\b)|\s[—–]\s(?:removes|avoids|keeps|makes|prevents|gives|saves)\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"[,;—–]\sso\s", re.IGNORECASE)
"""What an agent does follows from what it says before: "the script has both, so I'll keep it"."""
_INSTEAD = re.compile(
    r"\A(?:instead|better),?\s[^.?!]{3,80}?\b(?:should|must|will|can|uses?|keeps?|takes?)\b", re.IGNORECASE
)
_ENOUGH_HERE = re.compile(
    r"\A(?:an?|one|the)\s[^.,;:]{3,60}\s(?:is|are)\s(?:enough|sufficient|plenty)\shere\b", re.IGNORECASE
)
_NOW_DOES = re.compile(
    r"\A(?!(?:i'm|i|but|and|so)\b)(?!.{0,30}\b(?:tests?|build|pass\w*|green|fail\w*)\b)[^.?!]{2,80}?\s(?:is\s|are\s)?now\s[a-z]{3,20}\b",
    re.IGNORECASE,
)
_ALREADY = re.compile(
    r"\balready\s(?:handles?|does|do|covers?|provides?|exposes?|has|have|checks?)\b[^.?!]{3,120}?[;,—–]\s[^.?!]{2,60}?\s(?:doesn't|isn't|don't|aren't|does\snot|is\snot)\s(?:need|needed)\b",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"\A(?:removing|dropping|moving|keeping|splitting|merging|using|storing)\s[^.?!]{3,100}?\s(?:leaves|keeps|makes|gives|avoids|lets|means)\s(?!this\b|it\b|that\b)\S",
    re.IGNORECASE,
)
_WANTS_SO = re.compile(
    r"\bi\s(?:want|need|would\slike)\s(?:the|this|that|these|it|all)\b[^.?!]{0,90}?\sto\s(?:be|have|look|use|stay|go|show|live|come)\b",
    re.IGNORECASE,
)
_IN_TURN = re.compile(r"\A(?:now\s)?(?:replacing|turning)\s[^.?!]{3,110}?\s(?:with|into|by)\s\S", re.IGNORECASE)
_IS_RIGHT = re.compile(
    r"\A(?!this\b|that\b|it\b|which\b)[^.?!]{3,120}?\s(?:is|are)\sthe\s(?:right|correct|safest|simplest|cleanest|best|better)\s(?:[\w\"'-]{2,20}\s)?"
    r"(?:fix|call|move|choice|approach|way|place|pattern|option|trade-?off|fit|home)\b",
    re.IGNORECASE,
)
_DELIVERS = re.compile(
    r"\A(?:it|that|this|they|these|those|you)\b|\b(?:commit(?:s|ted|ting)?|(?:feature|new|clean|separate|own|this|the|a)\sbranch|branches|your\scall|skills?|rebas\w+"
    r"|(?:un)?stag(?:e|ed|ing)(?!\sroll)|push(?:ed|ing)?|worktrees?|pull\srequests?|prs?|sub-?agents?|to-?dos?)\b",
    re.IGNORECASE,
)
"""How the work is delivered, and what cannot be understood alone."""
_FINDS_OUT = re.compile(
    r"\bkeep\s(?!using|storing|having)\w+ing\b|\b(?:remaining|outstanding)\s(?:\w+\s){0,2}(?:fixes|items|tasks|edits|changes|issues)\b|──"
    r"|\b(?:let\sme|i'll|i\swill|we'll)\s(?:(?:just|now|also|first)\s){0,2}(?:use\s(?:the|a|an)\s[^.]{0,40}(?:agent|tool|skill|script|search|command|subagent)|use\s(?:bash|sed|grep|python|a\sscript)\b"
    r"|make\s(?:sure|the\s(?:edit|change)s?)|add\s(?:the|a)\s(?:test|import|missing)|write\s(?:the|a)\s(?:test|plan|summary)|set\sup\s)"
    r"|\A(?:i'm|i\sam|i'll)\s(?:\w+\s)?(?:check|trac|read|look|inspect|verify|confirm|find|map)(?:ing)?\b"
    r"|\b(?:to\s(?:verify|check|confirm|see|understand|find|debug|investigate|reproduce|test)|once\syou|if\syou(?:'d|\swant|\slike)"
    r"|you\scan|let\sme\sknow|tell\sme|want\sme|in\sparallel|one\sby\sone|step\sby\sstep)\b",
    re.IGNORECASE,
)
"""Work that finds out or announces, and offers, which decide nothing."""


def prefers_own(words: str) -> bool:
    """Whether a person says what they want and what they do not: "i only want the small one, not both"."""
    match = _WANTS.search(words)
    return match is not None and (match["only"] is not None or _CONTRAST.search(words) is not None)


def sets_against(words: str) -> bool:
    """Whether a sentence names what is not done: "only where ...", "instead of ...", "not a list"."""
    return _CONTRAST.search(words) is not None


def wants_so(words: str) -> bool:
    """Whether a person says how they want something to be: "i want the list to have one column"."""
    return _WANTS_SO.search(words) is not None and quotable(words)


def now_does(words: str) -> bool:
    """Whether a sentence of a closing answer says what something does now, and why: "Sorting now happens in memory,
    which works with every store"."""
    words = words.replace("’", "'")
    return _NOW_DOES.match(words) is not None and _REASON.search(words) is not None and quotable(words)


def settles(words: str) -> bool:
    """Whether a sentence of an agent only names what it decided on: "Pivoting to the public form."."""
    words = words.replace("’", "'")
    return _SETTLES.match(words) is not None and _LEAST <= len(words.split()) <= MOST and not words.endswith("?")


def argues_for(words: str) -> bool:
    """Whether a sentence says why something is the better way, which the next one may name."""
    return (
        _BETTER.search(words) is not None or _RIGHT_WAY.search(words) is not None or _REASON.search(words) is not None
    )


def praises(words: str) -> bool:
    """Whether an agent calls what a person proposed the better way: "That's a much cleaner pattern."."""
    return _PRAISES.match(words.replace("’", "'")) is not None


def announces(words: str) -> bool:
    """Whether an agent's sentence says what it decided: what it will do and why or not, or which way is the better."""
    words = words.replace("’", "'").rstrip(": ")
    if settles(words):
        return True
    if not quotable(words) or _DELIVERS.search(words) is not None or _FINDS_OUT.search(words) is not None:
        return False
    reason, contrast = _REASON.search(words) is not None, _CONTRAST.search(words) is not None
    if _BETTER.search(words) is not None or _ALREADY.search(words) is not None:
        return True
    if any(form.match(words) is not None for form in (_UNLIKE, _ENOUGH_HERE, _LEAVES, _IN_TURN)):
        return True
    if _RIGHT_WAY.search(words) is not None:
        return reason or contrast or " to " in words
    if _DIRECTS.match(words) is not None:
        return _WEIGHED.search(words) is not None
    intends = _INTENDS.search(words)
    if intends is not None and _FOLLOWS.match(intends[0]) is not None:
        return True
    if any((intends, _ONGOING.match(words), _ITEM.match(words))):
        return reason or contrast
    if _LEFT_ALONE.search(words) is not None or _DELIBERATE.search(words) is not None:
        return reason
    if any((_INSTEAD.match(words), _NOT_NEEDED.search(words))):
        return reason
    return _IS_RIGHT.match(words) is not None and (reason or contrast)
