"""The page of write-ups: each form of `git story tell`, as a preview."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gitstory.errors import GitStoryError
from gitstory.queries.anonymize import Anonymous
from gitstory.queries.review.commit_range import NothingToReview, reach
from gitstory.recording.recording_setup import setup
from gitstory.render.page.tell_view import tell_page
from gitstory.tell.adr import recorded
from gitstory.tell.quotable_material import material
from gitstory.tell.surviving_lines import standing
from gitstory.tell.write_up_forms import FORMS, written
from gitstory.ui.request_context import Place, query_of
from gitstory.ui.responses import html, json_object

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gitstory.ui.workspace import Workspace


def tell(place: Place, request: Request) -> Response:
    """A write-up of a range, a revision or a conversation; of the current branch where none is named."""
    query = _query(request)
    json = place.links.page("tell.json", **query)
    page = partial(tell_page, forms=FORMS, query=query, frame=place.frame(), json=json)
    with place.workspaces.open() as space:
        usual = _branch(space)
        try:
            return html(page(_text(space, query["as"], query.get("of") or usual), None, usual=usual))
        except GitStoryError as error:
            return html(page("", error, usual=usual), 404 if "of" in query else 200)


def tell_json(place: Place, request: Request) -> Response:
    """What `git story tell` prints, as a member of an object."""
    query = _query(request)
    with place.workspaces.open() as space:
        name = query.get("of") or _branch(space)
        return json_object({"as": query["as"], "of": name, "markdown": _text(space, query["as"], name)})


def _query(request: Request) -> dict[str, str]:
    query = query_of(request, ("as", "of"))
    return {**query, "as": query["as"] if query.get("as") in FORMS else FORMS[0]}


def _text(space: Workspace, form: str, name: str) -> str:
    if name.startswith("-"):
        raise GitStoryError(f"not a range, revision or conversation: {name}")
    repo, sources = space.repo, space.sources
    clean = Anonymous(repo, setup(repo), (), people=False).text
    gathered = material(repo, sources, name, clean)
    if form == "adr":
        decisions = [each.at for each in recorded(gathered.turns)]
        gathered = replace(gathered, standing=standing(repo, sources, decisions))
    return clean(written(form, gathered))


def _branch(space: Workspace) -> str:
    """The range of the current branch; HEAD where no other branch lacks its commits."""
    try:
        return reach(space.repo, None).name
    except NothingToReview:
        return "HEAD"
