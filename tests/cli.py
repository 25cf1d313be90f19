"""Running the program in a test: in this process, in a directory, with its streams caught."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import NamedTuple

from gitstory.cli.main import run


class Said(NamedTuple):
    code: int
    bytes: bytes
    err: str

    @property
    def out(self) -> str:
        return self.bytes.decode()


def story(where: Path, *args: str) -> Said:
    """`git story ARGS` run in `where`."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = sys.stdout, sys.stderr
    before = Path.cwd()
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8", newline="\n", write_through=True)
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8", newline="\n", write_through=True)
    os.chdir(where)
    try:
        code = run(args)
        sys.stdout.flush()
        sys.stderr.flush()
        return Said(code, out.getvalue(), err.getvalue().decode())
    finally:
        os.chdir(before)
        sys.stdout, sys.stderr = streams
