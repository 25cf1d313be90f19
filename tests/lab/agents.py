"""How each agent is run without a terminal, and how its tools are asked to edit a file and to run a command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tests.lab.plan import ToolCall, patch_that_adds, patch_that_replaces
from tests.lab.programs import Ran, environment, run

Session = Literal["new", "resume", "fork"]
"""Start a conversation, go on with the last one of the directory, or go on with a copy of it."""


class LabAgent(Protocol):
    """One agent under test; `home` holds its store, `name` is gitstory's word for it."""

    @property
    def name(self) -> str: ...

    @property
    def home(self) -> Path: ...

    @property
    def marker(self) -> str:
        """The variable that names the conversation in a git hook's environment."""
        ...

    def turn(self, prompt: str, cwd: Path, session: Session = "new") -> Ran:
        """One prompt, headless."""
        ...

    def transcripts(self) -> list[Path]: ...

    def conversation_id(self, transcript: Path) -> str: ...

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        """Replace whole lines `old` of `path` by `new`."""
        ...

    def write(self, path: Path, text: str) -> ToolCall:
        """Make a new file."""
        ...

    def shell(self, command: str) -> ToolCall: ...

    def read(self, path: Path) -> ToolCall: ...


@dataclass(frozen=True)
class ClaudeCode:
    """Claude Code in print mode. A dummy key, no updates, no reporting; IS_SANDBOX lets root skip permissions."""

    program: Path
    home: Path
    url: str
    name: str = "claude-code"
    marker: str = "CLAUDE_CODE_SESSION_ID"

    def turn(self, prompt: str, cwd: Path, session: Session = "new") -> Ran:
        go_on = {"new": [], "resume": ["--continue"], "fork": ["--continue", "--fork-session"]}[session]
        command = [str(self.program), *go_on, "--dangerously-skip-permissions", "-p", prompt]
        return run(command, cwd, environment(self.home, self.variables()))

    def variables(self) -> Mapping[str, str]:
        return {
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": "not-a-key",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "IS_SANDBOX": "1",
        }

    def transcripts(self) -> list[Path]:
        return sorted((self.home / ".claude" / "projects").glob("*/*.jsonl"))

    def conversation_id(self, transcript: Path) -> str:
        return transcript.stem

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("Edit", {"file_path": str(path), "old_string": old, "new_string": new})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("Write", {"file_path": str(path), "content": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("Bash", {"command": command, "description": "lab"})

    def read(self, path: Path) -> ToolCall:
        """Claude Code refuses to edit what it has not read."""
        return ToolCall("Read", {"file_path": str(path)})


@dataclass(frozen=True)
class Codex:
    """Codex exec against a model provider of the lab's own.

    `model` decides which tools Codex offers: gpt-5.5 gets `exec_command` and `apply_patch` directly, everything newer
    gets "code mode", where the only tool is `exec` and the model writes JavaScript that calls the others.
    """

    program: Path
    home: Path
    url: str
    model: str = "gpt-5.5"
    flags: Sequence[str] = ("--dangerously-bypass-approvals-and-sandbox",)
    name: str = "codex"
    marker: str = "CODEX_THREAD_ID"

    @property
    def code_mode(self) -> bool:
        return self.model != "gpt-5.5"

    def turn(self, prompt: str, cwd: Path, session: Session = "new") -> Ran:
        self.settings()
        ask = {
            "new": lambda: [*self.flags, prompt],
            "resume": lambda: ["resume", *self.flags, "--last", prompt],
            "fork": lambda: ["fork", *self.flags, self.conversation_id(self.transcripts()[-1]), prompt],
        }[session]()
        return run([str(self.program), "exec", *ask], cwd, environment(self.home, self.variables()))

    def variables(self) -> Mapping[str, str]:
        return {"LAB_KEY": "not-a-key"}

    def settings(self, trusted: Path | None = None) -> None:
        folder = self.home / ".codex"
        folder.mkdir(exist_ok=True)
        trust = f'\n[projects."{trusted}"]\ntrust_level = "trusted"\n' if trusted else ""
        (folder / "config.toml").write_text(
            f'model = "{self.model}"\nmodel_provider = "lab"\ncheck_for_update_on_startup = false\n\n'
            '[model_providers.lab]\nname = "lab"\nwire_api = "responses"\nenv_key = "LAB_KEY"\n'
            f'base_url = "{self.url}/v1"\nrequest_max_retries = 0\nstream_max_retries = 0\n\n'
            f"[analytics]\nenabled = false\n{trust}"
        )

    def transcripts(self) -> list[Path]:
        return sorted((self.home / ".codex" / "sessions").rglob("rollout-*.jsonl"))

    def conversation_id(self, transcript: Path) -> str:
        """The thread of a rollout; behind it a rewind puts a segment of its own."""
        return transcript.stem.partition("_")[0][-36:]

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return self._apply(patch_that_replaces(path, old, new))

    def write(self, path: Path, text: str) -> ToolCall:
        return self._apply(patch_that_adds(path, text))

    def _apply(self, patch: str) -> ToolCall:
        if self.code_mode:
            return ToolCall("exec", free=f"text(await tools.apply_patch({json.dumps(patch)}));")
        return ToolCall("apply_patch", free=patch)

    def shell(self, command: str) -> ToolCall:
        if self.code_mode:
            asked = json.dumps({"cmd": command})
            return ToolCall("exec", free=f"const done = await tools.exec_command({asked}); text(done.output);")
        return ToolCall("exec_command", {"cmd": command})

    def read(self, path: Path) -> ToolCall:
        return self.shell(f"cat {path}")
