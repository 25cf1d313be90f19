"""Benches are run by hand, months apart: what they import of the program is there whenever names change."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def scripts() -> Iterator[Path]:
    for path in sorted(path for folder in ("bench", "demo") for path in (ROOT / folder).rglob("*") if path.is_file()):
        if path.suffix == ".py" or (not path.suffix and path.read_bytes()[:30].startswith(b"#!/usr/bin/env python3")):
            yield path


def missing(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "gitstory":
            module = importlib.import_module(node.module or "")
            for name in (alias.name for alias in node.names):
                if not hasattr(module, name) and not _is_module(f"{node.module}.{name}"):
                    yield f"{path.relative_to(ROOT)}:{node.lineno} {node.module}.{name}"


def _is_module(name: str) -> bool:
    try:
        return bool(importlib.import_module(name))
    except ModuleNotFoundError:
        return False


def test_what_benches_import_is_there() -> None:
    found = list(scripts())
    assert len(found) > 20
    assert [each for path in found for each in missing(path)] == []
