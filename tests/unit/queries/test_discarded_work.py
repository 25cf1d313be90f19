"""What counts as work of the repository, and as work that still stands on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.model import Edit, Hunk
from gitstory.queries.review.discarded_work import is_inside, on_disk


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("src/a.py", True),
        ("/srv/repo/src/a.py", True),
        ("/srv/repository/src/a.py", False),
        ("/tmp/try.py", False),
        ("~/.claude/plans/a-plan.md", False),
        ("/home/u/.claude/plans/a-plan.md", False),
        ("../other/a.py", False),
        ("C:/Users/u/a.py", False),
    ],
)
def test_only_files_of_the_repository_count(path: str, inside: bool) -> None:
    assert is_inside([Path("/srv/repo")], path) is inside


def edit(*lines: str) -> Edit:
    return Edit("a.py", hunks=(Hunk(1, 1, lines),))


@pytest.mark.parametrize(
    ("lines", "stands"),
    [
        (("+a line that is there",), True),
        (("+a line that is there", "+another long line that is gone"), True),
        (("+another long line that is gone",), False),
        (("+x = 1",), True),
        (("+x = 1", "+y = 2"), False),
        (("-a line that was taken out",), True),
        (("-a line that is there",), False),
        (("-a line that is there", "+x = 1"), False),
        ((), False),
    ],
)
def test_what_an_edit_made_is_looked_for_in_the_file(tmp_path: Path, lines: tuple[str, ...], stands: bool) -> None:
    (tmp_path / "a.py").write_text("x = 1\n    a line that is there\n")
    assert on_disk([tmp_path], [edit(*lines)]) is stands
    assert on_disk([], [edit(*lines)]) is False


def test_other_work_trees_and_deleted_files_count(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/a.py").write_text("a line that is there\n")
    assert on_disk([tmp_path / "main", tmp_path / "other"], [edit("+a line that is there")])
    gone = Edit("a.py", op="delete", hunks=(Hunk(1, 0, ("-a line",)),))
    assert on_disk([tmp_path], [gone]) and not on_disk([tmp_path / "other"], [gone])
