"""How many connections there may be, and how long one may take to ask: other accounts can connect to this port too."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 64
"""Connections at a time: a browser opens six. Below any system's bound on open files."""

HEAD_SECONDS = 10.0
"""Until the head of the first request has to be there."""


class PatientProtocol(H11Protocol):
    """Closes a connection that does not ask, and the oldest of those that have not asked where there are too many."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)
        if len(self.connections) > MOST:
            connections = [each for each in self.connections if isinstance(each, PatientProtocol)]
            min((each for each in connections if each._timer is not None), key=lambda each: each._began)._give_up()

    @property
    def _began(self) -> float:
        return self._timer.when() if self._timer is not None else 0.0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None:
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        self._stop_timer()
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
