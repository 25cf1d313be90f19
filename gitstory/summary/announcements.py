"""Sentences that only say what comes next: "Now let me update X:". Pure."""

from __future__ import annotations

import re

from gitstory.summary.closing_answers import is_lead_in
from gitstory.text.late_pattern import late_pattern
from gitstory.text.markdown_blocks import blocks, split_sentences

_ANNOUNCES = late_pattern(
    r"""(?:(?:ok(?:ay)?|good|great|perfect|excellent|alright|right|now|next|first|then|also|finally|so|and|wait
          |let's\ssee|sure|done|got\sit|i\ssee)[\s,.!:;—-]{1,4}){0,4}
    (?: let\sme\b | let's\b | i'?ll\b(?!\s(?:keep|leave|not)) | i\swill\b
      | i'?m\s(?:going\sto|now|about\sto|reading|checking|running|adding|updating|opening|looking|inspecting
                |verifying|starting)
      | i\s(?:now\s)?(?:need\sto|have\sto|should|want\sto|can\sstart
                |have\s(?:all|everything|the\s(?:full|whole|context)|a\sclear))
      | (?:updat|add|creat|writ|check|runn|read|look|implement|verify|start|mov|edit|apply|rerunn|patch)ing\b
      | (?:update|add|create|write|check|run|read|look|implement|verify|start|edit|apply|now|next|time\sto)\b
      | here(?:'s|\sis|\sare)\b | two\b[^.]{0,40}\bedits\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_LONG_SENTENCE = 14
"""Words from which on a sentence that begins like an announcement counts as more than one."""
_BECAUSE = late_pattern(
    r"\b(?:because|since|so that|so the|otherwise|to avoid|to prevent|instead of|rather than|root cause)\b",
    re.IGNORECASE,
)


def announces(sentence: str) -> bool:
    """Whether a sentence only says what comes next: "Now let me update X:"."""
    if is_lead_in(sentence):
        return True
    return (
        _ANNOUNCES.match(sentence) is not None
        and _BECAUSE.search(sentence) is None
        and len(sentence.split()) < _LONG_SENTENCE
    )


def only_announces(text: str) -> bool:
    """Whether a message says nothing but what comes next."""
    sentences = [each for block in blocks(text) for each in split_sentences(block.text)]
    return len(sentences) <= 4 and bool(sentences) and announces(sentences[-1])
