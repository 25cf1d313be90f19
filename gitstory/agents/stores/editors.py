"""Where editors made of VS Code keep what they and their extensions store, and which folders their windows had open.

A window has a folder of its own in `workspaceStorage`, whose `workspace.json` names a folder or a workspace of several.
Paths stand there as addresses: `file:///c%3A/work`, `vscode-remote://wsl%2Bubuntu/home/dev`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from msgspec import structs

from gitstory import safe_open
from gitstory.agents.catalog import EDITORS, SERVERS
from gitstory.agents.stores.jsonl import decode
from gitstory.effects import patches
from gitstory.model import Call, Conversation, Step

WINDOWS = Path("/mnt/c/Users")
"""The home directories of Windows, as Linux inside of it (WSL) sees them: there the editors of both run."""

_SANDBOXED = ("com.visualstudio.code", "com.visualstudio.code.insiders", "com.vscodium.codium")
_DRIVE = re.compile(r"/?([A-Za-z]):(?=/)")
_DISTRIBUTION = re.compile(r"//(?:wsl\.localhost|wsl\$)/[^/]+(?=/)", re.IGNORECASE)
_COMMENTS = re.compile(
    r'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[\]}])',
    re.DOTALL,
)
_LARGEST = 1 << 20
"""Bytes of a file that lists the folders of a workspace."""


def users(
    env: Mapping[str, str], home: Path, names: Sequence[str] = EDITORS, servers: Sequence[str] = SERVERS
) -> Iterator[Path]:
    """The `User` folders of the first of `names`, there or not, then those of the others that were used here."""
    bases = [Path(env["VSCODE_APPDATA"])] if env.get("VSCODE_APPDATA") else []
    bases += [Path(env["XDG_CONFIG_HOME"])] if env.get("XDG_CONFIG_HOME") else []
    bases += [home / ".config", home / "Library" / "Application Support"]
    if env.get("APPDATA"):
        bases.append(Path(env["APPDATA"]))
    first = [base / names[0] / "User" for base in dict.fromkeys(bases)]
    further = [home / ".var" / "app" / name / "config" for name in _SANDBOXED]
    if env.get("WSL_DISTRO_NAME"):
        further += sorted(safe_open.globbed(WINDOWS, "*/AppData/Roaming"))
    others = [base / names[0] / "User" for base in further]
    others += [base / name / "User" for name in names[1:] for base in dict.fromkeys([*bases, *further])]
    if env.get("VSCODE_PORTABLE"):
        others.append(Path(env["VSCODE_PORTABLE"]) / "user-data" / "User")
    others += [home / server / "data" / "User" for server in servers]
    yield from first
    yield from (one for one in others if _is_there(one))


def storage(extension: str, env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """The folder of `extension` in VS Code, and in each editor made of it that was used here."""
    for user in users(env, home):
        yield user / "globalStorage" / extension


def stored_elsewhere(names: Sequence[str], env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Folders that the settings called `names` give extensions instead of their own, in any editor and profile."""
    folders: dict[Path, None] = {}
    for user in users(env, home):
        for file in (user / "settings.json", *safe_open.globbed(user / "profiles", "*/settings.json")):
            fields = _object(file)
            for name in names:
                named = fields.get(name)
                path = local(_normal(named), file) if isinstance(named, str) and named else ""
                if path and "\0" not in path and Path(path).is_absolute():
                    folders[Path(path)] = None
    yield from folders


def path_of(address: Any) -> str:
    """The path that an address names, as text or as VS Code writes it in parts; "" for what is no file.

    The path is that on the machine of the files: a remote address has the path of that machine.
    """
    if isinstance(address, dict):
        scheme, whole = address.get("scheme"), address.get("path") or address.get("fsPath")
        if not isinstance(whole, str) or scheme not in ("file", "vscode-remote", None):
            external = address.get("external")
            return path_of(external) if isinstance(external, str) and whole is None else ""
        authority = address.get("authority")
        shared = scheme == "file" and isinstance(authority, str) and authority
        return _normal(f"//{authority}{whole}" if shared else whole)
    if not isinstance(address, str) or not address:
        return ""
    scheme, colon, rest = address.partition("://")
    if not colon:
        normal = _normal(address)
        return normal if normal.startswith("/") or _DRIVE.match(normal) else ""
    authority, slash, path = rest.partition("/")
    if scheme == "file":
        return _normal(unquote((f"//{authority}" if authority else "") + slash + path))
    return _normal(unquote(slash + path)) if scheme == "vscode-remote" else ""


def _normal(path: str) -> str:
    absolute = patches.absolute(path.replace("\\", "/") if path.startswith("\\\\") else path, None)
    absolute = _DRIVE.sub(lambda drive: f"{drive[1]}:", absolute, count=1) if _DRIVE.match(absolute) else absolute
    return absolute.rstrip("/") or absolute[:1]


def local(path: str, store: Path) -> str:
    """A path under the name it has where `store` is read: Linux inside of Windows has other names for its files."""
    if not _is_windows(store):
        return path
    inside = _DISTRIBUTION.match(path)
    if inside:
        return path[inside.end() :]
    drive = _DRIVE.match(path)
    return f"{WINDOWS.parents[1].as_posix()}/{drive[1].lower()}{path[drive.end() :]}" if drive else path


def relocated(conversation: Conversation, store: Path) -> Conversation:
    """A conversation with all its paths under the names they have where its store is read."""
    if not _is_windows(store):
        return conversation
    turns = tuple(
        structs.replace(turn, steps=tuple(_moved(step, store) for step in turn.steps)) for turn in conversation.turns
    )
    return structs.replace(
        conversation, turns=turns, places=tuple(local(place, store) for place in conversation.places)
    )


def _moved(step: Step, store: Path) -> Step:
    if not isinstance(step, Call):
        return step
    edits = tuple(
        structs.replace(
            edit,
            path=local(edit.path, store),
            moved_from=local(edit.moved_from, store) if edit.moved_from else edit.moved_from,
        )
        for edit in step.edits
    )
    return structs.replace(step, edits=edits, cwd=local(step.cwd, store) if step.cwd else step.cwd)


def _is_windows(store: Path) -> bool:
    return store.parts[: len(WINDOWS.parts) - 2] == WINDOWS.parts[:-2]


def folders(window: Path) -> tuple[str, ...]:
    """The folders that the window with this folder in `workspaceStorage` had open, in their order."""
    fields = _object(window / "workspace.json")
    if fields.get("folder"):
        return tuple(filter(None, (local(path_of(fields["folder"]), window),)))
    named = local(path_of(fields.get("workspace") or fields.get("configuration")), window)
    if not named or "\0" in named:
        return ()
    base = named.rpartition("/")[0]
    listed = _object(Path(named)).get("folders")
    texts = [_folder(one, base, window) for one in listed] if isinstance(listed, list) else []
    return tuple(dict.fromkeys(filter(None, texts)))


def _folder(each: Any, base: str, window: Path) -> str:
    fields = each if isinstance(each, dict) else {}
    if isinstance(fields.get("path"), str) and fields["path"]:
        return local(_normal(patches.absolute(fields["path"], base)), window)
    return local(path_of(fields.get("uri")), window)


def _object(path: Path) -> dict[str, Any]:
    """The object in a JSON file, which may hold comments; empty where there is none."""
    try:
        data = safe_open.content(path, _LARGEST)
    except OSError:
        return {}
    fields = decode(data)
    if fields is None:
        plain = _COMMENTS.sub(lambda match: match[1] or "", data.decode("utf-8", "replace"))
        try:
            fields = json.loads(plain)
        except (ValueError, RecursionError):
            return {}
    return fields if isinstance(fields, dict) else {}


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
