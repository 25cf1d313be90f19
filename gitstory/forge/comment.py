"""One comment a request, kept up to date: found again by its first line, made where it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from msgspec import Struct

from gitstory.forge.api import Api, RequestRefused

MARK = "<!-- gitstory review -->"
LONGEST = 65_000
"""Characters of a comment; GitHub takes 65,536, GitLab more."""
_PAGES = 30


class ChangeRequest(Struct, frozen=True):
    """A pull or merge request: where its branch begins and ends, and whether it comes from another repository."""

    base: str
    head: str
    foreign: bool = False


class Comments(Protocol):
    """The comments of one request at one forge."""

    def all(self) -> Iterator[tuple[str, str]]:
        """(id, text) of each, the oldest first. Raises what `Api.call` does."""
        ...

    def create(self, text: str) -> None: ...

    def replace(self, id: str, text: str) -> None: ...


def keep(comments: Comments, text: str) -> str:
    """Bring the comment up to date; "created", "updated" or "unchanged". Raises what `Api.call` does.

    Others can write the mark as well: a comment that is not ours refuses to be changed, and the next one is tried.
    """
    body = f"{MARK}\n{text}"[:LONGEST]
    for name, old in comments.all():
        if not old.startswith(MARK):
            continue
        if old.replace("\r\n", "\n").strip() == body.strip():
            return "unchanged"
        try:
            comments.replace(name, body)
        except RequestRefused as error:
            if error.status not in (401, 403, 404):
                raise
            continue
        return "updated"
    comments.create(body)
    return "created"


def pages(api: Api, path: str) -> Iterator[dict[str, Any]]:
    """The items of a list that comes page by page (`per_page`, `page`: both forges')."""
    for number in range(1, _PAGES + 1):
        comments = api.call("GET", f"{path}?per_page=100&page={number}")
        items = [one for one in comments if isinstance(one, dict)] if isinstance(comments, list) else []
        yield from items
        if len(items) < 100:
            return
