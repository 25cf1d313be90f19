"""What a turn was about, in one line: the same everywhere it is named. Pure.

A prompt that says enough is its own label. `yes` is labelled by what it answers, a pasted plan by its heading, a
slash command by what it stands for, `continue` by the request it carries on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from gitstory.model import Mark, Say, Turn
from gitstory.summary.closing_answers import is_lead_in
from gitstory.summary.dependent_prompts import answers, is_command, leans, only_attaches, references, says_little
from gitstory.text.late_pattern import late_pattern
from gitstory.text.markdown_blocks import Block, blocks, split_sentences
from gitstory.text.wording import count, one_line, shorten

_FARTHEST = 3
_LONGEST_QUOTE = 100
_LONG = 400
"""Characters from which on a prompt can have more in it than a person wrote."""
_HEAD = 8_000
"""Characters of a prompt or message that are looked at."""
_HANDED_OVER = late_pattern(
    r"\b(?:plan|spec|design|task|prd|instructions?|following|below|attached|document)\b", re.IGNORECASE
)
_NUMBER = late_pattern(
    r"[*_`]{0,3}(?:option|issue|item|step|fix|finding|approach|task)?\s?#?(\d{1,2}|[A-Fa-f])(?:[.):—–-]|\s[—–-])",
    re.IGNORECASE,
)
_MARKS = late_pattern(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")


def turn_label(turn: Turn, others: Iterable[Turn] = (), width: int = 200) -> str:
    """At most `width` columns; those of `others` just ahead of it explain a short prompt."""
    turn, others = _as_typed(turn), map(_as_typed, others)
    prompt = turn.prompt.strip()
    if not prompt:
        return shorten(_without_prompt(turn), width)
    if heading := handed_over(prompt):
        return shorten(heading, width)
    if not _needs_more(turn):
        return shorten(_asking(prompt)[: 4 * width], width)
    about = _about(turn, others)
    if not about:
        return shorten(prompt[: 4 * width], width)
    head = shorten(prompt, max(width // 3, 24))
    return shorten(f"{head} → {about}", width)


def _asking(prompt: str) -> str:
    if len(prompt) < _LONG:
        return prompt
    from gitstory.summary.asking_part import asking_part  # its expressions take time to compile too

    return asking_part(prompt)


def _as_typed(turn: Turn) -> Turn:
    typed = typed_prompt(turn.prompt)
    return turn if typed is turn.prompt else replace(turn, prompt=typed)


def typed_prompt(prompt: str) -> str:
    """`prompt` without what a program put around it, as turns that older versions stored still have it."""
    if not prompt.lstrip().startswith("<"):
        return prompt
    from gitstory.agents.prompt_text import clean  # its expressions take time to compile, and few prompts need them

    return clean(prompt, labelled=True) or prompt


def explaining(turn: Turn) -> range:
    """The numbers of the turns that `turn_label` looks at, beside `turn` itself: none where the prompt says enough."""
    turn = _as_typed(turn)
    little = bool(turn.prompt.strip()) and _needs_more(turn) and not is_command(turn.prompt)
    return range(max(turn.index - _FARTHEST, 1), turn.index) if little else range(0)


def _needs_more(turn: Turn) -> bool:
    """Whether a prompt is no label by itself. A question is one: it may ask about anything."""
    asks = turn.prompt.rstrip().endswith("?") and len(turn.prompt.split()) > 2
    return says_little(turn.prompt) and not (asks and turn.kind in ("", "question", "request"))


def is_explained(turn: Turn, label: str) -> bool:
    """Whether `label` says more of a turn than the beginning of its prompt."""
    turn = _as_typed(turn)
    prompt = one_line(turn.prompt)
    return prompt[:40] != label[:40] or " → " in label[len(prompt) :]


def labels(turns: Collection[Turn], width: int = 200) -> Mapping[str, str]:
    """The label of each of `turns` by its id; gaps between them are allowed."""
    return {turn.id: turn_label(turn, turns, width) for turn in turns}


def _without_prompt(turn: Turn) -> str:
    started = next((step.text for step in turn.steps if isinstance(step, Mark) and step.kind == "subagent"), "")
    return started or (f"[{count(turn.images, 'image')}]" if turn.images else "")


def handed_over(prompt: str) -> str:
    """The first heading of a plan that was pasted behind a line such as "Implement the following plan:"; else ""."""
    first, _, rest = prompt.partition("\n")
    if first.startswith("#"):
        first, rest = "", prompt
    elif not (_HANDED_OVER.search(first[:200]) and len(first) < 200):
        return ""
    head = next((block for block in blocks(rest[:_HEAD]) if block.text), None)
    return _plain(head.text) if head is not None and head.shape == "heading" else ""


def _about(turn: Turn, others: Iterable[Turn]) -> str:
    before = sorted((each for each in others if each.index < turn.index), key=lambda each: -each.index)[:_FARTHEST]
    if is_command(turn.prompt):
        return _command(turn)
    if only_attaches(turn.prompt) and (heading := _expanded_heading(turn)):
        return heading
    quote = "" if turn.kind == "continuation" else _answered(turn, before)
    if quote:
        return f'"{shorten(quote, _LONGEST_QUOTE)}"'
    for each in before:
        if only_attaches(each.prompt) and (heading := _expanded_heading(each)):
            return f'"{shorten(heading, _LONGEST_QUOTE)}"'
        if each.prompt.strip() and not leans(each) and turn.index - each.index <= _FARTHEST:
            return f'"{shorten(handed_over(each.prompt) or each.prompt[:400], _LONGEST_QUOTE)}"'
    return ""


def _command(turn: Turn) -> str:
    """What a slash command stood for: the heading of its text, else the first task it gave to a subagent."""
    if heading := _expanded_heading(turn):
        return heading
    started = next((step for step in turn.steps if isinstance(step, Mark) and step.kind == "subagent"), None)
    return one_line(started.text or started.task[:200]) if started is not None else ""


def _expanded_heading(turn: Turn) -> str:
    heading = next((block.text for block in blocks(turn.expanded[:_HEAD]) if block.shape == "heading"), "")
    return _plain(heading) if heading else ""


def _answered(turn: Turn, before: list[Turn]) -> str:
    """The item or the question of the message that the prompt answers."""
    message = _message(turn, before)
    if not message:
        return ""
    names = references(turn.prompt)
    listed = blocks(message[-_HEAD:])
    if names:
        items = [_plain(block.text) for block in listed if _name(block) in names]
        if items:
            return "; ".join(items[:3])
    if turn.kind == "answer" or turn.reply_to is not None or answers(turn.prompt, message):
        passages = [
            each for block in listed if block.shape in ("paragraph", "item") for each in split_sentences(block.text)
        ]
        questions = [each for each in passages if each.rstrip("*_`) ").endswith("?")]
        return (
            _plain(questions[-1])
            if questions
            else next((_plain(each) for each in passages if not is_lead_in(each)), "")
        )
    return ""


def _message(turn: Turn, before: list[Turn]) -> str:
    reply = turn.reply_to
    if reply is not None:
        answered = next((each for each in before if each.id == reply.turn), None)
        step = answered.steps[reply.step] if answered is not None and reply.step < len(answered.steps) else None
        if isinstance(step, Say):
            return step.text
    if not before or before[0].index != turn.index - 1:
        return ""
    return next((text for text in reversed(list(before[0].answers)) if text.strip()), "")


def _name(block: Block) -> str:
    if block.marker[:1].isdigit():
        return block.marker.rstrip(".)")
    head = _NUMBER.match(block.text)
    return head[1].lower() if head is not None else ""


def _plain(text: str) -> str:
    return _MARKS.sub("", one_line(text))
