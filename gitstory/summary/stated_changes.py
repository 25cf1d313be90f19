"""Whether a sentence of an agent says what was done, or only that it was checked, reviewed or is fine. Pure."""

from __future__ import annotations

import re

from gitstory.text.late_pattern import late_pattern

_DID = late_pattern(
    r"""\b(?: added | removed | deleted | fixed | implemented | updated | replaced | changed | moved | created | renamed
      | extracted | refactored | rewr(?:ote|itten) | switched | converted | dropped | introduced | extended | split
      | merged | simplified | restored | reverted | wrapped | bumped | improved | disabled | enabled | reordered
      | corrected | adjusted | increased | reduced | set\sto | cleaned\sup | consolidated | ported | migrated | wired
      | hardened | parameterized | expanded | inlined | hidden | aligned | separated | redesigned | built
      | documented | wrote | written | tightened | narrowed | unified | registered | marked
      | closed | adopted | rendered | clarified | saved | committed:
      | (?:now|no\slonger)\s[\w-]+s | (?<=\w\s)(?<!right\s)(?<!for\s)(?<!until\s)(?<!by\s)
          now\s(?:match|use|have|show|accept|support|chain
          |live|return|go|stay|keep|run|render|count|work|share|point|read|say|fail|contain|include|cover|get|take)\b
      | now\sin\s` | is\snow | are\snow | made\s(?:the|it|a|all|sure)
      | (?:by|renam|replac|add|remov|mov|extract|chang|updat)ing )\b
      | \A\W*fix\s?[^\w\s]\W{0,3}\w
      | [—–:-]\s(?:adds|removes|drops|creates|makes|uses|wraps|replaces|moves|fixes|sets|handles)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_ONLY_CHECKED = late_pattern(
    r"""\A\W{0,4}(?: no\s(?:todos?|placeholders?|stubs?|other|issues?|new|further|concerns?|changes?|duplicat\w+)\b
      | nothing\s(?:to|else|skipped)\b | (?:self-)?review(?:ed)?\b
      | builds?\s(?:is\s|and\s\w+\s)?(?:cleanly|clean|succeeds?|pass\w*)
      | clean\b | everything\b | all\s(?:changes|good|good|tests|\d+) | \d+\s(?:pass|tests) | only\sused\sin\b
      | complexity\b | consistent\b | the\schanges?\s(?:is|are)\s(?:minimal|clean|correct|complete) )
      | \b(?: pre-existing | self-review | you're\sall\sset | not\sworth\sextracting | todos?\sor\splaceholders
      | codebase\sconsistency | worth\snoting | let\sme\sknow | no\s(?:\w+\s)?changes?\s(?:is\s|are\s)?needed )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NOT_YET = late_pattern(
    r"\A\W*(?:i['’]m (?:now |also |just )?\w+ing|let me|i'?ll|i will"
    r"|now (?:let|fix|add|update|i(?!['’]ve| have)|\w+ing)\b|now the [^.]{0,40} fix\b|next|ready"
    r"|want me)\b",
    re.IGNORECASE,
)
_CAUSE = late_pattern(
    r"\A\W*(?:(?:the )?root cause|(?:the )?cause|(?:the |key )?(?:issue|problem|bug|error|insight)(?: \d+)?)\b",
    re.IGNORECASE,
)
"""What was wrong, ahead of what was done about it."""
_DELIVERED = late_pattern(
    r"(?:\A|(?<=[.!?]\s))\W{0,4}(?:(?:pr|pull request)\s\S{1,9}\s)?(?:is\s|was\s|has been\s)?"
    r"(?:now\s)?(?:merged|pushed|released|deployed|tagged)"
    r"(?:\s(?:to|into|as|in|on|via|and|with|up|it|pr|the pr)\b[^.!\n]{0,80})?\s?[.!,:—–]",
    re.IGNORECASE,
)
"""That the work was delivered, which says nothing of what it is: "Merged to main."."""
_FEWEST_WORDS = 4
_NEXT = late_pattern(
    r"\b(?:let me|i'?ll|i will|waiting|holding (?:off|on)|standing by|i (?:now )?have (?:everything|all))\b"
    r"|(?:\A|[.!—:]\s)(?:check|read|runn|committ|push|verify|start|look|re-?runn)ing\b[^.!]{0,80}[.:…]?\Z",
    re.IGNORECASE,
)
_BARE = late_pattern(r"\A\W*\w+\W*\Z")


def states_change(text: str) -> bool:
    """Whether a sentence or list item says what was done: "Added `foo`", "`a.py` now reads from disk"."""
    text = _DELIVERED.sub("", text)
    if len(text.split()) < _FEWEST_WORDS and _BARE.match(text.split(" ", 1)[-1]) is not None:
        return False
    if begins_with_next(text) or any(expression.match(text) is not None for expression in (_BARE, _CAUSE)):
        return False
    return not only_checked(text) and _DID.search(text) is not None


def only_checked(text: str) -> bool:
    """Whether a sentence says that something was looked at or is fine, rather than what was done."""
    return _ONLY_CHECKED.search(text) is not None


def promises(text: str) -> bool:
    """Whether a text says what comes next, anywhere in it."""
    return _NEXT.search(text) is not None


def begins_with_next(text: str) -> bool:
    """Whether a text begins with what comes next: "Now updating the menus"."""
    return _NOT_YET.match(text) is not None
