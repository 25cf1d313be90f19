"""Cursor's command line program (`cursor-agent`): a SQLite store for each session, below a digest of its directory.

What its subagents did stands in transcripts (`gitstory.agents.cursor.transcripts`), and so does a session whose store
tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import md5
from pathlib import Path

from msgspec import structs

from gitstory import opening
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.cursor import transcripts
from gitstory.agents.cursor_cli import parse
from gitstory.agents.stores import rows, sqlite
from gitstory.model import Conversation

STORE = "store.db"


class CursorCli(Reader):
    name = "cursor-cli"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        found = [Path(env["CURSOR_CONFIG_DIR"])] if env.get("CURSOR_CONFIG_DIR") else []
        found += [Path(env["XDG_CONFIG_HOME"]) / "cursor"] if env.get("XDG_CONFIG_HOME") else []
        return list(dict.fromkeys([*found, home / ".cursor", home / ".config" / "cursor"]))

    def sources(self, root: Path) -> Iterator[Source]:
        """The sessions, then the transcripts of the subagents that they started."""
        written = [one for folder in _projects(root) for one in transcripts.sources(self.name, folder)]
        own = {one.id: one.stamp for one in written if transcripts.parent(one.path) is None}
        known: set[str | None] = set()
        for path in _stores(root):
            name = path.parent.name if path.name == STORE else path.stem
            if rows.is_name(name) and name not in known:
                known.add(name)
                stamp = (*sqlite.stamp(path), *opening.stamp(path.with_name("meta.json")), *own.get(name, ()))
                folder = path.parent.parent.name if path.name == STORE else None
                yield Source(self.name, path, stamp, sqlite.size(path), sqlite.modified(path), name, folder)
        yield from (one for one in written if transcripts.parent(one.path) in known and one.id not in known)

    def places(self, source: Source) -> tuple[str, ...]:
        if source.path.suffix == ".jsonl":
            return ()
        try:
            found = sqlite.query(source.path, lambda connection: parse.place(connection, source.path))
        except OSError:
            return ()
        return (found,) if found else ()

    def folder_of(self, directory: Path) -> str | None:
        return md5(str(directory).encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()

    def read(self, source: Source) -> Reading:
        if source.path.suffix == ".jsonl":
            return Reading((transcripts.conversation(source),))
        found = rows.read(source, lambda connection, _: parse.conversation(connection, source))
        if any(one.turns for one in found.conversations):
            return found
        told = [one for one in self._transcript(source) if one.turns]
        for store in found.conversations[:1] if told else ():
            began, skipped = store.started, told[0].skipped + store.skipped
            return Reading((structs.replace(told[0], started=began, skipped=skipped),))
        return found

    def _transcript(self, source: Source) -> Iterator[Conversation]:
        """The session as its transcript tells it."""
        above = source.path.parents[3] if len(source.path.parents) > 3 else None
        for folder in _projects(above) if above is not None and source.id is not None else ():
            for one in transcripts.sources(self.name, folder):
                if one.id == source.id and transcripts.parent(one.path) is None:
                    yield transcripts.conversation(one, next(iter(self.places(source)), ""))
                    return


def _stores(root: Path) -> list[Path]:
    """The stores below a directory of Cursor's, in a folder of such, or the one that `root` is."""
    if opening.is_file(root):
        return [root]
    found = opening.globbed(root, f"chats/*/*/{STORE}") or opening.globbed(root, "*.db")
    return [path for path in found if opening.is_file(path)]


def _projects(root: Path) -> list[Path]:
    """Where transcripts lie: they stay below the home directory where a version moved the sessions elsewhere."""
    found = [root / "projects"]
    if root.parent.name == ".config":
        found.append(root.parent.parent / ".cursor" / "projects")
    return found


AGENT = CursorCli()
