"""The filters of a search as SQL over the index: what narrows, worked out once and used for every word typed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import NamedTuple

from gitstory.search.db.schema import ROLES

FIRST_MENTION = (
    "(l.evidence <> 'context' OR NOT EXISTS (SELECT 1 FROM landings e WHERE e.repo = l.repo AND e.agent = l.agent"
    " AND e.name = l.name AND e.turn = l.turn AND e.told > 0 AND e.told < l.told))"
)
"""Of the commits for which another tool records a prompt, the first ones: it records all prompts up to then."""


class SearchCriteria(NamedTuple):
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
    kinds: tuple[str, ...] = ()
    """Kinds of turns (`model.TurnKind`), any of them."""


class Narrowing:
    """Conditions on a passage `p`, and the tables they need beside it. Temporary tables live with the connection."""

    def __init__(self, db: sqlite3.Connection, search_criteria: SearchCriteria) -> None:
        self._db = db
        self._where: list[str] = []
        self.values: list[object] = []
        self.joined = ""
        self.nothing = False
        """Whether no turn can be what is asked for."""
        if search_criteria.agent is not None or search_criteria.since is not None or search_criteria.kinds:
            self.joined = "JOIN turns t ON t.id = p.turn JOIN conversations c ON c.id = t.conversation"
        if search_criteria.agent is not None:
            self._narrow("c.agent = ?", search_criteria.agent)
        if search_criteria.since is not None:
            self._narrow("t.time >= ?", search_criteria.since)
        if search_criteria.kinds:
            self._narrow(f"t.kind IN ({','.join('?' for _ in search_criteria.kinds)})", *search_criteria.kinds)
        if search_criteria.file is not None:
            self._files(search_criteria.file)
        if search_criteria.commits is not None:
            self._led("led_to_commits", search_criteria.commits)
            self._narrow_to("led_to_commits")
        if search_criteria.branch is not None:
            self._led("of_branch", search_criteria.branch_commits)
            db.execute(
                "INSERT OR IGNORE INTO of_branch SELECT id FROM turns WHERE branch = ?", (search_criteria.branch,)
            )
            self._narrow_to("of_branch")

    def where(self, roles: Collection[str]) -> str:
        """The condition, with that on what a passage is (all of it where `roles` is empty)."""
        among = [f"p.role IN ({','.join(str(ROLES.index(role)) for role in roles)})"] if roles else []
        return " AND ".join([*self._where, *among]) or "1"

    def _narrow(self, text: str, *values: object) -> None:
        self._where.append(text)
        self.values += values

    def _narrow_to(self, table: str) -> None:
        """To the turns of a temporary table."""
        self._narrow(f"p.turn IN {table}")
        self.nothing |= self._db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None

    def _files(self, file: str) -> None:
        path = file.removeprefix("./").rstrip("/")
        literal = path.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        self._table(
            "edited",
            "SELECT turn FROM files WHERE path = ? OR path LIKE ? ESCAPE '\\' OR path LIKE ? ESCAPE '\\'",
            (path, f"%/{literal}", f"{literal}/%"),
        )
        self._narrow_to("edited")

    def _led(self, table: str, commits: Collection[str]) -> None:
        """The turns that led to one of the commits; most commits of a long history have no story, and cost nothing."""
        db, wanted = self._db, set(commits)
        oids = [(oid,) for (oid,) in db.execute("SELECT DISTINCT oid FROM landings") if oid in wanted]
        db.execute("DROP TABLE IF EXISTS temp.asked_commits")
        db.execute("CREATE TEMP TABLE asked_commits (oid TEXT PRIMARY KEY) WITHOUT ROWID")
        db.executemany("INSERT INTO asked_commits VALUES (?)", oids)
        self._table(
            table,
            "SELECT t.id FROM landings l CROSS JOIN conversations c ON c.repo = l.repo AND c.agent = l.agent"
            " AND c.name = l.name CROSS JOIN turns t ON t.conversation = c.id AND t.name = l.turn"
            f" WHERE +l.oid IN asked_commits AND {FIRST_MENTION}",
        )

    def _table(self, name: str, query: str, values: tuple[object, ...] = ()) -> None:
        self._db.execute(f"DROP TABLE IF EXISTS temp.{name}")
        self._db.execute(f"CREATE TEMP TABLE {name} (turn INTEGER PRIMARY KEY)")
        self._db.execute(f"INSERT OR IGNORE INTO {name} {query}", values)
