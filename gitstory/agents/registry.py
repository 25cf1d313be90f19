"""Which agents there are: the built-in readers by name, and plug-ins of the entry-point group `gitstory.agents`.

Readers are imported when first asked for. Entry points are only looked up when a caller wants plug-ins, because
reading the metadata of everything installed costs more than a hook may take. A plug-in that does not import, or is
no agent, is left out and reported: it must not take the others with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, NamedTuple, cast

from gitstory.agents.base import Agent
from gitstory.agents.bounded import bounded
from gitstory.agents.deferred import Deferred
from gitstory.errors import GitStoryError

GROUP = "gitstory.agents"

BUILTIN: Mapping[str, str] = {
    "claude-code": "gitstory.agents.claude_code",
    "codex": "gitstory.agents.codex",
    "opencode": "gitstory.agents.opencode",
    "crush": "gitstory.agents.crush",
    "goose": "gitstory.agents.goose",
    "zed": "gitstory.agents.zed",
    "windsurf": "gitstory.agents.windsurf",
    "droid": "gitstory.agents.droid",
    "amp": "gitstory.agents.amp",
    "cline": "gitstory.agents.cline",
    "roo": "gitstory.agents.roo",
    "kilo-code": "gitstory.agents.kilo",
    "cursor": "gitstory.agents.cursor",
    "cursor-cli": "gitstory.agents.cursor_cli",
    "copilot-chat": "gitstory.agents.copilot_chat",
    "aider": "gitstory.agents.aider",
    "specstory": "gitstory.agents.specstory",
    "gemini-cli": "gitstory.agents.gemini_cli",
    "copilot-cli": "gitstory.agents.copilot_cli",
    "qwen": "gitstory.agents.qwen",
    "pi": "gitstory.agents.pi",
    "continue": "gitstory.agents.continue_dev",
    "antigravity": "gitstory.agents.antigravity",
    "deepseek-tui": "gitstory.agents.deepseek",
    "kiro": "gitstory.agents.kiro",
    "kiro-ide": "gitstory.agents.kiro_ide",
}
"""Name -> module whose `AGENT` is the reader."""

MARKERS: Mapping[str, Mapping[str, str]] = {
    "claude-code": {
        "CLAUDECODE": "present",
        "CLAUDE_CODE_SESSION_ID": "conversation",
    },
    "codex": {
        "CODEX_CI": "present",
        "CODEX_THREAD_ID": "conversation",
        "CODEX_SESSION_ID": "conversation",
        "CODEX_TOOL_CALL_ID": "call",
    },
    "opencode": {"OPENCODE": "present"},
    "crush": {},
    "goose": {},
    "zed": {},
    "windsurf": {},
    "droid": {},
    "amp": {},
    "roo": {},
    "kilo-code": {},
    "cline": {"CLINE_CONNECTOR_CLI_LAUNCH": "present"},
    "cursor": {"CURSOR_AGENT": "present"},
    "cursor-cli": {},
    "copilot-chat": {},
    "aider": {},
    "specstory": {},
    "gemini-cli": {"GEMINI_CLI": "present"},
    "copilot-cli": {"COPILOT_CLI": "present", "COPILOT_AGENT_SESSION_ID": "conversation"},
    "qwen": {"QWEN_CODE": "present"},
    "pi": {"PI_CODING_AGENT": "present"},
    "continue": {},
    "antigravity": {},
    "deepseek-tui": {},
    "kiro": {},
    "kiro-ide": {},
}
"""The built-in readers' own `markers`, repeated here so that a hook need not import them (a test holds them equal)."""

LOCAL: Mapping[str, tuple[str, ...]] = {
    "crush": (".crush",),
    "aider": (".aider.chat.history.md",),
    "specstory": (".specstory/history",),
}
"""The built-in readers' own `local`, repeated here for the same reason."""
SECONDHAND = frozenset({"specstory"})
"""Those that are `secondhand`."""

_MEMBERS = ("name", "label", "markers", "roots", "sources", "places", "folder_of", "read")


class Problem(NamedTuple):
    """A reader that could not be used, and why, in one line."""

    name: str
    reason: str


class Found(NamedTuple):
    """Usable readers, built-in ones first, and those that are not."""

    agents: list[Agent]
    problems: list[Problem]


def discover(*, plugins: bool = True) -> Found:
    """All readers. A plug-in cannot take the name of a built-in one."""
    found = Found([], [])
    for name, module in BUILTIN.items():
        _take(found, name, lambda module=module: import_module(module).AGENT)
    if plugins:
        for point in _entry_points():
            if point.name not in BUILTIN:
                _take(found, point.name, point.load)
    return found


def agents(*, plugins: bool = False) -> list[Agent]:
    """The usable readers; `discover` tells what is wrong with the others."""
    return discover(plugins=plugins).agents


def deferred() -> list[Agent]:
    """The usable readers with plug-ins; built-in ones are imported when there is something for them to read."""
    found = Found([], [])
    for name, module in BUILTIN.items():
        made = Deferred(name, module, MARKERS.get(name, {}), LOCAL.get(name, ()), name in SECONDHAND)
        found.agents.append(bounded(cast("Agent", made), checked=True))
    for point in _entry_points():
        if point.name not in BUILTIN:
            _take(found, point.name, point.load)
    return found.agents


def agent(name: str) -> Agent:
    """The reader called `name`. Plug-ins are looked for when no built-in one has it; raises GitStoryError if none."""
    found = Found([], [])
    if name in BUILTIN:
        _take(found, name, lambda: import_module(BUILTIN[name]).AGENT)
    else:
        for point in _entry_points():
            if point.name == name:
                _take(found, name, point.load)
    if found.agents:
        return found.agents[0]
    if found.problems:
        raise GitStoryError(f"the reader for agent '{name}' cannot be used: {found.problems[0].reason}")
    raise unknown(name, BUILTIN)


def unknown(name: str, names: Iterable[str]) -> GitStoryError:
    """What to say of an agent that nobody knows, where `names` are known."""
    return GitStoryError(f"unknown agent '{name}'", hint=f"known agents: {', '.join(sorted(names))}")


def markers() -> dict[str, tuple[str, str]]:
    """Environment variable -> (agent, what it holds) of the built-in agents, without importing any reader."""
    return {variable: (name, kind) for name, own in MARKERS.items() for variable, kind in own.items()}


def _entry_points() -> Any:
    from importlib.metadata import entry_points

    return sorted(entry_points(group=GROUP), key=lambda point: point.name)


def _take(found: Found, name: str, load: Any) -> None:
    """Put the reader that `load` returns where it belongs; a plug-in may raise anything."""
    try:
        reader = load()
    except Exception as error:  # noqa: BLE001 - foreign code
        found.problems.append(Problem(name, f"{type(error).__name__}: {error}".split("\n")[0]))
        return
    missing = [member for member in _MEMBERS if not hasattr(reader, member)]
    if missing:
        found.problems.append(Problem(name, f"lacks {', '.join(missing)}"))
    elif reader.name != name:
        found.problems.append(Problem(name, f"calls itself '{reader.name}'"))
    elif any(known.name == name for known in found.agents):
        found.problems.append(Problem(name, "there is another reader of this name"))
    else:
        found.agents.append(bounded(reader, checked=name in BUILTIN))
