"""CONTRIBUTING names files that exist and make targets that there are."""

from __future__ import annotations

import re

from tests.documents import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
_PATH = re.compile(r"`((?:gitstory|tests|hooks|docs|bench|demo)/[\w./-]+)`")


def test_the_files_that_it_names_exist() -> None:
    names = [name for name in _PATH.findall(TEXT) if "NAME" not in name]
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_life_of_a_commit_goes_from_the_hook_to_the_reader() -> None:
    walk = TEXT.partition("## The life of a commit")[2].partition("\n## ")[0]
    names = _PATH.findall(walk)
    assert names[0] == "hooks/shim.sh" and names[-1] == "gitstory/render/story.py" and len(names) > 12


def test_the_make_targets_that_it_names_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?m)(?:^|`)make (?:-C gitstory )?([a-z][\w-]*)", TEXT))
    assert {"fast", "test"} <= named <= targets


def test_tests_of_one_part_exist() -> None:
    for name in re.findall(r"pytest -q (tests/\S+)", TEXT):
        assert (ROOT / name).exists(), name
