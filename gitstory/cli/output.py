"""The only writer of stdout and stderr among the commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from gitstory.cli.shared_options import OPENED
from gitstory.text.console import Console, Pager, choose_pager, neutralise_line, wants_color


def say(text: str = "") -> None:
    """One line on stdout, control characters made visible; on a terminal it is broken between words."""
    line = neutralise_line(text)
    if sys.stdout.isatty() and len(line) > (width := _width()):
        from gitstory.text.wording import hanging

        line = "\n".join(hanging(line, width))
    sys.stdout.write(line + "\n")


def say_json(value: Any) -> None:
    """One JSON value on one line of stdout."""
    from gitstory.render.json import dump

    sys.stdout.write(dump(value) + "\n")


def complain(message: str, hint: str | None = None) -> None:
    """`error: ...` and `hint: ...` on stderr, one line each."""
    lines = [f"error: {neutralise_line(message)}"]
    if hint:
        lines.append(f"hint: {neutralise_line(hint)}")
    _to_stderr(lines)


def warn(message: str, hint: str | None = None) -> None:
    lines = [f"warning: {neutralise_line(message)}"]
    if hint:
        lines.append(f"hint: {neutralise_line(hint)}")
    _to_stderr(lines)


def _to_stderr(lines: list[str]) -> None:
    try:
        sys.stdout.flush()
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # stdout was closed


def settings() -> dict[str, str]:
    """What git's configuration says of colour and pager, keys in lower case; empty where there is no git."""
    from functools import partial

    from gitstory.errors import GitStoryError
    from gitstory.git.config_snapshot import read
    from gitstory.git.process import git

    context = click.get_current_context(silent=True)
    opened = context.find_root().meta.get(OPENED) if context is not None else None
    try:
        config = read(partial(git, located=False)) if opened is None else opened.settings
    except GitStoryError:
        return {}
    pairs = {key.decode("utf-8", "replace"): value for key, value in config.sections("color", "core", "pager")}
    return {key: "true" if value is None else value.decode("utf-8", "replace") for key, value in pairs.items()}


@contextmanager
def console(*, pager: bool = True) -> Iterator[Console]:
    """Where a reading command writes: stdout, or a pager in front of it where git would start one."""
    options: Mapping[str, Any] = _global_option()
    env, config = os.environ, settings()
    terminal = sys.stdout.isatty()
    inherited = env.get("GIT_PAGER_IN_USE", "").lower() in ("true", "1", "yes", "on")
    command = choose_pager(env, config) if pager and terminal and not options.get("no_pager") else None
    color = wants_color(
        options.get("color"), env, config, terminal=terminal or inherited, paged=inherited or command is not None
    )
    width = _width()
    if command is None:
        obeyed = env.get("GITHUB_ACTIONS") == "true"
        yield Console(sys.stdout, color=color, width=width, screen=terminal or inherited, obeyed=obeyed)
        sys.stdout.flush()
        return
    yield from _paged(command, color, width)


def _width() -> int:
    """Columns of the terminal; `shutil` knows too, but takes 10 ms to load."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _paged(command: str, color: bool, width: int) -> Iterator[Console]:
    sys.stdout.flush()
    pager = Pager(command, os.environ)
    whole = True
    try:
        yield Console(pager.stream, color=color, width=width, screen=True)
    except BrokenPipeError:
        whole = False
    finally:
        whole = pager.close() and whole
    if not whole:
        # git dies of SIGPIPE when its pager is left early; so do we, after the pager has gone.
        raise PagerLeft


class PagerLeft(BrokenPipeError):
    """The person left the pager before everything was written."""


def _global_option() -> Mapping[str, Any]:
    ctx = click.get_current_context(silent=True)
    options = ctx.find_root().obj if ctx is not None else None
    return options if isinstance(options, dict) else {}


def stdout_is_closed() -> bool:
    """Whether the reader of stdout has gone (True if the system does not know)."""
    try:
        from select import POLLERR, POLLHUP, POLLOUT, poll
    except ImportError:
        return True
    watcher = poll()
    try:
        watcher.register(sys.stdout.fileno(), POLLOUT)
    except (OSError, ValueError):
        return True
    return any(event & (POLLERR | POLLHUP) for _fd, event in watcher.poll(0))


def die_of_closed_pipe() -> int:
    """End as git does: killed by SIGPIPE where there are signals, else with the code a shell shows for it."""
    import signal

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, sys.stdout.fileno())
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
    return 141
