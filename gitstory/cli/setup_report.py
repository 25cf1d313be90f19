"""What `enable` and `disable` did, in words: one line each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gitstory.hooks.install import PREVIOUS, HookChange
from gitstory.hooks.precommit_config import NAME
from gitstory.hooks.precommit_framework import Framework
from gitstory.hooks.setup import NOTES, HookSetup
from gitstory.hooks.shims import EVENTS

_WORDING = {
    "installed": "installed",
    "kept": "already installed",
    "updated": "brought up to date",
    "removed": "removed",
    "restored": "put back as they were",
    "framework": "run through pre-commit, as before",
}


def report(done: HookSetup) -> Iterator[str]:
    """For `enable`."""
    yield from _hooks(done)
    if done.framework is not None:
        yield from _framework(done.framework)
    elif done.place is None:
        yield "hooks    none, as asked: the next `git story` command finds new commits"
    elif done.place.manager:
        yield (
            f"note     {done.place.manager} rewrites its hooks from time to time and removes ours; no story is lost "
            "by that, and `git story enable` puts them back"
        )
    for name in done.excluded:
        yield f"ignored  {name} (in .git/info/exclude, so that it is not committed by accident)"
    if done.noted:
        yield f"notes    git log shows stories ({NOTES}{'' if done.displayed else ', as before'})"
    else:
        yield "notes    none: your `link.mode` puts trailers into messages instead"


def undone(done: HookSetup) -> Iterator[str]:
    """For `disable`."""
    if done.everywhere:
        yield "hooks    those of all your repositories stay, and record nothing here any more"
        yield "undo     `git story enable` records here again; `git story disable --global` removes them everywhere"
    elif not done.changes and not (done.framework and (done.framework.written or done.framework.own)):
        yield "hooks    there were none of ours"
    if not done.everywhere or done.changes:
        yield from _hooks(done)
    if done.framework is not None:
        yield from _framework_undone(done.framework)
    if done.displayed:
        yield f"notes    git log no longer shows {NOTES}"
    if done.everywhere:
        yield f"notes    git log still shows {NOTES} where there is one: your own configuration says so"
    yield "kept     everything recorded so far"


def _framework(done: Framework) -> Iterator[str]:
    yield f"hooks    {', '.join(done.stages)} run through pre-commit{'' if done.installed else ', as before'}"
    if done.own:
        yield f"config   {NAME} has hooks of ours already; it is left as it is"
    elif done.written:
        yield f"config   hooks added to {NAME}; stage it: pre-commit refuses one that is changed and not staged"


def _framework_undone(done: Framework) -> Iterator[str]:
    if done.installed:
        yield f"hooks    {', '.join(done.installed)} removed: pre-commit is no longer installed for them"
    if done.written:
        yield f"config   {NAME} is as it was before"
    if done.own:
        yield f"note     {NAME} has hooks of ours that were put in by hand ({', '.join(done.stages)}): take them out"


def _hooks(done: HookSetup) -> Iterator[str]:
    if done.place is None:
        return
    if done.place.shared and not any(change.event in EVENTS for change in done.changes):
        yield f"hooks    on for all your repositories ({_short(done.place.directory)})"
    for word, wording in _WORDING.items():
        names = [change.event for change in done.changes if change.done == word]
        if names:
            yield f"hooks    {', '.join(names)} {wording} in {_short(done.place.directory)}"
    for change in done.changes:
        yield from _hook_line(change, done.place.directory)


def _hook_line(change: HookChange, directory: Path) -> Iterator[str]:
    if change.done == "tracked":
        yield (
            f"hooks    {change.event} left alone: {_short(directory / change.event)} is committed here; "
            f'add the line `git-story hook {change.event} "$@" || :` to it, or commits are recorded late'
        )
    elif change.done == "left" and change.previous is not None:
        yield f"hooks    {change.event} is another tool's by now; an older one is kept in {_short(change.previous)}"
    elif change.done in ("installed", "kept", "updated") and change.previous is not None:
        yield f"chained  your {change.event} is kept as {change.event}{PREVIOUS} and runs after ours"


def _short(path: Path) -> str:
    """Relative to here or to home, where that is shorter to read."""
    for base, mark in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.is_relative_to(base) and path != base:
            return mark + path.relative_to(base).as_posix()
    return path.as_posix()
