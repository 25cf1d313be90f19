"""The options that were on the table: of a question that a tool put, or of a list in the agent's message. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from gitstory.agents.question_answers import question_text, questions_of
from gitstory.model import Mark, Say, Turn
from gitstory.queries.review.choice_sentences import sentences
from gitstory.summary.dependent_prompts import content_words, references
from gitstory.tell.quotation_extracts import last_question, plain_words
from gitstory.text.markdown_blocks import Block, blocks
from gitstory.text.wording import one_line

_NAMED = re.compile(
    r"[*_`#\s]{0,6}(?:option|approach|choice|alternative|variant)\s?#?(\d{1,2}|[A-Fa-f])\b[*_`]{0,3}\s{0,2}[.:)(—–-]\s{0,2}",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"[*_`]{0,3}\(?(\d{1,2}|[A-Fa-f])[.):]\)?[*_`]{0,3}\s+")
_LETTERED_LINE = re.compile(r"^[*_`]{0,3}\(?([A-Ha-h])[.)]\)?[*_`]{0,3}[ \t]{1,4}(\S.{2,600})$", re.MULTILINE)
_MESSAGE = 8_000
_MOST, _FEWEST = 8, 2
_DETAILS = 4
_CONFIRMS = re.compile(
    r"(?:yes|no|proceed|continue|cancel|ok(?:ay)?|skip|wait|stop|abort|approve|looks? good|done|ready|not yet|go ahead"
    r"|commit|push|merge|ship)\b",
    re.IGNORECASE,
)
_AFTER_YES = re.compile(r"\A(?:yes|no)\b[\s,.:;—–-]{1,4}(?=\w+\s+\w)", re.IGNORECASE)
"""A yes or no that says more: "Yes, add a guard" decides something, "Yes, proceed" does not."""
_PLACES = re.compile(
    r"\s{0,9}(?:(?:do|options?|both|only|just|numbers?)\s){0,3}#?(\d{1,2}(?:\s?(?:,|and|&|\+)\s?(?:and\s)?#?\d{1,2}){0,7})"
    r"(?:[.,;:!)]|\sand\b|\Z)",
    re.IGNORECASE,
)
"""Numbers at the beginning of an answer: the places of options, as agents show them."""
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_FIRST_FEW = re.compile(r"\b(?:the|these|those)\sfirst\s([2-9]|two|three|four|five|six)\b", re.IGNORECASE)
_SHORT = 200
_MORE = re.compile(r"(?:more questions|ask more|next (?:area|topic|question)|keep exploring)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\s*(?:h+m+|not sure|i'?m not sure|it depends|depends|i don'?t know|no idea|you (?:decide|choose)"
    r"|your (?:call|choice)|up to you|whatever|let me think|tell me more|chat about|can you explain)\b",
    re.IGNORECASE,
)


class Offered(Struct, frozen=True):
    """One option as it was put: `name` in its list (`2`, `b`) or "", and what was said about it."""

    name: str
    text: str
    details: tuple[str, ...] = ()


def question_options(turn: Turn, mark: Mark) -> list[Offered]:
    """The options of the question that a `said` mark answers; none where the call's arguments are not whole."""
    for call in turn.calls:
        if (mark.call and call.id != mark.call) or not call.input.startswith("{"):
            continue
        for question in questions_of(_decoded(call.input)):
            if one_line(question_text(question)) == one_line(mark.question):
                return [_offered(option) for option in _options(question)]
    return []


def _decoded(given: str) -> object:
    try:
        return msgspec.json.decode(given)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _options(question: Mapping[str, Any]) -> list[Any]:
    return next((value for key in ("options", "choices") if isinstance(value := question.get(key), list)), [])[:_MOST]


def _offered(option: object) -> Offered:
    if not isinstance(option, Mapping):
        return Offered("", str(option))
    label = option.get("label") or option.get("value") or ""
    about = option.get("description") or ""
    return Offered("", str(label), (str(about),) if about else ())


def is_chosen(option: Offered, answer: str) -> bool:
    """Whether an answer to a question names an option."""
    wanted = one_line(option.text).lower()
    parts = [one_line(part).lower() for part in re.split(r",\s+|\n|;\s+", answer)]
    return bool(wanted) and (one_line(answer).lower() == wanted or wanted in parts)


def chosen_options(options: Sequence[Offered], answer: str) -> list[bool]:
    """Which options an answer to a question names, by their words or, where it begins with numbers, by their places."""
    named = [is_chosen(option, answer) for option in options]
    listed = _PLACES.match(answer)
    if any(named) or listed is None:
        return named
    places = {int(number) for number in re.findall(r"\d+", listed[1])}
    return [at in places for at in range(1, len(options) + 1)] if max(places) <= len(options) else named


def only_confirms(options: Sequence[Offered]) -> bool:
    """Whether a question only asks for leave: what is answered decides nothing about the code."""
    return bool(options) and (
        all(_CONFIRMS.match(_AFTER_YES.sub("", option.text) or option.text) is not None for option in options)
        or any(_MORE.match(option.text) is not None for option in options)
    )


def undecided(answer: str) -> bool:
    """Whether an answer to a question leaves it open: a question in return, a doubt, "you decide"."""
    return answer.rstrip().endswith("?") or _OPEN.match(answer) is not None


def listed_options(message: str) -> list[Offered]:
    """The options that a message lists: headings or paragraphs called `Option B: …`, else its last numbered list."""
    results = blocks(message[-_MESSAGE:])
    named = [at for at, block in enumerate(results) if _NAMED.match(block.text)]
    if len(named) >= _FEWEST:
        return list(_last_run([_under(results, at, _NAMED) for at in named]))
    lists = [at for at, block in enumerate(results) if _number(block) and (block.shape == "heading" or not block.depth)]
    run = list(_last_run([_under(results, at, _LETTERED) for at in lists]))
    return run or list(_last_run(_lettered_lines(message))) or _headed(results, message)


def _lettered_lines(message: str) -> list[Offered]:
    """The options on lines of their own that begin with a letter ("a) one table"), which Markdown joins to a text."""
    return [Offered(match[1].lower(), plain_words(match[2])) for match in _LETTERED_LINE.finditer(message[-_MESSAGE:])]


def _headed(results: Sequence[Block], message: str) -> list[Offered]:
    """The last list whose items begin in bold (`- **Keep both**: ...`), behind a question at the end of a message."""
    if "?" not in message[-_END:]:
        return []
    run: list[Offered] = []
    before, asks = "", False
    for block in results:
        match = _BOLD_HEAD.match(block.text) if block.shape == "item" and not block.depth else None
        if match is None:
            before = block.text
            continue
        if before:
            run, asks, before = [], before.rstrip("*_` ").endswith("?") or _CHOOSE.search(before) is not None, ""
        run.append(Offered(f"-{len(run)}", plain_words(match[1]), (plain_words(match[2]),) if match[2] else ()))
    return run if asks and _FEWEST <= len(run) <= _MOST else []


def named_heads(prompt: str, options: Sequence[Offered]) -> set[str]:
    """The options in bold whose words a prompt has, all but those that another option has too."""
    own = set(content_words(prompt))
    heads = {option.name: set(content_words(option.text)) for option in options if option.name.startswith("-")}
    shared = {
        word for name, head in heads.items() for word in head if any(word in heads[x] for x in heads if x != name)
    }
    return {name for name, head in heads.items() if head - shared and own >= head - shared}


def alternatives(message: str) -> list[str]:
    """The items of a list that a message introduces as what it did not take: "alternatives I'd consider: ..."."""
    if _RUNNERS_UP.search(message) is None:
        return []
    return [
        plain_words(block.text)
        for block in blocks(message[-_MESSAGE:])
        if block.shape == "item" and any(_RUNNERS_UP.search(each) for each in block.section[-1:])
    ][:_DETAILS]


def _number(block: Block) -> str:
    if block.shape == "item" and block.marker[:1].isdigit():
        return block.marker.rstrip(".)")
    match = _LETTERED.match(block.text) if block.shape in ("heading", "item") else None
    return match[1].lower() if match is not None else ""


def _under(results: Sequence[Block], at: int, label: re.Pattern[str]) -> Offered:
    """The option that begins at a block, with what stands under it up to the next."""
    block = results[at]
    match = label.match(block.text)
    name = match[1].lower() if match is not None else _number(block)
    details: list[str] = []
    for later in results[at + 1 : at + 12]:
        if label.match(later.text) or _number(later) or (later.shape == "heading" and later.depth <= block.depth):
            break
        if block.text not in later.section and block.shape != "paragraph":
            break
        if later.shape != "heading" and not later.text.rstrip("*_`) ").endswith((":", "?")) and "?" not in later.text:
            details.append(plain_words(later.text))
    text = block.text[match.end() :] if match is not None else block.text
    return Offered(name, plain_words(text), tuple(details[:_DETAILS]))


def _last_run(options: list[Offered]) -> Iterator[Offered]:
    """The last run of options that counts up from its first name: an earlier list of the message is another matter."""
    start = 0
    for at, option in enumerate(options):
        if option.name in ("1", "a"):
            start = at
    run = options[start:]
    names = [option.name for option in run]
    if _FEWEST <= len(run) <= _MOST and len(set(names)) == len(names) and names[0] in ("1", "a"):
        yield from run


def answered_options(prompt: str, message: str) -> tuple[list[Offered], set[str]]:
    """The options of the message that `prompt` chooses among and the names of those it chooses; nothing where it
    names none, or all of them."""
    options = listed_options(message)
    names = set(references(prompt)) & {option.name for option in options}
    if first := _FIRST_FEW.search(prompt[:_SHORT]):
        names = {option.name for option in options[: _COUNTS.get(first[1].lower()) or int(first[1])]}
    if names == {"1"} and _FIRST_OF_ALL.search(prompt) is not None and "1" not in prompt:
        names = set()
    if not names and options and _AGREES.match(prompt) is not None:
        names = _recommended(message, options)
    if not names and options:
        names = _by_words(prompt, options) or named_heads(prompt, options)
    return (options, names) if names and len(names) < len(options) else ([], set())


def _by_words(prompt: str, options: Sequence[Offered]) -> set[str]:
    """The only option whose first words a short prompt repeats: "good idea to keep both running"."""
    own = set(re.findall(r"\w[\w-]*", prompt.lower()))
    if len(own) > _FEW:
        return set()
    heads = {option.name: re.findall(r"\w[\w-]*", option.text.lower())[:_HEAD] for option in options}
    named = {name for name, head in heads.items() if len(head) > 1 and own.issuperset(head)}
    return named if len(named) == 1 else set()


def proposal(message: str) -> str:
    """What the end of a message offers to do, "" where that is routine: committing, showing, trying."""
    question = last_question(message)
    match = _OFFERS.search(question)
    return question if match is not None and not _ROUTINE.match(match["what"]) else ""


def proposed(message: str, question: str) -> str:
    """What a yes to `question` accepts: the sentence before it that proposes, where it only points at that."""
    if len(content_words(question)) > _POINTS:
        return question
    before = [each for each in sentences(message) if not each.rstrip("*_` ").endswith("?")]
    named = [each for each in before if _PROPOSES.search(each) is not None and len(each.split()) >= _SAYS]
    return (named or [question])[-1]


def agrees(prompt: str) -> bool:
    """Whether a short prompt accepts what was offered, and may add to it."""
    return _AGREES.match(prompt) is not None or (_YES.match(prompt) is not None and len(prompt.split()) <= _FEW)


def agrees_first(prompt: str) -> bool:
    """Whether a prompt begins by agreeing, whatever it goes on to ask: "okay, change the API"."""
    return _YES.match(prompt) is not None


def accepts_plan(words: str) -> bool:
    """Whether what a person said when they closed a plan asks to carry it out: "fix all in this order"."""
    return agrees(words) or (_CARRIES_OUT.match(words) is not None and _LIMITS.search(words) is None)


_CARRIES_OUT = re.compile(
    r"\s{0,9}(?:(?:ok(?:ay)?|yes|good|great|please|now|then|just)[\s,.!]{1,3}){0,3}"
    r"(?:fix|implement|do|apply|execute|start|proceed|continue|go (?:ahead|on)|carry)\b"
    r"(?=[^.?!]{0,60}\b(?:all|everything|both|suggested|proposed|plan|as planned|order|steps?)\b)[^?]{0,120}\Z",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"\b(?:not|n't|only|except|but|without|instead|first|rather|skip|leave|before)\b", re.IGNORECASE)
_AGREES = re.compile(
    r"\s*(?:yes|yeah|yep|sure|ok(?:ay)?|sounds good|go ahead|go for it|do it|do that|agreed|please do|lgtm|perfect)\b"
    r"[^?]{0,60}\Z",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\s{0,9}(?:yes|yeah|yep|sure|ok(?:ay)?|sounds good|good idea|please go ahead|go ahead|let'?s? do)\b", re.IGNORECASE
)
_OFFERS = re.compile(
    r"\b(?:want me to|would you like me to|shall i|should i|do you want me to|should we|shall we)\s(?P<what>.{4,200})",
    re.IGNORECASE,
)
_ROUTINE = re.compile(
    r"(?:go ahead and\s)?(?:commit|push|show|explain|run|test|try|check|verify|continue|proceed|open|deploy|walk|start"
    r"|look|investigate|monitor|save|merge|update my memory|create (?:a|the) (?:pr|pull)"
    r"|help (?:you )?(?:test|deploy|verify|with|debug))\b",
    re.IGNORECASE,
)
_BOLD_HEAD = re.compile(r"\*\*([^*]{3,80})\*\*[\s:.—–-]{0,4}(.{0,400})")
_RUNNERS_UP = re.compile(
    r"\b(?:alternatives?|runners?-up|other\s(?:options|ways|approaches)|rejected)\b", re.IGNORECASE
)
_CHOOSE = re.compile(r"\b(?:options|choose|pick|which|prefer|alternatives)\b", re.IGNORECASE)
_END = 900
_FEW, _HEAD = 25, 5
_POINTS, _SAYS = 2, 6
_FIRST_OF_ALL = re.compile(r"(?<!the )\bfirst\b(?! one| option| approach| choice)", re.IGNORECASE)
"""Says when, and not which: "yes, and clear the context first"."""
_PROPOSES = re.compile(
    r"\b(?:i'd|i\swould|we\s(?:could|can|should)|recommend\w{0,5}|suggest\w{0,5}|propos\w{1,4}|pragmatic|the\s(?:fix|plan|approach|idea)"
    r"|instead|rather\sthan)\b|:\s(?:move|add|use|keep|make|put|replace|split|drop|remove|extract|switch)\b",
    re.IGNORECASE,
)
_RECOMMENDS = re.compile(
    r"\b(?:recommend|suggest|go with|implement|prefer|proceed with|start with)\w{0,3}\b[^.?!]{0,30}?"
    r"\b(?:option|approach|choice|alternative)\s?#?(\d{1,2}|[A-F])\b",
    re.IGNORECASE,
)


def _recommended(message: str, options: Sequence[Offered]) -> set[str]:
    """The option that the end of a message proposes, which a bare yes accepts."""
    results = {name.lower() for name in _RECOMMENDS.findall(message[-600:])}
    return results & {option.name for option in options} if len(results) == 1 else set()


def message_before(logged: Turn, turns: Mapping[str, Turn], before: Turn | None) -> str:
    """The agent's message that a prompt answers, "" where none is known."""
    reply = logged.reply_to
    if reply is not None and reply.turn in turns:
        steps = turns[reply.turn].steps
        step = steps[reply.step] if reply.step < len(steps) else None
        if isinstance(step, Say):
            return step.text
    if before is None or before.index != logged.index - 1:
        return ""
    return next((text for text in reversed(list(before.answers)) if text.strip()), "")
