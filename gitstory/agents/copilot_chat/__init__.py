"""Copilot Chat in VS Code, its insiders' builds, VSCodium and other editors made of it: a file for each session.

A session without one is read from Copilot's own records, its events or its traces, where those are kept. The format is
the editor's own, so that sessions of other participants in the chat are read as well. Files of "Export Chat" are read
where the configuration names their folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

from msgspec import structs

from gitstory import safe_open
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.copilot_chat import otel_spans, parse, store, transcripts
from gitstory.agents.json_values import items, mapping, text
from gitstory.agents.stores import editors, row_sources

_SESSIONS = ("workspaceStorage/*/chatSessions", "globalStorage/emptyWindowChatSessions")
_TRANSCRIPTS = "workspaceStorage/*/GitHub.copilot-chat/transcripts"


class CopilotChat(FolderReader):
    name = "copilot-chat"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return list(dict.fromkeys(editors.users(env, home)))

    def sources(self, root: Path) -> Iterator[Source]:
        """Sessions below a `User` folder, then records of those that are not among them; exports in any other."""
        existing: set[str | None] = set()
        windows: dict[Path, tuple[str, ...]] = {}
        for path in [*_files(root, _SESSIONS), *_files(root, (_TRANSCRIPTS,))]:
            # A session that was a document before is a log now: the other file is left from then.
            if path.stem not in existing and row_sources.is_name(path.stem):
                existing.add(path.stem)
                yield from self._source(path, path.stem, windows)
        yield from otel_spans.sources(self.name, root / otel_spans.DATABASE, frozenset(existing))
        if not existing and not (root / "globalStorage").is_dir() and not (root / "workspaceStorage").is_dir():
            for path in _files(root, ("",)):
                yield from self._source(path, None, windows)

    def _source(self, path: Path, name: str | None, windows: dict[Path, tuple[str, ...]]) -> Iterator[Source]:
        window = _window(path)
        if window is not None and window not in windows:
            windows[window] = editors.folders(window)
        folder = "\n".join(windows[window]) if window is not None else ""
        facts = safe_open.facts(path)
        if facts is not None:
            stamp = (facts.st_size, facts.st_mtime_ns, crc32(folder.encode("utf-8", "surrogatepass")))
            yield Source(self.name, path, stamp, facts.st_size, facts.st_mtime, name, folder or None)

    def places(self, source: Source) -> tuple[str, ...]:
        return tuple(place for place in (source.folder or "").split("\n") if place)

    def read(self, source: Source) -> Reading:
        name = source.id or source.path.stem
        if source.path.name == Path(otel_spans.DATABASE).name:
            conversations = otel_spans.read(source).conversations
            return Reading(tuple(editors.relocated(one, source.path) for one in conversations))
        if _is_transcript(source.path):
            conversation = transcripts.conversation(self.name, name, source.path, self.places(source))
            return Reading((editors.relocated(conversation, source.path),))
        fields, skipped = store.session(source.path)
        if fields is None or not isinstance(fields.get("requests", []), list):
            return row_sources.unreadable(source)
        if source.id is None:
            name = _named(fields) or name
        conversation = parse.conversation(self.name, name, source.path, fields, self.places(source))
        # Editors make a file for every session that is opened, whether anything is asked in it or not.
        if not conversation.turns and not skipped:
            return Reading(())
        conversation = structs.replace(conversation, skipped=conversation.skipped + skipped)
        return Reading((editors.relocated(conversation, source.path),))


def _files(root: Path, folders: tuple[str, ...]) -> list[Path]:
    """The files of sessions in folders of these names, a log before the document of its name."""
    paths = [path for one in folders for path in safe_open.globbed(root, f"{one}/*" if one else "*")]
    return sorted(
        (path for path in paths if path.suffix in (".json", ".jsonl")),
        key=lambda path: (path.with_suffix(""), path.suffix == ".json"),
    )


def _window(path: Path) -> Path | None:
    """The folder of the window in `workspaceStorage` that a session belongs to."""
    above = path.parents[2] if _is_transcript(path) else path.parent.parent
    return above if above.parent.name == "workspaceStorage" else None


def _is_transcript(path: Path) -> bool:
    return path.parent.name == "transcripts" and path.suffix == ".jsonl"


def _named(fields: dict[str, Any]) -> str:
    """The id of an exported session: its own, or where it is left out, that of its first request."""
    own = text(fields.get("sessionId"))
    first = next((text(mapping(one).get("requestId")) for one in items(fields.get("requests"))), "")
    ident = own or first.removeprefix("request_")
    return ident if row_sources.is_name(ident) else ""


AGENT = CopilotChat()
