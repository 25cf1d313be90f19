"""Messages as HTML: whatever is said, only the tags of the renderer come out of it."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from gitstory.render.page.markdown_html import LONGEST, plain, prose
from gitstory.render.page.shared_page import titled
from gitstory.render.page.syntax_highlighting import highlighted, highlighted_lines

TAGS = set("p a pre code span div table thead tbody tr th td ul ol li em strong s blockquote hr br".split())  # noqa: SIM905
ATTRIBUTES = {"class", "href", "rel", "title", "tabindex", "start"}


class Reader(HTMLParser):
    """Takes HTML apart as a browser would: which tags and attributes there are, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def check(html: str) -> Reader:
    read = Reader(html)
    assert read.tags <= TAGS
    assert read.attributes.keys() <= ATTRIBUTES
    assert all(link.startswith(("http://", "https://", "HTTP")) for link in read.attributes.get("href", ()))
    return read


PIECES = st.sampled_from(
    ["<script>x</script>", "<img src=x onerror=y>", "](javascript:alert(1))", "![a](http://e/x.png)", "[a](http://e)",
     '"><b>', "```html\n", "```\n", "`", "|a|b|\n|:-|-:|\n|1|2|\n", "# h\n", "[redacted:password:1]", "&lt;", "\n\n", "<http://e>",
     "[x]: http://e 'y'\n", "\x1b]8;;http://e\x07", "\u202e", "~~", "**", "1. ", "> ", "    "]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=12).map("".join))
def test_nothing_said_is_markup(text: str) -> None:
    check(prose(text))
    check(plain(text))


def test_markdown_reads_as_markdown() -> None:
    read = check(prose("# Plan\n\n- *one*\n- [two](https://example.org/a)\n\n```python\nx = '<b>'\n```\n"))
    assert {"ul", "em", "a", "pre", "span"} <= read.tags and "h1" not in read.tags
    assert "<b>" in read.text


def test_what_was_taken_out_is_labelled_in_text_and_never_in_an_attribute() -> None:
    html = str(prose("see [here](https://[redacted:host:1]/x) and `[redacted:password:2]`"))
    assert html.count('class="gone"') == 2 and "href" not in html
    assert titled("\n## Use [redacted:host:1] now\nor not") == "## Use [host 1] now"


def test_large_texts_are_shown_as_they_are() -> None:
    assert check(prose("**a** <b>" * (LONGEST // 8))).tags == {"pre"}
    assert check(highlighted("x" * 70_000, language="python")).tags == set()


def test_lines_of_code_stay_lines() -> None:
    lines = ['x = """a', "b", '"""', "", "y = 1  # <i>"]
    made = highlighted_lines(lines, "x.py")
    assert [Reader(one).text for one in made] == lines
    assert all(one.count("<span") == one.count("</span>") for one in made)
    assert [str(one) for one in highlighted_lines(["a", "<"], "unknown.zzz")] == ["a", "&lt;"]
