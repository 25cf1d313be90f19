"""Documents of a work tree that may state a rule already: those for people, and the rule files of agents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gitstory import opening
from gitstory.rules.block import BlockDamaged, with_block
from gitstory.rules.written_already import Documents

_FOR_PEOPLE = ("README*", "CONTRIBUTING*", "docs/*.md", ".github/*.md", "*.md")
_RULE_FILES = (
    "AGENTS.md",
    "CLAUDE.md",
    "GEMINI.md",
    ".cursorrules",
    ".github/copilot-instructions.md",
    ".cursor/rules/*.mdc",
    ".windsurf/rules/*.md",
)
_MOST_FILES, _MOST_BYTES = 60, 200_000


def for_people(root: Path) -> Documents:
    """The README and other documents of a work tree; no rule files."""
    rule_files = set(opening.globbed(root, *_RULE_FILES))
    return _read(root, [path for path in opening.globbed(root, *_FOR_PEOPLE) if path not in rule_files])


def rule_files(root: Path) -> Documents:
    """The rule files of agents in a work tree, without our own blocks."""
    return _read(root, opening.globbed(root, *_RULE_FILES))


def _read(root: Path, paths: Sequence[Path]) -> Documents:
    texts: dict[str, str] = {}
    for path in list(dict.fromkeys(paths))[:_MOST_FILES]:
        name = path.relative_to(root).as_posix()
        try:
            text = opening.content(path, _MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        try:
            texts[name] = with_block(text, "", name)
        except BlockDamaged:
            texts[name] = text
    return Documents(texts)
