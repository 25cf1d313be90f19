"""A token that is spelled out, whatever stands between its characters and in whatever letters it is written."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from gitstory.redact.engine import Redactor, Settings
from tests.unit.redact.corpus import BASE62, draw

TOKEN = "gh" + "p_" + draw(random.Random(5), BASE62, 36)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "blanks": " ".join,
    "nul, as UTF-16 has it": "\x00".join,
    "full width": lambda token: "".join(chr(ord(char) + 0xFEE0) for char in token),
    "entities": lambda token: "".join(f"&#{ord(char)};" for char in token),
    "entities in hexadecimal": lambda token: "".join(f"&#x{ord(char):02x};" for char in token),
    "escapes of strings": lambda token: "".join(f"\\x{ord(char):02x}" for char in token),
    "escapes of JSON": lambda token: "".join(f"\\u{ord(char):04x}" for char in token),
    "percent": lambda token: "".join(f"%{ord(char):02X}" for char in token),
    "quoted-printable": lambda token: "".join(f"={ord(char):02X}" for char in token),
    "a character that cannot be seen": lambda token: token[:16] + "\u200b" + token[16:],
    "two strings": lambda token: token[:20] + '" + "' + token[20:],
    "two lines": lambda token: token[:20] + "\\\n" + token[20:],
}


@pytest.mark.parametrize("around", ["{}", "use {} for this", 'x = "{}"'])
@pytest.mark.parametrize("name", SPELLINGS)
def test_hidden(name: str, around: str) -> None:
    spelled = SPELLINGS[name](TOKEN)
    redacted = Redactor(Settings()).text(around.replace("{}", spelled))
    assert "[redacted:" in redacted
    assert not any(spelled[at : at + 12] in redacted for at in range(0, len(spelled) - 12, 4))


@pytest.mark.parametrize("name", [name for name in SPELLINGS if not name.startswith("two")])
def test_words_that_are_spelled_out_stay(name: str) -> None:
    text = SPELLINGS[name]("this-is-no-secret-at-all")
    assert Redactor(Settings()).text(text) == text
