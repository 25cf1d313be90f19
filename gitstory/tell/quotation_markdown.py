"""Quotations, diffs and counts as Markdown in which no quoted text can be taken for markup, mention or link. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gitstory.history_files.render import prose
from gitstory.tell.outcome import Counts
from gitstory.tell.values import CheckRun, Cited, DiffExcerpt, Material
from gitstory.text.escape_markdown import fence, span
from gitstory.text.wording import agent_label, count, day, listed, one_line, shorten

_BLOCK = 6
"""Line ends of a text from which on it is shown as it was typed: most often something was pasted into it."""
_SPEAKERS = {"person": "prompt", "agent": "agent", "tool": "output"}


def inline(text: str) -> str:
    """A quotation within a line, its code spans kept."""
    return prose(one_line(text)).strip()


def quoted(cited: Cited) -> str:
    """`“words” — agent, 4de91640#3` on one line."""
    return f"“{inline(cited.text)}” — {source(cited)}"


def source(cited: Cited) -> str:
    return f"{_SPEAKERS[cited.speaker]} {span(cited.source)}"


def block_quote(cited: Cited) -> str:
    """The words as a block quotation, or fenced where they have many lines, with their source as its last line."""
    text = cited.text.strip()
    if text.count("\n") >= _BLOCK:
        return f"{fence(text)}\n\n— {source(cited)}"
    body = prose(text)
    lines = [f"> {line}".rstrip() for line in body.split("\n")]
    return "\n".join([*lines, ">", f"> — {source(cited)}"])


def diff(change: DiffExcerpt) -> Iterator[str]:
    """A line that names the change, and its excerpt as a fenced diff."""
    more = f"; {count(change.left, 'more line')} of it" if change.left else ""
    yield f"{span(change.path)} +{change.added} -{change.deleted}, {span(change.source)}{more}:"
    yield fence("\n".join(change.lines), "diff")


def changed_file(path: str, added: int, deleted: int) -> str:
    """A file with the lines that were added and deleted, as far as any are recorded."""
    return f"{span(path)} +{added} -{deleted}" if added or deleted else span(path)


def bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def facts(material: Material, counted: Counts) -> str:
    """One line of counts: agents, days, prompts, calls, changes, commits."""
    agents = listed(sorted({agent_label(one.agent) for one in material.conversations}))
    days = sorted({day(logged.turn.time) for logged in material.turns if logged.turn.time})
    when = f"{days[0]} to {days[-1]}" if len(days) > 1 else "".join(days)
    lines = f" (+{counted.added} -{counted.deleted})" if counted.added or counted.deleted else ""
    parts = [
        count(len(material.conversations), "conversation"),
        count(counted.prompts, "prompt"),
        count(counted.corrections, "correction") if counted.corrections else "",
        f"{count(counted.calls, 'tool call')}{f' ({counted.failed} failed)' if counted.failed else ''}",
        f"{count(counted.files, 'file')} edited{lines}" if counted.files else "",
        count(len(material.commits), "commit") if material.commits else "",
    ]
    return f"{agents}{f', {when}' if when else ''}: {', '.join(part for part in parts if part)}."


def check_run(run: CheckRun) -> str:
    how = {"passed": "passed", "failed": "failed", "unknown": "result not recorded"}[run.result]
    times = f", run {run.runs} times" if run.runs > 1 else ""
    before = f", failed {run.failed} times before" if run.failed > 1 else ", failed once before" if run.failed else ""
    line = f": {span(shorten(run.line, 120))}" if run.line else ""
    return f"{span(shorten(run.command, 100))} {how}{times}{before}{line} — {span(run.source)}"


def document(sections: Iterable[str]) -> str:
    return "\n\n".join(section for section in sections if section) + "\n"
