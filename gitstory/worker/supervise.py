"""A worker in a process of its own, so that whoever started it outlives it and need not wait for it.

The child is a fork: it costs some milliseconds and knows what the parent has loaded. Where the system has no fork, or
other threads run, the work is done in this process.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import stat
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, NoReturn, TypeVar, cast

from msgspec import Struct

from gitstory import fault_points
from gitstory.environment import Surroundings
from gitstory.errors import GitStoryError
from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.recording.quarantine import Quarantine
from gitstory.recording.worker_watchdog import blame, current, describe, was_stuck
from gitstory.worker.drain import WAIT, drain
from gitstory.worker.process_queue import Report

T = TypeVar("T")

STILL = 5.0
"""Seconds without progress after which a reader waits no longer."""
_AT_LEAST = 0.3
"""Seconds that a worker is given even where the last one has stood still for long."""
_MOST_TRIES = 6
"""Workers started in a row where each dies; an item is set aside after two."""


class WorkerDied(GitStoryError):
    def __init__(self, how: str) -> None:
        super().__init__(f"the worker {how}", hint="`git story status` says what it was doing")


class _Late(Struct, frozen=True):
    """The worker continues without this process."""


def drained(repo: Repo, where: Surroundings | None = None, *, reader: bool) -> Report:
    """`drain`, and again where the worker dies of an item, until that is set aside.

    A `reader` waits only as long as there is progress, and `WAIT` at most. Raises what `drain` raises.
    """
    work: Callable[[Repo, bool], Report] = partial(_drain, where=where)
    if not can_fork():
        return work(repo, False)
    deadline = time.monotonic() + WAIT if reader else None
    for _ in range(_MOST_TRIES):
        try:
            outcome = _call(repo, work, deadline, detached=reader)
        except WorkerDied as error:
            doing = current(repo.home)
            if doing is None or (doing.task is None and not doing.commits):
                return Report(errors=(error.message,), unfinished=True)
        else:
            return Report(busy=True, errors=(_standing(repo),)) if isinstance(outcome, _Late) else outcome
    return Report(errors=("the worker was killed again and again",), unfinished=True)


def _drain(repo: Repo, watched: bool, where: Surroundings | None) -> Report:
    return drain(repo, where, watched=watched)


def call(repo: Repo, work: Callable[[Repo, bool], object]) -> None:
    """Do `work` in a child and wait; its second argument says whether it may be ended for want of progress.

    Raises what it raises, or `WorkerDied`.
    """
    if can_fork():
        _call(repo, work, None, detached=False)
    else:
        work(repo, False)


def repeated(repo: Repo, work: Callable[[Repo, bool], T], name: str, report: Callable[[str], None]) -> T:
    """What `work` returns, done in a child, and done again where that dies of an item, until it is set aside.

    `name` is that of the journal which `work` keeps; `report` is called with what was counted against an item. Raises
    what `work` raises, or `WorkerDied`.
    """
    if not can_fork():
        return work(repo, False)
    for _ in range(_MOST_TRIES):
        try:
            return cast("T", _call(repo, work, None, detached=False))
        except WorkerDied:
            if not _counted(repo, name, report):
                raise
    raise WorkerDied("was ended again and again")


def _counted(repo: Repo, name: str, report: Callable[[str], None]) -> bool:
    """Whether the death of a child was counted against an item."""
    doing = current(repo.home, name)
    if doing is None or doing.task is None:
        return False
    with single_flight(repo.home / "worker.lock", timeout=WAIT) as got:
        if not got:
            return False
        aside = Quarantine(repo.home)
        for line in blame(repo.home, aside, name):
            report(line)
        aside.save()
    return True


class Guard(NamedTuple):
    """Who does lasting work: a child, for which `code` is None, or its parent, which exits with `code` at its end.

    `parent` is the parent's process, and `left` a descriptor that comes to its end with that.
    """

    code: int | None
    parent: int = 0
    left: int = -1


def guarded(repo: Repo) -> Guard:
    """Begin lasting work in a child, and begin it again where that is ended for want of progress."""
    if not can_fork():
        return Guard(None)
    while True:
        left, held = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(held)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's is for the parent
            fault_points.beside(os.getppid())
            return Guard(None, os.getppid(), left)
        os.close(left)
        with _passed_on(child) as received:
            _, status = os.waitpid(child, 0)
        os.close(held)
        if received or not was_stuck(repo.home, child):
            code = os.waitstatus_to_exitcode(status)
            return Guard(130 if signal.SIGINT in received else code if code >= 0 else 128 - code)


@contextmanager
def _passed_on(child: int) -> Iterator[list[int]]:
    """Signals that would end this process end the child, whose end is ours; those that came."""
    received: list[int] = []

    def passing(number: int, frame: FrameType | None) -> None:
        received.append(number)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)

    before = {number: signal.signal(number, passing) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def can_fork() -> bool:
    return hasattr(os, "fork") and threading.active_count() == 1


def _standing(repo: Repo) -> str:
    """What a worker is at that others wait for."""
    line = current(repo.home)
    if line is None:
        return "another worker has been busy for long"
    item = describe(line.task) if line.task is not None else line.stage
    return f"a worker has been busy with {item} for {max(1, int(time.time() - line.since))} s"


def _stands_still(repo: Repo, waited: float) -> bool:
    line = current(repo.home)
    return line is not None and waited > _AT_LEAST and time.time() - line.since > STILL


# --- the two processes ---


def _call(repo: Repo, work: Callable[[Repo, bool], T], deadline: float | None, *, detached: bool) -> T | _Late:
    repo.read_settings()
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        _work(repo, work, sending, detached=detached)
    os.close(sending)
    began = time.monotonic()
    try:
        data = bytearray()
        while deadline is None or (time.monotonic() < deadline and not _stands_still(repo, time.monotonic() - began)):
            if not select.select([receiving], [], [], 0.2)[0]:
                continue
            if not (chunk := os.read(receiving, 1 << 16)):
                answer: T = _ended(child, bytes(data))
                return answer
            data += chunk
        return _Late()
    finally:
        os.close(receiving)


def _ended(child: int, data: bytes) -> Any:
    """What the child returned. Raises what it raised, or `WorkerDied`."""
    _, status = os.waitpid(child, 0)
    if not data:
        by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        raise WorkerDied(f"was ended by signal {by}" if by else "ended without a word")
    result, error, trace = pickle.loads(data)
    if error is not None:
        error.add_note(trace)
        raise error
    return result


def _work(repo: Repo, work: Callable[[Repo, bool], T], sending: int, *, detached: bool) -> NoReturn:
    """The child: nothing of the parent's is used but memory, and nothing of its cleaning up is done."""
    code = 1
    try:
        fault_points.beside(os.getppid())
        _let_go(sending, detached=detached)
        own = repo.twin()
        os.set_blocking(sending, True)
        data = _answer(own, work)
        while data:
            data = data[os.write(sending, data) :]
        code = 0
    finally:
        os._exit(code)  # also where an error is on its way: the parent sees that nothing came


def _answer(repo: Repo, work: Callable[[Repo, bool], T]) -> bytes:
    try:
        with repo:
            return pickle.dumps((work(repo, True), None, ""))
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        trace = "".join(traceback.format_exception(error))
        try:
            return pickle.dumps((None, error, trace))
        except Exception:  # noqa: BLE001 - what cannot be sent is described
            return pickle.dumps((None, RuntimeError(type(error).__name__), trace))


def _let_go(kept: int, *, detached: bool) -> None:
    """Hold no pipe of the parent's open: a git of its own would never see its end.

    The descriptors stay taken, since objects of the parent's would close them if they were used for something else.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in _pipes():
        if fd not in (kept, nothing) and fd > 2:
            os.dup2(nothing, fd)
    for fd in (0, 1, 2):
        if detached and not (fd == 2 and fault_points.listening()):
            os.dup2(nothing, fd)
    if detached:
        with suppress(OSError):
            os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _pipes() -> list[int]:
    outcome = []
    for entry in list(Path("/dev/fd").iterdir()):
        with suppress(OSError):
            mode = os.fstat(int(entry.name)).st_mode
            if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
                outcome.append(int(entry.name))
    return outcome
