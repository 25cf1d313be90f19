"""What `git story watch` shows: a line for each save, and below them, on a terminal, what it is doing."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from gitstory.text.console import Console, neutralise_line, wants_color
from gitstory.text.wording import agent_label, count, listed, one_line

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.watching.save_round import Saved

_TITLE = 60


class WatchView:
    """Lines on stdout; the last line of a terminal is written over."""

    def __init__(self, repo: Repo) -> None:
        from gitstory.cli.output import settings

        self._top = repo.worktree
        self._live = sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
        color = wants_color(None, os.environ, settings(), terminal=sys.stdout.isatty(), paged=False)
        self._out = Console(sys.stdout, color=color)
        self._below = "looking for conversations ..."
        self._saved = 0
        self._draw()

    def __enter__(self) -> WatchView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wipe()
        sys.stdout.flush()

    def begun(self, folders: int, agents: list[str], polling: str) -> None:
        names = listed([agent_label(agent) for agent in agents]) or "no agent so far"
        self._below = f"watching {count(folders, 'folder')} ({names}); Ctrl-C ends it"
        if self._live:
            self._draw()
        else:
            self._line(self._below.partition(";")[0])

    def saved(self, saved: Saved) -> None:
        self._saved += 1
        where = _shown(saved.path, self._top) if saved.path is not None else "search index"
        title = neutralise_line(one_line(saved.title))
        short = title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"
        moment = time.strftime("%H:%M:%S", time.localtime(saved.time))
        paint = self._out.paint
        self._line(
            f"{paint(moment, 'dim')}  {paint(agent_label(saved.key[0]), 'bold')}  turn {saved.turn}  {short}  "
            + paint(neutralise_line(where), "dim")
        )

    def report(self, text: str) -> None:
        self._line(f"{time.strftime('%H:%M:%S')}  {neutralise_line(text)}")

    def problem(self, text: str) -> None:
        self._line(f"{time.strftime('%H:%M:%S')}  {self._out.paint('problem: ', 'yellow')}{neutralise_line(text)}")

    def _line(self, text: str) -> None:
        self._wipe()
        sys.stdout.write(text + "\n")
        self._draw()
        sys.stdout.flush()

    def _wipe(self) -> None:
        if self._live:
            sys.stdout.write("\r\x1b[K")

    def _draw(self) -> None:
        """One line at most, so that it can be written over."""
        if self._live:
            done = f"{self._saved} saved; " if self._saved else ""
            width = max(10, os.get_terminal_size(sys.stdout.fileno()).columns - 1)
            sys.stdout.write("\r\x1b[K" + self._out.paint(f"{done}{self._below}"[:width], "dim"))
            sys.stdout.flush()


def _shown(path: Path, top: Path | None) -> str:
    return path.relative_to(top).as_posix() if top is not None and path.is_relative_to(top) else str(path)
