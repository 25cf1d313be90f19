"""`python -m tests.letter_pairs`: writes `gitstory/redact/letter_pairs.txt` anew from the standard library's sources.

For each symbol (a letter in either case, a digit, the end of a word) one line: how rarely each symbol follows it in the
words of English and of code, in quarters of a bit, as one character counted from "!".
"""

from __future__ import annotations

import math
import re
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from gitstory.redact.randomness_score import EDGE, PLACE, SYMBOLS, symbols

_WORD = re.compile(r"[A-Za-z0-9]{1,30}")
_UNSEEN, _STEP, _MOST = 0.05, 4, 90


def words(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        if not {"site-packages", "lib2to3"} & set(path.parts):
            yield from _WORD.findall(path.read_text("utf-8", errors="ignore"))


def rows(counted: Counter[str]) -> Iterator[str]:
    seen = [[_UNSEEN] * SYMBOLS for _ in range(SYMBOLS)]
    for word, count in counted.items():
        for first, second in pairwise((EDGE, *symbols(word), EDGE)):
            seen[first][second] += math.log2(1 + count)
    for row in seen:
        total = sum(row)
        yield "".join(chr(ord("!") + min(_MOST, round(-math.log2(share / total) * _STEP))) for share in row)


def main() -> int:
    counted = Counter(words(Path(sysconfig.get_paths()["stdlib"])))
    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    PLACE.write_text(
        f"# Pairs of letters in the sources of Python {release}\n" + "\n".join(rows(counted)) + "\n", "ascii"
    )
    print(f"{len(counted)} words")
    return 0


if __name__ == "__main__":
    sys.exit(main())
