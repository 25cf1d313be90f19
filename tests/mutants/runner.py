"""Runs the mutants of a room within one pytest session, each in a process that is forked from it."""

from __future__ import annotations

import functools
import gc
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Literal

import pytest

from tests.mutants.mutations import Mutant

Outcome = Literal["killed", "survived", "not covered", "not applicable", "not tried"]
Key = tuple[str, int]
"""A file and the number of a line; of a function its first."""
Functions = dict[Key, list[FunctionType]]

_CODES: dict[int, Outcome] = {0: "survived", 1: "killed", 2: "not applicable"}
_LEAST_SECONDS = 5
_PATIENCE = 10
"""Processor seconds and times its usual duration after which a test is taken for endless."""


class Runner:
    """A pytest plugin: takes the place of the loop that runs tests."""

    def __init__(
        self,
        folder: Path,
        wanted: list[Mutant],
        jobs: int,
        budget: float,
        on_outcome: Callable[[Mutant, Outcome], None],
    ) -> None:
        """`budget`: processor seconds after which no further test is tried and a mutant counts as survived; 0: none."""
        self.folder, self.wanted, self.jobs, self.budget = folder, wanted, jobs, budget
        self._on_outcome = on_outcome
        self.outcomes: list[tuple[Mutant, Outcome]] = []
        self.killers: dict[Mutant, str] = {}
        """The test that failed first."""
        self._killed_by = Path(tempfile.mkdtemp(prefix="gitstory-mutants-"))
        self._failed = False
        self._ran: dict[Key, list[pytest.Item]] = {}
        self._seconds: dict[pytest.Item, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self._observe(item)
        session.config.pluginmanager.unregister(name="terminalreporter")
        caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
        functions = _functions(self.folder)
        gc.collect()
        gc.freeze()  # what is there is shared with the processes that are forked, not copied as it is looked through
        running: dict[int, Mutant] = {}
        for mutant in self.wanted:
            items = self._tests(mutant)
            if not items or not self.jobs:
                self._is(mutant, "not tried" if items else "not covered")
                continue
            while len(running) >= self.jobs:
                self._ended(running)
            running[self._start(mutant, items, functions, caches)] = mutant
        while running:
            self._ended(running)
        shutil.rmtree(self._killed_by)
        return True

    def _observe(self, item: pytest.Item) -> None:
        """Run a test as it is, and note which lines of the room it runs."""
        ran: set[Key] = set()
        prefix = str(self.folder)

        def called(frame: FrameType, event: str, _: Any) -> Callable[[FrameType, str, Any], Any] | None:
            if not frame.f_code.co_filename.startswith(prefix):
                return None
            ran.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))
            return in_room

        def in_room(frame: FrameType, event: str, _: Any) -> Callable[[FrameType, str, Any], Any]:
            ran.add((frame.f_code.co_filename, frame.f_lineno))
            return in_room

        begun = _computed()
        sys.settrace(called)
        threading.settrace(called)
        try:
            self._run(item)
        finally:
            sys.settrace(None)
            threading.settrace(None)
        if self._failed:
            raise pytest.UsageError(f"{item.nodeid} fails without any mutant")
        self._seconds[item] = _computed() - begun
        for key in ran:
            self._ran.setdefault(key, []).append(item)

    @staticmethod
    def _run(item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _tests(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that may notice: those that run a line of its statement, the fast ones first.

        What is evaluated as the module is imported is noticed by any test that enters the module.
        """
        path = str(mutant.path)
        if mutant.function:
            first, last = mutant.statement
            items = {item for line in range(first, last + 1) for item in self._ran.get((path, line), ())}
        else:
            items = {item for (file, _), many in self._ran.items() if file == path for item in many}
        return sorted(items, key=lambda item: (self._seconds[item], item.nodeid))

    def _start(self, mutant: Mutant, items: list[pytest.Item], functions: Functions, caches: list[Any]) -> int:
        process = os.fork()
        if process:
            return process
        code = 1
        try:
            for cache in caches:
                cache.cache_clear()
            code = self._tried(mutant, items, functions)
        finally:
            os._exit(code)

    def _tried(self, mutant: Mutant, items: list[pytest.Item], functions: Functions) -> int:
        silent = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(silent, number)
        if not _apply(mutant, functions):
            return 2
        note = self._killed_by / str(os.getpid())
        begun = _computed()
        for item in items:
            if self.budget and _computed() - begun > self.budget:
                break
            note.write_text(item.nodeid)
            seconds = int(_LEAST_SECONDS + _PATIENCE * self._seconds[item])
            resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, resource.RLIM_INFINITY))
            signal.alarm(30 + 3 * seconds)
            self._run(item)
            if self._failed:
                return 1
        note.unlink()
        return 0

    def _ended(self, running: dict[int, Mutant]) -> None:
        process, status = os.wait()
        mutant = running.pop(process)
        code = os.waitstatus_to_exitcode(status)
        with suppress(FileNotFoundError):
            self.killers[mutant] = (self._killed_by / str(process)).read_text()
        # Ended by a signal: it computed for ever, or broke the interpreter.
        self._is(mutant, _CODES.get(code, "killed"))

    def _is(self, mutant: Mutant, outcome: Outcome) -> None:
        self.outcomes.append((mutant, outcome))
        self._on_outcome(mutant, outcome)


def _computed() -> float:
    """Processor seconds of this process and of the programs that it has started."""
    own, started = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + started.ru_utime + started.ru_stime


def _functions(folder: Path) -> Functions:
    """Every function of the room that is alive, by where it begins."""
    found: dict[Key, list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(folder)):
            found.setdefault((one.__code__.co_filename, one.__code__.co_firstlineno), []).append(one)
    return found


def _apply(mutant: Mutant, functions: Functions) -> bool:
    """Put the changed code in the place of what is there; False where that cannot be done."""
    module = mutant.code()
    if not mutant.function:
        return _constants(mutant, module)
    done = False
    for code in _within(module):
        for function in functions.get((code.co_filename, code.co_firstlineno), ()):
            if function.__code__.co_qualname == code.co_qualname:
                with suppress(ValueError):  # it takes another number of outer variables
                    function.__code__ = code
                    done = True
    return done


def _within(code: CodeType) -> Iterable[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _within(one)


def _constants(mutant: Mutant, code: CodeType) -> bool:
    """Change the module's constants, wherever they were imported; False if none is another now."""
    module = next(one for one in list(sys.modules.values()) if getattr(one, "__file__", None) == str(mutant.path))
    fresh: dict[str, Any] = {
        "__name__": module.__name__,
        "__file__": str(mutant.path),
        "__package__": module.__package__,
    }
    exec(code, fresh)
    done = False
    for name, old in list(vars(module).items()):
        new = fresh.get(name)
        if name.startswith("__") or type(new) is not type(old) or isinstance(old, type | FunctionType) or new == old:
            continue
        if not _is_plain(old):
            continue
        for other in list(sys.modules.values()):
            if getattr(other, "__name__", "").startswith(("gitstory", "tests")) and vars(other).get(name) is old:
                setattr(other, name, new)
                done = True
    return done


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple | frozenset | set | list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, (*value, *value.values())))
    return value is None or isinstance(value, str | bytes | int | float) or type(value).__name__ == "Pattern"
