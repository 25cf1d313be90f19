"""Which sentences of people and agents a review quotes as decided or as rejected, and how sure that is. Pure.

An agent writes many sentences that have the words of a choice: what it is about to do, what the code does today, what
is wrong with it. Only few forms state a choice about the work: what is called the right way, one thing rather than
another in the first person, a choice with its reason. What a person writes counts where it directs: one thing rather
than another, what must always or never be.
"""

from __future__ import annotations

import re

from gitstory.queries.review.choice_sentences import decision, is_aimless, quotable, rejection
from gitstory.text.late_pattern import late_pattern

_LEAD = r"^(?:(?:but|so|and|also|then|well|ok|okay|alright|yes|no|actually|please|instead|now)\b[\s,.:;—–-]{1,3}){0,3}"
_ADJECTIVE = r"(?:simplest|simpler|cleanest|cleaner|safest|safer|right|correct|proper|best|better|minimal|pragmatic)"
_NOUN = r"(?:fix|way|approach|place|choice|option|design|solution)"
_BEST = late_pattern(
    rf"""\bthe\s(?:\w{{3,20}}ly\s)?{_ADJECTIVE}\s(?:\w{{3,20}}\s)?{_NOUN}\b
          (?:\s(?:here|to\s[^.;,:]{{2,60}}?|for\s[^.;,:]{{2,60}}?|that\s[^.;,:]{{2,60}}?))?
          (?:\s(?:is|was|would\sbe|will\sbe)\b|:)
          (?!\s(?:unclear|the\s(?:same|one)|to\s(?:check|read|run|wait|look|verify|test|see|ask|try)|wait|[A-Z]\w+\s(?:does|is)\b)\b)
      | \b(?:is|as)\s(?:the|a)\s{_ADJECTIVE}\s{_NOUN}(?:\shere)?\s?(?:[—–:;,-]|because\b|since\b)\s?\S""",
    re.VERBOSE | re.IGNORECASE,
)
_RATHER = late_pattern(r"\b(?:instead\sof|rather\sthan)\b", re.IGNORECASE)
_OURS = late_pattern(
    r"""^instead\sof\s[^,;]{5,140},\s(?:i|we)(?:'ll|'ve|\b)
      | \b(?:i|we)(?:'ll|'d|\swill|\sshould|\swould)\s(?!need\b|also\b|now\b|just\s(?:check|run)\b)
      | \b(?:i|we)(?:'ve|\shave)?\s(?:used|kept|chose|left|put|switched|built|stored|reused|went)\b
      | \bso\si(?:'m|\sam)\s(?:accepting|keeping|leaving)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NOT_BECAUSE = late_pattern(r",\snot\s[^,;.]{3,100},?\s(?:because|since)\b", re.IGNORECASE)
_MEANT = late_pattern(
    r"\b(?:is|are|was|were)\s(?:deliberately|intentionally)\s"
    r"(?:narrow|conservative|simple|small|minimal|exempt\w*|kept|left|omitted|excluded|separate|not)\b",
    re.IGNORECASE,
)
_NOW_RATHER = late_pattern(
    r"\bnow\s\w{3,14}s\b[^.;]{3,160}?\b(?:instead\sof|rather\sthan)\b[^.;]{3,160}?"
    r"(?:[,—–]\s?(?:so|which|because|since|avoiding|keeping|preserving|preventing)\b|\bto\s(?:avoid|prevent|keep)\b|\bso\sthat\b)",
    re.IGNORECASE,
)
_DID_RATHER = late_pattern(
    r"^(?:re-?used|wired|kept|switched|moved|routed|chose|used|built|extended|left|stored|split|derived|based|reverted)\b"
    r"[^.;]{5,160}?\b(?:instead\sof|rather\sthan)\b"
    r"|^(?:one|a|the|key|main|notable)\s(?:\w+\s)?(?:decision|choice|trade-?off)\b(?![^.:]{0,40}\b(?:surfaced|remain|remains|open|pending|left|needs?|for\syou)\b)[^.:]{0,40}:\s\S",
    re.IGNORECASE,
)
_MUST = late_pattern(
    r"\b(?:must|should)(?:\s(?:stay|remain|never|always|not|only)\b|n'?t\b)|\bnever\b|\balways\b", re.IGNORECASE
)
_SHOULD = late_pattern(r"\b(?:must|should)(?:n'?t)?\b", re.IGNORECASE)
_SIDE_WORK = late_pattern(
    r"\b(?:no?lint|lint\w*|tests?|testing|test\w*\s(?:data|case|file)s?|docs?|documentation|readme|changelog|comments?|imports?"
    r"|logging|debug\w*|the\splan|typos?|formatting|placeholders?|mock\w*|fixtures?|snapshots?|type\serrors?|build\snumbers?)\b",
    re.IGNORECASE,
)
"""What goes along with a change: how it is done says nothing to somebody who changes the code."""
_ABOUT_FAULT = late_pattern(
    r"""^(?:(?:but|so|and|also|this\sis)\s)?(?:the|an?|root|two|this)\s(?:\S+\s){0,3}
          (?:cause|errors?|issues?|problems?|bugs?|failures?|crash\w*|mistakes?|suggestion|reviewer)\b
      | \b(?:i'm|we're|it's|is|are|was|were|still|been)\s(?:still\s)?(?:using|calling|getting|passing|being|showing
          |checking|comparing|reading)\b
      | \b(?:likely|probably|might|perhaps|presumably|was\sthat|explains\swhy|this\smeans|looks\slike|seems)\b
      | ^(?:comment|finding|issue|suggestion|review)\s?\#?\d{1,3}\b""",
    re.VERBOSE | re.IGNORECASE,
)
_EXPECTS = late_pattern(
    r"\b(?:should|will|would)\s(?:now\s|then\s)?(?:work|pass|show|render|load|see|appear|be\s(?:fixed|resolved|able|visible|ok|fine))\b"
    r"|\b(?:verify|check|confirm|ensure)\sthat\b|\b(?:won't|will\snot|can't)\s(?:find|see|get|have)\b"
    r"|\bwill\s(?:be\salways|always\sbe)\b",
    re.IGNORECASE,
)
_UNDECIDED = late_pattern(
    r"""\bbut\s(?:that|this|it)\b | ,\sbut\s\S+\s\S+\s(?:kills|breaks)\b | ,\sor\s(?:have|use|just|let)\b
      | \b(?:it|this|that|which)\s(?:tells|means|causes|lets|happens)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""What turns a way down again, leaves it open, or explains what something does."""
_TALK = late_pattern(
    r"\b(?:you|your|yours|i'd\srather|noted|review(?:s|ed|er|ers|ing)?|briefs?|dispatch\w*|claims?"
    r"|record(?:ed|ing)?\s(?:it|the|your|this|that))\b",
    re.IGNORECASE,
)
"""What an agent says of the conversation itself, and of those that work with it."""
_CODE = late_pattern(r"`[^`]{1,120}`")
_THINKS = late_pattern(_LEAD + r"i\sthink\s(?:that\s)?", re.IGNORECASE)
_STEP = late_pattern(
    r"^(?:manual\s)?(?:tests?|verify|verification|check|confirm|run|start|open|expected?|given|scenario|step)\b",
    re.IGNORECASE,
)
"""A step of a test or of a check in a plan that was pasted."""
_DIRECTS = late_pattern(
    _LEAD
    + r"""(?: instead\sof|rather\sthan|use|change|make|keep|put|store|show|return|replace|move|switch|read|write|set
      | (?:for|when|if)\s[^.;]{3,120}?,\s(?:then\s)?(?:instead\sof|display|show|use|keep|let'?s|do\snot|don'?t
          |(?:it|we|they|the\s[^.;]{2,40}?)\s(?:should|must))\b
      | let'?s|we\s|i\s(?:want|would|think)|i'd
      | (?:it|this|that|they|these|the\s[^.;]{2,60}?|`[^`]{2,60}`)\s(?:should|must) )""",
    re.VERBOSE | re.IGNORECASE,
)
_CHOOSES = late_pattern(
    r"\b(?:i|we)(?:'ve|\shave|\swould|'d)?\s(?:also\s)?(?:decided|chose|prefer|opted|went\swith|settled|rather)\b"
    r"|\b(?:let'?s|we'll|i'll|we\swill|i\swill|i'd)\s(?:just\s|rather\s|still\s|only\s)?"
    r"(?:go\swith|stick|keep|use|store|leave|treat|support|limit|hide|drop|ship)\b",
    re.IGNORECASE,
)
_ASKING = late_pattern(
    _LEAD
    + r"(?:can|could|would|should|shall|do|does|did|is|are|what|why|how|where|which|who|if\swe(?:'re|\sare)\sgoing)\b",
    re.IGNORECASE,
)
_UNCLEAR = late_pattern(
    r"\b(?:do\sso|do\s(?:it|this|that)|like\s(?:this|that)|both|the\s(?:same|other|above|following))\.?$"
    r"|^(?:this|that|it|they|these|those)\b|\bwe\sshould\snot\sdo\sso\b|^(?:yes|no)\b[.,\s]",
    re.IGNORECASE,
)
"""What cannot be understood without the sentence before it."""
_WORK = late_pattern(
    r"\b(?:commit\w*|push\w*|branch\w*|merge\w*|rebas\w*|prs?|pull\srequests?|issues?|tickets?|plan|plans|phase|milestone|tests?|testing"
    r"|task|tasks|agents?|sub-?agents?|you|your|benchmark\w*|emoji\w*|screenshots?|summary|document\s(?:this|it|that))\b",
    re.IGNORECASE,
)
"""How the work is done and delivered, rather than what is built."""
_REASONED = late_pattern(
    r"\b(?:because|since|so\sthat|otherwise|to\s(?:avoid|prevent|keep)|as\sit|which)\b|\s[—–-]\s|—|\(", re.IGNORECASE
)
_REFUSES = late_pattern(
    _LEAD
    + r"""(?: (?:drop|skip|remove|leave)\s[^.;]{3,90}?\s(?:entirely|altogether|completely|alone|out)\b
      | (?:do\snot|don'?t|let'?s\snot)\s(?:add|use|store|introduce|rely|fire|show|hard-?code|include|support|expose
          |duplicate|copy|send|create|keep|allow|persist|cache)\b )
      | \b(?:decided|chose|prefer|want)\s(?:not\sto|to\snot)\b
      | \b(?:do|does)(?:\snot|n'?t)\sneed\s(?:to\sbe|an?\s|any\s|the\s)[^.;]{3,120}
      | (?:^|\bso\s|\bthere\sis\s|\bthere's\s)no\sneed\s(?:for|to)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_TURNED_DOWN = late_pattern(
    r"""\b(?:the|an?)\s(?:\S+\s){0,3}?(?:alternative|other\s(?:option|approach|way))\b[^.]{3,140}?\b(?:would|breaks?|needs?|requires?
          |cannot|can't|does\snot|doesn't|but)\b
      | \b(?:was|were)\s(?:considered|tried)\sbut\b
      | \b(?:deliberately|intentionally)\s(?:skipped|left\s(?:out|alone|as)|omitted)\b
      | \b(?:skipped|omitted|left\sout)\s(?:deliberately|intentionally|on\spurpose)\b
      | [:—–-]\s(?:skipped|declined)\s[—–-]\s
      | \bwould\sbe\sover-?engineer\w* | \bout\sof\sscope\sper\b
      | \bi\s(?:did\snot|didn't)\s(?:add|use|change|touch|extract|introduce|include|convert|remove|rename)\b[^.]{3,160}?
          \b(?:because|since|as|it\swould)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_POINTING = late_pattern(r"\w{3,20}ing\s(?:it|this|that|them)\b", re.IGNORECASE)
_QUOTED = late_pattern(r"[\"'“‘]not\sworth|^(?:it'?s\s|this\sis\s)?not\sworth", re.IGNORECASE)


def agent_decision(words: str) -> int:
    """How certainly an agent's sentence states a choice about the work: 0 not at all, 2 where it can be quoted."""
    words = words.replace("’", "'")
    if not quotable(words) or is_aimless(words) or _SIDE_WORK.search(words) or _is_talk(words):
        return 0
    if _ABOUT_FAULT.search(words) or _EXPECTS.search(words) or _UNDECIDED.search(words):
        return 0
    rather = _RATHER.search(words) is not None
    if rather and _OURS.search(words) is not None:
        return 2
    forms = (_BEST, _NOT_BECAUSE, _MEANT, _NOW_RATHER, _DID_RATHER)
    if any(form.search(words) is not None for form in forms):
        return 2
    return 2 if decision(words) > 1 and not (_MUST.search(words) and not _OURS.search(words)) else 0


def _is_talk(words: str) -> bool:
    """Whether an agent speaks of the conversation itself, code left aside."""
    return _TALK.search(_CODE.sub("", words)) is not None


def calls_best(words: str) -> bool:
    """Whether a sentence says what the right way is: an agent that thinks again says it again."""
    return _BEST.search(words) is not None


def agent_rejection(words: str) -> int:
    """How certainly an agent's sentence states what was not done, and why."""
    words = words.replace("’", "'")
    if (
        not quotable(words)
        or _QUOTED.search(words)
        or _SIDE_WORK.search(words)
        or _POINTING.match(words)
        or _is_talk(words)
    ):
        return 0
    if _TURNED_DOWN.search(words) is not None:
        return 2
    if _ABOUT_FAULT.search(words) or _EXPECTS.search(words) or is_aimless(words):
        return 0
    certain = rejection(words)
    return 0 if certain and _RATHER.search(words) and not _OURS.search(words) else certain


def person_decision(words: str, pasted: bool) -> int:
    """How certainly a person's sentence says how something is to be: 0 not at all, 2 with the reason.

    `pasted`: it is of a long prompt, mostly a plan or another text that somebody else wrote.
    """
    words = words.replace("’", "'")
    if not quotable(words) or _STEP.match(words) or _ASKING.match(words) or _UNCLEAR.search(words):
        return 0
    wish = _THINKS.sub("", words)
    fault = _ABOUT_FAULT.search(words) is not None and (wish == words or not _RATHER.search(words))
    if is_aimless(wish) or fault or _EXPECTS.search(words) or _WORK.search(words):
        return 0
    if _SIDE_WORK.search(words):
        return 0
    why = _REASONED.search(words) is not None
    if _RATHER.search(words) is not None and _DIRECTS.match(words) is not None:
        return 2 if why else 1
    if pasted:
        return 2 if decision(words) > 1 and _DIRECTS.match(words) is not None else 0
    if _CHOOSES.search(words) is not None or (_MUST.search(words) is not None and _directs(words)):
        return 2 if why else 1
    return 0


def _directs(words: str) -> bool:
    return _SHOULD.search(words) is not None or _DIRECTS.match(words) is not None


def person_rejection(words: str, pasted: bool) -> int:
    """How certainly a person's sentence says what is not to be, and why; of pasted texts what was turned down."""
    words = words.replace("’", "'")
    if not quotable(words) or _STEP.match(words) or _ASKING.match(words) or _QUOTED.search(words):
        return 0
    if _WORK.search(words) or _SIDE_WORK.search(words) or _ABOUT_FAULT.search(words):
        return 0
    if _TURNED_DOWN.search(words) is not None:
        return 2
    if _REFUSES.search(words) is None or is_aimless(words):
        return 0
    why = _REASONED.search(words) is not None
    return 2 if why else 0 if pasted else 1
