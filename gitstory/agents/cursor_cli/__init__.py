"""Cursor's command line program (`cursor-agent`): a SQLite store for each session, below a digest of its directory.

What its subagents did stands in transcripts (`gitstory.agents.cursor.transcripts`), and so does a session whose store
tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import md5
from pathlib import Path

from msgspec import structs

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.cursor import transcripts
from gitstory.agents.cursor_cli import parse
from gitstory.agents.stores import row_sources
from gitstory.model import Conversation
from gitstory.sqlite_files import live_database

STORE = "store.db"


class CursorCli(Reader):
    name = "cursor-cli"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        paths = [Path(env["CURSOR_CONFIG_DIR"])] if env.get("CURSOR_CONFIG_DIR") else []
        paths += [Path(env["XDG_CONFIG_HOME"]) / "cursor"] if env.get("XDG_CONFIG_HOME") else []
        return list(dict.fromkeys([*paths, home / ".cursor", home / ".config" / "cursor"]))

    def sources(self, root: Path) -> Iterator[Source]:
        """The sessions, then the transcripts of the subagents that they started."""
        written = [one for folder in _projects(root) for one in transcripts.sources(self.name, folder)]
        own = {one.id: one.stamp for one in written if transcripts.parent(one.path) is None}
        existing: set[str | None] = set()
        for path in _stores(root):
            name = path.parent.name if path.name == STORE else path.stem
            if row_sources.is_name(name) and name not in existing:
                existing.add(name)
                stamp = (
                    *live_database.stamp(path),
                    *safe_open.stamp(path.with_name("meta.json")),
                    *own.get(name, ()),
                )
                folder = path.parent.parent.name if path.name == STORE else None
                yield Source(
                    self.name,
                    path,
                    stamp,
                    live_database.size(path),
                    live_database.modified(path),
                    name,
                    folder,
                )
        yield from (one for one in written if transcripts.parent(one.path) in existing and one.id not in existing)

    def places(self, source: Source) -> tuple[str, ...]:
        if source.path.suffix == ".jsonl":
            return ()
        try:
            query = live_database.query(source.path, lambda connection: parse.place(connection, source.path))
        except OSError:
            return ()
        return (query,) if query else ()

    def folder_of(self, directory: Path) -> str | None:
        return md5(str(directory).encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()

    def read(self, source: Source) -> Reading:
        if source.path.suffix == ".jsonl":
            return Reading((transcripts.conversation(source),))
        reading = row_sources.read(source, lambda connection, _: parse.conversation(connection, source))
        if any(one.turns for one in reading.conversations):
            return reading
        conversations = [one for one in self._transcript(source) if one.turns]
        for store in reading.conversations[:1] if conversations else ():
            began, skipped = store.started, conversations[0].skipped + store.skipped
            return Reading((structs.replace(conversations[0], started=began, skipped=skipped),))
        return reading

    def _transcript(self, source: Source) -> Iterator[Conversation]:
        """The session in its transcript."""
        above = source.path.parents[3] if len(source.path.parents) > 3 else None
        for folder in _projects(above) if above is not None and source.id is not None else ():
            for each in transcripts.sources(self.name, folder):
                if each.id == source.id and transcripts.parent(each.path) is None:
                    yield transcripts.conversation(each, next(iter(self.places(source)), ""))
                    return


def _stores(root: Path) -> list[Path]:
    """The stores below a directory of Cursor's, in a folder of such, or the one that `root` is."""
    if safe_open.is_file(root):
        return [root]
    paths = safe_open.globbed(root, f"chats/*/*/{STORE}") or safe_open.globbed(root, "*.db")
    return [path for path in paths if safe_open.is_file(path)]


def _projects(root: Path) -> list[Path]:
    """Where transcripts are: they stay below the home directory where a version moved the sessions elsewhere."""
    projects = [root / "projects"]
    if root.parent.name == ".config":
        projects.append(root.parent.parent / ".cursor" / "projects")
    return projects


AGENT = CursorCli()
