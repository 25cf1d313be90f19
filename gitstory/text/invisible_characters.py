"""Characters that a reader does not see, or that a terminal obeys, and how each kind of output shows them."""

from __future__ import annotations

import re

UNSAFE = re.compile(
    # Control characters without tab and newline: C0, DEL and C1.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    # What reorders the text, the line and paragraph separators, halves of surrogate pairs.
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    # What has no width or no shape: soft hyphens, joiners of words, fillers, marks of byte order, tags.
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
    # Joiners that scripts and emoji need, but Latin letters do not; variants of what has none.
    "|(?<=[ -~])[\u200c\u200d]|[\u200c\u200d](?=[ -~])"
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)


def shown(match: re.Match[str]) -> str:
    """A match of `UNSAFE` as a reader may see it: `^[`, `<U+202E>`."""
    code = ord(match.group())
    if code < 0x20:
        return "^" + chr(code + 0x40)
    if code == 0x7F:
        return "^?"
    return "�" if 0xD800 <= code <= 0xDFFF else f"<U+{code:04X}>"


def escaped(match: re.Match[str]) -> str:
    """A match of `UNSAFE` inside of a JSON text, as JSON's own escape: the value stays what it is."""
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
