"""Which program a name stands for, and the environment to start it in.

PATH and Python's own variables may hold an empty or a relative entry (`.`), which names the current directory: the
work tree, where anybody's commits put files. Neither we nor what we start look there. On Windows a bare name would be
looked for in the current directory before PATH.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

_LISTS = ("PATH", "PYTHONPATH")
_SINGLE = ("PYTHONHOME", "PYTHONUSERBASE", "PYTHONPYCACHEPREFIX", "PYTHONSTARTUP")


def find_program(name: str, path: str | None) -> str | None:
    """The absolute path of the program `name` on `path` (a value of PATH); None where none is found."""
    return _find(name, os.defpath if path is None else path)


@cache
def _find(name: str, path: str) -> str | None:
    endings = (".exe", ".cmd", ".bat", ".com") if os.name == "nt" else ("",)
    for folder in _absolute(path):
        for ending in endings:
            program = os.path.join(folder, name + ending)  # noqa: PTH118 - a Path here costs more than the look itself
            if os.path.isfile(program) and os.access(program, os.X_OK):  # noqa: PTH113
                return program
    return None


def absolute_only(env: Mapping[str, str]) -> dict[str, str]:
    """`env` without the entries of search paths that are relative to the current directory."""
    cleaned = dict(env)
    for name in _LISTS:
        if name in cleaned:
            kept = os.pathsep.join(_absolute(cleaned[name]))
            if kept or name == "PATH":
                cleaned[name] = kept
            else:
                del cleaned[name]
    for name in _SINGLE:
        if name in cleaned and not os.path.isabs(cleaned[name]):  # noqa: PTH117
            del cleaned[name]
    return cleaned


def _absolute(path: str) -> list[str]:
    return [folder for folder in path.split(os.pathsep) if os.path.isabs(folder)]  # noqa: PTH117
