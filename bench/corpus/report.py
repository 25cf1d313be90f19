"""Figures as text, confusion lists as files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else f"- (0/{whole})"


def table(path: Path, heads: Sequence[str], body: Iterable[Sequence[object]]) -> None:
    """Writes a tab-separated file; tabs and line ends inside values become spaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", errors="replace", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(heads)
        for row in body:
            writer.writerow([" ".join(str(value).split()) for value in row])
