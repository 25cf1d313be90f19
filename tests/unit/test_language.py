"""Names and texts are plain technical English: the rules of the lint, and what is still to be rewritten.

`tests/data/language.json` lists, module by module, what still breaks a rule and how often. It only shrinks: the test
fails where a module has more than is listed, and where it has less, until the list is updated with
`GITSTORY_LANGUAGE=update`.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests import parsed

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = ROOT / "tests" / "data" / "language.json"
UPDATE = os.environ.get("GITSTORY_LANGUAGE") == "update"

VAGUE = frozenset({"one", "found", "told", "made", "said", "known", "asked", "heard", "borne", "mended", "lives"})
"""Never a whole name: they say that there is a value, not which."""
DIALECT = frozenset({"told", "heard", "borne", "mended", "said", "asked", "telling", "tells", "untold", "hearing"})
"""Never a part of a name."""
PHRASES = re.compile(
    r"\b(?:nobody is here|borne? out|bears? (?:that|it|this) out|lies? at|mended|by the rules of today|take it back|"
    r"taken? back|no conversation is known|they weigh|as it is at this moment|look into the store|go on with|"
    r"shortly|by its message,|found again by (?:its|their) words|is told (?:of|from)|are told (?:of|from)|"
    r"hear[sd]? of|is heard|nobody's)\b",
    re.IGNORECASE,
)
"""Never in a docstring or in a text of the program."""
STORED = frozenset({"taken back", "said"})
"""Words of stored records and of the JSON contract, which stay as they are."""


def is_vague(name: str) -> bool:
    plain = name.strip("_").lower()
    return plain in VAGUE or not DIALECT.isdisjoint(plain.split("_"))


def words_of_comprehensions(nodes: Sequence[ast.AST]) -> set[tuple[int, int]]:
    """Where a comprehension on a single line binds a name: there `one` may stand for a letter."""
    places = set()
    for node in nodes:
        comprehension = isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp)
        if comprehension and node.lineno == node.end_lineno:
            targets = [target for each in node.generators for target in ast.walk(each.target)]
            places |= {(name.lineno, name.col_offset) for name in targets if isinstance(name, ast.Name)}
    return places


def defined_names(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Every name that a module defines: classes, functions, parameters, variables, attributes, import aliases."""
    exempt = words_of_comprehensions(nodes)
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if (node.lineno, node.col_offset) not in exempt:
                yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def texts(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Every string of a module, docstrings included."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in STORED:
            yield node.value


def modules() -> Iterator[tuple[str, ast.Module, Sequence[ast.AST]]]:
    """Each module's path, its tree and all nodes of that."""
    for path, (tree, nodes) in parsed.modules().items():
        yield path.relative_to(parsed.PACKAGE).as_posix(), tree, nodes


def breaches() -> dict[str, dict[str, int]]:
    """Module -> what breaks a rule there -> how often."""
    listed: dict[str, dict[str, int]] = {}
    for name, _, nodes in modules():
        counts = Counter(word for word in (*Path(name).with_suffix("").parts, *defined_names(nodes)) if is_vague(word))
        for text in texts(nodes):
            counts.update(f"text: {match[0].lower()}" for match in PHRASES.finditer(text))
        if counts:
            listed[name] = dict(sorted(counts.items()))
    return listed


def test_names_and_texts_are_plain_english() -> None:
    current = breaches()
    if UPDATE:
        ALLOWED.write_text(json.dumps(current, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    allowed = json.loads(ALLOWED.read_text(encoding="utf-8"))
    new = {
        f"{module}: {what}": count
        for module, words in current.items()
        for what, count in words.items()
        if count > allowed.get(module, {}).get(what, 0)
    }
    assert new == {}, "say it in the words of docs/glossary.md"
    gone = {
        f"{module}: {what}": count
        for module, words in allowed.items()
        for what, count in words.items()
        if count > current.get(module, {}).get(what, 0)
    }
    assert gone == {}, "fixed: shrink the list with GITSTORY_LANGUAGE=update"


DOCUMENT = re.compile(r"(?<![\w./])(?:docs/)?(?:[\w-]+/)*[A-Za-z][\w-]*\.md\b")
OF_OTHERS = frozenset({"AGENTS.md", "CLAUDE.md", "GEMINI.md", "SKILL.md"})
"""Files of agents, which repositories have and this one need not."""


def test_no_docstring_cites_a_document_that_is_not_here() -> None:
    names = {path.name for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]} | OF_OTHERS
    wrong = []
    for module, _, nodes in modules():
        for node in nodes:
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                cited = DOCUMENT.findall(ast.get_docstring(node) or "")
                wrong += [
                    f"{module}: {name}" for name in cited if name.split("/")[-1] not in names and name[0].isupper()
                ]
    assert wrong == []


def public_classes() -> dict[str, list[str]]:
    places = defaultdict(list)
    for name, tree, _ in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name)
    return places


def test_no_two_public_classes_share_a_name() -> None:
    assert {name: places for name, places in public_classes().items() if len(places) > 1} == {}


def test_the_rules_see_what_they_are_for() -> None:
    tree = ast.parse("def told(found):\n    for one in found:\n        said = one\n    return [one for one in found]\n")
    assert sorted(name for name in defined_names(tuple(ast.walk(tree))) if is_vague(name)) == [
        "found",
        "one",
        "said",
        "told",
    ]
    assert is_vague("_told_of") and not is_vague("known_hosts") and not is_vague("made_by")
    assert PHRASES.search("Nothing here bears that out.") and not PHRASES.search("lines that were added")
