"""Pages that are sent while they are made."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterable, Callable, Iterator
from pathlib import Path

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from gitstory.errors import GitStoryError
from gitstory.render.page.frame import HEAD_ENDS, framed_pieces, head_of
from gitstory.render.page.links import ServerLinks
from gitstory.ui.guard import Access
from gitstory.ui.request_context import Place
from gitstory.ui.streamed_pages import streamed
from gitstory.ui.workspace import Workspaces
from tests.gitrepo import GitRepo


@pytest.fixture
def place(repo: GitRepo) -> Place:
    return Place(Workspaces(repo.path), ServerLinks(""), Access(1))


def sent(place: Place, pieces: Callable[[], Iterator[str]], *, after: Callable[[int], None] = lambda _: None) -> str:
    """What a browser reads that takes gzip; `after` is called with the number of each part that arrived."""
    request = Request({"type": "http", "headers": [(b"accept-encoding", b"gzip")]})
    answer = streamed(place, request, head_of(place.frame(), "a.py"), pieces)
    assert isinstance(answer, StreamingResponse)

    async def read(parts: AsyncIterable[bytes]) -> bytes:
        data = b""
        number = 0
        async for part in parts:
            data += part
            number += 1
            after(number)
        return data

    return gzip.decompress(anyio.run(read, answer.body_iterator)).decode()  # type: ignore[arg-type]


def test_the_head_arrives_before_the_rest_is_begun(place: Place) -> None:
    begun: list[int] = []
    arrived: list[bool] = []

    def pieces() -> Iterator[str]:
        begun.append(1)
        yield from framed_pieces(place.frame(), "problem.html", "a.py", message="the rest", hint="")

    html = sent(place, pieces, after=lambda number: arrived.append(bool(begun)))
    assert arrived[0] is False and arrived[-1] is True
    assert html.count("<!doctype html>") == html.count(HEAD_ENDS) == html.count("</html>") == 1
    assert "the rest" in html


def test_what_goes_wrong_later_is_said_in_the_page(place: Place, tmp_path: Path) -> None:
    def refused() -> Iterator[str]:
        raise GitStoryError("it is <gone>", hint="put it back")
        yield ""

    def broken() -> Iterator[str]:
        yield "half a page without its head"
        raise ValueError("a defect")

    html = sent(place, refused)
    assert "it is &lt;gone&gt;" in html and "put it back" in html and html.count("</html>") == 1
    html = sent(place, broken)
    assert "unexpected ValueError: a defect" in html and html.count("</html>") == 1
