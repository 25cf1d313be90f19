"""`python -m tests.expressions [--all | --write] [PART/PARTS] [NAME...]`: expressions that are not linear; exit code 1.

What was proved before (`proved.txt`) is left out, unless `--all` asks for it; `--write` proves all and notes it there.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable

from tests.expressions import proved
from tests.expressions.collected import Expression, expressions
from tests.expressions.measured import armed, slow


def main(arguments: list[str]) -> int:
    options = {one for one in arguments if one.startswith("--")}
    named = [one for one in arguments if one not in options]
    part, parts = map(int, named.pop(0).split("/")) if named and "/" in named[0] else (0, 1)
    wanted = [one for one in expressions() if not named or any(name in one.place for name in named)]
    todo = list(unproved(wanted, frozenset() if options else proved.read()).items())[part::parts]
    linear = {key for key, one in todo if _is_linear(one)}
    if "--write" in options and not named:
        proved.write(linear)
    return 0 if len(linear) == len(todo) else 1


def unproved(wanted: Iterable[Expression], known: Container[str]) -> dict[str, Expression]:
    """Key -> expression, of those whose key is not `known`."""
    return {key: one for one in wanted if (key := proved.key(one)) not in known}


def _is_linear(expression: Expression) -> bool:
    print("...", expression.place, file=sys.stderr, flush=True)
    verdict = slow(expression)
    if verdict is not None:
        print(verdict, flush=True)
    return verdict is None


if __name__ == "__main__":
    armed()
    sys.exit(main(sys.argv[1:]))
