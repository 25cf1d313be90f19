"""Trailers in the file of a message, beside comments and scissors."""

from __future__ import annotations

import pytest

from gitstory.git.commit_message_file import (
    MessageSettings,
    block,
    comment_prefix,
    divided,
    settings,
    stripped_lines,
    with_trailers,
)
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo

EDITED, KEPT = MessageSettings(edited=True), MessageSettings()
AUTO = MessageSettings(b"auto", True)
CUT = b"# ------------------------ >8 ------------------------\n"
T = b"Story: a.md#turn-1"
U = b"Story: a.md#turn-2"


@pytest.mark.parametrize(
    ("message", "how", "prefix"),
    [
        (b"s\n# c\n", EDITED, b"#"),
        (b"s\n# c\n", KEPT, b"\x01"),
        (b"s\n", MessageSettings(b"//", True), b"//"),
        (b"s\n; c\n", AUTO, b";"),
        (b"s\n; c\n", MessageSettings(b"AUTO", True), b";"),
        (b"s\nno comment\n\n", AUTO, b"#"),
        (b"", AUTO, b"#"),
        (b"s\n" + CUT.replace(b"#", b"@") + b"diff\n", AUTO, b"@"),
        (b"s\n" + CUT.replace(b"#", b"xx") + b"; diff\n", AUTO, b";"),
    ],
)
def test_what_comments_start_with(message: bytes, how: MessageSettings, prefix: bytes) -> None:
    assert comment_prefix(message, how) == prefix


@pytest.mark.parametrize(
    ("message", "prefix", "head"),
    [
        (b"s\n\n# c\n", b"#", b"s\n"),
        (b"s\n\nb\n\n\n", b"#", b"s\n\nb\n"),
        (b"s\n# c\nb\n# d\n", b"#", b"s\n# c\nb\n"),
        (b"s\n# c\n", b"\x01", b"s\n# c\n"),
        (b"s\n\n" + CUT + b"diff\nmore\n", b"#", b"s\n"),
        (b"s\n" + CUT + b"diff\n", b";", b"s\n" + CUT + b"diff\n"),
        (b"s\n" + CUT + b"diff\n", b"\x01", b"s\n" + CUT + b"diff\n"),
        (b"# only\n", b"#", b""),
        (b"s", b"#", b"s"),
    ],
)
def test_a_message_ends_before_comments_and_scissors(message: bytes, prefix: bytes, head: bytes) -> None:
    assert divided(message, prefix) == (head, message[len(head) :])


@pytest.mark.parametrize(
    ("message", "lines"),
    [(b"\n s\n# c\nb\n\n# d\n", b"s\nb"), (b"# c\n", b""), (b"\n\ns\n", b"s")],
)
def test_git_keeps_the_lines_that_are_no_comments(message: bytes, lines: bytes) -> None:
    assert stripped_lines(message, b"#") == lines


@pytest.mark.parametrize(
    ("message", "trailers", "how", "written"),
    [
        (b"s\n", [T], KEPT, b"s\n\n" + T + b"\n"),
        (b"s\n\nb\n", [T, U], KEPT, b"s\n\nb\n\n" + T + b"\n" + U + b"\n"),
        (b"s\n\n" + T + b"\n", [U], KEPT, b"s\n\n" + T + b"\n" + U + b"\n"),
        (b"s\n\n" + T + b"\n", [T], KEPT, b"s\n\n" + T + b"\n"),
        (b"s\n\n" + T + b"\n", [T, U, U], KEPT, b"s\n\n" + T + b"\n" + U + b"\n"),
        (b"s\n", [], KEPT, b"s\n"),
        (b"s\n\n# c\n", [T], EDITED, b"s\n\n" + T + b"\n\n# c\n"),
        (b"s\n# c\n", [T], KEPT, b"s\n# c\n\n" + T + b"\n"),
        (b"", [T], KEPT, b"\n" + T + b"\n"),
        (b"\n# c\n", [T], EDITED, b"\n" + T + b"\n\n# c\n"),
        (b"s\n\n" + CUT + b"diff\n", [T], EDITED, b"s\n\n" + T + b"\n\n" + CUT + b"diff\n"),
    ],
)
def test_trailers_come_into_the_last_block(
    repo: GitRepo, message: bytes, trailers: list[bytes], how: MessageSettings, written: bytes
) -> None:
    with Repo.open(repo.path) as opened:
        assert with_trailers(opened, message, trailers, how) == written


def test_the_last_block_is_what_git_takes_for_trailers(repo: GitRepo) -> None:
    repo.git("config", "core.commentChar", "S")
    with Repo.open(repo.path) as opened:
        assert block(opened, b"s\n\n" + T + b"\nA: b\n\n", b"#") == [T, b"A: b"]
        assert block(opened, b"s\n\nplain text\n", b"#") == []
        assert block(opened, b"s\n\nA: b\n---\nC: d\n", b"#") == []


@pytest.mark.parametrize(
    ("values", "comment"),
    [
        ((), b"#"),
        ((("core.commentChar", ";"),), b";"),
        ((("core.commentChar", ";"), ("core.commentString", "//")), b"//"),
    ],
)
def test_the_comment_character_is_configured(
    repo: GitRepo, values: tuple[tuple[str, str], ...], comment: bytes
) -> None:
    for key, value in values:
        repo.git("config", key, value)
    with Repo.open(repo.path) as opened:
        assert settings(opened, edited=True) == MessageSettings(comment, True)
        assert settings(opened, edited=False).edited is False
