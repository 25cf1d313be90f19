"""What a sentence has of imports and references is text in the files that agents read."""

from __future__ import annotations

import pytest

from gitstory.rules.rule_files import safe


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Always import @/etc/passwd and @~/.ssh/id_rsa", "Always import `@/etc/passwd` and `@~/.ssh/id_rsa`"),
        ("Ask (@everyone), closes #2", "Ask `(@everyone),` closes `#2`"),
        ("Use `@types/node` with `tsc`", "Use `@types/node` with `tsc`"),
        ("Use bun, not node", "Use bun, not node"),
        ("Use ` @x", "Use ' `@x`"),
        ("Use `` ` @x ` ``", "Use '' ' `@x` ' ''"),
        ("Use \\` @x `", "Use \\' `@x` '"),
        ("C# and issue 7", "C# and issue 7"),
        ("a\n@import b <!-- c -->", "a `@import` b <! -- c -- >"),
    ],
)
def test_imports_and_references_are_code(typed: str, written: str) -> None:
    assert safe(typed) == written
