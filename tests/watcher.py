"""A real `git story watch` in a process of its own, and conversations that go on while it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONG = 120.0
"""Seconds nothing here may take, however busy the machine is."""


class Watching:
    """The process; its lines are read from a file, as nobody sits at a terminal."""

    def __init__(self, where: Path, *args: str, prefix: tuple[str, ...] = (), **env: str) -> None:
        self.where = where
        self._out = (where.parent / f"watch-{time.monotonic_ns()}.out").open("w+b")
        command = [*prefix, sys.executable, "-m", "gitstory", "watch", *args]
        said = {**os.environ, "PYTHONPATH": str(ROOT), **env}
        self.process = subprocess.Popen(command, cwd=where, stdout=self._out, stderr=self._out, env=said)

    def output(self) -> str:
        return Path(self._out.name).read_text("utf-8", "replace")

    def wait(self, *texts: str) -> str:
        """What was said once all of these were."""
        until(lambda: all(text in self.output() for text in texts) or self.process.poll() is not None, self.output)
        said = self.output()
        assert all(text in said for text in texts), said
        return said

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(LONG)
        self._out.close()
        return code


def until(true: Callable[[], bool], said: Callable[[], object] = lambda: "") -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, said()
        time.sleep(0.03)


def histories(where: Path) -> str:
    """All history files together."""
    return "".join(path.read_text("utf-8") for path in sorted((where / ".gitstory/history").glob("*.md")))
