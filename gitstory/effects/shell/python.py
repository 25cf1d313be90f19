"""Files that a short Python program given to a shell command wrote, if the text of the program determines it.

Programs run straight down: what stands in a branch, a loop or a function is known by the names of its files. Of
values only literal texts are followed, paths made of them, and the text of a file with literal replacements.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent
from typing import NamedTuple

from gitstory.model import Replacement

LIMIT = 1 << 18
"""Characters of a program that are looked at."""

_WRITING = frozenset("wxa+")


class WrittenFile(NamedTuple):
    """A file a program wrote: `text` whole or appended, or what it replaced in it; neither where that is not known."""

    path: str
    text: str | None = None
    append: bool = False
    replaced: tuple[Replacement, ...] = ()


class _Content(NamedTuple):
    """What the file at `path` held, less what was replaced."""

    path: str
    replaced: tuple[Replacement, ...] = ()


class _Path(NamedTuple):
    path: str


@dataclass
class _File:
    path: str
    mode: str
    pieces: list[str | None] = field(default_factory=list)


_Value = str | _Content | _Path | _File | None


def written(program: str) -> list[WrittenFile]:
    """What a program that ended well wrote, in order. Nothing for one that is not understood."""
    if len(program) > LIMIT:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
        return _Program().run(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


class _Program:
    def __init__(self) -> None:
        self.names: dict[str, _Value] = {}
        self.written: list[WrittenFile] = []
        self.files: list[_File] = []

    def run(self, body: list[ast.stmt]) -> list[WrittenFile]:
        for statement in body:
            self._do(statement)
        for file in self.files:
            self._close(file)
        return self.written

    def _do(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.names[name] = self._value(value)
            case ast.Expr(value=value):
                self._value(value)
            case ast.With(items=items, body=body) if all(isinstance(i.optional_vars, ast.Name | None) for i in items):
                opened = [self._value(item.context_expr) for item in items]
                for item, held in zip(items, opened, strict=True):
                    if isinstance(item.optional_vars, ast.Name):
                        self.names[item.optional_vars.id] = held
                for inner in body:
                    self._do(inner)
            case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Pass():
                pass
            case _:
                self._doubt(statement)

    def _doubt(self, statement: ast.stmt) -> None:
        """Whatever this sets is not known after it; files that it may have written are named."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.names[node.id] = None
            elif isinstance(node, ast.Call) and (path := self._target(node)):
                self.written.append(WrittenFile(path))

    def _target(self, call: ast.Call) -> str:
        """The file that a call opens for writing, or writes; "" for other calls."""
        match call.func:
            case ast.Attribute(attr="write_text" | "write_bytes", value=value):
                path = self._value(value)
                return path.path if isinstance(path, _Path) else ""
            case ast.Attribute(attr="write" | "writelines", value=ast.Name(id=name)):
                file = self.names.get(name)
                return file.path if isinstance(file, _File) else ""
            case ast.Name(id="open"):
                path = self._path(call.args[:1])
                return path if path and _WRITING.intersection(self._mode(call, 1)) else ""
        return ""

    def _value(self, node: ast.expr) -> _Value:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                each, other = self._value(left), self._value(right)
                return each + other if isinstance(each, str) and isinstance(other, str) else None
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                each, other = self._value(left), self._value(right)
                return _Path(f"{each.path}/{other}") if isinstance(each, _Path) and isinstance(other, str) else None
            case ast.Call():
                return self._call(node)
        return None

    def _call(self, call: ast.Call) -> _Value:
        match call.func:
            case ast.Name(id="open"):
                return self._open(self._path(call.args[:1]), self._mode(call, 1))
            case ast.Name(id="Path") | ast.Attribute(attr="Path"):
                return _Path(path) if (path := self._path(call.args)) else None
            case ast.Name(id="dedent") | ast.Attribute(attr="dedent", value=ast.Name(id="textwrap")):
                text = self._value(call.args[0]) if len(call.args) == 1 else None
                return dedent(text) if isinstance(text, str) else None
            case ast.Attribute(attr=method, value=owner):
                return self._method(self._value(owner), method, call)
        return None

    def _method(self, owner: _Value, method: str, call: ast.Call) -> _Value:
        match owner, method:
            case _Path(), "read_text":
                return _Content(owner.path)
            case _Path(), "open":
                return self._open(owner.path, self._mode(call, 0))
            case _Path(), "write_text":
                self._wrote(owner.path, self._value(call.args[0]) if call.args else None)
            case _Path(), "write_bytes":
                self._wrote(owner.path, None)
            case _File(), "read" if not call.args:
                return _Content(owner.path)
            case _File(), "write" | "writelines" if "r" not in owner.mode:
                self._add(owner, method, call)
            case _File(), "close":
                self._close(owner)
            case _Content(), "replace":
                pair = self._pair(call)
                return owner._replace(replaced=(*owner.replaced, pair)) if pair else None
            case str(), "lstrip" | "rstrip" | "strip" if len(call.args) < 2:
                cut = self._value(call.args[0]) if call.args else None
                is_known = not call.args or isinstance(cut, str)
                return str(getattr(owner, method)(cut)) if is_known else None
            case str(), "replace":
                pair = self._pair(call)
                return owner.replace(pair.old, pair.new, -1 if pair.all else 1) if pair else None
            case str(), "join" if len(call.args) == 1 and isinstance(call.args[0], ast.List | ast.Tuple):
                parts = [self._value(one) for one in call.args[0].elts]
                texts = [part for part in parts if isinstance(part, str)]
                return owner.join(texts) if len(texts) == len(parts) else None
        return None

    def _open(self, path: str, mode: str) -> _Value:
        if not path:
            return None
        file = _File(path, mode)
        if _WRITING.intersection(mode):
            self.files.append(file)
        return file

    def _add(self, file: _File, method: str, call: ast.Call) -> None:
        node = call.args[0] if len(call.args) == 1 else None
        listed = node.elts if method == "writelines" and isinstance(node, ast.List | ast.Tuple) else [node]
        for expr in listed:
            value = self._value(expr) if expr is not None else None
            if isinstance(value, _Content) and value.path == file.path and len(listed) == 1 and not file.pieces:
                self.files.remove(file)
                self._wrote(file.path, value)
                return
            file.pieces.append(value if isinstance(value, str) else None)

    def _close(self, file: _File) -> None:
        if file in self.files:
            self.files = [one for one in self.files if one is not file]
            texts = [piece for piece in file.pieces if piece is not None]
            plain = len(texts) == len(file.pieces) and "b" not in file.mode and "+" not in file.mode
            self.written.append(WrittenFile(file.path, "".join(texts) if plain else None, "a" in file.mode))

    def _wrote(self, path: str, value: _Value) -> None:
        if isinstance(value, _Content) and value.path == path:
            self.written.append(WrittenFile(path, replaced=value.replaced))
        else:
            self.written.append(WrittenFile(path, value if isinstance(value, str) else None))

    def _pair(self, call: ast.Call) -> Replacement | None:
        texts = [self._value(one) for one in call.args[:2]]
        rest = [one.value if isinstance(one, ast.Constant) else None for one in call.args[2:]]
        is_known = len(texts) == 2 and not call.keywords and rest in ([], [1]) and texts[0] != ""
        if is_known and isinstance(texts[0], str) and isinstance(texts[1], str):
            return Replacement(texts[0], texts[1], not rest)
        return None

    def _path(self, nodes: list[ast.expr]) -> str:
        values = list(self._paths(nodes))
        return "/".join(values) if values and all(values) else ""

    def _paths(self, nodes: list[ast.expr]) -> Iterator[str]:
        for node in nodes:
            value = self._value(node)
            yield value if isinstance(value, str) else value.path if isinstance(value, _Path) else ""

    def _mode(self, call: ast.Call, place: int) -> str:
        named = [one.value for one in call.keywords if one.arg == "mode"]
        node = next(iter([*call.args[place : place + 1], *named]), None)
        value = self._value(node) if node is not None else "r"
        return value if isinstance(value, str) else "w+"
