"""`python -m tests.fuzz.damage [READER...]`: what the conformance test tries on damaged stores, without its bounds.

Every small store cut off at every byte, with 2,000 flips a file, and with each value of each record of other types.
Prints a line a reader; most take a minute, those of databases up to ten.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from gitstory.agents import registry
from gitstory.agents.catalog import AGENTS
from gitstory.testing import damage
from gitstory.testing.conform import ReaderTrial
from tests.agents_table import ROOTS
from tests.smallstores import DATA, built

_ALL = 10**9
_FLIPS = 2000


def main(names: list[str]) -> int:
    wrong = 0
    for name in names or [one for one in AGENTS if (DATA / one).is_dir()]:
        with tempfile.TemporaryDirectory(prefix="gitstory-damage-") as folder:
            store = built(name, Path(folder))
            trial = ReaderTrial(registry.agent(name), store, Path(folder) / "work", [ROOTS.get(name, ".")], _ALL)
            sizes = [path.stat().st_size for path in damage.files(store)]
            found = list(trial.damaged(_FLIPS))
            wrong += len(found)
            print(f"{name}: {sum(sizes)} bytes cut off, {_FLIPS * len(sizes)} flips, {len(found)} wrong", flush=True)
            print("".join(f"    {one}\n" for one in found[:5]), end="", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
