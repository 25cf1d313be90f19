"""Runs tests in several processes: `pytest -p tests.parallel --processes 3`.

Tests are collected once, then processes are forked that have all of them loaded. (Those of pytest-xdist each collect
for themselves, and one more process does nothing but tell them what to run.) Without fork, one process runs all.
"""

from __future__ import annotations

import atexit
import gc
import mmap
import os
import re
import shutil
import sys
import tempfile
import traceback
import warnings
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--processes", type=int, default=1, help="how many processes run tests")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Have the folders of tests in memory, before pytest looks where they are to be."""
    if config.option.processes > 1 and config.option.basetemp is None and (folder := in_memory(MEMORY)):
        config.option.basetemp = str(folder)
        config.add_cleanup(lambda: None if _has_failed else shutil.rmtree(folder, ignore_errors=True))


MEMORY = Path("/dev/shm")
NEEDED = 4 << 30
"""Bytes that must be free there: those of a fifth of the tests of whole commands take a quarter of a gigabyte."""
_has_failed: list[int] = []


def in_memory(where: Path, needed: int = NEEDED) -> Path | None:
    """A new folder in memory; None where there is no such place, little room, nothing may be run, or the person says
    where temporary files go. On a disk each commit of SQLite's waits for it, and a new file is looked for among those
    that were removed lately. Folders of runs that have failed, or were killed, are removed by the next run."""
    try:
        there, known = os.statvfs(where), Path("/proc/meminfo").read_text()
    except (OSError, AttributeError):
        return None
    available = re.search(r"MemAvailable: +(\d+) kB", known)
    room = min(int(available[1]) << 10 if available else 0, there.f_bavail * there.f_frsize, *_limits())
    asked = any(name in os.environ for name in ("TMPDIR", "PYTEST_DEBUG_TEMPROOT"))
    if asked or there.f_flag & os.ST_NOEXEC or room < needed:
        return None
    for left in where.glob("gitstory-*-*"):
        process = left.name.split("-")[1]
        if process.isdigit() and not Path("/proc", process).exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"gitstory-{os.getpid()}-", dir=where))


def _limits() -> Iterator[int]:
    """The bytes of memory that a container may have."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            yield int(Path("/sys/fs/cgroup", name).read_text())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave what failed to be looked at."""
    _has_failed.extend([1] * bool(session.testsfailed))


def pytest_sessionstart() -> None:
    """Have the garbage collector look less often while tests are collected, a tenth of the time of that."""
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    options = session.config.option
    if options.processes < 2 or options.collectonly or session.testsfailed or not hasattr(os, "fork"):
        return None  # pytest itself runs them, or says why not
    left = list(session.items)
    while left and not (session.shouldfail or session.shouldstop):
        run = _Run(session, left, options.processes).finish()
        if not run:
            raise session.Interrupted("no process runs a test")
        left = [item for index, item in enumerate(left) if index not in run]
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
    return True


def ranges(modules: Sequence[object], count: int) -> Iterator[tuple[int, int]]:
    """The tests that a process takes at once, the first and the one after the last: all of a module, for the sake of
    what its tests share, but less the fewer are left, so that all of `count` processes end at about the same time."""
    start = 0
    for _, group in groupby(modules):
        end = start + len(list(group))
        while start < end:
            stop = min(end, start + max(1, (len(modules) - start) // (8 * count)))
            yield start, stop
            start = stop


class _Run:
    """`count` processes that run `items`."""

    def __init__(self, session: pytest.Session, items: Sequence[pytest.Item], count: int) -> None:
        self._session, self._config, self._items = session, session.config, items
        self._folders = self._config._tmp_path_factory  # type: ignore[attr-defined]
        # All processes read from the same place of this file: what one has read, no other reads.
        self._queue = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed when all have ended
        for one in ranges([item.nodeid.partition("::")[0] for item in items], count):
            self._queue.write(array("i", one))
        self._queue.seek(0)
        self._running = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("i")
        """Which test each process runs, -1 for none."""
        self._processes = [self._fork(number) for number in range(count)]

    def _fork(self, number: int) -> tuple[int, Connection]:
        # Of its own: one that goes on where another died would find the folders of that one's tests.
        folder = Path(tempfile.mkdtemp(prefix=f"p{number}-", dir=self._folders.getbasetemp()))
        self._running[number] = -1
        reader, writer = Pipe(duplex=False)
        sys.stdout.flush()
        process = os.fork()
        if process:
            writer.close()
            return process, reader
        status = 1
        try:
            atexit._clear()  # what the parent has to do
            try:
                self._run_tests(number, writer, folder)
                status = 0
            finally:
                self._session._setupstate.teardown_exact(None)
                atexit._run_exitfuncs()
                sys.stdout.flush()
        except KeyboardInterrupt:
            pass
        except BaseException:  # noqa: BLE001 - no code of the parent is to see it
            self._running[number] = -1  # it is no test's fault
            traceback.print_exc()
        finally:
            os._exit(status)

    def _run_tests(self, number: int, writer: Connection, folder: Path) -> None:
        plugins, results = self._config.pluginmanager, _Results(self._config)
        plugins.unregister(name="terminalreporter")
        capture = plugins.getplugin("capturemanager")
        capture.stop_global_capturing()  # into files that the parent and all its processes share
        capture.start_global_capturing()
        capture.suspend_global_capture()
        plugins.register(results)
        results.warnings.clear()  # earlier ones, which pytest tells every new plugin
        self._folders._basetemp = folder
        taken = self._taken()
        index = next(taken, None)
        while index is not None and not (self._session.shouldfail or self._session.shouldstop):
            self._running[number] = index
            following = next(taken, None)
            next_item = None if following is None else self._items[following]
            self._config.hook.pytest_runtest_protocol(item=self._items[index], nextitem=next_item)
            writer.send((index, results.reports, results.warnings))
            results.reports, results.warnings = [], []
            self._running[number] = -1
            index = following

    def _taken(self) -> Iterator[int]:
        while part := os.read(self._queue.fileno(), 2 * self._running.itemsize):
            yield from range(*array("i", part))

    def finish(self) -> set[int]:
        """Pass on what the processes tell until they have ended; which of the tests they ran."""
        done: set[int] = set()
        with DefaultSelector() as selector:
            for _, reader in self._processes:
                selector.register(reader, EVENT_READ)
            while selector.get_map():
                for reader in [key.fileobj for key, _ in selector.select()]:
                    try:
                        index, reports, given = reader.recv()  # type: ignore[union-attr]
                    except EOFError:
                        selector.unregister(reader)
                        continue
                    done.add(index)
                    self._pass_on(self._items[index], reports, given)
                    if self._session.shouldfail or self._session.shouldstop:
                        self._queue.truncate(0)
        for number, (process, _) in enumerate(self._processes):
            status, index = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), self._running[number]
            if index not in (-1, *done):
                done.add(index)
                item, text = self._items[index], f"its process ended: {status}"
                report = pytest.TestReport(item.nodeid, item.location, {}, "failed", text, "call")
                item.ihook.pytest_runtest_logreport(report=report)
            elif status:
                self._session.shouldfail = f"a process of tests ended: {status}"
        self._queue.close()
        return done

    def _pass_on(self, item: pytest.Item, reports: list[dict[str, Any]], given: list[dict[str, Any]]) -> None:
        hook = self._config.hook
        location = tuple(reports[0]["location"]) if reports else item.location  # to look where it is takes a while
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=location)
        for data in reports:
            report = hook.pytest_report_from_serializable(config=self._config, data=data)
            hook.pytest_runtest_logreport(report=report)
        for one in given:
            one["warning_message"] = warnings.WarningMessage(*one["warning_message"])
            hook.pytest_warning_recorded.call_historic(kwargs=one)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=location)


class _Results:
    """Keeps what a process has to tell about a test."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.reports: list[dict[str, Any]] = []
        self.warnings: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.reports.append(self._config.hook.pytest_report_to_serializable(config=self._config, report=report))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: object
    ) -> None:
        message = warning_message
        parts = (str(message.message), message.category, message.filename, message.lineno)
        self.warnings.append({"warning_message": parts, "when": when, "nodeid": nodeid, "location": location})
