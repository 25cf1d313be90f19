"""`git story search`: find turns again by their words."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from gitstory.cli.options import json_option
from gitstory.cli.reading import record
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    import sqlite3

    from gitstory.git.repo import Repo
    from gitstory.queries.narrowing import Asked

_LIMIT = 20.0


@click.command()
@click.argument("query", nargs=-1)
@click.option("--agent", metavar="NAME", help="Only one agent's conversations, as in claude-code.")
@click.option("--file", "file", metavar="PATH", help="Only turns that edited this file (a path, its end, or a folder).")
@click.option(
    "--author", metavar="PATTERN", help="Only turns that led to a commit of this author, as `git log` takes it."
)
@click.option("--since", metavar="DATE", help="Only turns after DATE, as `git log --since` takes it.")
@click.option("--branch", metavar="NAME", help="Only turns held on this branch, or that led to a commit of it.")
@click.option(
    "--commit", "revision", metavar="REV", help="Only turns that led to this commit, or to one of a range A..B."
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["prompt", "answer", "thinking", "tool", "edit"]),
    help="Only in what was said or done so; may be given more than once.",
)
@click.option("-n", "most", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most so many turns.")
@click.option("--wait", is_flag=True, help="Take in all that is new first, however long it takes.")
@click.option("-i", "--interactive", is_flag=True, help="Pick on the terminal, also with a QUERY to begin with.")
@json_option
def command(
    query: tuple[str, ...],
    agent: str | None,
    file: str | None,
    author: str | None,
    since: str | None,
    branch: str | None,
    revision: str | None,
    roles: tuple[str, ...],
    most: int,
    wait: bool,
    interactive: bool,
    as_json: bool,
) -> int:
    """Find turns of conversations again by their words, recorded or only in the agents' stores.

    All words must occur; "several words" in quotes must follow one another, and word* is the beginning of a word. Case
    and accents do not matter. Each hit is told with the commits it led to. Exits with 1 if nothing was found.

    Without a QUERY, on a terminal, turns can be picked from a list while typing; elsewhere the newest are listed that
    the options ask for.
    """
    from gitstory.cli.picker import can_pick

    if interactive and as_json:
        raise click.UsageError("-i and --json exclude each other")
    if interactive and not can_pick():
        raise GitStoryError("there is no terminal to pick on", hint="without -i the hits are listed")

    with record() as (repo, _store):
        asked = asked_of(
            repo,
            query=query,
            agent=agent,
            file=file,
            author=author,
            since=since,
            branch=branch,
            revision=revision,
            roles=roles,
            most=most,
        )
        db = _index(repo, wait)
        try:
            if interactive or (not query and not as_json and can_pick()):
                return _pick(repo, db, asked)
            return _list(repo, db, asked, as_json)
        finally:
            db.close()


def _pick(repo: Repo, db: sqlite3.Connection, asked: Asked) -> int:
    from gitstory.cli.search_picking import pick_hit, show_hit

    for hit in pick_hit(repo, db, asked) or ():
        show_hit(repo, hit)
    return 0


def _list(repo: Repo, db: sqlite3.Connection, asked: Asked, as_json: bool) -> int:
    from gitstory.queries.search import search
    from gitstory.render.search import hit_object, subjects, write_hits

    hits = search(db, asked)
    said = subjects(repo, {one.commit for hit in hits for one in hit.landings[: None if as_json else 3]})
    if as_json:
        from gitstory.cli.output import say_json

        for hit in hits:
            say_json(hit_object(hit, said))
    else:
        from gitstory.cli.output import console

        with console() as out:
            write_hits(hits, said, out)
    return 0 if hits else 1


def asked_of(
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
) -> Asked:
    """What the words and options of a command ask for."""
    from gitstory.queries.narrowing import Asked

    return Asked(
        " ".join(query),
        agent,
        file,
        _since(repo, since),
        roles,
        _commits(repo, revision, author),
        branch,
        _listed(repo, branch) if branch else (),
        most,
    )


def _index(repo: Repo, wait: bool) -> sqlite3.Connection:
    """The index, brought up to date."""
    from gitstory.cli.output import warn
    from gitstory.storage.search.schema import connect
    from gitstory.worker.index import index_path, update

    path = index_path(repo)
    limit = float("inf") if wait else _LIMIT
    if path is None:
        from gitstory.worker.feed import feed

        db = connect(None)
        feed(repo, None, limit, db)
        return db
    done = update(repo, dict(os.environ), path=path, limit=limit)
    for problem in done.problems[:3]:
        warn(f"left out: {problem}")
    if done.busy:
        warn("another process is taking in what is new; this is what there was before")
    if done.left:
        warn(f"{done.left} conversations are not taken in yet", "the next search goes on; `--wait` does it all at once")
    return connect(path)


def _since(repo: Repo, since: str | None) -> float | None:
    if since is None:
        return None
    from gitstory.queries.conversations import since_time

    return since_time(repo, since)


def _commits(repo: Repo, revision: str | None, author: str | None) -> list[str] | None:
    if revision is None and author is None:
        return None
    said = [f"--author={author}"] if author is not None else []
    if revision is None:
        return _log(repo, *said, "--branches", "--tags", "--remotes", "HEAD")
    if ".." in revision:
        return _log(repo, *said, "--end-of-options", revision)
    return _log(repo, *said, "--no-walk", repo.resolve(revision))


def _listed(repo: Repo, branch: str) -> list[str]:
    """The commits of a branch, [] where it is gone: agents' records may still name it."""
    done = repo.run("rev-list", "--end-of-options", branch, "--", check=False)
    return done.stdout.decode("ascii", "replace").split() if done.returncode == 0 else []


def _log(repo: Repo, *args: str) -> list[str]:
    return repo.git("log", "--format=%H", *args, "--").decode("ascii", "replace").split()
