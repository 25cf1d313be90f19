"""A page that is sent while it is made: its head at once, so that a browser can fetch what that names meanwhile."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from gitstory.errors import GitStoryError
from gitstory.render.page.frame import HEAD_ENDS, framed
from gitstory.ui.request_context import Place

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_CHUNK = 60_000
"""Characters that are sent together."""
_LEVEL = 1
"""Of compression: the way to this machine's own browser is short."""

Pieces = Callable[[], Iterator[str]]


def streamed(place: Place, request: Request, head: str, pieces: Pieces) -> Response:
    """`head`, then what is behind the head of the page that `pieces` makes; a problem, should there be one."""
    sent = _chunks(place, head, pieces)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return StreamingResponse((text.encode("utf-8", "replace") for text in sent), media_type="text/html")
    headers = {"content-encoding": "gzip", "vary": "Accept-Encoding"}
    return StreamingResponse(_compressed(sent), headers=headers, media_type="text/html")


def _chunks(place: Place, head: str, pieces: Pieces) -> Iterator[str]:
    yield head
    try:
        yield from _behind_head(pieces())
    except GitStoryError as error:
        yield _problem(place, error.message, error.hint or "")
    except Exception as error:  # noqa: BLE001 - the answer has begun: what went wrong is said in it
        from gitstory.cli.crash_report import write_crash

        yield _problem(place, f"unexpected {type(error).__name__}: {error}", f"the details are in {write_crash(error)}")


def _behind_head(pieces: Iterator[str]) -> Iterator[str]:
    waiting: list[str] = []
    size = 0
    begun = False
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if not begun and HEAD_ENDS in piece:
            waiting = ["".join(waiting).partition(HEAD_ENDS)[2]]
            size, begun = len(waiting[0]), True
        if begun and size >= _CHUNK:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


def _problem(place: Place, message: str, hint: str) -> str:
    page = framed(place.frame(), "problem.html", "This did not work", message=message, hint=hint)
    return page.partition(HEAD_ENDS)[2]


def _compressed(texts: Iterator[str]) -> Iterator[bytes]:
    """Each text can be read as soon as it came: nothing waits in the compressor."""
    zipper = zlib.compressobj(_LEVEL, wbits=31)
    for text in texts:
        yield zipper.compress(text.encode("utf-8", "replace")) + zipper.flush(zlib.Z_SYNC_FLUSH)
    yield zipper.flush()
