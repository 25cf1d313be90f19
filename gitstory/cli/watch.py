"""`git story watch`: autosave while one works."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.output import say
from gitstory.cli.shared_options import open_repo
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from gitstory.git.repo import Repo
    from gitstory.watching.watcher import Watcher, WatchReporter
    from gitstory.watching.watcher_lock import Running
    from gitstory.worker.supervise import Guard

_BEGINS = 15.0
"""Seconds a watcher in the background may take to begin."""


@click.command()
@click.option("--daemon", is_flag=True, help="Go on in the background; one for each repository.")
@click.option("--stop", is_flag=True, help="End the one that runs in this repository.")
@click.option("--unit", type=click.Choice(["systemd", "launchd"]), help="Print a unit that starts it at login.")
@click.option("--poll", is_flag=True, help="Look at files every two seconds (network file systems report no changes).")
@click.option("--background", is_flag=True, hidden=True, help="As --daemon starts it.")
def command(daemon: bool, stop: bool, unit: str | None, poll: bool, background: bool) -> int:
    """Save the turns of this repository's conversations while you work.

    Each turn is in its history file (`.gitstory/history`) and in the search index within two seconds after it has
    ended; nothing is written while it goes on. What is private, off or forgotten stays so. With `history.autosave =
    false` the index alone is kept up. Ctrl-C ends it.
    """
    if sum((daemon, stop, unit is not None, background)) > 1:
        raise click.UsageError("--daemon, --stop and --unit exclude each other")
    with open_repo() as repo:
        if unit is not None:
            return _unit(repo, unit)
        if stop:
            return _stop(repo)
        _enabled(repo)
        if daemon:
            return _daemon(repo, poll)
        return _background(repo, poll) if background else _foreground(repo, poll)


def _enabled(repo: Repo) -> None:
    """Raises GitStoryError where gitstory was never enabled, or recording is switched off for good."""
    from gitstory.config.load import load

    if not repo.home.is_dir():
        raise GitStoryError("gitstory is not enabled here", hint="`git story enable` starts recording")
    if repo.disabled:
        raise GitStoryError("gitstory is disabled here", hint="`git story enable` starts recording again")
    if not load(repo).enabled:
        raise GitStoryError("capture.enabled is off", hint="`git story config list` says where")


def _stop(repo: Repo) -> int:
    from gitstory.watching.watcher_lock import stop

    ended = stop(repo.home)
    if ended is None:
        say("no watcher runs in this repository")
        return 0
    say(f"ended (process {ended.pid})")
    return 0


def _unit(repo: Repo, kind: str) -> int:
    from gitstory.hooks.git_story_executable import isolated_python, own_program
    from gitstory.watching.login_units import launchd, systemd

    program = own_program()
    words = [program] if program else isolated_python()
    where = repo.worktree or repo.git_dir
    unit = systemd if kind == "systemd" else launchd
    click.echo(unit([*words, "watch"], where), nl=False)
    return 0


def _daemon(repo: Repo, poll: bool) -> int:
    from gitstory.hooks.git_story_executable import start
    from gitstory.watching.watcher_lock import AlreadyRunning, alone, running

    there = running(repo.home)
    if there is not None:
        raise AlreadyRunning(there)
    with alone(repo.home):
        pass  # what the system refuses is said here: the one in the background has nobody to tell
    child = start(["watch", "--background", *(["--poll"] if poll else [])], Path.cwd(), os.environ)
    until = time.monotonic() + _BEGINS
    while time.monotonic() < until:
        watcher = running(repo.home)
        # On a full disk it cannot say which process it is.
        if watcher is not None and (watcher.pid or child.pid) == child.pid and child.poll() is None:
            say(f"watching in the background (process {child.pid}); `git story watch --stop` ends it")
            return 0
        if child.poll() is not None:
            break
        time.sleep(0.02)
    raise GitStoryError("the watcher did not begin", hint="`git story watch` in the foreground says why")


def _background(repo: Repo, poll: bool) -> int:
    """Nobody listens: what goes wrong is in `git story status`, or else in the log."""
    with suppress(OSError, AttributeError):
        os.nice(10)
    try:
        return _guarded(repo, lambda guard: _run(repo, _Nobody(), poll, guard, background=True))
    except Exception as error:  # noqa: BLE001 - see above
        from gitstory.cli.crash_report import write_crash

        write_crash(error)
        return 1


def _foreground(repo: Repo, poll: bool) -> int:
    from gitstory.cli.watch_view import WatchView

    def run(guard: Guard) -> int:
        with WatchView(repo) as view:
            return _run(repo, view, poll, guard, background=False)

    return _guarded(repo, run)


def _guarded(repo: Repo, run: Callable[[Guard], int]) -> int:
    """In a child the watcher, in this process whoever waits for its end and begins another where it stands still."""
    from gitstory.worker.supervise import guarded

    guard = guarded(repo)
    return run(guard) if guard.code is None else guard.code


def _ended_with(guard: Guard, watcher: Watcher) -> None:
    """End the watcher when the process that guards it is gone."""
    from threading import Thread

    def wait() -> None:
        with suppress(OSError):
            os.read(guard.left, 1)
        watcher.stop()

    if guard.left >= 0:
        Thread(target=wait, daemon=True).start()


def _run(repo: Repo, reporter: WatchReporter, poll: bool, guard: Guard, *, background: bool) -> int:
    from gitstory.watching.watcher import Watcher
    from gitstory.watching.watcher_lock import alone

    code = 0
    with alone(repo.home):
        watcher = Watcher(repo, reporter, background=background, polling=poll, guard=guard.parent)
        _ended_with(guard, watcher)

        def ended(number: int, frame: FrameType | None) -> None:
            nonlocal code
            code = 130 if number == signal.SIGINT else 0
            watcher.stop()

        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name) and not (guard.parent and name == "SIGINT"):
                signal.signal(getattr(signal, name), ended)
        watcher.run()
    if repo.worktree is not None and not repo.worktree.is_dir():
        raise GitStoryError("the work tree is gone", hint="start the watcher in another one")
    if not repo.home.is_dir():
        raise GitStoryError("gitstory's directory is gone", hint="`git story enable` makes it again")
    return code


class _Nobody:
    """The log of the watcher in the background."""

    def begun(self, folders: int, agents: list[str], polling: str) -> None: ...

    def saved(self, event: object) -> None: ...

    def report(self, text: str) -> None: ...

    def problem(self, text: str) -> None: ...


def watcher_status(watcher: Running | None) -> str:
    """What `git story status` says of the watcher."""
    if watcher is None:
        return "not running"
    how = "in the background" if watcher.background else "in a terminal"
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(watcher.started))
    polls = ", by looking every two seconds" if watcher.polling else ""
    last = f", the last at {time.strftime('%H:%M:%S', time.localtime(watcher.last))}" if watcher.last else ""
    return f"running {how} since {since} (process {watcher.pid}){polls}; saved {watcher.saved}{last}"
