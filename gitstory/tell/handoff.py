"""What the next person or agent needs to carry on, on at most 120 lines. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gitstory.summary.dependent_prompts import leans
from gitstory.tell.decisions import decisions
from gitstory.tell.outcome import commands, counts, open_items, test_runs
from gitstory.tell.quotation_extracts import closing, excerpt, says_enough, sentence, title
from gitstory.tell.quotation_markdown import bullets, changed_file, check_run, document, facts, inline, quoted
from gitstory.tell.relevant_diff import changed_files, edits_of
from gitstory.tell.setbacks import false_starts, put_right
from gitstory.tell.values import Cited, LoggedDecision, LoggedTurn, Material
from gitstory.text.escape_markdown import fence, span
from gitstory.text.wording import count, one_line, shell_word, shorten

MOST_LINES = 120
_FEWER = (1.0, 0.75, 0.5, 0.35)
"""Shares of each list that are tried until the document fits."""
_DECISIONS, _LESSONS, _FILES, _COMMITS, _COMMANDS, _OPEN = 12, 6, 12, 8, 6, 8
_FEWEST_OF_GOAL = 6
"""Words of a prompt that names a goal."""
_ORDER = ("question", "option", "plan", "correction", "wish", "choice")


def handoff(material: Material) -> str:
    """A Markdown document of at most `MOST_LINES` lines."""
    text = ""
    for share in _FEWER:
        text = document(_sections(material, lambda most, share=share: max(1, round(most * share))))  # type: ignore[misc]
        if text.count("\n") <= MOST_LINES:
            return text
    return "\n".join(text.splitlines()[: MOST_LINES - 1]) + "\n…\n"


def _sections(material: Material, most: Callable[[int], int]) -> Iterator[str]:
    turns = material.turns
    files = changed_files(turns)
    goals = _goals(turns)
    yield f"# Handoff: {inline(title(goals[-1].text))}"
    yield facts(material, counts(turns, files))
    yield f"## Goal\n\n{bullets(quoted(goal) for goal in goals)}"
    yield f"## State\n\n{bullets(_state(material, most))}"
    if kept := _chosen(decisions(turns), most(_DECISIONS)):
        yield f"## Decisions, and why\n\n{bullets(_decision(each) for each in kept)}"
    if lessons := list(_lessons(turns))[: most(_LESSONS)]:
        yield f"## What did not work\n\n{bullets(lessons)}"
    if files:
        rows = [changed_file(path, added, deleted) for path, (added, deleted) in files.items()]
        yield _listed("Files", rows, most(_FILES), "more file")
    if ran := commands(turns, most(_COMMANDS)):
        rows = [f"{span(each)} ({times} times)" if times > 1 else span(each) for each, times in ran]
        yield f"## Commands that worked\n\n{bullets(rows)}"
    left = open_items(turns)
    yield (
        f"## Open\n\n{bullets(quoted(each) for each in left[: most(_OPEN)])}"
        if left
        else "## Open\n\nNothing the log names."
    )
    yield f"## Prompt to paste\n\n{fence(_prompt(material, goals, left, list(files)))}"


def _listed(name: str, rows: Sequence[str], most: int, what: str) -> str:
    rest = [count(len(rows) - most, what)] if len(rows) > most else []
    return f"## {name}\n\n{bullets([*rows[:most], *rest])}"


def _goals(turns: Sequence[LoggedTurn]) -> list[Cited]:
    """The request that began it and the last one that says enough."""
    prompts = [logged for logged in turns if logged.by_person]
    enough = [logged for logged in prompts if says_enough(logged.turn.prompt)] or prompts
    first = next(filter(_is_goal, enough), enough[0])
    last = next((logged for logged in reversed(enough) if _is_goal(logged) and not leans(logged.turn)), first)
    return [_goal(logged) for logged in ([first] if last is first else [first, last])]


def _is_goal(logged: LoggedTurn) -> bool:
    """Whether a prompt asks for something in words enough to begin with; a question is about what is there."""
    return logged.turn.kind != "question" and len(logged.turn.prompt.split()) >= _FEWEST_OF_GOAL


def _goal(logged: LoggedTurn) -> Cited:
    return logged.cite(shorten(excerpt(logged.turn.prompt, 6, 500), 420), "person")


def _state(material: Material, most: Callable[[int], int]) -> Iterator[str]:
    turns = material.turns
    working = [logged for logged in turns if next(edits_of(logged), None) is not None]
    last = next((words for logged in reversed(working or turns) if (words := closing(logged)) is not None), None)
    if last is not None:
        yield f"last said of the work: {quoted(last)}"
    branches = {logged.turn.branch for logged in turns if logged.turn.branch}
    if branches:
        yield f"branch {', '.join(span(name) for name in sorted(branches)[-3:])}"
    for commit in material.commits[-most(_COMMITS) :]:
        yield f"commit {span(commit.oid[:10])} {inline(commit.subject)}"
    if (rest := len(material.commits) - most(_COMMITS)) > 0:
        yield f"{count(rest, 'earlier commit')}"
    idle = [logged for logged in working if not logged.commits]
    if idle and working[-1] is idle[-1]:
        named = ", ".join(span(path) for path in list(changed_files([idle[-1]]))[:4])
        yield f"no commit is linked to the last edits ({span(idle[-1].source)}: {named})"
    for run in test_runs(turns)[:2]:
        yield f"tests: {check_run(run)}"


def _chosen(results: Sequence[LoggedDecision], most: int) -> list[LoggedDecision]:
    ranked = sorted(results, key=lambda each: _ORDER.index(each.kind))[:most]
    return [each for each in results if each in ranked]


def _decision(each: LoggedDecision) -> str:
    lead = f"{inline(each.title)}: " if each.kind in ("question", "option") else ""
    reason = f"; because {quoted(each.reasons[0])}" if each.reasons and each.kind != "plan" else ""
    gone = [f"“{inline(shorten(option.option.text, 90))}”" for option in each.rejected[:3]]
    rejected = f"; not {', '.join(gone)}" if gone and each.kind != "correction" else ""
    words = Cited(one_line(shorten(each.words.text, 300)), each.words.source, each.words.speaker)
    gone_by = f" (written over in {span(each.undone_by)})" if each.undone_by else ""
    return f"{lead}{quoted(words)}{reason}{rejected}{gone_by}"


def _lessons(turns: Sequence[LoggedTurn]) -> Iterator[str]:
    for start in false_starts(turns):
        yield f"{_how(start.kind)}: {quoted(start.words)}"
    for each in put_right(turns):
        words = Cited(sentence(each.words.text), each.words.source, "person")
        yield f"corrected: {quoted(words)}"


def _how(kind: str) -> str:
    return {"interrupted": "stopped by the person", "did not work": "the agent said"}.get(kind, kind)


def _prompt(material: Material, goals: Sequence[Cited], left: Sequence[Cited], files: Sequence[str]) -> str:
    names = dict.fromkeys(logged.source.partition("#")[0] for logged in material.turns)
    lines = ["Carry on with this work. What follows are quotations from the conversations so far."]
    lines += [f"Goal: {one_line(goal.text)} [{goal.source}]" for goal in goals]
    lines += [f"Open: {one_line(each.text)} [{each.source}]" for each in left[:4]]
    if files:
        lines.append(f"Read first: {', '.join(files[:6])}")
    lines.append("Before you change a line, ask why it is there: git story why FILE:LINE")
    lines += [f"The whole conversation: git story show {shell_word(name)}" for name in list(names)[-3:]]
    return "\n".join(lines)
