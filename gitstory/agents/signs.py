"""Where to look whether an agent was ever used here, before its reader is imported: all of them take 70 ms and more.

`~` is the home directory, `$NAME` the value of a variable, if it is set. One of an agent's places is there wherever its
reader finds anything by itself (a test holds the readers' roots against this); an agent without places is always read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

VS_CODE = ("Code", "Code - Insiders", "VSCodium", "VSCodium - Insiders", "Code - OSS")
EDITORS = (*VS_CODE, "Cursor", "Windsurf")
"""Editors made of VS Code, by the folders they keep their settings in."""
SERVERS = (".vscode-server", ".vscode-server-insiders", ".vscodium-server", ".cursor-server", ".windsurf-server")

_BASES = ("~/.config", "~/Library/Application Support", "$XDG_CONFIG_HOME", "$APPDATA", "$VSCODE_APPDATA")
_IN_EDITORS = (
    *(f"{base}/{name}" for base in _BASES for name in EDITORS),
    *(f"~/{server}" for server in SERVERS),
    "~/.var/app",
    "$VSCODE_PORTABLE",
    "/mnt/c/Users",
)

SIGNS: Mapping[str, tuple[str, ...]] = {
    "claude-code": (
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
    "codex": ("~/.codex", "$CODEX_HOME"),
    "opencode": ("~/.local/share/opencode", "$XDG_DATA_HOME/opencode", "$LOCALAPPDATA/opencode", "$OPENCODE_DB"),
    "crush": ("~/.local/share/crush", "$XDG_DATA_HOME/crush", "$LOCALAPPDATA/crush", "$CRUSH_GLOBAL_DATA"),
    "goose": ("~/.local/share/goose", "$XDG_DATA_HOME/goose", "$APPDATA/Block/goose", "$GOOSE_PATH_ROOT"),
    "zed": ("~/.local/share/zed", "~/Library/Application Support/Zed", "$XDG_DATA_HOME/zed", "$LOCALAPPDATA/Zed"),
    "windsurf": ("~/.windsurf",),
    "droid": ("~/.factory",),
    "amp": ("~/.local/share/amp", "$XDG_DATA_HOME/amp", "$LOCALAPPDATA/amp"),
    "cline": ("~/.cline", "$CLINE_DIR", "$CLINE_DATA_DIR", *_IN_EDITORS),
    "roo": _IN_EDITORS,
    "kilo-code": ("~/.local/share/kilo", "$XDG_DATA_HOME/kilo", *_IN_EDITORS),
    "cursor": ("~/.cursor", "$CURSOR_DATA_DIR", *_IN_EDITORS),
    "cursor-cli": ("~/.cursor", "~/.config/cursor", "$XDG_CONFIG_HOME/cursor", "$CURSOR_CONFIG_DIR"),
    "copilot-chat": _IN_EDITORS,
    "gemini-cli": ("~/.gemini", "$GEMINI_CLI_HOME"),
    "copilot-cli": ("~/.copilot", "$COPILOT_HOME"),
    "qwen": ("~/.qwen", "$QWEN_HOME", "$QWEN_RUNTIME_DIR"),
    "pi": ("~/.pi", "$PI_CODING_AGENT_DIR"),
    "continue": ("~/.continue", "$CONTINUE_GLOBAL_DIR"),
    "antigravity": ("~/.gemini/antigravity-cli",),
    "deepseek-tui": ("~/.deepseek",),
    "kiro": (
        "~/.kiro",
        "$KIRO_HOME",
        "$KIRO_SESSIONS_DIR",
        *(
            f"{data}/{program}"
            for data in ("~/.local/share", "~/Library/Application Support", "$XDG_DATA_HOME")
            for program in ("kiro-cli", "amazon-q")
        ),
    ),
    "kiro-ide": (*(f"{base}/Kiro" for base in _BASES), "~/.var/app", "$VSCODE_PORTABLE", "/mnt/c/Users"),
    "aider": ("~/.aider.chat.history.md", "$AIDER_CHAT_HISTORY_FILE"),
    "specstory": ("~/.specstory",),
}


def places(agent: str, env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Where `agent` leaves something, there or not."""
    for sign in SIGNS.get(agent, ()):
        first, _, rest = sign.partition("/")
        if first == "~":
            yield home / rest
        elif not first.startswith("$"):
            yield Path(sign)
        elif env.get(first[1:]):
            yield Path(env[first[1:]], rest)


def seen(agent: str, env: Mapping[str, str], home: Path) -> bool:
    """Whether `agent` could have a store here."""
    return agent not in SIGNS or any(place.exists() for place in places(agent, env, home))
