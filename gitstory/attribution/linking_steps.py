"""The steps of linking that one item can stop: a watcher is called before each of them.

A transcript or a commit may make a reader fail, spin or be killed. What the worker does about it is in
`gitstory.recording.quarantine`; here is only what the code that reads has to say.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from msgspec import Struct

STORING = "storing stories"
"""The stage in which the record is written, and no item is to blame for what goes wrong."""


class Task(Struct, frozen=True, omit_defaults=True):
    """One step: reading a conversation (of `agent`, in the file `path`, or by its `id`) or linking a `commit`.

    `size` is how many bytes are to be read, by which a patient watcher waits longer.
    """

    commit: str = ""
    agent: str = ""
    id: str = ""
    path: str = ""
    size: int = 0

    def is_of(self, other: Task) -> bool:
        """Whether both are about one item: the same commit, or a conversation by its id or else by its file."""
        if self.commit or other.commit:
            return self.commit == other.commit
        if self.agent != other.agent:
            return False
        return self.id == other.id if self.id and other.id else bool(self.path) and self.path == other.path


def reading(agent: str, id: str | None, path: Path, size: int) -> Task:
    """The step that reads a source."""
    return Task(agent=agent, id=plain(id or ""), path=plain(str(path)), size=size)


def plain(text: str) -> str:
    """Text that JSON can hold, whatever bytes a path is made of."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


class Tasks(Protocol):
    def skips(self, task: Task) -> bool:
        """Whether the item was set aside, and nothing of it is to be read."""
        ...

    def begin(self, task: Task) -> None:
        """Called before the step."""
        ...

    def stage(self, name: str) -> None:
        """Called where what follows is about no single item."""
        ...

    def failed(self, task: Task, error: Exception) -> bool:
        """Called after a failed step, while the others continue; returns whether that is reported."""
        ...


class Unwatched:
    """A watcher that does nothing."""

    def skips(self, task: Task) -> bool:
        return False

    def begin(self, task: Task) -> None:
        pass

    def stage(self, name: str) -> None:
        pass

    def failed(self, task: Task, error: Exception) -> bool:
        return False


UNWATCHED = Unwatched()
