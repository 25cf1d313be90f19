"""Work that waits for git, done meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """`work`, begun at once in a thread of its own; for calls of git, which leave ours free.

    (`concurrent.futures` does the same, and takes some ms to import.)
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._returned: list[T] = []
        self._raised: Exception | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._returned.append(self._work())
        except Exception as error:  # noqa: BLE001 - raised where the result is asked for
            self._raised = error

    def result(self) -> T:
        """What the work returned, waited for; raises what it raised."""
        self._thread.join()
        if self._raised is not None:
            raise self._raised
        return self._returned[0]
