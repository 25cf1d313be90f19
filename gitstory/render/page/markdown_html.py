"""Messages of agents, which are Markdown, as HTML that cannot reach out of its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from gitstory.render.page.syntax_highlighting import highlighted
from gitstory.text.console import neutralise

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

LONGEST = 200_000
"""Characters of one message that are read as Markdown; a longer one is shown as it is."""
_WEB = re.compile(r"https?://", re.I)
MARKER = re.compile(r"\[redacted:([a-z0-9-]{1,60}):(\d{1,9})\]")
"""What redaction leaves in the place of what it took out: a rule and a number."""


def prose(text: str) -> Markup:
    """A message: Markdown without HTML and images, links only to the web, headings as bold lines."""
    safe = neutralise(text)
    if len(safe) > LONGEST:
        return Markup("<pre>{}</pre>").format(safe)
    return Markup(_parser().render(safe))


def plain(text: str) -> Markup:
    """A prompt: as it was typed."""
    return marked(neutralise(text).strip("\n"))


def marked(text: str) -> Markup:
    """Text as HTML, with what redaction left as small labels that read well."""
    return Markup(MARKER.sub(r'<span class="gone" title="removed by gitstory">\1 \2</span>', str(escape(text))))


def coded(text: str) -> Markup:
    """A message of gitstory: what stands between backticks as code."""
    parts = str(escape(neutralise(text))).split("`")
    if len(parts) % 2 == 0:
        return Markup("`".join(parts))
    return Markup("".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts)))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    parser.disable(["image", "reference", "html_block", "html_inline"])
    parser.validateLink = _is_open  # type: ignore[method-assign]
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def _is_open(url: str) -> bool:
    """Whether a link leads to the web, with nothing taken out of its address."""
    return _WEB.match(url) is not None and "redacted:" not in url


def _text(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return marked(tokens[at].content)


def _code(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return f"<code>{marked(tokens[at].content)}</code>"


def _fence(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    language = token.info.strip().split(" ")[0] if token.info else ""
    return f'<pre class="code" tabindex="0"><code>{highlighted(token.content, language=language)}</code></pre>\n'


def _heading(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    # The outline of the page is ours: a message's heading only looks like one.
    token = tokens[at]
    return f'<p class="heading {token.tag}">' if token.nesting == 1 else "</p>\n"


def _link(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    target = escape(str(tokens[at].attrGet("href") or ""))
    return f'<a href="{target}" rel="noopener noreferrer nofollow" title="{target}">'


def _table(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return '<div class="wide" tabindex="0"><table>' if tokens[at].nesting == 1 else "</table></div>\n"


def _cell(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    # A style in an attribute is what the page's policy forbids.
    token = tokens[at]
    side = str(token.attrGet("style") or "").removeprefix("text-align:")
    return f'<{token.tag} class="{side}">' if side in ("left", "right", "center") else f"<{token.tag}>"


_RULES = {
    "text": _text,
    "code_inline": _code,
    "th_open": _cell,
    "td_open": _cell,
    "fence": _fence,
    "code_block": _fence,
    "heading_open": _heading,
    "heading_close": _heading,
    "link_open": _link,
    "table_open": _table,
    "table_close": _table,
}
