"""What kind of prompt a turn has, and which message a short prompt answers. Pure.

`automated` is known by the reader; the others are decided by evidence first (`corrections`) and then by words. A prompt
whose words say nothing is a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gitstory.agents.automated_prompts import is_automated
from gitstory.model import Conversation, Reference, Say, Turn, TurnKind
from gitstory.summary.corrections import is_correction
from gitstory.summary.disagreement import goes_on, plain

_SHORT = 12
"""Words of a prompt that can be an answer and nothing else."""
_LONGEST_ANSWER = 60
_LEAD = r"(?:(?:ok(?:ay)?|h+m+|oh|well|sorry|hey|but|and|so|also|q|question|interrogative)[\s,.!:;-]+){0,3}"
_AGREES = re.compile(
    r"(?:(?:ok(?:ay)?|oh|ah|hm+)[\s,.!]+)?(?:yes|yeah|yep|yup|y|sure|go ahead|correct|exactly|agreed?|approved?|lgtm|"
    r"please do|do (?:it|both|all|that|those|option|\d)|send it|ship it|go for it|go with|"
    r"sounds good|looks good|both|all|neither|none|no|nope|n|"
    r"let'?s (?:go with|do|use|stick|start|try|keep)|option"
    r"|i(?:'d)? (?:prefer|like|choose|want|do not want|don'?t want|feel|think)"
    r"|i'?m (?:fine|ok)|the (?:first|second|third|last|former|latter)|first|second|(?:that|this) (?:works|is fine)"
    r"|you (?:can|may) do|ja|oui|si|sí|да|хочу|нет|はい|好的?|是的?)\b"
)
_CHOICE = re.compile(r"#?(?:\d{1,2}|[a-f])(?:[\s,.):]|and|&|$)")
_OFFERS = re.compile(
    r"(?:\?[\s*_`)\"']*$)|\b(?:which (?:one|approach|option|of)|let me know"
    r"|would you (?:like|prefer)|do you want|want me to"
    r"|shall i|should i|how would you like|does (?:this|that) (?:look|feel|sound|land)|your call|what do you think"
    r"|thoughts\?|ready (?:to|when|for)|reply with|say the word|approve)\b",
    re.IGNORECASE,
)
_OFFER_AT = 600
"""Characters at the end of a message in which it asks for an answer."""
_ASKING = re.compile(
    _LEAD + r"(?:what|how|why|where|when|which|who|whose|is|are|was|were|do|does|did|has|have|had|am|will|"
    r"would(?! you)|should|could(?! you| we)|can(?! you| we)|isn'?t|aren'?t|don'?t (?:you|we)|doesn'?t|didn'?t)\b"
)
_WANTS_WORK = re.compile(
    _LEAD + r"(?:please\s)?(?:(?:can|could|would|will) (?:you|we|u)\b|let'?s\b|what about\b|how about\b"
    r"|why don'?t (?:you|we)\b)"
)
_REQUEST_WITHIN = re.compile(r"(?:^|[.,!?;:\-\s])(?:can|could|would) (?:you|u|we)\b")
_ASKING_MARKED = re.compile(
    _LEAD + r"(?:when|where|which|is|are|was|were|do|does|did|has|have|had|will|would|should|could|can)\b"
)
"""Words that open a question only where a question mark follows."""
_WANTS_EXPLANATION = re.compile(
    _LEAD + r"(?:please\s)?(?:(?:can|could|would) (?:you|we) )?(?:just )?"
    r"(?:explain|tell me|describe|clarify|confirm|check (?:if|whether) it'?s worth"
    r"|(?:check|see|verify) (?:if|whether|that|what|why|how)\b(?=[^.]*\?))"
)


def kind_of(turn: Turn, before: Turn | None) -> TurnKind:
    """The kind of a turn's prompt; `before` is the turn just ahead of it. The stored one counts where there is one."""
    if turn.kind:
        return turn.kind
    if is_automated(turn.prompt) or not (turn.prompt.strip() or turn.images):
        return "automated"
    if goes_on(turn.prompt) and len(turn.prompt.split()) <= _SHORT:
        return "continuation"
    if is_correction(turn, before):
        return "correction"
    if before is not None and _answers(turn.prompt, before):
        return "answer"
    return "question" if _is_question(turn.prompt) else "request"


def _answers(prompt: str, before: Turn) -> bool:
    """Whether a prompt takes up what the agent's last message asked or offered."""
    words = plain(prompt)
    if words.startswith(("/", "<")) or len(prompt.split()) > _LONGEST_ANSWER:
        return False
    message = next(reversed([text for text in before.answers if text.strip()]), "")
    if not message:
        return False
    if _AGREES.match(words) or _CHOICE.match(words) or re.fullmatch(r"ok(?:ay)?(?:[\s,.!]+\w+){0,2}[.!]*", words):
        return True
    short = len(prompt.split()) <= _SHORT
    return short and not _is_question(prompt) and _offers_choice(message) and not _COMMANDS.match(words)


_COMMANDS = re.compile(
    r"(?:(?:ok(?:ay)?|now|please|and|can you|could you|can we|let'?s|then)[\s,]+)*"
    r"(?:commit|bring|get|push|add|create|run|fix|update|write|make|remove|delete|switch|check|"
    r"rename|move|open|merge|rebase|use|try|show|get|set|install|deploy|review|refactor|change|implement|test)\b"
)


def _offers_choice(message: str) -> bool:
    return _OFFERS.search(message[-_OFFER_AT:]) is not None


def _is_question(prompt: str) -> bool:
    """Whether a prompt asks a question, rather than that something be done."""
    words = plain(prompt)
    if words.startswith(("/", "<", "http")):
        return False
    if _WANTS_EXPLANATION.match(words):
        return True
    if _WANTS_WORK.match(words):
        return False
    if _REQUEST_WITHIN.search(words):
        return False
    if _ASKING_MARKED.match(words) and "?" not in prompt:
        return False
    first = re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]
    return _ASKING.match(words) is not None or (first.endswith("?")) or (words.endswith("?") and len(words) < 200)


def kinds(turns: Sequence[Turn]) -> dict[str, TurnKind]:
    """The kind of each turn by its id; `turns` in order, gaps allowed."""
    by_index = {turn.index: turn for turn in turns}
    return {turn.id: kind_of(turn, by_index.get(turn.index - 1)) for turn in turns}


def with_kinds(conversation: Conversation) -> Conversation:
    """`conversation` with the kind of each turn and the message each answer is to; all of a subagent is automated."""
    by_name = kinds(conversation.turns)
    turns = tuple(_settled(conversation, turn, by_name[turn.id]) for turn in conversation.turns)
    return replace(conversation, turns=turns) if turns != conversation.turns else conversation


def _settled(conversation: Conversation, turn: Turn, kind: TurnKind) -> Turn:
    if conversation.subagent:
        return replace(turn, kind="automated")
    reply = turn.reply_to
    refers = kind in ("answer", "continuation", "correction") and len(turn.prompt.split()) <= _LONGEST_ANSWER
    if reply is None and refers:
        reply = next(_messages_before(conversation.turns, turn), None)
    return replace(turn, kind=kind, reply_to=reply)


def _messages_before(turns: Sequence[Turn], turn: Turn) -> Iterator[Reference]:
    """The agent's messages ahead of a turn, the last one first."""
    for before in sorted((one for one in turns if one.index < turn.index), key=lambda turn: -turn.index):
        for at in range(len(before.steps) - 1, -1, -1):
            step = before.steps[at]
            if isinstance(step, Say) and step.agent is None and step.text.strip():
                yield Reference(before.id, at)
