"""Features of a turn that may correct the one before it: what both did, cues in the prompt, its words. Pure.

A feature is a name with a value. What the turns did is evidence; cues and words are combined with it, because the
same words weigh more after edits, an interruption or a claim that the work is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import sqrt

from gitstory.model import Turn
from gitstory.summary.correction_cues import GROUPS, cues, normalized, tokens
from gitstory.summary.correction_replies import opening, reply_cues
from gitstory.summary.corrections import interrupted, rewritten
from gitstory.summary.disagreement import asks, complains, doubts, objects, wants_otherwise

Feature = tuple[str, float]

_MOST_TOKENS, _REPLY_TOKENS, _REPLY_LENGTH, _CUE_LENGTH = 60, 25, 200, 400
_PARTS_LENGTH, _PARTS_TOKENS, _END_LENGTH, _END_TOKENS = 300, 45, 300, 14
_NEAR, _EARLY, _FIRST = 5, 8, 2
_LENGTHS = (4, 9, 17, 41, 121)
_EDITS, _ANSWER_LENGTHS = (1, 3, 5), (0, 80, 300, 900, 2500)
_GAPS = (15, 60, 240, 900, 3600, 20_000)
"""Seconds between an answer and the next prompt."""
_LEAST_QUOTED, _MOST_QUOTED = 30, 20_000
"""Characters of a line that is taken for a quotation, and of a prompt that is searched for them."""
_LONG = 250
"""Characters of a prompt whose end counts by itself."""
_CLAIM_AT, _PASTE_AT, _LONG_PASTE_LINES, _LONG_PASTE_WORDS, _MANY_LINES = 1500, 3000, 4, 80, 8
_CLAIMS = re.compile(
    r"\b(?:done|fixed|completed?|ready|works?|working|successfully|updated|added|implemented|removed|now)\b"
)
_REQUEST_AT = 500
_WANTS_OUTPUT = re.compile(
    r"\b(?:paste|share|send|show me|tell me|let me know|report back|copy)\b[^.?!]{0,60}"
    r"\b(?:output|logs?|console|errors?|what|messages?|results?|lines?|block|screenshot)\b"
)
"""The agent asks for output, which then is no complaint."""
_PASTED = re.compile(
    r"error|exception|traceback|fatal|failed|warning|exit(?:ed)? (?:with )?code|undefined|cannot find|no such file"
    r"|command not found"
)
_LIST = re.compile(r"(?m)^[ \t]{0,12}(?:\d{1,3}[.)]|[-*]) ")
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_VERDICTS = (objects, complains, doubts, wants_otherwise, asks)
_NEUTRAL = frozenset({"requests", "questions", "agrees", "chore", "seems", "looks"})
_STRONG = ("not", "bad", "fails", "again", "wants")
_BEARS_ON = (
    "edited_before", "edits", "same_file", "rewrites", "rewrites_most", "interrupted", "offered", "claims", "question",
    "asked", "nothing_before", "only_before", "long_paste", "length0", "length1", "length2", "length3", "length4",
    "length5",
)  # fmt: skip
"""The evidence that cues are combined with."""
_REPLY_BEARS_ON = frozenset(
    {"edited_before", "same_file", "claims", "question", "asked", "length0", "length1", "paste"}
)
_WORDY = frozenset({"w", "w^", "s", "r", "r^", "g", "g8", "g2", "gg", "ge", "ce", "cc", "rc", "p", "z"})
"""Families of features that grow with the length of a text. Their values are brought to one length together: fifty
words would outweigh all evidence."""


def features(turn: Turn, before: Turn) -> Iterator[Feature]:
    """The features of `turn`, which follows `before`; a name may come more than once, its values add up."""
    named = list(_named(turn, before))
    squares: dict[str, float] = {}
    for name, value in named:
        family = name.partition(":")[0]
        squares[family] = squares.get(family, 0.0) + value * value
    for name, value in named:
        family = name.partition(":")[0]
        yield name, value / sqrt(squares[family]) if family in _WORDY else value


def _named(turn: Turn, before: Turn) -> Iterator[Feature]:
    prompt = own_words(turn.prompt, before)
    words = normalized(prompt)
    evidence = [*_evidence(turn, before), *_form(prompt)]
    yield from ((f"e:{name}", 1.0) for name in evidence)
    yield from ((name, 1.0) for name in _amounts(turn, before))
    groups = [GROUPS.get(token, ()) for token in tokens(words, _MOST_TOKENS)]
    yield from _group_features(groups, evidence)
    yield from _cue_features(prompt, evidence)
    yield from _word_features(words)
    yield from _part_features(words)
    yield from _end_features(prompt)
    yield from _reply_features(turn, prompt, evidence)


def own_words(prompt: str, before: Turn) -> str:
    """`prompt` without the lines that quote the agent's messages in `before`; whole where nothing else is left."""
    lines = prompt.splitlines()
    if len(lines) < 2 or len(prompt) > _MOST_QUOTED:
        return prompt
    spoken = " ".join(" ".join(before.answers).split())
    own = [line for line in lines if len(line) < _LEAST_QUOTED or " ".join(line.split()).strip("> \"'") not in spoken]
    kept = "\n".join(own)
    return kept if any(map(str.isalnum, kept)) else prompt


def _evidence(turn: Turn, before: Turn) -> Iterator[str]:
    then, now = {edit.path for edit in before.edits}, {edit.path for edit in turn.edits}
    mine, all_of_it = rewritten(turn, before) if then & now else (0, 0)
    answer = next(reversed([text for text in before.answers if text.strip()]), "")
    flags = {
        "interrupted": interrupted(before),
        "offered": answer.rstrip(" \n*_`)\"'").endswith("?"),
        "claims": _CLAIMS.search(answer[-_CLAIM_AT:].lower()) is not None,
        "asked": _WANTS_OUTPUT.search(answer[-_REQUEST_AT:].lower()) is not None,
        "silent": not answer,
        "edited_before": bool(then),
        "edits": bool(now),
        "same_file": bool(then & now),
        "only_before": bool(then) and not now,
        "nothing_before": bool(now) and not then,
        "rewrites": mine > 0,
        "rewrites_most": mine * 2 > all_of_it,
        "image": bool(turn.images),
    }
    return (name for name, is_so in flags.items() if is_so)


def _amounts(turn: Turn, before: Turn) -> Iterator[str]:
    """How much both turns changed, how long the answer was, and how soon the prompt followed it."""
    yield f"we:{_step(sum(1 for _ in before.edits), _EDITS)}"
    yield f"wn:{_step(sum(1 for _ in turn.edits), _EDITS)}"
    yield f"wf:{any(call.failed for call in before.calls)}"
    answer = next(reversed([text for text in before.answers if text.strip()]), "")
    yield f"wl:{_step(len(answer), _ANSWER_LENGTHS)}"
    if turn.time and before.ended:
        yield f"wg:{_step(turn.time - before.ended, _GAPS)}"


def _step(value: float, limits: Sequence[int]) -> int:
    return sum(value > limit for limit in limits)


def _form(prompt: str) -> Iterator[str]:
    lower, count = prompt[:_PASTE_AT].lower(), len(prompt.split())
    pasted, lines = _PASTED.search(lower) is not None, prompt.count("\n")
    flags = {
        "command": prompt.lstrip().startswith("/"),
        "question": prompt.rstrip().endswith("?"),
        "asks_early": "?" in prompt[:200],
        "exclaims": "!" in prompt[:200],
        "many_lines": lines > _MANY_LINES,
        "paste": pasted,
        "long_paste": pasted and (lines > _LONG_PASTE_LINES or count > _LONG_PASTE_WORDS),
        "list": _LIST.search(prompt) is not None,
        "screenshot": "screenshot" in lower or "[image" in lower,
        "plan": lower.startswith("implement the following plan"),
    }
    yield f"length{sum(count >= limit for limit in _LENGTHS)}"
    yield from (name for name, is_so in flags.items() if is_so)


def _group_features(groups: Sequence[tuple[str, ...]], evidence: Iterable[str]) -> Iterator[Feature]:
    seen: set[str] = set()
    for at, names in enumerate(groups):
        for name in names:
            seen.add(f"g:{name}")
            seen |= {f"g{limit}:{name}" for limit in (_EARLY, _FIRST) if at < limit}
            seen |= {f"gg:{name}>{other}" for near in groups[at + 1 : at + _NEAR] for other in near}
    strong = {name for names in groups[:30] for name in names if name in _STRONG}
    seen |= {f"ge:{name}&{each}" for name in strong for each in evidence}
    yield from ((name, 1.0) for name in sorted(seen))


def _cue_features(prompt: str, evidence: Sequence[str]) -> Iterator[Feature]:
    bearing = [name for name in evidence if name in _BEARS_ON]
    cue_names = cues(normalized(prompt, _CUE_LENGTH))
    for name in cue_names:
        yield f"c:{name}", 1.0
        yield from ((f"ce:{name}&{each}", 0.6) for each in bearing)
    yield from ((f"cc:{one}&{other}", 0.6) for one, other in combinations(cue_names, 2))
    yield "c:count", min(sum(name not in _NEUTRAL for name in cue_names), 5) / 2.5
    for verdict in _VERDICTS:
        if verdict(prompt):
            yield f"v:{verdict.__name__}", 1.0
            yield from ((f"ve:{verdict.__name__}&{each}", 0.5) for each in bearing)


def _word_features(words: str) -> Iterator[Feature]:
    listed = tokens(words, _MOST_TOKENS)
    yield from ((f"w:{name}", 0.5) for name in set(_runs(listed)))
    yield from ((f"w^:{' '.join(listed[:size])}", 0.7) for size in (1, 2, 3) if len(listed) >= size)
    starts = {name for sentence in _SENTENCE.split(words)[:6] for name in _starts(tokens(sentence, 2))}
    yield from ((f"s:{name}", 0.5) for name in sorted(starts))


def _part_features(words: str) -> Iterator[Feature]:
    """Three and four letters of words, by which a word is known again where it is misspelt."""
    parts: set[str] = set()
    for token in tokens(words[:_PARTS_LENGTH], _PARTS_TOKENS):
        framed = f"_{token}_"
        parts |= {framed[at : at + size] for size in (3, 4) for at in range(len(framed) - size + 1)}
    yield from ((f"p:{part}", 1.0) for part in parts)


def _end_features(prompt: str) -> Iterator[Feature]:
    """The last words of a prompt too long to be read whole: what is asked stands behind what was pasted."""
    if len(prompt) > _LONG:
        listed = tokens(normalized(prompt[-_END_LENGTH:], _END_LENGTH), _PARTS_TOKENS * 2)
        yield from ((f"z:{name}", 1.0) for name in set(_runs(listed[-_END_TOKENS:])))


def _reply_features(turn: Turn, prompt: str, evidence: Iterable[str]) -> Iterator[Feature]:
    """What the agent said first: it often says whether it was corrected."""
    words = opening(turn)
    listed = tokens(words[:_REPLY_LENGTH], _REPLY_TOKENS)
    yield from ((f"r:{name}", 0.3) for name in set(_runs(listed)))
    yield from ((f"r^:{' '.join(listed[:size])}", 0.5) for size in (1, 2, 3) if len(listed) >= size)
    names = reply_cues(words)
    bearing = [each for each in evidence if each in _REPLY_BEARS_ON]
    yield from ((f"ra:{name}", 1.0) for name in names)
    yield from ((f"re:{name}&{each}", 0.5) for name in names for each in bearing)
    cue_names = cues(normalized(prompt, _CUE_LENGTH))
    yield from ((f"rc:{name}&{cue}", 1.0) for name in names for cue in cue_names)


def _starts(listed: Sequence[str]) -> Iterator[str]:
    return (" ".join(listed[:size]) for size in (1, 2) if len(listed) >= size)


def _runs(listed: Sequence[str]) -> Iterator[str]:
    """Words, pairs and triples."""
    for size in (1, 2, 3):
        for at in range(len(listed) - size + 1):
            yield " ".join(listed[at : at + size])
