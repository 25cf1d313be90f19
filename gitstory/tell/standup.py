"""What was done, day by day: the requests with what became of them, commits, what went wrong, what is open. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitstory.summary.dependent_prompts import says_little
from gitstory.tell.outcome import open_items
from gitstory.tell.quotation_extracts import closing, excerpt
from gitstory.tell.quotation_markdown import bullets, document, inline, quoted
from gitstory.tell.relevant_diff import edits_of
from gitstory.tell.setbacks import failed_calls
from gitstory.tell.values import LoggedTurn, Material
from gitstory.text.escape_markdown import span
from gitstory.text.wording import count, day, one_line, shorten

_REQUESTS, _COMMITS, _OPEN, _WORDS = 10, 12, 5, 160


def standup(material: Material) -> str:
    """One section a day (UTC), the newest first."""
    return document(_sections(material))


def _sections(material: Material) -> Iterator[str]:
    days: dict[str, list[LoggedTurn]] = {}
    for logged in material.turns:
        days.setdefault(day(logged.turn.time) or "undated", []).append(logged)
    yield "# Standup"
    newest = max(days)
    for name in sorted(days, reverse=True):
        yield f"## {name}"
        yield bullets(_rows(material, days[name], name))
        if name == newest and (left := open_items(material.turns)):
            yield f"Open:\n\n{bullets(quoted(each) for each in left[:_OPEN])}"


def _worked(logged: LoggedTurn) -> bool:
    """Whether a request changed something: questions and what only goes on are left out."""
    changed = bool(logged.commits) or next(edits_of(logged), None) is not None
    return changed and not says_little(logged.turn.prompt)


def _rows(material: Material, turns: Sequence[LoggedTurn], name: str) -> Iterator[str]:
    prompts = [logged for logged in turns if logged.by_person and _worked(logged)]
    for logged in prompts[:_REQUESTS]:
        words = logged.cite(shorten(one_line(excerpt(logged.turn.prompt, 3, 300)), _WORDS), "person")
        done = closing(logged)
        yield quoted(words) + (f" → {quoted(done)}" if done is not None else "")
    if len(prompts) > _REQUESTS:
        yield count(len(prompts) - _REQUESTS, "more request")
    commits = [commit for commit in material.commits if day(commit.committed) == name]
    for commit in commits[:_COMMITS]:
        yield f"commit {span(commit.oid[:10])} {inline(commit.subject)}"
    if len(commits) > _COMMITS:
        yield count(len(commits) - _COMMITS, "more commit")
    corrected, failed = sum(logged.correction for logged in turns), len(failed_calls(turns))
    counted = [count(corrected, "correction")] if corrected else []
    counted += [f"{count(failed, 'command')} failed"] if failed else []
    if counted:
        yield ", ".join(counted)
