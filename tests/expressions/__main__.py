"""`python -m tests.expressions [PART/PARTS] [NAME...]`: expressions that are not linear; exit code 1."""

from __future__ import annotations

import sys

from tests.expressions.collected import expressions
from tests.expressions.measured import armed, slow


def main(arguments: list[str]) -> int:
    part, parts = map(int, arguments[0].split("/")) if arguments and "/" in arguments[0] else (0, 1)
    named = arguments[1:] if arguments and "/" in arguments[0] else arguments
    armed()
    found = 0
    for one in list(expressions())[part::parts]:
        if not named or any(name in one.place for name in named):
            print("...", one.place, file=sys.stderr, flush=True)
            if (verdict := slow(one)) is not None:
                print(verdict, flush=True)
                found += 1
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
