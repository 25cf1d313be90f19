"""Finding turns again by their words: what is asked, and what is found, out of an index as it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Literal, NamedTuple

from gitstory.search.db.passage_bytes import unpacked
from gitstory.search.db.schema import LIVE, ROLES
from gitstory.search.db.tokenizer import Term, distinctive_terms, expression, folded, marks, terms, window
from gitstory.search.db.vocabulary import lines
from gitstory.search.filters import FIRST_MENTION, Narrowing, SearchCriteria

CANDIDATES = 3000
"""Passages that are ranked: the newest ones that match. Only a query of very common words has more."""
_MOST_OF_SOME = 5
"""Words of which some must be there, where no turn has all."""
WEIGHTS = {"prompt": 2.0, "title": 2.0, "answer": 1.2, "thinking": 0.8, "edit": 0.9, "tool": 0.7}
_WIDTH = 180
_SHORTEST_PART = 3
_MOST_PARTS = 64
"""Words that are looked for in place of a part of a word."""


Words = Literal["all", "some", "none"]


class Landing(NamedTuple):
    """A commit a turn led to, how that is known, and the lines (inclusive, at that commit) it wrote by file.

    `recorded_by` is the tool on whose word alone that stands; its evidence is `context` where the tool named the
    conversation and not the turn.
    """

    commit: str
    evidence: str
    lines: int
    files: dict[str, list[list[int]]]
    recorded_by: str = ""


class Hit(NamedTuple):
    """The best passage of one turn. `marks` are (start, end) of the query's words in `snippet`.

    `label` says what a short prompt such as `yes` is about; "" where the prompt says it.

    `recorded_by` is the tool if it is the only source of the turn. `words` says which words of the query the turn has:
    `all`, `some`, or `none` (found by its meaning).
    """

    repo: str
    agent: str
    conversation: str
    title: str
    turn: str
    number: int
    time: float | None
    branch: str | None
    prompt: str
    kind: str
    label: str
    role: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    score: float
    landings: tuple[Landing, ...]
    recorded_by: str = ""
    words: Words = "all"

    @property
    def line(self) -> str:
        """What a list names the turn by."""
        return self.label or self.prompt or self.title


class Passage(NamedTuple):
    """All that was said or done in one role in a turn. `marks` are (start, end) of the query's words in `text`."""

    role: str
    text: str
    marks: tuple[tuple[int, int], ...]


_Rated = tuple[float, int, int, int]
"""Score, passage, turn, role."""


class Finder:
    """Searches of one index that differ in their words only: filters are worked out once."""

    def __init__(self, db: sqlite3.Connection, criteria: SearchCriteria) -> None:
        self._db = db
        self._roles = criteria.roles
        self._narrowing = Narrowing(db, criteria)
        self._vocabulary: str | None = None

    def find(self, text: str, most: int) -> list[Hit]:
        """The best hits for `text`, a turn each: by words, prompts first among equals, then the newest.

        Where no turn has all of its words, words that contain them count as well; and where none has those, the turns
        that have at least half of the significant words.
        """
        wanted = terms(text)
        if (text.strip() and not wanted) or self._narrowing.nothing:
            return []
        rated = self._rated(wanted)
        if not rated and wanted and (wider := self._widened(wanted)) != wanted:
            rated = self._rated(wider)
            if not rated:
                return self._partly(wanted, most) if len(wanted) > 1 else []
            wanted = wider
        return [self._hit(one, wanted) for one in rated[:most]]

    def _partly(self, wanted: list[Term], most: int) -> list[Hit]:
        """Turns with as many of the words as any has, down to half of them. Of many words the longest count."""
        terms = sorted(distinctive_terms(wanted), key=lambda term: -sum(map(len, term.words)))[:_MOST_OF_SOME]
        most_of_them = len(terms) if len(terms) < len(wanted) else len(terms) - 1
        for few in range(most_of_them, (len(terms) - 1) // 2, -1):
            rated = _best(self._matching(" OR ".join(f"({expression(list(one))})" for one in combinations(terms, few))))
            if rated:
                return [self._hit(one, wanted)._replace(words="some") for one in rated[:most]]
        return []

    def _text(self, passage: int) -> str:
        return unpacked(self._db.execute("SELECT text FROM passages WHERE id = ?", (passage,)).fetchone()[0])

    def passages(self, hit: Hit, text: str) -> list[Passage]:
        """What the index holds of a hit's turn, in the order of `ROLES`."""
        wanted = terms(text)
        rows = self._db.execute(
            "SELECT p.role, p.text FROM passages p JOIN turns t ON t.id = p.turn"
            " JOIN conversations c ON c.id = t.conversation"
            " WHERE c.repo = ? AND c.agent = ? AND c.name = ? AND t.name = ? ORDER BY p.role",
            (hit.repo, hit.agent, hit.conversation, hit.turn),
        )
        texts = [(ROLES[role], unpacked(text)) for role, text in rows]
        with_marks = [(role, text, tuple(marks(text, wanted))) for role, text in texts]
        if wanted and not any(marked for _, _, marked in with_marks):
            wanted = self._widened(wanted)
            with_marks = [(role, text, tuple(marks(text, wanted))) for role, text, _ in with_marks]
        return [Passage(*one) for one in with_marks]

    def _rated(self, wanted: list[Term]) -> list[_Rated]:
        """The best passage of each turn that matches, the best turn first."""
        return _best(self._rows(wanted))

    def _rows(self, wanted: list[Term]) -> Iterable[tuple[int, int, int, float]]:
        """(passage, turn, role, bm25: the smaller the better) of what matches, the newest first."""
        narrowing = self._narrowing
        if not wanted:
            where = narrowing.where(self._roles or ("prompt",))
            sql = f"SELECT p.id, p.turn, p.role, -1.0 FROM passages p {narrowing.joined}"
            return self._db.execute(
                f"{sql} WHERE {where} ORDER BY p.id DESC LIMIT ?", (*narrowing.values, CANDIDATES)
            ).fetchall()
        return self._matching(expression(wanted))

    def _matching(self, expressed: str, order: str = "words.rowid DESC") -> Iterable[tuple[int, int, int, float]]:
        """(passage, turn, role, bm25) of what an expression of FTS5 matches, the newest first."""
        narrowing = self._narrowing
        sql = (
            f"SELECT p.id, p.turn, p.role, bm25(words, 1.0, 0.4) FROM words"
            f" CROSS JOIN passages p ON p.id = words.rowid {narrowing.joined}"
            f" WHERE words MATCH ? AND {narrowing.where(self._roles)} ORDER BY {order} LIMIT ?"
        )
        return self._db.execute(sql, (expressed, *narrowing.values, CANDIDATES)).fetchall()

    def _widened(self, wanted: list[Term]) -> list[Term]:
        """The terms, each single word with the words of the index that contain it."""
        if not any(map(_may_widen, wanted)):
            return wanted
        if self._vocabulary is None:
            self._vocabulary = lines(self._db)
        return [_wider(one, self._vocabulary) for one in wanted]

    def _hit(self, rated: _Rated, wanted: list[Term]) -> Hit:
        score, passage, turn, role = rated
        origin, *row = self._db.execute(
            "SELECT t.origin, c.repo, c.agent, c.name, c.title, t.name, t.number, t.time, t.branch, t.prompt,"
            " t.kind, t.label"
            " FROM turns t JOIN conversations c ON c.id = t.conversation WHERE t.id = ?",
            (turn,),
        ).fetchone()
        text = self._text(passage)
        spans = marks(text, wanted)
        start, end = window(text, spans, _WIDTH)
        shown = tuple((a - start, b - start) for a, b in spans if a >= start and b <= end)
        lands = self._db.execute(
            "SELECT oid, evidence, lines, files, teller FROM landings l"
            f" WHERE repo = ? AND agent = ? AND name = ? AND turn = ? AND {FIRST_MENTION} ORDER BY lines DESC, oid",
            (*row[:3], row[4]),
        )
        landings = tuple(
            Landing(oid, evidence, lines, json.loads(files), teller) for oid, evidence, lines, files, teller in lands
        )
        tellers = {one.recorded_by for one in landings}
        alone = tellers.pop() if len(tellers) == 1 and not origin & LIVE else ""
        return Hit._make((*row, ROLES[role], text[start:end], shown, round(score, 4), landings, alone, "all"))


def _best(rows: Iterable[tuple[int, int, int, float]]) -> list[_Rated]:
    """Of (passage, turn, role, bm25) the best passage of each turn, the best turn first."""
    best: dict[int, _Rated] = {}
    for passage, turn, role, score in rows:
        rated = (-score * WEIGHTS[ROLES[role]], passage, turn, role)
        if turn not in best or rated > best[turn]:
            best[turn] = rated
    return sorted(best.values(), reverse=True, key=lambda each: (round(each[0], 3), each[1]))


def _may_widen(term: Term) -> bool:
    """Whether a term is a part of a word long enough to be looked for within others."""
    return len(term.words) == 1 and len(folded(term.words[0])) >= _SHORTEST_PART


def _wider(term: Term, vocabulary: str) -> Term:
    if not _may_widen(term):
        return term
    part = folded(term.words[0])
    words: dict[str, None] = {}
    at = vocabulary.find(part)
    while at >= 0 and len(words) < _MOST_PARTS:
        start, end = vocabulary.rfind("\n", 0, at) + 1, vocabulary.index("\n", at)
        words[vocabulary[start:end]] = None
        at = vocabulary.find(part, end)
    return term._replace(others=tuple(words))


class Several:
    """Finders of several repositories (git's common directory -> its finder) as one.

    Scores of one index are compared with those of another as they are: a word that is rare here and common there
    weighs more here, as a person who searches for it expects. A turn that is in two of them is told once, where it
    led to more commits.
    """

    def __init__(self, finders: Mapping[str, Finder]) -> None:
        self._finders = finders

    def find(self, text: str, most: int) -> list[Hit]:
        best: dict[tuple[str, str, str], Hit] = {}
        for finder in self._finders.values():
            for hit in finder.find(text, most):
                key = (hit.agent, hit.conversation, hit.turn)
                if key not in best or len(hit.landings) > len(best[key].landings):
                    best[key] = hit
        whole = [one for one in best.values() if one.words == "all"] or list(best.values())
        return sorted(whole, reverse=True, key=lambda hit: (round(hit.score, 3), hit.time or 0.0))[:most]

    def passages(self, hit: Hit, text: str) -> list[Passage]:
        return self._finders[hit.repo].passages(hit, text)
