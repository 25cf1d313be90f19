"""Reading other programs' databases: with writers at work, damaged, and without a trace left behind."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from gitstory.sqlite_files import live_database
from tests.damaged import endless_row

WRITER = """
import sqlite3, sys
path, mode = sys.argv[1:]
db = sqlite3.connect(path, isolation_level=None, timeout=0)
db.execute(f"PRAGMA journal_mode={mode}")
db.execute("PRAGMA wal_autocheckpoint=5")
number = db.execute("SELECT max(id) FROM pairs").fetchone()[0]
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "end":
        break
    for _ in range(int(line)):
        number += 1
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO pairs VALUES (?, ?)", (number, str(number) * 300))
        db.execute("UPDATE total SET value = ?", (number,))
        db.execute("COMMIT")
    print(number, flush=True)
db.close()
"""


def made(path: Path, rows: int = 50, mode: str = "delete") -> Path:
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA journal_mode={mode}")
    db.executescript("CREATE TABLE pairs (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE total (value INTEGER);")
    db.executemany("INSERT INTO pairs VALUES (?, ?)", ((n, str(n) * 300) for n in range(1, rows + 1)))
    db.execute("INSERT INTO total VALUES (?)", (rows,))
    db.commit()
    db.close()
    return path


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.iterdir())}


@contextmanager
def writer(path: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """A real other process that writes as many transactions as it is told, and keeps the file open."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.write("end\n")
        process.stdin.flush()
        assert process.wait() == 0, "the writer was kept from writing"
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def tell(process: subprocess.Popen[str], transactions: int) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{transactions}\n")
    process.stdin.flush()


def told(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def ids(connection: sqlite3.Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT id FROM pairs ORDER BY id")]


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file_at_rest_is_read_without_a_trace(tmp_path: Path, mode: str) -> None:
    path = made(tmp_path / "state.db", mode=mode)
    before = contents(tmp_path)
    with live_database.reading(path) as connection:
        assert ids(connection) == list(range(1, 51))
        assert live_database.tables(connection) == {"pairs", "total"}
        assert live_database.columns(connection, "pairs") == ("id", "text")
        assert live_database.has(connection, "pairs", "text")
        assert not live_database.has(connection, "pairs", "other")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_nothing_can_be_written(tmp_path: Path, mode: str) -> None:
    path = made(tmp_path / "state.db", mode=mode)
    with live_database.reading(path) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM pairs")


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_what_another_process_committed_is_seen_and_nothing_changes(tmp_path: Path, mode: str) -> None:
    path = made(tmp_path / "state.db")
    with writer(path, mode) as process:
        tell(process, 3)
        assert told(process) == 53
        before = contents(tmp_path)
        assert live_database.query(path, ids) == list(range(1, 54))
        assert contents(tmp_path) == before


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_reading_while_another_process_writes_never_tears_and_never_stops_it(tmp_path: Path, mode: str) -> None:
    path = made(tmp_path / "state.db")

    def look(connection: sqlite3.Connection) -> int:
        # Two statements: of what the second sees, the first may miss the end, never a part.
        known = ids(connection)
        assert known == list(range(1, len(known) + 1))
        return len(known)

    seen: list[int] = []
    with writer(path, mode) as process:
        for _ in range(5):
            tell(process, 20)
            for _ in range(4):
                try:
                    seen.append(live_database.query(path, look))
                except live_database.Unreadable as error:
                    assert "another program" in str(error)
            told(process)
        seen.append(live_database.query(path, look))
    assert seen == sorted(seen)
    assert seen[-1] == 150


def test_a_wal_without_an_index_and_one_in_a_read_only_folder(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    path = made(tmp_path / "live" / "state.db")
    alone, whole = tmp_path / "alone", tmp_path / "whole"
    with writer(path, "wal") as process:
        tell(process, 2)
        told(process)
        for folder, suffixes in ((alone, ("", "-wal")), (whole, ("", "-wal", "-shm"))):
            folder.mkdir()
            for suffix in suffixes:
                shutil.copyfile(f"{path}{suffix}", folder / f"state.db{suffix}")
    for folder in (alone, whole):
        folder.chmod(0o500)
        try:
            before = contents(folder)
            assert live_database.query(folder / "state.db", ids) == list(range(1, 53))
            assert contents(folder) == before
        finally:
            folder.chmod(0o700)


def test_the_journal_of_a_writer_that_died_is_applied_to_a_copy(tmp_path: Path) -> None:
    path = made(tmp_path / "state.db", rows=400)
    crash = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute('PRAGMA cache_size=1'); db.execute('BEGIN'); db.execute('UPDATE pairs SET id = -id');"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", crash, str(path)], check=True)
    assert (tmp_path / "state.db-journal").stat().st_size > 512, "there is something to roll back"
    before = contents(tmp_path)
    assert live_database.query(path, ids) == list(range(1, 401))
    assert contents(tmp_path) == before


def test_a_file_that_moves_is_not_believed(tmp_path: Path) -> None:
    path = made(tmp_path / "state.db")
    with pytest.raises(live_database.Moved), live_database.reading(path) as connection:
        ids(connection)
        with sqlite3.connect(path) as other:
            other.execute("UPDATE total SET value = 1")
        other.close()


def test_a_link_is_followed_to_the_files_beside_its_target(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = made(tmp_path / "real" / "state.db")
    link = tmp_path / "link #1%.db"
    link.symlink_to(path)
    with writer(path, "wal") as process:
        tell(process, 1)
        told(process)
        assert len(live_database.query(link, ids)) == 51
        assert live_database.stamp(link) == live_database.stamp(path)
        assert live_database.stamp(path)[2] > 0
        assert live_database.size(path) == sum(live_database.stamp(path)[::2])
        assert live_database.modified(path) >= path.stat().st_mtime


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not at all" * 20, "not a SQLite database"),
        (b"SQLite", "not a SQLite database"),
        (os.urandom(4096), "encrypt"),
    ],
)
def test_what_is_no_database_says_so(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(data)
    with pytest.raises(live_database.Unreadable, match=words), live_database.reading(path):
        pass


def test_an_empty_file_is_an_empty_database_and_a_missing_one_is_missing(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with live_database.reading(tmp_path / "empty.db") as connection:
        assert live_database.tables(connection) == frozenset()
    with pytest.raises(FileNotFoundError), live_database.reading(tmp_path / "none.db"):
        pass
    assert live_database.stamp(tmp_path / "none.db") == (0, 0, 0, 0)
    with pytest.raises(OSError), live_database.reading(tmp_path):
        pass


def test_bad_text_is_replaced_and_views_are_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE pairs (id INTEGER, text TEXT)")
        db.execute("INSERT INTO pairs VALUES (1, CAST(x'61ff62' AS TEXT))")
        db.execute("CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n")
    db.close()
    with live_database.reading(path) as connection:
        assert connection.execute("SELECT text FROM pairs").fetchone() == ("a\ufffdb",)
        assert live_database.tables(connection) == {"pairs"}


def test_a_huge_value_is_damage_and_costs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_database, "LONGEST", 1 << 20)
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE pairs (id INTEGER PRIMARY KEY, text BLOB)")
        db.executemany("INSERT INTO pairs VALUES (?, zeroblob(?))", [(1, 10), (2, 10), (3, 2 << 20)])
    db.close()
    with live_database.reading(path) as connection:
        rows = live_database.Rows(connection, "SELECT id, text FROM pairs ORDER BY id")
        assert [row[0] for row in rows] == [1]  # Python steps ahead by one
        assert rows.damage is not None
        assert "too big" in rows.damage


def test_a_row_that_says_to_be_endless_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(endless_row())
    with suppress(live_database.Unreadable):
        assert live_database.query(path, live_database.tables) == frozenset()


def test_rows_before_the_damage_are_read(tmp_path: Path) -> None:
    path = made(tmp_path / "state.db", rows=400)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\xff" * (len(data) - len(data) // 2))
    with live_database.reading(path) as connection:
        rows = live_database.Rows(connection, "SELECT id FROM pairs ORDER BY id")
        found = [row[0] for row in rows]
    assert found == list(range(1, len(found) + 1))
    assert 0 < len(found) < 400
    assert rows.damage is not None
    assert "damaged" in rows.damage


def test_damage_anywhere_is_nothing_worse_than_unreadable(tmp_path: Path) -> None:
    data = made(tmp_path / "whole.db", rows=30).read_bytes()
    path = tmp_path / "state.db"
    chance = random.Random(7)
    broken = [data[:length] for length in range(0, len(data), 61)]
    for _ in range(300):
        flipped = bytearray(data)
        for _ in range(chance.randint(1, 20)):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        broken.append(bytes(flipped))
    outcomes = set()
    for one in broken:
        path.write_bytes(one)
        try:
            with live_database.reading(path) as connection:
                live_database.tables(connection)
                rows = live_database.Rows(connection, "SELECT id, text FROM pairs")
                list(rows)
                outcomes.add("whole" if rows.damage is None else "damaged")
        except live_database.Unreadable:
            outcomes.add("unreadable")
        assert [entry.name for entry in sorted(tmp_path.iterdir())] == ["state.db", "whole.db"]
    assert outcomes == {"whole", "damaged", "unreadable"}
