"""Where editors made of VS Code keep what their extensions store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

_EDITORS = ("Code - Insiders", "VSCodium", "Cursor", "Windsurf")
_SERVERS = (".vscode-server", ".vscode-server-insiders", ".cursor-server", ".windsurf-server")


def storage(extension: str, env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """The folder of `extension` in VS Code, and in each editor made of it that was used here."""
    bases = [Path(env["XDG_CONFIG_HOME"])] if env.get("XDG_CONFIG_HOME") else []
    bases += [home / ".config", home / "Library" / "Application Support"]
    if env.get("APPDATA"):
        bases.append(Path(env["APPDATA"]))
    users = [base / "Code" / "User" for base in dict.fromkeys(bases)]
    others = [base / editor / "User" for editor in _EDITORS for base in dict.fromkeys(bases)]
    others += [home / server / "data" / "User" for server in _SERVERS]
    for user in [*users, *(one for one in others if _is_there(one))]:
        yield user / "globalStorage" / extension


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
