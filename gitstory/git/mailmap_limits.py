"""A committed `.mailmap` that would keep each `git log` busy.

git takes its lines in in an order that costs the square of their number: 200,000 lines take every `git log` seconds,
whatever it prints. Names and addresses are those of the commits then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

LARGEST = 1 << 20
"""Bytes of a file that git is left to read; that of the Linux kernel has 40 KB."""
_MAPPED = {"%aN": "%an", "%aE": "%ae", "%cN": "%cn", "%cE": "%ce"}


def is_too_large(worktree: Path) -> bool:
    try:
        return os.lstat(worktree / ".mailmap").st_size > LARGEST
    except OSError:
        return False


def without_mailmap(args: tuple[str | bytes, ...]) -> tuple[str | bytes, ...]:
    """The arguments of git such that `git log` reads no mailmap; those of other commands as they are."""
    at = _command(args)
    if args[at : at + 1] != ("log",):
        return args
    paths = args.index("--") if "--" in args else len(args)
    return (*args[: at + 1], "--no-mailmap", *map(_unmapped, args[at + 1 : paths]), *args[paths:])


def _command(args: Sequence[str | bytes]) -> int:
    """The place of the command, after the options of git itself."""
    at = 0
    while at < len(args) and args[at][:1] in ("-", b"-"):
        at += 2 if args[at] in ("-c", "-C") else 1
    return at


def _unmapped(arg: str | bytes) -> str | bytes:
    if isinstance(arg, bytes) or not arg.startswith("--format="):
        return arg
    for mapped, plain in _MAPPED.items():
        arg = arg.replace(mapped, plain)
    return arg
