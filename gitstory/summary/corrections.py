"""Whether a prompt corrects what the agent had just done.

A guess from few words, made to be seldom wrong: the turn before must have edited something or been interrupted, and
the person must open with words of disagreement. Everything else is an ordinary request.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitstory.model import Mark, Turn

_SPACES = re.compile(r"\s+")

# Only at the very start: words of refusal, and complaints about what is there.
_OPENING = re.compile(
    r"""(?:(?:ok(?:ay)?|hm+|oh|well|sorry|please|hey|but|and|so|also|yes|yeah|ah)[\s,.!:;-]+){0,3}
    (?: no(?:pe)?(?=[,.!;:-]|$|\sthat|\sit|\sdon|\sdo\snot|\suse|\skeep|\snot|\si\s|\sthe|\sthis|\syou)
      | not\s(?:quite|like\sthat|what|that|there|yet\sright)
      | don'?t\b | do\snot\b | stop(?=[,.!:;-]|$|\s\w+ing\b) | wait\b(?!\sfor|\suntil)
      | (?:this|that|it)(?:'s|\sis|\swas|\slooks)\s(?:wrong|not|incorrect|broken|bad|still)
      | (?:this|that|it)\s(?:isn'?t|wasn'?t|doesn'?t|does\snot|didn'?t|did\snot|breaks|broke|fails|still)
      | wrong\b | incorrect\b | undo\b | revert\b | roll\s?back\b | put\s(?:it|that|them|this)\sback
      | actually\b | instead\b | rather\b | i\s(?:said|meant|asked|told|did\s?n'?t|don'?t\swant|wanted)
      | you\s(?:forgot|missed|broke|removed|deleted|should\snot|shouldn'?t|should\shave|did\s?n'?t|ignored|misread)
      | why\s(?:did|have|are|do)\syou | still\s(?:fails|failing|broken|wrong|not|the\ssame|doesn'?t)
      | fix\s(?:that|this|it|your|the\s(?:mistake|typo|bug\syou)) | remove\sthat | change\s(?:that|it)\sback
      | try\sagain | that\sbroke | should(?:n'?t|\snot)?\s(?:be|have) )""",
    re.VERBOSE,
)
# Anywhere in the first words.
_EARLY = re.compile(r"\binstead\b")
_GO_ON = re.compile(
    r"(?:(?:ok(?:ay)?|yes|please|now)[\s,.]+)*(?:continue|go on|keep going|proceed|resume|carry on|go ahead|"
    r"implement the following plan)\b"
)
_POLITE = re.compile(r"no\s(?:problem|worries|need|rush|idea|thanks|doubt)|not\sbad|wrong\?$")
_EARLY_WORDS = 8


def disagrees(prompt: str) -> bool:
    """Whether `prompt` opens like a correction."""
    words = _plain(prompt)
    if not words or words.startswith(("/", "<")) or _POLITE.match(words):
        return False
    early = " ".join(words.split(" ")[:_EARLY_WORDS])
    return _OPENING.match(words) is not None or _EARLY.search(early) is not None


def _plain(prompt: str) -> str:
    return _SPACES.sub(" ", prompt[:400]).strip().lower().replace("’", "'")


def interrupted(turn: Turn) -> bool:
    """Whether the person stopped the agent in this turn."""
    return any(isinstance(step, Mark) and step.kind == "interrupted" for step in turn.steps[-3:])


def is_correction(turn: Turn, before: Turn | None) -> bool:
    """Whether `turn` corrects `before`, the turn just ahead of it in the conversation (None if there is none)."""
    if before is None:
        return False
    if interrupted(before):
        return _GO_ON.match(_plain(turn.prompt)) is None
    return any(before.edits) and disagrees(turn.prompt)


def corrections(turns: Sequence[Turn]) -> set[str]:
    """Ids of those of `turns` (in order, gaps allowed) that correct the turn numbered just before them."""
    by_index = {turn.index: turn for turn in turns}
    return {turn.id for turn in turns if is_correction(turn, by_index.get(turn.index - 1))}
