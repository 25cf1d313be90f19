"""A brief as Markdown for a pull request: what was said stands escaped, the stories of the commits below are folded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gitstory.history_files.render import folded, html
from gitstory.queries.review.values import Brief, FileBrief, Quote
from gitstory.render.review import Named, head, parts, quoted, tail
from gitstory.render.story_markdown import story_markdown
from gitstory.summary.commit_story import CommitView
from gitstory.text.console import neutralise_line
from gitstory.text.escape_markdown import plain, span, unlinked
from gitstory.text.wording import count, shorten

LONGEST = 60_000
"""Characters of a document: forges take 65,536 in a comment. Stories of commits are left out beyond."""

Linked = Callable[[Quote], str]
"""The address of a turn, "" where it has none."""


def review_markdown(
    brief: Brief, name: Named, views: Sequence[CommitView] = (), link: Linked = lambda quote: "", *, note: str = ""
) -> str:
    """A document ending in a newline, safe to post. `note` is a line of the caller's own, Markdown already."""
    text = "\n\n".join(_sections(brief, name, link, note)) + "\n"
    left = 0
    for view in views:
        block = "\n" + folded(_summary(view), story_markdown(view).strip()) + "\n"
        if len(text) + len(block) > LONGEST:
            left += 1
        else:
            text += block
    return text + (f"\n{count(left, 'more story', 'more stories')} left out for length.\n" if left else "")


def _summary(view: CommitView) -> str:
    turns = sum(each.link.evidence != "context" for one in view.conversations for each in one.turns)
    facts = f"{count(turns, 'turn')}" if turns else "no conversation"
    subject = unlinked(shorten(neutralise_line(view.commit.subject), 90), html)
    return f"<code>{view.commit.oid[:10]}</code> {subject} ({facts})"


def _sections(brief: Brief, name: Named, link: Linked, note: str) -> Iterator[str]:
    yield f"### Why: {span(brief.range)}"
    if note:
        yield note
    yield plain(". ".join(head(brief))) + "."
    for part in parts(brief):
        yield f"#### {plain(part.title)}"
        yield "\n".join(f"- {plain(text)}{_source(source, name, link)}" for text, source in part.items)
    if tail(brief):
        yield plain(tail(brief))


def _source(quote: Quote | None, name: Named, link: Linked) -> str:
    if quote is None:
        return ""
    address = link(quote)
    return f" [{span(name(quote))}](<{address}>)" if address else f" {span(name(quote))}"


def per_file_markdown(files: Sequence[FileBrief], name: Named, link: Linked = lambda quote: "", most: int = 5) -> str:
    """One section a file."""
    return "\n\n".join(section for one in files for section in _per_file(one, name, link, most)) + "\n"


def _per_file(file_brief: FileBrief, name: Named, link: Linked, most: int) -> Iterator[str]:
    size = "binary" if file_brief.added is None else f"+{file_brief.added} -{file_brief.deleted}"
    yield f"#### {span(file_brief.path)} {size}"
    rows = [
        f"- {count(shape.lines, 'line')}: {plain(quoted(shape.quote.text))}{_source(shape.quote, name, link)}"
        for shape in file_brief.shapes[:most]
    ]
    if len(file_brief.shapes) > most:
        rows.append(f"- {count(len(file_brief.shapes) - most, 'more turn')}")
    if file_brief.unexplained:
        rows.append(f"- {count(file_brief.unexplained, 'line')} no conversation explains")
    if rows:
        yield "\n".join(rows)
