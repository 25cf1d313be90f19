"""`git story ui` as a process, and requests to it as a browser, or somebody else, sends them."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import program
from tests.program import Running

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 60


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Served:
    """A running server. `cookie` is what a browser has after it opened the printed address."""

    def __init__(self, process: subprocess.Popen[bytes] | Running, address: str) -> None:
        self.process = process
        self.address = address
        match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]+)", address)
        assert match is not None, address
        self.port, self.token = int(match[1]), match[2]
        self.host = f"127.0.0.1:{self.port}"
        self.cookie = self.set_cookie = ""

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: str | None = None,
        cookie: str | None = None,
        host: str | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        sent = {"Host": host or self.host, **(headers or {})}
        sent_cookie = self.cookie if cookie is None else cookie
        if sent_cookie:
            sent["Cookie"] = sent_cookie
        if body is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        connection.close()
        return answer

    def enter(self) -> Served:
        answer = self.ask(f"/?token={self.token}")
        assert answer.status == 200, answer.text
        self.set_cookie = answer.headers["set-cookie"]
        self.cookie = self.set_cookie.partition(";")[0]
        return self

    def page(self, path: str, status: int = 200) -> str:
        answer = self.ask(path)
        assert answer.status == status, f"{path}: {answer.status} {answer.text[:2000]}"
        return answer.text

    def read(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.text[:2000]}"
        return answer.json

    def form(self, path: str, csrf: str, **fields: str) -> Answer:
        from urllib.parse import urlencode

        body = urlencode({"csrf": csrf, **fields})
        return self.ask(path, method="POST", body=body, headers={"Origin": f"http://{self.host}"})


@contextmanager
def served(where: Path, *args: str, start: bool = False) -> Iterator[Served]:
    """A server for the repository at `where`, ended by Ctrl-C; nothing may have been said but its address."""
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    process = begin(where, *args, start=start)
    try:
        assert process.stdout is not None and process.stderr is not None
        address = process.stdout.readline().decode().strip()
        if not address:
            pytest.fail(f"it did not begin: {process.stderr.read().decode()}")
        yield Served(process, address).enter()
        assert end(process) == 0
        assert process.stdout.read() == b""
        assert process.stderr.read() == b""
    finally:
        kill(process)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def begin(where: Path, *args: str, start: bool = False) -> subprocess.Popen[bytes] | Running:
    """The program; `start`: Python is started for it and for the commands that it runs."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = ["ui", "--no-browser", *args]
    running = None if start else program.begin(words, where, env)
    if running is not None:
        return running
    command = [sys.executable, "-P", "-m", "gitstory", *words]
    return subprocess.Popen(
        command,
        cwd=where,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    """Have the kernel kill this process when the one that tests is gone, however that ended."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def kill(process: subprocess.Popen[bytes] | Running) -> None:
    """End a server and all it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end(process: subprocess.Popen[bytes] | Running) -> int:
    """Press Ctrl-C and wait."""
    process.send_signal(signal.SIGINT)
    return process.wait(LONGEST)
