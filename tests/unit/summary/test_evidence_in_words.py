"""The files that a turn edited, as lists show them."""

from __future__ import annotations

from gitstory.model import Call, Edit, Turn
from gitstory.summary.evidence_in_words import edited_files

HOME = "/home/dev"


def names(*paths: str, files: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> list[str]:
    turn = Turn("t", 1, "", steps=(Call("Write", edits=tuple(Edit(path) for path in paths)),))
    return [name for name, *_ in edited_files(turn, files, places)]


def test_agents_own_plans_are_not_among_them() -> None:
    assert names(f"{HOME}/.claude/plans/a.md", "~/.cursor/plans/b.md", "a.py", "/etc/hosts") == ["a.py", "/etc/hosts"]


def test_those_of_the_repository_are() -> None:
    assert names(".claude/plans/a.md") == [".claude/plans/a.md"]
    assert names("/w/app/.claude/plans/a.md", files=(".claude/plans/a.md",)) == [".claude/plans/a.md"]
    assert names(f"{HOME}/.claude/plans/a.md", places=(HOME,)) == [".claude/plans/a.md"]
