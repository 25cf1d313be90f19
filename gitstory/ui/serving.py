"""The server: on the loopback interface alone, until Ctrl-C."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count

import uvicorn

from gitstory.errors import GitStoryError
from gitstory.render.page.links import ServerLinks
from gitstory.ui.app import application, files_version
from gitstory.ui.connections import PatientProtocol
from gitstory.ui.guard import Access
from gitstory.ui.request_context import Place
from gitstory.ui.workspace import Workspaces

LOOPBACK = "127.0.0.1"


class PortTaken(GitStoryError):
    def __init__(self, port: int, why: str) -> None:
        super().__init__(
            f"cannot listen on port {port}: {why}", hint="name another with --port, or leave it out for a free one"
        )


def bound(port: int) -> socket.socket:
    """A socket on the loopback interface; port 0 takes a free one. Raises `PortTaken`."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows lets others share a port otherwise
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # a port whose last connections are still ending is free; one that is listened on is not
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortTaken(port, getattr(error, "strerror", None) or str(error)) from None
    return listener


def places_of(repositories: Sequence[Workspaces], access: Access, *, all_repos: bool) -> dict[str, Place]:
    """The repositories by the beginnings of their addresses: "" for the only one, else `/repo/NAME`."""
    version = files_version()
    if not all_repos:
        return {"": Place(repositories[0], ServerLinks("", version), access)}
    places: dict[str, Place] = {}
    for workspaces in repositories:
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", workspaces.name).strip("-.") or "repository"
        base = next(base for n in count(1) if (base := f"/repo/{name}{'' if n == 1 else f'-{n}'}") not in places)
        places[base] = Place(workspaces, ServerLinks(base, version), access, home="/", all_repos=True)
    links = {str(place.workspaces.common_dir): place.links for place in places.values()}
    for place in places.values():
        place.others = links
        place.every = repositories
    return places


def serve(
    repositories: Sequence[Workspaces],
    port: int,
    begun: Callable[[str], None],
    opened_again: Callable[[], None],
    *,
    all_repos: bool,
) -> None:
    """Serve until Ctrl-C; `begun` is given the address to open once there is one, for `opened_again` see `Access`."""
    listener = bound(port)
    try:
        access = Access(listener.getsockname()[1], opened_again)
        app = application(places_of(repositories, access, all_repos=all_repos), access)
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            log_level="critical",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        begun(access.address)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
        for workspaces in repositories:
            workspaces.index.close()
            workspaces.close()
