"""Answers: pages, pieces of pages, JSON in the shapes of the command line, and problems as any of these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from gitstory.errors import GitStoryError
from gitstory.git.blame import NotInRevision
from gitstory.git.repo import NoCommits, NotARepository, UnknownRevision
from gitstory.queries.line_target import NoTarget
from gitstory.queries.manual_links import NoSuchConversation, NoSuchTurn
from gitstory.render.json import dump
from gitstory.render.page.frame import framed
from gitstory.render.page.templates import fill
from gitstory.ui.request_context import BadAddress, Forged, Place
from gitstory.ui.workspace import RepositoryGone

if TYPE_CHECKING:
    from starlette.requests import Request

_NOT_FOUND = (UnknownRevision, NoSuchConversation, NoSuchTurn, NoTarget, NotInRevision, BadAddress)


def html(text: str, status: int = 200) -> Response:
    # Paths of git may hold bytes that are no UTF-8.
    return HTMLResponse(text.encode("utf-8", "replace"), status)


def json_object(value: Any, status: int = 200) -> Response:
    return Response(dump(value).encode("utf-8", "replace") + b"\n", status, media_type="application/json")


def json_list(values: Iterable[Any]) -> Response:
    """One array of what the command line prints line by line."""
    rows = ",\n".join(dump(value) for value in values)
    return Response(f"[{rows}]\n".encode("utf-8", "replace"), media_type="application/json")


def raw_list(lines: Iterable[str]) -> Response:
    """The same of lines that are JSON already."""
    return Response(f"[{','.join(lines)}]\n".encode("utf-8", "replace"), media_type="application/json")


def status_of(error: GitStoryError) -> int:
    if isinstance(error, _NOT_FOUND):
        return 404
    if isinstance(error, Forged):
        return 403
    return 503 if isinstance(error, RepositoryGone | NotARepository) else 409 if isinstance(error, NoCommits) else 400


def problem(place: Place, request: Request, error: GitStoryError) -> Response:
    """An error that a person can act on, in the form that was asked for."""
    return failure(place, request, status_of(error), error.message, error.hint or "")


def failure(place: Place, request: Request, status: int, message: str, hint: str) -> Response:
    if wants_json(request, place):
        return json_object({"error": message, "hint": hint or None}, status)
    title = {404: "Not found", 503: "The repository is gone"}.get(status, "This did not work")
    if is_part(request):
        return html(fill("app/problem_part.html", message=message, hint=hint), status)
    return html(framed(place.frame(), "problem.html", title, message=message, hint=hint, query={}), status)


def is_part(request: Request) -> bool:
    return "part" in request.query_params


def wants_json(request: Request, place: Place) -> bool:
    first: str = request.scope["path"].removeprefix(place.links.base).lstrip("/").partition("/")[0]
    return first.endswith(".json")
