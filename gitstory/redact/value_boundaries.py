"""Beside which characters a value may begin or end, whatever wrote the text around it.

Every character outside ASCII (quotation marks of any language, the sides of boxes, arrows, Chinese, blanks that do not
break) and every control character is an edge; of the others each detector says which.
"""

from __future__ import annotations


class Edges(frozenset[str]):
    """Characters at which values begin or end; "" stands for the end of the text."""

    __slots__ = ()

    def __contains__(self, char: object) -> bool:
        return frozenset.__contains__(self, char) or (isinstance(char, str) and (char > "\x7e" or char < " "))


def is_comment(text: str, first: int) -> bool:
    """Whether `//` that no address has stands right before `first`."""
    return (
        text.startswith("//", first - 2) and text[first - 3 : first - 2] in ("", " ", "\t", "\n")
        if first > 1
        else False
    )
