"""Every regular expression of the program, found in its source, with the ways in which it is used.

A pattern is taken from the call that makes it (`re.compile`, `late_pattern`, `re.search` and the like): its argument is
evaluated in the module's own namespace. What is built from values of a function has no value there, and has to be in
`BUILT`.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import gitstory
from tests import parsed
from tests.expressions.built import BUILT, USED

MAKERS = ("compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
SCANS = frozenset({"search", "sub", "subn", "split", "findall", "finditer", "scanner"})
"""Uses that try every position of the text."""
ANYTHING = frozenset({"search", "match", "fullmatch"})
Nodes = dict[type[ast.AST], list[Any]]
"""Class -> the nodes of a module that are of it."""


@dataclass
class Expression:
    """One pattern: where it is made, its name where it has one, and the methods it is used by."""

    place: str
    pattern: re.Pattern[Any]
    uses: frozenset[str] = field(default_factory=frozenset)


def modules() -> Iterator[ModuleType]:
    """Every module of the package, imported."""
    for one in pkgutil.walk_packages(gitstory.__path__, "gitstory."):
        if (
            not one.name.endswith("__main__") and one.name != "gitstory.fault_points"
        ):  # that one spins on purpose, for tests
            yield importlib.import_module(one.name)


def expressions() -> Iterator[Expression]:
    """All of them; raises `AssertionError` for one that cannot be evaluated."""
    trees = {module: _by_kind(parsed.modules()[Path(str(module.__file__))][1]) for module in modules()}
    uses = _Uses(trees)
    unknown = set(BUILT)
    for module, nodes in trees.items():
        forbidden = [ast.unparse(node) for node in (*nodes[ast.Import], *nodes[ast.ImportFrom]) if _hides(node)]
        assert not forbidden, (
            f"{module.__name__}: import re as a module, so that its patterns can be found: {forbidden}"
        )
        for function, call in _makers(nodes):
            name = uses.names.get(call, "")
            place = f"{module.__name__}:{name or call.lineno}"
            found = _evaluated(call, module)
            if found is None:
                key = f"{module.__name__}:{function}"
                assert key in BUILT, f"line {call.lineno} of {module.__name__} makes a pattern: add {key!r} to BUILT"
                unknown.discard(key)
                for pattern in BUILT[key]():
                    yield Expression(place, pattern, USED.get(key) or uses.of(module, call, name))
            else:
                yield Expression(place, found, uses.of(module, call, name))
    assert not unknown, f"in BUILT, but not in the program: {unknown}"


def _hides(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "re" and any(not one.name.startswith("_") for one in node.names)
    return isinstance(node, ast.Import) and any(one.name in ("re", "regex") and one.asname for one in node.names)


def _by_kind(nodes: Sequence[ast.AST]) -> Nodes:
    """Nodes by their class: a module has ten times as many as are looked at."""
    kinds: Nodes = defaultdict(list)
    for node in nodes:
        kinds[type(node)].append(node)
    return kinds


def _makers(nodes: Nodes) -> list[tuple[str, ast.Call]]:
    """Every call that makes a pattern, with the name of the innermost function it is in."""
    calls = sorted(filter(_maker, nodes[ast.Call]), key=lambda call: (call.lineno, call.col_offset))
    functions = sorted([*nodes[ast.FunctionDef], *nodes[ast.AsyncFunctionDef]], key=_first_line) if calls else []
    return [(_innermost(functions, call), call) for call in calls]


def _innermost(functions: Sequence[Any], call: ast.Call) -> str:
    around = [one.name for one in functions if _first_line(one) <= call.lineno <= one.end_lineno]
    return around[-1] if around else ""


def _first_line(function: Any) -> int:
    lines: list[int] = [function.lineno, *(decorator.lineno for decorator in function.decorator_list)]
    return min(lines)


def _maker(call: ast.Call) -> bool:
    function = call.func
    return _is_late(call) or (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in MAKERS
    )


def _is_late(call: ast.Call) -> bool:
    """Whether it is `late_pattern(...)` of `gitstory.text.late_pattern`, which stands for `re.compile(...)`."""
    return isinstance(call.func, ast.Name) and call.func.id == "late_pattern"


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else "compile"


def _evaluated(call: ast.Call, module: ModuleType) -> re.Pattern[Any] | None:
    place = {"compile": 1, "match": 2, "fullmatch": 2, "search": 2, "findall": 2, "finditer": 2}.get(_method(call), 9)
    flags = next((one.value for one in call.keywords if one.arg == "flags"), None)
    flags = flags or (call.args[place] if len(call.args) > place else None)
    try:
        made = [_value(one, module) if one is not None else 0 for one in (call.args[0], flags)]
    except (NameError, AttributeError):
        return None
    return re.compile(*made)


def _value(node: ast.expr, module: ModuleType) -> Any:
    return eval(compile(ast.Expression(node), module.__name__, "eval"), vars(module))


class _Uses:
    """By what methods each named pattern is used, over all modules."""

    def __init__(self, modules: dict[ModuleType, Nodes]) -> None:
        self.names: dict[ast.Call, str] = {}
        self._used: dict[tuple[str, str], set[str]] = {}
        for module, nodes in modules.items():
            self._collect(module.__name__, nodes)

    def _collect(self, module: str, nodes: Nodes) -> None:
        called = {id(node.func): node for node in nodes[ast.Call]}
        owners = {id(node.value): node for node in nodes[ast.Attribute]}
        for node in nodes[ast.Assign]:
            if isinstance(node.value, ast.Call) and _maker(node.value):
                self.names[node.value] = ast.unparse(node.targets[0])
        for node in (*nodes[ast.Name], *nodes[ast.Attribute]):
            if not isinstance(node.ctx, ast.Load):
                continue
            place = (module, node.id) if isinstance(node, ast.Name) else ("", node.attr)
            owner = owners.get(id(node))
            if owner and id(owner) in called:
                self._used.setdefault(place, set()).add(_use(owner.attr, called[id(owner)]))
            elif not owner or owner.attr not in ("pattern", "groupindex", "flags", "groups"):
                self._used.setdefault(place, set()).add("any")

    def of(self, module: ModuleType, call: ast.Call, name: str) -> frozenset[str]:
        """Methods; all of them where the pattern is handed on."""
        if _method(call) != "compile":
            return frozenset({_method(call)})
        if not name:
            return ANYTHING
        used = self._used.get((module.__name__, name), set()) | self._used.get(("", name), set())
        if not name.startswith("_"):
            for (_, other), more in list(self._used.items()):
                used |= more if other == name else set()
        return frozenset(used) if used and "any" not in used else ANYTHING | used - {"any"}


def _use(method: str, call: ast.Call) -> str:
    """A match from a place within the text is as good as a search: who knows how many places are tried."""
    return "search" if method == "match" and len(call.args) > 1 else method
