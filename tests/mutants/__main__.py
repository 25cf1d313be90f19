"""`python -m tests.mutants ROOM [--sample N] [--jobs N] [--module NAME] [--by-hand]`: mutants that no test kills.

The room's unit tests (tests/unit/ROOM) are collected and run once, noting which lines each test runs. For each mutant a
process is forked that has all of this, puts the changed code into the functions that are there, and runs the tests that
run the changed statement, the fast ones first, until one fails.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
from pathlib import Path

import pytest

from tests.mutants.by_hand import by_hand
from tests.mutants.mutations import Mutant, mutants
from tests.mutants.runner import Outcome, Runner

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("room")
    parser.add_argument("--sample", type=int, default=0, help="how many, drawn the same way each time; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="another number draws another sample")
    parser.add_argument("--budget", type=float, default=20, help="processor seconds of tests a mutant; 0: all tests")
    parser.add_argument("--jobs", type=int, default=2, help="0: only say which mutants no test runs")
    parser.add_argument(
        "--module", default="", help="of all, or of the sample, those of modules whose path matches this"
    )
    parser.add_argument(
        "--tests", nargs="+", default=[""], help="of the room's tests only these files, for a quick look"
    )
    parser.add_argument("--at-least", type=float, default=0.0, help="exit code 1 where fewer are killed, in per cent")
    parser.add_argument("--by-hand", action="store_true", help="those of tests/mutants/by_hand.py, each with its test")
    asked = parser.parse_args(arguments)
    folder = ROOT / "gitstory" / asked.room
    paths = sorted(folder.rglob("*.py"))
    everything = by_hand(paths) if asked.by_hand else [mutant for path in paths for mutant in mutants(path)]
    wanted = everything
    if 0 < asked.sample < len(everything):
        wanted = sorted(
            random.Random(asked.seed).sample(everything, asked.sample), key=lambda one: (one.path, one.index)
        )
    wanted = [mutant for mutant in wanted if re.search(asked.module, mutant.path.as_posix())]
    os.environ["GITSTORY_MUTANTS"] = "1"  # a failing example is not made smaller
    terminal = os.fdopen(os.dup(1), "w")  # pytest takes the other one

    def tell(mutant: Mutant, outcome: Outcome) -> None:
        if outcome not in ("killed", "not tried"):
            print(f"{outcome}: {mutant.path.relative_to(ROOT)}:{mutant.line}: {mutant.what}", file=terminal, flush=True)

    runner = Runner(folder, wanted, asked.jobs, asked.budget, tell)
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "--no-summary"]
    pytest.main([*options, *(str(ROOT / "tests/unit" / asked.room / name) for name in asked.tests)], plugins=[runner])
    for mutant, name in sorted(runner.killers.items(), key=lambda one: (one[0].path, one[0].line)) * asked.by_hand:
        print(f"{mutant.path.relative_to(ROOT)}:{mutant.line}: {mutant.what}\n    killed by {name}")
    return report(runner.outcomes, len(everything), asked.at_least)


def report(outcomes: list[tuple[Mutant, Outcome]], of: int, least: float) -> int:
    counted = [outcome for _, outcome in outcomes if outcome != "not applicable"]
    killed = counted.count("killed")
    share = 100 * killed / max(1, len(counted))
    print(f"{killed} of {len(counted)} mutants killed ({share:.1f} %), of {of} there are")
    return 0 if counted and share >= least else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
