"""`python -m tests.fuzz TARGET [FLAGS]`: search one target with atheris, guided by coverage; `make fuzz` does them all.

A target is a parser, or a reader with everything of its store (the first byte says which piece of it). The flags are
libFuzzer's: `-runs=1000000`, `-max_total_time=60`. Ends with 0 when that is done, else with what was found and the
input that did it (`crash-...`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["gitstory"]):
    from tests.fuzz.parsers import Parser
    from tests.fuzz.targets import targets


def main() -> None:
    found = targets()
    if len(sys.argv) < 2:
        print("\n".join(found))
        return
    target = found[sys.argv[1]]
    with tempfile.TemporaryDirectory(prefix="gitstory-corpus-") as corpus:
        for number, seed in enumerate(target.seeds):
            Path(corpus, f"seed-{number}").write_bytes(seed)
        flags = [f"-max_len={_longest(target)}", "-print_final_stats=1", *sys.argv[2:]]
        atheris.Setup([sys.argv[0], *flags, corpus], lambda data: target.run(bytes(data)))
        atheris.Fuzz()


def _longest(target: Parser) -> int:
    """Bytes of an input: a document cut at its end says nothing, but long inputs are searched slowly."""
    return min(max(4096, *(len(seed) * 5 // 4 for seed in target.seeds)), 8192)


main()
