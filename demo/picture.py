"""`make picture`: docs/images/why.svg, a picture of a terminal made from what the program prints.

The example project is built in a temporary directory with fixed times, so that the same program draws the same
picture. A test compares it with the one in docs/images.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from demo.project import build, run, sealed_environment

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "why.svg"
COMMAND = "git story why slugs.py:9"
COLUMNS = 88
_FONT, _CELL, _LINE, _MARGIN, _BAR = 14, 8.43, 20, 20, 36
_COLORS = {
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#e3b341",
    "34": "#79c0ff",
    "35": "#d2a8ff",
    "36": "#76e3ea",
}
_STYLES = {"1": "font-weight:bold", "2": "fill:#8b949e"} | {code: f"fill:{color}" for code, color in _COLORS.items()}
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


class Run(NamedTuple):
    """Text that stands in one style, and the column at which it begins."""

    column: int
    text: str
    style: str


def runs(line: str) -> Iterator[Run]:
    """The parts of a line that has escape sequences for colours."""
    column, style = 0, ""
    for at, part in enumerate(_ESCAPE.split(line)):
        if at % 2:
            style = ";".join(_STYLES[code] for code in part.split(";") if code in _STYLES)
        elif part:
            yield Run(column, part, style)
            column += len(part)


def drawn(lines: list[str]) -> str:
    """An SVG of a terminal that shows `lines`."""
    width = round(COLUMNS * _CELL + 2 * _MARGIN)
    height = _BAR + len(lines) * _LINE + _MARGIN
    body = "\n".join(_text(row, part) for row, line in enumerate(lines) for part in runs(line))
    dots = "".join(f'<circle cx="{24 + 20 * at}" cy="20" r="6" fill="#484f58"/>' for at in range(3))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{escape(COMMAND)}</title>
<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>
{dots}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="{_FONT}" \
fill="#e6edf3">
{body}
</g>
</svg>
"""


def _text(row: int, part: Run) -> str:
    x, y = _MARGIN + part.column * _CELL, _BAR + (row + 1) * _LINE - 4
    style = f' style="{part.style}"' if part.style else ""
    length = f'textLength="{len(part.text) * _CELL:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{x:.1f}" y="{y}" xml:space="preserve" {length}{style}>{escape(part.text, quote=False)}</text>'


def printed() -> str:
    """What the program prints in the example project, with colours."""
    with tempfile.TemporaryDirectory(prefix="gitstory-picture-", ignore_cleanup_errors=True) as folder:
        home, project = Path(folder) / "home", Path(folder) / "articles"
        home.mkdir()
        env = build(home, project, {**sealed_environment(home), "COLUMNS": str(COLUMNS), "GIT_PAGER_IN_USE": "1"})
        words = shlex.split(COMMAND)
        return run([*words[:2], "--color=always", *words[2:]], project, env)


def picture() -> str:
    """The SVG as it should be."""
    return drawn([f"\x1b[2m$\x1b[0m {COMMAND}", "", *printed().rstrip("\n").splitlines()])


def main() -> int:
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
