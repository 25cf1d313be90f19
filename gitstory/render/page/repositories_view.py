"""The list of repositories, where the application shows more than one."""

from __future__ import annotations

from collections.abc import Sequence

from gitstory.render.page.frame import Frame, framed
from gitstory.text.console import neutralise_line


def repositories_page(rows: Sequence[tuple[str, str, str]], frame: Frame) -> str:
    """`rows` are (name, address, place)."""
    shown = [(neutralise_line(name), address, neutralise_line(place)) for name, address, place in rows]
    return framed(frame, "repositories.html", "Repositories", rows=shown)
