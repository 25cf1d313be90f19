"""The command of a shell call, whichever of Codex's shell tools made it.

Seen: `shell{command: ["bash", "-lc", ...], workdir}` (2025), `shell_command{command, workdir}` (0.118 to 0.142),
`exec_command{cmd, workdir}` (0.118 to 0.169), `local_shell_call{action: {command: [...], working_directory}}`.
"""

from __future__ import annotations

import shlex
from pathlib import PurePath, PureWindowsPath
from typing import Any

from gitstory.agents.json_values import text, texts

SHELLS = frozenset({"shell", "shell_command", "exec_command", "container.exec", "local_shell", "unified_exec"})
"""Names of the tools that run a command."""

_POSIX = frozenset({"bash", "sh", "zsh", "dash", "ksh", "fish"})
_FLAGS = frozenset({"-c", "-lc", "-ic", "-lic", "-ilc", "-cl"})
_WINDOWS = {"powershell": "-command", "pwsh": "-command", "cmd": "/c"}


def command(value: Any) -> str:
    """The command as a person would type it: what `bash -lc` was given, a plain argument list joined, or the text."""
    if isinstance(value, str):
        return value
    words = texts(value)
    if not words:
        return ""
    name = (PureWindowsPath(words[0]) if "\\" in words[0] else PurePath(words[0])).name.lower().removesuffix(".exe")
    if name in _POSIX and len(words) >= 3 and words[1] in _FLAGS:
        return words[2]
    if name in _WINDOWS:
        lowered = [word.lower() for word in words[:-1]]
        if _WINDOWS[name] in lowered:
            return words[-1]
    return shlex.join(words)


def of_arguments(arguments: dict[str, Any]) -> str:
    return command(arguments.get("cmd") or arguments.get("command") or arguments.get("script"))


def workdir(arguments: dict[str, Any]) -> str:
    return text(arguments.get("workdir")) or text(arguments.get("working_directory")) or text(arguments.get("cwd"))
