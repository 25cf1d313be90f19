"""What a line of text is to the replay: a number, never the text.

Attribution compares lines for equality only, so each becomes a 64-bit `LineId` at the door. That keeps transcripts'
text out of the parse cache (nothing unredacted reaches the disk), keeps memory small, and makes comparison cheap. The
low bits of an id carry the line's weight: how telling it is that two places hold this same line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

LineId = int
"""60 bits of hash above 4 bits of weight."""

_WEIGHT_BITS = 4
_WEIGHT_MASK = (1 << _WEIGHT_BITS) - 1


def weight_of(text: str) -> int:
    """How telling a line is, 0 to 15: 0 for blank and bare brackets, 1-2 for `return` or `else {`, more with length."""
    letters = sum(map(str.isalnum, text))
    if letters < 3:
        return 0
    return min(15, 1 + letters // 6)


def weight(line: LineId) -> int:
    return line & _WEIGHT_MASK


def weights(lines: Iterable[LineId]) -> int:
    return sum(line & _WEIGHT_MASK for line in lines)


class Lines:
    """Turns text into line ids and remembers what it has seen, so that a repeated line costs one look-up.

    `loose` maps an id to the id of the line without white space, with one kind of quote and no trailing comma or
    semicolon: what a formatter changes.
    """

    def __init__(self, key: bytes = b"") -> None:
        self._key = key
        self._ids: dict[str, LineId] = {}
        self.loose: dict[LineId, LineId] = {}

    def of(self, text: str) -> list[LineId]:
        """The ids of a text's lines; line ends (LF, CRLF) are not part of a line, a final line end adds none."""
        return self.of_lines(split(text))

    def of_lines(self, lines: Sequence[str]) -> list[LineId]:
        ids = self._ids
        try:
            return [ids[line] for line in lines]
        except KeyError:
            return [ids[line] if line in ids else self._add(line) for line in lines]

    def _add(self, line: str) -> LineId:
        made = self._hash(line, weight_of(line))
        self._ids[line] = made
        bare = "".join(line.split())
        if "'" in bare or "`" in bare:
            bare = bare.replace("'", '"').replace("`", '"')
        bare = bare.rstrip(",;")
        self.loose[made] = self._hash("~" + bare, weight(made)) if bare else made
        return made

    def _hash(self, text: str, weight: int) -> LineId:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=self._key).digest()
        return (int.from_bytes(digest, "big") & ~_WEIGHT_MASK) | weight


def split(text: str) -> list[str]:
    """A text's lines without their ends. Only LF and CRLF end a line, as for git."""
    if not text:
        return []
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    return lines


def decode(content: bytes) -> str:
    """A blob as text, so that its lines compare with what agents recorded: UTF-8 (a BOM dropped), else Latin-1."""
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def is_binary(content: bytes) -> bool:
    """Git's own rule: a NUL among the first 8,000 bytes."""
    return b"\0" in content[:8000]
