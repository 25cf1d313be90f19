"""Imports go the way data flows (docs/architecture.md), and nobody but the edges touches the environment or stdout."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import parsed
from tests.parsed import PACKAGE

ORDER = (
    "errors",
    "embedding",
    "model",
    "fault_points",
    "safe_open",
    "sqlite_files",
    "environment",
    "installed_plugins",
    "delimited_parts",
    "git",
    "redact",
    "config",
    "effects",
    "agents",
    "testing",
    "text",
    "language_model",
    "attribution",
    "linking",
    "summary",
    "store",
    "recording",
    "interop",
    "rewrites",
    "history_files",
    "sources",
    "import_export",
    "search",
    "queries",
    "rules",
    "tell",
    "render",
    "erasure",
    "worker",
    "commit_hook",
    "watching",
    "forge",
    "hooks",
    "cli",
    "ui",
    "start",
)
"""The rooms in the order in which data flows: each imports only from rooms before it, so that there is no circle."""

READ_ENVIRONMENT = {"cli", "hooks", "config", "environment"}
EXCEPTIONS = {
    ("fault_points.py", "environ"),  # tests break the program by a variable
    ("git/process.py", "environ"),  # hands the environment on to git, less what is foreign
    ("text/console.py", "environ"),
}


class Use(NamedTuple):
    """A name in the source: `owner.name`, or `name` alone where there is no owner ("?": an expression)."""

    line: int
    name: str
    owner: str


class Module(NamedTuple):
    """What the tests ask of a module: the rooms it imports, its attributes, and what it calls."""

    room: str
    path: Path
    imports: tuple[tuple[int, str], ...]
    attributes: tuple[Use, ...]
    calls: tuple[Use, ...]


@cache
def modules() -> tuple[Module, ...]:
    """Every module; to parse and walk them takes seconds, so it is done once."""
    listed = parsed.modules().items()
    return tuple(_module(path, nodes) for path, (_, nodes) in listed if path.parent != PACKAGE or not _dunder(path))


def _dunder(path: Path) -> bool:
    return path.name in ("__init__.py", "__main__.py")


def _module(path: Path, nodes: Sequence[ast.AST]) -> Module:
    return Module(
        path.relative_to(PACKAGE).parts[0].removesuffix(".py"),
        path,
        tuple(found for node in nodes if isinstance(node, ast.ImportFrom) for found in _imports(node)),
        tuple(_use(node) for node in nodes if isinstance(node, ast.Attribute)),
        tuple(_use(node.func) for node in nodes if isinstance(node, ast.Call)),
    )


def _imports(node: ast.ImportFrom) -> Iterator[tuple[int, str]]:
    if node.module and node.module.startswith("gitstory"):
        parts = node.module.split(".")
        for name in [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]:
            yield node.lineno, name


def _use(node: ast.expr) -> Use:
    if isinstance(node, ast.Attribute):
        return Use(node.lineno, node.attr, node.value.id if isinstance(node.value, ast.Name) else "?")
    return Use(node.lineno, node.id, "") if isinstance(node, ast.Name) else Use(node.lineno, "?", "?")


def test_every_room_has_its_place_in_the_order() -> None:
    assert {module.room for module in modules()} == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


def test_imports_never_run_back() -> None:
    place = {room: at for at, room in enumerate(ORDER)}
    wrong = [
        f"{module.path.relative_to(PACKAGE)}:{line} imports {target}"
        for module in modules()
        for line, target in module.imports
        if target not in (module.room, "__version__") and place[target] > place[module.room]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["environ", "getenv"])
def test_only_the_edges_read_the_environment(name: str) -> None:
    wrong = [
        str(module.path.relative_to(PACKAGE))
        for module in modules()
        if module.room not in READ_ENVIRONMENT and (module.path.relative_to(PACKAGE).as_posix(), name) not in EXCEPTIONS
        for use in module.attributes
        if use.name == name
    ]
    assert wrong == []


def test_only_the_command_line_prints() -> None:
    wrong = [
        f"{module.path.relative_to(PACKAGE)}:{use.line}"
        for module in modules()
        if module.room not in ("cli", "render", "text", "hooks")
        for use in (*module.calls, *module.attributes)
        if (use.name, use.owner) == ("stdout", "sys")
        or ((use.name, use.owner) == ("print", "") and use in module.calls)
    ]
    assert wrong == []


OPENS = {"open", "read_bytes", "read_text", "is_file", "stat", "lstat", "connect"}
MAY_OPEN = {
    ("codex/store.py", "open"),  # a decoder, given a file that is open
}


def test_readers_open_files_in_one_place() -> None:
    """What is no file, leads out of the store or takes too long is refused there (`gitstory.safe_open`)."""
    wrong = []
    for module in modules():
        name = module.path.relative_to(PACKAGE / module.room).as_posix() if module.room == "agents" else ""
        for use in module.calls if name else ():
            allowed = not use.owner or use.owner == "safe_open" or (name, use.name) in MAY_OPEN
            if (use.name in OPENS and not allowed) or (use.name, use.owner) == ("open", ""):
                wrong.append(f"{name}:{use.line} {use.name}")
    assert wrong == []
