"""The one place that opens files of others: agents' stores, and files of a work tree.

What is opened is a regular file: a FIFO or a device would keep a command waiting for ever. A link is followed where it
stays within the store it is in. A file has a budget of processor time; one that uses it up is set aside, named, and
costs nothing any more until it changes or is asked for again. Readers in `gitstory.agents` open nothing
otherwise (a test holds that), and `gitstory.agents.guarded_reader` sets the bounds within which they do.

One module, since all of it guards the same few tables: the bounds, the time left and the files set aside.
"""

from __future__ import annotations

# Paths are text here: there are ten thousands of them, and `pathlib` takes ten times as long.
# ruff: noqa: PTH100, PTH116, PTH120, PTH123
import errno
import os
import stat as modes
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, NamedTuple, TypeVar, cast

T = TypeVar("T")

WHOLE = 256 << 20
"""Bytes of a file that is read as a whole; a larger one is refused."""
LARGEST = 1 << 30
"""Bytes of a file that is read piece by piece. A sparse file may claim any size; the worker takes some 4 s for each
GB of it (docs/maintainers/attack.md)."""
FIRST_SECONDS = 5.0
"""Seconds of processor time that any file may take."""
BYTES_A_SECOND = 1 << 20
"""Bytes for which a file gets one second more: a small fraction of what the slowest reader does in that time."""
MOST_SECONDS = 600.0
LISTING_SECONDS = 60.0
"""Seconds of processor time that listing one store may take."""
RETRIED_AFTER = 900.0
"""Seconds after which a file that was set aside and has changed since is tried again."""
FRESH = 2.0
"""Seconds in which a second change may leave the time of the first."""
_MOST_REMEMBERED = 256
_NONBLOCK = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class FileRefused(OSError):
    """A file that is not opened, or not read any further; `strerror` says why, in words for a person."""

    def __init__(self, reason: str, path: object = None) -> None:
        super().__init__(errno.EPERM, reason, None if path is None else str(path))


class Overtime(FileRefused):
    """The budget of a file or of a listing is used up."""


class Aside(NamedTuple):
    """A file that was set aside: whose it is, where, why, its state (size and time, with its log's) and since when.

    `lasting`: it is not tried again while it stays the same. Otherwise looking at it costs nothing.
    """

    agent: str
    path: str
    reason: str
    stamp: tuple[int, ...] = ()
    since: float = 0.0
    lasting: bool = False


class Bound(NamedTuple):
    """What is below `named` must really be below `real`."""

    named: str
    real: str


class _Budget:
    def __init__(self, key: str, seconds: float) -> None:
        self.key = key
        self.until = time.thread_time() + seconds
        self.over = False


class _Scope(NamedTuple):
    agent: str
    bounds: tuple[Bound, ...]
    folders: dict[str, bool]
    """Folder -> whether it really is within the bounds that its name is in."""
    budget: _Budget | None


_scope: ContextVar[_Scope | None] = ContextVar("_scope", default=None)


class _Memory:
    """What this process knows of the files it opened."""

    def __init__(self) -> None:
        self.spent: dict[str, tuple[tuple[int, ...], float]] = {}
        """File -> its state and the seconds that were spent on it as it is."""
        self.aside: dict[str, Aside] = {}
        self.listener: Callable[[Aside], None] | None = None
        self.remembered: dict[tuple[str, str], tuple[tuple[int, ...], object]] = {}


_memory = _Memory()


def facts(path: Path | str) -> os.stat_result | None:
    """What is known of a regular file that may be opened; None for anything else, and where there is none."""
    try:
        return check(path)
    except (OSError, ValueError):
        return None


def is_file(path: Path | str) -> bool:
    return facts(path) is not None


def is_listed(path: Path | str) -> bool:
    """Whether what a reader lists may be asked for: anything but what is no file and no folder, or out of bounds."""
    try:
        check(path)
    except FileRefused:
        return False
    except (OSError, ValueError):
        return True
    return True


def stamp(path: Path | str) -> tuple[int, int]:
    """Size and mtime (ns) of a regular file, zeros for anything else."""
    stat = facts(path)
    return (stat.st_size, stat.st_mtime_ns) if stat is not None else (0, 0)


def opened(path: Path | str, buffering: int = -1, most: int | None = LARGEST) -> IO[bytes]:
    """A regular file of at most `most` bytes, open for reading. Raises OSError, also for a path that cannot be one."""
    try:
        check(path)
        handle = os.open(path, os.O_RDONLY | _NONBLOCK | _BINARY)
    except ValueError as error:  # a NUL in it
        raise FileRefused(str(error)) from None
    try:
        stat = os.fstat(handle)
        if not modes.S_ISREG(stat.st_mode):
            raise _irregular(stat.st_mode, path)
        if most is not None and stat.st_size > most:
            raise _note(path, f"larger than {most >> 20} MB")
        return open(handle, "rb", buffering=buffering)
    except BaseException:
        os.close(handle)
        raise


def content(path: Path | str, most: int = WHOLE) -> bytes:
    """All that is in a file. Raises OSError, also where it is larger than `most` bytes."""
    with opened(path) as file:
        data = at_most(file, most + 1)
    if len(data) > most:
        raise _note(path, f"larger than {most >> 20} MB")
    spend()
    return data


def at_most(file: IO[bytes], most: int) -> bytes:
    """What `file.read(most)` returns, without the room for `most` bytes that it would take first."""
    size = os.fstat(file.fileno()).st_size
    data = file.read(min(size + 1, most))
    return data if len(data) <= size else data + file.read(most - len(data))


def globbed(folder: Path, *patterns: str) -> list[Path]:
    """What matches, sorted; nothing where the folder cannot be listed."""
    try:
        return sorted(path for pattern in patterns for path in folder.glob(pattern))
    except (OSError, ValueError):
        return []


def regular(paths: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """Those of `paths` that are regular files and may be opened, with what is known of each."""
    for path in paths:
        stat = facts(path)
        if stat is not None:
            yield path, stat


def remembered(kind: str, path: Path, make: Callable[[], T]) -> T:
    """What `make` returns of a file or folder, made once while that stays the same: who asks for each conversation of
    a store would else list or read it as often as there are any."""
    try:
        stat = os.stat(path)
    except (OSError, ValueError):
        return make()
    state = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    cached = _memory.remembered.get((kind, str(path)))
    if cached is not None and cached[0] == state:
        return cast("T", cached[1])
    made_value = make()
    if abs(time.time() - stat.st_mtime) > FRESH:
        if len(_memory.remembered) >= _MOST_REMEMBERED:
            _memory.remembered.clear()
        _memory.remembered[kind, str(path)] = (state, made_value)
    return made_value


def check(path: Path | str) -> os.stat_result:
    """What is known of a regular file that may be opened. Raises `FileRefused` for one that may not, or OSError."""
    stat = os.lstat(path)
    linked = modes.S_ISLNK(stat.st_mode)
    if linked:
        try:
            stat = os.stat(path)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise _note(path, "a link that leads in a circle") from None
            raise
    if not modes.S_ISREG(stat.st_mode):
        raise _irregular(stat.st_mode, path)
    scope = _scope.get()
    if scope is not None and scope.bounds and not _is_within(scope, os.fspath(path), linked):
        raise _note(path, "a link that leads out of the store")
    return stat


def _is_within(scope: _Scope, path: str, linked: bool) -> bool:
    folder = os.path.dirname(path)
    if folder not in scope.folders:
        scope.folders[folder] = _stays(scope.bounds, folder, os.path.realpath(folder))
    return scope.folders[folder] and (not linked or _stays(scope.bounds, path, os.path.realpath(path)))


def _stays(bounds: Sequence[Bound], path: str, real: str) -> bool:
    """Whether a path that is `real` stays within the bounds that it is named in; a reader may name others."""
    mine = [bound for bound in bounds if _is_below(path, bound.named)]
    return not mine or any(_is_below(real, bound.real) for bound in mine)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


_KINDS = (
    (modes.S_ISDIR, "a directory"),
    (modes.S_ISFIFO, "a FIFO"),
    (modes.S_ISSOCK, "a socket"),
    (modes.S_ISCHR, "a device"),
    (modes.S_ISBLK, "a device"),
)


def _irregular(mode: int, path: Path | str) -> OSError:
    kind = next((name for is_one, name in _KINDS if is_one(mode)), "something else")
    if modes.S_ISDIR(mode):  # many a pattern matches folders too: that is no news
        return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return _note(path, f"{kind}, not a file")


# --- bounds and budgets ---------------------------------------------------------------------------------------------


@contextmanager
def within(agent: str, bounds: Iterable[Bound], seconds: float | None = None, key: str = "") -> Iterator[None]:
    """Open only what is within the bounds, and (where given) not longer than `seconds`. Raises `Overtime`."""
    budget = _Budget(key, seconds) if seconds is not None else None
    token = _scope.set(_Scope(agent, tuple(bounds), {}, budget))
    try:
        yield
    finally:
        _scope.reset(token)
    if budget is not None and budget.over:
        raise Overtime(f"listing took longer than {LISTING_SECONDS:.0f} seconds", key)


@contextmanager
def also(place: Path | str) -> Iterator[None]:
    """For a file that a store names outside of itself: what is below `place` must stay there."""
    scope = _scope.get()
    if scope is None:
        scope = _Scope("", (), {}, None)
    token = _scope.set(scope._replace(bounds=(*scope.bounds, bound(place)), folders={}))
    try:
        yield
    finally:
        _scope.reset(token)


def bound(place: Path | str) -> Bound:
    return Bound(os.path.abspath(place), os.path.realpath(place))


@contextmanager
def budgeted(path: Path | str) -> Iterator[None]:
    """Read one file, again and again if need be, within its budget of processor time. Raises `Overtime` at once where
    it was set aside, and at the end where the budget was used up, whatever was made of what was read until then."""
    scope, key = _scope.get(), os.fspath(path)
    if scope is None or (scope.budget is not None and scope.budget.key == key):
        yield
        return
    state = _state(key)
    spend()
    _refuse_again(key, state)
    before, spent = _memory.spent.get(key, (state, 0.0))
    spent, whole = spent if before == state else 0.0, allowance(state[0] + state[2])
    budget, began = _Budget(key, whole - spent), time.thread_time()
    token = _scope.set(scope._replace(budget=budget))
    try:
        yield
    finally:
        _scope.reset(token)
        _memory.spent[key] = (state, spent + time.thread_time() - began)
        if scope.budget is not None:
            scope.budget.over = scope.budget.over or time.thread_time() > scope.budget.until
    if budget.over:
        raise set_aside(Aside(scope.agent, key, f"reading took longer than {whole:.0f} seconds", state, lasting=True))


def allowance(size: int) -> float:
    """Seconds of processor time for a file of `size` bytes."""
    return min(FIRST_SECONDS + size / BYTES_A_SECOND, MOST_SECONDS)


def is_late() -> bool:
    """Whether the budget at hand is used up; asked now and then by what works long on one file."""
    scope = _scope.get()
    if scope is None or scope.budget is None:
        return False
    scope.budget.over = scope.budget.over or time.thread_time() > scope.budget.until
    return scope.budget.over


def spend() -> None:
    """Raises `Overtime` where `is_late`."""
    if is_late():
        raise Overtime("its budget of time is used up")


# --- what was set aside -----------------------------------------------------------------------------------------------


def set_aside(refused_file: Aside) -> Overtime:
    """Remember it, call the listener, and return what to raise."""
    refused_file = refused_file._replace(since=time.time())
    _memory.aside[refused_file.path] = refused_file
    if refused_file.lasting and _memory.listener is not None:
        _memory.listener(refused_file)
    return Overtime(refused_file.reason, refused_file.path)


def all_aside() -> list[Aside]:
    """The files that this process or earlier runs set aside, by path."""
    return [_memory.aside[path] for path in sorted(_memory.aside)]


def remember(refused: Iterable[Aside], listener: Callable[[Aside], None] | None) -> None:
    """Begin with what earlier runs set aside; `listener` is called for more. What another run of this process found to
    be no file is forgotten: it costs nothing to find again, and may be gone."""
    _memory.listener = listener
    _memory.aside = {one.path: one for one in _memory.aside.values() if one.lasting}
    for refused_file in refused:
        _memory.aside.setdefault(refused_file.path, refused_file)


@contextmanager
def apart() -> Iterator[None]:
    """Know nothing of the files opened before, and leave nothing behind for those opened afterwards."""
    global _memory
    before, _memory = _memory, _Memory()
    try:
        yield
    finally:
        _memory = before


def forget() -> None:
    """Try everything again."""
    _memory.aside.clear()
    _memory.spent.clear()


def _refuse_again(key: str, state: tuple[int, ...]) -> None:
    refused_file = _memory.aside.get(key)
    if refused_file is None or not refused_file.lasting:
        return
    if refused_file.stamp == state or time.time() - refused_file.since < RETRIED_AFTER:
        raise Overtime(refused_file.reason, key)
    del _memory.aside[key]


def _note(path: Path | str, reason: str) -> FileRefused:
    """Remember what is no file to be opened, for who asks; inside of a store only."""
    scope = _scope.get()
    if scope is not None:
        name = os.fspath(path)
        _memory.aside.setdefault(name, Aside(scope.agent, name, reason))
    return FileRefused(reason, path)


def _state(path: str) -> tuple[int, int, int, int]:
    """Size and time of a file, and of the write-ahead log beside it."""
    return (*_plain_stamp(path), *_plain_stamp(f"{path}-wal"))


def _plain_stamp(path: str) -> tuple[int, int]:
    try:
        stat = os.stat(path)
    except (OSError, ValueError):
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)
