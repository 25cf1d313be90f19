"""Paths compared by their real names: links, links that lead nowhere, and directories with two names."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.attribution.realpaths import RealPaths


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A directory `repo/src` with links to it and in it."""
    top = tmp_path.resolve()
    (top / "repo" / "src").mkdir(parents=True)
    (top / "repo" / "src" / "a.py").write_text("x\n")
    (top / "link").symlink_to(top / "repo")
    (top / "repo" / "alias.py").symlink_to(top / "repo" / "src" / "a.py")
    (top / "loop").symlink_to(top / "loop")
    return top


@pytest.mark.parametrize(
    ("path", "real"),
    [
        ("repo/src/a.py", "repo/src/a.py"),
        ("link/src/a.py", "repo/src/a.py"),
        ("link/src/gone/b.py", "repo/src/gone/b.py"),
        ("link/alias.py", "repo/src/a.py"),
        ("link", "repo"),
        ("nowhere/a.py", "nowhere/a.py"),
    ],
)
def test_links_are_followed_as_far_as_a_path_exists(top: Path, path: str, real: str) -> None:
    paths = RealPaths()
    for _ in range(2):
        assert paths((top / path).as_posix()) == (top / real).as_posix()


@pytest.mark.parametrize("path", ["relative/a.py", "C:/a.py", "", "a\0b"])
def test_what_is_not_absolute_stays(path: str) -> None:
    assert RealPaths()(path) == path


@pytest.mark.parametrize("path", ["/a\0b/c", "/a/b\0c", "/top.py", "/"])
def test_what_no_file_is_called_stays(path: str) -> None:
    assert RealPaths()(path) == path


@pytest.mark.parametrize(
    ("path", "root", "below"),
    [
        ("link/src/a.py", "repo", "src/a.py"),
        ("repo/src/a.py", "repo/src", "a.py"),
        ("other/a.py", None, None),
    ],
)
def test_the_innermost_root_holds_a_path(top: Path, path: str, root: str | None, below: str | None) -> None:
    roots = [(top / "repo").as_posix(), *([(top / root).as_posix()] if root else [])]
    found = RealPaths().below((top / path).as_posix(), roots)
    assert found == (None if root is None else ((top / root).as_posix(), below))


def test_a_directory_is_known_by_another_name_the_system_gives_it(top: Path) -> None:
    """A root that is named through a link is the same directory, though its name is another."""
    root = (top / "link").as_posix()
    paths = RealPaths()
    assert paths.below((top / "repo" / "src" / "a.py").as_posix(), [root]) == (root, "src/a.py")
    assert paths.below((top / "repo" / "new.py").as_posix(), [root]) == (root, "new.py")
    assert paths.below((top / "elsewhere.py").as_posix(), [root]) is None
    assert paths.below("relative.py", [root]) is None
    assert paths.below((top / "repo" / "a.py").as_posix(), [(top / "gone").as_posix()]) is None


def test_a_root_is_inside_itself(top: Path) -> None:
    root = (top / "repo").as_posix()
    paths = RealPaths()
    assert paths.is_inside(root, [root]) and paths.is_inside((top / "link/src").as_posix(), [root])
    assert not paths.is_inside(top.as_posix(), [root])
