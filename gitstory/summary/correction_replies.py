"""What the agent's first words after a prompt say about it: that it was corrected, that it looks for a fault, or that
it starts something new. English only; pure.

Agents agree ("You're right"), apologize, or name the fault they found, before they change anything again.
"""

from __future__ import annotations

import re
from itertools import islice

from gitstory.model import Say, Turn
from gitstory.summary.correction_cues import normalized

_MESSAGES, _HEAD, _LENGTH = 3, 4000, 400
_FRAMES = ("<details>", "<summary>", "</details>", "Tool use:", "**Agent task list", "- [", "```")
"""How lines begin that an exported conversation puts between what the agent says."""
_LETS = r"\b(?:let me|i'll|i will|i need to|we need to|i'm|now let me|now i'll) (?:also |now |just |quickly |first )?"
_EXPRESSIONS = {
    "agrees": r"""\byou'?re\s(?:absolutely\s|totally\s|completely\s|quite\s|so\s)?(?:right|correct)
        | \byou\sare\s(?:absolutely\s|completely\s)?(?:right|correct)
        | \b(?:good|great|excellent)\s(?:catch|point|call|eye)
        | \bfair\s(?:point|challenge|enough) | \bthat'?s\s(?:a\s)?(?:fair|right|correct|true)\b | \bright\b\s?[,—-]""",
    "apologizes": r"""\bapologi[sz]e | \bsorry\b | \bmy\s(?:mistake|bad|fault)\b
        | \bi\s(?:missed|forgot|misread|misunder|overlooked|should\shave|shouldn't\shave|was\swrong|didn't)""",
    "finds": r"""\bi\ssee\s(?:the|what|that|now|—|-) | \bah\b | \bnow\si\s(?:see|understand) | \bi\sunderstand\b
        | \bfound\s(?:it|the)\b | \bthe\s(?:root\s)?(?:issue|problem|error|bug|cause)\s(?:is|was|occurs|here|seems)
        | \bthis\s(?:error|issue|happens|means)\b | \bthe\s(?:fix|reason)\s(?:is|was)\b""",
    "reports": r"""\buser\s(?:is\s)?(?:still\s|now\s)?(?:say|report|point|mention|complain|see|want|seem|correct
        |clarif|frustrat|upset)""",
    "repairs": _LETS.replace(" ", r"\s")
    + r"""(?:fix|correct|adjust|revert|restore|undo|remove|investigate|debug|check\swhy|find\sout|reproduce|diagnose
        |look\sinto|verify|trace|inspect|simplify)
        | \b(?:fixing|investigating|reverting|reverted|restoring|debugging)\b""",
    "starts": _LETS.replace(" ", r"\s")
    + r"""(?:add|create|implement|build|write|set\sup|generate|explore|read|help|update|commit|push|run|analy[sz]e
        |search|review|examine|look\sat|take\sa\slook)
        | \b(?:implementing|adding|creating|exploring|reviewing|committed|pushed|done)\b""",
    "answers": r"^(?:yes|no|yep|sure|good\squestion|great|perfect|excellent|short\sanswer)\b",
    "contradicts": r"""\b(?:still|instead|actually|wrong|missing|doesn't|isn't|wasn't|didn't)\b
        | \bnot\s(?:working|what|the|a)\b""",
}
REPLIES = {name: re.compile(expression, re.VERBOSE) for name, expression in _EXPRESSIONS.items()}


def opening(turn: Turn) -> str:
    """The agent's first words in `turn`, normalized, without the frames of an exported conversation."""
    says = (step.text for step in turn.steps if isinstance(step, Say) and step.agent is None and step.text.strip())
    text = "\n".join(islice(says, _MESSAGES))[:_HEAD]
    lines = (line for line in text.splitlines() if any(map(str.isalnum, line)) and not line.startswith(_FRAMES))
    return normalized("\n".join(lines), _LENGTH)


def reply_cues(words: str) -> list[str]:
    """The names of what the agent's first words do, in a fixed order."""
    return [name for name, expression in REPLIES.items() if expression.search(words)]
