"""Where Claude Code keeps its transcripts, and which files belong to one conversation."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.json_values import text
from gitstory.agents.stores.jsonl import decode, stored

NAME = "claude-code"
NAME_LIMIT = 200
"""Project folders with longer names are cut and given a hash we do not compute."""
SUFFIX = ".jsonl"
PEEK = 1 << 16
DEPTH = 7
"""Levels below a desktop store's root at which `projects` folders are looked for."""

_ENCODED = re.compile(r"[^A-Za-z0-9-]")
_CWD = re.compile(rb'"cwd":\s?"((?:[^"\\]|\\.)*)"')
_SESSION = re.compile(rb'"sessionId":\s?"([^"\\]{1,200})"')
_DESKTOP = ("Claude", "local-agent-mode-sessions")


def roots(env: Mapping[str, str], home: Path) -> list[Path]:
    """`projects` folders (and the desktop program's trees, which hold such folders), best first."""
    configured = [
        Path(part.strip()).expanduser() for part in env.get("CLAUDE_CONFIG_DIR", "").split(",") if part.strip()
    ]
    config = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    bases = [*configured, home / ".claude", config / "claude", home / ".config" / "claude"]
    paths = [base if base.name == "projects" else base / "projects" for base in bases]
    paths += _desktop_roots(env, home, config)
    return list(dict.fromkeys(paths))


def _desktop_roots(env: Mapping[str, str], home: Path, config: Path) -> list[Path]:
    bases = [home / "Library" / "Application Support", config]
    if env.get("APPDATA"):
        bases.append(Path(env["APPDATA"]))
    if env.get("LOCALAPPDATA"):
        packages = Path(env["LOCALAPPDATA"]) / "Packages"
        bases += [package / "LocalCache" / "Roaming" for package in safe_open.globbed(packages, "Claude_*")]
    return [base.joinpath(*_DESKTOP) for base in bases]


def folder_of(directory: Path) -> str | None:
    """The project folder for sessions started in `directory`; None for names too long to be sure."""
    real = os.path.realpath(directory)
    name = _ENCODED.sub(lambda match: "--" if ord(match[0]) > 0xFFFF else "-", real)
    return name if len(name) <= NAME_LIMIT else None


def sources(root: Path) -> Iterator[Source]:
    """Every conversation under `root`, newest first."""
    if safe_open.is_file(root):
        beside = [entry for entry in _entries(root.parent) if entry.name in (root.name, root.stem)]
        strays = _strays([entry for entry in _entries(root.parent) if _is_stray(entry.name)])
        listed = list(_conversations(root.parent, beside, strays)) if root.suffix == ".jsonl" else []
    else:
        listed = [source for folder in _folders(root) for source in _in_folder(folder)]
    yield from sorted(listed, key=lambda source: -source.modified)


def _folders(root: Path) -> Iterator[Path]:
    """Folders that may hold transcripts: `root` and those in it, or what the `projects` folders further down hold."""
    if root.name == _DESKTOP[1]:
        for base, names, _ in os.walk(root):
            if "projects" in names:
                yield from _folders(Path(base, "projects"))
                names.remove("projects")
            if len(Path(base).parts) - len(root.parts) >= DEPTH:
                names.clear()
        return
    yield root
    for entry in _entries(root):
        if entry.is_dir():
            yield Path(entry.path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _in_folder(folder: Path) -> Iterator[Source]:
    entries = _entries(folder)
    return _conversations(folder, entries, _strays([entry for entry in entries if _is_stray(entry.name)]))


def _conversations(folder: Path, entries: list[os.DirEntry[str]], strays: Mapping[str, list[Path]]) -> Iterator[Source]:
    """The main files among `entries`. Plain strings and tuples here: there may be ten thousand of them."""
    names = {entry.name for entry in entries}
    key = folder.name if folder.parent.name == "projects" else None
    for entry in entries:
        stem = entry.name[: -len(SUFFIX)]
        if not entry.name.endswith(SUFFIX) or _is_stray(entry.name):
            continue
        path = folder / entry.name
        satellites = [*(_own_satellites(path) if stem in names else ()), *strays.get(stem, ())]
        facts = safe_open.facts(entry.path)
        if facts is None:
            continue
        count, size, time = _weight(satellites)
        time = max(time, facts.st_mtime_ns)
        stamp = (facts.st_size, facts.st_mtime_ns, count, size, time)
        yield Source(NAME, path, stamp, facts.st_size, time / 1e9, stem, key)


def _is_stray(name: str) -> bool:
    return name.startswith("agent-") and name.endswith(SUFFIX)


def _strays(entries: list[os.DirEntry[str]]) -> dict[str, list[Path]]:
    """Subagent files that stand beside the main files (before 2.0.6x), by the session their head names."""
    strays: dict[str, list[Path]] = {}
    for entry in entries:
        facts = safe_open.facts(entry.path)
        if facts is None:
            continue
        session = _session_of(entry.path, facts.st_ino, min(facts.st_size, 4096))
        if session:
            strays.setdefault(session, []).append(Path(entry.path))
    return strays


def _strays_in(folder: Path) -> Mapping[str, list[Path]]:
    """Listed once, not once for each of the conversations that are in the folder."""

    def listed() -> Mapping[str, list[Path]]:
        return _strays([entry for entry in _entries(folder) if _is_stray(entry.name)])

    return safe_open.remembered("claude-code strays", folder, listed)


@lru_cache(maxsize=1 << 14)
def _session_of(path: str, inode: int, size: int) -> str:
    """The session a subagent's file names in its first `size` bytes; asked again for each reading in its folder."""
    session = _SESSION.search(_end(Path(path), size))
    return session[1].decode("utf-8", "replace") if session else ""


def _weight(files: list[Path]) -> tuple[int, int, int]:
    """Number, bytes and latest modification (in nanoseconds) of files."""
    count = size = time = 0
    for file in files:
        facts = safe_open.facts(file)
        if facts is None:
            continue
        count, size, time = count + 1, size + facts.st_size, max(time, facts.st_mtime_ns)
    return count, size, time


def _own_satellites(path: Path) -> list[Path]:
    """All files in the folder named like the session: subagents, their descriptions, spilled tool output."""
    return sorted(Path(base, name) for base, _, names in os.walk(path.with_suffix("")) for name in names)


def helper_files(path: Path) -> dict[str, Path]:
    """The subagents' files of the conversation in `path`, by the subagent's id, in the order of their names."""
    own = [file for file in _own_satellites(path) if _is_stray(file.name)]
    files = [*own, *_strays_in(path.parent).get(path.stem, ())]
    return {file.stem.removeprefix("agent-"): file for file in files}


def started_by(path: Path) -> tuple[str, str]:
    """The call that started the subagent in `path`, and what it is for, as its `.meta.json` says; "" for unknown."""
    facts = stored(path.with_suffix(".meta.json")) or {}
    return text(facts.get("toolUseId")), text(facts.get("description"))


def places(path: Path) -> tuple[str, ...]:
    """Working directories named at the head and at the tail of a transcript."""
    head = _end(path, PEEK)
    if not _CWD.search(head):
        head = _end(path, PEEK * 32)
    chunks = [match[1] for match in _CWD.finditer(head + b"\n" + _end(path, PEEK, tail=True))]
    named = (text((decode(b'{"cwd":"' + raw + b'"}') or {}).get("cwd")) for raw in dict.fromkeys(chunks))
    return tuple(filter(None, named))


def _end(path: Path, size: int, *, tail: bool = False) -> bytes:
    """The first bytes of a file, or the last ones; empty for one that cannot be read."""
    try:
        with safe_open.opened(path) as file:
            file.seek(max(0, file.seek(0, 2) - size) if tail else 0)
            return file.read(size)
    except OSError:
        return b""
