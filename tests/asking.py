"""Commands of which a test wants to know what they say, whichever process says it."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from gitstory import safe_open
from tests import program
from tests.cli import story

IN_PROCESS = frozenset(
    {
        "show",
        "log",
        "blame",
        "why",
        "explain",
        "conversations",
        "stats",
        "status",
        "config",
        "agents",
        "export",
        "inspect",
        "check",
        "review",
        "link",
        "unlink",
        "enable",
        "heal",
        "history",
        "rules",
        "scan",
        "search",
        "tell",
    }
)
"""Those that start nothing which outlives them and end by returning: a test may run them in its own process. Commands
with a worker of their own (`drain`, `forget`, `push`) are not faster there: it is forked from a larger process."""
_OF_A_PROCESS = ("GITSTORY_FAULT", "GITSTORY_DEBUG", "TZ")
"""How variables begin that a process reads as it starts."""


def asked(
    args: tuple[str, ...], cwd: Path, env: Mapping[str, str], *, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """`git story ARGS` with the environment `env`: one of `IN_PROCESS` within this process, which costs half as
    much, any other command in one of its own. What it has read is not remembered for the next."""
    if args[:1] and args[0] in IN_PROCESS and timeout is None and _is_like_a_process(env):
        with pytest.MonkeyPatch.context() as patched, safe_open.apart():
            for name in os.environ.keys() - env.keys():
                patched.delenv(name)
            for name, value in env.items():
                if os.environ.get(name) != value:
                    patched.setenv(name, value)
            program.fork_what_it_starts(patched)
            said = story(cwd, *args)
        return subprocess.CompletedProcess(args, said.code, said.out, said.err)
    return program.as_text(program.run(args, cwd, env, timeout=timeout))


def _is_like_a_process(env: Mapping[str, str]) -> bool:
    """Whether what a run prints is the same here and in a process that starts with `env`."""
    alone = threading.current_thread() is threading.main_thread()
    return alone and program.is_same_python(env) and not any(name.startswith(_OF_A_PROCESS) for name in env)
