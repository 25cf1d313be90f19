"""Answers to an agent's questions: whether they decide something about the work, and how they are shown. Pure."""

from __future__ import annotations

import re

from gitstory.queries.review.choice_sentences import first_words, sentences
from gitstory.text.late_pattern import late_pattern
from gitstory.text.wording import one_line, shorten

_QUESTION = 160
"""Columns of a question that is shown with its answer."""
_ALONE = 6
"""Words of a question that says by itself what it is about."""
_NEXT = late_pattern(
    r"""\bwhat\s(?:would|do)\syou\s(?:like|want)\s(?:me\s)?to\sdo\b
      | \b(?:how|where)\s(?:would|do|should)\s(?:you|we|i)\s
          (?:(?:like|want)\sto\s)?(?:proceed|continue|start|begin)\b
      | \bwhat(?:'s|\sis|\sshould)\b.{0,30}\bnext\b
      | \b(?:should|shall|can|may)\si\s
          (?:open|start|run|install|continue|proceed|commit|push|merge|wait|retry|try)\b
      | \b(?:proceed|continue|ready)\b.{0,40}\?$ | \bwhich\s(?:todo|task|phase|milestone|issue)s?\b
      | \bdo\syou\swant\s(?:me\s)?to\s(?:commit|push|continue|proceed|run|start)\b
      | \bwant\sme\sto\s(?:commit|push)\b | \bship\s(?:it|that|this)\b | \A\W{0,4}may\s(?:i|we)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Questions about what an agent shall do next, and about how the work is delivered."""
_SHOWN = late_pattern(
    r"(?:is|are)\s(?:this|that|these)\b.{3,120}?\byou\s(?:want|need|mean|expect|had\sin\smind)\b"
    r"|(?:do(?:es)?|did|is|are|has|have|any)\b.{0,160}?\b(?:look|looks|seem|seems|sound|sounds|feel|feels|correct|right|good"
    r"|hold|holds|fine|complete|ok(?:ay)?|sense|match|matches|approve|approved|ready|happy|questions?|feedback)\b",
    re.IGNORECASE | re.DOTALL,
)
_APPROVAL = late_pattern(
    r"\W*(?:(?:the|this|that)\s\w{1,20}\s|it\s)?(?:yes|yeah|yep|ok(?:ay)?|looks?|all|approved?|confirm(?:ed)?|keep\sas\sis|correct|good|fine|great|lgtm|perfect|sounds?|ready|no\s(?:changes|questions))"
    r"\b(?:.{0,40}\Z|[^.!]{0,40}[.!]\s{1,3}(?:please\s)?(?:proceed|continue|go\sahead)\b)",
    re.IGNORECASE | re.DOTALL,
)
_LATER = late_pattern(
    r"\b(?:later|not\snow|another\stime|get\sto\sthat|not\ssure|don'?t\sknow|no\sidea|no\spreference|you\s(?:decide|choose|pick)"
    r"|first\b.{0,30}\b(?:then|later|before)|just\s(?:work|focus)\son\b.{0,40}\bfirst)\b",
    re.IGNORECASE,
)
_DELIVERY = late_pattern(
    r"\W*(?:\w[.):]\s)?(?:(?:just|yes,?|then|and)\s){0,3}(?:(?:push|commit|merge|squash|rebase|draft|sub-?agents?|inline|parallel)\b"
    r"|(?:open|create|raise)\s.{0,20}\b(?:prs?|pull\srequests?|branch)\b|(?:proceed|continue|stop)\W*\Z)",
    re.IGNORECASE,
)
_OUTPUT = late_pattern(r"\b(?:error|exception|traceback|fatal):\s|\bhttps?://\S{30}|\A\s*hm+\b", re.IGNORECASE)
_ORGANIZES = late_pattern(
    r"""\bwhich\s(?:\w+\s){0,3}?(?:prs?|pull\srequests?|branch(?:es)?|phases?|steps?|specs?|beads?|tickets?)\b
      | \b(?:write|save|put|update|revise|adjust|refine|handle|in)\s(?:\w+\s){0,3}?the\s(?:plan|spec|todo)\b
      | \b(?:this|the|separate|own|one|single|\d|fewer|more)[\s/-](?:\w+\s)?prs?\b | \btracked\sseparately\b
      | \b(?:create|open|file|close)\s(?:an?|the)\s(?:\w+\s)?(?:bead|ticket|issue|task|todo)\b
      | \bwhat\s(?:gets|should\s(?:get|be)|is)\s(?:\w+\s)?(?:worked|tackled)\b | \bhow\sdo\syou\swant\sto\splay\b
      | \b(?:spend|budget|envelope|dispatch\w*|needs?\s(?:\w+\s)?approval)\b
      | \bto\s(?:prove|verify|check|confirm|test)\b
      | \bwhen\sshould\b.{0,90}\b(?:happen|start|run|begin|done)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Questions about how the work is divided, written down and delivered."""
_FACT = late_pattern(
    r"(?:do|did|have|are|were|can)\s(?:you|there)\b.{0,90}\b(?:already|installed|set\sup|access|account|currently|exist|tried|see|noticed)\b"
    r"|(?:can|could|would|will)\syou\s(?:please\s)?(?:share|provide|paste|send|export|upload|attach|give|tell|show)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Questions for what is the case on the person's side, and for what the person has."""
_MUSES = late_pattern(
    r"\W*(?:uh+|hm+|not\ssure|i'?m\s(?:thinking|wondering)|this\sis)\b|.{0,80}\bi'm\sthinking\b", re.IGNORECASE
)
_EXAMPLE = late_pattern(r"\W*(?:e\.g\.|for\s(?:example|instance))", re.IGNORECASE)
_ADVISED = late_pattern(r"\s?\(recommended\)", re.IGNORECASE)


def decides(question: str, answer: str) -> bool:
    """Whether an answer to an agent's question chooses something about the work itself."""
    parts = (question, _asking_part(question)[-1])
    about_work = all(is_about_work(each) for each in parts)
    return about_work and chooses(answer) and not any(only_approves(each, answer) for each in parts)


def answered(question: str, answer: str) -> str:
    """The question and the answer in one line: what is asked at the end of a long one."""
    return f"{shorten(' '.join(_asking_part(question)), _QUESTION)} {first_words(_ADVISED.sub('', answer))}"


def _asking_part(question: str) -> list[str]:
    """The last sentence of a question that asks, behind the one before it where it says little alone."""
    parts = list(sentences(question))
    asking = [at for at, part in enumerate(parts) if part.rstrip("*_`\"') ").endswith("?")]
    asking = [at for at in asking if _EXAMPLE.match(parts[at]) is None] or asking
    if not asking:
        return [one_line(question)]
    alone = len(parts[asking[-1]].split()) >= _ALONE
    return parts[asking[-1] : asking[-1] + 1] if alone else parts[max(asking[-1] - 1, 0) : asking[-1] + 1]


def is_about_work(question: str) -> bool:
    """Whether an agent's question is about the work itself, rather than about what to do next."""
    return not any(sign.search(question) for sign in (_NEXT, _ORGANIZES)) and _FACT.match(question) is None


def only_approves(question: str, answer: str) -> bool:
    """Whether an answer chooses nothing: it approves what was shown, puts the question off, or says how to deliver."""
    asks_approval = _SHOWN.match(question) is not None and _APPROVAL.match(answer) is not None
    return asks_approval or _LATER.search(answer) is not None or _DELIVERY.match(answer) is not None


def chooses(answer: str) -> bool:
    """Whether an answer to a question chooses, rather than asks back or shows output."""
    return "?" not in answer and _OUTPUT.search(answer) is None and _MUSES.match(answer) is None
