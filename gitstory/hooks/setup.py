"""Switching a repository, or all of a person's, on and off: hooks and the display of notes, nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gitstory.config.load import Config, load
from gitstory.config.setting import ConfigError
from gitstory.errors import GitStoryError
from gitstory.git import safe_own_files
from gitstory.git.process import git
from gitstory.git.repo import OPT_OUT, Repo
from gitstory.hooks import precommit_framework, shims
from gitstory.hooks.hooks_path import (
    HooksPlace,
    global_directory,
    global_hooks_path,
    hooks_place,
    in_worktree,
    is_ignored,
    is_tracked,
)
from gitstory.hooks.install import PREVIOUS, HookChange, HookState, inspect, install, remove
from gitstory.hooks.precommit_framework import Framework

NOTES = "refs/notes/story"
DISPLAY = "notes.displayRef"


class HookSetup(Struct, frozen=True):
    """What `enable` or `disable` did. `place` is None where hooks were not asked for.

    `displayed` says that notes.displayRef was added (or removed); `excluded` names files put into info/exclude; `noted`
    that there are, or will be, notes to display.
    """

    place: HooksPlace | None
    changes: tuple[HookChange, ...]
    displayed: bool
    excluded: tuple[str, ...] = ()
    noted: bool = True
    framework: Framework | None = None
    everywhere: bool = False
    """The hooks are those of all repositories of this person, and were left."""
    disabled: bool = False
    """The repository is marked as one in which nothing is recorded."""


def enable(repo: Repo, program: str, *, hooks: bool = True) -> HookSetup:
    """Raises `HookNotWritable`, or GitStoryError where the git directory cannot be written."""
    config, displayed, noted = _prepare(repo)
    if not hooks:
        return HookSetup(None, (), displayed, noted=noted)
    place = hooks_place(repo)
    _remember(repo, place.directory)
    events = optional_events(config)
    if place.shared:
        texts = {event: shims.passthrough(event) for event in hidden_hooks(repo, place)}
        texts |= {event: shims.shim(event, program, "global") for event in events}
        return HookSetup(place, tuple(install(place.directory, texts)), displayed, noted=noted)
    needless = tuple(event for event in shims.OPTIONAL_EVENTS if event not in events and config is not None)
    gone = remove(place.directory, needless) if place.directory.is_dir() else []
    through = through_framework(repo, place)
    texts = {event: shims.shim(event, program) for event in shims.EVENTS + events if event not in through}
    tracked = [event for event in texts if _is_committed(repo, place.directory / event)]
    changes = install(place.directory, {event: text for event, text in texts.items() if event not in tracked})
    changes += [HookChange(event, "tracked") for event in tracked]
    changes += [HookChange(event, "framework") for event in through]
    return HookSetup(place, (*gone, *changes), displayed, tuple(_exclude(repo, place.directory, changes)), noted)


def enable_framework(repo: Repo, program: str) -> HookSetup:
    """Record through the pre-commit framework instead of hooks of ours, which are taken away.

    Raises GitStoryError where it cannot be; what was there before is there then.
    """
    place = hooks_place(repo)
    if place.shared:
        raise GitStoryError(
            "the hooks of all your repositories are gitstory's (`git story enable --global`), and record here already",
            hint="`git story disable --global` ends that; pre-commit refuses to work while core.hooksPath is set",
        )
    config, displayed, noted = _prepare(repo)
    events = shims.TRAILER_EVENTS if set(shims.TRAILER_EVENTS) <= set(optional_events(config)) else ()
    ours = remove(place.directory, shims.EVENTS + shims.OPTIONAL_EVENTS) if place.directory.is_dir() else []
    try:
        done = precommit_framework.enable(repo, place.directory, shims.FRAMEWORK_EVENTS + events)
    except GitStoryError:
        if ours:
            enable(repo, program)
        raise
    (repo.home / "hooks.json").unlink(missing_ok=True)
    return HookSetup(place, tuple(ours), displayed, noted=noted, framework=done)


def renew(repo: Repo, program: str) -> HookSetup | None:
    """Put the hooks that changed settings ask for where there are any already; None where there are none."""
    state = installed(repo, program)
    if state.disabled:
        return None
    if state.wanted:
        return enable(repo, program)
    through = any(hook.state == "run by pre-commit" for hook in state.hooks)
    return enable_framework(repo, program) if through and precommit_framework.is_ours(repo) else None


def _prepare(repo: Repo) -> tuple[Config | None, bool, bool]:
    """What every way of recording needs: the settings, whether notes were made visible now, whether there are any."""
    _make_home(repo)
    safe_own_files.remove(repo.home / OPT_OUT)
    config = _settings(repo)
    if config is not None:
        ask(repo, config)
    noted = _with_notes(config) or repo.ref(NOTES) is not None
    displayed = noted and _add_display(repo)
    if not noted:
        _drop_display(repo)  # git warns of a ref that is not there
    return config, displayed, noted


def through_framework(repo: Repo, place: HooksPlace) -> tuple[str, ...]:
    """The hooks that the pre-commit framework runs with an entry of ours in its configuration."""
    if repo.worktree is None or place.shared:
        return ()
    return tuple(
        event
        for event in precommit_framework.stages(repo)
        if precommit_framework.is_frameworks(place.directory / event)
    )


def _settings(repo: Repo | None) -> Config | None:
    """None for settings that cannot be read: what they ask for stays as it is, and the worker says what is wrong."""
    try:
        return load(repo)
    except ConfigError:
        return None


def _with_notes(config: Config | None) -> bool:
    return config is None or config.link_mode != "trailers"


def optional_events(config: Config | None) -> tuple[str, ...]:
    """The hooks that the person's settings ask for beside the usual ones."""
    if config is None:
        return ()
    trailers = () if config.link_mode == "notes" else shims.TRAILER_EVENTS
    return (shims.HISTORY_EVENTS if config.history_commit else ()) + trailers


def ask(repo: Repo, config: Config) -> None:
    """Have the shims of this repository do what its settings ask for, and nothing else: they only look for a file."""
    wanted = (*optional_events(config), *([shims.AUTO_PULL] if config.auto_pull else []))
    for event in (*shims.OPTIONAL_EVENTS, shims.AUTO_PULL):
        path = repo.home / f"{event}.on"
        if event in wanted and not path.exists():
            safe_own_files.make(path)
        elif event not in wanted and path.exists():  # on a read-only disk even a needless unlink is refused
            safe_own_files.remove(path)


def disable(repo: Repo) -> HookSetup:
    """Undo `enable`, also where core.hooksPath has changed since. Raises `HookNotWritable`.

    Hooks of all repositories (`enable --global`) stay; a mark has them, and everything else, record nothing here.
    """
    place = hooks_place(repo)
    everywhere = _are_everyones(repo, place)
    changes: list[HookChange] = []
    directories = [] if everywhere else [place.directory]
    directories += [other for other in _remembered(repo) if other not in directories and other != global_directory()]
    marked = everywhere or repo.home.is_dir()
    if marked:
        _make_home(repo)
        safe_own_files.make(repo.home / OPT_OUT)
    for directory in directories:
        if directory.is_dir():
            changes += remove(directory, shims.EVENTS + shims.OPTIONAL_EVENTS)
            _unexclude(repo, directory)
    for name in ("hooks.json", *(f"{event}.on" for event in (*shims.OPTIONAL_EVENTS, shims.AUTO_PULL))):
        safe_own_files.remove(repo.home / name)
    through = precommit_framework.disable(repo) if repo.worktree is not None else None
    displayed = _drop_display(repo)
    return HookSetup(place, tuple(changes), displayed, framework=through, everywhere=everywhere, disabled=marked)


def _are_everyones(repo: Repo, place: HooksPlace) -> bool:
    """Whether hooks of ours are there by `enable --global`, in a directory of ours or the person's own."""
    if place.shared:
        return True
    if place.directory != global_hooks_path() or place.directory in _remembered(repo):
        return False
    return any(inspect(place.directory, event).state == "in place" for event in shims.EVENTS)


def enable_global(program: str, *, hooks: bool = True) -> HookSetup:
    """For every repository of this person that has no core.hooksPath of its own. Raises `HookNotWritable`."""
    config = _settings(None)
    noted = _with_notes(config)
    displayed = noted and NOTES not in _display(None)
    if displayed:
        git("config", "--global", "--add", DISPLAY, NOTES)
    if not hooks:
        return HookSetup(None, (), displayed, noted=noted)
    there = global_hooks_path()
    ours = global_directory()
    events = shims.EVENTS + optional_events(config)
    if there is not None and there != ours:
        # Somebody else's global hooks: we join them, and what they do about repositories' own hooks stays theirs.
        changes = install(there, {event: shims.shim(event, program) for event in events})
        return HookSetup(HooksPlace(there), tuple(changes), displayed, noted=noted)
    texts = {event: shims.shim(event, program, "global") for event in events}
    changes = install(ours, texts)
    others = [event for event in shims.OTHER_EVENTS if event not in events]
    install(ours, {event: shims.passthrough(event) for event in others})
    if there is None:
        git("config", "--global", "core.hooksPath", ours.as_posix())
    return HookSetup(HooksPlace(ours, shared=True), tuple(changes), displayed, noted=noted)


def disable_global() -> HookSetup:
    """Undo `enable_global`. Raises `HookNotWritable`."""
    there = global_hooks_path()
    ours = global_directory()
    changes: list[HookChange] = []
    if there is not None and there != ours and there.is_dir():
        changes = remove(there, shims.EVENTS + shims.OPTIONAL_EVENTS)
    if there == ours:
        git("config", "--global", "--unset-all", "core.hooksPath")
    if ours.is_dir():
        changes += remove(ours, shims.EVENTS)
        remove(ours, shims.OTHER_EVENTS + shims.HOT_EVENTS)
    displayed = NOTES in _display(None)
    if displayed:
        git("config", "--global", "--unset-all", DISPLAY, f"^{NOTES}$")
    return HookSetup(HooksPlace(there or ours, shared=there == ours), tuple(changes), displayed)


def hidden_hooks(repo: Repo, place: HooksPlace) -> list[str]:
    """Hooks of the repository itself that the global directory keeps git from running."""
    own = repo.common_dir / "hooks"
    if not place.shared:
        return []
    return [
        event
        for event in shims.HOT_EVENTS
        if os.access(own / event, os.X_OK) and inspect(place.directory, event).state != "in place"
    ]


class Installed(Struct, frozen=True):
    """How a repository is set up. `wanted`: hooks were installed here once, so a missing one was lost. `unused` names
    hooks that pre-commit's configuration has an entry of ours for, and the framework is not installed for."""

    enabled: bool
    displayed: bool
    wanted: bool
    place: HooksPlace
    hooks: tuple[HookState, ...]
    hidden: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    disabled: bool = False


def installed(repo: Repo, program: str) -> Installed:
    place = hooks_place(repo)
    scope: shims.Scope = "global" if place.shared else "local"
    events = shims.EVENTS + optional_events(_settings(repo))
    states = tuple(inspect(place.directory, event, shims.shim(event, program, scope)) for event in events)
    entries = precommit_framework.stages(repo) if repo.worktree is not None and not place.shared else ()
    states = tuple(_of_framework(state, entries, place.directory) for state in states)
    own = any(state.state in ("in place", "called by pre-commit") for state in states)
    working = own or any(state.state == "run by pre-commit" for state in states)
    displayed = NOTES in _display(repo)
    wanted = bool(_remembered(repo)) or own
    hidden = tuple(hidden_hooks(repo, place))
    unused = tuple(event for event in entries if not precommit_framework.is_frameworks(place.directory / event))
    enabled = (displayed or working) and not repo.disabled
    return Installed(enabled, displayed, wanted, place, states, hidden, unused, repo.disabled)


def _of_framework(state: HookState, entries: tuple[str, ...], directory: Path) -> HookState:
    if (
        state.state == "replaced"
        and state.event in entries
        and precommit_framework.is_frameworks(directory / state.event)
    ):
        return replace(state, state="run by pre-commit")
    return state


def _display(repo: Repo | None, scope: str = "") -> list[str]:
    """The values of notes.displayRef: of the person (None), or in force in a repository."""
    if repo is None:
        done = git("config", "--global", "--get-all", DISPLAY, check=False)
    elif not scope:
        return repo.settings.texts(DISPLAY)
    else:
        done = repo.run("config", scope, "--get-all", DISPLAY, check=False)
    return done.stdout.decode("utf-8", "replace").splitlines()


def _add_display(repo: Repo) -> bool:
    if NOTES in _display(repo):
        return False
    repo.git("config", "--local", "--add", DISPLAY, NOTES)
    return True


def _drop_display(repo: Repo) -> bool:
    if NOTES not in _display(repo, "--local"):
        return False
    repo.git("config", "--local", "--unset-all", DISPLAY, f"^{NOTES}$")
    return True


def _is_committed(repo: Repo, hook: Path) -> bool:
    name = in_worktree(repo, hook)
    return name is not None and is_tracked(repo, name)


def _make_home(repo: Repo) -> None:
    try:
        repo.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise GitStoryError(
            f"cannot write below {repo.common_dir}: {error.strerror or error}",
            hint="gitstory keeps its spool there; make the directory writable",
        ) from error


def _remember(repo: Repo, directory: Path) -> None:
    """Write down where hooks went, so that `disable` finds them and `status` can distinguish missing hooks from hooks
    that never existed."""
    files = _remembered(repo)
    if directory not in files:
        listed = [os.fspath(each) for each in (*files, directory)]
        safe_own_files.write(repo.home / "hooks.json", json.dumps({"directories": listed}).encode() + b"\n")


def _remembered(repo: Repo) -> list[Path]:
    try:
        content: Mapping[str, list[str]] = json.loads(safe_own_files.content(repo.home / "hooks.json"))
        return [Path(each) for each in content["directories"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _exclude(repo: Repo, directory: Path, changes: list[HookChange]) -> list[str]:
    """Hooks of ours inside the worktree carry a path of this machine: keep `git add -A` from committing them."""
    names = []
    for change in changes:
        for path in (directory / change.event, directory / (change.event + PREVIOUS)):
            name = in_worktree(repo, path)
            if change.done != "tracked" and path.exists() and name and not is_ignored(repo, name):
                names.append(name)
    if names:
        _rewrite_exclude(repo, [f"/{name}" for name in names], [])
    return names


def _unexclude(repo: Repo, directory: Path) -> None:
    events = shims.EVENTS + shims.OPTIONAL_EVENTS
    paths = [directory / (event + end) for event in events for end in ("", PREVIOUS)]
    names = [in_worktree(repo, path) for path in paths]
    _rewrite_exclude(repo, [], [f"/{name}" for name in names if name])


def _rewrite_exclude(repo: Repo, add: list[str], drop: list[str]) -> None:
    path = repo.common_dir / "info" / "exclude"
    old = path.read_bytes() if path.is_file() else b""
    gone = {os.fsencode(line) for line in drop}
    lines = [line for line in old.splitlines(keepends=True) if line.rstrip(b"\r\n") not in gone]
    if add and lines and not lines[-1].endswith(b"\n"):
        lines.append(b"\n")
    new = b"".join([*lines, *(os.fsencode(line) + b"\n" for line in add)])
    if new != old:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(new)
