"""What the worker is about to do, written before it does it; and the end of a worker that makes no progress.

The journal is one line in a file that outlives the process, however that dies: the next worker reads from it at which
item the last one died. `faulthandler` ends a process from a thread of its own, in C, so that not even an expression
that holds Python's lock for years can keep it; where the program was is in the file `stuck` then.
"""

from __future__ import annotations

import faulthandler
import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from gitstory.attribution.linking_steps import Task, Tasks
from gitstory.fault_points import patience, point
from gitstory.git import safe_own_files
from gitstory.git.file_lock import single_flight
from gitstory.recording.quarantine import Quarantine, Skipping, place_of

NAME = "journal"
STUCK = "stuck"
PATIENCE = 60.0
"""Seconds without progress after which a watched worker is ended; a transcript gets more by its size."""
_SLOWEST = 500_000
"""Bytes a second that any machine reads of a transcript."""
_UNITED = 5.0
"""Times the patience where a step is about many items, or none."""
LONG = 20.0
"""The same for work that a person waits for, or that takes days."""
_LONGEST_DUMP = 20_000
_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who works, on what since when: one item, or else some of `commits`, or else a `stage` that no item is behind."""

    pid: int
    since: float
    task: Task | None = None
    commits: tuple[str, ...] = ()
    stage: str = ""


class Journal:
    """The journal of one run.

    The caller holds the worker's lock, or one of its own for a journal of another name. `united` says how many times
    as long a step may take that is about many items.
    """

    def __init__(self, home: Path, *, watched: bool = False, name: str = "", united: float = _UNITED) -> None:
        self._paths = tuple(home / f"{name}{one}" for one in (NAME, STUCK))
        self._united = PATIENCE * united
        self._file: BinaryIO | None = None
        self._stuck: BinaryIO | None = None
        self.task: Task | None = None
        self.commits: tuple[str, ...] = ()
        with suppress(OSError):
            self._file = _open(self._paths[0])
            if watched:
                self._stuck = _open(self._paths[1])

    def begin(self, task: Task) -> None:
        """A step about one item begins."""
        self.task = task
        about = f"{task.commit} {task.agent} {task.id} {task.path}"
        limit = patience(PATIENCE + task.size / _SLOWEST, "task.begun", about)
        self._write(Line(os.getpid(), time.time(), task), limit)
        point("task.begun", about)

    def linking(self, commits: tuple[str, ...]) -> None:
        """All steps up to the next `idle` are for these commits."""
        self.commits, self.task, about = commits, None, " ".join(commits)
        line = Line(os.getpid(), time.time(), None, commits, "reading commits")
        self._write(line, patience(self._united, "commits.begun", about))
        point("commits.begun", about)

    def stage(self, name: str) -> None:
        """A step begins that is about all of the commits at hand."""
        self.task = None
        self._write(Line(os.getpid(), time.time(), None, self.commits, name), self._united)

    def idle(self, name: str) -> None:
        """A step begins that no item could be blamed for."""
        self.commits = ()
        self.stage(name)

    def _write(self, line: Line, limit: float) -> None:
        if self._file is not None:
            with suppress(OSError):
                data = msgspec.json.encode(line) + b"\n"
                self._file.seek(0)
                self._file.write(data)
                self._file.truncate(len(data))
        if self._stuck is not None:
            faulthandler.dump_traceback_later(limit, exit=True, file=self._stuck)

    def close(self) -> None:
        """Nothing more is done for any item; again does nothing."""
        if self._stuck is not None:
            faulthandler.cancel_dump_traceback_later()
            self._stuck.close()
        if self._file is not None:
            self._file.close()
        self._file = self._stuck = None
        for path in reversed(self._paths):
            safe_own_files.remove(path)


class Journalled:
    """`attribution.tasks.Tasks` for work that sets items aside as the worker does, but retries nothing by itself."""

    def __init__(self, journal: Journal, aside: Quarantine | Skipping) -> None:
        self._journal, self._aside = journal, aside

    def skips(self, task: Task) -> bool:
        return self._aside.skips(task)

    def begin(self, task: Task) -> None:
        self._journal.begin(task)

    def stage(self, name: str) -> None:
        self._journal.stage(name)

    def failed(self, task: Task, error: Exception) -> bool:
        return self._aside.failed(task, error) is not False


def _open(path: Path) -> BinaryIO:
    handle = safe_own_files.handle_for(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    return os.fdopen(handle, "r+b", buffering=0)


def current(home: Path, name: str = "") -> Line | None:
    """What a worker is doing, or was doing when it died."""
    try:
        data = safe_own_files.content(home / f"{name}{NAME}")
        return msgspec.json.decode(data, type=Line) if data.strip() else None
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def blame(home: Path, aside: Quarantine, name: str = "") -> list[str]:
    """Count the death of the last worker, if it died, against what it was doing; says what there was.

    The caller holds the worker's lock, so that no other worker runs.
    """
    left = current(home, name)
    stuck = _dumped(home / f"{name}{STUCK}")
    if left is None:
        return []
    why = "the worker made no progress and was ended" if stuck else "the worker was killed"
    place = place_of((file, int(line), name) for file, line, name in _FRAME.findall(stuck))
    tasks = [left.task] if left.task is not None else [Task(commit=commit) for commit in left.commits]
    for task in tasks:
        aside.died(task, f"{why} while it processed this", place)
    if tasks:
        return [f"{why} while it processed {describe(tasks[0]) if len(tasks) == 1 else f'{len(tasks)} commits'}"]
    return [f"{why} during: {left.stage}"] if stuck else []


def was_stuck(home: Path, process: int) -> bool:
    """Whether a process was ended for want of progress while it held the worker's journal."""
    left = current(home)
    return left is not None and left.pid == process and bool(_dumped(home / STUCK))


@contextmanager
def beside_worker(home: Path, name: str, *, watched: bool) -> Iterator[Tasks]:
    """The journal of a run beside the worker: in a journal of its own, where no other run has that one."""
    tasks = Skipping(home)
    with ExitStack() as stack:
        try:
            got = watched and stack.enter_context(single_flight(home / f"{name}lock"))
        except OSError:  # nothing can be written here
            got = False
        if not got:
            yield tasks
            return
        journal = Journal(home, watched=True, name=name, united=LONG)
        try:
            yield Journalled(journal, tasks)
        finally:
            journal.close()


@contextmanager
def in_worker_place(home: Path, *, watched: bool, wait: float, counted: bool = True) -> Iterator[Tasks | None]:
    """Keep the worker out; return the journal to call before each step, None if it is busy for more than `wait`
    seconds.

    `counted`: failures count against an item as the worker's do. Deaths always do.
    """
    with single_flight(home / "worker.lock", timeout=wait) as got:
        if not got:
            yield None
            return
        aside = Quarantine(home)
        blame(home, aside)
        aside.save()
        journal = Journal(home, watched=watched, united=LONG)
        try:
            yield Journalled(journal, aside if counted else Skipping(home))
        finally:
            aside.save()
            journal.close()


def _dumped(path: Path) -> str:
    """The traceback that a worker left when it was ended for want of progress."""
    return safe_own_files.beginning(path, _LONGEST_DUMP).decode("utf-8", "replace")


def describe(task: Task) -> str:
    """An item in words."""
    if task.commit:
        return f"commit {task.commit[:10]}"
    name = task.id or Path(task.path).name
    return f"conversation {name} of {task.agent}" if name else f"the store of {task.agent}"
