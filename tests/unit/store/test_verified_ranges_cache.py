from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.store import verified_ranges_cache as verified


def test_marks_come_back_and_damage_only_forgets(tmp_path: Path) -> None:
    one, two = verified.mark("a" * 40, b"x", 1, 2, "h"), verified.mark("a" * 40, b"x", 1, 3, "h")
    assert one != two and verified.load(tmp_path) == frozenset()
    verified.add(tmp_path, [one])
    verified.add(tmp_path, [two])
    assert verified.load(tmp_path) == {one, two}
    file = tmp_path / verified.NAME
    file.write_bytes(file.read_bytes()[:-3])
    assert one in verified.load(tmp_path) or two in verified.load(tmp_path)
    verified.add(tmp_path, [two])
    assert verified.load(tmp_path) == {two}
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_directory_means_no_file(tmp_path: Path) -> None:
    verified.add(tmp_path / "none", [b"12345678"])
    assert not (tmp_path / "none").exists()


def test_marks_are_read_once_however_many_calls_they_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = (verified.mark("a" * 40, b"x", 1, end, "h") for end in (1, 2, 3))
    verified.add(tmp_path, [one])
    reads: list[Path] = []
    real = verified.load

    def noted(home: Path) -> frozenset[bytes]:
        reads.append(home)
        return real(home)

    monkeypatch.setattr(verified, "load", noted)
    ranges = verified.VerifiedRanges(tmp_path)
    assert reads == [], "nothing is read before somebody asks"
    assert one in ranges and two not in ranges
    ranges.add([two])
    assert two in ranges and three not in ranges
    assert reads == [tmp_path]
    assert verified.load(tmp_path) == {one, two}
