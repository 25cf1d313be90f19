"""What the worker remembers between runs. Losing it costs work done again, never a story."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from gitstory.git import safe_own_files

NAME = "state.json"
_ERRORS_KEPT = 20
_REPAIRS_KEPT = 5


class OpenStory(msgspec.Struct, frozen=True, omit_defaults=True):
    """A commit whose story may still grow: a conversation was running when it was made.

    `looked` is when it was last linked: it waits for the transcripts that were watched by then (`WorkerState.watched`).
    `markers` are what the hook's environment named, `calls` the native ids of the tool calls it named, `env` the store
    variables it saw. `sources` are what old versions kept of transcripts, for each commit anew.
    """

    commit: str
    since: float
    sources: tuple[tuple[str, int, int], ...] = ()
    markers: tuple[tuple[str, str], ...] = ()
    env: dict[str, str] = {}
    calls: tuple[str, ...] = ()
    looked: float = 0.0


class Watched(msgspec.Struct, frozen=True, array_like=True):
    """A transcript that was being written when a commit was made: its size and mtime (ns) at the last look.

    `since` is when it was first watched, `env` says under which store variables (a position in `WorkerState.envs`).
    """

    path: str
    size: int
    mtime: int
    since: float
    env: int = 0


class Repair(msgspec.Struct, frozen=True, array_like=True):
    """What was put right, and when."""

    time: float
    message: str


class WorkerState(msgspec.Struct, frozen=True, omit_defaults=True):
    """`tips` are the refs' ids up to which commits have been looked at, None before the first time.

    `repairs` are what runs found left behind by others that died, lately.
    """

    tips: dict[str, str] | None = None
    open: tuple[OpenStory, ...] = ()
    watched: tuple[Watched, ...] = ()
    envs: tuple[dict[str, str], ...] = ()
    ran: float = 0.0
    took: float = 0.0
    linked: int = 0
    skipped: int = 0
    strange: tuple[tuple[str, str, int], ...] = ()
    """(agent, version of its format, records) of what was not understood."""
    errors: tuple[str, ...] = ()
    without_home: tuple[str, ...] = ()
    """Commits that were looked at while HOME was not set: where the agents' stores are could only be guessed."""
    nothing: bool = False
    """Whether the last run stored nothing, because of the last of `errors`."""
    repairs: tuple[Repair, ...] = ()


def watching(state: WorkerState, item: OpenStory) -> list[tuple[str, int, int]]:
    """The transcripts that an open commit waits for: path, size and mtime (ns) as they were last seen."""
    if item.sources:
        return list(item.sources)
    env = state.envs.index(item.env) if item.env in state.envs else -1
    return [
        (each.path, each.size, each.mtime) for each in state.watched if each.env == env and each.since <= item.looked
    ]


def load(home: Path) -> WorkerState:
    """The state kept in `home`; an empty one where there is none or it is damaged."""
    return _read(home) or WorkerState()


def damaged(home: Path) -> bool:
    """Whether there is a state that cannot be read."""
    return _read(home) is None and os.path.lexists(home / NAME)


def _read(home: Path) -> WorkerState | None:
    try:
        return msgspec.json.decode(safe_own_files.content(home / NAME), type=WorkerState)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def save(home: Path, state: WorkerState) -> None:
    """A disk that is full or read-only costs the memory, not the run."""
    with suppress(OSError):
        safe_own_files.write(home / NAME, msgspec.json.encode(state))


def with_error(state: WorkerState, message: str) -> WorkerState:
    others = tuple(error for error in state.errors if error != message)
    return msgspec.structs.replace(state, errors=(*others, message)[-_ERRORS_KEPT:], nothing=True)


def with_repairs(state: WorkerState, messages: Sequence[str]) -> WorkerState:
    new = tuple(Repair(time.time(), message) for message in messages)
    return msgspec.structs.replace(state, repairs=(*state.repairs, *new)[-_REPAIRS_KEPT:])
