"""What words became: the part of a turn's edits that is most about them, as a diff. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import log2

from gitstory.model import Call, Edit, Hunk
from gitstory.queries.reasons.text_relevance import Subject, relevance, subject, terms
from gitstory.queries.review.surviving_lines import made_by_tools
from gitstory.summary.find_edit import hunks_of, is_agents_own
from gitstory.tell.values import DiffExcerpt, LoggedTurn

LINES = 16
"""Lines of a diff that are shown."""
_LEAST = 2.0
"""Relevance below which a change is not shown as what words became: one word of a name is too little."""
_BEFORE = 2
_MOST_EDITS = 400
_WIDEST = 200
_PROSE = (".md", ".mdx", ".rst", ".txt", ".adoc")


class TurnChanges:
    """The hunks of a turn's edits, each with what makes words be about it: several decisions are compared with them."""

    def __init__(self, logged: LoggedTurn) -> None:
        self.logged = logged
        self._edits = list(_numbered_edits(logged, 0))
        self._hunks: dict[int, list[tuple[Edit, Hunk, Subject]]] = {}

    def hunks(self, after: int = 0) -> Iterator[tuple[Edit, Hunk, Subject]]:
        """The hunks of the first edits from step `after` on."""
        numbers = [number for number, (at, _) in enumerate(self._edits) if at >= after]
        for number in numbers[:_MOST_EDITS]:
            if number not in self._hunks:
                edit = self._edits[number][1]
                self._hunks[number] = [(edit, hunk, _subject(edit.path, hunk)) for hunk in hunks_of(edit)]
            yield from self._hunks[number]

    def relevance(self, words: str) -> float:
        """How much words are about the hunk that they are most about; 0 where no text of an edit is recorded."""
        return max((_worth(words, about) for *_, about in self.hunks()), default=0.0)


def change_for(words: str, changes: TurnChanges, after: int = 0) -> DiffExcerpt | None:
    """The excerpt of the edits of a turn, from step `after` on, that is most about `words`; None where none is."""
    scored = ((_worth(words, about), edit, hunk) for edit, hunk, about in changes.hunks(after))
    worth, edit, hunk = max(scored, key=lambda each: each[0], default=(0.0, None, None))
    if edit is not None and hunk is not None and worth >= _LEAST:
        return _excerpt(words, changes.logged, edit, hunk)
    return _small(words, changes.logged, after)


def _small(words: str, logged: LoggedTurn, after: int) -> DiffExcerpt | None:
    """The only change there is, where it is a small one: that is what the words became, whatever they say."""
    edits = list(edits_of(logged, after))
    if not edits or len({edit.path for edit in edits}) > 1 or not 0 < sum(count_lines(edits)) <= LINES:
        return None
    hunks = hunks_of(edits[0])
    return _excerpt(words, logged, edits[0], hunks[0]) if hunks else None


def edits_of(logged: LoggedTurn, after: int = 0) -> Iterator[Edit]:
    """The edits of files of the repository, less what tools write by themselves and the agent's own notes."""
    return (edit for _at, edit in _numbered_edits(logged, after))


def _numbered_edits(logged: LoggedTurn, after: int) -> Iterator[tuple[int, Edit]]:
    for at, step in enumerate(logged.turn.steps[after:], after):
        for edit in step.edits if isinstance(step, Call) else ():
            if not made_by_tools(edit.path) and not is_agents_own(edit.path) and not edit.path.startswith(("/", "~")):
                yield at, edit


def _subject(path: str, hunk: Hunk) -> Subject:
    return subject(path, [line[1:] for line in hunk.lines[:_MOST_EDITS] if line[:1] in "+-"])


def _worth(words: str, about: Subject) -> float:
    score = relevance(words, about) / (1 + log2(1 + len(about.texts)) / 4)
    return score / 2 if about.path.endswith(_PROSE) else score


def _excerpt(words: str, logged: LoggedTurn, edit: Edit, hunk: Hunk) -> DiffExcerpt:
    lines = hunk.lines
    start = _best_start(terms(words), lines)
    shown = tuple(line if len(line) <= _WIDEST else line[:_WIDEST] + "…" for line in lines[start : start + LINES])
    added, deleted = count_lines([edit])
    return DiffExcerpt(edit.path, shown, added, deleted, len(lines) - len(shown), logged.source)


def _best_start(wanted: frozenset[str], lines: Sequence[str]) -> int:
    """Where a window of LINES holds the most changed lines with wanted words; a little before the first of them."""
    if len(lines) <= LINES:
        return 0
    hits = [line[:1] in ("+", "-") and len(terms(line[1:]) & wanted) for line in lines[:4_000]]
    scores = [sum(hits[at : at + LINES]) for at in range(max(len(hits) - LINES, 0) + 1)]
    best = max(range(len(scores)), key=lambda at: (scores[at], -at))
    first = next((at for at in range(best, min(best + LINES, len(hits))) if hits[at]), best)
    return min(max(first - _BEFORE, 0), len(lines) - LINES)


def count_lines(edits: Iterable[Edit]) -> tuple[int, int]:
    """(added, deleted) lines of edits, as far as their content is recorded."""
    signs = Counter(line[:1] for edit in edits for hunk in hunks_of(edit) for line in hunk.lines)
    return signs["+"], signs["-"]


def changed_files(turns: Iterable[LoggedTurn]) -> dict[str, tuple[int, int]]:
    """path -> (added, deleted) over all edits, the most changed first."""
    files: dict[str, list[int]] = {}
    for logged in turns:
        for edit in edits_of(logged):
            added, deleted = count_lines([edit])
            figures = files.setdefault(edit.path, [0, 0])
            figures[0] += added
            figures[1] += deleted
    ordered = sorted(files.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {path: (figures[0], figures[1]) for path, figures in ordered}
