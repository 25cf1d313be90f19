"""What a line of text is to the replay: a number, never the text.

Attribution compares lines for equality only, so each becomes a 64-bit `LineId` at the door. That keeps transcripts'
text out of the parse cache (nothing unredacted reaches the disk), keeps memory small, and makes comparison cheap. The
low bits of an id carry the line's weight: how telling it is that two places hold this same line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from gitstory.attribution.code_tokens import Tokenizer, kept

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
    """Turns text into line ids and remembers what it has seen, so that a repeated line costs one look-up."""

    def __init__(self, key: bytes = b"") -> None:
        self._key = key
        self._ids: dict[str, LineId] = {}
        self._texts: dict[LineId, str] = {}
        self._tokens: dict[LineId, bytes] = {}
        self._streams: dict[LineId, bytes] = {}
        self._tokenizer = Tokenizer(key)

    def of(self, text: str) -> list[LineId]:
        """The ids of a text's lines; line ends (LF, CRLF) are not part of a line, a final line end adds none."""
        return self.of_lines(split(text))

    def of_lines(self, lines: Sequence[str]) -> list[LineId]:
        ids = self._ids
        try:
            return [ids[line] for line in lines]
        except KeyError:
            return [ids[line] if line in ids else self._add(line) for line in lines]

    def tokens(self, line: LineId) -> bytes:
        """The tokens of a line (see `attribution.code_tokens`); none of a line whose text was never seen."""
        cached = self._tokens.get(line)
        if cached is None:
            text = self._texts.get(line)
            if text is None:
                return b""
            cached = self._tokens[line] = self._tokenizer.of(text)
        return cached

    def stream(self, line: LineId) -> bytes:
        """The tokens of a line without those that formatters add and remove."""
        cached = self._streams.get(line)
        if cached is None:
            cached = kept(self.tokens(line))
            if cached:
                self._streams[line] = cached
        return cached

    def word(self, text: str) -> int:
        """The token of a text that is one word or sign."""
        return int.from_bytes(self._tokenizer.of(text), sys.byteorder)

    def learn(self, tokens: Iterable[tuple[LineId, bytes]]) -> None:
        """Take over the tokens of lines whose text is not at hand."""
        self._tokens.update(tokens)

    def _add(self, line: str) -> LineId:
        digest = blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8, key=self._key).digest()
        line_id = (int.from_bytes(digest, "big") & ~_WEIGHT_MASK) | weight_of(line)
        self._ids[line] = line_id
        self._texts[line_id] = line
        return line_id


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
