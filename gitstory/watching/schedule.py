"""What the watcher does next, decided from times alone. Pure; times are seconds of a clock that never jumps."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from gitstory.agents.turn_state import Ending

STILL = 0.3
"""Seconds without a write after which a file is looked at."""
LATEST = 2.0
"""Seconds after which one that is written to all the time is looked at all the same."""
SETTLED = 1.0
"""Seconds an answer that nothing marks as the last one has to stand."""
DOUBTED = 15.0
"""The same in a conversation that went on once after it had been taken for ended: 19 of 20 pauses between an answer
and the call that follows it are shorter than 10 s."""
QUIET = 600.0
"""Seconds after which a turn that stopped in the middle of its work is taken for ended."""
SHARE = 0.1
"""The most of its time the watcher looks at one file in, while an agent works."""
RESTS = 4.0
"""Times as long as a look at everything took that nothing but time brings about another one."""
BURST, BURST_WITHIN = 4_000, 10.0
"""Changes in so many seconds, from which on some may have been lost: Linux keeps 16,384 of each program's."""
FOREIGN = 60.0
"""Seconds for which a file of another repository is not read again."""
AGAIN = 30.0
"""Seconds until what could not be saved is tried again."""
JUMP = 5.0
"""Seconds by which two clocks run apart before the machine is taken to have slept."""
NEVER = float("inf")


class File(Struct, frozen=True):
    """A file that was written to.

    `first` and `last`: writes since the last look; `look`: when to look at it, `NEVER` where nothing waits; `looked`
    and `cost`: the last look and the seconds it took. `turn`: the last turn saved, where nothing marked its end;
    `doubted`: such a turn went on afterwards.
    """

    first: float
    last: float
    look: float
    looked: float = -NEVER
    cost: float = 0.0
    fresh: bool = True
    turn: str = ""
    doubted: bool = False


def written(was: File | None, now: float) -> File:
    """A write was seen."""
    if was is None:
        return File(now, now, now + STILL)
    first = was.first if was.fresh else now
    soon = min(now + STILL, first + LATEST)
    rested = was.looked + was.cost / SHARE
    return replace(was, first=first, last=now, fresh=True, look=max(soon, rested))


def judged(file: File, how: Ending, now: float, cost: float = 0.0) -> tuple[File, bool]:
    """After a look: when to look again, and whether to save now."""
    seen = replace(file, fresh=False, looked=now, cost=max(cost, 0.0))
    if how == "ended":
        return replace(seen, look=NEVER), True
    patience = QUIET if how == "running" else DOUBTED if file.doubted else SETTLED
    if now >= file.last + patience:
        return replace(seen, look=NEVER), True
    return replace(seen, look=file.last + patience), False


def saved(file: File, turn: str, how: Ending) -> File:
    """The turn was saved. One that is saved a second time had been taken for ended too soon."""
    doubted = file.doubted or (bool(turn) and file.turn == turn)
    return replace(file, turn="" if how == "ended" else turn, doubted=doubted)


def failed(file: File, now: float) -> File:
    """It could not be saved."""
    return replace(file, look=now + AGAIN)


def ready(files: Mapping[str, File], now: float) -> list[str]:
    """The files to be looked at, the one that waits longest first."""
    return sorted((path for path, one in files.items() if one.look <= now), key=lambda path: files[path].first)


def next_look(files: Mapping[str, File], otherwise: float) -> float:
    """When there is something to do."""
    return min((one.look for one in files.values()), default=otherwise)


def verdict(recorded: Ending | None, goes_on: bool) -> Ending:
    """How a conversation ended: the file's last records say it better than the steps of the turn."""
    return recorded if recorded is not None else "running" if goes_on else "answered"


def slept(steady: float, wall: float) -> bool:
    """Whether the machine slept, or its clock was set, between two moments that far apart by either clock."""
    return abs(wall - steady) > JUMP
