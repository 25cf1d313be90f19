"""Crush: one SQLite database in each project's data directory (schema of 2025; times in seconds).

Where the projects are stands in the registry `projects.json` of Crush's own data directory. Versions that kept none
left their database in `.crush` at the top of the work tree all the same. Tokens are left out: a session's counts
are those of its last request.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.conversation_builder import Draft, changed
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import row_sources
from gitstory.agents.stores.jsonl import decode, embedded, stored
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Conversation
from gitstory.sqlite_files import live_database

DATABASE = "crush.db"
_TOOLS = ToolTable(
    tools(shell=("bash",), write=("write",), replace=("edit", "multiedit")),
    shown=("command", "file_path", "path", "pattern", "url", "prompt"),
    path=("file_path",),
    patch=(),
    empty="new",
)
_QUIET = frozenset({"finish", "image_url", "binary"})


class Crush(FolderReader):
    name = "crush"

    def sources(self, root: Path) -> Iterator[Source]:
        """Sessions of the projects a registry at `root` names, and those of a database at `root` itself."""
        by_name: dict[Path, str | None] = {}
        if safe_open.is_file(root):
            by_name[root] = _project(root)
        elif safe_open.is_file(root / DATABASE):
            by_name[root / DATABASE] = _project(root / DATABASE)
        for path, project in _registered(root):
            by_name.setdefault(path, project)
        for path, place in by_name.items():
            with safe_open.also(place or path.parent):  # a project's database is in that project, or nowhere
                listed = list(row_sources.sources(self.name, path, partial(_find, place=place)))
            yield from listed

    def read(self, source: Source) -> Reading:
        with safe_open.also(source.folder or source.path.parent):
            return row_sources.read(source, partial(_conversation, place=source.folder))


def _registered(root: Path) -> Iterator[tuple[Path, str]]:
    for project in mappings((stored(root / "projects.json") or {}).get("projects")):
        place, data = text(project.get("path")), text(project.get("data_dir"))
        path = Path(patches.absolute(data or ".crush", place)) / DATABASE
        try:
            with safe_open.also(place or "."):
                there = bool(place) and "\0" not in str(path) and safe_open.is_file(path)
            if there:
                yield path, patches.absolute(place, None)
        except OSError:
            continue


def _project(path: Path) -> str | None:
    """The project of a database that is in Crush's usual place."""
    return path.parent.parent.as_posix() if path.parent.name == ".crush" and path.is_absolute() else None


def _find(connection: Connection, place: str | None) -> tuple[list[row_sources.Row], bool]:
    if not live_database.has(connection, "sessions", "id", "updated_at"):
        return [], True
    counts, joined = row_sources.of_messages(
        connection, "session_id", ["count(*) || '.' || max(updated_at)"], "updated_at"
    )
    if counts.startswith("("):
        # Times are whole seconds: the length of the newest message shows changes within one.
        newest = (
            "SELECT length(parts) FROM messages WHERE session_id = s.id ORDER BY created_at DESC, rowid DESC LIMIT 1"
        )
        counts += f", ({newest})"
    listed = live_database.Rows(connection, f"SELECT s.id, s.updated_at, {counts} FROM sessions s{joined}")
    return [row_sources.Row(row[0], row[1:], seconds(row[1]), place) for row in listed], listed.damage is not None


def _conversation(connection: Connection, name: str, place: str | None) -> Conversation | None:
    session = live_database.record(connection, "sessions", "id", name)
    if session is None:
        return None
    draft = Draft("crush", name, "", title=text(session.get("title")))
    draft.started_by(text(session.get("parent_session_id")))
    draft.started, draft.updated = seconds(session.get("created_at")), seconds(session.get("updated_at"))
    draft.seen_in(place or "")
    summary = text(session.get("summary_message_id"))
    if not live_database.has(connection, "messages", "session_id", "role", "parts"):
        draft.skipped += 1
        return draft.finished()
    model = "model" if "model" in live_database.columns(connection, "messages") else "NULL"
    sql = f"SELECT id, role, parts, {model}, created_at FROM messages WHERE session_id = ? ORDER BY created_at, rowid"
    messages = live_database.Rows(connection, sql, (name,))
    for ident, role, parts, used, created in messages:
        fields = decode(b'{"parts":' + (text(parts) or "0").encode("utf-8", "replace") + b"}")
        if fields is None or role not in ("user", "assistant", "tool"):
            draft.skipped += 1
        else:
            _message(draft, text(ident), text(role), items(fields["parts"]), text(used), seconds(created), summary)
    draft.skipped += messages.damage is not None
    return draft.finished()


def _message(
    draft: Draft, ident: str, role: str, parts: list[Any], model: str, time: float | None, summary: str
) -> None:
    pairs = [(text(mapping(part).get("type")), mapping(mapping(part).get("data"))) for part in parts]
    if role == "user":
        words = clean("\n".join(text(data.get("text")) for kind, data in pairs if kind == "text"))
        images = sum(kind in ("image_url", "binary") for kind, _ in pairs)
        draft.user_message(words, images, ident, time)
        return
    if role == "assistant":
        draft.used(model, time=time)
    for kind, data in pairs:
        if kind == "text" and ident and ident == summary:
            draft.mark("compacted", text(data.get("text")))
        elif kind == "text":
            draft.say(text(data.get("text")), time)
        elif kind == "reasoning":
            draft.think(text(data.get("thinking")) or text(data.get("text")), time)
        elif kind == "tool_call":
            _called(draft, data, time)
        elif kind == "tool_result":
            _answered(draft, data)
        elif kind == "finish" and data.get("reason") == "canceled":
            draft.mark("interrupted")
        elif kind not in _QUIET:
            draft.skipped += 1


def _called(draft: Draft, data: dict[str, Any], time: float | None) -> None:
    raw = text(data.get("input"))
    given = embedded(raw)
    ident, tool = text(data.get("id")), text(data.get("name"))
    draft.call(_TOOLS.requested(tool, ident, given, draft.cwd, time, "" if given else raw))


def _answered(draft: Draft, data: dict[str, Any]) -> None:
    """A result: whole texts if it has them, else a diff. One that says neither failure nor what was changed may be a
    refusal: its metadata is empty then."""
    call = draft.unanswered(text(data.get("tool_call_id")))
    if call is None:
        return
    fields, output, failed = embedded(data.get("metadata")), text(data.get("content")), data.get("is_error") is True
    call.cwd = draft.seen_in(text(fields.get("working_directory"))) or call.cwd
    diff, printed, action = text(fields.get("diff")), text(fields.get("output")) or output, _TOOLS.action(call.tool)
    hunks = patches.hunks(diff)
    if action == "write" and len(hunks) == 1 and hunks[0].old_start == 0:
        action = "new"
    action = action if fields or action == "shell" else ""
    _TOOLS.close(call, output, failed, action=action, ran=not failed or bool(fields), printed=printed, diff=diff)
    before, after = fields.get("old_content"), fields.get("new_content")
    if call.edits and action != "shell" and isinstance(before, str) and isinstance(after, str) and (before or after):
        call.edits = (changed(call.edits[0].path, before, after, call.time),)


AGENT = Crush()
