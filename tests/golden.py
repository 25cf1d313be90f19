"""Golden outputs: small files under tests/data/golden.

`GITSTORY_GOLDEN=update pytest ...` writes what the programs print now; look at the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "golden"
UPDATE = os.environ.get("GITSTORY_GOLDEN") == "update"


def check(name: str, text: str) -> None:
    """Compare `text` with the stored file, or store it."""
    path = FOLDER / name
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.is_file(), f"{path} is missing: run with GITSTORY_GOLDEN=update"
    assert text == path.read_text(encoding="utf-8"), f"{name} changed: GITSTORY_GOLDEN=update accepts it"
