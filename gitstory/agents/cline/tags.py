"""What stands between tags in Cline's and Roo Code's messages: calls, the person's words, and changes. All pure."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from gitstory.delimited_parts import elements
from gitstory.model import Replacement

_TOOLS = (
    "write_to_file|replace_in_file|apply_diff|insert_content|search_and_replace|search_replace|edit_file|apply_patch|"
    "execute_command|read_file|list_files|search_files|codebase_search|list_code_definition_names|browser_action|"
    "use_mcp_tool|access_mcp_resource|ask_followup_question|attempt_completion|plan_mode_respond|new_task|switch_mode|"
    "fetch_instructions|update_todo_list|web_fetch|web_search|condense|new_rule"
)
_PARAMETERS = (
    "path|file_path|content|diff|command|cwd|line|search|replace|use_regex|question|result|response|message|"
    "old_string|new_string|patch|regex|query|url"
)
_CALL = re.compile(rf"<({_TOOLS})>")
_PARAMETER = re.compile(rf"<({_PARAMETERS})>")
_LONG = ("content", "diff", "patch", "result", "response")
"""Parameters that may hold tags of their own: they end at the last closing tag."""
_WORDS = re.compile(r"<(task|feedback|user_message|answer)>")
_THINKING = re.compile(r"\A\s*<(thinking|think)>(.*?)</\1>", re.DOTALL)
_RESULT = re.compile(r"\[([a-z_]+)(?: [^\n]*)?\] Result:[ \t]*\n?")
_REFUSED = re.compile(
    r"\A\s*(?:The user (?:denied|rejected)|\[?error\b|<error>|Tool \[|Skipping |Failed|Unable |Missing value)"
    r"|<error>|tool execution failed|was not executed|operation was denied|\"status\":\s*\"(?:error|denied)\""
    r"|No changes (?:were )?made|reverted",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\A\s*(?:The user (?:denied|rejected)|\[ERROR\]|Tool \[|Skipping |Missing value)|was not executed because"
)
_HEAD = 400
"""Characters at the start of a result in which it says whether the call was carried out; a file's text may follow."""
_OPEN = re.compile(r"(?:-{3,}|<{3,}) ?SEARCH>?\s*\Z")
_BETWEEN = re.compile(r"={3,}\s*\Z")
_CLOSE = re.compile(r"(?:\+{3,}|>{3,}) ?REPLACE\s*\Z")
_WHERE = re.compile(r":(?:start|end)_line:\s*\d+\s*\Z")


class TextParts(NamedTuple):
    """An assistant's text taken apart: reasoning, words, and the call after them (no name: none)."""

    thinking: str
    words: str
    tool: str = ""
    arguments: dict[str, Any] = {}  # noqa: RUF012 - never changed


def written(text: str) -> TextParts:
    thought = _THINKING.match(text)
    thinking, rest = (thought[2], text[thought.end() :]) if thought else ("", text)
    opened = _CALL.search(rest)
    if opened is None:
        return TextParts(thinking, rest)
    name, begin = opened[1], opened.end()
    stop = rest.rfind(f"</{name}>", begin)
    if rest.find(f"<{name}>", begin) >= 0:
        stop = rest.find(f"</{name}>", begin)
    if stop < 0:
        return TextParts(thinking, rest)
    return TextParts(thinking, rest[: opened.start()], name, _arguments(rest[begin:stop]))


def _arguments(body: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    at = 0
    while (opened := _PARAMETER.search(body, at)) is not None:
        name, close = opened[1], f"</{opened[1]}>"
        stop = body.rfind(close, opened.end()) if name in _LONG else body.find(close, opened.end())
        if stop < 0:
            break
        value = body[opened.end() : stop]
        arguments.setdefault(name, value.removeprefix("\n") if name in _LONG else value.strip())
        at = stop + len(close)
    return arguments


def words(text: str) -> list[str]:
    """What the person wrote, of each element that holds such."""
    return [outcome for element in elements(text, _WORDS) if (outcome := element.inside.strip())]


def result(text: str) -> tuple[str, str] | None:
    """Tool and beginning of the result of a call that was made with tags; None for a text that is none."""
    match = _RESULT.match(text)
    return (match[1], text[match.end() :]) if match else None


def refused(tool: str, output: str) -> bool:
    """Whether a call was not carried out, as its result says. What a command printed may speak of any error."""
    if tool == "execute_command":
        return _DENIED.search(output[:_HEAD]) is not None
    return _REFUSED.search(output.partition("<final_file_content")[0][:_HEAD]) is not None


def replacements(diff: str) -> tuple[Replacement, ...]:
    """The SEARCH and REPLACE blocks that are whole; one without anything to search for is left out."""
    pairs: list[Replacement] = []
    old: list[str] = []
    new: list[str] = []
    side: list[str] | None = None
    for line in diff.split("\n"):
        bare = line.removesuffix("\r")
        if _OPEN.match(bare) and side is None:
            old, new = [], []
            side = old
        elif side is old and _BETWEEN.match(bare):
            side = new
        elif side is new and _CLOSE.match(bare):
            if old and old != new:
                pairs.append(Replacement("".join(old), "".join(new)))
            side = None
        elif side is old and not any(one.strip("- \n") for one in old) and re.fullmatch(r"-{7}\s*", bare):
            old.clear()
        elif side is not None and not (side is old and _WHERE.match(bare)):
            side.append(bare + "\n")
    return tuple(pairs)
