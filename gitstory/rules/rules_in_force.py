"""The rules that hold in a work tree: those written into its rule files, and those accepted in our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from gitstory import safe_open
from gitstory.errors import GitStoryError
from gitstory.rules.changes_to_check import Changes
from gitstory.rules.decisions_file import Decided, read_decided
from gitstory.rules.rule_file_block import BlockDamaged, WrittenRule, block_of, written_rules
from gitstory.rules.rule_files import NAMES
from gitstory.rules.rule_violations import Violation, checks_of, violations

_MOST_BYTES = 2_000_000
_MOST_RULES, _LONGEST_RULE = 200, 400
"""Rules that are checked, and characters of one: anybody who opens a pull request can write any number."""


def enforced_rules(root: Path) -> tuple[list[WrittenRule], list[str]]:
    """(rules without repeats, what could not be read)."""
    rules: dict[str, WrittenRule] = {}
    problems: list[str] = []
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        try:
            block = block_of(safe_open.content(path, _MOST_BYTES).decode("utf-8", "replace"), name)
        except FileNotFoundError:
            continue
        except (OSError, BlockDamaged) as error:
            problems.append(str(error) if isinstance(error, BlockDamaged) else f"cannot read {name}")
            continue
        for rule in written_rules(block or ""):
            rules.setdefault(rule.text, rule)
    for decided in _accepted(root, problems):
        sources = ", ".join(decided.sources) or "accepted"
        rules.setdefault(decided.text, WrittenRule(decided.text, sources, decided.scope))
    return [rule for rule in rules.values() if len(rule.text) <= _LONGEST_RULE][:_MOST_RULES], problems


def _accepted(root: Path, problems: list[str]) -> list[Decided]:
    """What was accepted; a file that cannot be read is a problem and ends no check."""
    try:
        return [one for one in read_decided(root).values() if one.status == "accepted" and one.text]
    except GitStoryError as error:
        problems.append(error.message)
        return []


def _files(root: Path) -> Iterator[Path]:
    for name in NAMES.values():
        if "." in name.rsplit("/", 1)[-1]:
            yield root / name
    yield from safe_open.globbed(root / ".cursor/rules", "*.mdc")
    yield from safe_open.globbed(root / ".windsurf/rules", "*.md")


def check(root: Path, changes: Callable[[], Changes]) -> tuple[list[Violation], int, list[str]]:
    """(violations in `changes`, how many rules could be checked, what could not be read).

    `changes` are asked for only where there are rules that can be checked.
    """
    rules, problems = enforced_rules(root)
    checks = list(checks_of(rules))
    if not checks:
        return [], 0, problems
    diff = changes()
    return violations(checks, diff.added, diff.paths), len({one.rule.text for one in checks}), problems
