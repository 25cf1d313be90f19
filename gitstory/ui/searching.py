"""The search page: hits as one types, out of indexes that are brought up to date now and then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitstory.cli.search_indexes import (
    Meaning,
    Searched,
    SearchRequest,
    criteria_of,
    of_all_repositories,
    of_this_repository,
)
from gitstory.render.page.links import ServerLinks
from gitstory.render.page.search_view import FILTERS, hits_part, search_page
from gitstory.render.search import hit_object
from gitstory.search.db.schema import connect_as_it_is
from gitstory.search.db.words import unfinished
from gitstory.search.query import Finder
from gitstory.search.update import index_path
from gitstory.ui.answers import html, is_part, json_list
from gitstory.ui.place import Place, number, query_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.ui.workspace import Workspace

_MOST = 40
_CURRENT_FOR = 5.0
"""Seconds an index is taken for current after it was brought up to date."""
_updated: dict[str, float] = {}


def search(place: Place, request: Request) -> Response:
    """The page, or its hits alone."""
    query = query_of(request, ("q", *FILTERS))
    part = is_part(request)
    typed = unfinished(query.get("q", "")) if part else query.get("q", "")
    json = place.links.page("search.json", **query)
    if not query:
        return html(search_page([], {}, query, place.frame(), lambda _: place.links, json))
    with _searched(place, query, _MOST) as searched:
        hits = searched.finder.find(typed, _MOST)
        subjects = searched.subjects(hits, 3)

        def links_of(repo: str) -> ServerLinks:
            return place.others.get(repo, place.links)

        if part:
            return html(hits_part(hits, subjects, query, place.links, links_of))
        return html(search_page(hits, subjects, query, place.frame(), links_of, json))


def search_json(place: Place, request: Request) -> Response:
    """What `git story search --json` prints."""
    query = query_of(request, ("q", *FILTERS))
    most = number(request.query_params.get("n"), 20, 1, 1000)
    with _searched(place, query, most) as searched:
        hits = searched.finder.find(query.get("q", ""), most)
        subjects = searched.subjects(hits)
        return json_list([hit_object(hit, subjects) for hit in hits])


@contextmanager
def _searched(place: Place, query: dict[str, str], most: int) -> Iterator[Searched]:
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
    if place.all_repos:
        with of_all_repositories(wanted, False, Meaning(False)) as searched:
            yield searched
        return
    with place.workspaces.open() as space, _of_one(space, wanted) as searched:
        yield searched


@contextmanager
def _of_one(space: Workspace, wanted: SearchRequest) -> Iterator[Searched]:
    """The index as it is where it was brought up to date just now, else brought up to date."""
    name, path = str(space.repo.common_dir), index_path(space.repo)
    if path is not None and time.monotonic() - _updated.get(name, -_CURRENT_FOR) < _CURRENT_FOR:
        db = connect_as_it_is(path)
        if db is not None:
            try:
                criteria = criteria_of(space.repo, **wanted._asdict())
                yield Searched(Finder(db, criteria), {name: space.repo}, ((db, criteria),))
            finally:
                db.close()
            return
    with of_this_repository(space.repo, wanted, False, Meaning(False)) as searched:
        _updated[name] = time.monotonic()
        yield searched
