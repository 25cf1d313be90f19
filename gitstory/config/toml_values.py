"""Values and keys as TOML writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def shown(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{quoted(k)} = {shown(v)}" for k, v in value.items()) + " }" if value else "{}"
    return quoted(value, bare=False) if isinstance(value, str) else str(value)


def quoted(text: str, *, bare: bool = True) -> str:
    """A TOML key or text: as it is where that is allowed, else as tomli-w quotes it."""
    if bare and text and all(char.isascii() and (char.isalnum() or char in "-_") for char in text):
        return text
    import tomli_w

    return tomli_w.dumps({"x": text}).removeprefix("x = ").rstrip("\n")
