"""`python -m tests.fuzz NAME SECONDS`: search one parser with atheris, guided by coverage; `make fuzz` does them all.

Ends with 0 when the time is up, else with what libFuzzer found and the input that did it (`crash-...`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found,unused-ignore]

with atheris.instrument_imports(include=["gitstory"]):
    from tests.fuzz.parsers import PARSERS


def main() -> None:
    if len(sys.argv) != 3:
        print("\n".join(parser.name for parser in PARSERS))
        return
    parser = next(parser for parser in PARSERS if parser.name == sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="gitstory-corpus-") as corpus:
        for number, seed in enumerate(parser.seeds):
            Path(corpus, f"seed-{number}").write_bytes(seed)
        limits = [f"-max_total_time={sys.argv[2]}", "-max_len=20000", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *limits, corpus], lambda data: parser.run(bytes(data)))
        atheris.Fuzz()


main()
