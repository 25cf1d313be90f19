"""What a request is about: a repository, its addresses, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.render.page.frame import Frame
from gitstory.render.page.links import WORK_TREE, ServerLinks
from gitstory.text.invisible_characters import UNSAFE
from gitstory.ui.workspace import Workspaces

if TYPE_CHECKING:
    from starlette.requests import Request

    from gitstory.ui.guard import Access


class Place(Struct):
    """One repository of the application."""

    workspaces: Workspaces
    links: ServerLinks
    access: Access
    home: str = ""
    """The list of all repositories, where there is one."""
    all_repos: bool = False
    others: Mapping[str, ServerLinks] = {}
    """git's common directory of each repository -> its addresses, where there are several."""
    every: Sequence[Workspaces] = ()
    """All repositories, where there are several."""

    def frame(self) -> Frame:
        return Frame(self.links, self.workspaces.name, self.access.csrf, home=self.home)


class BadAddress(GitStoryError):
    def __init__(self, what: str) -> None:
        super().__init__(f"not an address of this application: {what}", hint="go to the list of files")


class Forged(GitStoryError):
    def __init__(self) -> None:
        super().__init__("this form was not made by this run of `git story ui`", hint="reload the page and try again")


def text_of(part: bytes) -> str:
    """A part of an address as text, as git's paths are kept."""
    return unquote_to_bytes(part).decode("utf-8", "surrogateescape")


def tail(request: Request, place: Place, name: str) -> list[bytes]:
    """The parts of the address behind `name`, still quoted: a revision or a path may hold any byte."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode("utf-8", "surrogateescape")
    prefix = f"{place.links.base}/{name}/".encode()
    if not raw.startswith(prefix):
        raise BadAddress(text_of(raw))
    return raw[len(prefix) :].split(b"/")


def rev_and_path(request: Request, place: Place, name: str) -> tuple[str | None, str]:
    """(revision or None for the work tree, path from the top)."""
    rev, *parts = tail(request, place, name)
    names = [text_of(part) for part in parts]
    path = "/".join(names).strip("/")
    if any(part in ("..", ".") or "\0" in part for part in names) or "\n" in path:
        raise BadAddress(path)
    revision = text_of(rev)
    return (None if revision in ("", WORK_TREE) else revision), path


def number(text: str | None, default: int, least: int = 0, most: int = 10_000_000) -> int:
    """A number of a query, within bounds."""
    return min(max(int(text), least), most) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def query_of(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    """The values given for `names`, without characters that no reader sees."""
    values = {name: UNSAFE.sub(" ", request.query_params.get(name, "")[:500]).strip() for name in names}
    return {name: value for name, value in values.items() if value}
