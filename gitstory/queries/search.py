"""Finding turns again by their words: what is asked, and what is found, out of an index as it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import NamedTuple

from gitstory.storage.search.packed import unpacked
from gitstory.storage.search.schema import ROLES
from gitstory.storage.search.words import Term, expression, marks, terms, window

CANDIDATES = 3000
"""Passages that are ranked: the newest ones that match. Only a query of very common words has more."""
_WEIGHTS = {"prompt": 2.0, "title": 2.0, "answer": 1.2, "thinking": 0.8, "edit": 0.9, "tool": 0.7}
_WIDTH = 180


class Asked(NamedTuple):
    """`commits` and `branch_commits` (full ids) narrow to turns that led to one of them; None: not asked.

    `branch` takes a turn also by the branch its agent recorded. `since` in epoch seconds; `file` a path or its end.
    """

    text: str = ""
    agent: str | None = None
    file: str | None = None
    since: float | None = None
    roles: tuple[str, ...] = ()
    commits: Collection[str] | None = None
    branch: str | None = None
    branch_commits: Collection[str] = ()
    most: int = 20


class Landing(NamedTuple):
    """A commit a turn led to, how that is known, and the lines (inclusive, at that commit) it wrote by file."""

    commit: str
    evidence: str
    lines: int
    files: dict[str, list[list[int]]]


class Hit(NamedTuple):
    """The best passage of one turn. `marks` are (start, end) of the query's words in `snippet`."""

    repo: str
    agent: str
    conversation: str
    title: str
    turn: str
    number: int
    time: float | None
    branch: str | None
    prompt: str
    role: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    score: float
    landings: tuple[Landing, ...]


class Passage(NamedTuple):
    """All that was said or done in one role in a turn. `marks` are (start, end) of the query's words in `text`."""

    role: str
    text: str
    marks: tuple[tuple[int, int], ...]


def passages_of(db: sqlite3.Connection, hit: Hit, query: str) -> list[Passage]:
    """What the index holds of a hit's turn, in the order of `ROLES`."""
    wanted = terms(query)
    rows = db.execute(
        "SELECT p.role, p.text FROM passages p JOIN turns t ON t.id = p.turn"
        " JOIN conversations c ON c.id = t.conversation"
        " WHERE c.repo = ? AND c.agent = ? AND c.name = ? AND t.name = ? ORDER BY p.role",
        (hit.repo, hit.agent, hit.conversation, hit.turn),
    )
    texts = [(ROLES[role], unpacked(text)) for role, text in rows]
    return [Passage(role, text, tuple(marks(text, wanted))) for role, text in texts]


def search(db: sqlite3.Connection, asked: Asked) -> list[Hit]:
    """The best hits, a turn each: by words, prompts first among equals, then the newest."""
    wanted = terms(asked.text)
    if asked.text.strip() and not wanted:
        return []
    rows = _rows(db, asked, wanted)
    best: dict[int, tuple[float, int, int, int]] = {}
    for passage, turn, role, score in rows:
        rated = (-score * _WEIGHTS[ROLES[role]], passage, turn, role)
        if turn not in best or rated > best[turn]:
            best[turn] = rated
    order = sorted(best.values(), reverse=True, key=lambda one: (round(one[0], 3), one[1]))
    return [_hit(db, one, wanted) for one in order[: asked.most]]


def _rows(db: sqlite3.Connection, asked: Asked, wanted: list[Term]) -> Iterable[tuple[int, int, int, float]]:
    """(passage, turn, role, bm25: the smaller the better) of what matches, the newest first."""
    where, values = _filters(db, asked)
    roles = asked.roles or (() if wanted else ("prompt",))
    if roles:
        where.append(f"p.role IN ({','.join('?' * len(roles))})")
        values += [ROLES.index(role) for role in roles]
    narrowed = " AND ".join(where) or "1"
    joined = "JOIN turns t ON t.id = p.turn JOIN conversations c ON c.id = t.conversation" if where else ""
    if not wanted:
        said = f"SELECT p.id, p.turn, p.role, -1.0 FROM passages p {joined} WHERE {narrowed} ORDER BY p.id DESC LIMIT ?"
        return db.execute(said, (*values, CANDIDATES)).fetchall()
    said = (
        f"SELECT p.id, p.turn, p.role, bm25(words, 1.0, 0.4) FROM words"
        f" CROSS JOIN passages p ON p.id = words.rowid {joined}"
        f" WHERE words MATCH ? AND {narrowed} ORDER BY words.rowid DESC LIMIT ?"
    )
    return db.execute(said, (expression(wanted), *values, CANDIDATES)).fetchall()


def _filters(db: sqlite3.Connection, asked: Asked) -> tuple[list[str], list[object]]:
    where: list[str] = []
    values: list[object] = []

    def narrow(text: str, *more: object) -> None:
        where.append(text)
        values.extend(more)

    if asked.agent is not None:
        narrow("c.agent = ?", asked.agent)
    if asked.since is not None:
        narrow("t.time >= ?", asked.since)
    if asked.file is not None:
        path = asked.file.removeprefix("./").rstrip("/")
        literal = path.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        narrow(
            "EXISTS (SELECT 1 FROM files f WHERE f.turn = t.id AND (f.path = ? OR f.path LIKE ? ESCAPE '\\'"
            " OR f.path LIKE ? ESCAPE '\\'))",
            path,
            f"%/{literal}",
            f"{literal}/%",
        )
    led = "EXISTS (SELECT 1 FROM landings l WHERE l.repo = c.repo AND l.agent = c.agent"
    led += " AND l.name = c.name AND l.turn = t.name"
    if asked.commits is not None:
        _oids(db, "asked_commits", asked.commits)
        narrow(f"{led} AND l.oid IN (SELECT oid FROM asked_commits))")
    if asked.branch is not None:
        _oids(db, "branch_commits", asked.branch_commits)
        narrow(f"(t.branch = ? OR {led} AND l.oid IN (SELECT oid FROM branch_commits)))", asked.branch)
    return where, values


def _oids(db: sqlite3.Connection, table: str, oids: Collection[str]) -> None:
    db.execute(f"DROP TABLE IF EXISTS temp.{table}")
    db.execute(f"CREATE TEMP TABLE {table} (oid TEXT PRIMARY KEY)")
    db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?)", [(oid,) for oid in oids])


def _hit(db: sqlite3.Connection, rated: tuple[float, int, int, int], wanted: list[Term]) -> Hit:
    score, passage, turn, role = rated
    row = db.execute(
        "SELECT c.repo, c.agent, c.name, c.title, t.name, t.number, t.time, t.branch, t.prompt"
        " FROM turns t JOIN conversations c ON c.id = t.conversation WHERE t.id = ?",
        (turn,),
    ).fetchone()
    text = unpacked(db.execute("SELECT text FROM passages WHERE id = ?", (passage,)).fetchone()[0])
    found = marks(text, wanted)
    start, end = window(text, found, _WIDTH)
    shown = tuple((a - start, b - start) for a, b in found if a >= start and b <= end)
    lands = db.execute(
        "SELECT oid, evidence, lines, files FROM landings WHERE repo = ? AND agent = ? AND name = ? AND turn = ?"
        " ORDER BY lines DESC, oid",
        (*row[:3], row[4]),
    )
    landings = tuple(Landing(oid, evidence, lines, json.loads(files)) for oid, evidence, lines, files in lands)
    return Hit._make((*row, ROLES[role], text[start:end], shown, round(score, 4), landings))
