"""`git story search`: full-text search over conversations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from gitstory.cli.open_store import open_processed_repo
from gitstory.cli.shared_options import json_option
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.cli.search_indexes import Searched, SearchRequest


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
    help="Only in text of this kind; may be repeated.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["request", "answer", "correction", "continuation", "question", "automated"]),
    help="Only turns whose prompt is of this kind; may be given more than once.",
)
@click.option("-n", "most", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most so many turns.")
@click.option(
    "--semantic/--no-semantic",
    "semantic",
    default=None,
    help="Match by meaning too (`search.semantic`; needs the extra `semantic`).",
)
@click.option("--all-repos", is_flag=True, help="In all repositories on this machine that agents worked in.")
@click.option("--wait", is_flag=True, help="Index everything new first, however long it takes.")
@click.option("-i", "--interactive", is_flag=True, help="Pick on the terminal, starting with QUERY if given.")
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
    kinds: tuple[str, ...],
    most: int,
    semantic: bool | None,
    all_repos: bool,
    wait: bool,
    interactive: bool,
    as_json: bool,
) -> int:
    """Search conversations, including those only in agents' stores or in other tools' records.

    "Several words" in quotes match as a phrase, and word* matches a prefix; case and accents are ignored. If no turn
    matches every word, substrings are tried, then turns that match at least half. Each hit lists the commits it led
    to. Exits with 1 if nothing was found.

    With --semantic, turns with a similar meaning match too. Nothing leaves this machine.

    Without a QUERY, turns are picked from a list as you type; without a terminal, the newest that match the options are
    listed.
    """
    from gitstory.cli.search_indexes import SearchRequest

    if interactive and as_json:
        raise click.UsageError("-i and --json exclude each other")
    if interactive and not _can_pick():
        raise GitStoryError("cannot show the picker: not a terminal", hint="without -i the hits are listed")

    wanted = SearchRequest(query, agent, file, author, since, branch, revision, roles, most, kinds)
    with _searched(wanted, semantic, all_repos, wait) as searched:
        if interactive or (not query and not as_json and _can_pick()):
            return _pick(searched, " ".join(query))
        any_hit = _list(searched, " ".join(query), most, as_json)
        if not any_hit:
            _name_empty_filters(searched.empty_filters(), wanted)
    return 0 if any_hit else 1


@contextmanager
def _searched(wanted: SearchRequest, semantic: bool | None, all_repos: bool, wait: bool) -> Iterator[Searched]:
    from gitstory.cli.search_indexes import Meaning, of_all_repositories, of_this_repository

    how = Meaning(semantic)
    if all_repos:
        with of_all_repositories(wanted, wait, how) as searched:
            yield searched
        return
    with open_processed_repo() as repo, of_this_repository(repo, wanted, wait, how) as searched:
        yield searched


def _can_pick() -> bool:
    from gitstory.cli.picker import can_pick

    return can_pick()


def _pick(searched: Searched, text: str) -> int:
    from gitstory.cli.search_picker import pick_hit, show_hit

    for hit in pick_hit(searched, text) or ():
        show_hit(searched.repos[hit.repo], hit)
    return 0


def _name_empty_filters(names: list[str], wanted: SearchRequest) -> None:
    """Warn of each filter that alone leaves nothing: more often a slip than a question."""
    from gitstory.cli.output import warn

    commits = " ".join(filter(None, (wanted.revision, wanted.author and f"commits of {wanted.author}")))
    words = {
        "file": f"no turn edited {wanted.file}",
        "since": f"no turn after {wanted.since}",
        "branch": f"no turn was held on branch {wanted.branch} or led to a commit of it",
        "commits": f"no turn led to {commits}",
        "kinds": f"no turn is of kind {' or '.join(wanted.kinds)}",
    }
    for name in names:
        if name == "agent":
            _name_agent(wanted.agent or "")
        else:
            warn(words[name])


def _name_agent(agent: str) -> None:
    """Records of other tools may name an agent that no reader is for."""
    from gitstory.agents.registry import discover, unknown
    from gitstory.cli.output import warn

    names = {one.name for one in discover().agents}
    if agent in names:
        warn(f"no conversation of {agent} is indexed here", "`git story agents` shows which stores were found")
    else:
        error = unknown(agent, names)
        warn(error.message, error.hint)


def _list(searched: Searched, text: str, most: int, as_json: bool) -> bool:
    from gitstory.render.search import hit_object, repository_names, write_hits

    hits = searched.finder.find(text, most)
    subjects = searched.subjects(hits, None if as_json else 3)
    if as_json:
        from gitstory.cli.output import say_json

        for hit in hits:
            say_json(hit_object(hit, subjects))
    else:
        from gitstory.cli.output import console

        with console() as out:
            write_hits(hits, subjects, out, repository_names(searched.repos))
    return bool(hits)
