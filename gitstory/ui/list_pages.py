"""The pages that list: commits, conversations, hits of a search; each also as JSON."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gitstory.git.commit_details import commit_infos
from gitstory.git.dates import check_dates, since_time
from gitstory.git.log_selection import Selection, select_commits
from gitstory.git.repo import Repo
from gitstory.queries.conversations import ConversationFilter, Listing, listing
from gitstory.queries.show import story_views
from gitstory.recording.live_conversations import Live
from gitstory.render.conversations import conversation_object
from gitstory.render.json import story_object
from gitstory.render.page.lists_view import Window, conversations_page, timeline_page
from gitstory.summary.commit_story import CommitView
from gitstory.ui.request_context import Place, number, query_of
from gitstory.ui.responses import html, json_list

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.ui.workspace import Workspace

PAGE = 50
"""Rows of a list on one page."""
_COMMIT_FILTERS = ("agent", "author", "grep", "path", "since", "range", "stories")
_KEPT_LISTS = 16


def commits(place: Place, request: Request) -> Response:
    """The timeline."""
    query = query_of(request, _COMMIT_FILTERS)
    with place.workspaces.open() as space:
        views, window = _timeline(space, query, number(request.query_params.get("start"), 0))
        agents = sorted({name for name, _ in space.sources.store.index.ended()})
        json = place.links.page("commits.json", **query, start=str(window.start or ""))
        return html(timeline_page(views, window, place.frame(), agents, json))


def commits_json(place: Place, request: Request) -> Response:
    """What `git story log --json --include-empty` prints of the same commits."""
    query = query_of(request, _COMMIT_FILTERS)
    with place.workspaces.open() as space:
        views, _ = _timeline(space, query, number(request.query_params.get("start"), 0))
        return json_list(story_object(view) for view in views)


def _timeline(space: Workspace, query: dict[str, str], start: int) -> tuple[list[CommitView], Window]:
    repo = space.repo
    check_dates(repo, query.get("since"))
    oids = _selected(repo, space.state, tuple(sorted(query.items())))
    if "agent" in query or "stories" in query:
        oids = _linked(space, oids, query.get("agent"))
    start = min(start, max(len(oids) - 1, 0)) // PAGE * PAGE
    shown = list(commit_infos(repo, oids[start : start + PAGE]))
    return list(story_views(repo, space.sources, shown)), Window(start, PAGE, len(oids), query)


def _selected(repo: Repo, state: bytes, query: tuple[tuple[str, str], ...]) -> list[str]:
    """The commits a query selects, from memory where no ref has moved since."""
    return _remembered(_Opened(repo), hash(state), query)


class _Opened:
    """A repository as a part of a key: its place counts, not which process reads it."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self._place = (repo.git_dir, repo.worktree)

    def __hash__(self) -> int:
        return hash(self._place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Opened) and other._place == self._place


@lru_cache(_KEPT_LISTS)
def _remembered(opened: _Opened, state: int, query: tuple[tuple[str, str], ...]) -> list[str]:
    values = dict(query)
    options = [f"--{name}={values[name]}" for name in ("author", "grep", "since") if name in values]
    if "author" in values or "grep" in values:
        options.append("--regexp-ignore-case")
    repo = opened.repo
    here = repo.worktree or repo.git_dir
    names = (values["range"],) if "range" in values and not values["range"].startswith("-") else ()
    paths = (f":(top,literal){values['path']}",) if "path" in values else ()
    return select_commits(repo, Selection(here, tuple(options), names, paths))


def _linked(space: Workspace, oids: list[str], agent: str | None) -> list[str]:
    """Those of the commits that have a conversation (of `agent`)."""
    stories = space.sources.stories(oids)
    return [oid for oid in oids if oid in stories and any(agent in (None, link.agent) for link in stories[oid].links)]


def conversations(place: Place, request: Request) -> Response:
    """The conversations of this repository."""
    query = query_of(request, ("agent", "since"))
    listed = _conversations(place, request, query)
    agents = sorted({row.agent for row in listed.rows} | ({query["agent"]} if "agent" in query else set()))
    json = place.links.page("conversations.json", **query)
    return html(conversations_page(listed, place.frame(), agents, query, json))


def conversations_json(place: Place, request: Request) -> Response:
    """What `git story conversations --json` prints."""
    listed = _conversations(place, request, query_of(request, ("agent", "since")))
    return json_list(conversation_object(row) for row in listed.rows)


def _conversations(place: Place, request: Request, query: dict[str, str]) -> Listing:
    most = number(request.query_params.get("n"), PAGE, 1, 2000)
    with place.workspaces.open() as space:
        after = since_time(space.repo, query["since"]) if "since" in query else None
        agent = query.get("agent")
        with Live(space.repo, space.sources.store, since=after or 0.0) as live:
            return listing(space.sources.store, live, ConversationFilter(agent, after, most))
