"""The raw content of an agent's store, piece by piece, for people who write readers or wonder what is kept of them.

A reader may say itself what the pieces are (`Inspectable`). Without that they follow from the files: a line of a
`.jsonl`, a row of a SQLite table, a member of a `.json`, a section of a `.md`, else the whole file. Nothing is kept
between calls, and nothing is believed about the content.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from msgspec import Struct

from gitstory import safe_open
from gitstory.agents.base import Agent, Entry, Guarded, Inspectable
from gitstory.agents.stores.jsonl import decode
from gitstory.sqlite_files import live_database

_LONGEST = 64 << 20
"""Bytes of a file that is taken apart as a whole; a longer one is shown as one piece."""


def is_inspectable(agent: Agent) -> TypeGuard[Inspectable]:
    """Not by `isinstance`: a reader is used through another object, which has what the reader has."""
    return hasattr(agent, "entries") and hasattr(agent, "value")


def is_guarded(agent: object) -> TypeGuard[Guarded]:
    return hasattr(agent, "hides")


def files(agent: Agent, root: Path) -> Iterator[Path]:
    """The files of the agent's conversations below `root`, each once, with the files in folders of their
    names."""
    seen: set[Path] = set()
    for source in agent.sources(root):
        if source.path in seen:
            continue
        seen.add(source.path)
        if safe_open.is_file(source.path):
            yield source.path
        for folder in {source.path, source.path.with_suffix("")}:
            for base, names, inner in os.walk(folder):
                names.sort()
                yield from (path for name in sorted(inner) if (path := Path(base, name)) not in seen)


def file_key(root: Path, path: Path) -> str:
    """A file's name in the store: from its root, or alone where the root is the file."""
    try:
        name = path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
    return path.name if name == "." else name


def file_entry(root: Path, path: Path) -> Entry:
    """A file as a piece; its parts have keys `FILE:PART`."""
    if live_database.size(path) and _is_database(path):
        return Entry(file_key(root, path), live_database.size(path), live_database.modified(path), "SQLite")
    facts = safe_open.facts(path)
    if facts is None:
        raise FileNotFoundError(path)
    return Entry(file_key(root, path), facts.st_size, facts.st_mtime, path.suffix.removeprefix("."))


def entries(agent: Agent, root: Path) -> Iterator[Entry]:
    """All pieces below a root: the reader's own, or the parts of its files. A file that cannot be read is left out."""
    if is_inspectable(agent):
        yield from agent.entries(root)
        return
    for path in files(agent, root):
        yield from parts(agent, root, path)


def parts(agent: Agent, root: Path, path: Path) -> Iterator[Entry]:
    """The pieces of one file."""
    try:
        modified = safe_open.stamp(path)[1] / 1e9
        for part, size, about in _kind(path).listed(path):
            if (key := _shown_key(agent, root, path, part)) is not None:
                yield Entry(key, size, modified, about)
    except OSError:
        return


def _shown_key(agent: Agent, root: Path, path: Path, part: str) -> str | None:
    """The key of a piece, None for one that must not be shown."""
    name = file_key(root, path)
    key = f"{name}:{part}" if part else name
    return None if is_guarded(agent) and agent.hides(key) else key


def texts(agent: Agent, root: Path) -> Iterator[tuple[Entry, bytes]]:
    """All pieces below a root with their values, for a search; one at a time in memory."""
    if is_inspectable(agent):
        yield from ((entry, agent.value(root, entry.key)) for entry in agent.entries(root))
        return
    for path in files(agent, root):
        try:
            for part, value in _kind(path).values(path):
                if (key := _shown_key(agent, root, path, part)) is not None:
                    yield Entry(key, len(value)), value
        except OSError:
            continue


def value(agent: Agent, root: Path, key: str) -> bytes:
    """A piece, or a whole file. Raises KeyError where there is none, OSError where it cannot be read."""
    if is_inspectable(agent):
        return agent.value(root, key)
    for path in files(agent, root):
        name = file_key(root, path)
        if key == name and not (is_guarded(agent) and _is_database(path)):
            return safe_open.content(path)
        if key.startswith(f"{name}:") and _shown_key(agent, root, path, key[len(name) + 1 :]) is not None:
            return _kind(path).part_of(path, key[len(name) + 1 :])
    raise KeyError(key)


class _Kind(Struct, frozen=True):
    """How the files of one sort fall into pieces: (part, bytes) one at a time, and the few that can do it faster."""

    values: Callable[[Path], Iterator[tuple[str, bytes]]]
    about: Callable[[str, bytes], str] = lambda part, data: ""
    row: Callable[[Path, str], bytes] | None = None
    sizes: Callable[[Path], Iterator[tuple[str, int]]] | None = None

    def listed(self, path: Path) -> Iterator[tuple[str, int, str]]:
        if self.sizes is not None:
            yield from ((part, size, "") for part, size in self.sizes(path))
            return
        for part, data in self.values(path):
            yield part, len(data), self.about(part, data)

    def part_of(self, path: Path, part: str) -> bytes:
        if self.row is not None:
            return self.row(path, part)
        for name, data in self.values(path):
            if name == part:
                return data
        raise KeyError(part)


def _kind(path: Path) -> _Kind:
    if path.suffix == ".jsonl":
        return _LINES
    if _is_database(path):
        return _ROWS
    if safe_open.stamp(path)[0] > _LONGEST:
        return _WHOLE
    return {".json": _MEMBERS, ".md": _SECTIONS}.get(path.suffix, _WHOLE)


def _is_database(path: Path) -> bool:
    try:
        with safe_open.opened(path, most=None) as file:
            return file.read(len(live_database.MAGIC)) == live_database.MAGIC
    except OSError:
        return False


# Lines, members, sections


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    with safe_open.opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield str(number), line.rstrip(b"\r\n")


def _type(part: str, data: bytes) -> str:
    """`type` of a record, and of the record inside it where there is one."""
    record = decode(data) or {}
    inner: dict[str, Any] = next(
        (record[name] for name in ("payload", "message", "data") if isinstance(record.get(name), dict)), {}
    )
    items = [part_of.get(name) for part_of in (record, inner) for name in ("type", "role", "kind")]
    return " ".join(dict.fromkeys(word for word in items if isinstance(word, str)))


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    data = safe_open.content(path)
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        yield "", data
        return
    inside: Iterable[tuple[Any, Any]] = (
        parsed.items() if isinstance(parsed, dict) else enumerate(parsed) if isinstance(parsed, list) else ()
    )
    if not inside or not parsed:
        yield "", data
    for name, member in inside if parsed else ():
        yield str(name), json.dumps(member, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _sections(path: Path) -> Iterator[tuple[str, bytes]]:
    """From heading to heading, numbered from 1; 0 is what stands before the first. Fenced lines are no headings."""
    number, fenced = 0, b""
    section: list[bytes] = []
    for line in safe_open.content(path).splitlines(keepends=True):
        mark = line.lstrip()[:3]
        if mark in (b"```", b"~~~"):
            fenced = b"" if fenced == mark else fenced or mark
        if not fenced and line.startswith(b"#") and line.lstrip(b"#").startswith(b" "):
            if section:
                yield str(number), b"".join(section)
            number, section = number + 1, []
        section.append(line)
    if section:
        yield str(number), b"".join(section)


def _heading(part: str, data: bytes) -> str:
    return data.split(b"\n", 1)[0].decode("utf-8", "replace").lstrip("# ").strip()


# SQLite: `TABLE/KEY`, where KEY is the column `key` of a table of keys and values, else the row's number


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class _Table(Struct, frozen=True):
    name: str
    columns: tuple[str, ...]

    @property
    def keyed(self) -> bool:
        return {"key", "value"} <= set(self.columns) and len(self.columns) <= 3

    @property
    def key(self) -> str:
        return "key" if self.keyed else "rowid"

    @property
    def size(self) -> str:
        wanted = ("value",) if self.keyed else self.columns
        return " + ".join(f"coalesce(length(CAST({_quoted(name)} AS BLOB)), 0)" for name in wanted)

    def encoded(self, row: Sequence[Any]) -> bytes:
        """The value of a pair as it is, any other row as JSON."""
        if self.keyed:
            data = row[self.columns.index("value")]
            return data if isinstance(data, bytes) else str("" if data is None else data).encode("utf-8", "replace")
        fields = dict(zip(self.columns, map(_shown, row), strict=False))
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _shown(cell: Any) -> Any:
    if not isinstance(cell, bytes):
        return cell
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return f"[{len(cell):,} bytes]"


def _tables(connection: Any) -> list[_Table]:
    """Tables with row numbers or keys, by name."""
    tables = [
        _Table(name, live_database.columns(connection, name)) for name in sorted(live_database.tables(connection))
    ]
    return [table for table in tables if table.columns and not table.name.startswith("sqlite_")]


def _row_sizes(path: Path) -> Iterator[tuple[str, int]]:
    with live_database.reading(path) as connection:
        for table in _tables(connection):
            rows = live_database.Rows(connection, f"SELECT {table.key}, {table.size} FROM {_quoted(table.name)}")
            yield from ((f"{table.name}/{key}", size) for key, size in rows)


def _rows(path: Path) -> Iterator[tuple[str, bytes]]:
    with live_database.reading(path) as connection:
        for table in _tables(connection):
            rows = live_database.Rows(connection, f"SELECT {table.key}, * FROM {_quoted(table.name)}")
            yield from ((f"{table.name}/{key}", table.encoded(row)) for key, *row in rows)


def _row(path: Path, part: str) -> bytes:
    name, _, key = part.partition("/")
    with live_database.reading(path) as connection:
        table = next((table for table in _tables(connection) if table.name == name), None)
        if table is None or (not table.keyed and not key.isdecimal()):
            raise KeyError(part)
        sql = f"SELECT * FROM {_quoted(table.name)} WHERE {table.key} = ?"
        for row in live_database.Rows(connection, sql, (key if table.keyed else int(key),)):
            return table.encoded(row)
    raise KeyError(part)


def _whole(path: Path) -> Iterator[tuple[str, bytes]]:
    yield "", safe_open.content(path)


_LINES = _Kind(_lines, _type)
_MEMBERS = _Kind(_members)
_SECTIONS = _Kind(_sections, _heading)
_ROWS = _Kind(_rows, row=_row, sizes=_row_sizes)
_WHOLE = _Kind(_whole)
