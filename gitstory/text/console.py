"""The manners of a terminal program that stands beside git: colour, pager, and no foreign escapes.

What decides is passed in (environment, git's settings, whether stdout is a terminal); `cli.output` reads it.
"""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Mapping
from typing import IO, Literal, TextIO

from gitstory.git.find_program import absolute_only
from gitstory.text.invisible_characters import UNSAFE, shown

Color = Literal["auto", "always", "never"]

_SGR = {
    "bold": "1",
    "dim": "2",
    "italic": "3",
    "underline": "4",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


def neutralise(text: str) -> str:
    """`text` with nothing in it that a terminal obeys or no reader sees; it is shown instead (`^[`, `<U+202E>`).

    Newlines and tabs stay; a carriage return before a newline goes.
    """
    if text.isascii() and text.isprintable():
        return text
    return UNSAFE.sub(shown, text.replace("\r\n", "\n"))


def neutralise_line(text: str) -> str:
    """The same for text that has to stay on one line: newlines and tabs become spaces."""
    return neutralise(text.replace("\r\n", "\n").replace("\n", " ").replace("\t", " "))


def wants_color(
    option: str | None, env: Mapping[str, str], settings: Mapping[str, str], *, terminal: bool, paged: bool
) -> bool:
    """Whether to colour, in git's order: the option, NO_COLOR, `color.story`, `color.ui`, then what stdout is.

    `terminal` says that a person reads stdout in the end; `paged` that it goes through a pager.
    """
    setting = option
    if setting is None and env.get("NO_COLOR"):
        return False
    if setting is None:
        setting = settings.get("color.story", settings.get("color.ui", "auto")).lower()
    if setting in ("always", "never"):
        return setting == "always"
    if setting in ("false", "no", "off", "0"):
        return False
    if paged and settings.get("color.pager", "true").lower() in ("false", "no", "off", "0"):
        return False
    return terminal and env.get("TERM", "") not in ("", "dumb")


def choose_pager(env: Mapping[str, str], settings: Mapping[str, str]) -> str | None:
    """The shell command of the pager in git's order, None for none: GIT_PAGER, core.pager, PAGER, less.

    `pager.story` overrides: false for none, a command for itself.
    """
    own = settings.get("pager.story", "")
    if own.lower() in ("false", "no", "off", "0"):
        return None
    if own and own.lower() not in ("true", "yes", "on", "1"):
        return own
    candidates = (env.get("GIT_PAGER"), settings.get("core.pager"), env.get("PAGER"), "less")
    chosen = next(c for c in candidates if c is not None).strip()
    return None if chosen in ("", "cat") else chosen


class Pager:
    """A running pager; write to `stream`, then `close`."""

    def __init__(self, command: str, env: Mapping[str, str]) -> None:
        """Raises OSError if no shell can be started."""
        settings = {"LESS": "FRX", "LV": "-c", **absolute_only(env), "GIT_PAGER_IN_USE": "true"}
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            command, shell=True, stdin=subprocess.PIPE, env=settings
        )
        pipe: IO[bytes] | None = self._process.stdin
        assert pipe is not None
        self.stream: TextIO = io.TextIOWrapper(pipe, encoding="utf-8", errors="backslashreplace", newline="\n")

    def close(self) -> bool:
        """Wait until the person is done reading; False if they left before everything was written."""
        whole = True
        try:
            self.stream.close()
        except BrokenPipeError:
            whole = False
        while True:
            try:
                self._process.wait()
            except KeyboardInterrupt:
                continue  # ^C is the pager's while it runs
            return whole


_COMMAND = re.compile(r"^([ \t]{0,200})(?=::|##\[)", re.MULTILINE)
"""Before what GitHub's runner obeys where it begins a line
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions)."""


class Console:
    """Where text goes, and how: `stream`, `color`, `width` in columns, and whether that is a `screen` of this width.

    `obeyed`: a runner of workflows reads the output and obeys commands in it; what others said is none.
    """

    def __init__(
        self, stream: TextIO, *, color: bool = False, width: int = 80, screen: bool = False, obeyed: bool = False
    ) -> None:
        self.stream = stream
        self._obeyed = obeyed
        self.color = color
        self.width = width
        self.screen = screen

    def paint(self, text: str, *styles: str) -> str:
        """`text` in the named styles where there is colour; the caller has made it safe."""
        if not self.color or not text or not styles:
            return text
        return f"\x1b[{';'.join(_SGR[style] for style in styles)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        if self._obeyed and ("::" in text or "##[" in text):
            text = _COMMAND.sub(r"\1\\", text)
        self.stream.write(text + "\n")

    def write(self, text: str) -> None:
        self.stream.write(text)
