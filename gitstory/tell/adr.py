"""Architecture decision records (MADR 4.0), one for each decision that had alternatives or a reason. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from gitstory.sources.story_source import Key
from gitstory.tell.announced_choices import announces, prefers_own, wants_so
from gitstory.tell.decision_sentences import directs_use, excludes, gives_reason
from gitstory.tell.decisions import decisions
from gitstory.tell.design_wishes import designs
from gitstory.tell.outcome import test_runs
from gitstory.tell.quotation_extracts import closing, prompt
from gitstory.tell.quotation_markdown import block_quote, bullets, check_run, diff, document, inline, quoted
from gitstory.tell.relevant_diff import changed_files, edits_of
from gitstory.tell.stated_outcomes import stated_outcome, statements
from gitstory.tell.turn_log import TurnLog, logs_of
from gitstory.tell.values import Cited, Considered, LoggedDecision, LoggedTurn, Material
from gitstory.text.escape_markdown import span
from gitstory.text.wording import count, day, listed, one_line, shell_word, shorten

MARK = "<!-- git story tell: {} -->"
"""Names the decision a file is about, so that a second run finds it."""
_NUMBER = re.compile(r"(\d{1,6})-")
_SLUG = 60
_OPTION = 100
_TESTS = 3


class DecisionRecord(Struct, frozen=True):
    """One record: the `slug` of its file's name, the `mark` in it, and its text."""

    slug: str
    mark: str
    text: str


def records(material: Material) -> list[DecisionRecord]:
    """A record for each decision, in the order in which they were made."""
    commits = {commit.oid: commit for commit in material.commits}
    turns: dict[Key, list[LoggedTurn]] = {}
    for logged in material.turns:
        turns.setdefault(logged.key, []).append(logged)
    written: list[DecisionRecord] = []
    for each in recorded(material.turns):
        landed = tuple(commits[oid] for oid in each.at.commits if oid in commits)
        written.append(_record(replace(material, turns=tuple(turns[each.at.key]), commits=landed), each))
    return written


def recorded(turns: Sequence[LoggedTurn]) -> list[LoggedDecision]:
    """The decisions that are worth a record: those with an option or a reason, and those that rule something out; and
    where a turn that changed files has none of those, what its closing answer says of the change."""
    logs = logs_of(turns)
    weighed = [
        each
        for each in decisions(turns, logs)
        if each.kind == "option"
        or (each.kind == "correction" and next(edits_of(each.at), None) is not None)
        or each.rejected
        or each.reasons
        or gives_reason(each.words.text)
        or (each.kind == "choice" and announces(each.words.text))
        or (each.words.speaker == "person" and excludes(each.words.text))
        or (each.kind == "wish" and next(edits_of(each.at), None) is not None and _builds(each.words.text))
    ]
    of_turn: dict[str, list[LoggedDecision]] = {}
    for each in weighed:
        of_turn.setdefault(each.at.source, []).append(each)
    return [each for log in logs for logged in log.turns for each in _with_outcome(log, logged, of_turn)]


def _with_outcome(
    log: TurnLog, logged: LoggedTurn, of_turn: Mapping[str, Sequence[LoggedDecision]]
) -> Sequence[LoggedDecision]:
    """The decisions of a turn; where these are few and it changed files, with what its closing answer says of that."""
    mine = of_turn.get(logged.source, ())
    turn = logged.turn
    if len(mine) > 1 or turn.abandoned or turn.kind == "question" or next(edits_of(logged), None) is None:
        return mine
    if not mine:
        outcome = stated_outcome(log, logged)
        return [outcome] if outcome is not None else []
    (only,) = mine
    taken = {text.text.lower() for text in (only.words, *only.reasons, *(one.option for one in only.options))}
    return [replace(only, also=tuple(statements(log, logged, taken)))]


def _builds(words: str) -> bool:
    return designs(words) or directs_use(words) or prefers_own(words) or wants_so(words)


def numbered(written: Sequence[DecisionRecord], existing: Mapping[str, str]) -> list[tuple[str, str]]:
    """(file name, text) of the records whose mark is in none of the `existing` files, by name; numbers go on."""
    numbers = [int(match[1]) for name in existing if (match := _NUMBER.match(name)) is not None]
    number = max(numbers, default=0)
    new = [each for each in written if not any(each.mark in text for text in existing.values())]
    return [(f"{number + at:04d}-{each.slug}.md", each.text) for at, each in enumerate(new, 1)]


def adr(material: Material) -> str:
    """All records in one text, each behind a comment with the name its file would have."""
    parts = (f"<!-- {number:04d}-{each.slug}.md -->\n\n{each.text}" for number, each in enumerate(records(material), 1))
    return "\n".join(parts)


def _record(material: Material, each: LoggedDecision) -> DecisionRecord:
    if not each.rejected and [option.option.text for option in each.options] == [each.words.text]:
        each = replace(each, options=())  # the words that decide are the only option: said once
    mark = MARK.format(f"{each.words.source} {sha256(each.words.text.encode()).hexdigest()[:8]}")
    return DecisionRecord(slug(each.title), mark, document(_sections(material, each, mark)))


def slug(title: str) -> str:
    """A file name's part made of a title: lower case letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG]
    return name.rpartition("-")[0] or name if len(name) == _SLUG else name or "decision"


def _sections(material: Material, each: LoggedDecision, mark: str) -> Iterator[str]:
    when = day(each.words.time) or "unknown"
    yield f"---\nstatus: {_status(each)}\ndate: {when}\ndecision-makers: {each.words.speaker}\n---"
    yield f"# {inline(each.title)}"
    yield mark
    yield "## Context and Problem Statement"
    yield from (block_quote(cited) for cited in _context(each))
    if each.options:
        yield "## Considered Options"
        yield bullets(_listed(each))
    yield "## Decision Outcome"
    yield from _outcome(each)
    yield from _confirmation(material, each)
    yield from _options(each)
    yield "## More Information"
    yield bullets(_more(material, each))


def _context(each: LoggedDecision) -> Sequence[Cited]:
    """What led to a decision; where nothing is known of that, the prompt that it is part of, or what decides it."""
    if each.context:
        return each.context
    whole = prompt(each.at)
    of_prompt = each.words.speaker == "person" and each.words.source == whole.source
    return [whole if of_prompt and one_line(each.words.text) in one_line(whole.text) else each.words]


def _status(each: LoggedDecision) -> str:
    if each.undone_by:
        return f"superseded by {each.undone_by}"
    return "accepted" if each.at.commits or each.words.speaker == "person" else "proposed"


def _listed(each: LoggedDecision) -> Iterator[str]:
    if not any(option.chosen for option in each.options):
        yield f"“{inline(shorten(each.words.text, _OPTION))}”"
    for option in each.options:
        yield f"“{inline(shorten(option.option.text, _OPTION))}”"


def _outcome(each: LoggedDecision) -> Iterator[str]:
    picked = [option for option in each.options if option.chosen]
    names = listed([f"“{inline(option.option.text)}”" for option in picked])
    reasons = "; ".join(quoted(reason) for reason in each.reasons[:2])
    if picked:
        yield f"Chosen option: {names}{f', because {reasons}' if reasons else '.'}"
    quoted_above = [one_line(option.option.text) for option in picked] + [
        one_line(cited.text) for cited in _context(each)
    ]
    if one_line(each.words.text) not in quoted_above:
        yield block_quote(each.words)
    elif not picked:
        yield "Decided in the words above."
    if reasons and not picked:
        yield f"Because {reasons}."
    if each.change is not None:
        yield "What it became:"
        yield from diff(each.change)
    last = closing(each.at) if not each.also and next(edits_of(each.at), None) is not None else None
    stated = each.also or ([last] if last is not None and last.text != each.words.text else [])
    if stated:
        yield f"### Consequences\n\n{bullets(map(quoted, stated))}"


def _confirmation(material: Material, each: LoggedDecision) -> Iterator[str]:
    """Tests that ran from the decision on, and how many of the turn's lines are still there."""
    later = [logged for logged in material.turns if logged.turn.index >= each.at.turn.index]
    items = [check_run(run) for run in test_runs(later)[:_TESTS]]
    lines = (material.standing or {}).get(each.at.source)
    if lines is not None and lines[1]:
        left = f"{lines[0]} {'is' if lines[0] == 1 else 'are'}"
        items.append(f"of {count(lines[1], 'line')} that {span(each.at.source)} wrote, {left} in HEAD")
    yield "### Confirmation"
    yield bullets(items) if items else "No test ran after it, and no line of it is known in a commit."


def _options(each: LoggedDecision) -> Iterator[str]:
    """What was said for and against each option."""
    described = [option for option in each.options if option.why and not (option.chosen and option.why == each.reasons)]
    if not described:
        return
    yield "## Pros and Cons of the Options"
    for option in described:
        yield f"### {inline(shorten(option.option.text, _OPTION))}"
        yield bullets([*(quoted(why) for why in option.why), _verdict(option)])


def _verdict(option: Considered) -> str:
    return "chosen" if option.chosen else "not chosen"


def _more(material: Material, each: LoggedDecision) -> Iterator[str]:
    command = span(f"git story show {shell_word(each.words.source)}")
    yield f"decided in {span(each.words.source)}: {command} shows it in full"
    files = list(changed_files([each.at]))
    if files:
        more = [f"{len(files) - 6} more"] if len(files) > 6 else []
        yield f"files that {span(each.at.source)} changed: {listed([*(span(path) for path in files[:6]), *more])}"
    for oid in each.at.commits[:6]:
        commit = material.commit_of(oid)
        if commit is not None:
            yield f"commit {span(commit.oid[:10])} {inline(commit.subject)}"
