"""A server that has the program loaded and forks a process for each command line it is given (see `tests.program`).

`python -P -m tests.forked SOCKET` listens at the path SOCKET until its standard input is closed. A request is its
length in eight characters, sent with three descriptors (standard input, output and error), and texts that each end with
a NUL: "session" or nothing, the directory, the number of arguments, these, and NAME=VALUE of the environment. The
answers are the process id at once and the wait status at the end, a line each.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import ctypes
import gc
import importlib
import io
import os
import pkgutil
import selectors
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

STREAMS = 3


@dataclass(frozen=True)
class Request:
    """One command line; `session`: in a process group of its own."""

    args: list[str]
    cwd: str
    env: dict[str, str]
    session: bool = False

    def packed(self) -> bytes:
        env = [f"{name}={value}" for name, value in self.env.items()]
        parts = ["session" if self.session else "", self.cwd, str(len(self.args)), *self.args, *env]
        return os.fsencode("".join(f"{part}\0" for part in parts))


def unpacked(text: bytes) -> Request:
    """The request that `text` is."""
    session, cwd, count, *rest = os.fsdecode(text).split("\0")[:-1]
    env = dict(part.split("=", 1) for part in rest[int(count) :])
    return Request(rest[: int(count)], cwd, env, bool(session))


class Served(Exception):
    """Raised in the new process, to leave the server's loop."""

    def __init__(self, request: Request, streams: list[int]) -> None:
        self.request, self.streams = request, streams


_HEAVY = ("llm", "numpy", "safetensors", "tokenizers", "wordllama")
"""What few commands import, and what would make every process larger."""


def load() -> None:
    """Import every module of the program and what their functions import, so that each process begins with all."""
    package = importlib.import_module("gitstory")
    for one in pkgutil.walk_packages(package.__path__, "gitstory."):
        if not one.name.endswith("__main__"):
            module = importlib.import_module(one.name)
            for name in _imported_later(Path(str(module.__file__)).read_text("utf-8")):
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
    importlib.import_module("tests.warmed").warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # a look at what a short run has made copies the pages that it is in


def _imported_later(text: str) -> Iterator[str]:
    """The modules, other than the program's own, that functions of a module import."""
    for function in ast.walk(ast.parse(text)) if "    import " in text or "    from " in text else ():
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [str(node.module)]
            else:
                continue
            yield from (name for name in names if not name.startswith(("gitstory", *_HEAVY)))


def serve(path: str) -> None:
    """Answer requests until standard input ends; raises `Served` in the processes that it forks."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    ended, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting: dict[int, socket.socket] = {}
    print("ready", flush=True)
    with selectors.DefaultSelector() as selector:
        for source in (listener, ended, sys.stdin):
            selector.register(source, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if sys.stdin in ready:
                return
            if ended in ready:
                ended.recv(4096)
                _report(waiting)
            if listener in ready:
                _accept(listener, waiting, [listener, ended, wake])


def _report(waiting: dict[int, socket.socket]) -> None:
    for process in list(waiting):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            with waiting.pop(process) as connection, contextlib.suppress(OSError):
                connection.sendall(b"%d\n" % status)


def _accept(listener: socket.socket, waiting: dict[int, socket.socket], held: list[socket.socket]) -> None:
    connection, _ = listener.accept()
    size, streams, _, _ = socket.recv_fds(connection, 8, STREAMS)
    text = b""
    while len(text) < int(size):
        text += connection.recv(int(size) - len(text))
    process = os.fork()
    if not process:
        signal.set_wakeup_fd(-1)
        for one in (*held, connection, *waiting.values()):
            one.close()
        raise Served(unpacked(text), streams)
    for stream in streams:
        os.close(stream)
    waiting[process] = connection
    connection.sendall(b"%d\n" % process)


def become(request: Request, streams: list[int]) -> NoReturn:
    """Be `python -P -m gitstory ARGS` from here on."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if request.session:
        os.setsid()
    if request.args[:1] == ["ui"] and sys.platform == "linux":
        # Have the kernel end what a test lets run on when the server is gone, however that ended.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request.cwd)
    os.environ.clear()
    os.environ.update(request.env)
    time.tzset()
    sys.stdin, sys.stdout, sys.stderr = (
        _stream(number, one) for number, one in enumerate((sys.stdin, sys.stdout, sys.stderr))
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    import gitstory.__main__ as program
    import gitstory.fault_points as faults

    fork_hooks(Path(sys.argv[1]).with_name("git-story"))
    sys.argv = [str(program.__file__), *request.args]
    if any(name in request.env for name in (faults.VARIABLE, faults.PATIENCE)):
        importlib.reload(faults)  # it reads them as it is imported
    code = 0
    try:
        code = program.main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except OSError:
        code = 120
    sys.stderr.flush()
    os._exit(code & 0xFF)


def fork_hooks(script: Path, put: Callable[[object, str, object], None] = setattr) -> None:
    """Let the hooks that this process installs, and the workers and the commands of pages that it starts, run `script`,
    which asks the server.

    Not a watcher: others look for its process by its command line. `put` sets an attribute of a module.
    """
    from gitstory.hooks import entry
    from gitstory.hooks import git_story_executable as programs
    from gitstory.ui import button_commands

    start, python = programs.start, programs.isolated_python

    def start_forked(args: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        programs.isolated_python = python if "watch" in args else lambda: [str(script)]
        try:
            return start(args, cwd, env)
        finally:
            programs.isolated_python = python

    put(button_commands, "isolated_python", lambda: [str(script)])
    put(programs, "own_program", script.as_posix)
    for module in (programs, entry):
        put(module, "start", start_forked)


def _stream(number: int, like: Any) -> io.TextIOWrapper:
    """What Python makes of a standard stream as it starts."""
    raw = open(number, "rb" if number == 0 else "wb", closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(
        raw,
        encoding=like.encoding,
        errors=like.errors,
        newline=None if number == 0 else "\n",
        line_buffering=number == 2 or os.isatty(number),
    )


if __name__ == "__main__":
    load()
    try:
        serve(sys.argv[1])
    except Served as served:
        become(served.request, served.streams)
    Path(sys.argv[1]).unlink()
