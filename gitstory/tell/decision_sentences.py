"""Sentences that decide something, and what they give up, by few and plain words of English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.queries.review.choice_sentences import quotable, sentences
from gitstory.summary.closing_answers import is_lead_in
from gitstory.tell.announced_choices import prefers_own, sets_against
from gitstory.tell.design_wishes import designs, replaced_value, wishes_apart
from gitstory.tell.quotes import plain_words
from gitstory.tell.stated_swaps import only_reports
from gitstory.text.blocks import blocks

_WISH = re.compile(
    r"""(?:(?:ok(?:ay)?|no|yes|and|but|also|so|please|well|actually|then|just|maybe|i\sthink)[\s,.:;-]{1,3}){0,3}
    (?: (?:use|keep|prefer|avoid|never|always|stop|drop|skip)\b | (?:do\snot|don'?t)\s
        (?!worry|forget|know|understand|see)
      | let'?s\s(?:not|use|keep|go\swith|drop|stick|avoid|make\sit|handle|treat|leave|move|switch|put|call|name)\b
      | (?:the\sgoal\sis|next\stime|from\snow\son)\b
      | (?:any|all|every)\s[\w\s-]{2,80}?\s(?:should|must)\s
      | (?:i|we)\s(?:would\s)?(?:really\s)?
        (?:don'?t\swant|do\snot\swant|prefer|would\srather|want(?:ed)?\s(?:to\skeep|to\suse|it|this|that|them|(?:the|a|my|our)\s[\w\s-]{2,60}?\sto\b)
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
      | i'?d\s(?:rather|prefer|like)\b | i\s(?:really\s)?(?:do\snot|don'?t)\slike\b
      | i\s(?:would\shave|would'?ve|had|'d\shave)\sexpected\b
      | (?:we|you)\scan\s(?:actually\s|just\s)?(?:remove|drop|delete|keep|use|skip)\b | let'?s\s(?:do|have|start|get)\b
      | (?:replace|remove|revert|undo|put|move|change|rename|delete|make|add|set|keep|use|stop|leave|try
        |go\sback|bring\sback|switch)\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_WANTS = re.compile(
    r"\bi\s(?:think\si\s)?(?:actually\s|rather\s)?(?:want|need|prefer|meant)\s(?!to\s(?:know|understand|see)\b)"
    r"|\bi\s(?:do\snot|don'?t)\slike\b|\bi\swould\shave\sexpected\b|\bjust\s(?:delete|remove|use|keep|move|revert)\b",
    re.IGNORECASE,
)
"""Directs anywhere in a correction: people type several sentences without a mark between them."""
_OPINION = re.compile(
    r"\bi\s(?:do\snot\s|don'?t\s)?think\s(?:that\s)?(?:we|it|its|it's|this|you)\b[^.?!]{0,40}\b(?:need|should|must|better)\b",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(
    r"(?:hm+|well|and|so|ok(?:ay)?)?[\s,.]{0,3}(?:what|how)\sabout\s(?!the\b|this\b|that\b|those\b)", re.IGNORECASE
)
"""Proposes: "how about a map pin there"; "what about the tests?" asks."""
_SHOULD = re.compile(r"\b(?:should|must|needs?\sto|instead)\b", re.IGNORECASE)
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
_FIX = re.compile(r"(?:so\s)?the\s(?:\w{2,12}\s)?(?:fix|solution|change)\s(?:is|was)\s(?:to|in)\b", re.IGNORECASE)
_NAMED_FIX = re.compile(
    r"(?:the\s)?(?:fix|solution|resolution|change|what i changed)(?:\s\d{1,2})?:\s\S", re.IGNORECASE
)
_NAMED_CAUSE = re.compile(
    r"(?:the\s)?(?:(?:root\s)?(?:cause|problem|bug|why|reason)(?:\s\d{1,2})?:|root\scause\s(?:is|was)\b"
    r"|what\swas\s(?:actually\s|really\s)?(?:wrong|broken)\b[^.\s]{0,3})(?:\s\S|\Z)",
    re.IGNORECASE,
)
_APPROACH = re.compile(
    r"(?:so\s)?(?:the\s(?:\w{2,12}\s)?(?:approach|design|answer|plan|fix|solution)\s(?:is\s\w{3,10}:\s|is\s(?:to\s)?use\s)"
    r"|(?:this|that|it)(?:'s|\sis)\sthe\s(?:correct|right|better|best|cleaner|pragmatic|simpler|safer)\s(?:approach|fix|place|choice)\b"
    r"|your\s[^.:;]{3,60}?\sis\sthe\s(?:correct|right|better|best|pragmatic|simpler|safer)\s(?:approach|fix|place|choice)\b)",
    re.IGNORECASE,
)
_DID = re.compile(
    r"(?:[\w`./:()#&-]{1,60}\s){0,4}?(?:[—–-]\s)?(?:now\s)?(?:add|extract|chang|replac|remov|mov|mad|kept|gave|switch|us|rout|stor|split"
    r"|merg|wrapp|defer|inlin|hoist|reus|guard|captur|expos|isolat|simplifi|convert)(?:ed|d|e)?\s",
    re.IGNORECASE,
)
_STRONG_REASON = re.compile(
    r"\b(?:because|since\s(?!then)|so\s(?:that|the|it|we|a|callers|users|each|no|every)\b|to\s(?:avoid|prevent)"
    r"|which\s(?:handles|keeps|avoids|works|removes|lets|makes|gives)|without\s\w+ing|would\s(?:miss|break|lose|fail|leave)|otherwise|never\s\w+s)\b",
    re.IGNORECASE,
)
_SIDE_WORK = re.compile(
    r"\b(?:tests?|debug|logging|logs?|docs?|documentation|readme|changelog|comments?|imports?|commit\w*|lint)\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(
    r"(?:(?:ok(?:ay)?|so|and|but|also|hm+|well|wait)[\s,.:-]{1,3}){0,2}(?:(?:should|shall|could|can|would|do|does|is)\s(?:we|it|this|that|there|i)\b|should\s(?:the|all|these|@?[\w./-]{3,80})\s)",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"(?:yes|no|good\s(?:idea|call|point)|agreed|i(?:'d|\swould))\b[\s,.:;—–-]{1,4}\S", re.IGNORECASE
)
_NO = re.compile(r"no\b", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"(?:or\s)?(?:alternatively|as an alternative|(?:another|the\sother)\s(?:option|way|approach)"
    r"|a\ssimpler\sapproach)\b",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(
    r"(?:this|that|it|which|so)\s(?:way\s|now\s|also\s)?(?:keeps?|avoids?|prevents?|catches|makes?|lets?|means|ensures?|preserves?|guarantees?"
    r"|removes?|eliminates?|allows?|handles|matches|gives|mirrors)\b",
    re.IGNORECASE,
)
_SINCE_THEN = re.compile(
    r"(?:since|because|given\sthat|as)\s[^,;]{10,200},\s(?:so\s)?(?:the|we|each|all)\b[^,;]{0,60}?"
    r"\b(?:will|must|now|should|use[sd]?|keeps?|'ll|stays?|requires?)\b",
    re.IGNORECASE,
)
_RECOMMENDS = re.compile(
    r"\b(?:my\s(?:short\s)?recommendation\sis|recommendation(?:\sfor\s[^:]{1,40})?:|i(?:'d|\swould)\s(?:not|avoid|recommend|suggest|keep|go\swith|use|make|store)"
    r"|should\s(?!have\b)(?:probably\s)?[^.;]{3,100}?\b(?:not|rather\sthan|instead\sof)\b|better:)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:(?:and|but|so|ok(?:ay)?|well|hm+)[\s,.]{1,3}){0,2}(?:why|how|what|where|which)\b", re.IGNORECASE
)
_FAILS = re.compile(
    r"\b(?:errors?|fail\w*|crash\w*|stuck|broken|bug|still|exception|nothing\shappen\w*|no\slonger|how\scome|did\s?n.?t"
    r"|(?:not|n't|nt)\s(?:seem\sto\s)?(?:work\w*|show\w*|load\w*|see|open\w*|render\w*))\b",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"\b(?:is|are|looks?|works?)\s(?:just\s|perfectly\s)?(?:ok|okay|fine|good|right)\b", re.IGNORECASE
)
_IF_RATHER = re.compile(r"if\s(?:you|your)\b[^?!]{0,160}?\b(?:rather|prefer|instead)\b", re.IGNORECASE)
_REPLACES = re.compile(
    r"\b(?:replace\s[^.?!]{3,90}?\s(?:with|by)\s|(?:switch|migrate|move)\s[^.?!]{0,60}?\b(?:from\s[^.?!]{2,60}?\sto|over\sto)\s|instead\sof\s|rather\sthan\s)",
    re.IGNORECASE,
)
_SMALL_START = re.compile(
    r"(?<=[\w)`'\"][.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)\s+(?=[a-z])|(?<=\w)\.{2,5}\s?(?=[a-z])"
)
_CAUSE = re.compile(r"\b(?:but|because|since|only|never|not|instead|whereas|while)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s?\([^()]{0,200}\)")
_DONE_INSTEAD = re.compile(
    r"""\A(?:i|we)(?:'ve|\shave)?\s(?:used|kept|made|put|wrote|built|added|left|set|stored)\s
    [^.;]{2,120}?\s(?:instead\sof|rather\sthan)\s[^.;]{2,200}""",
    re.VERBOSE | re.IGNORECASE,
)
_FOR_REASON = re.compile(
    r"\b(?:because|since|bcz|bcoz|cuz|so\sthat|to\s(?:avoid|prevent|keep|make|ensure|fix|let|allow|match|reduce|support)|for\sthe|which|(?:align|match)ing|that\s[a-z]{2,20}s"
    r"|guarantees?)\b",
    re.IGNORECASE,
)
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
_EXCLUDES = re.compile(
    r"\b(?:only|forbid\w{0,4}|banned|prohibited|shouldn'?t|mustn'?t|never|do\snot|don'?t|instead|no\slonger|rather\sthan|not)\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:advise\sagainst|poor\sfit|not\sa\sgood\s(?:fit|idea)|(?:would\s?n.t|do\s?n.t)\srecommend|overkill|doesn't\snaturally"
    r"|not\sneeded|unnecessary|(?:is\snot|isn't|not)\sworth|would\s?n.t\sgo)\b",
    re.IGNORECASE,
)
_BECAUSE = re.compile(
    r"(?:because|since|bcz|bcoz|cuz|too|otherwise|that way|this way|so that|so no need|it'?s too|this was|that is)\b",
    re.IGNORECASE,
)
_PREFERS = re.compile(r"\b(?:prefer|chose|choose|pick|favou?r|opt(?:ed)?)\w{0,4}\b", re.IGNORECASE)
_OVER = re.compile(r"\A(?:the|a|an|time|all|and|again|it|them|there|here|to|in|on|\d)\b", re.IGNORECASE)
_DECIDES = re.compile(
    r"\b(?:decisions?|trade-?offs?|rationale|alternatives?|rejected|(?:design|architectur\w{1,3}|technical|key|implementation|tech)\schoices?|why\snot|not\sdoing|non-?goals?"
    r"|out\sof\sscope)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\b(?:alternatives?|rejected|not\sdoing|non-?goals?|out\sof\sscope|why\snot|not\s(?:chosen|included|taken)|ruled\sout)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"(?:each|it|them|this|that|these|those|one|all|here|there|me|you|us|the\s(?:other|rest|latter|former))(?:\s\w+ly)?|.{1,60}\s(?:yet|anymore)",
    re.IGNORECASE,
)
"""What only points at something named before, and what is not so yet: no alternatives."""
_NAMED_WAY = re.compile(
    r"(?:\d{1,2}[.)]\s)?(?:(?:recommended|chosen|proposed|our|the)\s)?(?:approach|solution|strategy|decision|design)\s?[:—–-]\s?\S.{9,}",
    re.IGNORECASE,
)
_DIRECTS_USE = re.compile(
    r"(?:(?:ok(?:ay)?|no|yes|and|but|also|so|please|well|actually|then|just)[\s,.:;-]{1,3}){0,3}(?:use|keep|prefer|avoid)\s(?!going\b|working\b|in\smind\b)",
    re.IGNORECASE,
)
_SET_AGAINST = re.compile(r"\b(?:instead\sof|rather\sthan)\s", re.IGNORECASE)
_REQUIRES = re.compile(
    r"(?:\A|[,;:]\s)(?:(?:so|and|but|then|i\sthink)\s)?(?:(?:this|that|these|those|the|all|each|every)\s(?:[\w`'-]{2,30}\s){1,4}?|(?:it|they)\s)"
    r"(?:should|must|needs?\sto)\s(?!work\b|fix\b|help\b)",
    re.IGNORECASE,
)
_REMOVE = re.compile(
    r"\b(?:remove|drop|delete|get\srid\sof)\s(?:everything\sabout\s|all\s(?:of\s)?)?(?P<old>(?:the|this|that|these|those|all|any|my|our)\s[^.;,:()—–]{2,60}?)"
    r"(?=\s(?:and|but|because|since|so|as|from|on|in)\b|[.;,:()—–]|\Z)",
    re.IGNORECASE,
)
_WE_RELY = re.compile(r"\bwe\s(?:always\s|only\s)?(?:rely|use|keep|store|go|work|write|put)\b", re.IGNORECASE)
_MOST_WEIGHED = 4
_FEW_WORDS, _REFUSED_ITEMS = 3, 5
_HEADER = re.compile(r"\b(?:rationale|reason|decision|choice|why|option)\b", re.IGNORECASE)
_LEAST_WORDS = 5
_RUN_ON = 90
"""Words of what a person types without a stop, up to which it is quoted in part."""
_HEADING = 6
_MOST = 8


def wished(words: str, *, correcting: bool = False) -> bool:
    """Whether a person's sentence says how something is to be, rather than that something be done.

    `correcting`: where it corrects the agent, any direction does, and a short one too.
    """
    asks = words.rstrip().endswith("?")
    if correcting and len(words.split()) > 2:
        directs = _DIRECTS.match(words) or _WISH.match(words) or (not asks and _SHOULD.search(words))
        return bool(directs) or (not asks and _WANTS.search(words) is not None)
    if _WHAT_ABOUT.match(words) is not None:
        return len(words.split()) >= _LEAST_WORDS
    if not quotable(words):
        return _LEAST_WORDS < len(words.split()) <= _RUN_ON and not asks and prefers_own(words)
    if prefers_own(words) and not asks:
        return True
    if _WE_RELY.search(words) is not None and _NOT_THIS.search(words) is not None and not asks:
        return True
    if _REQUIRES.search(words) is not None and not asks and excludes(words):
        return True
    if _WISH.match(words) is not None or _OPINION.search(words) is not None or designs(words):
        return True
    return _REPLACES.search(words) is not None and not only_reports(words)


def headed_choices(text: str) -> Iterator[tuple[str, str]]:
    """Headings of a plan that name the way it takes ("Approach: one folder of packages"), with the words below each."""
    read = blocks(text)
    for at, block in enumerate(read):
        if block.shape == "heading" and _NAMED_WAY.match(block.text) is not None:
            below = next((each.text for each in read[at + 1 : at + 2] if each.shape == "paragraph"), "")
            yield block.text, below


def directs_use(words: str) -> bool:
    """Whether a person's sentence says what to use or to keep, or what to avoid."""
    return _DIRECTS_USE.match(words) is not None and quotable(words)


def excludes(words: str) -> bool:
    """Whether a sentence says that something is not to be, or nothing else."""
    return _EXCLUDES.search(words) is not None


def advises_against(words: str) -> bool:
    """Whether a sentence of an agent turns down what was asked about."""
    return _AGAINST.search(words) is not None and len(words.split()) > 4


def continues_with_reason(words: str) -> bool:
    """Whether a sentence gives the reason of the one before it: "Too much overhead."."""
    return _BECAUSE.match(words) is not None


def removed(words: str) -> list[str]:
    """What a person wants to be removed, in their own words."""
    return [plain_words(match["old"]).strip(" ?!") for match in _REMOVE.finditer(words)][:2]


def names_swap(words: str) -> bool:
    """Whether an item of a closing answer says what took the place of what, whatever the reason."""
    swapped = _SWAP.match(words) is not None or _WITH_REMOVAL.search(words) is not None
    return swapped and quotable(words) and _SIDE_WORK.search(words) is None


def is_swap(words: str) -> bool:
    """Whether a sentence says that one thing took another one's place, and why."""
    weighed = _FOR_REASON.search(words) is not None or _SET_AGAINST.search(words) is not None
    return _SWAP.match(words) is not None and weighed and quotable(words)


def is_fix(words: str, before: str) -> bool:
    """Whether a sentence says what the fix is, behind one that says why: "... but B does not. The fix is to ..."."""
    return _FIX.match(words) is not None and _CAUSE.search(before) is not None and quotable(words)


def did_instead(words: str) -> bool:
    """Whether a sentence says what was done and what was not, with the reason: "I used A rather than B since ..."."""
    match = _DONE_INSTEAD.match(words)
    return match is not None and _FOR_REASON.search(words, match.start()) is not None


def names_cause(words: str) -> bool:
    """Whether a sentence is called a cause: "Root cause: ..."."""
    return _NAMED_CAUSE.match(words) is not None


def names_fix(words: str) -> bool:
    """Whether a sentence is called a fix: "Fix: gave the queue a pool of its own"."""
    return _NAMED_FIX.match(words) is not None and len(words.split()) >= _LEAST_WORDS


def calls_right(words: str) -> bool:
    """Whether a sentence calls a way the right one: "This is the correct approach ..."."""
    return _APPROACH.match(words) is not None and quotable(words)


def did_for_reason(words: str, after: str = "") -> bool:
    """Whether a sentence of a closing answer says what was done, and it or the one `after` it says why; what it says of
    tests, logs and documents is no decision."""
    did = _DID.match(words)
    if did is None or not quotable(words) or _SIDE_WORK.search(words.partition(" because ")[0]) is not None:
        return False
    return _STRONG_REASON.search(words, did.end()) is not None or explains(after)


def since_then(words: str) -> bool:
    """Whether a sentence gives a reason and then what follows for the work: "Since quoting is not safe, the prompts
    will ..."."""
    return _SINCE_THEN.match(words) is not None and quotable(words)


def recommends(words: str) -> bool:
    """Whether a sentence of an agent says how something should be, as its advice and with what it is not to be."""
    return _RECOMMENDS.search(words.replace("’", "'")) is not None and quotable(words)


def reports_failure(words: str) -> bool:
    """Whether a prompt says that something does not work, rather than how it should be."""
    return _FAILS.search(words) is not None


def is_question(prompt: str) -> bool:
    """Whether a prompt asks, with a mark or without: "why can it not use the real service"."""
    return "?" in prompt or _ASKS.match(prompt) is not None


def explains(words: str) -> bool:
    """Whether a sentence says what the one before it is good for: "This keeps the registry in step."."""
    return _EXPLAINS.match(words) is not None and quotable(words)


def is_content(words: str) -> bool:
    """Whether a person says that something is fine as it is."""
    return _CONTENT.search(words) is not None


def offers_other(words: str) -> bool:
    """Whether a sentence of an agent offers another way, for the case that it is preferred."""
    return is_alternative(words) or (_IF_RATHER.match(words) is not None and len(words.split()) >= _LEAST_WORDS)


def after_yes(words: str) -> str:
    return re.sub(r"\A(?:yes|no|agreed)\b[\s,.:;—–-]{1,4}", "", words, flags=re.IGNORECASE) or words


def asks_whether(words: str) -> bool:
    """Whether a person asks if something should be done: "should we link to the pages directly?"."""
    return words.rstrip().endswith("?") and _WHETHER.match(words) is not None and len(words.split()) >= _LEAST_WORDS


def answers_whether(words: str) -> bool:
    """Whether a sentence of an agent says yes or no and goes on: "Yes, direct links with the index as fallback"."""
    return _YES_OR_NO.match(words.replace("’", "'")) is not None and quotable(words)


def says_no(words: str) -> bool:
    return _NO.match(words) is not None


def is_alternative(words: str) -> bool:
    """Whether a sentence names another way than the one before it."""
    return _OTHERWISE.match(words) is not None and len(words.split()) >= _LEAST_WORDS


def typed_sentences(text: str) -> Iterator[str]:
    """The sentences of a prompt; many people begin theirs with a small letter."""
    for each in sentences(text):
        for part in _SMALL_START.split(each):
            yield from (wish.strip() for wish in wishes_apart(part) if wish.strip())


def gives_reason(words: str) -> bool:
    """Whether a sentence says why."""
    return _FOR_REASON.search(words) is not None or words.lower().startswith("given ")


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


def _announces(heading: str) -> bool:
    return len(heading.split()) <= _HEADING and not is_lead_in(heading) and _DECIDES.search(heading) is not None


def sectioned(text: str) -> Iterator[str]:
    """The items and rows under a heading that announces decisions, alternatives or what is not done."""
    count = 0
    for block in blocks(text):
        listed = block.shape in ("item", "row") and not block.depth
        named = block.shape == "paragraph" and block.text.startswith("**")
        if not (listed or named) or not any(map(_announces, block.section)) or any(map(_refuses, block.section)):
            continue
        words = plain_words(block.text)
        header = block.shape == "row" and _HEADER.search(words) is not None and len(words.split()) < 9
        if len(words.split()) < _LEAST_WORDS or is_lead_in(words) or header:
            continue
        yield words
        count += 1
        if count == _MOST:
            return


def weighed_items(text: str) -> list[str]:
    """The items of a plan that name what they do not do: "keep the best by its rate, not by its loss"."""
    items = (plain_words(block.text) for block in blocks(text) if block.shape == "item")
    return [
        each for each in items if quotable(each) and not is_lead_in(each) and sets_against(each) and given_up(each)
    ][:_MOST_WEIGHED]


def turned_down(text: str) -> list[str]:
    """The items of a plan under a heading that announces what it does not do or had considered."""
    results = [
        plain_words(block.text)
        for block in blocks(text)
        if block.shape in ("item", "row") and not block.depth and any(map(_refuses, block.section))
    ]
    return [each for each in results if len(each.split()) >= _FEW_WORDS and not is_lead_in(each)][:_REFUSED_ITEMS]


def _refuses(heading: str) -> bool:
    return len(heading.split()) <= _HEADING and _REFUSES.search(heading) is not None
