"""Every fact about an agent that is known without its reader. Imports nothing of gitstory: hooks read it.

In places, `~` is the home directory, `$NAME` the value of a variable (the place is left out where it is not set) and
`${NAME:-~/PATH}` the value or, where it is not set, the default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

VS_CODE = ("Code", "Code - Insiders", "VSCodium", "VSCodium - Insiders", "Code - OSS")
EDITORS = (*VS_CODE, "Cursor", "Windsurf")
"""Editors made of VS Code, by the folders they keep their settings in."""
SERVERS = (".vscode-server", ".vscode-server-insiders", ".vscodium-server", ".cursor-server", ".windsurf-server")

_BASES = ("~/.config", "~/Library/Application Support", "$XDG_CONFIG_HOME", "$APPDATA", "$VSCODE_APPDATA")
_BESIDE_EDITORS = ("~/.var/app", "$VSCODE_PORTABLE", "/mnt/c/Users")
_IN_EDITORS = (
    *(f"{base}/{name}" for base in _BASES for name in EDITORS),
    *(f"~/{server}" for server in SERVERS),
    *_BESIDE_EDITORS,
)
_DATA = "${XDG_DATA_HOME:-~/.local/share}"
_KIRO_DATA = tuple(
    f"{base}/{program}"
    for program in ("kiro-cli", "amazon-q")
    for base in ("$XDG_DATA_HOME", "~/.local/share", "~/Library/Application Support")
)
_VARIABLE = re.compile(r"\$(?:\{(\w+):-([^}]{0,200})\}|(\w+))")


class AgentInfo(NamedTuple):
    """One agent."""

    name: str
    """The identifier used everywhere: "claude-code"."""
    label: str
    """The name people know: "Claude Code"."""
    module: str
    """The module below `gitstory.agents` whose `AGENT` is the reader."""
    roots: tuple[str, ...] = ()
    """Where it stores conversations, best first; the reader may add places that it has to look for."""
    signs: tuple[str, ...] = ()
    """Places one of which exists wherever the reader finds anything by itself. Without any, it is always read."""
    markers: Mapping[str, str] = {}
    """Variables that a git hook sees when this agent runs git: variable -> "present", "conversation" or "call"."""
    local: tuple[str, ...] = ()
    """Stores within a work tree, as paths from its top."""
    secondhand: bool = False
    """Whether it retells conversations of other agents: those that an agent's own store has are left to that."""
    resume: tuple[str, ...] = ()
    """The command that continues a conversation, `{id}` in the place of its native id."""
    resumable: str = ""
    """Of an agent that is an editor's extension as well: the pattern of the ids that its program takes."""
    aliases: tuple[str, ...] = ()
    """Names that other tools have for it."""
    signer: str = ""
    """The name under which `SIGNERS` has its addresses, where that is not its own."""
    kept_days: float | None = None
    """Days after which it deletes a conversation that was not written to, unless its settings say otherwise."""


_INFOS = (
    AgentInfo(
        "claude-code",
        "Claude Code",
        "claude_code",
        signs=(
            "~/.claude",
            "~/.config/claude",
            "~/.config/Claude",
            "~/Library/Application Support/Claude",
            "$CLAUDE_CONFIG_DIR",
            "$XDG_CONFIG_HOME/claude",
            "$XDG_CONFIG_HOME/Claude",
            "$APPDATA/Claude",
            "$LOCALAPPDATA/Packages",
        ),
        markers={"CLAUDECODE": "present", "CLAUDE_CODE_SESSION_ID": "conversation"},
        resume=("claude", "--resume", "{id}"),
        aliases=("claude", "claude-code-cli"),
        signer="claude",
        kept_days=30.0,
    ),
    AgentInfo(
        "codex",
        "Codex",
        "codex",
        roots=("${CODEX_HOME:-~/.codex}/sessions", "${CODEX_HOME:-~/.codex}/archived_sessions"),
        signs=("~/.codex", "$CODEX_HOME"),
        markers={
            "CODEX_CI": "present",
            "CODEX_THREAD_ID": "conversation",
            "CODEX_SESSION_ID": "conversation",
            "CODEX_TOOL_CALL_ID": "call",
        },
        resume=("codex", "resume", "{id}"),
        aliases=("codex-cli", "openai-codex"),
    ),
    AgentInfo(
        "opencode",
        "OpenCode",
        "opencode",
        roots=(f"{_DATA}/opencode", "$LOCALAPPDATA/opencode"),
        signs=("~/.local/share/opencode", "$XDG_DATA_HOME/opencode", "$LOCALAPPDATA/opencode", "$OPENCODE_DB"),
        markers={"OPENCODE": "present"},
        resume=("opencode", "--session", "{id}"),
    ),
    AgentInfo(
        "crush",
        "Crush",
        "crush",
        roots=("$CRUSH_GLOBAL_DATA", "$XDG_DATA_HOME/crush", "$LOCALAPPDATA/crush", "~/.local/share/crush"),
        signs=("~/.local/share/crush", "$XDG_DATA_HOME/crush", "$LOCALAPPDATA/crush", "$CRUSH_GLOBAL_DATA"),
        local=(".crush",),
    ),
    AgentInfo(
        "goose",
        "Goose",
        "goose",
        roots=(
            "$GOOSE_PATH_ROOT/data/sessions",
            "$XDG_DATA_HOME/goose/sessions",
            "$APPDATA/Block/goose/data/sessions",
            "~/.local/share/goose/sessions",
        ),
        signs=("~/.local/share/goose", "$XDG_DATA_HOME/goose", "$APPDATA/Block/goose", "$GOOSE_PATH_ROOT"),
        resume=("goose", "session", "--resume", "--session-id", "{id}"),
    ),
    AgentInfo(
        "zed",
        "Zed",
        "zed",
        roots=(f"{_DATA}/zed/threads", "~/Library/Application Support/Zed/threads", "$LOCALAPPDATA/Zed/threads"),
        signs=(
            "~/.local/share/zed",
            "~/Library/Application Support/Zed",
            "$XDG_DATA_HOME/zed",
            "$LOCALAPPDATA/Zed",
        ),
    ),
    AgentInfo("windsurf", "Windsurf", "windsurf", roots=("~/.windsurf/transcripts",), signs=("~/.windsurf",)),
    AgentInfo(
        "droid",
        "Droid",
        "droid",
        roots=("~/.factory/sessions",),
        signs=("~/.factory",),
        resume=("droid", "--resume", "{id}"),
        aliases=("factory-ai-droid",),
    ),
    AgentInfo(
        "amp",
        "Amp",
        "amp",
        roots=("$XDG_DATA_HOME/amp/threads", "~/.local/share/amp/threads", "$LOCALAPPDATA/amp/threads"),
        signs=("~/.local/share/amp", "$XDG_DATA_HOME/amp", "$LOCALAPPDATA/amp"),
        resume=("amp", "threads", "continue", "{id}"),
    ),
    AgentInfo(
        "cline",
        "Cline",
        "cline",
        roots=tuple(
            f"{base}/{kind}"
            for base in ("$CLINE_DATA_DIR", "$CLINE_DIR/data", "~/.cline/data")
            for kind in ("sessions", "tasks")
        ),
        signs=("~/.cline", "$CLINE_DIR", "$CLINE_DATA_DIR", *_IN_EDITORS),
        markers={"CLINE_CONNECTOR_CLI_LAUNCH": "present"},
        resume=("cline", "--id", "{id}"),
        # Tasks of its extension are bare numbers.
        resumable=r"[0-9]{1,40}+_[A-Za-z0-9]++\Z",
    ),
    AgentInfo("roo", "Roo Code", "roo", signs=_IN_EDITORS),
    AgentInfo(
        "kilo-code",
        "Kilo Code",
        "kilo",
        roots=(f"{_DATA}/kilo",),
        signs=("~/.local/share/kilo", "$XDG_DATA_HOME/kilo", *_IN_EDITORS),
        resume=("kilo", "--session", "{id}"),
        # Older tasks of its extension are UUIDs.
        resumable="ses_",
    ),
    AgentInfo(
        "cursor",
        "Cursor",
        "cursor",
        signs=("~/.cursor", "$CURSOR_DATA_DIR", *_IN_EDITORS),
        markers={"CURSOR_AGENT": "present"},
        aliases=("cursor-ide",),
    ),
    AgentInfo(
        "cursor-cli",
        "Cursor CLI",
        "cursor_cli",
        signs=("~/.cursor", "~/.config/cursor", "$XDG_CONFIG_HOME/cursor", "$CURSOR_CONFIG_DIR"),
        resume=("cursor-agent", "--resume={id}"),
        aliases=("cursor-agent",),
        signer="cursor",
    ),
    AgentInfo(
        "copilot-chat",
        "Copilot Chat",
        "copilot_chat",
        signs=_IN_EDITORS,
        aliases=("github-copilot",),
        signer="copilot",
    ),
    AgentInfo(
        "aider",
        "Aider",
        "aider",
        signs=("~/.aider.chat.history.md", "$AIDER_CHAT_HISTORY_FILE"),
        local=(".aider.chat.history.md",),
        resume=("aider", "--restore-chat-history"),
    ),
    AgentInfo(
        "specstory",
        "SpecStory",
        "specstory",
        signs=("~/.specstory",),
        local=(".specstory/history",),
        secondhand=True,
    ),
    AgentInfo(
        "gemini-cli",
        "Gemini CLI",
        "gemini_cli",
        roots=("$GEMINI_CLI_HOME/.gemini/tmp", "~/.gemini/tmp"),
        signs=("~/.gemini", "$GEMINI_CLI_HOME"),
        markers={"GEMINI_CLI": "present"},
        resume=("gemini", "--resume", "{id}"),
        aliases=("gemini",),
    ),
    AgentInfo(
        "copilot-cli",
        "Copilot CLI",
        "copilot_cli",
        roots=("$COPILOT_HOME/session-state", "~/.copilot/session-state"),
        signs=("~/.copilot", "$COPILOT_HOME"),
        markers={"COPILOT_CLI": "present", "COPILOT_AGENT_SESSION_ID": "conversation"},
        resume=("copilot", "--resume={id}"),
        aliases=("copilot", "github-copilot-cli"),
        signer="copilot",
    ),
    AgentInfo(
        "qwen",
        "Qwen Code",
        "qwen",
        roots=tuple(
            f"{base}/{kind}" for base in ("$QWEN_RUNTIME_DIR", "$QWEN_HOME", "~/.qwen") for kind in ("projects", "tmp")
        ),
        signs=("~/.qwen", "$QWEN_HOME", "$QWEN_RUNTIME_DIR"),
        markers={"QWEN_CODE": "present"},
        resume=("qwen", "--resume", "{id}"),
        aliases=("qwen-code",),
    ),
    AgentInfo(
        "pi",
        "Pi",
        "pi",
        roots=("$PI_CODING_AGENT_DIR/sessions", "~/.pi/agent/sessions"),
        signs=("~/.pi", "$PI_CODING_AGENT_DIR"),
        markers={"PI_CODING_AGENT": "present"},
        resume=("pi", "--session", "{id}"),
    ),
    AgentInfo(
        "continue",
        "Continue",
        "continue_dev",
        roots=("$CONTINUE_GLOBAL_DIR/sessions", "~/.continue/sessions"),
        signs=("~/.continue", "$CONTINUE_GLOBAL_DIR"),
    ),
    AgentInfo(
        "antigravity",
        "Antigravity",
        "antigravity",
        roots=("~/.gemini/antigravity-cli",),
        signs=("~/.gemini/antigravity-cli",),
        resume=("agy", "--conversation", "{id}"),
    ),
    AgentInfo(
        "deepseek-tui",
        "DeepSeek TUI",
        "deepseek",
        roots=("~/.deepseek/sessions",),
        signs=("~/.deepseek",),
        resume=("deepseek", "--resume", "{id}"),
    ),
    AgentInfo(
        "kiro",
        "Kiro",
        "kiro",
        roots=("$KIRO_SESSIONS_DIR", "$KIRO_HOME/sessions", "~/.kiro/sessions", *_KIRO_DATA),
        signs=("~/.kiro", "$KIRO_HOME", "$KIRO_SESSIONS_DIR", *_KIRO_DATA),
        resume=("kiro-cli", "chat", "--resume-id", "{id}"),
        # Its editor and the third engine of its program share a store; that the program resumes those was not seen.
        resumable="(?!sess_)",
    ),
    AgentInfo("kiro-ide", "Kiro IDE", "kiro_ide", signs=(*(f"{base}/Kiro" for base in _BASES), *_BESIDE_EDITORS)),
)

AGENTS: Mapping[str, AgentInfo] = {info.name: info for info in _INFOS}
"""The built-in agents by name, in the order in which they are asked."""

SIGNERS: Mapping[str, tuple[str, ...]] = {
    "aider": ("aider@aider.chat", "noreply@aider.chat"),
    "amp": ("amp@ampcode.com",),
    "claude": ("noreply@anthropic.com", "claude[bot]@users.noreply.github.com"),
    "codex": ("noreply@openai.com", "codex@openai.com"),
    "continue": ("noreply@continue.dev", "agent@continue.dev", "continue[bot]@users.noreply.github.com"),
    "copilot": ("copilot@users.noreply.github.com", "copilot@github.com"),
    "crush": ("crush@charm.land",),
    "cursor": ("cursoragent@cursor.com",),
    "devin": ("devin-ai-integration[bot]@users.noreply.github.com",),
    "droid": ("factory-droid[bot]@users.noreply.github.com",),
    "gemini-code-assist": ("gemini-code-assist[bot]@users.noreply.github.com",),
    "jules": ("google-labs-jules[bot]@users.noreply.github.com",),
    "opencode": ("noreply@opencode.ai",),
    "qwen": ("qwen-coder@alibabacloud.com",),
    "warp": ("agent@warp.dev", "oz-agent@warp.dev"),
}
"""Who signs commits, with a reader here or without -> the addresses, those of GitHub without the number in front."""

MARKER_VARIABLES = (
    "AI_AGENT",
    *dict.fromkeys(variable for info in _INFOS for variable in info.markers),
    "CURSOR_TRACE_ID",
    "OR_APP_NAME",
)
"""Variables with which agents identify themselves to their shells; the hook writes them into the queue."""

STORE_VARIABLES = (
    "HOME",
    *dict.fromkeys(
        match[1] or match[3]
        for info in _INFOS
        for place in (*info.roots, *info.signs)
        for match in _VARIABLE.finditer(place)
    ),
)
"""Variables that move a store, which the hook writes into the queue: a worker may run under others than its own."""


def expanded(places: tuple[str, ...], env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """The paths of `places`, each once; those of variables that are not set are left out."""
    return map(Path, expanded_names(places, env, home))


def expanded_names(places: tuple[str, ...], env: Mapping[str, str], home: Path) -> list[str]:
    """`expanded` as texts: hundreds are looked up for each command, and few are there."""
    names = dict.fromkeys(_expanded(place, env, str(home)) for place in places)
    return [name for name in names if name]


def _expanded(place: str, env: Mapping[str, str], home: str) -> str:
    match = _VARIABLE.match(place)
    if match is not None:
        first = env.get(match[1] or match[3]) or match[2] or ""
        if not first:
            return ""
        place = first + place[match.end() :]
        if env.get(match[1] or match[3]):
            return place
    return os.path.join(home, place[2:]) if place.startswith("~/") else place  # noqa: PTH118 - a text, not a Path
