"""Whether a value beside a telling name is a secret: strict for words in code, lenient for settings and flags."""

from __future__ import annotations

import re
from functools import lru_cache

from gitstory.redact import passwords_in_prose, plausible_secret, random_tokens, secrets_in_tables


@lru_cache(maxsize=1 << 13)
def accept(value: str, kind: str, quoted: bool, weak: bool, literal: bool) -> bool:
    """Whether this value is given away by its name: strict for bare words in code, lenient for `.env` and flags."""
    value = re.sub(r"(?<!\\)\\++[nrt]?\Z", "", value)
    if len(value) == 40 and kind in ("key", "secret") and not weak and secrets_in_tables.is_aws_secret(value):
        return True
    if kind == "wide":
        return random_tokens.is_drawn(value)
    if kind == "broad":
        if literal and not weak and plausible_secret.is_hex(value):
            return _is_key(value, 32)
        return random_tokens.is_drawn(value) or (quoted and len(value) >= 32 and " " not in value and _is_salted(value))
    if value[:1] == "{" and value[-1:] == "}" and random_tokens.is_drawn(value[1:-1]):
        return True
    if _names_file(value):
        return _is_stem_secret(value.split("/")[0] if "/" in value else value.rpartition(".")[0], kind)
    if len(value) < 6 or "{" in value or plausible_secret.is_placeholder(value) or plausible_secret.is_plain(value):
        return False
    if weak and literal and kind in ("key", "secret", "token") and len(value) >= 32 and plausible_secret.is_hex(value):
        return _is_key(value, 32)
    if weak and kind == "password" and passwords_in_prose.is_made_up(value, strict=True):
        return True
    if weak:
        return (
            plausible_secret.is_random(value, 10)
            and any(map(str.isdigit, value))
            and not plausible_secret.is_hex(value)
        )
    if kind == "password":
        if literal and not quoted:
            if " " in value or value.isdigit() or value[-1] in "([{," or (value.islower() and value.isalpha()):
                return False
            return not re.search(r"[(\[]", value) or plausible_secret.is_random(value, 8)
        return plausible_secret.is_password(value, quoted)
    if " " in value:
        return False
    if plausible_secret.is_hex(value):
        if kind in ("session", "ticket"):
            return len(value) >= 32 and "-" not in value
        return _is_key(value, 12 if literal else 16 if kind in ("secret", "key") and quoted else 24 if quoted else 32)
    return plausible_secret.is_random(value, 12 if quoted or literal else 16)


def _names_file(value: str) -> bool:
    """Whether it is the rest of a path, with an ending that files have."""
    return "." in value and value[0] not in "./~" and "\\" not in value and plausible_secret.is_plain(value)


def _is_stem_secret(stem: str, kind: str) -> bool:
    """Whether a file is called after its secret; more must speak for that than for a bare value."""
    if len(stem) < 8 or plausible_secret.is_placeholder(stem) or plausible_secret.is_plain(stem):
        return False
    if kind == "password":
        return passwords_in_prose.is_made_up(stem, strict=True)
    return any(map(str.isdigit, stem)) and plausible_secret.is_random(stem, 10) and not plausible_secret.is_hex(stem)


def _is_salted(value: str) -> bool:
    """Whether it is random, with signs among its characters, as those who make salts like them."""
    return (
        not value.isalnum()
        and "/" not in value
        and plausible_secret.is_random(value, 32)
        and not plausible_secret.is_placeholder(value)
    )


def _is_key(value: str, least: int) -> bool:
    """Whether hexadecimal digits or a UUID beside a telling name are long and mixed enough for a secret."""
    return len(value) >= least and len(set(value)) >= 8 and not value.isdigit() and not value.isalpha()
