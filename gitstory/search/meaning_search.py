"""Finding turns by what they mean as well as by their words.

Three rankings are made: turns that have all words of the query (as without this), turns that have some of them, and
turns whose passages point the same way as the query does. They are joined by reciprocal rank fusion, which needs no
common scale: a turn gets 1 / (60 + its place) from each. Whoever has all words is in two of them, so exact words win.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gitstory.embedding import cosines
from gitstory.search.db import vectors
from gitstory.search.db.passage_bytes import unpacked
from gitstory.search.db.schema import ROLES
from gitstory.search.db.tokenizer import Term, distinctive_terms, expression, plain, terms
from gitstory.search.filters import SearchCriteria
from gitstory.search.query import WEIGHTS, Finder, Hit, Passage, Several, Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gitstory.embedding import Embed, Floats

_DEPTH = 200
"""Turns of each ranking that count."""
_SMOOTH = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009)."""
_LEAST = 0.25
"""Cosine below which nothing is near. Questions of another world stay about there; of the conversations that are
looked for by the subject of their commit, fewer than one in twenty does (`bench/semantic`)."""
_BLOCK = 1024
"""Vectors that are compared at once: so few that OpenBLAS starts no threads for it, which cost forty times the work."""
_WIDTH = 180
_SHOWN = 20
"""Hits of which the nearest stretch is looked for."""
_LOOKED_THROUGH = 8_000
"""Characters of a passage in which it is."""
_Rated = tuple[float, int, int, int]
"""Score, passage, turn, role."""


class Ranked(NamedTuple):
    """Turns of one index in three orders, the best first."""

    exact: list[_Rated]
    some: list[_Rated]
    near: list[_Rated]


class _Block(NamedTuple):
    passages: list[int]
    turns: list[int]
    roles: list[int]
    stored: NDArray[np.int8]


class NearFinder(Finder):
    """A finder that also knows what passages mean. Keeps their vectors (a byte for each number) for the next query."""

    def __init__(self, db: sqlite3.Connection, criteria: SearchCriteria) -> None:
        super().__init__(db, criteria)
        self._blocks: list[_Block] | None = None

    def ranked(self, text: str, vector: Floats) -> Ranked:
        wanted = terms(text)
        exact = self._rated(wanted)
        if not exact and (wider := self._widened(wanted)) != wanted:
            exact = self._rated(wider)
        return Ranked(exact[:_DEPTH], self._some(wanted), self._near(vector))

    def progress(self, rated: _Rated, text: str, vector: Floats, embed: Embed | None) -> Hit:
        """A hit; where its passage has no word of the query, what is shown of it is, given `embed`, the stretch nearest
        to it, else its beginning."""
        hit = self._hit(rated, terms(text))
        if hit.marks or embed is None:
            return hit
        whole = unpacked(self._db.execute("SELECT text FROM passages WHERE id = ?", (rated[1],)).fetchone()[0])
        stretches = list(_stretches(whole[:_LOOKED_THROUGH]))
        best = int((embed(stretches) @ vector).argmax()) if len(stretches) > 1 else 0
        return hit._replace(snippet=stretches[best])

    def _some(self, wanted: list[Term]) -> list[_Rated]:
        any_of = " OR ".join(expression([term]) for term in distinctive_terms(wanted))
        rows = self._matching(any_of, "bm25(words, 1.0, 0.4)")
        return _best((-score * WEIGHTS[ROLES[role]], passage, turn, role) for passage, turn, role, score in rows)

    def _near(self, vector: Floats) -> list[_Rated]:
        import numpy as np

        blocks = self._vectors()
        if not blocks:
            return []
        scores = np.concatenate([cosines(block.stored, vector) for block in blocks])
        order = np.flatnonzero(scores >= _LEAST)
        most = _DEPTH * len(ROLES)  # a turn has one passage in each role at the most, so the best turns are among them
        if len(order) > most:
            order = order[np.argpartition(-scores[order], most)[:most]]
        near = ((at // _BLOCK, at % _BLOCK, float(scores[at])) for at in order.tolist())
        return _best(
            (score, blocks[which].passages[at], blocks[which].turns[at], blocks[which].roles[at])
            for which, at, score in near
        )

    def _vectors(self) -> list[_Block]:
        if self._blocks is None:
            self._blocks = list(self._read()) if vectors.is_there(self._db) else []
        return self._blocks

    def _read(self) -> Iterator[_Block]:
        import numpy as np

        narrowing = self._narrowing
        rows = vectors.rows(self._db, narrowing.joined, narrowing.where(self._roles), narrowing.values)
        while batch := rows.fetchmany(_BLOCK):
            passages, turns, roles, stored = zip(*batch, strict=True)
            yield _Block(
                list(passages),
                list(turns),
                list(roles),
                np.frombuffer(b"".join(stored), np.int8).reshape(len(stored), -1),
            )


class Fused:
    """Finders of one or several repositories (git's common directory -> its finder), asked by words and meaning."""

    def __init__(self, finders: Mapping[str, NearFinder], embed: Embed) -> None:
        self._finders = finders
        self._embed = embed

    def find(self, text: str, most: int) -> list[Hit]:
        """The best hits for `text`, a turn each. Without a word, the newest."""
        if not terms(text):
            return Several(self._finders).find(text, most)
        vector = self._embed([plain(text).replace('"', " ").replace("*", " ")])[0]
        ranked = {repo: finder.ranked(text, vector) for repo, finder in self._finders.items()}
        orders = [
            sorted(((rated, repo) for repo, of in ranked.items() for rated in of[which]), reverse=True)[:_DEPTH]
            for which in range(len(Ranked._fields))
        ]
        whole = {(repo, rated[2]) for rated, repo in orders[Ranked._fields.index("exact")]}
        best: dict[tuple[str, str, str], Hit] = {}
        for score, rated, repo in _fused(orders):
            if len(best) >= most:
                break
            embed = self._embed if len(best) < _SHOWN else None
            hit = self._finders[repo].progress(rated, text, vector, embed)
            words: Words = "all" if (repo, rated[2]) in whole else "some" if hit.marks else "none"
            hit = hit._replace(score=round(score, 4), words=words)
            key = (hit.agent, hit.conversation, hit.turn)
            if key not in best or len(hit.landings) > len(best[key].landings):
                best[key] = hit
        return list(best.values())

    def passages(self, hit: Hit, text: str) -> list[Passage]:
        return self._finders[hit.repo].passages(hit, text)


def _fused(orders: list[list[tuple[_Rated, str]]]) -> list[tuple[float, _Rated, str]]:
    """(score, the passage to show, repository) of each turn of several orders, the best first.

    Shown is the passage by which it stands highest, one that has the words where it stands as high by them.
    """
    scores: dict[tuple[str, int], float] = {}
    shown: dict[tuple[str, int], tuple[int, _Rated]] = {}
    for order in orders:
        for place, (rated, repo) in enumerate(order, 1):
            key = (repo, rated[2])
            scores[key] = scores.get(key, 0.0) + 1 / (_SMOOTH + place)
            if key not in shown or place < shown[key][0]:
                shown[key] = (place, rated)
    keys = sorted(scores, key=lambda key: (-scores[key], -shown[key][1][1]))
    return [(scores[key], shown[key][1], key[0]) for key in keys]


def _best(rated: Iterator[_Rated]) -> list[_Rated]:
    """The best passage of each turn, the best turns first."""
    best: dict[int, _Rated] = {}
    for row in rated:
        if row[2] not in best or row > best[row[2]]:
            best[row[2]] = row
    return sorted(best.values(), reverse=True)[:_DEPTH]


def _stretches(text: str) -> Iterator[str]:
    """A text cut at white space into pieces of about the width of a snippet."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _WIDTH)
        if end < len(text):
            end = next((at for at in range(end, max(start, end - 40), -1) if text[at].isspace()), end)
        if text[start:end].strip():
            yield text[start:end]
        start = end
