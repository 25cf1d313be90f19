"""The search index kept up with the record and the agents' stores.

`update` is cheap where nothing changed, and says how much is left where its time ran out. What goes in was redacted;
private, ignored and forgotten conversations never get in. When settings change what may be kept, the index is deleted
and built again; what is forgotten is taken out of it (`erase`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gitstory.attribution.linking_steps import plain
from gitstory.git.background_thread import Later
from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.interop.other_tools_refs import standing
from gitstory.search.db.schema import DAMAGE, NAME, connect, connect_as_it_is, discard
from gitstory.search.db.tokenizer import text_of
from gitstory.search.fingerprint import Look, settings_in_git, signature

LOCK = "search.lock"
LIMIT = 20.0
"""Seconds after which an update stops; the next one continues."""


class Updated(NamedTuple):
    """What an update did: turns that changed, what is left for the next time, what could not be read.

    `left` counts conversations, and commits with other tools' records.

    `busy`: another process is at it, and the index is used as it is.
    """

    changed: int = 0
    left: int = 0
    busy: bool = False
    problems: tuple[str, ...] = ()


def name_of(repo: Repo) -> str:
    """What a repository is called in an index: its path, whatever bytes that is made of."""
    return plain(str(repo.common_dir))


def index_path(repo: Repo) -> Path | None:
    """The path of a repository's index; None if gitstory was never enabled: a reader creates no directories."""
    return repo.home / NAME if repo.home.is_dir() else None


def update(
    repo: Repo,
    env: Mapping[str, str],
    *,
    path: Path | None = None,
    limit: float = LIMIT,
    wait: float = 2.0,
    look: Look | None = None,
) -> Updated:
    """Bring the index at `path` (default: the repository's own, made where there is none) up to date.

    `look` is the one look at the stores that updates of several repositories share.

    Raises `RedactionFailed`, `ConfigError`, OSError, or `sqlite3.Error` where it cannot be written.
    """
    path = path or repo.home / NAME
    if is_current(repo, env, path, look):
        return Updated()
    with single_flight(path.with_suffix(".lock"), timeout=wait) as got:
        if not got:
            return Updated(busy=True)
        try:
            return feed(repo, path, limit, look)
        except DAMAGE as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            discard(path)  # damaged in a place that opening it does not look at
            return feed(repo, path, limit, look)


def feed(repo: Repo, path: Path | None, limit: float, look: Look | None = None) -> Updated:
    from gitstory.search.indexer import feed as index_repository

    return index_repository(repo, path, limit, look=look)


def is_current(repo: Repo, env: Mapping[str, str], path: Path, look: Look | None = None) -> bool:
    """Whether nothing the index was made from has changed since it was completed."""
    state, settings = Later(partial(standing, repo)), Later(partial(settings_in_git, repo))
    try:
        db = connect_as_it_is(path)
    except DAMAGE:
        return False
    if db is None:
        return False
    try:
        rows = db.execute("SELECT name, value FROM facts WHERE name LIKE '% ' || ?", (name_of(repo),))
        facts = {name.partition(" ")[0]: text_of(value) for name, value in rows}
    except DAMAGE:
        return False
    finally:
        db.close()
    refs = state.result()
    if not facts.get("signature") or facts.get("tree") != refs.tree or facts.get("foreign", "") != refs.digest:
        return False
    now = signature(repo, facts["roots"].split("\n"), facts["files"].split("\n"), env, look, settings)
    return now == str(facts["signature"])


__all__ = ["LOCK", "Updated", "connect", "index_path", "is_current", "name_of", "update"]
