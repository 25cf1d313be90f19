"""The indexes a search looks in, brought up to date: of this repository, or of all on this machine."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitstory.errors import GitStoryError
from gitstory.git.background_thread import Later
from gitstory.search.filters import SearchCriteria
from gitstory.search.query import Finder, Hit, Several

if TYPE_CHECKING:
    from gitstory.embedding import Embedder
    from gitstory.git.repo import Repo
    from gitstory.search.fingerprint import Look
    from gitstory.search.meaning_search import Fused
    from gitstory.search.update import Updated

_LIMIT = 20.0

_MANY_TURNS = 1000
"""Turns of which an index is worth keeping."""


class SearchRequest(NamedTuple):
    """What the words and options of a command ask for, before a repository has said what they mean there."""

    query: tuple[str, ...]
    agent: str | None
    file: str | None
    author: str | None
    since: str | None
    branch: str | None
    revision: str | None
    roles: tuple[str, ...]
    most: int
    kinds: tuple[str, ...] = ()


class Searched(NamedTuple):
    """What a search looks in. `repos` are those that are open, by git's common directory as hits name it."""

    finder: Finder | Several | Fused
    repos: Mapping[str, Repo]
    indexes: tuple[tuple[sqlite3.Connection, SearchCriteria], ...] = ()

    def empty_filters(self) -> list[str]:
        """The filters (fields of `SearchCriteria`) that leave no turn at all, whatever the words."""
        return [
            name
            for name in ("agent", "file", "since", "branch", "commits", "kinds")
            if self.indexes and all(getattr(asked, name) not in (None, ()) for _, asked in self.indexes)
            if not any(Finder(db, _alone(asked, name)).find("", 1) for db, asked in self.indexes)
        ]

    def subjects(self, hits: Collection[Hit], most: int | None = None) -> dict[str, str]:
        """Commit -> subject of the commits that hits led to, of each no more than `most`."""
        from gitstory.render.search import subjects

        by_repository: dict[str, set[str]] = {}
        for hit in hits:
            by_repository.setdefault(hit.repo, set()).update(one.commit for one in hit.landings[:most])
        by_commit: dict[str, str] = {}
        for repo, commits in by_repository.items():
            by_commit |= subjects(self.repos[repo], commits)
        return by_commit


def _alone(criteria: SearchCriteria, name: str) -> SearchCriteria:
    """One filter without the words and the other filters."""
    return SearchCriteria(
        **{name: getattr(criteria, name)}, branch_commits=criteria.branch_commits if name == "branch" else ()
    )


class Meaning:
    """Whether a search is by meaning too: `asked` on the command line, or None where the settings say.

    Raises `embedding.NotInstalled` where it was asked for and cannot be done. Where a setting asks, that is said, and
    words have to do.
    """

    def __init__(self, wanted: bool | None) -> None:
        self._wanted = wanted
        self._embedder = self._load() if wanted else None

    @staticmethod
    def _load() -> Embedder:
        from gitstory.embedding import load

        return load()

    def embedder(self, is_set: Callable[[], bool]) -> Embedder | None:
        """What makes texts comparable by meaning, None where only words count."""
        if self._wanted is not None or not is_set():
            return self._embedder
        from gitstory.cli.output import warn
        from gitstory.embedding import NotInstalled

        try:
            return self._load()
        except NotInstalled as error:
            warn(f"only by words: {error.message}", error.hint)
            return None


@contextmanager
def of_this_repository(repo: Repo, wanted: SearchRequest, wait: bool, meaning: Meaning) -> Iterator[Searched]:
    """Of one repository."""
    from gitstory.search.db.schema import SEMANTIC, is_set
    from gitstory.search.repositories import index_of
    from gitstory.search.update import name_of

    criteria = Later(partial(criteria_of, repo, **wanted._asdict()))
    path, name = index_of(repo), name_of(repo)
    limit = float("inf") if wait else _LIMIT
    db = _connected(repo, path, limit)
    try:
        # What the index was made with is what is set: it is not up to date where that changed.
        embedder = meaning.embedder(lambda: is_set(db, SEMANTIC, name))
        if embedder is None:
            yield Searched(Finder(db, criteria.result()), {name: repo}, ((db, criteria.result()),))
            return
        from gitstory.cli.embedding_progress import embed_all
        from gitstory.search.meaning_search import Fused, NearFinder

        embed_all([(db, path)], embedder, limit)
        fused = Fused({name: NearFinder(db, criteria.result())}, embedder.embed)
        yield Searched(fused, {name: repo}, ((db, criteria.result()),))
    finally:
        db.close()


@contextmanager
def of_all_repositories(wanted: SearchRequest, wait: bool, meaning: Meaning) -> Iterator[Searched]:
    """Of every repository that conversations on this machine took place in, and the one we are in, if any.

    A repository that does not know the revision asked for is left out; where none does, that is said.
    """
    from gitstory.search.db.schema import connect
    from gitstory.search.fingerprint import Look
    from gitstory.search.update import name_of

    look = Look({}, {})
    indexes: dict[str, tuple[sqlite3.Connection, Path, SearchCriteria]] = {}
    repos: dict[str, Repo] = {}
    unknown: GitStoryError | None = None
    with ExitStack() as stack:
        places, semantic = _places(stack, look)
        embedder = meaning.embedder(lambda: semantic)
        limit = float("inf") if wait else _LIMIT
        left = _bring_up(places, look, limit)
        for repo, path in places:
            try:
                criteria = criteria_of(repo, **wanted._asdict())
            except GitStoryError as error:
                unknown = error
                continue
            try:
                db = connect(path)
            except (OSError, sqlite3.OperationalError) as error:
                db, more = _unwritten(repo, path, error, limit, look)
                left += more
            stack.callback(db.close)
            indexes[name_of(repo)] = (db, path, criteria)
            repos[name_of(repo)] = repo
        if unknown is not None and not indexes:
            raise unknown
        _tell_left(left)
        pairs = tuple((db, asked) for db, _, asked in indexes.values())
        if embedder is None:
            yield Searched(Several({name: Finder(db, asked) for name, (db, _, asked) in indexes.items()}), repos, pairs)
            return
        from gitstory.cli.embedding_progress import embed_all
        from gitstory.search.meaning_search import Fused, NearFinder

        embed_all([(db, path) for db, path, _ in indexes.values()], embedder, limit)
        finders = {name: NearFinder(db, asked) for name, (db, _, asked) in indexes.items()}
        yield Searched(Fused(finders, embedder.embed), repos, pairs)


def _places(stack: ExitStack, look: Look) -> tuple[list[tuple[Repo, Path]], bool]:
    """The repositories with their indexes, and whether the settings ask for meaning."""
    from gitstory.agents.registry import deferred
    from gitstory.cli.shared_options import open_repo
    from gitstory.config.load import load
    from gitstory.environment import surroundings
    from gitstory.git.repo import NotARepository
    from gitstory.search.repositories import indexed
    from gitstory.worker.ensure_drained import ensure_drained

    here = None
    with suppress(NotARepository):
        here = open_repo()
        ensure_drained(here)
    config = load(here)
    stores = {name: tuple(Path(root).expanduser() for root in roots) for name, roots in config.roots.items()}
    agents = [agent for agent in deferred() if agent.name not in config.ignore_agents]
    repositories = indexed(agents, surroundings(stores), look, here)
    for repo, _ in repositories:
        stack.callback(repo.close)
    return [(repo, path) for repo, path in repositories], config.semantic


def repositories_here() -> list[Path]:
    """Where the repositories are that conversations on this machine took place in, and the one we are in, if any."""
    from gitstory.search.fingerprint import Look

    with ExitStack() as stack:
        places, _ = _places(stack, Look({}, {}))
        return [repo.worktree or repo.git_dir for repo, _ in places]


def _bring_up(places: Collection[tuple[Repo, Path]], look: Look, limit: float) -> int:
    """Bring all indexes up to date, in `limit` seconds; returns how many conversations are left."""
    from gitstory.cli.output import warn
    from gitstory.cli.search_unwritable import cannot_write
    from gitstory.search.update import update

    deadline = time.monotonic() + limit
    left = 0
    for repo, path in places:
        try:
            done = update(repo, dict(os.environ), path=path, limit=max(0.0, deadline - time.monotonic()), look=look)
        except (
            GitStoryError,
            OSError,
            sqlite3.Error,
        ) as error:  # its settings, its disk: no reason to give up the others
            if isinstance(error, GitStoryError) or not cannot_write(error):
                warn(f"{repo.common_dir}: not up to date: {error}")
            continue  # of an index that cannot be written is told where it is opened
        _tell_problems(done)
        left += done.left
    return left


def _connected(repo: Repo, path: Path | None, limit: float) -> sqlite3.Connection:
    """The index of one repository, brought up to date; in memory where it may have none on disk."""
    from gitstory.search.db.schema import connect

    if path is None:
        from gitstory.search.indexer import feed

        db = connect(None)
        updated = feed(repo, None, limit, db)
        _tell_unkept(updated.changed)
        _tell_left(updated.left)
        return db
    from gitstory.search.update import update

    try:
        done = update(repo, dict(os.environ), path=path, limit=limit)
        db = connect(path)
    except (OSError, sqlite3.OperationalError) as error:
        db, left = _unwritten(repo, path, error, limit)
        _tell_left(left)
        return db
    _tell_problems(done)
    _tell_left(done.left)
    return db


def updated(repo: Repo, path: Path, limit: float) -> Updated:
    """Bring one index up to date, in `limit` seconds. Raises what `search.update.update` does."""
    from gitstory.search.update import update

    return update(repo, dict(os.environ), path=path, limit=limit)


def _unwritten(
    repo: Repo, path: Path, error: OSError | sqlite3.OperationalError, limit: float, look: Look | None = None
) -> tuple[sqlite3.Connection, int]:
    """`open_unwritable`; raises the `error` again where it is another one."""
    from gitstory.cli.search_unwritable import cannot_write, open_unwritable

    if not cannot_write(error):
        raise error
    return open_unwritable(repo, path, error, limit, look)


def _tell_problems(done: Updated) -> None:
    from gitstory.cli.output import warn

    for problem in done.problems[:3]:
        warn(f"left out: {problem}")
    if done.busy:
        warn("another process is updating the index; these results are from before")


def _tell_unkept(turns: int) -> None:
    from gitstory.cli.output import warn

    if turns > _MANY_TURNS:
        warn(
            f"gitstory is not enabled here: each search indexes {turns:,} turns again",
            "`git story enable --no-hooks` keeps the index",
        )


def _tell_left(left: int) -> None:
    from gitstory.cli.output import warn
    from gitstory.text.wording import count

    if left:
        warn(
            f"not indexed yet: {count(left, 'conversation or commit', 'conversations or commits')}",
            "the next search continues; `--wait` indexes all of them first",
        )


def criteria_of(
    repo: Repo,
    *,
    query: tuple[str, ...],
    agent: str | None,
    file: str | None,
    author: str | None,
    since: str | None,
    branch: str | None,
    revision: str | None,
    roles: tuple[str, ...],
    most: int,
    kinds: tuple[str, ...] = (),
) -> SearchCriteria:
    """What the words and options of a command ask for in a repository. Raises `UnknownRevision` and the like."""
    moment, commits = Later(partial(_since, repo, since)), Later(partial(_commits, repo, revision, author))
    listed = _listed(repo, branch) if branch else ()
    return SearchCriteria(
        " ".join(query), agent, file, moment.result(), roles, commits.result(), branch, listed, most, kinds
    )


def _since(repo: Repo, since: str | None) -> float | None:
    if since is None:
        return None
    from gitstory.git.dates import since_time

    return since_time(repo, since)


def _commits(repo: Repo, revision: str | None, author: str | None) -> list[str] | None:
    if revision is None and author is None:
        return None
    args = [f"--author={author}"] if author is not None else []
    if revision is None:
        return _log(repo, *args, "--branches", "--tags", "--remotes", "HEAD")
    if ".." in revision:
        return _log(repo, *args, "--end-of-options", revision)
    return _log(repo, *args, "--no-walk", repo.resolve(revision))


def _listed(repo: Repo, branch: str) -> list[str]:
    """The commits of a branch, [] where it is gone: agents' records may still name it."""
    done = repo.run("rev-list", "--end-of-options", branch, "--", check=False)
    return done.stdout.decode("ascii", "replace").split() if done.returncode == 0 else []


def _log(repo: Repo, *args: str) -> list[str]:
    from gitstory.git.log import PLAIN

    return repo.git("log", *PLAIN, "--format=%H", *args, "--").decode("ascii", "replace").split()
