from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git import atomic_write


def test_what_a_killed_writer_leaves_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name that is written first is one that a later worker clears away; the final one is not."""
    seen: list[str] = []
    monkeypatch.setattr(atomic_write, "point", lambda _: seen.extend(path.name for path in tmp_path.iterdir()))
    atomic_write.write_atomically(tmp_path / "state.json", b"{}")
    assert [atomic_write.is_half_written(name) for name in seen] == [True]
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize("name", ["state.json", ".state.json", ".gitignore", "spool.0001-22", ".a.b-c", "worker.lock"])
def test_other_files_are_not(name: str) -> None:
    assert not atomic_write.is_half_written(name)
