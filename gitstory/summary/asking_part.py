"""The part of a prompt that asks for something, where a program or pasted output fills the rest of it. Pure."""

from __future__ import annotations

import re

from gitstory.text.late_pattern import late_pattern

_LONGEST = 60_000
_INTRODUCED = 600
"""Characters at the beginning of a prompt in which a program tells the agent who it is."""
_INTRODUCES = late_pattern(r"\b(?:you are|your name is|your role)\b", re.IGNORECASE)
_ASKING_HEADING = late_pattern(
    r"^#{1,4}[ \t]{1,4}(?:(?:the|your|current|user(?:'s)?)[ \t]){0,2}"
    r"(?:request|prompt|message|query|instructions?|assignment|tasks?|task description|issue|goal|objective)[ \t]*+:?$",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_SIGNS = frozenset("#`")
_OUTPUT = late_pattern(
    r"""\s*+(?: (?:\$|%|❯|>|PS>|PS\s\S{1,80}>)\s
      | (?:npm|yarn|pnpm|npx|bun|cargo|go|make|docker|git|pip|uv)\s(?:run|install|test|build|err!?|ci)\b
      | \[?(?:info|error|warn(?:ing)?|debug|fatal)\]?[\s:] | error:|traceback\s\(most | run\s\S+\s"
      | \[?\d{4}-\d\d-\d\d[T\s]\d\d: | \[?\d\d:\d\d:\d\d | [\w.]{1,60}(?:Error|Exception):\s
      | (?:fail|failed|panic|uncaught)\b[:\s] | [✗✘✖×]\s )""",
    re.VERBOSE | re.IGNORECASE,
)
"""How the first line of pasted output begins."""
_BLANK = late_pattern(r"\n[ \t]*\n")
_WORD = late_pattern(r"[^\W\d_]+(?:['’][a-z]+)?")
_ASKS = late_pattern(
    r"\?|\b(?:i|i'm|we|you|please|can|could|should|why|how|what|fix|still|again|want|need|let's)\b", re.IGNORECASE
)
_FEWEST_WORDS, _MOST_CHARACTERS = 5, 1_200
_FEWEST_LINES = 3
_PLAIN = 0.75
"""Share of the letters and signs of a paragraph that are in words if a person wrote it."""


def asking_part(prompt: str) -> str:
    """`prompt` with what it asks for at its head.

    Behind the introduction of a program ("You are ...") it is what stands under "User request" or "Tasks", alone. Of a
    prompt that begins with pasted output it is the last paragraph, which a person wrote; the output follows it.
    """
    text = prompt[:_LONGEST]
    if _INTRODUCES.search(text[:_INTRODUCED]) is not None:
        headings = list(_ASKING_HEADING.finditer(text, _INTRODUCED // 2))
        rest = text[headings[-1].end() :].strip().strip('"').strip() if headings else ""
        if rest:
            return rest
    return _own_words_first(text) or prompt


def _own_words_first(text: str) -> str:
    """The last paragraph ahead of the others where those are output; "" where they are not."""
    if _OUTPUT.match(text) is None:
        return ""
    *pasted, last = [part for part in _BLANK.split(text.strip()) if part.strip()]
    output = "\n\n".join(pasted)
    if output.count("\n") + 1 < _FEWEST_LINES or not _is_own(last):
        return ""
    return f"{last}\n\n{output}"


def _is_own(paragraph: str) -> bool:
    """Whether a person wrote a paragraph: words, which ask or tell about themselves."""
    if len(paragraph) > _MOST_CHARACTERS or paragraph[:1] in _MOST_SIGNS or _OUTPUT.match(paragraph) is not None:
        return False
    words = _WORD.findall(paragraph)
    signs = len("".join(paragraph.split()))
    return len(words) >= _FEWEST_WORDS and sum(map(len, words)) >= _PLAIN * signs and bool(_ASKS.search(paragraph))
