from __future__ import annotations

import pytest

from gitstory.attribution.repository_of_path import guess_root, inside, normal, relative, remote_key


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/dev/work/a.py", "/home/dev/work/a.py"),
        ("/home/dev/./work//x/../a.py/", "/home/dev/work/a.py"),
        ("C:\\Users\\dev\\a.py", "c:/Users/dev/a.py"),
        ("/c:/Users/dev/a.py", "c:/Users/dev/a.py"),
        ("file:///home/dev/a.py", "/home/dev/a.py"),
        ("/home/dev/", "/home/dev"),
        ("/home/dev/.", "/home/dev"),
        ("/home/dev/..", "/home"),
        ("/home//dev", "/home/dev"),
        ("/home/./dev", "/home/dev"),
        ("/home/../dev", "/dev"),
        ("../../a.py", "../../a.py"),
        ("./a.py", "./a.py"),
    ],
)
def test_paths_of_all_systems_take_one_form(path: str, expected: str) -> None:
    assert normal(path) == expected
    assert normal(expected) == expected


def test_the_innermost_root_holds_a_path() -> None:
    roots = ["/home/dev/p", "/home/dev/p/.worktrees/x"]
    assert relative("/home/dev/p/.worktrees/x/src/a.py", roots) == ("/home/dev/p/.worktrees/x", "src/a.py")
    assert relative("/home/dev/project/a.py", roots) is None
    assert relative("/home/dev/p", roots) is None
    assert inside("/home/dev/p", roots)
    assert not inside("/home/dev/pp", roots)


TRACKED = {"src/deep/a.py", "src/b.py", "README.md", "setup.py"}


def test_a_moved_checkout_is_recognised_by_its_deep_paths() -> None:
    assert guess_root({"/old/place/src/deep/a.py"}, TRACKED, set()) == "/old/place"
    assert guess_root({"/old/place/src/b.py", "/old/place/README.md"}, TRACKED, {"/old/place"}) == "/old/place"


def test_file_names_that_every_repository_has_prove_nothing() -> None:
    assert guess_root({"/other/README.md", "/other/setup.py"}, TRACKED, set()) is None
    assert guess_root({"/other/README.md"}, TRACKED, {"/other"}) is None
    assert guess_root({"/elsewhere/lib/c.py"}, TRACKED, {"/elsewhere"}) is None


def test_one_remote_has_many_spellings() -> None:
    spellings = [
        "git@Example.com:org/repo.git",
        "https://user@example.com/org/repo",
        "ssh://git@example.com/org/repo.git/",
    ]
    assert {remote_key(url) for url in spellings} == {"example.com/org/repo"}
    assert remote_key("https://example.com/org/other") != remote_key("https://example.com/org/repo")


@pytest.mark.parametrize(
    ("paths", "places", "sure", "root"),
    [
        ({"/gone/work/src/a.py"}, {"/gone/work"}, False, None),
        ({"/gone/work/src/a.py"}, {"/gone/work"}, True, "/gone/work"),
        ({"/gone/work/src/a.py"}, {"/gone"}, True, None),
        ({"/gone/work/README.md"}, {"/gone/work"}, True, "/gone/work"),
        ({"/gone/work/other.py"}, {"/gone/work"}, True, None),
    ],
)
def test_one_path_convinces_only_of_a_conversation_that_is_sure(
    paths: set[str], places: set[str], sure: bool, root: str | None
) -> None:
    assert guess_root(paths, {"src/a.py", "README.md"}, places, sure=sure) == root
