"""Whether paths and addresses may be remembered as they are: the cache's texts do not go through redaction."""

from __future__ import annotations

import re
from collections.abc import Collection

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![\w-])[0-9a-f]{7,64}(?![\w-])")
_RUN = re.compile(r"[A-Za-z0-9_-]{20,}")
_CAPITALS = 8
"""Capital letters from which a run without any digit could be a token."""


def clean(texts: Collection[str]) -> bool:
    """The engine is only asked where something could be a token or a password: its patterns take long to compile."""
    doubtful = [text for text in texts if _could_be_secret(text)]
    if not doubtful:
        return True
    try:
        from gitstory.redact.engine import Redactor
        from gitstory.redact.settings import Settings

        return Redactor(Settings(emails=False, homes=False)).texts(doubtful) == doubtful
    except Exception:  # noqa: BLE001 - as everywhere: where the engine cannot say, nothing is kept
        return False


def _could_be_secret(text: str) -> bool:
    if "://" in text and "@" in text:
        return True
    return any(_mixed(run[0]) for run in _RUN.finditer(_ID.sub("", text)))


def _mixed(run: str) -> bool:
    return any(map(str.isdigit, run)) or sum(map(str.isupper, run)) >= _CAPITALS
