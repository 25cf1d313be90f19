"""The agents that are described rather than programmed: where a program comes from, its settings, its tools.

Each is run by one shape of command: its program, what goes on with an earlier conversation (nothing, or the arguments
`git story resume` prints), its own flags, the prompt. Keys are dummies; updates and reporting are off.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from tests.lab.plan import Reply, ToolCall, patch_that_adds, patch_that_replaces
from tests.lab.programs import Package, Ran, environment, run

KEY = "not-a-key"
ANSWER = "All done."
"""The last word of every turn: an agent that shows it has played the plan to its end."""
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there: what an agent sends to anything but this machine ends at once."""
SEALED = {
    "HTTP_PROXY": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "http_proxy": NOWHERE,
    "https_proxy": NOWHERE,
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class Headless:
    """One agent whose store lies below `home`; the subclasses say what differs."""

    program: Path
    home: Path
    url: str

    name: ClassVar[str]
    package: ClassVar[Package]
    hooks_off: ClassVar[str] = ""
    """Why git's hooks do not run for its commits; empty where they do."""
    no_resume: ClassVar[str] = ""
    """Why `git story resume` has no command for it; then `go_on_last` goes on with the last conversation."""
    go_on_last: ClassVar[Sequence[str]] = ()
    begins_again: ClassVar[str] = ""
    """Why a turn that goes on with a conversation is the first one of another; empty where it is the second."""
    commits_itself: ClassVar[str] = ""
    """How it commits what it wrote without being told to; `hands_off` then leaves that to a person."""
    hands_off: ClassVar[Sequence[str]] = ()
    in_words: ClassVar[bool] = False
    """Whether it offers the model no tools and takes edits out of the answer's words."""

    def turn(self, prompt: str, cwd: Path, go_on: Sequence[str] = ()) -> Ran:
        self.settings()
        command = [str(self.program), *self.arguments(prompt, go_on)]
        return run(command, cwd, environment(self.home, {**SEALED, **self.variables()}))

    def close(self) -> None:
        """End what the program left running."""

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        raise NotImplementedError

    def variables(self) -> Mapping[str, str]:
        return {}

    def settings(self) -> None:
        """Write what the program reads at its start."""

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        raise NotImplementedError

    def write(self, path: Path, text: str) -> ToolCall:
        raise NotImplementedError

    def shell(self, command: str) -> ToolCall:
        raise NotImplementedError

    def read(self, path: Path) -> ToolCall:
        raise NotImplementedError

    def replies(self, calls: Sequence[ToolCall]) -> list[Reply]:
        """What the model says in the turn, to its last word."""
        return [*(Reply(f"Step {n}.", f"Thinking of {n}.", (call,)) for n, call in enumerate(calls, 1)), Reply(ANSWER)]

    def _put(self, name: str, value: Any) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))


class OpenCode(Headless):
    name = "opencode"
    package = Package("opencode-ai", "opencode", ("1.18.33",))
    model: ClassVar[str] = "lab"
    settings_file: ClassVar[str] = ".config/opencode/opencode.json"
    switches: ClassVar[str] = "OPENCODE_DISABLE"

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        return ["run", *go_on, "--model", f"lab/{self.model}", prompt]

    def variables(self) -> Mapping[str, str]:
        names = ("AUTOUPDATE", "MODELS_FETCH", "DEFAULT_PLUGINS", "LSP_DOWNLOAD", "SHARE")
        return {f"{self.switches}_{name}": "1" for name in names}

    def settings(self) -> None:
        lab = {
            "npm": "@ai-sdk/openai-compatible",
            "options": {"baseURL": f"{self.url}/v1", "apiKey": KEY},
            "models": {self.model: {"name": self.model, "tool_call": True}},
        }
        self._put(self.settings_file, {"provider": {"lab": lab}, "autoupdate": False, "permission": "allow"})

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("edit", {"filePath": str(path), "oldString": old, "newString": new})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("write", {"filePath": str(path), "content": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("bash", {"command": command, "description": "lab"})

    def read(self, path: Path) -> ToolCall:
        return ToolCall("read", {"filePath": str(path)})


class OpenCodeWithGpt(OpenCode):
    """A model of that name is offered `apply_patch` in place of the tools that edit and write."""

    model = "gpt-5.5"

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("apply_patch", {"patchText": patch_that_replaces(path, old, new)})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("apply_patch", {"patchText": patch_that_adds(path, text)})


class KiloCode(OpenCode):
    """A fork of OpenCode: the same settings in a folder of its own."""

    name = "kilo-code"
    package = Package("@kilocode/cli", "kilo", ("7.7.7",))
    settings_file = ".config/kilo/kilo.json"
    switches = "KILO_DISABLE"


class Qwen(Headless):
    name = "qwen"
    package = Package("@qwen-code/qwen-code", "qwen", ("0.24.4", "0.15.10"))

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        return [*go_on, "--auth-type", "openai", "--yolo", "-p", prompt]

    def variables(self) -> Mapping[str, str]:
        # It sends everything through a proxy, whatever NO_PROXY says.
        direct = {name: "" for name in SEALED if name.lower().endswith("s_proxy") or name.lower() == "http_proxy"}
        return {**direct, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{self.url}/v1", "OPENAI_MODEL": "lab"}

    def settings(self) -> None:
        quiet = {"general": {"disableAutoUpdate": True, "enableAutoUpdate": False}, "telemetry": {"enabled": False}}
        self._put(".qwen/settings.json", {**quiet, "privacy": {"usageStatisticsEnabled": False}})

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("edit", {"file_path": str(path), "old_string": old, "new_string": new})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("write_file", {"file_path": str(path), "content": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("run_shell_command", {"command": command, "is_background": False})

    def read(self, path: Path) -> ToolCall:
        return ToolCall("read_file", {"file_path": str(path)})


class GeminiCli(Headless):
    """Its shell turns git's hooks off and hides the person's configuration: the repository has to name who commits."""

    name = "gemini-cli"
    package = Package("@google/gemini-cli", "gemini", ("0.61.0",))
    hooks_off = "its shell tool sets core.hooksPath to nothing for every command"

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        return [*go_on, "--yolo", "--skip-trust", "-p", prompt]

    def variables(self) -> Mapping[str, str]:
        return {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": self.url, "GEMINI_MODEL": "gemini-2.5-pro"}

    def settings(self) -> None:
        quiet = {"general": {"enableAutoUpdate": False}, "telemetry": {"enabled": False}}
        auth = {"security": {"auth": {"selectedType": "gemini-api-key"}}}
        self._put(".gemini/settings.json", {**quiet, **auth, "privacy": {"usageStatisticsEnabled": False}})

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        asked = {"file_path": str(path), "old_string": old, "new_string": new, "instruction": "lab"}
        return ToolCall("replace", asked)

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("write_file", {"file_path": str(path), "content": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("run_shell_command", {"command": command})

    def read(self, path: Path) -> ToolCall:
        return ToolCall("read_file", {"file_path": str(path)})


class CopilotCli(Headless):
    name = "copilot-cli"
    package = Package("@github/copilot", "copilot", ("1.0.102",))
    model: ClassVar[str] = "lab"

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        return [*go_on, "--allow-all", "--no-auto-update", "-p", prompt]

    def variables(self) -> Mapping[str, str]:
        provider = {"COPILOT_PROVIDER_BASE_URL": f"{self.url}/v1", "COPILOT_PROVIDER_API_KEY": KEY}
        return {**provider, "COPILOT_MODEL": self.model, "COPILOT_OFFLINE": "true"}

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("edit", {"path": str(path), "old_str": old, "new_str": new})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("create", {"path": str(path), "file_text": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("bash", {"command": command, "description": "lab"})

    def read(self, path: Path) -> ToolCall:
        return ToolCall("view", {"path": str(path)})


class CopilotCliWithGpt(CopilotCli):
    """A model of that name is offered `apply_patch` in place of the tools that edit and create."""

    model = "gpt-5.5"

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("apply_patch", free=patch_that_replaces(path, old, new))

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("apply_patch", free=patch_that_adds(path, text))


class Cline(Headless):
    """`cline --id` wants a terminal, and takes no prompt there but a typed one."""

    name = "cline"
    package = Package("cline", "cline", ("3.0.65",))

    def turn(self, prompt: str, cwd: Path, go_on: Sequence[str] = ()) -> Ran:
        if not go_on:
            return super().turn(prompt, cwd)
        from tests.lab.terminal import typed_turn  # there are no such terminals on Windows

        command = [str(self.program), *self.arguments("", go_on)[:-1]]
        env = environment(self.home, {**SEALED, **self.variables()})
        return typed_turn(command, cwd, env, prompt, before=ANSWER, after=ANSWER)

    def close(self) -> None:
        """Its hub stays behind; the stop is for the one of this home."""
        run([str(self.program), "hub", "stop"], self.home, environment(self.home, {**SEALED, **self.variables()}))

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        return [*go_on, "-P", "openai-compatible", "-m", "lab", prompt]

    def variables(self) -> Mapping[str, str]:
        return {"CLINE_NO_AUTO_UPDATE": "1", "CLINE_TELEMETRY_DISABLED": "1"}

    def settings(self) -> None:
        if not (self.home / ".cline").exists():
            asked = ["-p", "openai-compatible", "-k", KEY, "-m", "lab", "-b", f"{self.url}/v1"]
            done = run([str(self.program), "auth", *asked], self.home, environment(self.home, SEALED))
            assert done.code == 0, done.out + done.err

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("editor", {"path": str(path), "old_text": old, "new_text": new})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("editor", {"path": str(path), "new_text": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("run_commands", {"commands": [command]})

    def read(self, path: Path) -> ToolCall:
        return ToolCall("read_files", {"files": [{"path": str(path)}]})


class Pi(Headless):
    name = "pi"
    package = Package("@earendil-works/pi-coding-agent", "pi", ("1.6.0",), newer_node=True)

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        return [*go_on, "--offline", "--provider", "lab", "--model", "lab", "-p", prompt]

    def settings(self) -> None:
        model = {"id": "lab", "name": "lab", "input": ["text"], "contextWindow": 100000, "maxTokens": 8000}
        lab = {"baseUrl": f"{self.url}/v1", "api": "openai-completions", "apiKey": KEY, "models": [model]}
        self._put(".pi/agent/models.json", {"providers": {"lab": lab}})

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        return ToolCall("edit", {"path": str(path), "edits": [{"oldText": old, "newText": new}]})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("write", {"path": str(path), "content": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("bash", {"command": command})

    def read(self, path: Path) -> ToolCall:
        return ToolCall("read", {"path": str(path)})


class Continue(Headless):
    name = "continue"
    package = Package("@continuedev/cli", "cn", ("1.5.47",))
    no_resume = "`cn --resume` takes no id: it goes on with the last session; `cn --fork ID` starts another one"
    go_on_last = ("--resume",)

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        return ["--config", str(self.home / ".continue" / "lab.yaml"), *go_on, "--auto", "-p", prompt]

    def variables(self) -> Mapping[str, str]:
        return {"CONTINUE_TELEMETRY_ENABLED": "0", "CONTINUE_CLI_AUTO_UPDATED": "1", "OTEL_METRICS_EXPORTER": "none"}

    def settings(self) -> None:
        """JSON is YAML too."""
        model = {"name": "lab", "provider": "openai", "model": "gpt-4", "apiBase": f"{self.url}/v1", "apiKey": KEY}
        whole = {"name": "lab", "version": "1.0.0", "schema": "v1"}
        self._put(
            ".continue/lab.yaml", {**whole, "models": [{**model, "roles": ["chat"], "capabilities": ["tool_use"]}]}
        )

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        """The one editing tool it offers a model it does not know."""
        return ToolCall("MultiEdit", {"file_path": str(path), "edits": [{"old_string": old, "new_string": new}]})

    def write(self, path: Path, text: str) -> ToolCall:
        return ToolCall("Write", {"filepath": str(path), "content": text})

    def shell(self, command: str) -> ToolCall:
        return ToolCall("Bash", {"command": command})

    def read(self, path: Path) -> ToolCall:
        return ToolCall("Read", {"filepath": str(path)})


class Aider(Headless):
    """Edits are blocks in the answer. It commits each answer, and words the message in a request of its own."""

    name = "aider"
    package = Package("aider-chat", "aider", ("0.86.2",), registry="pypi")
    begins_again = "its history has no ids: every start of the program writes the head of another session"
    commits_itself = "auto-commits, with --no-verify"
    hands_off = ("--no-auto-commits", "--no-dirty-commits")
    in_words = True

    def arguments(self, prompt: str, go_on: Sequence[str]) -> list[str]:
        quiet = ("--no-check-update", "--analytics-disable", "--no-show-release-notes", "--no-show-model-warnings")
        model = ("--model", "openai/lab", "--model-settings-file", str(self.home / "models.yml"))
        return [*go_on, *model, *quiet, "--yes-always", "--no-pretty", "--message", prompt]

    def variables(self) -> Mapping[str, str]:
        provider = {"OPENAI_API_BASE": f"{self.url}/v1", "OPENAI_API_KEY": KEY}
        return {**provider, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

    def settings(self) -> None:
        """JSON is YAML too. Its rules would else stand below the prompt, in one message with it."""
        self._put("models.yml", [{"name": "openai/lab", "edit_format": "diff", "reminder": "sys"}])

    def replies(self, calls: Sequence[ToolCall]) -> list[Reply]:
        return [Reply("\n\n".join([*(call.free for call in calls if call.free), ANSWER]))]

    def edit(self, path: Path, old: str, new: str) -> ToolCall:
        """A block of the edit format "diff": the path, and the two texts between fences."""
        return ToolCall("edit", free=f"{path.name}\n```\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```")

    def write(self, path: Path, text: str) -> ToolCall:
        return self.edit(path, "", text)

    def read(self, path: Path) -> ToolCall:
        """It puts into the chat by itself which file an answer names."""
        return ToolCall("read")


HEADLESS: Mapping[str, type[Headless]] = {
    **{kind.name: kind for kind in (OpenCode, KiloCode, Qwen, GeminiCli, CopilotCli, Cline, Pi, Continue, Aider)},
    "opencode-gpt": OpenCodeWithGpt,
    "copilot-cli-gpt": CopilotCliWithGpt,
}
