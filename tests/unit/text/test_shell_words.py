"""Names of others in commands that a person copies."""

from __future__ import annotations

import subprocess

import pytest

from gitstory.text.wording import shell_word


@pytest.mark.parametrize(
    ("name", "is_plain"),
    [
        ("4de91640#3", True),
        ("codex:01a22a82-8b2b", True),
        ("src/a_b.py", True),
        ("$(touch x)", False),
        ("`id`;x", False),
        ("it's", False),
        ("#3", False),
        ("a\nb", False),
        ("~root", False),
        ("", False),
    ],
)
def test_a_shell_reads_a_name_as_it_is(name: str, is_plain: bool) -> None:
    assert (shell_word(name) == name) is is_plain
    command = f"printf %s {shell_word(name)}"
    assert subprocess.run(["sh", "-c", command], capture_output=True, check=True, text=True).stdout == name
