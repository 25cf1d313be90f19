"""What a model may phrase of a write-up: the quotations it is made of, and where its sentences are put. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitstory.language_model import Sourced
from gitstory.tell.decisions import decisions
from gitstory.tell.quotation_extracts import closing, excerpt
from gitstory.tell.quotation_markdown import bullets, inline
from gitstory.tell.setbacks import false_starts, put_right
from gitstory.tell.values import Cited, Material
from gitstory.text.escape_markdown import span
from gitstory.text.wording import one_line, shorten

MOST = 80
_WORDS = 400
_KINDS = {
    "post": "a blog post about how this was made",
    "handoff": "a handoff to the next person",
    "standup": "a standup",
    "release-notes": "release notes for users",
    "changelog": "a changelog for users",
}
TASK = "Summarize, in plain and neutral words and in the third person, the log of programming work for {}."


def task(form: str) -> str:
    return TASK.format(_KINDS.get(form, "a reader"))


def quotations(material: Material) -> list[Sourced]:
    """The quotations a write-up is made of, in order of the log, each once."""
    by_text = {(cited.source, cited.text): cited for cited in _cited(material)}
    ordered = sorted(by_text.values(), key=lambda cited: (cited.time or 0.0, cited.source))
    return [Sourced(f"{cited.speaker}: {shorten(one_line(cited.text), _WORDS)}", (cited.source,)) for cited in ordered][
        :MOST
    ]


def _cited(material: Material) -> Iterator[Cited]:
    for logged in material.turns:
        if logged.by_person:
            yield logged.cite(excerpt(logged.turn.prompt, 4, _WORDS), "person")
        last = closing(logged)
        if last is not None:
            yield last
    for decision in decisions(material.turns):
        yield from (decision.words, *decision.reasons[:1])
    yield from (start.words for start in false_starts(material.turns))
    yield from (each.words for each in put_right(material.turns))
    for commit in material.commits:
        yield Cited(commit.subject, commit.oid[:10], "person", float(commit.committed))


def with_summary(text: str, sentences: Sequence[Sourced], model: str) -> str:
    """The write-up with the model's sentences behind its title, marked as such; unchanged where there are none."""
    if not sentences:
        return text
    title, gap, rest = text.partition("\n\n")
    rows = (f"{inline(each.text)} ({', '.join(span(name) for name in each.sources)})" for each in sentences)
    section = (
        f"## In short\n\nPhrased by {span(model)} from the quotations that each sentence names.\n\n{bullets(rows)}"
    )
    return f"{title}\n\n{section}{gap}{rest}"
