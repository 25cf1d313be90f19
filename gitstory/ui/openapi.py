"""The description of the JSON pages (OpenAPI 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from gitstory.render.page.templates import STATIC

if TYPE_CHECKING:
    from starlette.requests import Request

    from gitstory.ui.request_context import Place

FILE = STATIC / "openapi.json"


def description(place: Place, request: Request) -> Response:
    """The file as it is."""
    return Response(FILE.read_bytes(), media_type="application/json")
