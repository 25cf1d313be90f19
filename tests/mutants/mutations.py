"""Small changes of a module's source, each of which a test should notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """The change with number `index` of the module `path`, in the function that begins in line `function`.

    `function` is 0 for what is evaluated as the module is imported. `statement` has the first and the last line of the
    statement that it changes, without the statements within: a test that runs none of them cannot notice.
    """

    path: Path
    index: int
    line: int
    function: int
    what: str
    statement: tuple[int, int]

    def code(self) -> CodeType:
        """The module with the change."""
        tree = ast.parse(source(self.path))
        for index, place in enumerate(_places(tree)):
            if index == self.index:
                place.change()
                break
        return compile(ast.fix_missing_locations(tree), str(self.path), "exec")


@dataclass
class _Place:
    """A node that can be changed: an attribute of its parent, or one item of a list there."""

    parent: ast.AST
    name: str
    at: int | None
    new: ast.AST
    what: str
    line: int
    function: int
    statement: tuple[int, int]

    def change(self) -> None:
        if self.at is None:
            setattr(self.parent, self.name, self.new)
        else:
            getattr(self.parent, self.name)[self.at] = self.new


@cache
def source(path: Path) -> str:
    """The text of a module as it was when it was first asked for: it may be edited during a run."""
    return path.read_text("utf-8")


def mutants(path: Path) -> list[Mutant]:
    """All changes of a module, in the order of its text."""
    places = enumerate(_places(ast.parse(source(path))))
    return [Mutant(path, index, one.line, one.function, one.what, one.statement) for index, one in places]


def _places(node: ast.AST, function: int = 0, statement: tuple[int, int] = (0, 0)) -> Iterator[_Place]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "decorator_list") or _is_docstring(node, name, value):
            continue
        children = value if isinstance(value, list) else [value]
        for at, child in enumerate(children):
            if not isinstance(child, ast.AST):
                continue
            within = function
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name == "body" and not function:
                within = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            lines = header(child) if isinstance(child, ast.stmt) else statement
            for new, what in _changes(child, node):
                line = getattr(child, "lineno", getattr(node, "lineno", 0))
                yield _Place(node, name, at if isinstance(value, list) else None, new, what, line, within, lines)
            if not isinstance(child, ast.JoinedStr):
                yield from _places(child, within, lines)


def header(statement: ast.stmt) -> tuple[int, int]:
    """The first and last line of a statement, without the statements in its body; all of it for `match`."""
    body = getattr(statement, "body", None)
    last = statement.end_lineno or statement.lineno
    # A body may begin in the line of its header: `if this: return`.
    return statement.lineno, max(statement.lineno, body[0].lineno - 1) if body else last


def _is_docstring(node: ast.AST, name: str, value: object) -> bool:
    return isinstance(node, ast.Expr) and name == "value" and isinstance(value, ast.Constant)


def _changes(node: ast.AST, parent: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """(what to put in the place of `node`, in words)."""
    before = ast.unparse(node) if isinstance(node, ast.expr | ast.stmt) else ""
    for new in _variants(node, parent):
        ast.copy_location(new, node)
        yield new, f"{before[:70]} -> {ast.unparse(new)[:70]}"


def _variants(node: ast.AST, parent: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            new = copy.deepcopy(node)
            new.ops[at] = COMPARED[type(operator)]()
            yield new
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, copy.deepcopy(node.values))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        yield ast.BinOp(copy.deepcopy(node.left), COMPUTED[type(node.op)](), copy.deepcopy(node.right))
    elif isinstance(node, ast.AugAssign) and type(node.op) in COMPUTED:
        yield ast.AugAssign(copy.deepcopy(node.target), COMPUTED[type(node.op)](), copy.deepcopy(node.value))
    elif isinstance(node, ast.Constant):
        yield from _constants(node, parent)
    elif isinstance(node, ast.Name) and isinstance(parent, ast.Call) and node is parent.func and node.id in CALLED:
        yield ast.Name(CALLED[node.id], ast.Load())
    elif isinstance(node, ast.If | ast.While | ast.IfExp) and isinstance(
        node.test, ast.Name | ast.Call | ast.Attribute
    ):
        new_if = copy.deepcopy(node)
        new_if.test = ast.copy_location(ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)), node.test)
        yield new_if
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()


def _constants(node: ast.Constant, parent: ast.AST) -> Iterator[ast.expr]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and not isinstance(parent, ast.FormattedValue):
        yield ast.Constant(f"X{value}X")
    elif isinstance(value, bytes):
        yield ast.Constant(b"X" + value + b"X")
