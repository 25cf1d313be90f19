"""Conversations kept in files of their own: written, read, changed, and none where a file is not whole."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from msgspec.structs import replace

from gitstory.model import Conversation, Say, Turn
from gitstory.store import archive as archive_module
from gitstory.store.archive import Archive, files_in, meta_at, read
from gitstory.store.records import encode_meta, encode_turn, meta_of

ONE = Conversation(
    "codex", "c1", title="one", turns=(Turn("t1", 1, "p", steps=(Say("a"),)), Turn("t2", 2, "q")), updated=1000.0
)
OTHER = Conversation("claude-code", "a/b", title="other", turns=(Turn("t1", 1, "p"),), started=500.0)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    kept = Archive(tmp_path / "home")
    assert kept.agents() == [] and list(kept.files()) == []
    assert kept.write(ONE) and kept.write(OTHER)
    return kept


def test_what_is_written_is_read(archive: Archive) -> None:
    assert archive.agents() == ["claude-code", "codex"]
    assert list(archive.conversations()) == [OTHER, ONE]
    assert [(meta.agent, meta.id, meta.title) for meta in archive.metas()] == [
        ("claude-code", "a/b", "other"),
        ("codex", "c1", "one"),
    ]
    assert read(archive.path(ONE.key)) == ONE
    assert archive.path(OTHER.key).parent == archive.of("claude-code")
    assert archive.path(OTHER.key).name == "a%2Fb.z"
    assert [archive.path(one.key).stat().st_mtime for one in (ONE, OTHER)] == [1000.0, 500.0]
    assert archive.path(ONE.key).stat().st_mode & 0o777 == 0o600


def test_a_time_that_no_file_can_have_is_no_fault(archive: Archive) -> None:
    assert archive.write(replace(ONE, updated=1e300))
    assert read(archive.path(ONE.key)) == replace(ONE, updated=1e300)


def test_other_files_are_none_of_the_archives(archive: Archive, tmp_path: Path) -> None:
    (archive.of("codex") / "notes.txt").write_text("x")
    (archive.of("codex") / "folder.z").mkdir()
    (archive.folder / "file").write_text("x")
    (archive.folder / "%zz").mkdir()
    assert [path.name for path in archive.files()] == ["a%2Fb.z", "c1.z"]
    assert archive.agents() == ["claude-code", "codex"]
    assert files_in(tmp_path / "nothing") == []


META = encode_meta(meta_of(ONE))
TURNS = [encode_turn(turn) for turn in ONE.turns]


@pytest.mark.parametrize(
    ("data", "has_meta"),
    [
        (zlib.compress(b"\n".join([META, *TURNS]))[:-6], True),
        (zlib.compress(b"\n".join([META, TURNS[0]])), True),
        (zlib.compress(b"\n".join([META, *TURNS, TURNS[0]])), True),
        (zlib.compress(b"\n".join([META, TURNS[1], TURNS[0]])), True),
        (zlib.compress(b"\n".join([META, TURNS[0], b"{}"])), True),
        (zlib.compress(b"{}\n" + b"\n".join(TURNS)), False),
        (zlib.compress(b""), False),
        (b"\n".join([META, *TURNS]), False),
        (b"", False),
    ],
)
def test_what_is_not_whole_is_no_conversation(tmp_path: Path, data: bytes, has_meta: bool) -> None:
    path = tmp_path / "c1.z"
    path.write_bytes(data)
    assert read(path) is None
    assert (meta_at(path) is not None) is has_meta
    assert read(tmp_path / "nothing.z") is None and meta_at(tmp_path / "nothing.z") is None


def test_a_meta_longer_than_the_first_look(archive: Archive) -> None:
    long = replace(ONE, turns=tuple(Turn(f"turn-{number:05d}", number, "p") for number in range(5000)))
    archive.write(long)
    assert len(encode_meta(meta_of(long))) > archive_module._HEAD
    assert meta_at(archive.path(ONE.key)) == meta_of(long)


def test_one_that_is_too_big_is_not_written(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(b"\n".join([META, *TURNS]))
    monkeypatch.setattr(archive_module, "_BOUND", size)
    assert archive.write(ONE) and read(archive.path(ONE.key)) == ONE
    assert not archive.write(replace(ONE, title="one!"))
    assert read(archive.path(ONE.key)) == ONE


def test_change(archive: Archive) -> None:
    assert archive.change(lambda one: one) == 0
    assert archive.change(lambda one: replace(one, title="new") if one == ONE else one) == 1
    assert [one.title for one in archive.conversations()] == ["other", "new"]
    assert archive.change(lambda one: replace(one, turns=()) if one.agent == "codex" else one) == 1
    assert list(archive.conversations()) == [OTHER]
    archive.path(OTHER.key).write_bytes(b"torn")
    archive.write(ONE)
    assert archive.change(lambda one: None if one == ONE else one) == 2
    assert list(archive.files()) == []
