"""Changes as they happen, for pages that are open: of the repository's refs, and of the agents' stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from gitstory.errors import GitStoryError
from gitstory.linking.repo_match import all_sources
from gitstory.recording.recording_setup import setup
from gitstory.ui.request_context import Place

if TYPE_CHECKING:
    from starlette.requests import Request

EVERY = 0.5
"""Seconds between two looks."""


def state_of(place: Place) -> tuple[int, int]:
    """What stands for the refs, and for the agents' stores: numbers that change when these do."""
    try:
        with place.workspaces.open() as space:
            context = setup(space.repo).context
            # Files of other repositories count as well: which repository a transcript is of is only known by reading.
            stores = hash(
                tuple(
                    (str(source.path), source.modified, source.size)
                    for _, source in all_sources(context.agents, context.where)
                )
            )
            return hash(space.state), stores
    except (GitStoryError, OSError):
        return 0, 0


def events(place: Place, request: Request) -> StreamingResponse:
    """A stream of the names of what has changed, until the page is closed."""
    return StreamingResponse(_changes(place, request), media_type="text/event-stream")


async def _changes(place: Place, request: Request) -> AsyncIterator[bytes]:
    seen = await run_in_threadpool(state_of, place)
    yield b"retry: 2000\n: looking\n\n"
    with suppress(asyncio.CancelledError):
        while not await request.is_disconnected():
            await asyncio.sleep(EVERY)
            state = await run_in_threadpool(state_of, place)
            if state != seen:
                name = b"refs" if state[0] != seen[0] else b"stores"
                seen = state
                yield b"event: change\ndata: " + name + b"\n\n"
