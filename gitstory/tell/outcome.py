"""What came of the work: counts, test runs, commands that worked, what is open. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from gitstory.queries.review.test_runs import outcome, suite_command
from gitstory.recording.trim_conversation import is_shell
from gitstory.summary.closing_answers import closing_answers, was_interrupted
from gitstory.summary.dependent_prompts import says_little
from gitstory.tell.quotation_extracts import excerpt, last_question, sentence
from gitstory.tell.values import CheckRun, Cited, LoggedTurn
from gitstory.text.wording import one_line

_LISTS = ("todowrite", "update_plan", "todo", "write_todos")
_TEXTS = ("content", "step", "text", "title", "description")
_WORTH = re.compile(
    r"(?:make|npm|pnpm|yarn|bun|npx|uv|uvx|pip|poetry|cargo|go|docker|docker-compose|terraform|kubectl|helm|mvn|\./gradlew"
    r"|gradle|dotnet|python3?|node|deno|ruby|rake|bundle|mix|swift|flutter|just|task|tox|nox|ruff|mypy|eslint|tsc|prettier"
    r"|alembic|prisma|vite|next|turbo|nx|cmake|ctest|bazel)\s"
)
IN_PLACE = re.compile(r"^\s*+(?:cd\s++[^;&|]++&&\s*+|[A-Z_]{2,40}=\S{0,100}\s++)*+")
_AHEAD = re.compile(r"\A(?:[\s\"')}]{1,10}(?:&&|;)\s{0,4}|(?:source|\.)\s[^\s&;]{1,200}\s{0,4}(?:&&|;)\s{0,4}){1,3}")
"""The end of a command before, and what makes ready for a test run."""
_SOME = re.compile(r"\b[1-9]\d{0,6} passed")
_LONGEST_COMMAND = 110


class Counts(Struct, frozen=True):
    prompts: int
    corrections: int
    calls: int
    failed: int
    files: int
    added: int
    deleted: int


def test_runs(turns: Sequence[LoggedTurn]) -> list[CheckRun]:
    """Each test command with its last result, what was run last first."""
    results: dict[str, CheckRun] = {}
    for logged in turns:
        for call in logged.turn.calls:
            command = _AHEAD.sub("", suite_command(call.input)) if is_shell(call.tool) else ""
            if not command:
                continue
            result, line = outcome(call)
            before = results.pop(command, None)
            failed = (before.failed + (before.result == "failed")) if before is not None else 0
            runs = before.runs + 1 if before is not None else 1
            results[command] = CheckRun(
                command, result, _counted(line, call.output), logged.source, runs, failed, call.time or logged.turn.time
            )
    return list(reversed(results.values()))


def _counted(line: str, output: str) -> str:
    """The line that says how tests ended; of a run in several parts the part that ran any."""
    if not re.search(r"\b0 passed", line):
        return line
    return next((one_line(each) for each in output.splitlines() if _SOME.search(each) and len(each) < 300), line)


def commands(turns: Sequence[LoggedTurn], most: int = 8) -> list[tuple[str, int]]:
    """Commands that build, check or run the project and did not fail, with how often, the most frequent first."""
    counted: Counter[str] = Counter()
    for logged in turns:
        for call in logged.turn.calls:
            if call.failed or not is_shell(call.tool) or "\n" in call.input.strip():
                continue
            line = one_line(IN_PLACE.sub("", call.input))
            line = re.split(r"\s(?:2>&1|\||&&|;|>)", line, maxsplit=1)[0].strip()
            if _WORTH.match(line + " ") and len(line) <= _LONGEST_COMMAND and not re.search(r"\s-(?:c|e)\s", line):
                counted[line] += 1
    return counted.most_common(most)


def open_items(turns: Sequence[LoggedTurn]) -> list[Cited]:
    """What is not done: items of the agent's last to-do list, its last question, a prompt that was cut off."""
    by_key: dict[object, list[LoggedTurn]] = {}
    for logged in turns:
        by_key.setdefault(logged.key, []).append(logged)
    results: list[Cited] = []
    for mine in by_key.values():
        results += _todos(mine)
        ending = mine[-1]
        if prompts := last_question(next(iter(closing_answers(ending.turn)), "")):
            results.append(ending.cite(prompts))
        unanswered = was_interrupted(ending.turn) or (ending.by_person and not any(ending.turn.answers))
        if unanswered and not says_little(ending.turn.prompt):
            results.append(ending.cite(excerpt(ending.turn.prompt, 3, 300), "person"))
    return results


def _todos(turns: Sequence[LoggedTurn]) -> list[Cited]:
    for logged in reversed(turns):
        for call in reversed(list(logged.turn.calls)):
            if call.tool.lower().replace("-", "_") in _LISTS and call.agent is None:
                items = list(_items(call.input))
                return [
                    logged.cite(sentence(text)) for text, status in items if status not in ("completed", "cancelled")
                ]
    return []


def _items(given: str) -> Iterator[tuple[str, str]]:
    try:
        content = msgspec.json.decode(given)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return
    lists = [value for value in content.values() if isinstance(value, list)] if isinstance(content, dict) else []
    for item in lists[0][:40] if lists else ():
        if isinstance(item, Mapping) and (text := _text(item)):
            yield text, str(item.get("status", ""))


def _text(item: Mapping[str, Any]) -> str:
    return next((value for key in _TEXTS if isinstance(value := item.get(key), str) and value.strip()), "")


def counts(turns: Sequence[LoggedTurn], files: Mapping[str, tuple[int, int]]) -> Counts:
    calls = [call for logged in turns for call in logged.turn.calls]
    return Counts(
        sum(logged.by_person for logged in turns),
        sum(logged.correction for logged in turns),
        len(calls),
        sum(call.failed for call in calls),
        len(files),
        sum(added for added, _ in files.values()),
        sum(deleted for _, deleted in files.values()),
    )
