"""Line ends that differ, and when that says something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.attribution.line_ending_drift import FileEnds, converting, ends_of
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo


@pytest.mark.parametrize(
    ("text", "ends"),
    [("", ""), ("one", ""), ("a\nb", "lf"), ("a\r\nb\r\n", "crlf"), ("a\r\nb\n", ""), ("a\rb\n", "lf")],
)
def test_ends_of(text: str, ends: str) -> None:
    assert ends_of(text) == ends


LF, CRLF = (False,), (True,)


@pytest.mark.parametrize(
    ("file", "wrote", "said"),
    [
        (FileEnds(CRLF, new=True), "lf", True),
        (FileEnds(CRLF, before="lf"), "lf", True),
        (FileEnds(CRLF, before="crlf"), "lf", False),  # the tool kept the file's own
        (FileEnds(CRLF, before=""), "lf", False),
        (FileEnds(LF, new=True), "crlf", True),
        (FileEnds(LF, new=True, converted=lambda: True), "crlf", False),  # git did it
        (FileEnds(CRLF, new=True, converted=lambda: True), "lf", True),  # git never does that
        (FileEnds(LF, new=True), "lf", False),
        (FileEnds(CRLF, new=True), "crlf", False),
        (FileEnds(CRLF, new=True), "", False),
        (FileEnds((), new=True), "lf", False),
    ],
)
def test_drift(file: FileEnds, wrote: str, said: bool) -> None:
    assert file.drifted(0, wrote) is said  # type: ignore[arg-type]


@given(st.lists(st.booleans(), min_size=1), st.sampled_from(["lf", "crlf"]))
def test_what_git_converts_is_never_said(crlf: list[bool], wrote: str) -> None:
    told = FileEnds(tuple(crlf), new=True, converted=lambda: True)
    said = [told.drifted(at, wrote) for at in range(len(crlf))]  # type: ignore[arg-type]
    assert said == [wrote == "lf" and one for one in crlf]


@pytest.mark.parametrize(
    ("autocrlf", "attributes", "converted"),
    [
        ("", "", False),
        ("true", "", True),
        ("input", "", True),
        ("1", "", True),
        ("YES", "", True),
        ("false", "", False),
        ("false", "*.txt text", True),
        ("false", "*.txt text=auto", True),
        ("false", "*.txt eol=crlf", True),
        ("true", "*.txt -text", False),
        ("true", "*.txt binary", False),
        ("false", "*.txt crlf", True),
    ],
)
def test_what_git_is_told_to_convert(repo: GitRepo, autocrlf: str, attributes: str, converted: bool) -> None:
    if autocrlf:
        repo.git("config", "core.autocrlf", autocrlf)
    repo.write(".gitattributes", attributes + "\n")
    with Repo.open(repo.path) as opened:
        assert converting(opened)(b"a b\n.txt") is converted
    repo.write("a b\n.txt", "x\r\n")  # git itself is the judge
    repo.git("add", "-A")
    assert (repo.git("cat-file", "-p", ":a b\n.txt") == "x") is converted or "\r" in repo.git("ls-files", "--eol")
