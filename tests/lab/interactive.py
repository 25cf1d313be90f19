"""Claude Code and Codex in a real terminal (tmux), driven by keys as a person does."""

from __future__ import annotations

import json
import re
import shlex
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.lab.agents import ClaudeCode, Codex
from tests.lab.bench import Bench
from tests.lab.plan import ToolCall
from tests.lab.programs import environment
from tests.terminal import Terminal

BUSY = "esc to interrupt"
PATIENCE = 60.0
"""Seconds until a screen that does not come is given up."""


@dataclass
class Person:
    """Somebody at the terminal of an agent: types, reads, presses keys."""

    bench: Bench
    terminal: Terminal

    def type(self, text: str) -> None:
        self.terminal.keys("-l", text)
        self.terminal.wait(text)

    def say(self, prompt: str) -> None:
        self.type(prompt)
        self.terminal.keys("Enter")

    def ask(self, prompt: str, *calls: ToolCall | tuple[ToolCall, ...], answer: str) -> None:
        """A whole turn, from the prompt to the answer, which no other turn has."""
        self.bench.script(prompt, *calls, answer=answer)
        self.say(prompt)
        self.until(answer)

    def until(self, answer: str) -> None:
        """Wait for the end of the turn that ends with `answer`."""
        self.terminal.wait(answer, gone=BUSY)
        self.bench.model.check()

    def press(self, *keys: str, shows: str) -> None:
        """Keys, again and again, until the screen shows a text: they come too soon for a screen that is being drawn."""
        end = time.monotonic() + PATIENCE
        while not self._pressed(keys, shows):
            assert time.monotonic() < end, f"{keys} never show {shows!r}:\n{self.terminal.screen()}"

    def _pressed(self, keys: tuple[str, ...], shows: str) -> bool:
        """Whether the text is shown within two seconds. Two Escapes at once would be another key."""
        pause = threading.Event()
        for key in keys:
            self.terminal.keys(key)
            pause.wait(0.25)
        return any(shows in self.terminal.screen() or pause.wait(0.1) for _ in range(20))


@contextmanager
def at_claude(bench: Bench, *flags: str) -> Iterator[Person]:
    """A person at Claude Code's own screen, past its first questions."""
    agent, repo = bench.agent, str(bench.repo.path)
    assert isinstance(agent, ClaudeCode)
    known = {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "bypassPermissionsModeAccepted": True,
        "customApiKeyResponses": {"approved": ["not-a-key"], "rejected": []},
        "projects": {repo: {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}},
    }
    (agent.home / ".claude.json").write_text(json.dumps(known))
    command = [str(agent.program), *(flags or ("--dangerously-skip-permissions",))]
    with _at(bench, command, environment(agent.home, agent.variables())) as person:
        person.terminal.wait("shift+tab to cycle")
        yield person


@contextmanager
def at_codex(bench: Bench) -> Iterator[Person]:
    """A person at Codex' own screen, in a directory that it trusts."""
    agent = bench.agent
    assert isinstance(agent, Codex)
    agent.settings(trusted=bench.repo.path)
    command = [str(agent.program), *agent.flags]
    with _at(bench, command, environment(agent.home, agent.variables())) as person:
        person.terminal.wait("Use existing model")
        person.press("Down", shows="› 2. Use existing model")
        person.terminal.keys("Enter")
        person.terminal.wait("Ask Codex to do anything")
        yield person


@contextmanager
def _at(bench: Bench, command: list[str], env: Mapping[str, str]) -> Iterator[Person]:
    terminal = Terminal(bench.agent.home / "tmux", bench.repo.path, 120, 60, **{**env, "TERM": "xterm-256color"})
    terminal.patience = PATIENCE
    try:
        terminal.keys("-l", "exec " + shlex.join(command))
        terminal.keys("Enter")
        yield Person(bench, terminal)
    finally:
        terminal.close()


def filled_in(bench: Bench, call: ToolCall, key: str, pattern: str) -> tuple[ToolCall, Callable[[], None]]:
    """`call` with an argument that only the agent's last request tells, and what puts it in before the reply."""
    arguments = dict(call.input)

    def fill() -> None:
        found = re.findall(pattern, json.dumps(bench.model.asked[-1].body["messages"]))
        assert found, f"nothing like {pattern} in the request"
        arguments[key] = found[-1]

    return ToolCall(call.tool, arguments), fill
