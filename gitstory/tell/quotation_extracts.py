"""Quotations cut from prompts and messages: whole lines, sentences or items, never reworded. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gitstory.queries.review.choice_sentences import sentences
from gitstory.summary.closing_answers import closing_answers, is_lead_in
from gitstory.summary.dependent_prompts import content_words, says_little
from gitstory.summary.turn_labels import handed_over
from gitstory.tell.values import Cited, LoggedTurn
from gitstory.text.markdown_blocks import Block, blocks, split_sentences
from gitstory.text.wording import one_line, shorten

SENTENCE = 320
"""Columns of one sentence or item."""
_PROMPT_LINES, _PROMPT_CHARS = 12, 1_200
_TITLE = 100
_NAMES = 4
"""Words of the first sentence that can name what follows: "Ok that's fine." does not."""
_MARKS = re.compile(r"\*\*|__(?=\S)|(?<=\S)__")
_LINKED = re.compile(r"!?\[([^\[\]]{1,200})\]\([^()\s]{0,400}\)")
_ADDRESS = re.compile(r"https?://\S{1,2000}")
_DECORATION = re.compile(r"\A(?:[^\w\s\"'(`\[/@#$~.<{*&-]+\s+)+")
"""Ticks and pictures at the head of a list item."""
_DONE = re.compile(
    r"(?:i\s(?:have\s|'ve\s)?|we\s)?(?:now\s)?(?:(?:replac|add|fix|updat|creat|remov|renam|mov|chang|implement|switch"
    r"|refactor|extract|introduc|simplifi|merg|convert|delet|dropp|configur|wir|disabl|enabl|restor|reword)ed"
    r"|rewrote|wrote|built|made|split|now)\b"
    r"|.{3,60}\b(?:is|are|now|has|have been|was|were)\s(?:now|been|fixed|added|removed|updated|replaced|moved"
    r"|secure|rendered)\b",
    re.IGNORECASE,
)
_CHEER = re.compile(
    r"\A[^\w]*(?:try|please|you can|refresh|run|open|next|all (?:tests|pass)|the (?:tests|build|commit|working tree)"
    r"|commit\w*|pushed|deployed|branch)\b|https?://|🎉",
    re.IGNORECASE,
)
_LOOKED_AT = 12
_TRIMMED = re.compile(
    r"\A(?:(?!`)[\W_]){1,20}(?=[\w\"'(`/@])|\A(?:(?:h+m+|u+h*m+|ok(?:ay)?|so|well|yes|no|and|but|actually|now|yeah)[\s,.!]{1,3}){1,4}",
    re.IGNORECASE,
)
_PATHS = re.compile(r"\A(?:[^\s/]{0,80}/\S{1,300}\.\w{1,5}\s+){1,5}(?=\S)")
"""Files that are attached to a prompt, before its words."""
_RECOMMENDED = re.compile(r" ?\((?:recommended|easiest|simplest|default|preferred)\)", re.IGNORECASE)
_OWN_NAME = re.compile(r"\*\*|`[^`]{2,80}`\s?(?:[:—–(-]|\*\*)|[^.:]{3,40}:\s")
_GENERIC = re.compile(
    r"\b(?:summary|changes?|changed|done|did|fixed|fix(?:es)?|result|results|updates?|updated|here|what|verified|notes?|files?|details|key|main|new"
    r"|implemented|added|completed|overview|highlights?|steps?|status|following|these|now)\b|:\Z",
    re.IGNORECASE,
)
"""Headings that name no thing: "What changed", "Summary"."""
_HEADING_WORDS = 6
_EMPTY = re.compile(
    r"\W*(?:done|perfect|great|excellent|good|ok(?:ay)?|all (?:set|done|good)|you're (?:welcome|right|absolutely right)"
    r"|sure|yes|no)\b[^.]{0,40}[.!:]*\Z",
    re.IGNORECASE,
)


def plain_words(text: str) -> str:
    """A sentence without emphasis marks and addresses of links, on one line."""
    return _MARKS.sub("", _LINKED.sub(r"\1", one_line(text)))


def sentence(text: str) -> str:
    return shorten(_DECORATION.sub("", plain_words(text)), SENTENCE)


def title(text: str) -> str:
    """A heading cut from a quotation: its first sentence, without what stands around it."""
    parts = list(split_sentences(plain_words(text[:2_000])))
    first = _PATHS.sub("", next((each for each in parts if len(each.split()) >= _NAMES), "".join(parts[:1])))
    return shorten(_RECOMMENDED.sub("", _TRIMMED.sub("", first).rstrip(".:;,")), _TITLE)


def prompt(logged: LoggedTurn) -> Cited:
    """What the person typed, whole unless it is long; of a plan that was pasted its heading and first paragraph."""
    return logged.cite(excerpt(logged.turn.prompt), "person")


def excerpt(text: str, lines: int = _PROMPT_LINES, characters: int = _PROMPT_CHARS) -> str:
    """The beginning of a text: whole lines, and an ellipsis for what was cut."""
    text = text.strip()
    if heading := handed_over(text):
        return _plan(text, heading)
    kept = text[:characters].splitlines()[:lines]
    whole = "\n".join(kept)
    if len(whole) >= len(text):
        return text
    if len(text) > characters and len(kept) < lines:
        whole = whole.rpartition(" ")[0] if " " in whole[-80:] else whole
    return f"{whole.rstrip()} …"


def _plan(text: str, heading: str) -> str:
    results = (
        block.text for block in blocks(text[:8_000]) if block.shape == "paragraph" and not is_lead_in(block.text)
    )
    first = next((words for words in results if len(words.split()) > 5), "")
    return f"{heading} […]\n\n{shorten(first, 600)} […]" if first else f"{heading} […]"


def says_enough(prompt: str) -> bool:
    """Whether a prompt tells a reader something by itself; an address alone does not."""
    return not says_little(_ADDRESS.sub("", prompt))


def closing(logged: LoggedTurn) -> Cited | None:
    """The sentence of the closing answer that says most of what was done, as it stands there; an item of a list with
    the heading that it belongs to, where its own words name nothing."""
    for text in closing_answers(logged.turn):
        results = [each for _, each in zip(range(_LOOKED_AT), _passages(text), strict=False)]
        if results:
            best = max(results, key=lambda each: _worth(each.words) + (each is results[0]))
            return logged.cite(f"{best.heading} […] {best.words}" if best.heading else best.words)
    return None


def claim_against(logged: LoggedTurn, objection: str) -> Cited | None:
    """The sentence of the turn's last message that shares most words with an objection."""
    wanted = set(content_words(objection))
    last = next((text for text in reversed(list(logged.turn.answers)) if text.strip()), "")
    results = [(len(wanted & set(content_words(each))), each) for each in informative(last)]
    best = max(results, key=lambda pair: pair[0], default=(0, ""))
    return logged.cite(best[1]) if best[0] else closing(logged)


def _worth(words: str) -> int:
    """How much a sentence says of what was done; of equal ones the first counts."""
    done, cheer = _DONE.match(words) is not None, _CHEER.search(words) is not None
    return 2 * done - 2 * cheer + ("`" in words) - 2 * words.startswith(('"', "“", "'"))


class _Passage(NamedTuple):
    words: str
    heading: str = ""


def informative(text: str) -> Iterator[str]:
    """Sentences and items of a message that say something by themselves: no headings, lead-ins, questions, cheers.

    A lead-in that says what was done stands before its first item: "Added the options: ...".
    """
    return (each.words for each in _passages(text))


def _passages(text: str) -> Iterator[_Passage]:
    lead = ""
    for block in blocks(text):
        if block.shape in ("heading", "row"):
            continue
        for text_part in split_sentences(block.text) if block.shape == "paragraph" else (block.text,):
            words, led = plain_words(f"{lead} {text_part}") if block.shape == "item" else plain_words(text_part), lead
            lead = ""
            if words.endswith(":") and _DONE.match(words) is not None and block.shape == "paragraph":
                lead = words
                continue
            if (
                len(words.split()) < 5
                or is_lead_in(words)
                or words.rstrip("*_`)").endswith("?")
                or words.count('"') % 2
            ):
                continue
            if _EMPTY.match(words) or words.lower().startswith(
                ("let me", "now let", "i'll ", "would you", "you can now")
            ):
                continue
            yield _Passage(sentence(words), "" if led else _belongs_to(block))


def _belongs_to(block: Block) -> str:
    """The heading that an item of a list belongs to; "" where the item has a name of its own, or the heading none."""
    named = _OWN_NAME.match(block.text) is not None
    heading = plain_words(block.section[-1]).rstrip(": ") if block.section and block.shape == "item" else ""
    says_little_more = not heading or len(heading.split()) > _HEADING_WORDS or _GENERIC.search(heading) is not None
    return "" if named or says_little_more else sentence(heading)


def last_question(text: str) -> str:
    """The last question of a message's end, "" where it asks nothing."""
    parts = [plain_words(each) for each in sentences(text[-3_000:])]
    return next((shorten(each, SENTENCE) for each in reversed(parts[-4:]) if each.rstrip("*_`) ").endswith("?")), "")
