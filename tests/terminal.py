"""A real terminal (tmux) to run a program in, and to read what stands on it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Terminal:
    """One tmux session of its own server. Commands run in a shell in `where`. `patience`: seconds `wait` may take."""

    patience = 30.0

    def __init__(self, socket: Path, where: Path, columns: int, rows: int, **env: str) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("no tmux")
        self._socket = socket
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        said = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PS1": "$ ", **env}
        size = ("-x", str(columns), "-y", str(rows))
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(where), "env", "ENV=", "sh", env=said)

    def _tmux(self, *args: str, env: dict[str, str] | None = None) -> str:
        command = ["tmux", "-u", "-S", str(self._socket), *args]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout

    def run(self, *words: str) -> None:
        """Type a command of git story's."""
        self.keys("-l", shlex.join([sys.executable, "-m", "gitstory", *words]))
        self.keys("Enter")

    def keys(self, *keys: str) -> None:
        """As tmux names them: Down, Enter, Escape, C-c; `-l` before text to be typed."""
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self, *, styled: bool = False) -> str:
        return self._tmux("capture-pane", "-p", *(["-e"] if styled else []))

    def wait(self, *texts: str, gone: str = "") -> str:
        """The screen once all of `texts` stand on it and `gone` does not."""
        until = time.monotonic() + self.patience
        while True:
            seen = self.screen()
            if all(text in seen for text in texts) and not (gone and gone in seen):
                return seen
            assert time.monotonic() < until, f"waited for {texts}, not {gone!r}:\n{seen}"
            time.sleep(0.05)

    def close(self) -> None:
        subprocess.run(["tmux", "-S", str(self._socket), "kill-server"], check=False, capture_output=True)
