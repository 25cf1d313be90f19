"""Sentences that decide something, by few and plain words of English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.queries.review.choice_sentences import quotable, sentences
from gitstory.tell.announced_choices import prefers_own
from gitstory.tell.design_wishes import designs, wishes_apart
from gitstory.tell.given_up_options import names_removal, names_what_is_not, states_swap
from gitstory.tell.stated_swaps import only_reports

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
_WE_RELY = re.compile(r"\bwe\s(?:always\s|only\s)?(?:rely|use|keep|store|go|work|write|put)\b", re.IGNORECASE)
_LEAST_WORDS = 5
_RUN_ON = 90
"""Words of what a person types without a stop, up to which it is quoted in part."""


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
    if _WE_RELY.search(words) is not None and names_what_is_not(words) and not asks:
        return True
    if _REQUIRES.search(words) is not None and not asks and excludes(words):
        return True
    if _WISH.match(words) is not None or _OPINION.search(words) is not None or designs(words):
        return True
    return _REPLACES.search(words) is not None and not only_reports(words)


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


def names_swap(words: str) -> bool:
    """Whether an item of a closing answer says what took the place of what, whatever the reason."""
    swapped = states_swap(words) or names_removal(words)
    return swapped and quotable(words) and _SIDE_WORK.search(words) is None


def is_swap(words: str) -> bool:
    """Whether a sentence says that one thing took another one's place, and why."""
    weighed = _FOR_REASON.search(words) is not None or _SET_AGAINST.search(words) is not None
    return states_swap(words) and weighed and quotable(words)


def is_side_work(words: str) -> bool:
    """Whether a sentence is about tests, logs, documents or the commit rather than about the program."""
    return _SIDE_WORK.search(words) is not None


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
