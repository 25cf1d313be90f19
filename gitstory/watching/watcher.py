"""The loop: waits for writes, looks at what was written to once it rests, and saves the turns that have ended."""

from __future__ import annotations

import os
import queue
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from gitstory.agents.base import Agent
from gitstory.agents.turn_state import ending
from gitstory.errors import GitStoryError
from gitstory.fault_points import tell
from gitstory.git.repo import Repo
from gitstory.history_files.sync import RECENT
from gitstory.linking.repo_match import here
from gitstory.recording.archive_conversations import archive
from gitstory.recording.live_conversations import Live
from gitstory.store.store import StoryStore
from gitstory.watching import schedule, watcher_lock
from gitstory.watching.file_changes import Change, Watches
from gitstory.watching.save_round import (
    LOOKED_BACK,
    Busy,
    Off,
    SaveCandidate,
    Saved,
    looking,
    newest,
    prepared,
    since_of,
)
from gitstory.watching.schedule import NEVER, File
from gitstory.watching.watched_directories import Plan, awaited, plan, stores
from gitstory.watching.watcher_lock import Running

WAKE = 30.0
"""Seconds after which a watcher looks whether the clocks ran apart and its directories are still the same."""
WHOLE = 900.0
"""Seconds between two complete checks, for changes that the system did not report."""


class WatchReporter(Protocol):
    """What the watcher reports to."""

    def begun(self, folders: int, agents: list[str], polling: str) -> None: ...
    def saved(self, event: Saved) -> None: ...
    def report(self, text: str) -> None: ...
    def problem(self, text: str) -> None: ...


def _identity(folder: Path) -> tuple[int, int] | None:
    """Device and inode of a directory; None where there is none."""
    try:
        facts = folder.stat()
    except OSError:
        return None
    return (facts.st_dev, facts.st_ino)


class Watcher:
    """Autosave of one repository. The caller holds `watcher_lock.alone`."""

    def __init__(
        self, repo: Repo, reporter: WatchReporter, *, background: bool = False, polling: bool = False, guard: int = 0
    ) -> None:
        """`guard`: the process that begins another watcher where this one is ended for want of progress."""
        self._repo = repo
        self._reporter = reporter
        self._events: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._watches = Watches(self._events.put, polling=polling)
        self._stores: list[tuple[Agent, Path]] = []
        self._plan = Plan({})
        self._files: dict[str, File] = {}
        self._foreign: dict[str, float] = {}
        self._renewed: set[Path] = set()
        self._replan = self._whole = NEVER
        self._printed, self._counted = 0, time.monotonic()
        self._rested = -NEVER
        """From when on all may be looked at again, which takes long where there is much."""
        self._anew = self._stopping = False
        self._off = False
        self._watched = guard != 0
        self._home = _identity(repo.home)
        self._running = Running(guard or os.getpid(), time.time(), background, str(repo.worktree or repo.git_dir))

    def stop(self) -> None:
        """May be called by a signal's handler."""
        self._stopping = True
        self._events.put(None)

    def run(self) -> None:
        """Until `stop`, or until the repository is gone."""
        try:
            self._tell_others()
            self._look_at_all(RECENT)
            self._reporter.begun(len(self._watches), self._agents(), self._watches.polling)
            steady, wall = time.monotonic(), time.time()
            while not self._stopping and self._there():
                self._wait()
                if not watcher_lock.is_recorded(self._repo.home):  # the disk was full
                    self._tell_others()
                now = time.monotonic()
                if schedule.slept(now - steady, time.time() - wall):
                    tell("the clocks ran apart: looking at everything")
                    self._whole, self._anew = now, True
                steady, wall = now, time.time()
                self._work(now)
        finally:
            self._watches.close()

    def _there(self) -> bool:
        """Whether the repository is the one that the watcher was started in, and not removed or replaced.

        A work tree that was removed is not to be made again for the sake of history files.
        """
        tree = self._repo.worktree
        return _identity(self._repo.home) == self._home and (tree is None or tree.is_dir())

    def _wait(self) -> None:
        now = time.monotonic()
        until = min(schedule.next_look(self._files, NEVER), self._replan, self._whole, now + WAKE)
        try:
            change = self._events.get(timeout=max(0.0, until - now))
        except queue.Empty:
            self._replan = min(self._replan, now)  # cheap: the directories are compared with what they were
            return
        woken = time.monotonic()
        if woken - self._counted > schedule.BURST_WITHIN:
            self._counted, self._printed = woken, 0
        while True:
            if change is not None:
                self._take(change)
            self._printed += 1
            try:
                change = self._events.get_nowait()
            except queue.Empty:
                break
        if self._printed > schedule.BURST:
            tell("more changes at once than the system may have remembered: looking at everything")
            self._printed = 0
            self._whole = min(self._whole, max(time.monotonic() + schedule.LATEST, self._rested))

    def _take(self, change: Change) -> None:
        now = time.monotonic()
        named = self._plan.named(change.path)
        if change.structural and (named in self._plan.watched or self._plan.concerns(named)):
            self._renewed.add(named)
            self._replan = min(self._replan, now + schedule.STILL)
            self._whole = min(self._whole, max(now + schedule.STILL, self._rested))
            return
        path = self._plan.concerns(named)
        if path is None or now - self._foreign.get(str(path), -NEVER) < schedule.FOREIGN:
            return
        self._files[str(path)] = schedule.written(self._files.get(str(path)), now)

    def _work(self, now: float) -> None:
        if now >= self._whole:
            self._look_at_all(RECENT if self._anew else WHOLE + 60)
            return
        if now >= self._replan:
            self._replan = NEVER
            self._watches.set(self._plan.watched, self._renewed)
            self._renewed.clear()
        due = schedule.ready(self._files, now)
        if due:
            self._look(due)

    # --- looking ---

    def _look(self, paths: list[str]) -> None:
        """First at the ends of the files, which is cheap, then, if that is not enough, into them."""
        now = time.monotonic()
        open_now: list[str] = []
        for path in paths:
            agent = self._agent_of(Path(path))
            how = ending(agent, Path(path)) if agent is not None else None
            if how is None:
                open_now.append(path)
                continue
            self._files[path], due = schedule.judged(self._files[path], how, now)
            if due:
                open_now.append(path)
        if open_now:
            self._attempt(open_now, lambda: self._open(open_now))

    def _agent_of(self, path: Path) -> str | None:
        return next((agent.name for agent, root in self._stores if path.is_relative_to(root)), None)

    def _open(self, paths: list[str]) -> None:
        began = time.monotonic()
        with looking(self._repo, since_of(paths, time.time()), watched=self._watched) as round_:
            written_files = list(round_.candidates(paths))
            due: list[SaveCandidate] = []
            now = time.monotonic()
            for written_file in written_files:
                mine = [path for path in paths if path in written_file.paths]
                verdicts = [schedule.judged(self._files[path], written_file.how, now, now - began) for path in mine]
                for path, (file, _) in zip(mine, verdicts, strict=True):
                    self._files[path] = file
                if all(ready for _, ready in verdicts):
                    due.append(written_file)
            unheard = set(paths) - {path for one in written_files for path in one.paths}
            self._pass_over(unheard, round_.foreign(unheard) if unheard else set(), now, now - began)
            self._report(due, round_.save(due))

    def _pass_over(self, paths: set[str], foreign: set[str], now: float, cost: float) -> None:
        """Files that tell nothing new of this repository's conversations, are another's, or are gone. What a look at a
        big database cost is remembered: the editor writes into it all the time."""
        for path in paths:
            if path in foreign or not os.path.lexists(path):
                self._files.pop(path, None)
            else:
                self._files[path] = schedule.judged(self._files[path], "ended", now, cost)[0]
        self._foreign = {path: at for path, at in self._foreign.items() if now - at < schedule.FOREIGN}
        self._foreign |= dict.fromkeys(foreign, now)

    def _report(self, due: list[SaveCandidate], saved: list[Saved]) -> None:
        for written_file in due:
            for path in written_file.paths:
                if path in self._files:
                    self._files[path] = schedule.saved(self._files[path], written_file.turn, written_file.how)
        for done in saved:
            self._reporter.saved(done)
        if saved:
            self._running = replace(self._running, saved=self._running.saved + len(saved), last=saved[-1].time)
        if saved or self._running.problem:
            self._running = replace(self._running, problem="")
            self._tell_others()

    def _look_at_all(self, back: float) -> None:
        """Find the directories again, and save the turns that ended since the last check."""
        self._whole = time.monotonic() + WHOLE
        self._replan, self._anew = NEVER, False
        began = time.monotonic()
        self._attempt([], lambda: self._find(back))
        self._rested = time.monotonic() + schedule.RESTS * (time.monotonic() - began)
        self._attempt([], self._archive)

    def _find(self, back: float) -> None:
        now, wall = time.monotonic(), time.time()
        store, since = StoryStore(self._repo), wall - LOOKED_BACK
        with (
            prepared(self._repo, watched=self._watched) as recording,
            Live(self._repo, store, recording, since=since, matters=lambda brief: False) as live,
        ):
            self._stores = list(stores(recording))
            modified_times = {
                source.path: source.modified for pairs in live.gathered.sources.values() for _, source in pairs
            }
        ours = sorted(modified_times, key=lambda path: -modified_times[path])
        self._plan = plan(self._stores, here(self._repo), ours, newest(recording), awaited(recording))
        before = self._watches.polling
        # Before anything is read, so that later changes are reported.
        self._watches.set(self._plan.watched, self._renewed)
        self._renewed.clear()
        if self._watches.polling and not before:
            self._reporter.report(f"looking at files every two seconds: {self._watches.polling}")
            self._running = replace(self._running, polling=self._watches.polling)
            self._tell_others()
        with looking(self._repo, wall - back, watched=self._watched) as round_:
            due: list[SaveCandidate] = []
            for written_file in round_.candidates(None):
                age = wall - max(map(_modified, written_file.paths), default=0.0)
                if written_file.how == "ended" or age > (
                    schedule.QUIET if written_file.how == "running" else schedule.SETTLED
                ):
                    due.append(written_file)
                    continue
                for path in written_file.paths:
                    self._files[path] = schedule.written(self._files.get(path), now)
            self._report(due, round_.save(due))

    def _archive(self) -> None:
        kept = archive(self._repo, wait=1.0, watched=self._watched)
        if kept.keys:
            self._reporter.report(f"archived before their agents delete them: {len(kept.keys)}")
        if kept.left:
            self._whole = time.monotonic() + schedule.AGAIN

    def _attempt(self, paths: list[str], work: Callable[[], None]) -> None:
        """Report what fails, and try again later; watching continues."""
        now = time.monotonic()
        try:
            work()
            if self._off:
                self._off = False
                self._reporter.report("recording is on again")
            return
        except Off:
            if not self._off:
                self._off = True
                self._reporter.report("recording is off here: nothing is saved until `git story on`")
            for path in paths:
                self._files.pop(path, None)
            return
        except Busy:
            problem = "another worker has been busy for long"
        except GitStoryError as error:
            problem = f"nothing saved: {error.message}"
        except sqlite3.Error as error:
            problem = f"the search index cannot be written: {error}"
        except OSError as error:
            problem = f"cannot save: {error.strerror or error}"
        if problem != self._running.problem:
            self._reporter.problem(problem)
        self._running = replace(self._running, problem=problem)
        self._tell_others()
        for path in paths:
            if path in self._files:
                self._files[path] = schedule.failed(self._files[path], now)
        if not paths:
            self._whole, self._anew = now + schedule.AGAIN, True

    def _agents(self) -> list[str]:
        return list(dict.fromkeys(agent.name for agent, root in self._stores if root.exists()))

    def _tell_others(self) -> None:
        watcher_lock.tell(self._repo.home, self._running)


def _modified(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0
