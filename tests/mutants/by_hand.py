"""Changes that a person might make and that would give lines to the wrong turn; a test of the room must notice each.

Those of `tests.mutants.mutations` are made by rule. These are what no such rule makes, or what once went unnoticed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from tests.mutants.mutations import Mutant, source

CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "attribution/attribute.py": (
        ("added & lines", "added | lines"),
        ("[] if len(sides.parents) > 1 else removed", "removed"),
        ("line not in elsewhere and pool.left", "pool.left"),
        ("framed or sum(weight(self.new[j]) for j in fresh) >= LEAST_GROUP", "framed"),
        ("framed or sum(weight(self.new[j]) for j in fresh) >= LEAST_GROUP", "True"),
    ),
    "attribution/timeline.py": (
        ("if time - commit.author_time > SLACK:", "if False:"),
        ("before is None or before.weight < look.weight", "True"),
        ("look if before is None or before.weight < look.weight else before", "look if before is None else before"),
        (
            "max([float(each.committer_time), *(times[p] for p in each.parents if p in times)])",
            "float(each.committer_time)",
        ),
        ("key=lambda pair: not pair[1]", "key=lambda pair: bool(pair[1])"),
    ),
    "attribution/file_replay.py": (("min(spots, key=lambda at: abs(at - near)) if spots", "spots[0] if spots"),),
    "attribution/link.py": (
        ("LEAST_KNOWN = 4", "LEAST_KNOWN = 3"),
        ("LEAST_KNOWN = 4", "LEAST_KNOWN = 5"),
        ("LEAST_GUESSED = 30", "LEAST_GUESSED = 29"),
        ("LEAST_GUESSED = 30", "LEAST_GUESSED = 31"),
        ("claim.weight >= least", "claim.weight > least"),
        ("least = LEAST_GUESSED if candidate.guessed else LEAST_KNOWN", "least = LEAST_KNOWN"),
        ("share = 1 / 3 if _unexplained(attribution) else 1", "share = 1"),
        ("share = 1 / 3 if _unexplained(attribution) else 1", "share = 1 / 3"),
        ("0 if index in owned.common else 2 if index in owned.placed else 1", "2 if index in owned.placed else 1"),
        ("2 if index in owned.placed else 1", "1"),
        (
            "0 if index in owned.still else weight(attribution.old[index]) * share",
            "weight(attribution.old[index]) * share",
        ),
    ),
    "git/batch_requests.py": (('b"\\n" not in spec and ', ""),),
    "git/process.py": (('"GIT_INDEX_FILE",', '"GIT_INDEX_FILES",'),),
    "git/added_lines.py": (('if text.startswith(b"\\\\"):', "if False:"),),
}
"""Module -> (text that it has once, what to put there)."""


@dataclass(frozen=True)
class Rewritten(Mutant):
    """A change of a module's text."""

    old: str = ""
    new: str = ""

    def code(self) -> CodeType:
        text = source(self.path).replace(self.old, self.new)
        return compile(text, str(self.path), "exec")


def by_hand(paths: Iterable[Path]) -> list[Mutant]:
    """The changes of these modules."""
    found: list[Mutant] = []
    for path in paths:
        for number, (old, new) in enumerate(CHANGES.get(path.as_posix().rpartition("gitstory/")[2], ())):
            text = source(path)
            if text.count(old) != 1:
                raise ValueError(f"{path}: {old!r} stands there {text.count(old)} times; see tests/mutants/by_hand.py")
            line = text[: text.index(old)].count("\n") + 1
            what = f"{old.strip()} -> {new.strip() or 'nothing'}"
            function = _function(text, line)
            found.append(Rewritten(path, number, line, function, what, (function, function), old, new))
    return found


def _function(text: str, line: int) -> int:
    """The first line of the function, not one within another, that `line` is in; 0 for none."""
    for node in ast.walk(ast.parse(text)):
        for each in ast.iter_child_nodes(node) if isinstance(node, ast.Module | ast.ClassDef) else ():
            if isinstance(each, ast.FunctionDef) and each.body[0].lineno <= line <= (each.end_lineno or 0):
                return min([each.lineno, *(one.lineno for one in each.decorator_list)])
    return 0
