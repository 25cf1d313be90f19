"""`git story` in a process of its own, without starting Python each time.

A server with the program loaded (`tests.forked`) forks a process for each run: its own streams, directory,
environment, signals and end, but no interpreter to start and no module to import, which is most of what a run costs.
Where a test is about how the program starts, or GITSTORY_TEST_START is set (`make matrix`), Python is started.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import pytest

from tests import forked
from tests.forked import Request

ROOT = Path(__file__).resolve().parents[1]
START = [sys.executable, "-P", "-m", "gitstory"]
_STARTS = bool(os.environ.get("GITSTORY_TEST_START")) or not hasattr(socket, "send_fds") or not hasattr(os, "fork")
_LOCALE = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE")
_SAME = {name: os.environ.get(name) for name in _LOCALE}
_HARMLESS = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
_lock = threading.Lock()
_servers: dict[int, Path] = {}
_shared: list[Path] = []
_started_servers: list[subprocess.Popen[bytes]] = []
"""Those of this process and of the one that it is forked from, which alone may wait for them."""


def run(
    args: tuple[str, ...] | list[str],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    *,
    input: str | bytes | None = None,
    timeout: float | None = None,
    session: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """`git story ARGS`, run to its end with its output caught; `session`: in a process group of its own."""
    env = os.environ if env is None else env
    data = input.encode() if isinstance(input, str) else input
    if not is_same_python(env):
        return _started(args, cwd, env, data, timeout, session)
    with tempfile.TemporaryFile() as stdin:
        stdin.write(data or b"")
        stdin.seek(0)
        source = stdin.fileno() if data is not None else os.open(os.devnull, os.O_RDONLY)
        try:
            return _forked(args, cwd, env, source, timeout, session)
        finally:
            if data is None:
                os.close(source)


class Running:
    """A run that goes on beside the test: what `subprocess.Popen` offers of it."""

    def __init__(self, pid: int, connection: socket.socket, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self.pid = pid
        self.stdout: IO[bytes] | None = stdout
        self.stderr: IO[bytes] | None = stderr
        self._connection: socket.socket | None = connection
        self._code = 0

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it has ended. Raises `subprocess.TimeoutExpired`."""
        if self._connection is not None:
            self._connection.settimeout(timeout)
            try:
                self._code = os.waitstatus_to_exitcode(int(_line(self._connection)))
            except TimeoutError:
                raise subprocess.TimeoutExpired(START, timeout or 0) from None
            self._connection.close()
            self._connection = None
        return self._code

    def send_signal(self, number: int) -> None:
        if self._connection is not None:
            os.kill(self.pid, number)


def begin(args: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Running | None:
    """`git story ARGS` in a session of its own, not waited for; None where Python has to be started for it."""
    if not is_same_python(env):
        return None
    stdin = os.open(os.devnull, os.O_RDONLY)
    try:
        process, connection, out, err = _requested(Request(list(args), os.fsdecode(cwd), dict(env), True), stdin)
    finally:
        os.close(stdin)
    return Running(process, connection, os.fdopen(out, "rb"), os.fdopen(err, "rb"))


def script() -> str:
    """What a shell script runs in the place of `git-story`, up to the arguments."""
    if _STARTS:
        return f'PYTHONPATH="{ROOT}" "{sys.executable}" -m gitstory'
    return f'{_client(_server())} "{_server()}"'


def fork_what_it_starts(patched: pytest.MonkeyPatch) -> None:
    """Have hooks and workers of commands that run in this process ask the server, as those of forked ones do."""
    if not _STARTS:
        forked.fork_hooks(_server().with_name("git-story"), patched.setattr)


def install(folder: Path) -> Path:
    """A `git-story` in `folder`, for PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write_script(folder / "git-story", script().replace("PYTHONPATH", "env PYTHONPATH"))


def _write_script(path: Path, command: str) -> Path:
    path.write_text(f'#!/bin/sh\n# runs gitstory.start\nexec {command} "$@"\n')
    path.chmod(0o755)
    return path


def as_text(done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    """The same with its output as `subprocess` decodes it."""
    out, err = (io.TextIOWrapper(io.BytesIO(one), "utf-8").read() for one in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def is_same_python(env: Mapping[str, str]) -> bool:
    """Whether Python itself would start with `env` as the server did."""
    if _STARTS or any(env.get(name, _SAME[name]) != _SAME[name] for name in _LOCALE) or "LD_PRELOAD" in env:
        return False
    return all(_HARMLESS.get(name) == value for name, value in env.items() if name.startswith("PYTHON"))


def _started(
    args: tuple[str, ...] | list[str],
    cwd: Path,
    env: Mapping[str, str],
    data: bytes | None,
    timeout: float | None,
    session: bool,
) -> subprocess.CompletedProcess[bytes]:
    with subprocess.Popen(
        [*START, *args],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=session,
    ) as process:
        try:
            out, err = process.communicate(data, timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess([*START, *args], process.returncode, out, err)


def _forked(
    args: tuple[str, ...] | list[str],
    cwd: Path,
    env: Mapping[str, str],
    stdin: int,
    timeout: float | None,
    session: bool,
) -> subprocess.CompletedProcess[bytes]:
    caught: dict[str, bytes] = {}
    process, connection, out, err = _requested(Request(list(args), os.fsdecode(cwd), dict(env), session), stdin)
    with connection:
        readers = [
            threading.Thread(target=_read, args=(one, caught, name)) for one, name in ((out, "out"), (err, "err"))
        ]
        for reader in readers:
            reader.start()
        connection.settimeout(timeout)
        try:
            status = int(_line(connection))
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            raise subprocess.TimeoutExpired([*START, *args], timeout or 0) from None
        for reader in readers:
            reader.join()
    return subprocess.CompletedProcess([*START, *args], os.waitstatus_to_exitcode(status), caught["out"], caught["err"])


def _requested(request: Request, stdin: int) -> tuple[int, socket.socket, int, int]:
    """A process for `request`: its id, the connection on which its end is reported, and its output and errors."""
    if not Path(request.cwd).is_dir():
        raise FileNotFoundError(request.cwd)
    text = request.packed()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(_server()))
    (out, out_end), (err, err_end) = os.pipe(), os.pipe()
    socket.send_fds(connection, [b"%8d" % len(text)], [stdin, out_end, err_end])
    connection.sendall(text)
    os.close(out_end)
    os.close(err_end)
    return int(_line(connection)), connection, out, err


def _line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        line += connection.recv(1) or b"\n"
    return line


def _read(source: int, caught: dict[str, bytes], name: str) -> None:
    with open(source, "rb") as stream:
        caught[name] = stream.read()


@contextlib.contextmanager
def shared_server() -> Iterator[None]:
    """Start a server for this process and for all that are forked from it, of which each would load the program; it
    loads while the body runs."""
    if _STARTS:
        yield
        return
    finish = _serve()
    yield
    _shared.append(finish())


def _server() -> Path:
    """The socket of the server: that of all test processes, or this one's own, which is started by the first who asks
    and ends with the process."""
    with _lock:
        if _shared:
            return _shared[0]
        if os.getpid() not in _servers:
            _servers[os.getpid()] = _serve()()
        return _servers[os.getpid()]


def _client(server: Path) -> str:
    """The program that asks the server, with its arguments: compiled where there is a compiler, else in Python."""
    compiled = server.with_name("client")
    if not compiled.exists():
        command = ["cc", "-O1", "-o", str(compiled), str(ROOT / "tests/forked_client.c")]
        with contextlib.suppress(OSError):
            subprocess.run(command, capture_output=True, check=False)
    if compiled.exists():
        return f'"{compiled}"'
    return f'"{sys.executable}" -I -S "{ROOT / "tests/forked_client.py"}"'


def _serve() -> Callable[[], Path]:
    """Start a server; the function returned waits until it is ready."""
    folder = Path(tempfile.mkdtemp(prefix="gitstory-"))
    path = folder / "socket"
    # Its environment is that of the test process but for what a test has set for programs.
    env = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **{k: v for k, v in _SAME.items() if v is not None}}
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.forked", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=env,
    )
    _started_servers.append(server)
    stdin, stdout = server.stdin, server.stdout
    assert stdin is not None and stdout is not None
    atexit.register(_stop, server, stdin, folder)
    _write_script(folder / "git-story", f'{_client(path)} "{path}"')

    def finish() -> Path:
        with stdout:
            assert stdout.readline() == b"ready\n", "tests/forked.py did not start"
        return path

    return finish


def _stop(server: subprocess.Popen[bytes], stdin: IO[bytes], folder: Path) -> None:
    stdin.close()
    server.wait()
    for name in ("client", "git-story"):
        folder.joinpath(name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
