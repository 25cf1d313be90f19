"""Where editors made of VS Code keep what their extensions store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

_EDITORS = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf")
_SERVERS = (".vscode-server", ".vscode-server-insiders", ".cursor-server", ".windsurf-server")


def storage(extension: str, env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """The folder of `extension` in each editor there might be."""
    bases = [Path(env["XDG_CONFIG_HOME"])] if env.get("XDG_CONFIG_HOME") else []
    bases += [home / ".config", home / "Library" / "Application Support"]
    if env.get("APPDATA"):
        bases.append(Path(env["APPDATA"]))
    for base in dict.fromkeys(bases):
        for editor in _EDITORS:
            yield base / editor / "User" / "globalStorage" / extension
    for server in _SERVERS:
        yield home / server / "data" / "User" / "globalStorage" / extension
