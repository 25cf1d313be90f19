from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitstory.attribution.realpaths import RealPaths
from gitstory.linking.repo_match import Here


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A directory `disk` with a repository in it, to which links lead."""
    top = tmp_path.resolve()
    (top / "disk" / "repo" / "src" / "deep").mkdir(parents=True)
    (top / "disk" / "repo" / "AGENTS.md").write_text("rules\n")
    return top


def link(path: Path, target: Path) -> str:
    path.symlink_to(target)
    return path.as_posix()


def here(tree: Path) -> Here:
    return Here(((tree / "disk" / "repo").as_posix(),), frozenset())


def test_a_link_to_the_repository_above_it_or_into_it_is_followed(tree: Path) -> None:
    at, root = here(tree), (tree / "disk" / "repo").as_posix()
    whole = link(tree / "whole", tree / "disk" / "repo")
    above = link(tree / "above", tree / "disk")
    within = link(tree / "within", tree / "disk" / "repo" / "src")
    assert at.locate(f"{whole}/src/a.py") == (root, "src/a.py")
    assert at.locate(f"{above}/repo/src/a.py") == (root, "src/a.py")
    assert at.locate(f"{within}/deep/a.py") == (root, "src/deep/a.py")
    assert at.holds(whole)
    assert at.holds(within)
    assert at.holds(f"{above}/repo")
    assert not at.holds(above)
    assert at.is_below(above)


def test_what_is_gone_resolves_by_the_part_that_is_there(tree: Path) -> None:
    above = link(tree / "above", tree / "disk")
    assert here(tree).locate(f"{above}/repo/gone/more/a.py") == ((tree / "disk/repo").as_posix(), "gone/more/a.py")


def test_links_to_elsewhere_stay_elsewhere(tree: Path) -> None:
    (tree / "disk" / "repository").mkdir()
    other = link(tree / "other", tree / "disk" / "repository")
    at = here(tree)
    assert at.locate(f"{other}/a.py") is None
    assert not at.holds(other)


def test_a_link_within_the_repository_is_the_file_it_leads_to(tree: Path) -> None:
    at, root = here(tree), (tree / "disk" / "repo").as_posix()
    link(tree / "disk" / "repo" / "lib", Path("src"))
    link(tree / "disk" / "repo" / "CLAUDE.md", Path("AGENTS.md"))
    assert at.locate(f"{root}/lib/a.py") == (root, "src/a.py")
    assert at.locate(f"{root}/CLAUDE.md") == (root, "AGENTS.md")


def test_a_link_younger_than_the_commit_renames_nothing(tree: Path) -> None:
    at, root = here(tree), (tree / "disk" / "repo").as_posix()
    link(tree / "disk" / "repo" / "lib", Path("src"))
    assert at.locate(f"{root}/lib/a.py", changed={"lib/a.py"}) == (root, "lib/a.py")


@pytest.mark.parametrize("path", ["/no\0where/a.py", "/\udfff/a.py", "relative/a.py", "c:/Users/dev/a.py", "", "/"])
def test_names_that_no_file_can_have_are_left_alone(tree: Path, path: str) -> None:
    assert here(tree).locate(path) is None
    assert not here(tree).holds(path)


def test_endless_links_end(tree: Path) -> None:
    link(tree / "one", tree / "two")
    link(tree / "two", tree / "one")
    assert here(tree).locate((tree / "one" / "a.py").as_posix()) is None


def test_the_same_directory_under_another_name_of_the_system(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mount, or another case where case does not count: no link to follow, but the same inode."""
    root, mounted = (tree / "disk" / "repo").as_posix(), (tree / "Disk" / "Repo").as_posix()
    facts, stat = Path(root).stat(), Path.stat
    monkeypatch.setattr(Path, "stat", lambda self, **more: facts if self.as_posix() == mounted else stat(self, **more))
    assert here(tree).locate(f"{mounted}/src/a.py") == (root, "src/a.py")


def test_a_directory_is_asked_of_the_disk_once(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    above, asked = link(tree / "above", tree / "disk"), []
    real = os.path.realpath
    monkeypatch.setattr(os.path, "realpath", lambda path: asked.append(path) or real(path))
    paths = RealPaths()
    for name in "abc":
        paths(f"{above}/repo/src/{name}.py")
    assert asked == [f"{above}/repo/src"]
