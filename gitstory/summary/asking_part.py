"""The part of a prompt that asks for something, where a program or pasted output fills the rest of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_IN_OUTPUT = late_pattern(
    r"""^\s{0,9}(?: at\s\S+\s\(?\S*:\d | (?:await\sin\s)?[\w.$()]{1,60}\s(?:\(anonymous\)\s)?@\s\S+:\d
        | [\w.-]{1,60}:\d{1,6}(?::\d{1,6})?\s | \d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\s | "[\w.-]{1,60}":\s
        | [─━═│┃╭╰┌└]{2} | \S{1,60}@\S{1,60}\s\S{1,60}\s[%$#]\s | Last\slogin:\s
        | File\s"[^"]{1,200}",\sline\s\d | traceback\s\(most | \[?(?:info|error|warn(?:ing)?|debug|fatal)\]?[\s:]
        | \[?\d{4}-\d\d-\d\d[T\s]\d\d: | \[?\d\d:\d\d:\d\d | [\w.]{1,60}(?:Error|Exception):\s )
      | :\d{1,6}:\d{1,6}\)?\s{0,3}$""",
    re.VERBOSE | re.IGNORECASE,
)
"""What a line of a log, a trace or a console has."""
_EVENT = late_pattern(r"\s*<[a-z]{1,30}(?:-[a-z]{1,30}){0,3}-(?:event|notification)>")
_MARKUP = late_pattern(r"<!--(?:[^-]|-(?!->))*(?:-->|\Z)|</?[a-z][a-z0-9-]{0,20}(?:\s[^<>]{0,600})?/?>", re.IGNORECASE)
_HIDDEN = late_pattern(r"<!--|<(?:img|details|summary|h[1-6]|picture|sub|a)[\s>]", re.IGNORECASE)
"""What pages have and the text of a person has not."""
_FEWEST_IN_LINE = 3
_BLANK = late_pattern(r"\n[ \t]*\n")
_WORD = late_pattern(r"[^\W\d_]+(?:['’][a-z]+)?")
_ASKS = late_pattern(
    r"\?|\b(?:i|i'm|we|you|please|can|could|should|why|how|what|fix|still|again|want|need|let's)\b", re.IGNORECASE
)
_FEWEST_WORDS, _MOST_CHARACTERS = 5, 1_200
_FEWEST_LINES = 3
_MOST_LINES = 2_000
_APART = 3
"""Lines without a sign of output that may stand between two that have one."""
_PLAIN = 0.75
"""Share of the letters and signs of a paragraph that are in words if a person wrote it."""


def asking_part(prompt: str) -> str:
    """`prompt` with what it asks for at its head.

    Behind the introduction of a program ("You are ...") it is what stands under "User request" or "Tasks", alone. Of a
    prompt that begins with pasted output it is the last paragraph, which a person wrote; the output follows it, as it
    does where it was pasted in between.
    """
    text = without_markup(prompt)[:_LONGEST]
    if _INTRODUCES.search(text[:_INTRODUCED]) is not None:
        headings = list(_ASKING_HEADING.finditer(text, _INTRODUCED // 2))
        rest = text[headings[-1].end() :].strip().strip('"').strip() if headings else ""
        if rest:
            return rest
    return _own_words_first(text) or _output_last(text) or text


def is_event(prompt: str) -> bool:
    """Whether a program reports something with a prompt: `<ci-monitor-event>...`."""
    return _EVENT.match(prompt) is not None


def without_markup(text: str) -> str:
    """`text` without the lines that are nothing but pictures, comments and tags of a page that was pasted."""
    if _HIDDEN.search(text) is None:
        return text
    lines = ((line, _MARKUP.sub(" ", line)) for line in text.split("\n"))
    return "\n".join(line if plain == line else plain.strip() for line, plain in lines if plain == line or _says(plain))


def _says(line: str) -> bool:
    return len(_WORD.findall(line)) >= _FEWEST_IN_LINE


def _own_words_first(text: str) -> str:
    """The last paragraph ahead of the others where those are output; "" where they are not."""
    if _OUTPUT.match(text) is None:
        return ""
    *pasted, last = [part for part in _BLANK.split(text.strip()) if part.strip()]
    output = "\n\n".join(pasted)
    if output.count("\n") + 1 < _FEWEST_LINES or not _is_own(last):
        return ""
    return f"{last}\n\n{output}"


def _output_last(text: str) -> str:
    """`text` with its runs of lines of output behind all that a person wrote; "" where there are none."""
    lines = text.split("\n")[:_MOST_LINES]
    signs = [_IN_OUTPUT.search(line) is not None for line in lines]
    if sum(signs) < _FEWEST_LINES or any(line.startswith("```") for line in lines):
        return ""
    runs = _runs(lines, signs)
    own = "\n".join(line for line, output in zip(lines, runs, strict=True) if not output).strip()
    output = "\n".join(line for line, output in zip(lines, runs, strict=True) if output)
    if not output or len(_WORD.findall(own)) < _FEWEST_WORDS:
        return ""
    return f"{own}\n\n{output}"


def _runs(lines: Sequence[str], signs: Sequence[bool]) -> list[bool]:
    """Which lines are in a run of output: lines with its signs, and few short ones between them."""
    runs = [False] * len(lines)
    at = 0
    while at < len(lines):
        end, away = at, 0
        for later in range(at, len(lines)):
            if signs[later]:
                end, away = later + 1, 0
                continue
            away += 1
            if not signs[at] or away > _APART or len(_WORD.findall(lines[later])) >= _FEWEST_WORDS:
                break
        if sum(signs[at:end]) >= _FEWEST_LINES:
            runs[at:end] = [True] * (end - at)
        at = max(end, at + 1)
    return runs


def _is_own(paragraph: str) -> bool:
    """Whether a person wrote a paragraph: words, which ask or tell about themselves."""
    if len(paragraph) > _MOST_CHARACTERS or paragraph[:1] in _MOST_SIGNS or _OUTPUT.match(paragraph) is not None:
        return False
    words = _WORD.findall(paragraph)
    signs = len("".join(paragraph.split()))
    return len(words) >= _FEWEST_WORDS and sum(map(len, words)) >= _PLAIN * signs and bool(_ASKS.search(paragraph))
