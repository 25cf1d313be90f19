"""Imports go the way data flows (docs/architecture.md), and nobody but the edges touches the environment or stdout."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "gitstory"

ORDER = (
    "errors",
    "embedding",
    "model",
    "fault_points",
    "opening",
    "environment",
    "enclosed",
    "git",
    "redact",
    "config",
    "agents",
    "testing",
    "text",
    "phrasing",
    "attribution",
    "capture",
    "summary",
    "store",
    "recording",
    "interop",
    "rewrites",
    "history_files",
    "sources",
    "exchange",
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


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        if relative.parts[0] not in ("__init__.py", "__main__.py"):
            yield relative.parts[0].removesuffix(".py"), path, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gitstory"):
            parts = node.module.split(".")
            for name in [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]:
                yield node.lineno, name


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room for room, _, _ in modules()} == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


def test_imports_never_run_back() -> None:
    place = {room: at for at, room in enumerate(ORDER)}
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {target}"
        for room, path, tree in modules()
        for line, target in imports(tree)
        if target not in (room, "__version__") and place[target] > place[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["environ", "getenv"])
def test_only_the_edges_read_the_environment(name: str) -> None:
    wrong = [
        str(path.relative_to(PACKAGE))
        for room, path, tree in modules()
        if room not in READ_ENVIRONMENT and (path.relative_to(PACKAGE).as_posix(), name) not in EXCEPTIONS
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == name
    ]
    assert wrong == []


def test_only_the_command_line_prints() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for room, path, tree in modules()
        if room not in ("cli", "render", "text", "hooks")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print")
        or (isinstance(node, ast.Attribute) and node.attr == "stdout" and _is_sys(node.value))
    ]
    assert wrong == []


def _is_sys(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "sys"


OPENS = {"open", "read_bytes", "read_text", "is_file", "stat", "lstat", "connect"}
MAY_OPEN = {
    ("stores/sqlite.py", "connect"),  # after `opening` has looked at the file and at what is beside it
    ("stores/sqlite_copies.py", "open"),  # the journal of its own copy
    ("codex/store.py", "open"),  # a decoder, given a file that is open
}


def test_readers_open_files_in_one_place() -> None:
    """What is no file, leads out of the store or takes too long is refused there (`gitstory.opening`)."""
    wrong = []
    for room, path, tree in modules():
        name = path.relative_to(PACKAGE / room).as_posix() if room == "agents" else ""
        for node in ast.walk(tree) if name else ():
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in OPENS and not _is_opening(called.value):
                wrong += [f"{name}:{node.lineno} {called.attr}"] if (name, called.attr) not in MAY_OPEN else []
            if isinstance(called, ast.Name) and called.id == "open":
                wrong.append(f"{name}:{node.lineno} open")
    assert wrong == []


def _is_opening(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "opening"
