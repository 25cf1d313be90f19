"""Documents of a work tree that may state a rule already: those for people, and the rule files of agents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gitstory import safe_open
from gitstory.rules.rule_file_block import BlockDamaged, without_block
from gitstory.rules.written_already import Documents

_FOR_PEOPLE = ("README*", "CONTRIBUTING*", "docs/*.md", ".github/*.md", "*.md")
_RULE_FILES = (
    "AGENTS.md",
    "CLAUDE.md",
    "GEMINI.md",
    ".cursorrules",
    ".windsurfrules",
    ".clinerules",
    ".github/copilot-instructions.md",
    ".cursor/rules/*.mdc",
    ".windsurf/rules/*.md",
    ".clinerules/*.md",
)
_MOST_FILES, _MOST_BYTES = 60, 200_000
_DERIVED = "rules derived by SpecStory"
"""In the first lines of a rule file that another tool made of these conversations: no word in it is a person's."""


def for_people(root: Path) -> Documents:
    """The README and other documents of a work tree; no rule files."""
    rule_files = set(safe_open.globbed(root, *_RULE_FILES))
    return Documents(_read(root, [path for path in safe_open.globbed(root, *_FOR_PEOPLE) if path not in rule_files]))


def rule_file_texts(root: Path) -> dict[str, str]:
    """The rule files of agents in a work tree by name, with spaces in place of our own blocks."""
    texts = _read(root, safe_open.globbed(root, *_RULE_FILES))
    return {name: text for name, text in texts.items() if _DERIVED not in text[:1_000]}


def _read(root: Path, paths: Sequence[Path]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in list(dict.fromkeys(paths))[:_MOST_FILES]:
        name = path.relative_to(root).as_posix()
        try:
            text = safe_open.content(path, _MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        try:
            texts[name] = without_block(text, name)
        except BlockDamaged:
            texts[name] = text
    return texts
