"""Files of our own, whatever is in their place (under each command: `tests/integration/test_own_files.py`)."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitstory.git import safe_own_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes as POSIX has them")

PLACES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "nothing": (lambda path: None, False),
    "a file": (lambda path: path.write_bytes(b"kept"), False),
    "a folder": (lambda path: (path.mkdir(), (path / "inside").write_bytes(b"kept")), True),
    "a link": (lambda path: path.symlink_to(path.with_name("target")), True),
    "a link to nothing": (lambda path: path.symlink_to(path.with_name("absent")), True),
    "a pipe": (lambda path: os.mkfifo(path), True),
}
"""What is in the place -> how it is made, and whether it is moved out of the way."""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "target"
    path.write_bytes(b"foreign")
    return path


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path, target: Path) -> tuple[str, Path]:
    PLACES[request.param][0](tmp_path / "own")
    return request.param, tmp_path / "own"


def test_only_what_is_no_file_is_cleared(place: tuple[str, Path], target: Path) -> None:
    what, path = place
    cleared = safe_own_files.clear_the_way(path)
    assert cleared is PLACES[what][1]
    assert os.path.lexists(path) is (what == "a file")
    assert target.read_bytes() == b"foreign"


def test_a_folder_is_moved_with_what_is_in_it_and_takes_no_other_ones_name(tmp_path: Path) -> None:
    path = tmp_path / "own"
    for number in range(3):
        path.mkdir()
        (path / "inside").write_text(f"{number}")
        assert safe_own_files.clear_the_way(path)
    names = ["own.damaged", "own.damaged1", "own.damaged2"]
    assert sorted(one.name for one in tmp_path.iterdir()) == names
    assert [(tmp_path / name / "inside").read_text() for name in names] == ["0", "1", "2"]


def test_many_places(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b", "c")]
    assert safe_own_files.clear_the_ways(paths) is False
    paths[1].mkdir()
    assert safe_own_files.clear_the_ways(paths) is True
    assert not paths[1].exists()


def test_a_file_is_written_whatever_was_there(place: tuple[str, Path], target: Path) -> None:
    _, path = place
    safe_own_files.write(path, b"new")
    assert path.read_bytes() == b"new" and not path.is_symlink()
    assert target.read_bytes() == b"foreign"


@pytest.mark.parametrize("truncated", [False, True])
def test_a_descriptor(place: tuple[str, Path], target: Path, truncated: bool) -> None:
    what, path = place
    handle = safe_own_files.handle_for(path, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if truncated else 0))
    with open(handle, "r+b") as file:  # noqa: PTH123 - a descriptor
        assert file.read() == (b"kept" if what == "a file" and not truncated else b"")
        assert stat.S_ISREG(os.fstat(handle).st_mode)
    assert what == "a file" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert target.read_bytes() == b"foreign"


def test_a_descriptor_of_a_file_that_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        safe_own_files.handle_for(tmp_path / "own", os.O_RDONLY)


def test_only_a_file_is_read(place: tuple[str, Path]) -> None:
    what, path = place
    assert safe_own_files.beginning(path) == (b"kept" if what == "a file" else b"")
    assert safe_own_files.beginning(path, 2) == (b"ke" if what == "a file" else b"")
    if what == "a file":
        assert safe_own_files.content(path) == safe_own_files.content(path, 4) == b"kept"
        with pytest.raises(OSError):
            safe_own_files.content(path, 3)
    else:
        with pytest.raises(OSError):
            safe_own_files.content(path)


def test_made_and_removed(place: tuple[str, Path], target: Path) -> None:
    what, path = place
    safe_own_files.make(path)
    assert path.read_bytes() == (b"kept" if what == "a file" else b"")
    safe_own_files.remove(path)
    safe_own_files.remove(path)
    assert not os.path.lexists(path) and target.read_bytes() == b"foreign"


def test_removing_a_folder_keeps_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "inside").write_text("kept")
    safe_own_files.remove(tmp_path / "own")
    assert (tmp_path / "own.damaged" / "inside").read_text() == "kept"


def test_a_folder_of_ours(place: tuple[str, Path], target: Path) -> None:
    what, path = place
    safe_own_files.make_folder(path)
    assert path.is_dir() and not (path.is_symlink() and what != "a link")
    assert what == "a folder" or stat.S_IMODE(path.stat().st_mode) == 0o700
    assert (path / "inside").exists() is (what == "a folder")
    moved = path.with_name("own.damaged")
    assert moved.exists() is (what == "a file") and (what != "a file" or moved.read_bytes() == b"kept")
    assert target.read_bytes() == b"foreign"


@pytest.mark.parametrize(("beside", "readable"), [("", True), ("-journal", False), ("-wal", False), ("-shm", False)])
def test_a_database_and_what_is_beside_it(tmp_path: Path, beside: str, readable: bool) -> None:
    path = tmp_path / "own.db"
    assert safe_own_files.is_readable_database(path) is False
    path.write_bytes(b"")
    for one in safe_own_files.database_files(path)[1:]:
        one.write_bytes(b"")
    assert safe_own_files.is_readable_database(path) is True
    if beside:
        path.with_name(f"own.db{beside}").unlink()
        path.with_name(f"own.db{beside}").symlink_to(path)
    assert safe_own_files.is_readable_database(path) is readable
