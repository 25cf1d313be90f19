"""`git story doctor`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gitstory.cli.output import console
from gitstory.cli.shared_options import open_repo
from gitstory.errors import GitStoryError
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import wrap

if TYPE_CHECKING:
    from gitstory.cli.doctor_trial import HookTrial
    from gitstory.git.repo import Repo

OLDEST_GIT = (2, 31)
"""`git rev-parse --path-format` came with it."""

Check = tuple[bool, str, str]
"""Whether all is well, what was seen, and a hint where it is not."""


@click.command()
@click.option("--no-trial", is_flag=True, help="Make no test commit.")
def command(no_trial: bool) -> int:
    """Test recording from commit to story, and report what fails.

    Makes a test commit in a scratch clone with the real hooks and waits for its story; looks for another program
    called git-story on PATH; shows which agents' stores were found and how many conversations are of this
    repository. What was set aside is tried again; nothing else changes here. Exits with 1 if recording does not work.
    """
    repo = _repo()
    if repo is not None:
        from gitstory.recording.set_aside_sources import clear

        clear(repo.home)
    broken = False
    with console(pager=False) as out:
        for well, seen, hint in [*_program(), *_git()]:
            broken |= not well
            _print(out, (well, seen, hint))
        if not no_trial:
            trial = _trial(repo)
            broken |= not trial[0]
            _print(out, trial)
        for check in [*_again(repo), *_repository(repo)]:
            _print(out, check)
    return 1 if broken else 0


def _print(out: Console, check: Check) -> None:
    well, seen, hint = check
    _row(out, "ok       " if well else "problem  ", "green" if well else "yellow", seen)
    if hint:
        _row(out, "  hint:  ", "dim", hint)


def _row(out: Console, label: str, style: str, text: str) -> None:
    width = out.width - len(label)
    lines = list(wrap(neutralise_line(text), width)) if out.screen else [neutralise_line(text)]
    for at, line in enumerate(lines):
        out.line((" " * len(label) if at else out.paint(label, style)) + line)


def _repo() -> Repo | None:
    try:
        return open_repo()
    except GitStoryError:
        return None


def _git() -> Iterator[Check]:
    from gitstory.git.process import git

    version = git("version").stdout.decode("utf-8", "replace").strip()
    numbers = re.search(r"(\d{1,9})\.(\d{1,9})", version)
    new = numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST_GIT
    yield new, version, "" if new else "gitstory needs git 2.31 or newer"


def _program() -> Iterator[Check]:
    from gitstory.hooks.git_story_executable import is_own, programs_on_path

    paths = programs_on_path(os.environ)
    if not paths:
        yield False, "there is no git-story on PATH", "`git story` will not work: add the directory it is installed in"
        return
    first, *others = paths
    if not is_own(first):
        hint = (
            "remove it, or put gitstory's directory before it; `gitstory` is the same command under a name of its own"
        )
        yield False, f"`git story` runs another program: {first}", hint
    else:
        yield True, f"`git story` runs {first}", ""
    for other in others:
        if not is_own(other):
            yield True, f"another program of the name comes later on PATH: {other}", "harmless while it comes later"


def _trial(repo: Repo | None) -> Check:
    from gitstory.cli.doctor_trial import run
    from gitstory.hooks.git_story_executable import own_program

    return judge(run(repo, own_program()))


def judge(trial: HookTrial) -> Check:
    """What a trial means."""
    if trial.error is not None:
        return False, f"the trial commit could not be made: {trial.error}", "does `git commit` work in a new clone?"
    if trial.noted is not None and trial.linked and trial.committed is not None:
        times = f"commit {trial.committed * 1000:.0f} ms, story {trial.noted * 1000:.0f} ms later"
        return True, f"a trial commit in a scratch clone got its story ({times})", ""
    if trial.noted is not None:
        return False, "the trial commit got a note, but without its conversation", "please report this"
    if not trial.hook_ran:
        return False, "the trial commit's hook did not run", "is core.hooksPath set by a variable or a wrapper of git?"
    return False, "the hook ran, but no story came", "`git story drain` in a repository says what is wrong"


def _again(repo: Repo | None) -> Iterator[Check]:
    """Commits and conversations that were set aside, processed once more; what fails again, `status` names."""
    from gitstory.recording.quarantine import aside
    from gitstory.worker.retry_set_aside import retry

    if repo is None or not (before := aside(repo.home)):
        return
    from gitstory.text.wording import count

    problem = retry(repo)
    left = len(aside(repo.home))
    if problem is not None:
        yield False, f"what was set aside could not be tried again: {problem}", "`git story drain` says more"
    elif left < len(before):
        yield True, f"{count(len(before) - left, 'item')} that had been set aside could be processed now", ""


def _repository(repo: Repo | None) -> Iterator[Check]:
    if repo is None:
        yield False, "this is not a git repository", "run it in one to see its hooks and conversations"
        return
    from gitstory.cli.status import status
    from gitstory.text.wording import count

    report = status(repo)
    for agent in report.agents:
        if agent.is_found:
            newest = f"{agent.here:,} of {count(agent.conversations, 'conversation')} from this repository"
            hint = "" if agent.here else f"looked in {', '.join(agent.roots)} for conversations held in this directory"
            yield True, f"{agent.label}: {newest}", hint
    if not any(agent.is_found for agent in report.agents):
        yield True, "no coding agent has a store on this machine", "`git story agents -v` shows where was looked"
    for finding in report.findings:
        yield False, finding.message, finding.hint
