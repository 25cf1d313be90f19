"""Which attached document a prompt names."""

from __future__ import annotations

import pytest

from gitstory.agents.claude_code.prompts import is_mentioned


@pytest.mark.parametrize(
    ("prompt", "is_named"),
    [
        ("do @plan.md", True),
        ("plan.md.", True),
        ("read docs/plan.md, then go on", True),
        ('"plan.md"', True),
        ("\u8bf7\u770bplan.md", True),
        ("do @myplan.md", False),
        ("do old-plan.md", False),
        ("do v2.plan.md", False),
        ("do plan.mdx", False),
        ("do plan.md.bak", False),
        ("do plan.md-old", False),
        ("do planXmd", False),
    ],
)
@pytest.mark.parametrize("path", ["/home/x/docs/plan.md", "C:\\docs\\plan.md", "plan.md"])
def test_a_document_is_mentioned_by_its_whole_name(prompt: str, is_named: bool, path: str) -> None:
    assert is_mentioned(path, prompt) is is_named
