"""What a shell command prints, where its words alone determine it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitstory.effects.shell.command_parser import Word


def printed_text(name: str, words: Sequence[Word], fed: str | None) -> str | None:
    """What a command prints, where its words tell it all."""
    if name in ("cat", "tee"):
        return fed if name == "tee" or not words or [word.text for word in words] == ["-"] else None
    if not all(word.exact for word in words):
        return None
    texts = [word.text for word in words]
    if name == "echo":
        newline = texts[:1] != ["-n"]
        texts = texts if newline else texts[1:]
        plain = not texts or (not re.fullmatch(r"-[neE]+", texts[0]) and "\\" not in " ".join(texts))
        return " ".join(texts) + ("\n" if newline else "") if plain else None
    if name == "printf" and texts and texts[0] != "-v":
        return _formatted(texts[0], texts[1:])
    return None


def _formatted(form: str, values: Sequence[str]) -> str | None:
    if re.search(r"\\[^nt\\]", form) or re.search(r"%[^s%]", form) or form.count("%s") != len(values):
        return None
    if "%s" not in form and values:
        return None
    plain = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), form)
    pieces = plain.split("%s")
    mixed = "".join(piece + value for piece, value in zip(pieces, [*values, ""], strict=True))
    return mixed.replace("%%", "%") if "%%" not in "".join(values) else None
