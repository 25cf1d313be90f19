"""Patterns that functions build from values, with values such as they get."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gitstory.agents import catalog
from gitstory.attribution.private_turns import Private
from gitstory.effects.shell import command_parser
from gitstory.queries import anonymize as anonymous
from gitstory.queries import line_target as target
from gitstory.redact import identity, prefixed_base64_rows, token_formats, withhold
from gitstory.rules import rule_violations
from gitstory.summary import correction_cues, correction_replies

Make = Callable[[], list[re.Pattern[Any]]]


def _marks() -> list[re.Pattern[Any]]:
    return [mark for marker in ("#private", "(private)") if (mark := Private(marker=marker)._mark) is not None]


def _people() -> list[re.Pattern[Any]]:
    component = identity.Names(None, ("dev", "devone", "dev.two")).component
    return [component] if component is not None else []


def _in_error() -> list[re.Pattern[Any]]:
    return [re.compile(rf"(?<![\w./-]){re.escape('src/app.py')}(?![\w/-]|\.\w)")]


def _resumable() -> list[re.Pattern[Any]]:
    return [re.compile(info.resumable) for info in catalog.AGENTS.values() if info.resumable]


BUILT: dict[str, Make] = {
    # Those of the calls that made them, which are looked at themselves.
    "gitstory.text.late_pattern:__getattr__": list,
    "gitstory.agents.resume_command:resume_command": _resumable,
    "gitstory.agents.claude_code.prompts:is_mentioned": lambda: [
        re.compile(r"(?<![\w.-])plan\.md(?![\w-]|\.\w)", re.ASCII)
    ],
    "gitstory.effects.patches:_names": _in_error,
    "gitstory.effects.shell.command_parser:document_end": lambda: [command_parser.document_end("EOF")],
    "gitstory.attribution.private_turns:_mark": _marks,
    "gitstory.queries.line_target:_word": lambda: [target._word("name")],
    "gitstory.queries.line_target:_definition": lambda: [re.compile(one) for one in target.definitions("name")],
    "gitstory.queries.reasons.answered_agent_messages:_has_name": lambda: [re.compile(r"(?<![\w-])parser(?![\w])")],
    "gitstory.redact.custom_rules:_category": lambda: [re.compile(r"\w")],
    "gitstory.redact.custom_rules:compile_safe": list,  # tests/unit/redact/test_custom.py
    "gitstory.redact.identity:_named": lambda: [re.compile(re.escape("git.corp"), re.IGNORECASE)],
    "gitstory.redact.identity:__init__": _people,
    "gitstory.redact.machine_names:machines": lambda: [re.compile(r"(?<![\w.-])laptop(?![\w-])", re.IGNORECASE)],
    "gitstory.redact.plausible_secret:_is_password": lambda: [re.compile("[^A-Za-z0-9]")],
    "gitstory.redact.prefixed_base64_rows:_pattern": lambda: [
        prefixed_base64_rows._pattern("web-1  | 12: + "),
        prefixed_base64_rows._pattern("2026-05-01T10:00:00.1Z "),
    ],
    "gitstory.redact.token_formats:pattern": lambda: [one.pattern for one in token_formats.SHAPES],
    "gitstory.redact.withhold:_union": lambda: [withhold._union(withhold.PATHS), withhold._union(("*a*a*a*a*a*b",))],
    "gitstory.rules.rule_violations:_check": lambda: [
        re.compile(r"(?<![\w.])eval\s*\("),
        re.compile(r"(?<![\w.])any(?![\w])"),
    ],
    "gitstory.rules.rule_violations:_command": lambda: [
        rule_violations._command(*call) for call in (("npm",), ("sudo",), ("pytest",), ("rm", ("-rf",)))
    ],
    "gitstory.summary.correction_cues:": lambda: list(correction_cues.CUES.values()),
    "gitstory.summary.correction_replies:": lambda: list(correction_replies.REPLIES.values()),
    "gitstory.commit_hook.trailers:_names": lambda: [re.compile(re.escape(b"a.md#turn-1") + rb"(?!\d)")],
    "gitstory.queries.anonymize:_relative": lambda: [re.compile(anonymous._below("/home/dev/work/app"))],
}
"""Module and function that makes patterns -> such patterns as it makes there."""

USED: dict[str, frozenset[str]] = {
    "gitstory.redact.withhold:_union": frozenset({"match"}),
}
"""How those are used, where it is not by every method."""
