"""`git story drain`: the worker."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitstory.cli.background import detach
from gitstory.cli.output import say, warn
from gitstory.cli.shared_options import open_repo

if TYPE_CHECKING:
    from gitstory.git.repo import Repo


@click.command()
@click.option("--background", is_flag=True, hidden=True, help="As the hooks start it: quiet, nice, on its own.")
@click.option("--wait", type=click.FloatRange(min=0), metavar="SECONDS", help="Give up waiting after SECONDS.")
def command(background: bool, wait: float | None) -> int:
    """Process the commits that wait in the queue.

    The hooks start this after each commit, and every command that reads stories does it first.
    """
    if background:
        return _background()
    with open_repo() as repo:
        if repo.disabled:
            say("nothing is recorded here: `git story disable` was run; `git story enable` starts recording again")
            return 0
        return _foreground(repo) if wait is None else _bounded(repo, wait)


def _foreground(repo: Repo) -> int:
    from gitstory.worker.supervise import drained

    report = drained(repo, reader=False)
    if not report.unfinished:
        _autosave(repo)
        _archive(repo)
    if report.busy:
        warn("another worker is processing this repository", "it does the same; try again when it is done")
        return 1
    for error in (*report.errors, *report.items):
        warn(error)
    say(f"{report.commits} {_plural(report.commits, 'commit')} processed, {report.stories} recorded")
    return 1 if (report.errors or report.items) and not report.stories else 0


def _background() -> int:
    """Process the queue without output: errors are stored by the worker, or written to the log."""
    detach()
    try:
        with open_repo() as repo:
            if repo.home.is_dir() and not repo.disabled and _is_next(repo):
                from gitstory.worker.supervise import drained

                drained(repo, reader=False)
                _autosave(repo)
                _archive(repo)
    except Exception as error:  # noqa: BLE001 - see above
        from gitstory.cli.crash_report import write_crash

        write_crash(error)
    return 0


def _autosave(repo: Repo) -> None:
    """History files after a commit, where the person asked for them or trailers name them."""
    from gitstory.config.load import load
    from gitstory.hooks.setup import ask

    config = load(repo)
    if repo.home.is_dir():
        ask(repo, config)
    if repo.worktree is not None and (config.history_autosave or config.link_mode != "notes"):
        from gitstory.history_files.sync import autosave

        autosave(repo)


def _archive(repo: Repo) -> None:
    """Once a day, keep what agents are about to delete; what the time of one run does not reach, the next one does."""
    from gitstory.errors import GitStoryError
    from gitstory.recording.archive_conversations import archive, is_due
    from gitstory.worker.supervise import call

    try:
        if is_due(repo):
            call(repo, lambda own, watched: archive(own, watched=watched))
    except GitStoryError as error:
        warn(f"conversations that their agents may delete soon could not be kept: {error.message}", error.hint)
    except OSError as error:
        warn(f"conversations that their agents may delete soon could not be kept: {error.strerror or error}")


def _is_next(repo: Repo) -> bool:
    """False if another worker waits already: it takes the spool after us, and with it what our hook wrote.

    So a hundred cherry-picks leave one worker running and one waiting, not a hundred.
    """
    from gitstory.git.file_lock import single_flight
    from gitstory.worker.drain import WAIT

    with single_flight(repo.home / "waiting.lock") as alone:
        if not alone:
            return False
        # Only wait here: the spool must be taken after the place of the waiting one has become free.
        with single_flight(repo.home / "worker.lock", timeout=WAIT):
            return True


def _bounded(repo: Repo, seconds: float) -> int:
    """Let a worker of its own do it, so that it can go on when we stop waiting."""
    from gitstory.hooks.git_story_executable import start_worker
    from gitstory.recording.queue_file import is_empty

    if is_empty(repo.home):
        return 0
    worker = start_worker(Path.cwd(), os.environ)
    with suppress(subprocess.TimeoutExpired):
        worker.wait(seconds)
    return 0


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
