"""The search page: hits as one types, out of indexes as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from gitstory.cli.search_indexes import Searched, SearchRequest, criteria_of
from gitstory.errors import GitStoryError
from gitstory.render.page.links import ServerLinks
from gitstory.render.page.search_view import FILTERS, hits_part, search_page
from gitstory.render.search import hit_object
from gitstory.search.db.schema import DAMAGE, connect_as_it_is
from gitstory.search.db.tokenizer import unfinished
from gitstory.search.query import Finder, Several
from gitstory.search.update import LIMIT, name_of
from gitstory.ui.request_context import Place, number, query_of
from gitstory.ui.responses import html, is_part, json_list

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.git.repo import Repo
    from gitstory.ui.search_index_updates import SearchIndex
    from gitstory.ui.workspace import Workspaces

_MOST, _MOST_TYPED = 40, 20
_PATIENCE = 1.0
"""Seconds a page waits for an index; results as one types do not."""


def search(place: Place, request: Request) -> Response:
    """The page, or its hits alone."""
    query = query_of(request, ("q", *FILTERS))
    part = is_part(request)
    most = _MOST_TYPED if part else _MOST
    typed = unfinished(query.get("q", "")) if part else query.get("q", "")
    json = place.links.page("search.json", **query)
    if not query:
        return html(search_page([], {}, query, place.frame(), lambda _: place.links, json))
    with _searched(place, query, most, 0.0 if part else _PATIENCE) as (searched, note):
        hits = searched.finder.find(typed, most)
        subjects = searched.subjects(hits, 3)

        def links_of(repo: str) -> ServerLinks:
            return place.others.get(repo, place.links)

        if part:
            return html(hits_part(hits, subjects, query, place.links, links_of, note))
        return html(search_page(hits, subjects, query, place.frame(), links_of, json, note))


def search_json(place: Place, request: Request) -> Response:
    """What `git story search --json` prints."""
    query = query_of(request, ("q", *FILTERS))
    most = number(request.query_params.get("n"), 20, 1, 1000)
    with _searched(place, query, most, LIMIT) as (searched, _):
        hits = searched.finder.find(query.get("q", ""), most)
        subjects = searched.subjects(hits)
        return json_list([hit_object(hit, subjects) for hit in hits])


@contextmanager
def _searched(place: Place, query: dict[str, str], most: int, patience: float) -> Iterator[tuple[Searched, str]]:
    """What is searched as it is now, and why that may not be everything ("" where it is)."""
    wanted = SearchRequest(
        (query.get("q", ""),),
        query.get("agent"),
        query.get("file"),
        query.get("author"),
        query.get("since"),
        query.get("branch"),
        query.get("commit"),
        (query["role"],) if "role" in query else (),
        most,
        (query["kind"],) if "kind" in query else (),
    )
    with ExitStack() as stack:
        finders: dict[str, tuple[Finder, Repo]] = {}
        notes: list[str] = []
        unknown: GitStoryError | None = None
        for workspaces in place.every or (place.workspaces,):
            try:
                opened = _of_one(stack, workspaces, wanted, patience)
            except GitStoryError as error:  # a revision that only other repositories have, a repository that is gone
                unknown = error
                continue
            notes.append(_note(workspaces.index))
            if opened is not None:
                name, finder, repo = opened
                finders[name] = (finder, repo)
        if unknown is not None and not notes:
            raise unknown
        by_name = {name: finder for name, (finder, _) in finders.items()}
        chosen: Finder | Several = next(iter(by_name.values())) if len(by_name) == 1 else Several(by_name)
        yield Searched(chosen, {name: repo for name, (_, repo) in finders.items()}), max(notes, default="", key=len)


def _of_one(
    stack: ExitStack, workspaces: Workspaces, wanted: SearchRequest, patience: float
) -> tuple[str, Finder, Repo] | None:
    """The index of one repository as it is, None where there is none yet."""
    workspaces.index.bring_up(patience)
    space = stack.enter_context(workspaces.open(process=False))
    criteria = criteria_of(space.repo, **wanted._asdict())
    try:
        db = connect_as_it_is(workspaces.index.path(space.repo))
    except DAMAGE:  # the update that has begun makes it anew
        return None
    if db is None:
        return None
    stack.callback(db.close)
    return name_of(space.repo), Finder(db, criteria), space.repo


def _note(index: SearchIndex) -> str:
    if index.problem:
        return f"The index is not up to date: {index.problem}"
    return "" if index.is_current else "Conversations are still being indexed: there may be more to find."
