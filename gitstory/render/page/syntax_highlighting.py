"""Code with its syntax in colour, by Pygments: token classes only, so that the page's own style has the say."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from pygments.formatter import Formatter
    from pygments.lexer import Lexer

LONGEST = 150_000
"""Characters of one piece of code that are coloured, which takes 2 microseconds each; a longer one is shown plain."""
_WIDEST = 2_000
"""Characters of a line beyond which it is data rather than code, and a lexer may take long."""
_KEPT = 32
"""Pieces of code that are kept in colour: a file that is shown again."""
_NAME = re.compile(r"[\w+#.-]{1,40}\Z")


def highlighted(text: str, *, language: str = "", path: str = "") -> Markup:
    """`text` (already neutralised) by the language named, or by a file's name; plain where neither is known."""
    lexer = _by_name(language) if language else _by_path(PurePosixPath(path.replace("\\", "/")).name) if path else None
    if lexer is None or len(text) > LONGEST or any(len(line) > _WIDEST for line in text.split("\n")):
        return escape(text)
    html = _coloured(text, lexer)
    return Markup(html if text.endswith("\n") else html.removesuffix("\n"))


def highlighted_lines(lines: list[str], path: str) -> list[Markup]:
    """Each line of a piece of a file by itself; spans never reach over a line's end."""
    html = str(highlighted("\n".join(lines), path=path)).split("\n")
    if len(html) != len(lines):
        return [escape(line) for line in lines]
    return [Markup(line) for line in html]


@lru_cache(_KEPT)
def _coloured(text: str, lexer: Lexer) -> str:
    from pygments import highlight

    return highlight(text, lexer, _formatter())


@cache
def _formatter() -> Formatter[str]:
    from pygments.formatters.html import HtmlFormatter

    return HtmlFormatter(nowrap=True)


@cache
def _by_name(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if not _NAME.match(language):
        return None
    try:
        return get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _by_path(name: str) -> Lexer | None:
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

    try:
        return get_lexer_for_filename(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
