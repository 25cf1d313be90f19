"""The application: its addresses, and what becomes of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gitstory.errors import GitStoryError
from gitstory.render.page.links import ServerLinks
from gitstory.render.page.repositories_view import repositories_page
from gitstory.render.page.templates import HERE, STATIC
from gitstory.ui import (
    agent_stores_pages,
    control_page,
    file_commit_pages,
    list_pages,
    openapi,
    review_stats_pages,
    rule_decisions,
    search_page,
    write_ups,
)
from gitstory.ui.events import events
from gitstory.ui.guard import Access, RequestGuard
from gitstory.ui.request_context import Place
from gitstory.ui.responses import failure, html, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp

Page = Callable[[Place, Request], Response]
Act = Callable[[Place, Request, dict[str, str]], Response]

PAGES: Mapping[str, Page] = {
    "": file_commit_pages.start,
    "file/{rest:path}": file_commit_pages.file,
    "file.json/{rest:path}": file_commit_pages.file_json,
    "why/{rest:path}": file_commit_pages.why_lines,
    "why.json/{rest:path}": file_commit_pages.why_json,
    "commits": list_pages.commits,
    "commits.json": list_pages.commits_json,
    "commit/{rest:path}": file_commit_pages.commit,
    "commit.json/{rest:path}": file_commit_pages.commit_json,
    "explain/{rest:path}": file_commit_pages.explain,
    "explain.json/{rest:path}": file_commit_pages.explain_json,
    "conversations": list_pages.conversations,
    "conversations.json": list_pages.conversations_json,
    "conversation/{rest:path}": file_commit_pages.conversation,
    "conversation.json/{rest:path}": file_commit_pages.conversation_json,
    "changes/{rest:path}": file_commit_pages.changes,
    "changes.json/{rest:path}": file_commit_pages.changes_json,
    "review": review_stats_pages.review,
    "review.json": review_stats_pages.review_json,
    "stats": review_stats_pages.stats_page,
    "stats.json": review_stats_pages.stats_json,
    "usage": review_stats_pages.usage_page,
    "usage.json": review_stats_pages.usage_json,
    "rules": rule_decisions.rules,
    "rules.json": rule_decisions.rules_json,
    "tell": write_ups.tell,
    "tell.json": write_ups.tell_json,
    "stores": agent_stores_pages.stores,
    "stores.json": agent_stores_pages.stores_json,
    "log": agent_stores_pages.log,
    "log.json": agent_stores_pages.log_json,
    "control": control_page.control,
    "control.json": control_page.control_json,
    "openapi.json": openapi.description,
    "search": search_page.search,
    "search.json": search_page.search_json,
}
"""Address below the repository -> what answers a GET."""
FORMS: Mapping[str, Act] = {"control": control_page.act, "rules": rule_decisions.act}
"""Address below the repository -> what answers a POST."""

_LONGEST_FORM = 10_000
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FILES = {
    **{name: STATIC / name for name in ("app.css", "app.js", "theme.js", "icon.svg")},
    "page.css": HERE / "page.css",
}
"""The files that pages ask for, by name."""


def application(places: Mapping[str, Place], access: Access) -> ASGIApp:
    """The whole application. `places` are the repositories by their addresses' beginnings ("" for the only one)."""
    routes = [Route("/static/{name}", _static), Route("/favicon.ico", _icon)]
    first = next(iter(places.values()))
    if "" not in places:
        routes.append(Route("/", _page(first, _all_of(places)), methods=["GET"]))
    for base, place in places.items():
        routes += [Route(f"{base}/{path}", _page(place, page), methods=["GET"]) for path, page in PAGES.items()]
        routes += [Route(f"{base}/{path}", _form(place, act), methods=["POST"]) for path, act in FORMS.items()]
        routes.append(Route(f"{base}/events", _events(place), methods=["GET"]))

    async def missing(request: Request, error: Exception) -> Response:
        return failure(first, request, 404, "there is no such page", "the list of files leads to all of them")

    app = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)])
    app.add_exception_handler(404, missing)
    app.add_exception_handler(405, missing)
    return RequestGuard(app, access)


def _page(place: Place, page: Page) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(guarded, place, page, request)

    return answer


def _all_of(places: Mapping[str, Place]) -> Page:
    """The page that lists all repositories."""
    rows = [
        (place.workspaces.name, place.links.page(""), str(place.workspaces.common_dir)) for place in places.values()
    ]

    def answer(place: Place, request: Request) -> Response:
        frame = replace(
            place.frame(), repository="All repositories", links=ServerLinks("", place.links.version), tabs=()
        )
        return html(repositories_page(rows, frame))

    return answer


def _events(place: Place) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        return events(place, request)

    return answer


def _form(place: Place, act: Act) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        body = await request.body()
        fields = dict(parse_qsl(body[:_LONGEST_FORM].decode("utf-8", "replace")))
        return await run_in_threadpool(guarded, place, lambda place, request: act(place, request, fields), request)

    return answer


def guarded(place: Place, page: Page, request: Request) -> Response:
    """What `page` answers, or what went wrong as a page: the server goes on."""
    try:
        return page(place, request)
    except GitStoryError as error:
        return problem(place, request, error)
    except Exception as error:  # noqa: BLE001 - a defect of one page must not end the others
        return _unexpected(place, request, error)


def _unexpected(place: Place, request: Request, error: Exception) -> Response:
    from gitstory.cli.crash_report import write_crash
    from gitstory.cli.system_errors import explained

    refused = explained(error)
    if refused is not None:
        return failure(place, request, 500, refused[0], refused[1] or "")
    where = write_crash(error)
    message = f"unexpected {type(error).__name__}: {error}"
    return failure(place, request, 500, message, f"the details are in {where}; please send that file with your report")


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _FILES:
        return Response("not found\n", 404, media_type="text/plain")
    keep = {"cache-control": "private, max-age=86400"}
    return Response(_FILES[name].read_bytes(), headers=keep, media_type=_TYPES[name.rsplit(".", 1)[1]])


async def _icon(request: Request) -> Response:
    return Response(_FILES["icon.svg"].read_bytes(), media_type=_TYPES["svg"])


def files_version() -> str:
    """Changes when a file that pages ask for does, so that a browser does not keep an old one."""
    return sha256(b"".join(path.read_bytes() for path in _FILES.values())).hexdigest()[:10]
