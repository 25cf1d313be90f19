"""What the hooks do while git waits for them, before the commit is there: a bounded time, and never a failure.

The bound is the kernel's (`setitimer`, whose signal ends the process): no pattern, lock or slow disk can outwait it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gitstory.cli.shared_options import open_repo

if TYPE_CHECKING:
    from gitstory.commit_hook.staged_commit import Making
    from gitstory.git.repo import Repo

_AT_FIRST = 5.0
"""Seconds until the settings are read, which say how long it may take."""


def on_commit(event: str, args: Sequence[str]) -> int:
    """For pre-commit, prepare-commit-msg (FILE [SOURCE [COMMIT]]) and commit-msg (FILE); always 0."""
    try:
        _bound(_AT_FIRST)
        with open_repo() as repo:
            if repo.disabled:
                return 0
            if event == "pre-commit":
                _stage(repo)
            elif event == "commit-msg":
                _finish(repo, Path(args[0]))
            else:
                _prepare(repo, args)
    except Exception as error:  # noqa: BLE001 - a commit must not notice
        from gitstory.cli.crash_report import write_crash
        from gitstory.errors import GitStoryError

        if not isinstance(error, GitStoryError | OSError):
            write_crash(error)
    return 0


def _prepare(repo: Repo, args: Sequence[str]) -> None:
    from gitstory.commit_hook import trailers
    from gitstory.config.load import load

    trailers.pending(repo).unlink(missing_ok=True)
    config = load(repo)
    squashes = (repo.git_dir / "rebase-merge" / "message-squash").is_file()
    if config.link_mode == "notes" or not config.link_wait or (_is_copy(repo) and not squashes):
        return
    _bound(config.link_wait / 1000)
    # The pre-commit framework hands on the file alone, the rest by these.
    source = args[1] if len(args) > 1 else os.environ.get("PRE_COMMIT_COMMIT_MSG_SOURCE", "")
    named = args[2] if len(args) > 2 else os.environ.get("PRE_COMMIT_COMMIT_OBJECT_NAME", "")
    # git gives hooks this editor where it is not going to open any.
    edited = os.environ.get("GIT_EDITOR") != ":"
    wanted = trailers.TrailerRequest(Path(args[0]).absolute(), source, _making(named), edited, squashes)
    lines = trailers.prepare(repo, config, wanted)
    _bound(0)  # from here on it is written
    if lines:
        trailers.put(repo, wanted, lines)


def _stage(repo: Repo) -> None:
    from gitstory.commit_hook import stage_history
    from gitstory.config.load import load

    wait = load(repo).link_wait
    if not wait or _is_copy(repo):
        return
    _bound(wait / 1000)
    making = _making("")
    files = stage_history.write(repo, making)
    _bound(0)  # from here on it is staged
    stage_history.stage(repo, making, files)


def _is_copy(repo: Repo) -> bool:
    """Whether git makes a commit again that was there: its message has its trailers already."""
    names = ("CHERRY_PICK_HEAD", "REVERT_HEAD", "sequencer", "rebase-merge", "rebase-apply")
    return any((repo.git_dir / name).exists() for name in names)


def _finish(repo: Repo, file: Path) -> None:
    from gitstory.commit_hook import trailers

    trailers.finish(repo, file.absolute())


def _making(named: str) -> Making:
    from gitstory.commit_hook.staged_commit import Making

    index = os.environ.get("GIT_INDEX_FILE")
    return Making(Path(index).absolute() if index else None, _amends(named))


def _amends(named: str) -> bool:
    """Whether HEAD is to be replaced. git does not tell hooks; its own command line does, where it can be looked at."""
    arguments = _command_line(os.environ.get("GITSTORY_GIT", ""))
    if not arguments or not Path(arguments[0]).name.startswith("git"):  # another tool's hook calls ours
        return named == "HEAD"
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return any(one.startswith("--am") and "--amend".startswith(one) for one in options)


def _command_line(process: str) -> list[str]:
    """The arguments of a process, [] where they cannot be told."""
    if not process.isdigit():
        return []
    try:
        return Path("/proc", process, "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        pass
    import subprocess

    from gitstory.git.find_program import find_program

    program = find_program("ps", os.environ.get("PATH"))
    if program is None:
        return []
    try:
        wanted = [program, "-o", "args=", "-p", process]
        return subprocess.run(wanted, capture_output=True, text=True, timeout=1, check=False).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return []


_timers: list[threading.Timer] = []


def _bound(seconds: float) -> None:
    """End this process after `seconds` from now, whatever it does then; 0: never."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return
    while _timers:
        _timers.pop().cancel()
    if seconds > 0:
        sys.stdout.flush()
        timer = threading.Timer(seconds, os._exit, (0,))
        timer.daemon = True
        timer.start()
        _timers.append(timer)
