"""Names of entry points, as `importlib.metadata` would list them."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from gitstory.installed_plugins import entry_names, names_in

TEXT = """[console_scripts]
x = y:z

[gitstory.agents]
# no name
one = a:B
 two.three=a:C [extra]
[other]
four = d:E
"""


@pytest.mark.parametrize(
    ("group", "names"),
    [("gitstory.agents", {"one", "two.three"}), ("other", {"four"}), ("console_scripts", {"x"}), ("none", set())],
)
def test_the_names_of_a_group(group: str, names: set[str]) -> None:
    assert names_in(TEXT, group) == names


def test_names_are_those_of_importlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, text in (("one-1.dist-info", TEXT), ("Two.egg-info", TEXT.replace("one =", "five ="))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "METADATA").write_text(f"Name: {folder[:3]}\nVersion: 1\n")
        (tmp_path / folder / "PKG-INFO").write_text(f"Name: {folder[:3]}\nVersion: 1\n")
        (tmp_path / folder / "entry_points.txt").write_text(text)
    (tmp_path / "three.egg-info").write_text("a file\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), str(tmp_path / "not there")])
    for group in ("gitstory.agents", "console_scripts", "pytest11", "none"):
        assert entry_names(group) == {point.name for point in entry_points(group=group)}, group
    assert {"one", "five", "two.three", "claude-code"} <= (entry_names("gitstory.agents") or set())


def test_archives_eggs_and_other_finders_are_for_importlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "some.zip"
    archive.write_bytes(b"PK")
    for folder in (str(archive), str(tmp_path / "old.egg")):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "path", [*sys.path, folder])
            assert entry_names("gitstory.agents") is None, folder

    class Finder:
        def find_distributions(self) -> None: ...

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert entry_names("gitstory.agents") is None
