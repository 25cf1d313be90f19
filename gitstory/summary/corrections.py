"""Whether a turn corrects what the agent had just done: by what it changed, by an interruption, and by its words.

A correction is a prompt in which the person says that what the agent did, was doing or proposed is wrong, incomplete,
does not work or is not wanted. Rewritten lines or an interruption alone prove nothing (most people build on what was
just made), and neither do words alone: `correction_model` weighs both. Where the rules here, which ask for certain
words and certain evidence, agree with it, less is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitstory.model import Call, Mark, Say, Turn
from gitstory.summary.find_edit import hunks_of

_LEAST_SIGNS = 4
"""Letters and digits that a line needs to be distinctive."""
_SHORT = 16
"""Words of a complaint that can hardly be about anything but what was just done."""
_REWRITTEN = 0.5
"""Share of the lines a turn takes out that must be of the turn before, where only weak words speak for a correction."""


def disagrees(prompt: str) -> bool:
    """Whether `prompt` by itself reads like a correction."""
    from gitstory.summary.disagreement import objects

    return objects(prompt)


def interrupted(turn: Turn) -> bool:
    """Whether the person stopped the agent in this turn."""
    return any(isinstance(step, Mark) and step.kind == "interrupted" for step in turn.steps[-3:])


def rewritten(turn: Turn, before: Turn) -> tuple[int, int]:
    """(lines that `turn` took out of a file and `before` had put in, all lines that `turn` took out)."""
    put_in: dict[str, set[str]] = {}
    for path, line in _lines(before, "+"):
        put_in.setdefault(path.rpartition("/")[2], set()).add(line)
    taken_out = list(_lines(turn, "-"))
    mine = sum(line in put_in.get(path.rpartition("/")[2], ()) for path, line in taken_out)
    return mine, len(taken_out)


def _lines(turn: Turn, sign: str) -> Iterator[tuple[str, str]]:
    for edit in turn.edits:
        for hunk in hunks_of(edit):
            for line in hunk.lines:
                if line[:1] == sign and sum(map(str.isalnum, line)) >= _LEAST_SIGNS:
                    yield edit.path, line[1:].strip()


def is_correction(turn: Turn, before: Turn | None) -> bool:
    """Whether `turn` corrects `before`, the turn just ahead of it in the conversation (None if there is none)."""
    if before is None or not turn.prompt.strip() or turn.kind:
        return turn.kind == "correction"
    from gitstory.summary.disagreement import is_english, reports_findings

    if not _worked(before) or not is_english(turn.prompt):
        return False
    if reports_findings(turn.prompt):
        return False
    if interrupted(before):
        return _by_rules(turn, before)
    from gitstory.summary.correction_model import LIKELY, QUESTIONED, SUPPORTED, likelihood

    limit = QUESTIONED if _asks_for_a_reason(turn.prompt) else LIKELY
    return likelihood(turn, before) >= (SUPPORTED if _by_rules(turn, before) else limit)


def _asks_for_a_reason(prompt: str) -> bool:
    """Whether a prompt only asks why something is so, and not why the agent did it."""
    words = prompt.lower().split()
    return words[:1] == ["why"] and words[-1].endswith("?") and len(words) <= _SHORT and "you" not in words


def _by_rules(turn: Turn, before: Turn) -> bool:
    """Whether the words are such that what is known of the turns makes them a correction."""
    # Its expressions take 5 ms to compile, and stored turns have their kind.
    from gitstory.summary.disagreement import asks, complains, doubts, objects, wants_otherwise

    if interrupted(before) and _worked(before):
        return _after_interruption(turn.prompt)
    short = len(turn.prompt.split()) <= _SHORT
    if short and _offered(before) and not any(before.edits):
        return False
    if objects(turn.prompt):
        return _worked(before)
    if not any(before.edits):
        return False
    if complains(turn.prompt) and (short or touches_same_place(turn, before)):
        return True
    if wants_otherwise(turn.prompt) and _edits_same_file(turn, before):
        return True
    mine, all_of_it = rewritten(turn, before)
    weak = doubts(turn.prompt) and not asks(turn.prompt) and not _offered(before)
    return weak and mine > _REWRITTEN * max(all_of_it, 1)


def _offered(turn: Turn) -> bool:
    """Whether the agent's last message asks the person something: what follows is rather an answer."""
    answer = next(reversed([text for text in turn.answers if text.strip()]), "")
    return answer.rstrip(" \n*_`)\"'").endswith("?")


def _worked(turn: Turn) -> bool:
    return any(isinstance(step, Call | Say) for step in turn.steps)


def _after_interruption(prompt: str) -> bool:
    """Whether what was said after stopping the agent is something else: no question, command or leave to go on."""
    from gitstory.summary.disagreement import acknowledges, asks, goes_on, is_english, objects

    if objects(prompt):
        return True
    if not is_english(prompt):
        return False
    words = prompt.strip()
    wanted = words.endswith("?") or asks(prompt) or words.startswith("/")
    return not (wanted or goes_on(prompt) or acknowledges(prompt))


def corrections(turns: Sequence[Turn]) -> set[str]:
    """Ids of those of `turns` (in order, gaps allowed) that correct the turn numbered just before them."""
    by_index = {turn.index: turn for turn in turns}
    return {turn.id for turn in turns if is_shown_correction(turn, by_index.get(turn.index - 1))}


def is_shown_correction(turn: Turn, before: Turn | None) -> bool:
    """The stored verdict on `turn`; of a record without kinds that of the rules alone, which start quickly."""
    if before is None or not turn.prompt.strip() or turn.kind:
        return turn.kind == "correction"
    return _by_rules(turn, before)


def touches_same_place(turn: Turn, before: Turn) -> bool:
    """Whether both edited a file of the same directory: what a complaint is about is near what it changes."""
    places = {edit.path.rpartition("/")[0] for edit in before.edits}
    return any(edit.path.rpartition("/")[0] in places for edit in turn.edits)


def _edits_same_file(turn: Turn, before: Turn) -> bool:
    return bool({edit.path for edit in before.edits} & {edit.path for edit in turn.edits})
