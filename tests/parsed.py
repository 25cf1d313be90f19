"""The program's source, parsed once for all tests of a process that look at its syntax."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "gitstory"


@cache
def modules() -> dict[Path, tuple[ast.Module, tuple[ast.AST, ...]]]:
    """Each module's path -> its tree and all nodes of it, as `ast.walk` gives them."""
    collecting = gc.isenabled()
    gc.disable()  # millions of nodes, none of which is garbage: looking at them takes as long as parsing
    try:
        trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
        return {path: (tree, tuple(ast.walk(tree))) for path, tree in trees.items()}
    finally:
        if collecting:
            gc.enable()
