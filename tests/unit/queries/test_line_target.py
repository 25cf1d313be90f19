from __future__ import annotations

import pytest

from gitstory.queries.line_target import find_name

PYTHON = b"""import os


@cache
def load(path):
    if path:
        return 1

    return 2


class Box:
    size = 3

    def load(self):
        return load(self.size)

    async def save(
        self,
        path,
    ):
        return path


Box().save
""".splitlines()

C = b"""#include <x.h>

static int twice(int n)
{
    return n * 2;
}

int main(void) {
    return twice(1);
}
""".splitlines()

OTHER = b"""# Title

## Install it

const run = async () => {
  go();
};

export function go() {
}

[tool.ruff]
line-length = 3
func (b *Box) Save() error {
\treturn nil
}
""".splitlines()


@pytest.mark.parametrize(
    ("lines", "name", "found"),
    [
        (PYTHON, "load", (5, 9)),
        (PYTHON, "Box", (12, 22)),
        (PYTHON, "Box.load", (15, 16)),
        (PYTHON, "Box::save", (18, 22)),
        (PYTHON, "size", (13, 13)),
        (PYTHON, "self", (15, 15)),
        (PYTHON, "self.save", (18, 22)),
        (PYTHON, "sel", (0, 0)),
        (C, "twice", (3, 6)),
        (C, "main", (8, 10)),
        (OTHER, "run", (5, 7)),
        (OTHER, "go", (9, 10)),
        (OTHER, "tool.ruff", (12, 12)),
        (OTHER, "Save", (14, 16)),
        (OTHER, "Install", (3, 3)),
        (OTHER, "line-length", (13, 13)),
        ([], "x", (0, 0)),
    ],
)
def test_definitions_reach_to_their_end(lines: list[bytes], name: str, found: tuple[int, int]) -> None:
    assert find_name(lines, name) == found
