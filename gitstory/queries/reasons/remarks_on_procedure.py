"""Sentences of an agent about its own procedure, what it reads, runs and tries: they are no reasons of lines. Pure."""

from __future__ import annotations

import re

from gitstory.summary.announcements import announces
from gitstory.text.late_pattern import late_pattern

_CAUSE_WORTH, _STATE_WORTH, _CLOSE = 3.0, 1.5, 1.0
_MARKER = late_pattern(r"\A\s{0,9}(?:[-*•+]|\d{1,2}[.)])\s{1,3}")
_CAUSE = late_pattern(
    r"""\b(?: because | since | so\s(?:that|the|it|we) | otherwise | to\s(?:avoid|prevent|ensure) | which\smeans
      | the\s(?:issue|problem|bug|fix|error|reason|cause|root\scause) | root\scause | caused\sby | due\sto
      | instead\sof | rather\sthan | this\s(?:means|ensures|lets|makes|keeps|way|causes) )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_STATE = late_pattern(
    r"""\b(?: needs? | must | should | fails? | failing | broken | missing | wrong
      | not\s(?:work|set|pass|called|handled) | doesn't | isn't | won't | can't | never | correct | belongs
      | that\sway )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""What is wrong or has to be: a cause where the sentence is about the lines, and else of anything."""
_INTENDS = late_pattern(
    r"\b(?:i|we)(?:\s(?:also|still|now|just|then|will|do|really)){0,2}\s(?:need|should|must)\b"
    r"|\A\W*(?:(?:ok(?:ay)?|so|now|also|still)\W{1,3}){0,2}need\sto\b",
    re.IGNORECASE,
)
"""What the agent sets out to do: "I need to" gives no cause."""
_READING = late_pattern(
    r"\b(?:i'?ll|let me|let'?s|i will|i need to|i'?m going to|now)\s(?:start by |first |also |now |quickly ){0,2}"
    r"(?:read|reading|check|look|explore|explor\w+|search|see|verify|examine|inspect|investigate|review)\b"
    r"|\bmy (?:(?:immediate|current|next|main|primary|initial) ){1,2}(?:steps?|focus|goals?|thoughts|priority)\b"
    r"|\bi'?m (?:now |currently |also ){0,2}(?:focus(?:ed|ing)|examining|investigating|exploring|reviewing|scanning"
    r"|contemplating|considering|weighing|thinking|confirming|preparing|tracking down|settling|wondering)\b"
    r"|\bi'?m (?:now )?(?:applying|making|patching|wiring|rerunning|adding|updating|writing)"
    r" (?:the|these|those|this|that|one|two|a|it)\b"
    r"|\b(?:let me|i'?ll|i need to) (?:first |now )?(?:update|check|mark) (?:the|my|off) (?:task|to-?do)"
    r"|\bi['’]?m about to\b|\bmy (?:focus|attention) (?:has|is)\b",
    re.IGNORECASE,
)
"""What only says that something will be read or checked, however long the sentence is."""
_HEAD = 90
"""Characters of a sentence in which it says so."""
_STEP = late_pattern(
    r"(?:read|trace|inspect|(?:re-?)?run|verify|validate|check|search|look|explore|review|identify|locate|re-?read)\b"
    r"(?!\s(?:time|only|once))",
    re.IGNORECASE,
)
"""How an item of the agent's own list begins that is about no change."""
_CHECKS = late_pattern(
    r"(?:(?:re-?)?run|verify|validate|execute|perform|pass)\b.{0,60}\b(?:tests?|validations?|checks?|builds?|lint\w*|suites?|ci"
    r"|uat|typecheck\w*|verification)\b",
    re.IGNORECASE,
)
_DELIVERS = late_pattern(
    r"(?:commit|push|open|create|submit)\b.{0,40}\b(?:commit|push|prs?|pull request|branch)\b", re.IGNORECASE
)
_TOOLING = late_pattern(
    r"""\b(?: (?:red|green|fail(?:s|ed|ing)?|pass(?:es|ed|ing)?)\s(?:exactly\s)?as\sexpected
      | (?:fix|match|balance)\s(?:up\s)?the\sclosing\s(?:brac(?:es?|kets?)|tags?)
      | us(?:e|ing)\sthe\s(?:write|edit|bash)\stool | bash\sparse\serror
      | (?:earlier|previous|last|first)\spatch\s(?:did|failed|was) | patch\s(?:didn't|failed|did\snot)
      | now\sthe\s\w{1,20}(?:\s\w{1,20})?\s?[—–:-]\s | i\shave\s[^.]{1,60}\s(?:locally|now|open)
      | length\sof\s\d{1,6}\slines | heredocs?\b.{0,60}?\b(?:quot|pars|fail|interact|escap)\w*
      | (?:avoid|quot\w*|pars\w*|fail\w*|escap\w*)\b.{0,60}?\bheredocs? )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""How the tests, the shell and the editing tools answered the agent."""
_FOREIGN = late_pattern(
    r"\s{0,9}(?:好的?[，,。！!\s]{0,3})?(?:让我|我(?:来|先|将|会|需要|要|再)|现在|接下来|首先|先|次に|まず)"
)
_FOREIGN_SELF = late_pattern("我|用户|使用者|ユーザー|私は")
_FOREIGN_CAUSE = late_pattern("因为|所以|否则|由于|避免|导致|而不是|ため|ので|から")
_THINKS = late_pattern(
    r"""\A\W{0,4}(?:\w+,\s|(?:so|now|then|also|and|but|maybe|perhaps|okay|for\snow)[\s,]{1,3}){0,2}
    (?: (?:i|we)(?:'m|'ve|'ll|'d|\sam|\shave|\swill|\swould)?(?:\s(?:also|now|still|just|really|then|currently)){0,2}\s
        (?:\w+ing|been|need|should|must|might|may|could|can|want|wonder|plan|go|start|keep|consider)\b
      | this\sinvolves\s\w+ing\b | [A-Z][\w\s]{3,60}\si'm\s\w+ing\b
      | my\s(?:\w+\s){0,2}(?:plan|aim|intention|idea|task|job)\b
      | (?:this|that)\s(?:way|feels|seems|ensures|makes|will|should)\b[^.]{0,90}\b(?:i|my|me|i'm|i'll)\b )""",
    re.VERBOSE | re.IGNORECASE,
)
"""How a thought begins that is about what the agent does itself."""
_UNSURE = late_pattern(
    r"\b(?:maybe|perhaps|i'm not (?:sure|certain)|should i|i should|i have to|i might|i could|more pressing)\b"
    r"|\?\W{0,4}\Z",
    re.IGNORECASE,
)
"""What a thought weighs, and has not found."""
_PASSED = late_pattern(
    r"\A`[^`]{1,300}`\W{0,3}\Z|`[^`]{1,120}`\W{1,4}(?:now\s)?(?:pass(?:es|ed)|succeed(?:s|ed)|clean|ok)\b.{0,20}\Z",
    re.IGNORECASE,
)
"""An item that gives how a check went: "`make lint` passed."."""
_REASONS = late_pattern(r"\b(?:because|otherwise|root cause|so that|to avoid|to prevent)\b", re.IGNORECASE)
_SIZE = late_pattern(r"`?[\w./@-]{1,120}\W{1,8}\d{1,6}\s(?:lines?|tests?|files?|bytes|kb)\W{0,6}\Z", re.IGNORECASE)
"""An item that gives a file's size: "`SKILL.md`: 211 lines"."""


def cause_worth(sentence: str, close: float) -> float:
    """What it is worth that a sentence of relevance `close` gives a cause, or says what is wrong or has to be."""
    plain = _INTENDS.sub(" ", _plain(sentence))
    if _CAUSE.search(plain) is not None or (close >= _CLOSE and _STATE.search(plain) is not None):
        return _CAUSE_WORTH
    return _STATE_WORTH if _STATE.search(plain) is not None else 0.0


def is_procedure(sentence: str, *, thought: bool = False) -> bool:
    """Whether a sentence only says what the agent does, reads or runs; of a thought, whatever is about itself."""
    marker = _MARKER.match(sentence)
    text = sentence[marker.end() :] if marker is not None else sentence
    plain = _plain(text)
    if announces(text) or _READING.search(text[:_HEAD]) or _TOOLING.search(plain) or _SIZE.match(plain):
        return True
    if marker is not None and _STEP.match(plain) is not None:
        return True
    if thought and _FOREIGN_SELF.search(plain) is not None:
        return True
    if _FOREIGN.match(plain) is not None and _FOREIGN_CAUSE.search(plain) is None:
        return True
    own = _THINKS.match(plain) is not None or _UNSURE.search(plain) is not None
    return thought and own and _REASONS.search(plain) is None


def is_check(item: str) -> bool:
    """Whether an item of a to-do list is about checking or delivering the work, and not about a change."""
    return _CHECKS.match(item.strip()) is not None or _DELIVERS.match(item.strip()) is not None


def says_nothing(text: str) -> bool:
    """Whether a sentence or an item only leads to what follows, a file's size, or how a check went."""
    marker = _MARKER.match(text)
    plain = text[marker.end() :] if marker is not None else text
    return leads_in(text) or _SIZE.match(plain) is not None or _PASSED.search(plain) is not None


def leads_in(text: str) -> bool:
    """Whether a text ends with a colon, of whatever script."""
    return text.rstrip("*_` ").endswith((":", "："))


def _plain(sentence: str) -> str:
    """With the apostrophe that the expressions have."""
    return sentence.replace("’", "'")
