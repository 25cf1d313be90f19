"""A post's raw material: what was asked, decided, tried and corrected, with slots for the author's own words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gitstory.tell.decisions import decisions
from gitstory.tell.outcome import Counts, counts, open_items, test_runs
from gitstory.tell.quotation_extracts import closing, prompt, title
from gitstory.tell.quotation_markdown import (
    block_quote,
    bullets,
    changed_file,
    check_run,
    diff,
    document,
    facts,
    inline,
    quoted,
    source,
)
from gitstory.tell.relevant_diff import changed_files, edits_of
from gitstory.tell.setbacks import failed_calls, false_starts, put_right
from gitstory.tell.values import Considered, FailedCall, FalseStart, LoggedDecision, LoggedTurn, Material, PutRight
from gitstory.text.escape_markdown import span
from gitstory.text.wording import clock, count, listed

_OF_KIND = 4
_DECISIONS, _STARTS, _CALLS, _CORRECTIONS, _PROMPTS, _COMMITS = 10, 8, 8, 10, 30, 20
_ORDER = ("question", "option", "plan", "correction", "wish", "choice")
VIEW = "<!-- your view: {} -->"


def post(material: Material) -> str:
    """A Markdown document; each section is left out where the log has nothing for it."""
    turns = material.turns
    return document(_sections(material, counts(turns, changed_files(turns))))


def _sections(material: Material, counted: Counts) -> Iterator[str]:
    turns = material.turns
    first = _first(turns)
    yield f"# {inline(_title(material, first))}"
    yield VIEW.format("what this is about and for whom, in your words")
    yield facts(material, counted)
    yield "## What was asked"
    yield block_quote(prompt(first))
    yield VIEW.format("why you wanted this")
    corrected = put_right(turns)
    words = {each.words.text for each in corrected}
    results = [each for each in decisions(turns) if each.words.text not in words]
    yield from _decisions(results)
    yield from _starts(false_starts(turns))
    yield from _corrections(corrected)
    yield from _calls(failed_calls(turns))
    yield from _outcome(material)
    yield from _prompts(turns, {first.turn.prompt, *words, *(each.words.text for each in results)})


def _first(turns: Sequence[LoggedTurn]) -> LoggedTurn:
    """The first prompt that asks for something; a command like `/init` does not."""
    prompts = [logged for logged in turns if logged.by_person]
    enough = (logged for logged in prompts if len(logged.turn.prompt.split()) > 1 or logged.turn.images)
    return next(enough, prompts[0])


def _title(material: Material, first: LoggedTurn) -> str:
    named = material.conversations[0].title if len(material.conversations) == 1 else ""
    return title(named) if " " in named.strip() else title(first.label or first.turn.prompt)


def _decisions(results: Sequence[LoggedDecision]) -> Iterator[str]:
    ranked = _most_important(results)
    kept = [each for each in results if each in ranked]
    yield f"## {count(len(results), 'decision')}" if results else "## Decisions"
    if not results:
        yield "No sentence of the log says that something was decided."
        return
    for number, each in enumerate(kept, 1):
        yield f"### {number}. {inline(each.title)}"
        yield from _decision(each)
    if len(results) > len(kept):
        yield f"{count(len(results) - len(kept), 'more decision')} in the log: `git story tell --as adr` writes each."


def _most_important(results: Sequence[LoggedDecision]) -> list[LoggedDecision]:
    """The decisions to show: those of a person first, but no kind takes all the places while others have any."""
    ranked = sorted(results, key=lambda each: (_ORDER.index(each.kind), each.change is None))
    counted: Counter[str] = Counter()
    taken: list[LoggedDecision] = []
    rest: list[LoggedDecision] = []
    for each in ranked:
        counted[each.kind] += 1
        (taken if counted[each.kind] <= _OF_KIND else rest).append(each)
    return [*taken, *rest][:_DECISIONS]


def _decision(each: LoggedDecision) -> Iterator[str]:
    if each.kind == "question" and each.context:
        yield block_quote(each.context[-1])
    yield block_quote(each.words)
    options = [option for option in each.options if option.option.text != each.words.text or option.why]
    if options:
        yield bullets(_option(option) for option in options)
    if each.reasons and not any(option.why for option in each.options if option.chosen):
        yield f"Because: {'; '.join(quoted(reason) for reason in each.reasons[:2])}"
    if each.change is not None:
        yield "What it became:"
        yield from diff(each.change)
    else:
        yield edited(each.at)
    if each.undone_by:
        yield f"Written over later, in {span(each.undone_by)}."
    yield VIEW.format("would you decide this way again?")


def edited(logged: LoggedTurn) -> str:
    """The files a turn changed, "" where it changed none."""
    files = changed_files([logged])
    named = [changed_file(path, added, deleted) for path, (added, deleted) in list(files.items())[:4]]
    more = [f"{len(files) - 4} more"] if len(files) > 4 else []
    return f"Changed in {span(logged.source)}: {listed(named + more)}." if named else ""


def _option(option: Considered) -> str:
    mark = "chosen" if option.chosen else "not chosen"
    why = f": {quoted(option.why[0])}" if option.why else ""
    return f"{mark}: “{inline(option.option.text)}”{why or f' — {source(option.option)}'}"


def _starts(results: Sequence[FalseStart]) -> Iterator[str]:
    if not results:
        return
    yield "## False starts"
    yield bullets(_start(each) for each in results[:_STARTS])
    if len(results) > _STARTS:
        yield f"{count(len(results) - _STARTS, 'more false start')} in the log."
    yield VIEW.format("what you would try first next time")


def _start(each: FalseStart) -> str:
    when = f"{clock(each.words.time, 0)} " if each.words.time else ""
    files = listed([span(path) for path in each.files[:3]])
    more = f" and {len(each.files) - 3} more" if len(each.files) > 3 else ""
    where = f" ({files}{more})" if files else ""
    how = {
        "written over": f"{each.lines} lines written over in {span(each.by)}",
        "did not help": f"did not help, says {span(each.by)}",
        "interrupted": "stopped by the person",
        "did not work": "the agent said",
    }.get(each.kind, each.kind)
    return f"{when}{how}{where}: {quoted(each.words)}"


def _corrections(results: Sequence[PutRight]) -> Iterator[str]:
    if not results:
        return
    yield "## Where the agent was wrong, and how it was put right"
    for each in results[:_CORRECTIONS]:
        if each.claim is not None:
            yield f"The agent had said: {quoted(each.claim)}"
        yield block_quote(each.words)
        if each.answer is not None:
            yield f"Then: {quoted(each.answer)}"
        if each.change is not None:
            yield from diff(each.change)
    if len(results) > _CORRECTIONS:
        yield f"{count(len(results) - _CORRECTIONS, 'more correction')} in the log."
    yield VIEW.format("what the agent could not know")


def _calls(results: Sequence[FailedCall]) -> Iterator[str]:
    if not results:
        return
    yield "## Tool calls that failed"
    yield bullets(_call(each) for each in results[:_CALLS])
    if len(results) > _CALLS:
        yield f"{count(len(results) - _CALLS, 'more failed command')} in the log."


def _call(each: FailedCall) -> str:
    times = f" ({each.times} times)" if each.times > 1 else ""
    command = span(each.command) or span(each.tool)
    return f"{command}{times}: {span(each.line)} — output {span(each.source)}"


def _outcome(material: Material) -> Iterator[str]:
    yield "## What came of it"
    working = [logged for logged in material.turns if next(edits_of(logged), None) is not None]
    last = next(
        (words for logged in reversed(working or material.turns) if (words := closing(logged)) is not None),
        None,
    )
    if last is not None:
        yield block_quote(last)
    commits = [f"{span(commit.oid[:10])} {inline(commit.subject)}" for commit in material.commits]
    yield bullets(commits[:_COMMITS]) if commits else "No commit is linked."
    if len(commits) > _COMMITS:
        yield f"{count(len(commits) - _COMMITS, 'more commit')}."
    if runs := test_runs(material.turns):
        yield f"Tests:\n\n{bullets(check_run(run) for run in runs[:4])}"
    if left := open_items(material.turns):
        yield f"Open:\n\n{bullets(quoted(each) for each in left[:5])}"
    yield VIEW.format("was it worth it?")


def _prompts(turns: Sequence[LoggedTurn], quoted_above: set[str]) -> Iterator[str]:
    prompts = [logged for logged in turns if logged.by_person and logged.turn.prompt.strip() not in quoted_above]
    if not prompts:
        return
    yield "## The other prompts, in order"
    for logged in prompts[:_PROMPTS]:
        yield block_quote(prompt(logged))
    if len(prompts) > _PROMPTS:
        yield f"{count(len(prompts) - _PROMPTS, 'more prompt')}: `git story show CONVERSATION` has them."
