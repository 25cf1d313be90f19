"""Cursor, the editor: one large database of all conversations, one small one for each window (0.4x to 3.19).

Conversations of 2024 are in the windows' databases. Where there is no database, as on the far side of a remote
window, the transcripts below `~/.cursor/projects` are read. Its command line program: `gitstory.agents.cursor_cli`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from sqlite3 import Connection

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.cursor import global_database, parse, transcripts, window_databases
from gitstory.agents.cursor.global_database import Composer
from gitstory.agents.cursor.window_databases import Windows
from gitstory.agents.stores import editors, row_sources
from gitstory.model import Conversation

DATABASE = "state.vscdb"
_NEVER_SHOWN = ("cursorAuth/", "secret://", "cursorai/serverConfig", "workbench.auth", "storage.serviceMachineId")
"""Beginnings of keys that hold credentials."""


class Cursor(Reader):
    name = "cursor"

    def __init__(self) -> None:
        # What the last listing of each store found: places are asked for one by one, and stand elsewhere.
        self._composers: dict[Path, dict[str, Composer]] = {}
        self._windows: dict[Path, Windows] = {}

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        paths = list(editors.users(env, home, ("Cursor", "Cursor Nightly"), ()))
        if env.get("CURSOR_DATA_DIR"):
            paths.append(Path(env["CURSOR_DATA_DIR"]) / "projects")
        return list(dict.fromkeys([*paths, home / ".cursor" / "projects"]))

    def sources(self, root: Path) -> Iterator[Source]:
        """Conversations of the databases below `root`; transcripts of those that are in none."""
        user = _user(root)
        seen: set[str | None] = set()
        for source in self._listed(user / "globalStorage" / DATABASE if user else root):
            seen.add(source.id)
            yield source
        if user:
            self._windows[user] = Windows(user / "workspaceStorage")
            yield from (one for one in self._windows[user].sources() if one.id is None or one.id not in seen)
        existing = {name for composers in self._composers.values() for name in composers} | _of_the_program(root)
        for source in transcripts.sources(self.name, root):
            if not {source.id, transcripts.parent(source.path)} & existing:
                yield source

    def _listed(self, path: Path) -> Iterator[Source]:
        if not safe_open.is_file(path):
            return
        composers: dict[str, Composer] = {}

        def find(connection: Connection) -> tuple[list[row_sources.Row], bool]:
            composers.clear()
            listed, damaged = global_database.composers(connection)
            composers.update((composer.id, composer) for composer in listed)
            found_rows = [
                row_sources.Row(composer.id, (*composer.version, "\n".join(composer.places)), composer.modified)
                for composer in listed
            ]
            return found_rows, damaged

        yield from row_sources.sources(self.name, path, find)
        self._composers[path] = composers

    def places(self, source: Source) -> tuple[str, ...]:
        if source.path.suffix == ".jsonl" or source.id is None:
            return ()
        if source.path.parent.parent.name == "workspaceStorage":
            return editors.folders(source.path.parent)
        composer = self._composer(source)
        own = tuple(editors.local(place, source.path) for place in composer.places) if composer else ()
        return own or self._window(source, composer)

    def _window(self, source: Source, composer: Composer | None) -> tuple[str, ...]:
        """The folders of the window a conversation took place in, as newer versions name it or its window does."""
        user = source.path.parent.parent
        there = self._windows.setdefault(user, Windows(user / "workspaceStorage"))
        named = [place for window in (composer.windows if composer else ()) for place in there.folders(window)]
        return tuple(dict.fromkeys(named)) or there.of(source.id or "")

    def _composer(self, source: Source) -> Composer | None:
        if source.path not in self._composers:
            list(self._listed(source.path))
        return self._composers.get(source.path, {}).get(source.id or "")

    def folder_of(self, directory: Path) -> str | None:
        return transcripts.folder_name(directory.as_posix()) or None

    def read(self, source: Source) -> Reading:
        if source.path.suffix == ".jsonl":
            return Reading((transcripts.conversation(source),))
        places = self.places(source)
        if source.path.parent.parent.name == "workspaceStorage":
            reading = row_sources.read(source, lambda connection, name: _legacy(connection, name, places, source))
        else:
            composer = self._composer(source) or Composer(source.id or "", (), source.modified)
            reading = row_sources.read(source, lambda connection, _: parse.conversation(connection, composer, places))
        return Reading(tuple(editors.relocated(one, source.path) for one in reading.conversations))

    def hides(self, key: str) -> bool:
        """Whether a piece of the store holds credentials."""
        return key.rpartition(":ItemTable/")[2].startswith(_NEVER_SHOWN)


def _legacy(connection: Connection, name: str, places: tuple[str, ...], source: Source) -> Conversation | None:
    record = window_databases.record(connection, name)
    return parse.legacy(record, name, places, source.modified) if record is not None else None


def _user(root: Path) -> Path | None:
    """The `User` folder that `root` is."""
    return root if (root / "globalStorage").is_dir() or (root / "workspaceStorage").is_dir() else None


def _of_the_program(projects: Path) -> set[str]:
    """Ids of conversations of the command line program, which has databases of its own for them."""
    bases = (projects.parent, projects.parent.parent / ".config" / "cursor")
    paths = (path for base in bases for path in safe_open.globbed(base, "chats/*/*"))
    return {path.name for path in paths if safe_open.is_file(path / "store.db")}


AGENT = Cursor()
