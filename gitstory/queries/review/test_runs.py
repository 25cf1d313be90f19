"""Test runs among the shell commands of a conversation, and how each ended, from what the tool printed."""

from __future__ import annotations

import re
from typing import Literal

from gitstory.model import Call

Result = Literal["passed", "failed", "unknown"]

_TOOLS = re.compile(
    r"""(?:^|[;&|(]\s{0,20}+|\b(?:env|time|timeout\s++\d++\w?|uv\s++run|poetry\s++run|pdm\s++run|hatch\s++run|pipenv\s++run
            |npx|bunx|pnpm\s++exec|yarn|
          rtk|nice|sudo|xvfb-run|bundle\s++exec|mise\s++(?:run|exec)|[A-Z_]{1,60}+=\S{0,200}+)\s{1,20}+)
        (?:\S{0,100}/)?(?: (?:python[\d.]{0,9}+\s++-m\s++)?(?:pytest|unittest|nose2|tox|nox) | pytest | py\.test
          | tox | nox
          | go\s++(?:test|vet) | gotestsum | cargo\s++(?:test|nextest|t)\b
            | (?:npm|pnpm|yarn|bun)\s++(?:run\s++)?(?:test|t)\b[\w:-]*+
          | (?:vitest|jest|mocha|ava|playwright\s++test|cypress\s++run|node\s++--test|deno\s++test|bun\s++test)
          | (?:mvn|\./mvnw|gradle|\./gradlew)\s++[^;&|]{0,300}\b(?:test|check|verify)\b | ctest
            | make\s++(?:-\S++\s++){0,9}+(?:test|check|fast)\b[\w:-]*+
          | (?:mise\s++run|just|task|rake|mix|rails|dotnet|swift|zig\s++build|stack|cabal|sbt|lein|dart
            |flutter)\s++test\b[\w:-]*+
          | rspec | phpunit | (?:vendor/bin/)?pest | bats | prove | test[:/][\w:-]++ )(?=\s|$|[;&|)])""",
    re.VERBOSE | re.MULTILINE,
)
_CD = re.compile(r"^\s*+cd\s++[^;&|]++&&\s*+")
_PIPED = re.compile(r"(?<!\s)\s*+(?:2>&1\s*+)?\|\s*+(?:tail|head|grep|tee|cat|less)\b.*+\Z", re.DOTALL)

_FAILED = re.compile(
    r"""\A(?: .*\b([1-9]\d*+)\s(?:tests?\s)?fail(?:ed|ures?|ing)\b | FAIL(?:ED)?\b | .*\bFAILED\b
            | -++\sFAIL: | \s*+not\sok\b
        | test\sresult:\sFAILED | .*\bTests?\s++failed\b | Tests:.*\b[1-9]\d*+\sfailed | .*BUILD\sFAIL
            | make:.*Error\s\d
        | error:\stest\sfailed | .*\b[1-9]\d*+\serrors?\b(?:\sin|,|$) | .*AssertionError
            | Exit\scode\s[1-9] | panic: )""",
    re.VERBOSE,
)
_PASSED = re.compile(
    r"""\A(?: .*\b[1-9]\d*+\s(?:tests?\s)?pass(?:ed|ing)\b | test\sresult:\sok\. | ok\s++\S
            | \s*+Tests:.*\bpassed | OK(?:\s\(.*\))?+\s*+$
        | .*\bBUILD\sSUCCESS | PASS(?:ED)?\b | \s*+Tests?\s++\d++\spassed | .*100%\stests\spassed
            | .*\b0\sfail(?:ed|ures)\b
        | \#\sfail\s0\s*+$ | .*[Aa]ll\stests\s(?:pass|ok) | DONE\s\d++\stests\b )""",
    re.VERBOSE,
)


def suite_command(command: str) -> str:
    """The test command of a shell call, short enough to be said; "" where it runs no tests."""
    match = _TOOLS.search(command[:4000])
    if match is None:
        return ""
    begin = command.rfind("\n", 0, match.end()) + 1
    end = command.find("\n", match.end())
    line = command[begin : end if end >= 0 else len(command)]
    return " ".join(_PIPED.sub("", _CD.sub("", line)).split())[:200]


def outcome(call: Call) -> tuple[Result, str]:
    """How a test run ended, and the line that says so."""
    failed = _last(_FAILED, call.output)
    if failed and not _zero(failed):
        return "failed", failed
    if call.failed:
        return "failed", failed
    passed = _last(_PASSED, call.output)
    return ("passed", passed) if passed else ("unknown", "")


def _last(pattern: re.Pattern[str], output: str) -> str:
    lines = [line for line in output.split("\n")[-200:] if len(line) <= 400]
    return next((line.strip(" =\r\t") for line in reversed(lines) if pattern.match(line)), "")


def _zero(line: str) -> bool:
    """`0 failed` beside numbers of other things is no failure."""
    return re.search(r"\b0 (?:tests? )?fail", line) is not None and "FAILED" not in line
