"""What a rewind left behind is found in time that grows with the turns, however many share one parent."""

from __future__ import annotations

import pytest

from gitstory.agents.claude_code import assemble
from gitstory.agents.claude_code.parse import TranscriptLog


class Counted(set[int]):
    """A set that counts how often it is asked."""

    asked = 0

    def __contains__(self, item: object) -> bool:
        self.asked += 1
        return super().__contains__(item)


def test_many_turns_beside_the_live_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Draft:
        host, seen, born, parent = -1, 0.0, 1.0, 0

    class Log:
        turns = (Draft(),) * 500
        leaf = 499

    live = Counted({0, 499})
    monkeypatch.setattr(assemble, "_chain", lambda log: live)
    log: TranscriptLog = Log()  # type: ignore[assignment]
    assert assemble.abandoned(log) == set(range(1, 499))
    assert live.asked <= 2 * 500
