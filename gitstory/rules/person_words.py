"""The sentences that a person typed themselves, out of everything a prompt holds. Pure.

A prompt may be a plan that an agent wrote, a review comment, a log or a file. What a person types about how to work is
short and stands outside of code, quotes and tables; the rest is left out rather than guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitstory.model import Turn
from gitstory.queries.review.choice_sentences import sentences

_LONGEST_PROMPT = 6_000
"""Characters; longer prompts are documents that were pasted."""
_MOST_SENTENCES = 60
_SMALL_START = re.compile(r"(?<=[a-z`)]{2}[.!?])\s(?=[a-z`])")
"""Where a sentence ends before one that begins with a small letter, as many people type."""
_FEWEST_WORDS, _MOST_WORDS = 2, 34
_MOST_FOREIGN = 0.2
"""Share of letters outside the Latin alphabet with which a sentence is not read."""
_PASTED = re.compile(r"<[a-z_-]{3,30}>|^\s{0,8}(?:#{1,6} |diff --git|@@ |Traceback|\$ )", re.MULTILINE)
_HANDED_PLAN = re.compile(r"(?:implement|execute) the following (?:plan|task)", re.IGNORECASE)
_HANDED_TEXT = re.compile(
    r"\b(?:add|put|paste|copy|insert|save|with|take|turn|use|capture)\b[^.\n]{0,120}\b(?:this|below|following"
    r"|content)\b[^.\n]{0,60}[:.]?[ \t]*\n",
    re.IGNORECASE,
)
"""A line that hands over a text: what follows was written for a file, not for the agent."""
_CODED = re.compile(r"\b[A-Z]{1,4}\d{3,5}\b(?=:?\s[A-Z'\"])")
_STAMPED = re.compile(r"\W{0,3}\d{4}-\d\d-\d\d|\W{0,3}\d\d:\d\d|//|#|\*|hint:")
"""The beginning of a line of a log or of code."""
_LOGGED = re.compile(r"[⎿❯●✓✗│]|\b[A-Z]{1,4}\d{3,5}\b")
_ROLE = re.compile(
    r"\s*You are (?:an?|the|one of|agent|[\w-]+ (?:on|for|in|of|at))\s"
    r"|\s*(?:#+ )?(?:your )?(?:role|task|objective|context):\s",
    re.IGNORECASE,
)
_FEWEST_OF_ROLE = 500
"""Characters of a prompt that gives an agent a role: programs that lead several agents write them."""
_TEMPLATE = re.compile(
    r"For the code present, we get this error|Implement the plan as specified, it is attached"
    r"|Perform any necessary follow-up actions|The beginning of the above subagent result"
)
"""What Cursor types where a person presses a button: fix this error, carry out this plan; and when a subagent ended."""
_ATTRIBUTED = re.compile(r"^(?:user|assistant|human|agent|reviewer|copilot|coderabbit)\b[^:]{0,20}:", re.IGNORECASE)
_CODE = re.compile(r"[{}<>|\\=]|;\s*$|\$\(|https?://|::|->|\)\s*\{")


class PersonSentence(Struct, frozen=True):
    """One sentence of a person; `refusal` where it was said when a tool call was refused."""

    text: str
    refusal: bool = False


def person_sentences(turn: Turn) -> Iterator[PersonSentence]:
    """The sentences of a turn's prompt and of what the person said within the turn, in order."""
    if turn.kind != "automated" and not _is_composed(turn.prompt):
        yield from (PersonSentence(text) for text in _typed(turn.prompt))
    for mark in turn.words:
        refused = mark.occasion == "refusal"
        yield from (PersonSentence(text, refused) for text in _typed(mark.text))


def _is_composed(prompt: str) -> bool:
    """Whether a program or an agent wrote a prompt, by its beginning."""
    head = prompt.strip()[:80]
    if _HANDED_PLAN.match(head) is not None or _TEMPLATE.match(head) is not None:
        return True
    return len(prompt) >= _FEWEST_OF_ROLE and _ROLE.match(head) is not None


def _typed(text: str) -> Iterator[str]:
    if len(text) > _LONGEST_PROMPT:
        return
    pasted = _PASTED.search(text)
    typed = text if pasted is None else text[: pasted.start()]
    handed = _HANDED_TEXT.search(typed) if "\n" in typed else None
    typed = typed if handed is None else typed[: handed.end()]
    for number, sentence in enumerate(sentences(_lines_apart(typed))):
        if number >= _MOST_SENTENCES:
            return
        yield from (part for part in _SMALL_START.split(sentence) if _is_typed(part))


def _lines_apart(text: str) -> str:
    """Each line as a paragraph of its own: people end sentences by a new line as often as by a stop.

    What stands behind the code of a message (`CA1031`) is the message, to the end of its line.
    """
    if _CODED.search(text) is None:
        return text.replace("\n", "\n\n")
    return "\n\n".join(_CODED.split(line, maxsplit=1)[0] for line in text.split("\n"))


def _is_typed(sentence: str) -> bool:
    words = sentence.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or _ATTRIBUTED.match(sentence) or _STAMPED.match(sentence):
        return False
    if sentence[0] in '"“' and sum(sentence.count(mark) for mark in '"“”') % 2:
        return False  # the first sentence of a text that is quoted, for a document or for another model
    if _LOGGED.search(sentence) is not None or (not sentence.isascii() and _is_foreign(sentence)):
        return False
    return _CODE.search(_without_spans(sentence)) is None


def _is_foreign(sentence: str) -> bool:
    letters = [char for char in sentence if char.isalpha()]
    foreign = sum(ord(char) > 0x24F for char in letters)
    return not letters or foreign > _MOST_FOREIGN * len(letters)


def _without_spans(sentence: str) -> str:
    """The sentence without what stands between backticks."""
    return "".join(sentence.split("`")[::2])
