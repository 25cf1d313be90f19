"""git's configuration, read once: all that one `git config --list` says, until a file that it comes from changes.

A command asks for a dozen settings in rooms that know nothing of each other; for each question alone git would be
started again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from subprocess import CompletedProcess

from .process import variables

Ask = Callable[..., CompletedProcess[bytes]]
_LIST = ("config", "--list", "-z", "--show-origin")
_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG")
"""How the variables begin by which git finds settings, or which hold some."""


class ConfigSnapshot:
    """The settings in force, in git's order. git lists a key with its section and variable in lower case and what is
    between them (the NAME of `remote.NAME.url`) as written."""

    def __init__(self, pairs: tuple[tuple[bytes, bytes | None], ...] = (), files: tuple[str, ...] = ()) -> None:
        self._pairs = pairs
        self.files = files

    def texts(self, key: str) -> list[str]:
        """All values of a key, "" for one that is named without a value; the last is the one that counts."""
        wanted = _as_listed(key)
        return [(value or b"").decode("utf-8", "replace") for name, value in self._pairs if name == wanted]

    def text(self, key: str) -> str | None:
        """The value that counts, None where there is none."""
        return next(reversed(self.texts(key)), None)

    def sections(self, *names: str) -> Iterator[tuple[bytes, bytes | None]]:
        """All keys of some sections with their values, None for a key without one."""
        starts = tuple(f"{name}.".encode() for name in names)
        return ((name, value) for name, value in self._pairs if name.startswith(starts))


def _as_listed(key: str) -> bytes:
    section, _, rest = key.partition(".")
    between, dot, variable = rest.rpartition(".")
    return f"{section.lower()}.{between}{dot}{variable.lower()}".encode("utf-8", "surrogateescape")


def read(ask: Ask) -> ConfigSnapshot:
    """What git says where `ask` runs it; nothing where it cannot read its settings."""
    done = ask(*_LIST, check=False)
    items = done.stdout.split(b"\0")[:-1] if done.returncode == 0 else []
    pairs = []
    files: dict[str, None] = {}
    for origin, item in zip(items[::2], items[1::2], strict=True):
        key, sep, value = item.partition(b"\n")
        pairs.append((key, value if sep else None))
        if origin.startswith(b"file:"):
            files[os.fsdecode(origin[5:])] = None
    return ConfigSnapshot(tuple(pairs), tuple(files))


class KeptConfig:
    """The settings of one repository, read when first asked for, and again when they may have changed: a command of
    ours changes them, and pages and the watcher live for days. `files` are those of the repository itself."""

    def __init__(self, files: tuple[str, ...]) -> None:
        self._files = files
        self._snapshot: ConfigSnapshot | None = None
        self._state: object = None

    def now(self, ask: Ask) -> ConfigSnapshot:
        if self._snapshot is None or self._state != self._look(self._snapshot.files):
            before = self._look(())
            self._snapshot = read(ask)
            # A change while git reads is seen the next time, but for files that only its answer names.
            after = self._look(self._snapshot.files)
            self._state = {**after, **before}
        return self._snapshot

    def _look(self, further: tuple[str, ...]) -> dict[str, object]:
        """What tells of a change without asking git: variables, and the files as they stand."""
        env = variables(*_VARIABLES)
        return {**env, **{path: _stamp(path) for path in (*self._files, *_persons(env), *further)}}


def _persons(env: Mapping[str, str]) -> Iterator[str]:
    """Where settings of the person and of the machine would be, there or not."""
    home = env.get("HOME", "")
    yield env.get("GIT_CONFIG_GLOBAL") or f"{home}/.gitconfig"
    yield f"{env.get('XDG_CONFIG_HOME') or f'{home}/.config'}/git/config"
    yield env.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig"


def _stamp(path: str) -> tuple[int, ...]:
    try:
        stat = os.stat(path)  # noqa: PTH116 - a Path here costs more than the look itself
    except (OSError, ValueError):
        return ()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
