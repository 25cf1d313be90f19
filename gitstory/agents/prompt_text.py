"""The person's own words in a user-role text: what the harness injected is stripped, its wrapping taken off.

Every agent puts text of its own into the user role. Blocks are taken off the two ends only, where harnesses put
them, so that a tag a person writes in the middle of a sentence stays.
"""

from __future__ import annotations

import re

from gitstory.agents import automated_prompts

INJECTED = (
    *automated_prompts.ELEMENTS,
    "system-reminder",
    "system_reminder",
    r"system[-_]instructions?",
    "environment_context",
    "environment_details",
    "user_instructions",
    "session_context",
    "hook_context",
    "user_info",
    "command-name",
    "command-message",
    "command-args",
    "command-contents",
    "local-command-stdout",
    "local-command-stderr",
    "local-command-caveat",
    "bash-input",
    "bash-stdout",
    "bash-stderr",
    "user-memory-input",
    "user-prompt-submit-hook",
    "current_datetime",
    "timestamp",
    "manually_attached_skills",
    "agent_skills",
    "open_and_recently_viewed_files",
    "turn_aborted",
    "permissions instructions",
    "collaboration_mode",
    "INSTRUCTIONS",
    "ADDITIONAL_METADATA",
    "USER_SETTINGS_CHANGE",
    "EPHEMERAL_MESSAGE",
    "qwen:user-prompt-submit-context",
    "steering-reminder",
    "EnvironmentContext",
    r"ide_[a-z_]+",
)
"""Elements harnesses add, as regular expressions."""

WRAPPERS = ("user_query", "USER_REQUEST", "user_input", "task", "user_message", "feedback", "answer")
"""Elements whose inside is what the person wrote."""

ENCLOSING = ("user_query", "USER_REQUEST")
"""Those with nothing but the harness's text around them."""

MOST = 50
"""Injected elements taken off one end of a text: harnesses add a handful."""

_NAMES = "|".join(INJECTED)
_LEADING = re.compile(rf"\s*<({_NAMES})(?:\s[^>]*)?>.*?</\1>\s*", re.DOTALL)
_TRAILING = re.compile(rf"<({_NAMES})(?:\s[^>]*)?>(?:(?!</?\1[\s>]).)*</\1>\s*\Z", re.DOTALL)
_LAST_CLOSE = re.compile(rf"</({_NAMES})>\s*\Z")
_UNCLOSED = re.compile(rf"\s*<(?:{_NAMES})>")
_WRAPPED = re.compile(rf"\s*<({'|'.join(WRAPPERS)})(?:\s[^>]*)?>(.*)</\1>", re.DOTALL)
_AGENTS_MD = re.compile(r"\s*# AGENTS\.md instructions for [^\n]*(?:.*</INSTRUCTIONS>|.*)", re.DOTALL)
_REFERENCED = re.compile(r"--- Content from referenced files ---.*?(?:--- End of content ---|\Z)", re.DOTALL)
_PASTED = re.compile(r"</?pasted_content(?:\s[^<>]{0,500})?>\n?")
"""What Claude Code puts around text that was pasted (2.1.32x): the text is part of the prompt."""
_INTERRUPTED = re.compile(r"\[Request interrupted by user[^\]\n]{0,100}\]")


def clean(text: str, labelled: bool = False) -> str:
    """What the person wrote in `text`, stripped of white space around it; "" where all of it is a program's.

    `labelled`: the store itself says that a person wrote it, so that what reads like a program's message is a quote.
    """
    if not labelled and automated_prompts.is_automated(text):
        return ""
    if "<" in text or "---" in text or "[" in text or text.startswith("#"):
        text = _stripped(text)
    return "" if not labelled and automated_prompts.is_automated(text) else _PASTED.sub("", text).strip()


def is_injected(text: str) -> bool:
    """Whether a program wrote all of `text`, which is not empty."""
    return bool(text.strip()) and not clean(text)


def _stripped(text: str) -> str:
    if match := _AGENTS_MD.match(text):
        text = text[match.end() :]
    text = _REFERENCED.sub("", _INTERRUPTED.sub("", without_reminders(text)))
    text = _without_ends(text)
    wrapped = _WRAPPED.match(text)
    if wrapped and (wrapped[1] in ENCLOSING or not text[wrapped.end() :].strip()):
        return wrapped[2]
    return "" if _UNCLOSED.match(text) else text


def without_reminders(text: str) -> str:
    """`text` without `<system-reminder>` elements, wherever they stand."""
    begin, end = "<system-reminder>", "</system-reminder>"
    kept, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start)) >= 0:
        kept.append(text[at:start])
        at = stop + len(end)
    return "".join(kept) + text[at:]


def _without_ends(text: str) -> str:
    for _ in range(MOST):
        leading = _LEADING.match(text)
        if leading is None:
            break
        text = text[leading.end() :]
    for _ in range(MOST):
        close = _LAST_CLOSE.search(text, max(0, len(text) - 200))
        begin = text.rfind("<" + close[1]) if close else -1
        if begin < 0 or not _TRAILING.match(text[begin:]):
            break
        text = text[:begin]
    return text


def interrupted(text: str) -> bool:
    """Whether `text` is only the note that the person stopped the agent."""
    return _INTERRUPTED.fullmatch(text.strip()) is not None


def slash_command(text: str) -> tuple[str, str] | None:
    """Name (without slash) and arguments of a Claude-style slash command record."""
    name = _element(text, "command-name") if text.lstrip().startswith("<command-") else None
    if name is None:
        return None
    return name.removeprefix("/"), _element(text, "command-args") or ""


def _element(text: str, name: str) -> str | None:
    _, opened, rest = text.partition(f"<{name}>")
    inside, closed, _ = rest.partition(f"</{name}>")
    return inside.strip() if opened and closed else None


def unquoted(text: str) -> str:
    """`text` without the pair of double quotes `opencode run "…"` keeps around a prompt."""
    quoted = len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]
    return text[1:-1] if quoted else text
