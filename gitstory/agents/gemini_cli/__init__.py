"""Gemini CLI: a file for each session below `~/.gemini/tmp/<project>/chats`, subagents' in a folder of its name.

The project's folder is named by the SHA-256 of its root's path (2025), or by a short name that `projects.json` and a
marker within it explain (2026). Seen up to 0.61. Git hooks do not run for commits that its shell makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.gemini_cli import parse, store
from gitstory.agents.json_values import mapping, seconds, text
from gitstory.agents.stores import row_sources
from gitstory.agents.stores.jsonl import stored
from gitstory.effects import patches

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_MARKER = ".project_root"


class GeminiCli(Reader):
    name = "gemini-cli"

    def sources(self, root: Path) -> Iterator[Source]:
        return _sources(self.name, root)

    def places(self, source: Source) -> tuple[str, ...]:
        """The root of the project, if its folder names it."""
        project = _project(source.path)
        place = _place(project, _registered(project.parent))
        return (patches.absolute(place, None),) if place else ()

    def folder_of(self, directory: Path) -> str | None:
        return sha256(str(directory).encode("utf-8", "surrogatepass")).hexdigest()

    def read(self, source: Source) -> Reading:
        session_log = store.read(source.path)
        inner = source.path.parent.name != "chats"
        own = text(session_log.head.get("sessionId"))
        ident = source.id or (own if row_sources.is_name(own) else source.path.stem)
        draft = Draft(source.agent, ident if row_sources.is_name(ident) else "session", str(source.path))
        draft.skipped = session_log.skipped
        draft.seen_in(*self.places(source))
        if inner or session_log.head.get("kind") == "subagent":
            draft.subagent, draft.parent = True, source.path.parent.name if inner else None
        parse.tell(draft, session_log)
        if draft.started is None:
            draft.bounded(source.modified)
        began = seconds(session_log.head.get("startTime"))
        draft.started = (
            began if began is not None and (draft.started is None or began < draft.started) else draft.started
        )
        return draft.reading()


def _sources(agent: str, root: Path) -> Iterator[Source]:
    """Sessions below `root`, the folder of all projects. A document that was gone on with as lines is left out."""
    projects = _registered(root)
    for folder in safe_open.globbed(root, "*/chats"):
        place = _place(folder.parent, projects)
        mark = crc32(place.encode("utf-8", "surrogatepass"))
        name = folder.parent.name
        existing = sha256(place.encode("utf-8", "surrogatepass")).hexdigest() if place else name
        own = existing if _HASH.match(existing) else None
        paths = [*safe_open.globbed(folder, "session-*.json*"), *safe_open.globbed(folder, "*/*.jsonl")]
        going_on = {path.with_suffix("") for path in paths if path.suffix == ".jsonl"}
        for path in paths:
            if path.suffix != ".jsonl" and (path.suffix != ".json" or path.with_suffix("") in going_on):
                continue
            facts = safe_open.facts(path)
            if facts is not None:
                stamp = (facts.st_size, facts.st_mtime_ns, mark)
                yield Source(agent, path, stamp, facts.st_size, facts.st_mtime, _ident(path), own)


def _ident(path: Path) -> str | None:
    """A subagent's file is named by its id; a session's by the first letters of its id only."""
    return path.stem if path.parent.name != "chats" and row_sources.is_name(path.stem) else None


def _project(path: Path) -> Path:
    above = path.parent if path.parent.name == "chats" else path.parent.parent
    return above.parent


def _place(project: Path, projects: Mapping[str, str]) -> str:
    """The root of the project of this folder; "" if unknown."""
    try:
        return safe_open.content(project / _MARKER).decode("utf-8", "replace").strip().split("\n")[0]
    except (OSError, ValueError):
        return projects.get(project.name, "")


def _registered(root: Path) -> dict[str, str]:
    """The names of projects' folders, as the program's own list has them -> the projects' roots."""
    listed = root.parent / "projects.json"
    return safe_open.remembered("gemini-cli", listed, lambda: _listed_projects(listed))


def _listed_projects(listed: Path) -> dict[str, str]:
    projects = mapping((stored(listed) or {}).get("projects"))
    return {name: path for path, name in projects.items() if isinstance(name, str)}


AGENT = GeminiCli()
